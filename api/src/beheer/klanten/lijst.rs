//! The list of klanten, with filters, in one of two orders, with columns of one's own choice.

use std::sync::Arc;

use askama::Template;
use chrono::DateTime;
use openklant_shared::storage::beheer::account;
use openklant_shared::storage::klant_list::{self, MOST_COUNTED, Place, Start};
use poem::Response;

use super::super::filters;
use super::super::form::Fields;
use super::super::language::Text;
use super::super::list::{Asked, Cursor, ONE_MORE, Rows, Start as Wanted};
use super::super::looked::{Looked, record};
use super::super::page::Frame;
use super::super::problem::Problem;
use super::super::rights::Right;
use super::super::visit::Visit;
use super::filter::{self, Chosen};
use super::gevonden::{self, Columns, Hit};

/// The name of the page.
pub const TITLE: Text = Text::new("Klanten", "Klanten");

/// Under which name the chosen columns are kept.
const LIST: &str = "klanten";

#[derive(Template)]
#[template(path = "beheer/klanten/lijst.html")]
struct View {
    frame: Frame,
    rows: Rows<Place>,
    hits: Vec<Hit>,
    total: Option<Text>,
    is_filtered: bool,
    kinds: Vec<(&'static str, Text, bool)>,
    columns: Columns,
    asked: Asked,
    query: String,
    may_change: bool,
}

/// GET: the list.
pub async fn show(visit: Arc<Visit>) -> Result<Response, Problem> {
    let mut asked = Asked::of(&visit, &filter::NAMES);
    let chosen = filter::read(&mut asked);
    let start = start(&visit, &mut asked, &chosen)?;
    let mut view = View {
        frame: Frame::new(&visit, &TITLE),
        rows: Rows::none(&asked),
        hits: Vec::new(),
        total: None,
        is_filtered: chosen.is_filtered(),
        kinds: filter::kinds(&asked),
        columns: columns(&visit)?,
        query: match filter::query(visit.query()) {
            query if query.is_empty() => query,
            query => format!("?{query}"),
        },
        may_change: visit.may(Right::KlantenWijzigen),
        asked,
    };
    if let Some(start) = start {
        fill(&visit, &mut view, &chosen, &start).await?;
        let looked = Looked {
            searched_by: chosen.names(),
            hits: Some(view.hits.len()),
            ..Looked::default()
        };
        record(&visit, looked).await?;
    }
    visit.show(&view)
}

async fn fill(visit: &Visit, view: &mut View, chosen: &Chosen, start: &Start) -> Result<(), Problem> {
    let mut tx = visit.state.db.for_reads().await.snapshot().await?;
    let page = klant_list::page(&mut tx, &chosen.filter, chosen.order, start, ONE_MORE).await?;
    let (places, mut klanten): (Vec<Place>, Vec<_>) =
        page.rows.into_iter().map(|row| (row.place, row.found)).unzip();
    view.rows = Rows::sealed(visit, &view.asked, places, cursor)?;
    let on_page: Vec<i64> = view.rows.rows.iter().map(Place::id).collect();
    klanten.retain(|found| on_page.contains(&found.id));
    klanten.sort_by_key(|found| on_page.iter().position(|id| *id == found.id));
    view.hits = gevonden::hits(&mut tx, klanten).await?;
    tx.rollback().await?;
    view.total = page.total.map(|total| {
        Text::in_both(|language| {
            let count = super::super::moment::number(total.min(MOST_COUNTED), language);
            match total {
                1 => "1 klant".to_owned(),
                _ if total > MOST_COUNTED => {
                    format!("{} {count} klanten", language.pick("meer dan", "more than"))
                }
                _ => format!("{count} klanten"),
            }
        })
    });
    Ok(())
}

/// Where the page starts; `None`: something is wrong with what was asked, which `asked` says.
fn start(visit: &Visit, asked: &mut Asked, chosen: &Chosen) -> Result<Option<Start>, Problem> {
    let place = |cursor: &Cursor| -> Result<Option<Place>, Problem> {
        let key = cursor.unsealed(visit)?;
        Ok(key
            .and_then(|key| place(&key, cursor.id))
            .filter(|place| chosen.filter.has(chosen.order, place)))
    };
    let start = match asked.start() {
        Wanted::First => Some(Start::First),
        Wanted::After(cursor) => place(cursor)?.map(Start::After),
        Wanted::Before(cursor) => place(cursor)?.map(Start::Before),
    };
    if start.is_none() {
        asked.refuse_start();
    }
    Ok(start.filter(|_| asked.wrong().is_none()))
}

fn cursor(place: &Place) -> Cursor {
    let key = match place {
        Place::Number(_) => "#".to_owned(),
        Place::Changed(at, _) => format!("@{}", at.timestamp_micros()),
        Place::Name(naam, _) => format!("={naam}"),
    };
    Cursor { key, id: place.id() }
}

fn place(key: &str, id: i64) -> Option<Place> {
    let mut letters = key.chars();
    let kind = letters.next()?;
    let rest = letters.as_str();
    match kind {
        '#' => Some(Place::Number(id)),
        '@' => Some(Place::Changed(
            DateTime::from_timestamp_micros(rest.parse().ok()?)?,
            id,
        )),
        '=' => Some(Place::Name(rest.to_owned(), id)),
        _ => None,
    }
}

fn columns(visit: &Visit) -> Result<Columns, Problem> {
    let chosen = visit.person()?.preferences.columns.get(LIST);
    let names: Vec<&str> = chosen.into_iter().flatten().map(String::as_str).collect();
    Ok(Columns::named(&names))
}

/// POST: keeps the columns with the account, and goes back to the list as it was.
pub async fn set_columns(visit: Arc<Visit>) -> Result<Response, Problem> {
    let person = visit.person()?;
    let nothing = Fields::new();
    let typed = visit.typed().unwrap_or(&nothing);
    let chosen = typed.iter().filter(|(field, _)| field == "kolom");
    let chosen: Vec<&str> = chosen.map(|(_, name)| name.as_str()).collect();
    let names = Columns::named(&chosen).names();
    let mut preferences = person.preferences.clone();
    preferences.columns.insert(LIST.to_owned(), names);
    account::set_preferences(&visit.state.db, person.session.account_id, &preferences.text()?).await?;
    let query = filter::query(typed);
    let to = if query.is_empty() {
        "/klanten".to_owned()
    } else {
        format!("/klanten?{query}")
    };
    let said = Text::new("De kolommen zijn bewaard.", "The columns were kept.");
    visit.go_and_say(&to, said).await
}
