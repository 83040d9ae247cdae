//! The filters of the list of klantcontactmomenten.

use openklant_shared::domain::contactmoment::ROLLEN;
use openklant_shared::domain::fault::Faults;
use openklant_shared::storage::klantcontactmoment::KlantcontactmomentFilter;

use super::klant_link;
use crate::contactmomenten::contactmoment;
use crate::zgw::document::Parameter;
use crate::zgw::filter::{LinkFilter, Rule};
use crate::zgw::links::OwnLinks;
use crate::zgw::page;
use crate::zgw::query::Query;

const CONTACTMOMENT: &str = "contactmoment";
const KLANT: &str = "klant";
const ROL: &str = "rol";

/// Reads the filters of a request.
pub fn read(query: &Query, links: OwnLinks<'_>) -> Result<KlantcontactmomentFilter, Faults> {
    let mut faults = Faults::new();
    query.check(
        |name| [CONTACTMOMENT, KLANT, ROL, page::PARAMETER].contains(&name),
        &mut faults,
    );
    faults.into_result()?;
    let mut faults = Faults::new();
    let mut filter = KlantcontactmomentFilter::default();
    match query.checked_link(CONTACTMOMENT, links, contactmoment::COLLECTION, &mut faults) {
        Some(LinkFilter::Object(uuid)) => filter.contactmoment = Some(uuid),
        Some(LinkFilter::Nothing) => filter.nothing = true,
        None => {}
    }
    filter.klant = query
        .checked(KLANT, Rule::Uri, &mut faults)
        .map(|url| klant_link(url, links));
    filter.rol = query
        .checked(ROL, Rule::Choice(&ROLLEN), &mut faults)
        .map(str::to_owned);
    faults.into_result()?;
    Ok(filter)
}

/// The parameters for the document.
pub fn parameters() -> Vec<Parameter> {
    vec![
        Parameter {
            name: CONTACTMOMENT,
            description: "De URL van het contactmoment.",
            kind: Rule::Link.kind(),
            afwijking: false,
        },
        Parameter {
            name: KLANT,
            description: "De URL van de klant.",
            kind: Rule::Uri.kind(),
            afwijking: false,
        },
        Parameter {
            name: ROL,
            description: "De rol van de klant.",
            kind: Rule::Choice(&ROLLEN).kind(),
            afwijking: false,
        },
        page::parameter(),
    ]
}
