//! An objectcontactmoment as the API shows it.

use openklant_shared::domain::contactmoment::Objectcontactmoment;
use serde::{Serialize, Serializer};

use super::COLLECTION;
use crate::contactmomenten::contactmoment;
use crate::zgw::links::Base;

/// An objectcontactmoment under the address of this request.
pub struct ObjectcontactmomentView<'a> {
    relation: &'a Objectcontactmoment,
    base: &'a Base,
}

impl<'a> ObjectcontactmomentView<'a> {
    /// `relation` as `base` shows it.
    pub fn new(relation: &'a Objectcontactmoment, base: &'a Base) -> Self {
        Self { relation, base }
    }

    /// The URL of the relation.
    pub fn url(&self) -> String {
        self.base.object(COLLECTION, self.relation.uuid)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    url: String,
    contactmoment: String,
    object: &'a str,
    object_type: &'a str,
}

impl Serialize for ObjectcontactmomentView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Shown {
            url: self.url(),
            contactmoment: self
                .base
                .object(contactmoment::COLLECTION, self.relation.contactmoment),
            object: &self.relation.object,
            object_type: &self.relation.object_type,
        }
        .serialize(serializer)
    }
}
