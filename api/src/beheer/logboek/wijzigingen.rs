//! Wijzigingen: the audit trail of klanten and contactmomenten, also of those that are gone.

use std::sync::Arc;

use askama::Template;
use chrono::{DateTime, Utc};
use openklant_shared::domain::applicatie::Component;
use openklant_shared::domain::audittrail::{Actie, AuditRow, limits};
use openklant_shared::domain::identifiers::without_bsn;
use openklant_shared::storage::audittrail_search::{self, AuditSearch};
use openklant_shared::storage::keyset::{Begin, Period, Place};
use poem::Response;
use uuid::Uuid;

use super::zoek::{self, Named};
use super::{CHANGES, TITLE, Tab, tabs};
use crate::beheer::filters;
use crate::beheer::form::{Fields, Form};
use crate::beheer::klanten::tijdlijn::of_change;
use crate::beheer::language::Text;
use crate::beheer::list::{Asked, Cursor, ONE_MORE, Rows};
use crate::beheer::page::Frame;
use crate::beheer::problem::Problem;
use crate::beheer::visit::Visit;

/// Path of the list.
pub const PATH: &str = "/logboek/wijzigingen";

/// The filters of an address.
const FILTERS: [&str; 9] = [
    zoek::SINCE,
    zoek::UNTIL,
    "klant",
    "contactmoment",
    "klantnummer",
    "persoon",
    "applicatie",
    "actie",
    "resultaat",
];

/// Filter, words, what was done then.
const ACTIES: [(&str, Text, &[Actie]); 3] = [
    ("aangemaakt", Text::new("aangemaakt", "made"), &[Actie::Create]),
    (
        "gewijzigd",
        Text::new("gewijzigd", "changed"),
        &[Actie::Update, Actie::PartialUpdate],
    ),
    (
        "verwijderd",
        Text::new("verwijderd", "deleted"),
        &[Actie::Destroy],
    ),
];

/// Statuses of answers that changes have.
const RESULTATEN: [&str; 3] = ["200", "201", "204"];

/// A change as the list shows it.
struct Line {
    id: i64,
    at: DateTime<Utc>,
    uuid: Uuid,
    who: String,
    what: Text,
    object: String,
    of_object: String,
}

impl Line {
    fn of(id: i64, row: &AuditRow) -> Result<Self, Problem> {
        Ok(Self {
            id,
            at: row.aanmaakdatum,
            uuid: row.uuid,
            who: who(row),
            what: of_change(row, noun(row))?.heading,
            object: format!("{} {}", row.resource, row.resource_weergave),
            of_object: of_object(row),
        })
    }
}

/// What kind of object it is, in a word of the standard.
pub fn noun(row: &AuditRow) -> &'static str {
    match row.component {
        Component::Cmc => "Contactmoment",
        Component::Kc | Component::Ac => "Klant",
    }
}

/// Who did it: a person when one is known, else the application.
pub fn who(row: &AuditRow) -> String {
    let actor = &row.actor;
    [
        &actor.gebruikers_weergave,
        &actor.gebruikers_id,
        &actor.applicatie_weergave,
    ]
    .into_iter()
    .find(|name| !name.is_empty())
    .map_or_else(String::new, |name| without_bsn(name))
}

/// Query of all that was done to the object of a row, in the year up to it and since.
pub fn of_object(row: &AuditRow) -> String {
    let name = match row.component {
        Component::Cmc => "contactmoment",
        Component::Kc | Component::Ac => "klant",
    };
    format!(
        "?{name}={}&{}={}",
        row.object_uuid,
        zoek::SINCE,
        zoek::year_of(row.aanmaakdatum)
    )
}

/// The path of all that was done to the object of a row.
pub fn path_of_object(row: &AuditRow) -> String {
    format!("{PATH}{}", of_object(row))
}

