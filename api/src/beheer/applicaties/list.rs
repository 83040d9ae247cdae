//! The list of applications, by name. Those of an Autorisaties API stand below it, where one is asked.

use std::sync::Arc;

use askama::Template;
use chrono::{DateTime, Utc};
use openklant_shared::storage::applicatie_browse::{self, Begin, Browsed};
use openklant_shared::storage::fetched_applicatie::{self, Shown};
use poem::Response;
use uuid::Uuid;

use super::words::{self, Rights};
use super::{MOST_FETCHED, TITLE, a_day_ago, is_long_unused, last_used, status};
use crate::beheer::filters;
use crate::beheer::language::Text;
use crate::beheer::list::{Asked, Cursor, ONE_MORE, Rows, Start};
use crate::beheer::page::Frame;
use crate::beheer::problem::Problem;
use crate::beheer::visit::Visit;

/// An application as the list shows it.
struct Line {
    id: i64,
    uuid: Uuid,
    label: String,
    client_ids: String,
    has_all: bool,
    rights: Vec<Rights>,
    last_used_at: Option<DateTime<Utc>>,
    is_long_unused: bool,
    status: (&'static str, Text),
}

impl Line {
    fn of(browsed: Browsed, visit: &Visit) -> Self {
        let applicatie = &browsed.applicatie;
        let last_used_at = last_used(&browsed.clients);
        Self {
            id: browsed.id,
            uuid: applicatie.uuid,
            client_ids: applicatie.client_ids.join(", "),
            has_all: applicatie.heeft_alle_autorisaties,
            rights: words::rights(applicatie),
            last_used_at,
            is_long_unused: is_long_unused(visit, browsed.created_at, browsed.counted_since, last_used_at),
            status: status(visit, applicatie, &browsed.clients),
            label: browsed.applicatie.label,
        }
    }
}

/// A fetched application as the list shows it.
struct FetchedLine {
    uuid: Uuid,
    label: String,
    client_id: String,
    has_all: bool,
    rights: Vec<Rights>,
    last_used_at: Option<DateTime<Utc>>,
    fetched_at: DateTime<Utc>,
}

impl From<Shown> for FetchedLine {
    fn from(shown: Shown) -> Self {
        Self {
            uuid: shown.applicatie.uuid,
            client_id: shown.applicatie.client_ids.concat(),
            has_all: shown.applicatie.heeft_alle_autorisaties,
            rights: words::rights(&shown.applicatie),
            last_used_at: shown.last_used_at,
            fetched_at: shown.fetched_at,
            label: shown.applicatie.label,
        }
    }
}

#[derive(Template)]
#[template(path = "beheer/applicaties/lijst.html")]
struct View {
    frame: Frame,
    rows: Rows<Line>,
    fetched: Vec<FetchedLine>,
}

/// The page. Two queries; a third where an Autorisaties API is asked.
pub async fn show(visit: Arc<Visit>) -> Result<Response, Problem> {
    let asked = Asked::of(&visit, &[]);
    let db = &visit.state.db;
    let rows = if asked.wrong().is_some() {
        Rows::none(&asked)
    } else {
        let begin = match asked.start() {
            Start::First => Begin::First,
            Start::After(cursor) => Begin::After(&cursor.key, cursor.id),
            Start::Before(cursor) => Begin::Before(&cursor.key, cursor.id),
        };
        let found = applicatie_browse::page(db, begin, ONE_MORE, a_day_ago(&visit)).await?;
        let lines = found.into_iter().map(|found| Line::of(found, &visit)).collect();
        Rows::of(&asked, lines, |line: &Line| Cursor {
            key: line.label.clone(),
            id: line.id,
        })
    };
    let fetched = match &visit.state.settings.autorisaties.api {
        Some(api) => fetched_applicatie::list(db, api.root.as_str(), MOST_FETCHED).await?,
        None => Vec::new(),
    };
    visit.show(&View {
        frame: Frame::new(&visit, &TITLE),
        rows,
        fetched: fetched.into_iter().map(FetchedLine::from).collect(),
    })
}
