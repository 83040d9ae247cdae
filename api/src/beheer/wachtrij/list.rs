//! The list of messages, with a tab per state and filters.

use std::sync::Arc;

use askama::Template;
use chrono::{DateTime, Utc};
use openklant_shared::domain::delivery::{Class, State};
use openklant_shared::domain::notificatie::KANALEN;
use openklant_shared::storage::outbox_filter::MessageFilter;
use openklant_shared::storage::outbox_look::{self, Begin, Row};
use openklant_shared::storage::outbox_monitor::Order;
use poem::Response;
use url::form_urlencoded;
use uuid::Uuid;

use super::words::{self, Badge, CLASSES, STATES};
use super::{MESSAGES, TITLE};
use crate::beheer::filters;
use crate::beheer::language::Text;
use crate::beheer::list::{Asked, Cursor, ONE_MORE, Rows, Start};
use crate::beheer::moment;
use crate::beheer::page::Frame;
use crate::beheer::problem::Problem;
use crate::beheer::visit::Visit;

/// The filters of the list, and of what is done to all that it finds.
pub const FILTERS: [&str; 6] = ["staat", "kanaal", "object", "vanaf", "tot", "klasse"];

/// What was asked for, read.
pub struct Chosen {
    /// As the storage knows it.
    pub filter: MessageFilter,
    /// The one state that was chosen.
    pub state: Option<State>,
    /// The filters as they were given, for addresses.
    pub query: String,
}

/// Reads the filters of an address; what cannot be read is noted as wrong.
pub fn chosen(asked: &mut Asked) -> Chosen {
    let state = asked.read("staat", |text| {
        STATES
            .iter()
            .find(|(name, _)| *name == text)
            .map(|(_, state)| *state)
    });
    let kanaal = asked.read("kanaal", |text| {
        KANALEN
            .iter()
            .find(|kanaal| kanaal.naam == text)
            .map(|kanaal| kanaal.naam.to_owned())
    });
    let class: Option<Class> = asked.read("klasse", |text| {
        CLASSES
            .iter()
            .find(|(name, _)| *name == text)
            .map(|(_, class)| *class)
    });
    let object = asked.read("object", object);
    let since = asked.read("vanaf", moment::typed);
    let until = asked.read("tot", moment::typed);
    let mut query = form_urlencoded::Serializer::new(String::new());
    for name in FILTERS {
        if !asked.value(name).is_empty() {
            query.append_pair(name, asked.value(name));
        }
    }
    Chosen {
        filter: MessageFilter {
            messages: Vec::new(),
            states: state.into_iter().collect(),
            kanaal,
            object,
            since,
            until,
            class,
        },
        state,
        query: query.finish(),
    }
}

/// Reads the URL or the uuid of an object.
pub fn object(text: &str) -> Option<Uuid> {
    let last = text.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    Uuid::try_parse(last).ok()
}

/// A message as the list shows it.
#[derive(Clone, Debug)]
pub struct Line {
    row: Row,
    event: Text,
    badge: Badge,
    answer: Text,
    next: Option<DateTime<Utc>>,
}

impl Line {
    fn of(row: Row) -> Self {
        Self {
            event: words::event(&row).text,
            badge: words::badge(&row),
            answer: words::stored_class(row.last_class.as_deref()),
            next: (row.state() == Some(State::Pending)).then_some(row.next_attempt_at),
            row,
        }
    }
}

/// A tab.
struct Tab {
    path: String,
    text: Text,
    count: Option<i64>,
    is_current: bool,
}

#[derive(Template)]
#[template(path = "beheer/wachtrij/berichten.html")]
struct View {
    frame: Frame,
    rows: Rows<Line>,
    tabs: Vec<Tab>,
    kanalen: Vec<(&'static str, bool)>,
    classes: Vec<(&'static str, Text, bool)>,
    state: String,
    object: String,
    since: String,
    until: String,
    is_parked: bool,
    may_steer: bool,
    query: String,
}

/// The page.
pub async fn show(visit: Arc<Visit>) -> Result<Response, Problem> {
    let mut asked = Asked::of(&visit, &FILTERS);
    let chosen = chosen(&mut asked);
    let db = &visit.state.db;
    let rows = if asked.wrong().is_some() {
        Rows::none(&asked)
    } else {
        let order = if chosen.state == Some(State::Pending) {
            Order::OldestFirst
        } else {
            Order::NewestFirst
        };
        let begin = match asked.start() {
            Start::First => Begin::First,
            Start::After(cursor) => Begin::After(cursor.id),
            Start::Before(cursor) => Begin::Before(cursor.id),
        };
        let found = outbox_look::page(db, &chosen.filter, order, begin, ONE_MORE).await?;
        let lines = found.into_iter().map(Line::of).collect();
        Rows::of(&asked, lines, |line: &Line| Cursor {
            key: String::new(),
            id: line.row.id,
        })
    };
    let counts = outbox_look::counts(db).await?;
    let view = View {
        frame: Frame::new(&visit, &MESSAGES).crumb("/wachtrij", TITLE.in_language(visit.language)),
        tabs: tabs(chosen.state, asked.value("staat").is_empty(), &counts),
        kanalen: KANALEN
            .iter()
            .map(|kanaal| (kanaal.naam, asked.has("kanaal", kanaal.naam)))
            .collect(),
        classes: CLASSES
            .into_iter()
            .map(|(name, class)| (name, words::class(class), asked.has("klasse", name)))
            .collect(),
        state: asked.value("staat").to_owned(),
        object: asked.value("object").to_owned(),
        since: asked.value("vanaf").to_owned(),
        until: asked.value("tot").to_owned(),
        is_parked: chosen.state == Some(State::Parked),
        may_steer: !rows.rows.is_empty()
            && chosen
                .state
                .is_some_and(|state| State::unfinished().contains(&state)),
        query: chosen.query,
        rows,
    };
    visit.show(&view)
}

/// A tab for each state; of those that can be finished by nobody there is no count: there are too many.
fn tabs(chosen: Option<State>, is_all: bool, counts: &outbox_look::Counts) -> Vec<Tab> {
    let mut tabs: Vec<Tab> = STATES
        .into_iter()
        .map(|(name, state)| Tab {
            path: format!("/wachtrij/berichten?staat={name}"),
            text: words::state(state),
            count: match state {
                State::Pending => Some(counts.pending),
                State::Delivering => Some(counts.delivering),
                State::Parked => Some(counts.parked),
                State::Delivered | State::Cancelled => None,
            },
            is_current: chosen == Some(state),
        })
        .collect();
    tabs.push(Tab {
        path: "/wachtrij/berichten".to_owned(),
        text: Text::new("alle", "all"),
        count: None,
        is_current: is_all,
    });
    tabs
}