#[derive(Template)]
#[template(path = "beheer/logboek/wijzigingen.html")]
struct View<'a> {
    frame: Frame,
    tabs: Vec<Tab>,
    form: &'a Form,
    acties: Vec<(&'static str, Text)>,
    resultaten: [&'static str; 3],
    rows: Rows<Line>,
    is_searched: bool,
    person: Option<Uuid>,
    last_year: String,
}

/// GET: the list.
pub async fn show(visit: Arc<Visit>) -> Result<Response, Problem> {
    let mut asked = Asked::of(&visit, &FILTERS);
    let period = zoek::period(&mut asked, visit.now);
    let begin = zoek::begin(&mut asked);
    let search = read(&mut asked, period);
    let form = Form::of(&visit, || fields(&asked, visit.now));
    let rows = if asked.wrong().is_some() {
        Rows::none(&asked)
    } else {
        find(&visit, &asked, search.as_ref(), begin).await?
    };
    let person = search.and_then(|search| search.person);
    page(&visit, &form, &asked, rows, person)
}

async fn find(
    visit: &Visit,
    asked: &Asked,
    search: Option<&AuditSearch>,
    begin: Begin,
) -> Result<Rows<Line>, Problem> {
    let found = match search {
        Some(search) => {
            let mut tx = visit.state.db.for_reads().await.snapshot().await?;
            let found = audittrail_search::page(&mut tx, search, begin, ONE_MORE).await?;
            tx.rollback().await?;
            found
        }
        None => Vec::new(),
    };
    let lines = found
        .iter()
        .map(|(id, row)| Line::of(*id, row))
        .collect::<Result<Vec<Line>, Problem>>()?;
    Ok(Rows::of(asked, lines, |line| -> Cursor {
        zoek::cursor(Place {
            at: line.at,
            id: line.id,
        })
    }))
}

/// What the address asks for; `None`: what no change can be.
fn read(asked: &mut Asked, period: Period) -> Option<AuditSearch> {
    let uuid = |text: &str| Uuid::try_parse(text).ok();
    let klant = asked.read("klant", uuid).map(|uuid| (Component::Kc, uuid));
    let contactmoment = asked
        .read("contactmoment", uuid)
        .map(|uuid| (Component::Cmc, uuid));
    if klant.is_some() && contactmoment.is_some() {
        asked.refuse("contactmoment");
    }
    let klantnummer = asked.read("klantnummer", zoek::klantnummer);
    let person = asked.read("persoon", uuid);
    let application = asked.read("applicatie", |text| {
        (text.chars().count() <= limits::WEERGAVE).then(|| text.to_owned())
    });
    let of_actie = asked.read("actie", |text| {
        let known = ACTIES.into_iter().find(|(name, _, _)| *name == text);
        known.map(|(_, _, acties)| acties)
    });
    let resultaat = asked.read("resultaat", |text| {
        RESULTATEN.contains(&text).then(|| text.parse::<i64>().ok())?
    });
    let mut acties = Vec::new();
    if of_actie.is_some() || resultaat.is_some() {
        acties.extend(Actie::ALL.into_iter().filter(|actie| {
            of_actie.is_none_or(|acties| acties.contains(actie))
                && resultaat.is_none_or(|resultaat| actie.resultaat() == resultaat)
        }));
        if acties.is_empty() {
            return None;
        }
    }
    Some(AuditSearch {
        period,
        object: klant.or(contactmoment),
        klantnummer,
        person,
        application,
        acties,
    })
}

/// The form as an address fills it in.
fn fields(asked: &Asked, now: DateTime<Utc>) -> Fields {
    let object = ["klant", "contactmoment", "klantnummer"]
        .into_iter()
        .map(|name| asked.value(name))
        .find(|value| !value.is_empty());
    let mut fields = zoek::fields(asked, now);
    fields.push(("object".to_owned(), object.unwrap_or_default().to_owned()));
    for name in ["applicatie", "actie", "resultaat"] {
        fields.push((name.to_owned(), asked.value(name).to_owned()));
    }
    fields
}

fn page(
    visit: &Visit,
    form: &Form,
    asked: &Asked,
    rows: Rows<Line>,
    person: Option<Uuid>,
) -> Result<Response, Problem> {
    let title = Text::new("Logboek: wijzigingen", "Log: changes");
    let view = View {
        frame: Frame::new(visit, &title)
            .crumb("/logboek", TITLE.in_language(visit.language))
            .last_crumb(CHANGES.in_language(visit.language))
            .about(form),
        tabs: tabs(visit),
        form,
        acties: ACTIES.into_iter().map(|(name, text, _)| (name, text)).collect(),
        resultaten: RESULTATEN,
        is_searched: rows.wrong.is_none() && form.is_right(),
        last_year: zoek::last_year(asked, visit),
        rows,
        person,
    };
    visit.show_form(form, &view)
}

/// POST: what was typed becomes an address without names in it.
pub async fn search(visit: Arc<Visit>) -> Result<Response, Problem> {
    let mut form = Form::empty(&visit);
    zoek::check_period(&mut form);
    let mut query = zoek::typed(
        &form,
        &[zoek::SINCE, zoek::UNTIL, "applicatie", "actie", "resultaat"],
    );
    let mut tx = visit.state.db.for_reads().await.snapshot().await?;
    match (form.value("object"), zoek::named(form.value("object"))) {
        ("", _) => {}
        (_, Some(Named::Klantnummer(klantnummer))) => query.push(("klantnummer", klantnummer)),
        (_, Some(Named::Object(uuid))) => {
            let component = audittrail_search::component_of(&mut tx, uuid).await?;
            let name = if component == Some(Component::Cmc) {
                "contactmoment"
            } else {
                "klant"
            };
            query.push((name, uuid.to_string()));
        }
        (_, None) => form.refuse("object", zoek::NO_OBJECT),
    }
    if let Some(name) = zoek::typed_person(&form) {
        let row = audittrail_search::row_of_person(&mut tx, name).await?;
        zoek::add_person(&mut form, &mut query, row);
    }
    tx.rollback().await?;
    if !form.is_right() {
        let asked = Asked::of(&visit, &FILTERS);
        return page(&visit, &form, &asked, Rows::none(&asked), None);
    }
    Ok(visit.go(&zoek::address(PATH, query)))
}
