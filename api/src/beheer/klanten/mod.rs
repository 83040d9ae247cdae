//! Klanten: searching for one, and the page of one with its timeline.

pub mod kaart;
pub mod naam;
pub mod tijdlijn;
pub mod woorden;
pub mod zoeken;

use super::language::Text;
use super::page::Page;
use super::rights::{Needs, Right};

const LEZEN: Needs = Needs::Right(Right::KlantenLezen);

/// The pages.
pub static PAGES: &[Page] = &[
    Page::post("/zoeken", Text::new("Zoeken", "Search"), LEZEN, |visit| {
        Box::pin(zoeken::search(visit))
    }),
    Page::get(
        "/zoeken/{zoek}",
        Text::new("Zoekresultaten", "Search results"),
        LEZEN,
        |visit| Box::pin(zoeken::show(visit)),
    ),
    Page::get("/klanten/{uuid}", Text::new("Klant", "Klant"), LEZEN, |visit| {
        Box::pin(kaart::show(visit))
    }),
];
