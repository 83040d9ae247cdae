//! The relation between a klant and a contactmoment.

mod change;
mod create;
mod elsewhere;
mod list;
mod own_klant;
