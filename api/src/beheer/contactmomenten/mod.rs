//! Contactmomenten: the list, the page of one, and what is done with it. What changes goes through the services of the API:
//! the same rules, audit row and notification.

mod formulier;
mod kaart;
mod koppelen;
mod lijst;
mod nieuw;
mod velden;
mod verwijderen;
mod weg;
mod wijzigen;
pub mod woorden;

use super::language::Text;
use super::page::Page;
use super::rights::{Needs, Right};

const LEZEN: Needs = Needs::Right(Right::KlantenLezen);
const WIJZIGEN: Needs = Needs::Right(Right::KlantenWijzigen);

const TITLE: Text = Text::new("Contactmomenten", "Contactmomenten");
const NEW: Text = Text::new("Contactmoment vastleggen", "Record a contactmoment");
const CHANGE: Text = Text::new("Contactmoment wijzigen", "Change a contactmoment");
const DELETE: Text = Text::new("Contactmoment verwijderen", "Delete a contactmoment");
const COUPLE: Text = Text::new("Klant koppelen", "Couple a klant");
const UNCOUPLE: Text = Text::new("Klant loskoppelen", "Uncouple a klant");

const PATH_NEW: &str = "/contactmomenten/nieuw";
const PATH_CHANGE: &str = "/contactmomenten/{uuid}/wijzigen";
const PATH_DELETE: &str = "/contactmomenten/{uuid}/verwijderen";
const PATH_COUPLE: &str = "/contactmomenten/{uuid}/koppelen";
const PATH_PICK: &str = "/contactmomenten/{uuid}/koppelen/{zoek}";
const PATH_UNCOUPLE: &str = "/contactmomenten/{uuid}/ontkoppelen/{relatie}";

/// The pages. A path with a word comes before one with a variable part in that place.
pub static PAGES: &[Page] = &[
    Page::get("/contactmomenten", TITLE, LEZEN, |visit| {
        Box::pin(lijst::show(visit))
    })
    .in_menu(),
    Page::get(PATH_NEW, NEW, WIJZIGEN, |visit| Box::pin(nieuw::make(visit))),
    Page::post(PATH_NEW, NEW, WIJZIGEN, |visit| Box::pin(nieuw::make(visit))),
    Page::get(
        "/contactmomenten/{uuid}",
        Text::new("Contactmoment", "Contactmoment"),
        LEZEN,
        |visit| Box::pin(kaart::show(visit)),
    ),
    Page::get(PATH_CHANGE, CHANGE, WIJZIGEN, |visit| {
        Box::pin(wijzigen::change(visit))
    }),
    Page::post(PATH_CHANGE, CHANGE, WIJZIGEN, |visit| {
        Box::pin(wijzigen::change(visit))
    }),
    Page::get(PATH_DELETE, DELETE, WIJZIGEN, |visit| {
        Box::pin(verwijderen::delete(visit))
    }),
    Page::post(PATH_DELETE, DELETE, WIJZIGEN, |visit| {
        Box::pin(verwijderen::delete(visit))
    }),
    Page::get(PATH_COUPLE, COUPLE, WIJZIGEN, |visit| {
        Box::pin(koppelen::search(visit))
    }),
    Page::post(PATH_COUPLE, COUPLE, WIJZIGEN, |visit| {
        Box::pin(koppelen::search(visit))
    }),
    Page::get(PATH_PICK, COUPLE, WIJZIGEN, |visit| {
        Box::pin(koppelen::pick(visit))
    }),
    Page::post(PATH_PICK, COUPLE, WIJZIGEN, |visit| {
        Box::pin(koppelen::pick(visit))
    }),
    Page::get(PATH_UNCOUPLE, UNCOUPLE, WIJZIGEN, |visit| {
        Box::pin(koppelen::uncouple(visit))
    }),
    Page::post(PATH_UNCOUPLE, UNCOUPLE, WIJZIGEN, |visit| {
        Box::pin(koppelen::uncouple(visit))
    }),
];
