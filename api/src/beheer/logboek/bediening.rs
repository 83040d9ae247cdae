//! Bediening: what operators and application managers did, by command or here. Each sees what is theirs to do.

use std::sync::Arc;

use askama::Template;
use chrono::{DateTime, Utc};
use openklant_shared::domain::identifiers::without_bsn;
use openklant_shared::storage::keyset::Place;
use openklant_shared::storage::operator_log_search::{self, Found, OperatorSearch};
use poem::Response;

use super::{OPERATION, TITLE, Tab, tabs, zoek};
use crate::beheer::filters;
use crate::beheer::form::{Fields, Form};
use crate::beheer::language::Text;
use crate::beheer::list::{Asked, ONE_MORE, Rows};
use crate::beheer::page::Frame;
use crate::beheer::problem::Problem;
use crate::beheer::rights::Right;
use crate::beheer::visit::Visit;

/// Path of the list.
pub const PATH: &str = "/logboek/bediening";

/// The filters of an address.
const FILTERS: [&str; 4] = [zoek::SINCE, zoek::UNTIL, "persoon", "actie"];

/// Word that commands begin with, what they are about, who may read of them. What is in no line here is read with the
/// command `openklant log` only.
const SUBJECTS: [(&str, Text, Right); 12] = [
    ("outbox", Text::new("wachtrij", "queue"), Right::Wachtrij),
    ("jobs", Text::new("taken", "jobs"), Right::Wachtrij),
    ("kanalen", Text::new("kanalen", "kanalen"), Right::Wachtrij),
    (
        "applicatie",
        Text::new("applicaties", "applications"),
        Right::Applicaties,
    ),
    (
        "POST jwtsecret",
        Text::new("geheimen van buiten", "secrets from outside"),
        Right::Applicaties,
    ),
    ("beheerder", Text::new("accounts", "accounts"), Right::Applicaties),
    (
        "secrets",
        Text::new("versleuteling", "sealing"),
        Right::Applicaties,
    ),
    (
        "autorisaties",
        Text::new("Autorisaties API", "Autorisaties API"),
        Right::Applicaties,
    ),
    (
        "externe-api",
        Text::new("externe API’s", "external APIs"),
        Right::Applicaties,
    ),
    ("setup", Text::new("inrichting", "setup"), Right::Applicaties),
    ("up", Text::new("eerste start", "first start"), Right::Applicaties),
    (
        "demo",
        Text::new("proefdraaien", "demonstration"),
        Right::Applicaties,
    ),
];

/// A row as the list shows it.
struct Line {
    place: Place,
    at: DateTime<Utc>,
    who: String,
    command: String,
    detail: String,
    message: Option<i64>,
    outcome: String,
}

impl Line {
    fn of(found: Found, may_see_messages: bool) -> Self {
        let row = found.row;
        Self {
            place: Place {
                at: row.at,
                id: row.id,
            },
            at: row.at,
            who: row.operator,
            command: row.command,
            detail: without_bsn(&row.detail),
            message: found.outbox_id.filter(|_| may_see_messages),
            outcome: found.outcome.unwrap_or_default(),
        }
    }
}

#[derive(Template)]
#[template(path = "beheer/logboek/bediening.html")]
struct View<'a> {
    frame: Frame,
    tabs: Vec<Tab>,
    form: &'a Form,
    acties: Vec<(&'static str, Text)>,
    rows: Rows<Line>,
    is_searched: bool,
    is_of_person: bool,
    last_year: String,
}

/// What this person may read of.
fn subjects(visit: &Visit) -> Vec<(&'static str, Text)> {
    SUBJECTS
        .into_iter()
        .filter(|(_, _, right)| visit.may(*right))
        .map(|(word, text, _)| (word, text))
        .collect()
}

/// GET: the list.
pub async fn show(visit: Arc<Visit>) -> Result<Response, Problem> {
    let mut asked = Asked::of(&visit, &FILTERS);
    let period = zoek::period(&mut asked, visit.now);
    let begin = zoek::begin(&mut asked);
    let mine: Vec<&'static str> = subjects(&visit).into_iter().map(|(word, _)| word).collect();
    let chosen = asked.read("actie", |text| mine.iter().find(|word| **word == text).copied());
    let search = OperatorSearch {
        period,
        commands: chosen.map_or(mine, |word| vec![word]),
        person: asked.read("persoon", |text| text.parse().ok()),
    };
    let form = Form::of(&visit, || fields(&asked, visit.now));
    let rows = if asked.wrong().is_some() {
        Rows::none(&asked)
    } else {
        let mut tx = visit.state.db.for_reads().await.snapshot().await?;
        let found = operator_log_search::page(&mut tx, &search, begin, ONE_MORE).await?;
        tx.rollback().await?;
        let may_see_messages = visit.may(Right::Wachtrij);
        let lines = found
            .into_iter()
            .map(|found| Line::of(found, may_see_messages))
            .collect();
        Rows::of(&asked, lines, |line: &Line| zoek::cursor(line.place))
    };
    page(&visit, &form, &asked, rows)
}

/// The form as an address fills it in.
fn fields(asked: &Asked, now: DateTime<Utc>) -> Fields {
    let mut fields = zoek::fields(asked, now);
    fields.push(("actie".to_owned(), asked.value("actie").to_owned()));
    fields
}

fn page(visit: &Visit, form: &Form, asked: &Asked, rows: Rows<Line>) -> Result<Response, Problem> {
    let title = Text::new("Logboek: bediening", "Log: operation");
    let view = View {
        frame: Frame::new(visit, &title)
            .crumb("/logboek", TITLE.in_language(visit.language))
            .last_crumb(OPERATION.in_language(visit.language))
            .about(form),
        tabs: tabs(visit),
        form,
        acties: subjects(visit),
        is_searched: rows.wrong.is_none() && form.is_right(),
        is_of_person: !asked.value("persoon").is_empty(),
        last_year: zoek::last_year(asked, visit),
        rows,
    };
    visit.show_form(form, &view)
}

/// POST: what was typed becomes an address without names in it.
pub async fn search(visit: Arc<Visit>) -> Result<Response, Problem> {
    let mut form = Form::empty(&visit);
    zoek::check_period(&mut form);
    let mut query = zoek::typed(&form, &[zoek::SINCE, zoek::UNTIL, "actie"]);
    if let Some(name) = zoek::typed_person(&form) {
        let mut tx = visit.state.db.for_reads().await.snapshot().await?;
        let row = operator_log_search::row_of_person(&mut tx, name).await?;
        tx.rollback().await?;
        zoek::add_person(&mut form, &mut query, row);
    }
    if !form.is_right() {
        let asked = Asked::of(&visit, &FILTERS);
        return page(&visit, &form, &asked, Rows::none(&asked));
    }
    Ok(visit.go(&zoek::address(PATH, query)))
}
