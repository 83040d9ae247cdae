//! A klantcontactmoment as the API shows it.

use openklant_shared::domain::contactmoment::{KlantLink, Klantcontactmoment};
use serde::{Serialize, Serializer};

use super::{COLLECTION, KLANTEN};
use crate::contactmomenten::contactmoment;
use crate::zgw::links::Base;

/// A klantcontactmoment under the address of this request.
pub struct KlantcontactmomentView<'a> {
    relation: &'a Klantcontactmoment,
    base: &'a Base,
}

impl<'a> KlantcontactmomentView<'a> {
    /// `relation` as `base` shows it.
    pub fn new(relation: &'a Klantcontactmoment, base: &'a Base) -> Self {
        Self { relation, base }
    }

    /// The URL of the relation.
    pub fn url(&self) -> String {
        self.base.object(COLLECTION, self.relation.uuid)
    }
}

#[derive(Serialize)]
struct Shown<'a> {
    url: String,
    contactmoment: String,
    klant: String,
    rol: &'a str,
    gelezen: bool,
}

impl Serialize for KlantcontactmomentView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Shown {
            url: self.url(),
            contactmoment: self
                .base
                .object(contactmoment::COLLECTION, self.relation.contactmoment),
            klant: match &self.relation.klant {
                KlantLink::Own(uuid) => self.base.object(KLANTEN, *uuid),
                KlantLink::Other(url) => url.clone(),
            },
            rol: &self.relation.rol,
            gelezen: self.relation.gelezen,
        }
        .serialize(serializer)
    }
}
