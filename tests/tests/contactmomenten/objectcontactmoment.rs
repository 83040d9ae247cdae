//! The relation between a zaak and a contactmoment, of which a Zaken API is the owner.

mod broken;
mod create;
mod credentials;
mod delete;
mod list;
