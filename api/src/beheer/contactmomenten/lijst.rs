//! The list of contactmomenten, the latest first.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use openklant_shared::domain::contactmoment::{INITIATIEFNEMERS, KlantLink};
use openklant_shared::storage::contactmoment_browse::{self, Begin, Listed, Participant};
use openklant_shared::storage::contactmoment_filter::{ContactmomentFilter, TextColumn};
use openklant_shared::storage::klant_filter::Compare;
use poem::Response;

use super::super::filters;
use super::super::klanten::naam::naam;
use super::super::language::Text;
use super::super::list::{Asked, Cursor, ONE_MORE, Rows, Start};
use super::super::looked::{Looked, record};
use super::super::moment;
use super::super::page::Frame;
use super::super::problem::Problem;
use super::super::rights::Right;
use super::super::visit::Visit;
use super::TITLE;
use super::woorden::{in_words, initiatief, medewerker};

/// The filters.
const KANAAL: &str = "kanaal";
const INITIATIEFNEMER: &str = "initiatiefnemer";
const FROM: &str = "vanaf";
const UNTIL: &str = "tot";
const MEDEWERKER: &str = "medewerker";
const FILTERS: [&str; 5] = [KANAAL, INITIATIEFNEMER, FROM, UNTIL, MEDEWERKER];

/// Characters of the text that are shown.
const EXCERPT: usize = 100;

/// Klanten of a contactmoment that are named; one more that is read tells that there are others.
const NAMED: usize = 3;

/// A klant of a line.
#[derive(Clone)]
pub struct Klant {
    /// Path of the page; empty when there is none.
    pub path: String,
    /// The name.
    pub naam: Text,
}

impl Klant {
    /// Somebody who took part.
    pub fn of(participant: &Participant) -> Self {
        match (&participant.link, &participant.klant) {
            (KlantLink::Own(uuid), Some(klant)) => Self {
                path: format!("/klanten/{uuid}"),
                naam: Text::same(naam(klant)),
            },
            (KlantLink::Own(uuid), None) => Self {
                path: format!("/klanten/{uuid}"),
                naam: Text::new("klant die er niet meer is", "klant who is gone"),
            },
            (KlantLink::Other(url), _) => Self {
                path: String::new(),
                naam: Text::same(url.clone()),
            },
        }
    }
}

struct Line {
    found: Listed,
    kind: Text,
    excerpt: String,
    medewerker: String,
    klanten: Vec<Klant>,
    more: bool,
}

impl Line {
    fn of(found: Listed) -> Self {
        let mut excerpt: String = found.begin.chars().take(EXCERPT).collect();
        if excerpt.len() < found.begin.len() {
            excerpt.push('…');
        }
        Self {
            kind: in_words(&found.kanaal),
            excerpt,
            medewerker: medewerker(&found.medewerker, found.medewerker_identificatie.as_ref()),
            klanten: Vec::new(),
            more: false,
            found,
        }
    }
}

