//! The first page, and the page about accessibility.

use std::sync::Arc;

use askama::Template;
use chrono::TimeDelta;
use openklant_shared::storage::client_attention::{self, OldSecret, Refusals};
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
    clients: Option<Clients>,
}

/// What asks for the attention of an application manager.
struct Clients {
    refusals: Vec<Refusals>,
    old_secrets: Vec<OldSecret>,
}

/// Rows of each.
const MOST: i64 = 25;

/// A secret is old after so long.
const OLD: TimeDelta = TimeDelta::days(365);

impl Clients {
    async fn read(visit: &Visit) -> Result<Option<Self>, Problem> {
        if !visit.may(Right::Applicaties) {
            return Ok(None);
        }
        let db = &visit.state.db;
        Ok(Some(Self {
            refusals: client_attention::refusals(db, visit.now - TimeDelta::days(1), MOST).await?,
            old_secrets: client_attention::old_secrets(db, visit.now - OLD, MOST).await?,
        }))
    }
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
        clients: Clients::read(&visit).await?,
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
