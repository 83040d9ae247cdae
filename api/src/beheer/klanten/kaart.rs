//! The page of a klant: what is known of them, and what happened.

use std::sync::Arc;

use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use openklant_shared::domain::applicatie::Component;
use openklant_shared::domain::audittrail::{Actie, AuditRow};
use openklant_shared::domain::difference::difference;
use openklant_shared::storage::klant_browse::{self, Browsed};
use openklant_shared::storage::{Tx, audittrail};
use poem::Response;
use uuid::Uuid;

use super::super::filters;
use super::super::language::Text;
use super::super::logboek::path_of_object;
use super::super::looked::{Looked, record};
use super::super::moment;
use super::super::page::Frame;
use super::super::problem::Problem;
use super::super::recent;
use super::super::rights::Right;
use super::super::visit::Visit;
use super::naam::{naam, soort};
use super::plaats::{Cursor, Kind};
use super::tijdlijn::{self, Line, Zaak};
use super::tonen::{self, Nummer};
use super::woorden::Field;
use crate::klanten::view::KlantView;
use crate::zgw::links::Base;

/// Fields that stand in the heading.
const IN_HEADING: [&str; 2] = ["url", "subjectType"];

/// Fields by which a klant is reached.
const REACHED_BY: [&str; 3] = ["telefoonnummer", "emailadres", "websiteUrl"];

const DELETED: Text = Text::new("Deze klant is verwijderd", "This klant was deleted");

/// What belongs together.
struct Group {
    heading: Text,
    fields: Vec<Item>,
}

/// A field of the klant.
struct Item {
    field: Field,
    /// The number that is masked, when it is one.
    number: Option<Number>,
}

/// A number that is masked until somebody says what for.
struct Number {
    label: &'static str,
    name: &'static str,
    /// The number, and until when it is shown.
    shown: Option<(String, DateTime<Utc>)>,
}

/// The lines of a day.
struct Day {
    day: String,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "beheer/klanten/klant.html")]
struct View {
    frame: Frame,
    found: Browsed,
    soort: Text,
    groups: Vec<Group>,
    printed: DateTime<Utc>,
    days: Vec<Day>,
    is_first: bool,
    older: Option<String>,
    may_change: bool,
    zaken: Vec<Zaak>,
    kinds: Vec<(&'static str, Text, bool)>,
    wrong: Option<Text>,
}

/// What was asked of the timeline.
struct Asked {
    kinds: Vec<Kind>,
    is_usual: bool,
    from: Cursor,
    wrong: Option<Text>,
}

impl Asked {
    /// Reads the address. A kind that is not known, or not for this person, shows no lines.
    fn of(visit: &Visit) -> Result<Self, Problem> {
        let mut asked = Self {
            kinds: Vec::new(),
            is_usual: false,
            from: Cursor::FIRST,
            wrong: None,
        };
        for (name, value) in visit.query() {
            match name.as_str() {
                "voor" => asked.from = Cursor::parse(value).ok_or(Problem::NotFound)?,
                "toon" => match Kind::named(value).filter(|kind| may_see(visit, *kind)) {
                    Some(kind) => asked.kinds.push(kind),
                    None => asked.refuse(name),
                },
                _ => asked.refuse(name),
            }
        }
        if asked.wrong.is_some() {
            asked.kinds.clear();
        } else if asked.kinds.is_empty() {
            asked.kinds.extend(Kind::USUAL);
            asked.is_usual = true;
        }
        Ok(asked)
    }

    fn refuse(&mut self, name: &str) {
        let name: String = name.chars().take(40).collect();
        self.wrong = Some(Text::made(
            format!("Dit filter kennen we niet: {name}"),
            format!("We do not know this filter: {name}"),
        ));
    }

    /// The kinds as an address has them, for what comes behind them.
    fn query(&self) -> String {
        if self.is_usual {
            return String::new();
        }
        let kinds = self.kinds.iter().map(|kind| format!("toon={}&", kind.name()));
        kinds.collect::<Vec<String>>().concat()
    }

