//! Inzage: who looked at what, where an installation keeps that. Looking here is itself written down.

use std::sync::Arc;

use askama::Template;
use chrono::{DateTime, Utc};
use openklant_shared::domain::applicatie::CLIENT_ID_MAX_LENGTH;
use openklant_shared::storage::keyset::Place;
use openklant_shared::storage::read_log_search::{self, ReadSearch, Seen};
use poem::Response;
use serde_json::Value;
use uuid::Uuid;

use super::zoek::{self, Named};
use super::{READS, TITLE, Tab, tabs};
use crate::beheer::filters;
use crate::beheer::form::{Fields, Form};
use crate::beheer::language::{Language, Text};
use crate::beheer::list::{Asked, ONE_MORE, Rows};
use crate::beheer::looked::{self, Looked};
use crate::beheer::page::Frame;
use crate::beheer::problem::Problem;
use crate::beheer::visit::Visit;

/// Path of the list.
pub const PATH: &str = "/logboek/inzage";

/// The filters of an address.
const FILTERS: [&str; 7] = [
    zoek::SINCE,
    zoek::UNTIL,
    "object",
    "klantnummer",
    "persoon",
    "applicatie",
    "actie",
];

/// Filter, words, whether one object was read.
const ACTIES: [(&str, Text, bool); 2] = [
    ("bekeken", Text::new("bekeken", "viewed"), true),
    ("gezocht", Text::new("gezocht", "searched"), false),
];

/// A read as the list shows it.
struct Line {
    place: Place,
    at: DateTime<Utc>,
    who: String,
    client: String,
    what: Text,
    route: String,
    object: Option<Uuid>,
    of_object: String,
    request_id: String,
    reason: Option<String>,
}

impl Line {
    fn of(seen: Seen) -> Self {
        let object = seen.object_uuid.map(Uuid::from);
        let who = [&seen.user_representation, &seen.user_id, &seen.client_id]
            .into_iter()
            .find(|name| !name.is_empty());
        Self {
            place: Place {
                at: seen.at,
                id: seen.id,
            },
            at: seen.at,
            who: who.cloned().unwrap_or_default(),
            what: what(&seen),
            route: format!("{} {}", seen.method, seen.route),
            of_object: object.map_or_else(String::new, |object| {
                format!("?object={object}&{}={}", zoek::SINCE, zoek::year_of(seen.at))
            }),
            object,
            client: seen.client_id,
            request_id: seen.request_id,
            reason: seen.reason,
        }
    }
}

/// What was done, in words. Of what was searched for only the names of the filters are known.
fn what(seen: &Seen) -> Text {
    let filters: Vec<Value> = serde_json::from_str(&seen.filters).unwrap_or_default();
    let text = |filter: &Value, name: &str| filter[name].as_str().unwrap_or_default().to_owned();
    let mut names = Vec::new();
    let mut hits = None;
    for filter in &filters {
        match text(filter, "name") {
            name if name == looked::HITS => hits = Some(text(filter, "hash")),
            name => names.push(name),
        }
    }
    Text::in_both(|language| {
        let is_log = seen.route.ends_with(PATH);
        let mut words = match (is_log, seen.object_uuid) {
            (true, _) => language.pick("Dit logboek doorzocht", "This log searched"),
            (false, Some(_)) => language.pick("Bekeken", "Viewed"),
            (false, None) => language.pick("Gezocht", "Searched"),
        }
        .to_owned();
        if !names.is_empty() {
            words.push_str(language.pick(" op ", " by "));
            words.push_str(&names.join(", "));
        }
        if let Some(hits) = &hits {
            let found = match language {
                Language::Nl => format!(" ({hits} gevonden)"),
                Language::En => format!(" ({hits} found)"),
            };
            words.push_str(&found);
        }
        words
    })
}

#[derive(Template)]
#[template(path = "beheer/logboek/inzage.html")]
struct View<'a> {
    frame: Frame,
    tabs: Vec<Tab>,
    form: &'a Form,
    acties: Vec<(&'static str, Text)>,
    rows: Rows<Line>,
    is_searched: bool,
    is_kept: bool,
    is_of_person: bool,
    last_year: String,
}

