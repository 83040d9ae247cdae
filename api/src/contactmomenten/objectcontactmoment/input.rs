//! The fields of an objectcontactmoment in a request. It is made and removed, never changed.

use openklant_shared::domain::contactmoment::OBJECT_TYPES;
use openklant_shared::domain::fault::Faults;
use uuid::Uuid;

use crate::contactmomenten::contactmoment;
use crate::zgw::body::JsonObject;
use crate::zgw::fields::{Demand, Fields, Text, weblink};
use crate::zgw::links::OwnLinks;

/// The fields that were given.
#[derive(Clone, Debug, Default)]
pub struct ObjectcontactmomentInput {
    /// The contactmoment; whether it exists is still to be found out.
    pub contactmoment: Option<Uuid>,
    /// URL of the object, still to be looked up.
    pub object: Option<String>,
    /// What kind of object.
    pub object_type: Option<String>,
}

/// Reads the fields of `body`, adding what is wrong with them to `faults`.
pub fn read(body: &JsonObject, links: OwnLinks<'_>, faults: &mut Faults) -> ObjectcontactmomentInput {
    let mut fields = Fields::of(body, faults);
    for name in ["contactmoment", "object", "objectType"] {
        fields.demand(name, Demand::Required);
    }
    ObjectcontactmomentInput {
        contactmoment: fields.required_link("contactmoment", links, contactmoment::COLLECTION),
        object: fields.text("object", Text::up_to(1000).not_blank().that_is(weblink)),
        object_type: fields.required_choice("objectType", &OBJECT_TYPES),
    }
}
