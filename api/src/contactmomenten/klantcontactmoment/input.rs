//! The fields of a klantcontactmoment in a request.

use openklant_shared::domain::contactmoment::ROLLEN;
use openklant_shared::domain::fault::Faults;
use uuid::Uuid;

use crate::contactmomenten::contactmoment;
use crate::zgw::body::JsonObject;
use crate::zgw::fields::{Demand, Fields, Text, weblink};
use crate::zgw::links::OwnLinks;

/// The fields that were given: what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct KlantcontactmomentInput {
    /// The contactmoment; whether it exists is still to be found out.
    pub contactmoment: Option<Uuid>,
    /// URL of the klant, still to be looked up.
    pub klant: Option<String>,
    /// In which role.
    pub rol: Option<String>,
    /// Whether the klant has read it.
    pub gelezen: Option<bool>,
}

/// Reads the fields of `body`, adding what is wrong with them to `faults`.
pub fn read(
    body: &JsonObject,
    demand: Demand,
    links: OwnLinks<'_>,
    faults: &mut Faults,
) -> KlantcontactmomentInput {
    let mut fields = Fields::of(body, faults);
    for name in ["contactmoment", "klant", "rol"] {
        fields.demand(name, demand);
    }
    KlantcontactmomentInput {
        contactmoment: fields.required_link("contactmoment", links, contactmoment::COLLECTION),
        klant: fields.text("klant", Text::up_to(1000).not_blank().that_is(weblink)),
        rol: fields.required_choice("rol", &ROLLEN),
        gelezen: fields.boolean("gelezen"),
    }
}
