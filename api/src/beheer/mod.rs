//! The management site under `/beheer/`: pages for people, rendered on the server.
//!
//! [`PAGES`] is the one list of pages and actions; the menu, the check of rights, the router and the tests walk it. How to
//! add a page stands in `docs/adding-a-page.md`.

mod account;
pub mod actor;
mod applicaties;
pub mod body;
pub mod confirm;
pub mod contactmomenten;
pub mod fault;
pub mod filters;
pub mod form;
pub mod klanten;
pub mod language;
pub mod list;
pub mod logboek;
mod login;
mod looked;
pub mod moment;
pub mod page;
pub mod problem;
mod recent;
pub mod rights;
pub mod session;
pub mod site;
mod start;
mod statisch;
pub mod taken;
pub mod visit;
pub mod wachtrij;

pub use page::{Page, pages};

/// The pages, by module; within the menu in this order.
pub static PAGES: &[&[Page]] = &[
    start::PAGES,
    klanten::PAGES,
    contactmomenten::PAGES,
    wachtrij::PAGES,
    taken::PAGES,
    applicaties::PAGES,
    logboek::PAGES,
    account::PAGES,
    login::PAGES,
];
