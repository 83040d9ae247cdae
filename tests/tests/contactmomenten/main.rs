//! The Contactmomenten API, as section 4 of the behaviour of Open Klant 1.0.0 and the decisions of this product
//! describe it.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod clients;
mod contactmoment;
mod given;
mod indexes;
mod klantcontactmoment;
mod laws;
mod lengths;
mod objectcontactmoment;
mod races;
mod scenarios;
mod scopes;
mod statements;
mod urls;
