//! The main resource of the Contactmomenten API. Its changes are audited and published; those of its relations are
//! not (behaviour of Open Klant 1.0.0, sections 8 and 9).

pub mod expand;
pub mod filter;
pub mod input;
pub mod resource;
mod schema;
pub mod service;
pub mod view;

use openklant_shared::domain::notificatie::CONTACTMOMENTEN;

/// Path of the collection.
pub const COLLECTION: &str = CONTACTMOMENTEN.collection;
