//! Klanten: searching for one, the list of them, and the page of one with its timeline.

mod export;
mod filter;
pub mod gevonden;
pub mod kaart;
mod lijst;
pub mod naam;
mod plaats;
pub mod tijdlijn;
mod tonen;
pub mod woorden;
pub mod zoeken;

mod botsing;
pub mod formulier;
mod nieuw;
mod stand;
mod velden;
mod verwijderen;
mod wijzigen;

use super::language::Text;
use super::page::Page;
use super::rights::{Needs, Right};
pub use tonen::WHICH;

const LEZEN: Needs = Needs::Right(Right::KlantenLezen);
const WIJZIGEN: Needs = Needs::Right(Right::KlantenWijzigen);

const NEW: Text = Text::new("Nieuwe klant", "New klant");
const CHANGE: Text = Text::new("Klant wijzigen", "Change klant");
const DELETE: Text = Text::new("Klant verwijderen", "Delete klant");

/// The pages.
pub static PAGES: &[Page] = &[
    // Before the page of one: the first that fits answers.
    Page::get("/klanten/nieuw", NEW, WIJZIGEN, |visit| {
        Box::pin(nieuw::create(visit))
    }),
    Page::post("/klanten/nieuw", NEW, WIJZIGEN, |visit| {
        Box::pin(nieuw::create(visit))
    }),
    Page::get("/klanten/{uuid}/wijzigen", CHANGE, WIJZIGEN, |visit| {
        Box::pin(wijzigen::change(visit))
    }),
    Page::post("/klanten/{uuid}/wijzigen", CHANGE, WIJZIGEN, |visit| {
        Box::pin(wijzigen::change(visit))
    }),
    Page::get("/klanten/{uuid}/verwijderen", DELETE, WIJZIGEN, |visit| {
        Box::pin(verwijderen::delete(visit))
    }),
    Page::post("/klanten/{uuid}/verwijderen", DELETE, WIJZIGEN, |visit| {
        Box::pin(verwijderen::delete(visit))
    }),
    Page::post("/zoeken", Text::new("Zoeken", "Search"), LEZEN, |visit| {
        Box::pin(zoeken::search(visit))
    }),
    Page::get(
        "/zoeken/{zoek}",
        Text::new("Zoekresultaten", "Search results"),
        LEZEN,
        |visit| Box::pin(zoeken::show(visit)),
    ),
    Page::get("/exports", export::TITLE, WIJZIGEN, |visit| {
        Box::pin(export::ask(visit))
    }),
    Page::post("/exports", export::TITLE, WIJZIGEN, |visit| {
        Box::pin(export::ask(visit))
    }),
    Page::get("/exports/{uuid}", export::TITLE, WIJZIGEN, |visit| {
        Box::pin(export::show(visit))
    }),
    Page::get("/exports/{uuid}/bestand", export::TITLE, WIJZIGEN, |visit| {
        Box::pin(export::file(visit))
    }),
    Page::get("/klanten", lijst::TITLE, LEZEN, |visit| {
        Box::pin(lijst::show(visit))
    })
    .in_menu(),
    Page::post(
        "/klanten/kolommen",
        Text::new("Kolommen kiezen", "Choose columns"),
        LEZEN,
        |visit| Box::pin(lijst::set_columns(visit)),
    ),
    Page::get("/klanten/{uuid}", Text::new("Klant", "Klant"), LEZEN, |visit| {
        Box::pin(kaart::show(visit))
    }),
    Page::get("/klanten/{uuid}/bsn-tonen", tonen::TITLE, LEZEN, |visit| {
        Box::pin(tonen::show(visit))
    }),
    Page::post("/klanten/{uuid}/bsn-tonen", tonen::TITLE, LEZEN, |visit| {
        Box::pin(tonen::show(visit))
    }),
];