    /// The kinds this person may choose from.
    fn choices(&self, visit: &Visit) -> Vec<(&'static str, Text, bool)> {
        Kind::ALL
            .into_iter()
            .filter(|kind| may_see(visit, *kind))
            .map(|kind| (kind.name(), kind.words(), self.kinds.contains(&kind)))
            .collect()
    }
}

fn may_see(visit: &Visit, kind: Kind) -> bool {
    kind != Kind::Inzage || visit.may(Right::Logboek)
}

/// GET: the page.
pub async fn show(visit: Arc<Visit>) -> Result<Response, Problem> {
    let uuid = visit.uuid()?;
    let asked = Asked::of(&visit)?;
    let mut tx = visit.state.db.for_reads().await.snapshot().await?;
    let Some(found) = klant_browse::find(&mut tx, uuid).await? else {
        return Err(gone(&visit, &mut tx, Component::Kc, uuid, &DELETED).await?);
    };
    let page = tijdlijn::read(&mut tx, uuid, asked.from, &asked.kinds).await?;
    tx.rollback().await?;
    record(
        &visit,
        Looked {
            object: Some(uuid),
            ..Looked::default()
        },
    )
    .await?;
    recent::note(&visit, uuid).await?;
    let title = Text::made(
        format!("Klant {}", found.klant.klantnummer),
        format!("Klant {}", found.klant.klantnummer),
    );
    let name = naam(&found.klant);
    let view = View {
        frame: Frame::new(&visit, &title).heading(name.clone()).last_crumb(name),
        soort: soort(found.klant.subject_type.kind()),
        groups: groups(&found, &tonen::shown(&visit, &found.klant).await?)?,
        printed: visit.now,
        days: by_day(page.lines, &visit),
        is_first: asked.from == Cursor::FIRST,
        older: page
            .older
            .map(|cursor| format!("/klanten/{uuid}?{}voor={}", asked.query(), cursor.encode())),
        zaken: page.zaken,
        kinds: asked.choices(&visit),
        wrong: asked.wrong,
        may_change: visit.may(Right::KlantenWijzigen),
        found,
    };
    visit.show(&view)
}

/// Why something is not there: it was deleted, as `what` says, or it never was.
pub async fn gone(
    visit: &Visit,
    tx: &mut Tx,
    component: Component,
    uuid: Uuid,
    what: &Text,
) -> Result<Problem, Problem> {
    let Some(row) = last_of_deleted(tx, component, uuid).await? else {
        return Ok(Problem::NotFound);
    };
    Ok(Problem::Gone {
        what: Text::in_both(|language| {
            let at = moment::moment(row.aanmaakdatum, visit.now, language, false);
            format!("{}: {at}.", what.in_language(language))
        }),
        log: visit.may(Right::Logboek).then(|| path_of_object(&row)),
    })
}

/// Why a klant is not there.
pub async fn gone_klant(visit: &Visit, uuid: Uuid) -> Result<Problem, Problem> {
    let mut tx = visit.state.db.snapshot().await?;
    let gone = gone(visit, &mut tx, Component::Kc, uuid, &DELETED).await?;
    tx.rollback().await?;
    Ok(gone)
}

/// The row of the audit trail that tells of the end of an object; `None` when there is no such end.
pub async fn last_of_deleted(
    tx: &mut Tx,
    component: Component,
    uuid: Uuid,
) -> Result<Option<AuditRow>, Problem> {
    let last = audittrail::list_back(tx, component, uuid, i64::MAX, 1).await?;
    Ok(last
        .into_iter()
        .map(|(_, row)| row)
        .find(|row| row.actie == Actie::Destroy))
}

/// The fields that have a value, masked where people see them so.
fn groups(found: &Browsed, shown: &[(Nummer, DateTime<Utc>)]) -> Result<Vec<Group>, Problem> {
    let base = Base::none();
    let body = serde_json::to_string(&KlantView::new(&found.klant, &base))
        .map_err(|error| Problem::Internal(error.to_string()))?;
    let fields = difference(None, Some(&body)).map_err(|error| Problem::Internal(error.to_string()))?;
    let mut groups = [
        Text::new("Bereikbaar", "Reachable"),
        Text::new("Identificatie", "Identification"),
        Text::new("Klant", "Klant"),
    ]
    .map(|heading| Group {
        heading,
        fields: Vec::new(),
    });
    for change in fields {
        if IN_HEADING.contains(&change.field.as_str()) {
            continue;
        }
        let group = if REACHED_BY.contains(&change.field.as_str()) || change.field.starts_with("adres.") {
            0
        } else if change.field.starts_with("subject") {
            1
        } else {
            2
        };
        if let Some(group) = groups.get_mut(group) {
            let number = Nummer::of_field(&change.field).map(|nummer| Number {
                label: nummer.label(),
                name: nummer.name(),
                shown: shown
                    .iter()
                    .find(|(one, _)| *one == nummer)
                    .and_then(|(_, until)| Some((nummer.of(&found.klant)?.to_owned(), *until))),
            });
            let field = Field::from(change);
            group.fields.push(Item { field, number });
        }
    }
    Ok(groups
        .into_iter()
        .filter(|group| !group.fields.is_empty())
        .collect())
}

fn by_day(lines: Vec<Line>, visit: &Visit) -> Vec<Day> {
    let mut days: Vec<(NaiveDate, Day)> = Vec::new();
    for line in lines {
        let date = moment::local(line.at).date_naive();
        match days.last_mut() {
            Some((last, day)) if *last == date => day.lines.push(line),
            _ => days.push((
                date,
                Day {
                    day: moment::day(line.at, visit.language),
                    lines: vec![line],
                },
            )),
        }
    }
    days.into_iter().map(|(_, day)| day).collect()
}
