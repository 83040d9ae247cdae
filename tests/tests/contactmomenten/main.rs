//! The Contactmomenten API, as section 4 of the behaviour of Open Klant 1.0.0 and the decisions of this product
//! describe it.

mod scenarios;
