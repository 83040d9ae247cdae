//! The queue: how it stands, its messages, and what an operator does about them. What is done here is done by
//! [`openklant_shared::steering`], as the commands of `openklant outbox` do it.

mod act;
mod alerts;
mod bulk;
mod chart;
mod list;
mod live;
mod message;
mod overview;
mod pause;
mod sentence;
mod standing;
mod words;

use super::language::Text;
use super::page::Page;
use super::rights::{Needs, Right};

pub use live::Live;
pub use sentence::{Sentence, sentences};
pub use words::took;

/// Path of the overview.
pub const PATH: &str = "/wachtrij";

const OPERATOR: Needs = Needs::Right(Right::Wachtrij);
const TITLE: Text = Text::new("Wachtrij", "Queue");
const MESSAGES: Text = Text::new("Berichten", "Messages");

/// The pages.
pub static PAGES: &[Page] = &[
    Page::get(PATH, TITLE, OPERATOR, |visit| Box::pin(overview::show(visit))).in_menu(),
    Page::get(
        "/wachtrij/stroom",
        Text::new("Live bijwerken", "Live update"),
        OPERATOR,
        |visit| Box::pin(async move { live::stream(&visit) }),
    ),
    Page::get("/wachtrij/berichten", MESSAGES, OPERATOR, |visit| {
        Box::pin(list::show(visit))
    }),
    Page::get("/wachtrij/berichten/{id}", MESSAGES, OPERATOR, |visit| {
        Box::pin(message::show(visit))
    }),
    Page::get(
        "/wachtrij/berichten/{id}/opnieuw",
        Text::new("Opnieuw proberen", "Try again"),
        OPERATOR,
        |visit| Box::pin(act::retry(visit)),
    ),
    Page::post(
        "/wachtrij/berichten/{id}/opnieuw",
        Text::new("Opnieuw proberen", "Try again"),
        OPERATOR,
        |visit| Box::pin(act::retry(visit)),
    ),
    Page::get(
        "/wachtrij/berichten/{id}/annuleren",
        Text::new("Bericht annuleren", "Cancel message"),
        OPERATOR,
        |visit| Box::pin(act::cancel(visit)),
    ),
    Page::post(
        "/wachtrij/berichten/{id}/annuleren",
        Text::new("Bericht annuleren", "Cancel message"),
        OPERATOR,
        |visit| Box::pin(act::cancel(visit)),
    ),
    Page::post(
        "/wachtrij/berichten/{id}/notitie",
        Text::new("Notitie", "Note"),
        OPERATOR,
        |visit| Box::pin(act::note(visit)),
    ),
    Page::get(
        "/wachtrij/opnieuw-proberen",
        Text::new("Berichten opnieuw proberen", "Try messages again"),
        OPERATOR,
        |visit| Box::pin(bulk::retry(visit)),
    ),
    Page::post(
        "/wachtrij/opnieuw-proberen",
        Text::new("Berichten opnieuw proberen", "Try messages again"),
        OPERATOR,
        |visit| Box::pin(bulk::retry(visit)),
    ),
    Page::get(
        "/wachtrij/annuleren",
        Text::new("Berichten annuleren", "Cancel messages"),
        OPERATOR,
        |visit| Box::pin(bulk::cancel(visit)),
    ),
    Page::post(
        "/wachtrij/annuleren",
        Text::new("Berichten annuleren", "Cancel messages"),
        OPERATOR,
        |visit| Box::pin(bulk::cancel(visit)),
    ),
    Page::get(
        "/wachtrij/opnieuw-verzenden",
        Text::new("Opnieuw verzenden", "Send again"),
        OPERATOR,
        |visit| Box::pin(bulk::replay(visit)),
    ),
    Page::post(
        "/wachtrij/opnieuw-verzenden",
        Text::new("Opnieuw verzenden", "Send again"),
        OPERATOR,
        |visit| Box::pin(bulk::replay(visit)),
    ),
    Page::get(
        "/wachtrij/opnieuw-opstellen",
        Text::new("Opnieuw opstellen", "Make anew"),
        OPERATOR,
        |visit| Box::pin(bulk::reemit(visit)),
    ),
    Page::post(
        "/wachtrij/opnieuw-opstellen",
        Text::new("Opnieuw opstellen", "Make anew"),
        OPERATOR,
        |visit| Box::pin(bulk::reemit(visit)),
    ),
    Page::post(
        "/wachtrij/opdrachten/{id}/stoppen",
        Text::new("Opdracht stoppen", "Stop"),
        OPERATOR,
        |visit| Box::pin(bulk::stop(visit)),
    ),
    Page::get(
        "/wachtrij/pauzeren",
        Text::new("Verzending pauzeren", "Pause sending"),
        OPERATOR,
        |visit| Box::pin(pause::pause(visit)),
    ),
    Page::post(
        "/wachtrij/pauzeren",
        Text::new("Verzending pauzeren", "Pause sending"),
        OPERATOR,
        |visit| Box::pin(pause::pause(visit)),
    ),
    Page::get(
        "/wachtrij/hervatten",
        Text::new("Verzending hervatten", "Resume sending"),
        OPERATOR,
        |visit| Box::pin(pause::resume(visit)),
    ),
    Page::post(
        "/wachtrij/hervatten",
        Text::new("Verzending hervatten", "Resume sending"),
        OPERATOR,
        |visit| Box::pin(pause::resume(visit)),
    ),
];
