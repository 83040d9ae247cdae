//! The words of the register and their rules, without any input or output: what a klant is, which numbers are
//! valid, what an audit row and a message hold.

pub mod alert;
pub mod applicatie;
pub mod audittrail;
pub mod beheer;
pub mod codes;
pub mod contactmoment;
pub mod delivery;
pub mod delivery_hour;
pub mod difference;
pub mod emailadres;
pub mod fault;
pub mod identifiers;
pub mod klant;
pub mod moment;
pub mod notificatie;
pub mod queue_state;
pub mod weblink;
pub mod zoek;
