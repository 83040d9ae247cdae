//! Which klant took part in a contactmoment. A relation records nothing in the audit trail and sends no message
//! (behaviour of Open Klant 1.0.0, section 4.3).

pub mod filter;
pub mod input;
pub mod resource;
mod schema;
pub mod service;
pub mod view;

use openklant_shared::domain::contactmoment::KlantLink;
use openklant_shared::domain::notificatie;

use crate::zgw::links::{OwnLinks, Target};

/// Path of the collection.
pub const COLLECTION: &str = "/contactmomenten/api/v1/klantcontactmomenten";

/// Path of the klanten of this installation.
pub const KLANTEN: &str = notificatie::KLANTEN.collection;

/// The klant that a URL names: one of ours by its uuid, whatever address of ours the URL has; another's by the URL.
pub fn klant_link(url: &str, links: OwnLinks<'_>) -> KlantLink {
    match links.target(url, KLANTEN) {
        Target::Object(Some(uuid)) => KlantLink::Own(uuid),
        Target::Object(None) | Target::OtherResource | Target::Elsewhere => KlantLink::Other(url.to_owned()),
    }
}
