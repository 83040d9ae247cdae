//! The filters of the list of objectcontactmomenten.

use openklant_shared::domain::contactmoment::OBJECT_TYPES;
use openklant_shared::domain::fault::Faults;
use openklant_shared::storage::objectcontactmoment::ObjectcontactmomentFilter;

use crate::contactmomenten::contactmoment;
use crate::zgw::document::Parameter;
use crate::zgw::filter::{LinkFilter, Rule};
use crate::zgw::links::OwnLinks;
use crate::zgw::page;
use crate::zgw::query::Query;

const OBJECT: &str = "object";
const CONTACTMOMENT: &str = "contactmoment";
const OBJECT_TYPE: &str = "objectType";

/// Reads the filters of a request.
pub fn read(query: &Query, links: OwnLinks<'_>) -> Result<ObjectcontactmomentFilter, Faults> {
    let mut faults = Faults::new();
    query.check(
        |name| [OBJECT, CONTACTMOMENT, OBJECT_TYPE, page::PARAMETER].contains(&name),
        &mut faults,
    );
    faults.into_result()?;
    let mut faults = Faults::new();
    let mut filter = ObjectcontactmomentFilter::default();
    match query.checked_link(CONTACTMOMENT, links, contactmoment::COLLECTION, &mut faults) {
        Some(LinkFilter::Object(uuid)) => filter.contactmoment = Some(uuid),
        Some(LinkFilter::Nothing) => filter.nothing = true,
        None => {}
    }
    filter.object = query.checked(OBJECT, Rule::Uri, &mut faults).map(str::to_owned);
    filter.object_type = query
        .checked(OBJECT_TYPE, Rule::Choice(&OBJECT_TYPES), &mut faults)
        .map(str::to_owned);
    faults.into_result()?;
    Ok(filter)
}

/// The parameters for the document.
pub fn parameters() -> Vec<Parameter> {
    vec![
        Parameter {
            name: OBJECT,
            description: "De URL van het object.",
            kind: Rule::Uri.kind(),
            afwijking: false,
        },
        Parameter {
            name: CONTACTMOMENT,
            description: "De URL van het contactmoment.",
            kind: Rule::Link.kind(),
            afwijking: false,
        },
        Parameter {
            name: OBJECT_TYPE,
            description: "Het soort object.",
            kind: Rule::Choice(&OBJECT_TYPES).kind(),
            afwijking: false,
        },
        page::parameter(),
    ]
}
