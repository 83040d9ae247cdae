//! Contactmomenten: the list, and the page of one.

mod kaart;
mod lijst;
pub mod woorden;

use super::language::Text;
use super::page::Page;
use super::rights::{Needs, Right};

const LEZEN: Needs = Needs::Right(Right::KlantenLezen);
const TITLE: Text = Text::new("Contactmomenten", "Contactmomenten");

/// The pages.
pub static PAGES: &[Page] = &[
    Page::get("/contactmomenten", TITLE, LEZEN, |visit| {
        Box::pin(lijst::show(visit))
    })
    .in_menu(),
    Page::get(
        "/contactmomenten/{uuid}",
        Text::new("Contactmoment", "Contactmoment"),
        LEZEN,
        |visit| Box::pin(kaart::show(visit)),
    ),
];