#[derive(Template)]
#[template(path = "beheer/contactmomenten/lijst.html")]
struct View {
    frame: Frame,
    rows: Rows<Line>,
    kanaal: String,
    initiatiefnemers: Vec<(&'static str, Text, bool)>,
    from: String,
    until: String,
    medewerker: String,
    may_change: bool,
}

/// GET: the list.
pub async fn show(visit: Arc<Visit>) -> Result<Response, Problem> {
    let mut asked = Asked::of(&visit, &FILTERS);
    let filter = filter(&mut asked);
    let begin = begin(&mut asked);
    let rows = match begin {
        Some(begin) if asked.wrong().is_none() => read(&visit, &asked, &filter, begin).await?,
        _ => Rows::none(&asked),
    };
    let view = View {
        frame: Frame::new(&visit, &TITLE),
        kanaal: asked.value(KANAAL).to_owned(),
        initiatiefnemers: INITIATIEFNEMERS
            .into_iter()
            .map(|name| (name, initiatief(name), asked.has(INITIATIEFNEMER, name)))
            .collect(),
        from: asked.value(FROM).to_owned(),
        until: asked.value(UNTIL).to_owned(),
        medewerker: asked.value(MEDEWERKER).to_owned(),
        may_change: visit.may(Right::KlantenWijzigen),
        rows,
    };
    visit.show(&view)
}

/// Two queries: the rows, and the klanten of all of them.
async fn read(
    visit: &Visit,
    asked: &Asked,
    filter: &ContactmomentFilter,
    begin: Begin,
) -> Result<Rows<Line>, Problem> {
    let mut tx = visit.state.db.for_reads().await.snapshot().await?;
    let found = contactmoment_browse::page(&mut tx, filter, begin, ONE_MORE).await?;
    let lines = found.into_iter().map(Line::of).collect();
    let mut rows = Rows::of(asked, lines, |line: &Line| Cursor {
        key: line.found.registratiedatum.timestamp_micros().to_string(),
        id: line.found.id,
    });
    let ids: Vec<i64> = rows.rows.iter().map(|line| line.found.id).collect();
    let one_more = i64::try_from(NAMED + 1).unwrap_or(i64::MAX);
    let mut klanten: HashMap<i64, Vec<Klant>> = HashMap::new();
    for participant in contactmoment_browse::participants(&mut tx, &ids, one_more).await? {
        klanten
            .entry(participant.contactmoment)
            .or_default()
            .push(Klant::of(&participant));
    }
    tx.rollback().await?;
    for line in &mut rows.rows {
        line.klanten = klanten.remove(&line.found.id).unwrap_or_default();
        line.more = line.klanten.len() > NAMED;
        line.klanten.truncate(NAMED);
    }
    let looked = Looked {
        searched_by: FILTERS
            .into_iter()
            .filter(|name| !asked.value(name).is_empty())
            .collect(),
        hits: Some(rows.rows.len()),
        ..Looked::default()
    };
    record(visit, looked).await?;
    Ok(rows)
}

fn filter(asked: &mut Asked) -> ContactmomentFilter {
    let mut filter = ContactmomentFilter::default();
    if let Some(kanaal) = asked.read(KANAAL, |text| within(text, 50)) {
        filter.text(TextColumn::Kanaal, kanaal);
    }
    let of_the_two = |text: &str| INITIATIEFNEMERS.into_iter().find(|name| *name == text);
    if let Some(initiatiefnemer) = asked.read(INITIATIEFNEMER, of_the_two) {
        filter.text(TextColumn::Initiatiefnemer, initiatiefnemer);
    }
    if let Some(medewerker) = asked.read(MEDEWERKER, |text| within(text, 24)) {
        filter.text(TextColumn::MedewerkerIdentificatie, medewerker);
    }
    if let Some(from) = asked.read(FROM, |text| midnight(text, 0)) {
        filter.registratiedatum(Compare::GreaterOrEqual, from);
    }
    if let Some(until) = asked.read(UNTIL, |text| midnight(text, 1)) {
        filter.registratiedatum(Compare::Less, until);
    }
    filter
}

/// A text that a field of this length can hold. NUL is no character that a database takes.
fn within(text: &str, longest: usize) -> Option<String> {
    (text.chars().count() <= longest && !text.contains('\0')).then(|| text.to_owned())
}

/// The beginning of a day in Amsterdam, or of the day this many days later.
fn midnight(text: &str, later: u64) -> Option<DateTime<Utc>> {
    let day: NaiveDate = text.parse().ok()?;
    moment::typed(&day.checked_add_days(Days::new(later))?.to_string())
}

/// Where the page starts; `None` when the cursor is not ours.
fn begin(asked: &mut Asked) -> Option<Begin> {
    let place = |cursor: &Cursor| {
        let at = DateTime::from_timestamp_micros(cursor.key.parse().ok()?)?;
        // Beyond these years a moment as text is not sorted as a moment is.
        (1..=9999).contains(&at.year()).then_some((at, cursor.id))
    };
    let (name, begin) = match asked.start() {
        Start::First => ("", Some(Begin::First)),
        Start::After(cursor) => ("na", place(cursor).map(Begin::After)),
        Start::Before(cursor) => ("voor", place(cursor).map(Begin::Before)),
    };
    if begin.is_none() {
        asked.refuse(name);
    }
    begin
}
