//! The logs, to read only: what was changed, who looked at what, what operators did. A search is typed into a form that is
//! posted; the address that it leads to names a person by a row of theirs, so that no name stands in it.

mod bediening;
mod detail;
mod inzage;
mod wijzigingen;
mod zoek;

use std::sync::Arc;

use poem::Response;

use super::language::Text;
use super::page::Page;
use super::problem::Problem;
use super::rights::{Needs, Right};
use super::visit::Visit;

pub use wijzigingen::path_of_object;

const TITLE: Text = Text::new("Logboek", "Log");
const CHANGES: Text = Text::new("Wijzigingen", "Changes");
const READS: Text = Text::new("Inzage", "Reads");
const OPERATION: Text = Text::new("Bediening", "Operation");
const BEDIENING: Needs = Needs::Right(Right::Bediening);
const LOGBOEK: Needs = Needs::Right(Right::Logboek);

/// The pages.
pub static PAGES: &[Page] = &[
    Page::get(
        "/logboek",
        TITLE,
        Needs::Either(Right::Logboek, Right::Bediening),
        |visit| Box::pin(async move { first(&visit) }),
    )
    .in_menu(),
    Page::get(wijzigingen::PATH, CHANGES, LOGBOEK, |visit| {
        Box::pin(wijzigingen::show(visit))
    }),
    Page::post(wijzigingen::PATH, CHANGES, LOGBOEK, |visit| {
        Box::pin(wijzigingen::search(visit))
    }),
    Page::get("/logboek/wijzigingen/{uuid}", CHANGES, LOGBOEK, |visit| {
        Box::pin(detail::show(visit))
    }),
    Page::get(inzage::PATH, READS, LOGBOEK, |visit| {
        Box::pin(inzage::show(visit))
    }),
    Page::post(inzage::PATH, READS, LOGBOEK, |visit| {
        Box::pin(inzage::search(visit))
    }),
    Page::get(bediening::PATH, OPERATION, BEDIENING, |visit| {
        Box::pin(bediening::show(visit))
    }),
    Page::post(bediening::PATH, OPERATION, BEDIENING, |visit| {
        Box::pin(bediening::search(visit))
    }),
];

/// The logs, each with who may read it.
const TABS: [(&str, Text, Right); 3] = [
    (wijzigingen::PATH, CHANGES, Right::Logboek),
    (inzage::PATH, READS, Right::Logboek),
    (bediening::PATH, OPERATION, Right::Bediening),
];

/// A link to a log.
struct Tab {
    path: &'static str,
    text: Text,
    is_current: bool,
}

fn tabs(visit: &Visit) -> Vec<Tab> {
    TABS.into_iter()
        .filter(|(_, _, right)| visit.may(*right))
        .map(|(path, text, _)| Tab {
            path,
            text,
            is_current: visit.path == path,
        })
        .collect()
}

/// `/logboek`: to the first log that this person may read.
fn first(visit: &Arc<Visit>) -> Result<Response, Problem> {
    let tabs = tabs(visit);
    let tab = tabs.first().ok_or(Problem::NotFound)?;
    Ok(visit.go(tab.path))
}
