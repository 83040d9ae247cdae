//! The first page, and the page about accessibility.

use std::sync::Arc;

use askama::Template;
use poem::Response;

use super::filters;
use super::language::{Language, Text};
use super::page::{Frame, Page};
use super::problem::Problem;
use super::recent::{self, Recent};
use super::rights::{Needs, Right};
use super::session::{self, Kept};
use super::visit::Visit;
use super::wachtrij::{self, Sentence};
use super::{login, statisch};

/// The pages.
pub static PAGES: &[Page] = &[
    Page::get(
        "/",
        Text::new("Start", "Home"),
        Needs::Right(Right::Start),
        |visit| Box::pin(start(visit)),
    )
    .in_menu(),
    Page::get(
        "/toegankelijkheid",
        Text::new("Toegankelijkheid", "Accessibility"),
        Needs::Nothing,
        |visit| Box::pin(async move { accessibility(&visit) }),
    ),
    Page::get(
        "/taal/{taal}",
        Text::new("Taal", "Language"),
        Needs::Nothing,
        |visit| Box::pin(async move { language(&visit) }),
    ),
    Page::get(
        "/statisch/{bestand}",
        Text::new("Bestand", "File"),
        Needs::Nothing,
        |visit| Box::pin(async move { statisch::show(&visit) }),
    ),
];

#[derive(Template)]
#[template(path = "beheer/start.html")]
struct Start {
    frame: Frame,
    queue: Vec<Sentence>,
    recent: Option<Vec<Recent>>,
}

async fn start(visit: Arc<Visit>) -> Result<Response, Problem> {
    visit.show(&Start {
        frame: Frame::new(&visit, &Text::new("Start", "Home")).last_crumb(""),
        queue: wachtrij::sentences(&visit).await?,
        recent: if visit.may(Right::KlantenLezen) {
            Some(recent::list(&visit).await?)
        } else {
            None
        },
    })
}

#[derive(Template)]
#[template(path = "beheer/toegankelijkheid.html")]
struct Accessibility {
    frame: Frame,
}

fn accessibility(visit: &Visit) -> Result<Response, Problem> {
    visit.show(&Accessibility {
        frame: Frame::new(visit, &Text::new("Toegankelijkheid", "Accessibility")).narrow(),
    })
}

/// Another language from now on, and back to the page.
fn language(visit: &Visit) -> Result<Response, Problem> {
    let language = Language::parse(visit.parameter("taal")).ok_or(Problem::NotFound)?;
    let mut answer = visit.go(login::safe(visit.asked("terug")).unwrap_or("/"));
    session::set(visit, &mut answer, Kept::Language, language.code())?;
    Ok(answer)
}
