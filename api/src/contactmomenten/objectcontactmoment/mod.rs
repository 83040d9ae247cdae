//! Which zaak a contactmoment is about: the mirror of a relation that a Zaken API owns. A relation records nothing in
//! the audit trail and sends no message (behaviour of Open Klant 1.0.0, sections 4.4 and 4.5).

pub mod filter;
pub mod input;
pub mod resource;
mod schema;
pub mod service;
pub mod view;
pub mod zaak;

/// Path of the collection.
pub const COLLECTION: &str = "/contactmomenten/api/v1/objectcontactmomenten";