/// GET: the list.
pub async fn show(visit: Arc<Visit>) -> Result<Response, Problem> {
    let mut asked = Asked::of(&visit, &FILTERS);
    let period = zoek::period(&mut asked, visit.now);
    let begin = zoek::begin(&mut asked);
    let search = ReadSearch {
        period,
        object: asked.read("object", |text| Uuid::try_parse(text).ok()),
        klantnummer: asked.read("klantnummer", zoek::klantnummer),
        person: asked.read("persoon", |text| text.parse().ok()),
        client: asked.read("applicatie", |text| {
            (text.chars().count() <= CLIENT_ID_MAX_LENGTH).then(|| text.to_owned())
        }),
        of_one: asked.read("actie", |text| {
            let known = ACTIES.into_iter().find(|(name, _, _)| *name == text);
            known.map(|(_, _, of_one)| of_one)
        }),
    };
    let form = Form::of(&visit, || fields(&asked, visit.now));
    let rows = if asked.wrong().is_some() {
        Rows::none(&asked)
    } else {
        let mut tx = visit.state.db.for_reads().await.snapshot().await?;
        let found = read_log_search::page(&mut tx, &search, begin, ONE_MORE).await?;
        tx.rollback().await?;
        let rows = Rows::of(&asked, found.into_iter().map(Line::of).collect(), |line| {
            zoek::cursor(line.place)
        });
        let searched_by = FILTERS.into_iter().filter(|name| !asked.value(name).is_empty());
        let looked = Looked {
            object: search.object,
            searched_by: searched_by.collect(),
            hits: Some(rows.rows.len()),
            ..Looked::default()
        };
        looked::record(&visit, looked).await?;
        rows
    };
    page(&visit, &form, &asked, rows)
}

/// The form as an address fills it in.
fn fields(asked: &Asked, now: DateTime<Utc>) -> Fields {
    let object = ["object", "klantnummer"]
        .into_iter()
        .map(|name| asked.value(name))
        .find(|value| !value.is_empty());
    let mut fields = zoek::fields(asked, now);
    fields.push(("object".to_owned(), object.unwrap_or_default().to_owned()));
    for name in ["applicatie", "actie"] {
        fields.push((name.to_owned(), asked.value(name).to_owned()));
    }
    fields
}

fn page(visit: &Visit, form: &Form, asked: &Asked, rows: Rows<Line>) -> Result<Response, Problem> {
    let title = Text::new("Logboek: inzage", "Log: reads");
    let view = View {
        frame: Frame::new(visit, &title)
            .crumb("/logboek", TITLE.in_language(visit.language))
            .last_crumb(READS.in_language(visit.language))
            .about(form),
        tabs: tabs(visit),
        form,
        acties: ACTIES.into_iter().map(|(name, text, _)| (name, text)).collect(),
        is_searched: rows.wrong.is_none() && form.is_right(),
        is_kept: visit.state.reads.is_some(),
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
    let mut query = zoek::typed(&form, &[zoek::SINCE, zoek::UNTIL, "applicatie", "actie"]);
    match (form.value("object"), zoek::named(form.value("object"))) {
        ("", _) => {}
        (_, Some(Named::Klantnummer(klantnummer))) => query.push(("klantnummer", klantnummer)),
        (_, Some(Named::Object(uuid))) => query.push(("object", uuid.to_string())),
        (_, None) => form.refuse("object", zoek::NO_OBJECT),
    }
    if let Some(name) = zoek::typed_person(&form) {
        let mut tx = visit.state.db.for_reads().await.snapshot().await?;
        let row = read_log_search::row_of_person(&mut tx, name).await?;
        tx.rollback().await?;
        zoek::add_person(&mut form, &mut query, row);
    }
    if !form.is_right() {
        let asked = Asked::of(&visit, &FILTERS);
        return page(&visit, &form, &asked, Rows::none(&asked));
    }
    Ok(visit.go(&zoek::address(PATH, query)))
}
