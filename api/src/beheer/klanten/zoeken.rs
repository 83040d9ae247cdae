//! The search box. What was typed stays in the session, sealed: a BSN never stands in an address, in a log of a proxy or in
//! a `Referer`. The log of reads gets who searched, by what, and how much was found; never the text.

use std::collections::HashSet;
use std::sync::Arc;

use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use openklant_shared::domain::applicatie::Component;
use openklant_shared::domain::contactmoment::KlantLink;
use openklant_shared::domain::zoek::{MOST_CHARACTERS, Naam, Recognised, Soort, Term, recognise};
use openklant_shared::storage::klant_browse;
use openklant_shared::storage::klant_zoek::{self, Start};
use openklant_shared::storage::{Tx, contactmoment, search_link};
use poem::Response;
use uuid::Uuid;

use super::super::contactmomenten::woorden::in_words;
use super::super::filters;
use super::super::language::Text;
use super::super::list::{Asked, Cursor, ONE_MORE, ROWS, Rows, Start as Wanted};
use super::super::looked::{Looked, record};
use super::super::page::Frame;
use super::super::problem::Problem;
use super::super::rights::Right;
use super::super::visit::Visit;
use super::gevonden::{self, Columns, Hit};
use super::kaart;
use crate::contactmomenten::contactmoment::COLLECTION as CONTACTMOMENTEN;
use crate::klanten::COLLECTION as KLANTEN;

/// How long a search is kept.
const KEPT: TimeDelta = TimeDelta::minutes(30);

fn item(search: &str) -> String {
    format!("zoek-{search}")
}

/// POST: straight to the one that a number or an address means, else to the results.
pub async fn search(visit: Arc<Visit>) -> Result<Response, Problem> {
    let typed = visit
        .typed()
        .into_iter()
        .flatten()
        .find(|(name, _)| name == "zoek")
        .map_or("", |(_, value)| value.as_str())
        .trim()
        .to_owned();
    let recognised = recognise(&typed);
    match &recognised {
        Recognised::Klanten { exact, naam } if !exact.is_empty() => {
            let mut tx = visit.state.db.snapshot().await?;
            let found = klant_zoek::find(&mut tx, exact, naam.as_ref(), &Start::First, 2).await?;
            if let [one] = found.as_slice()
                && one.soort != Soort::Naam
                && let Some(klant) = klant_browse::list_by_ids(&mut tx, &[one.id]).await?.pop()
            {
                tx.rollback().await?;
                record_search(&visit, &recognised, 1).await?;
                let by = words_of(one.soort);
                let said = Text::made(format!("Gevonden op {}.", by.0), format!("Found by {}.", by.1));
                return visit
                    .go_and_say(&format!("/klanten/{}", klant.klant.uuid), said)
                    .await;
            }
            tx.rollback().await?;
        }
        Recognised::Uuid(uuid) => {
            if let Some(path) = path_of(&visit, *uuid).await? {
                return visit
                    .go_and_say(&path, Text::new("Gevonden op uuid.", "Found by uuid."))
                    .await;
            }
        }
        Recognised::Url(url) => {
            if let Some(uuid) = own_uuid(&visit, url)
                && let Some(path) = path_of(&visit, uuid).await?
            {
                return visit
                    .go_and_say(&path, Text::new("Gevonden op URL.", "Found by URL."))
                    .await;
            }
        }
        _ => {}
    }
    let id = keep(&visit, &typed).await?;
    Ok(visit.go(&format!("/zoeken/{id}")))
}

/// Keeps what was typed in the session; answers by which name.
pub async fn keep(visit: &Visit, typed: &str) -> Result<String, Problem> {
    let id = visit.state.ids.next().simple().to_string();
    // Of a text that is too long no more is kept than shows that it is.
    let kept: String = typed.chars().take(MOST_CHARACTERS + 1).collect();
    visit.keep(&item(&id), &kept, KEPT).await?;
    Ok(id)
}

/// What was typed, by the name that [`keep`] gave it; `None` when it is over, or nobody's.
pub async fn kept(visit: &Visit, id: &str) -> Result<Option<String>, Problem> {
    if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(None);
    }
    let kept = visit.kept(&item(id)).await?;
    Ok(kept.map(|(typed, _)| typed.expose().to_owned()))
}

/// The uuid in the address of a klant or contactmoment of ours.
fn own_uuid(visit: &Visit, url: &str) -> Option<Uuid> {
    let path = url.strip_prefix(visit.base.as_str())?;
    let id = [KLANTEN, CONTACTMOMENTEN]
        .into_iter()
        .find_map(|collection| path.strip_prefix(collection))?
        .strip_prefix('/')?;
    Uuid::try_parse(id).ok()
}

/// The page of the klant or the contactmoment with this uuid, also of one that was deleted: it says so.
async fn path_of(visit: &Visit, uuid: Uuid) -> Result<Option<String>, Problem> {
    let mut tx = visit.state.db.snapshot().await?;
    let is_klant = klant_browse::find(&mut tx, uuid).await?.is_some()
        || kaart::last_of_deleted(&mut tx, Component::Kc, uuid)
            .await?
            .is_some();
    let is_contact = !is_klant
        && (contactmoment::find_id(&mut tx, uuid).await?.is_some()
            || kaart::last_of_deleted(&mut tx, Component::Cmc, uuid)
                .await?
                .is_some());
    tx.rollback().await?;
    Ok(match (is_klant, is_contact) {
        (true, _) => Some(format!("/klanten/{uuid}")),
        (_, true) => Some(format!("/contactmomenten/{uuid}")),
        _ => None,
    })
}

async fn record_search(visit: &Visit, recognised: &Recognised, hits: usize) -> Result<(), Problem> {
    let searched_by = match recognised {
        Recognised::Klanten { exact, naam } => exact
            .iter()
            .map(|term| term.soort.name())
            .chain(naam.as_ref().map(|_| Soort::Naam.name()))
            .collect(),
        Recognised::Uuid(_) => vec!["uuid"],
        Recognised::Url(_) => vec!["url"],
        _ => return Ok(()),
    };
    let looked = Looked {
        searched_by,
        hits: Some(hits),
        ..Looked::default()
    };
    record(visit, looked).await
}

fn words_of(soort: Soort) -> (&'static str, &'static str) {
    match soort {
        Soort::Bsn => ("BSN", "BSN"),
        Soort::Rsin => ("RSIN", "RSIN"),
        Soort::Vestigingsnummer => ("vestigingsnummer", "number of the branch"),
        Soort::ANummer => ("A-nummer", "A-nummer"),
        Soort::Klantnummer => ("klantnummer", "klantnummer"),
        Soort::Telefoonnummer => ("telefoonnummer", "telephone number"),
        Soort::Emailadres => ("e-mailadres", "e-mail address"),
        Soort::Naam | Soort::Voornaam | Soort::Volgorde => ("naam", "name"),
    }
}

/// What was made of the text, in words.
fn taken_as(exact: &[Term], naam: Option<&Naam>) -> Text {
    let mut nl: Vec<&str> = exact.iter().map(|term| words_of(term.soort).0).collect();
    let mut en: Vec<&str> = exact.iter().map(|term| words_of(term.soort).1).collect();
    if let Some(naam) = naam {
        if naam.parts.is_some() {
            nl.push("naam: begin van een naam, of begin van voornaam en achternaam");
            en.push("name: the beginning of a name, or of first name and surname");
        } else {
            nl.push("naam: begin van achternaam, bedrijfsnaam, statutaire naam of handelsnaam");
            en.push("name: the beginning of a surname, company name, statutory name or trade name");
        }
    }
    Text::made(
        format!("Opgevat als {}.", nl.join(", ")),
        format!("Taken for {}.", en.join(", ")),
    )
}

/// The klanten with these numbers, with when they last had contact: two queries.
async fn hits(tx: &mut Tx, ids: &[i64]) -> Result<Vec<Hit>, Problem> {
    let klanten = klant_browse::list_by_ids(tx, ids).await?;
    let mut hits = gevonden::hits(tx, klanten).await?;
    hits.sort_by_key(|hit| ids.iter().position(|id| *id == hit.id));
    Ok(hits)
}

/// A contactmoment in the results, of a zaak or of a klant from elsewhere.
struct ContactHit {
    uuid: Uuid,
    kanaal: Text,
    at: DateTime<Utc>,
}

#[derive(Template)]
#[template(path = "beheer/klanten/zoeken.html")]
struct View {
    frame: Frame,
    typed: String,
    explained: Option<Text>,
    wrong: Option<Text>,
    rows: Rows<Place>,
    hits: Vec<Hit>,
    contacts: Vec<ContactHit>,
    path: String,
    nothing: bool,
    may_make: bool,
}

/// A place in the results: what they are sorted by, and the number of the klant.
#[derive(Clone)]
struct Place(String, i64);

/// GET: the results.
pub async fn show(visit: Arc<Visit>) -> Result<Response, Problem> {
    let id = visit.parameter("zoek").to_owned();
    let title = Text::new("Zoekresultaten", "Search results");
    let mut view = View {
        frame: Frame::new(&visit, &title),
        typed: String::new(),
        explained: None,
        wrong: None,
        rows: Rows::none(&Asked::of(&visit, &[])),
        hits: Vec::new(),
        contacts: Vec::new(),
        path: format!("/zoeken/{id}"),
        nothing: false,
        may_make: visit.may(Right::KlantenWijzigen),
    };
    let Some(typed) = kept(&visit, &id).await? else {
        view.wrong = expired().wrong;
        return visit.show(&view);
    };
    let asked = Asked::of(&visit, &[]);
    if asked.wrong().is_some() {
        view.wrong = asked.wrong().cloned();
        return visit.show(&view);
    }
    let recognised = recognise(&typed);
    view.wrong = refusal(&recognised);
    match &recognised {
        Recognised::TooLong => return visit.show(&view),
        Recognised::TooShort | Recognised::NotANumber => {}
        Recognised::Uuid(_) => {
            view.explained = Some(Text::new("Opgevat als uuid.", "Taken for a uuid."));
            view.nothing = true;
        }
        Recognised::Url(url) => look_up_url(&visit, url, &mut view).await?,
        Recognised::Klanten { exact, naam } => {
            view.explained = Some(taken_as(exact, naam.as_ref()));
            look_up(&visit, exact, naam.as_ref(), &asked, &mut view).await?;
        }
    }
    record_search(&visit, &recognised, view.hits.len() + view.contacts.len()).await?;
    let heading = if view.wrong.is_some() {
        visit.t("Zoekresultaten", "Search results").to_owned()
    } else {
        let all = view.rows.previous.is_empty() && view.rows.next.is_empty();
        let count = view.hits.len();
        match (all, count) {
            (true, 1) => format!("{} “{typed}”", visit.t("1 klant voor", "1 klant for")),
            (true, count) if count > 0 => {
                format!("{count} {} “{typed}”", visit.t("klanten voor", "klanten for"))
            }
            _ if view.nothing => format!(
                "{} “{typed}”",
                visit.t("Geen klant gevonden voor", "No klant found for")
            ),
            _ => format!("{} “{typed}”", visit.t("Gevonden voor", "Found for")),
        }
    };
    let last = visit.t("Zoekresultaten", "Search results").to_owned();
    view.frame = view
        .frame
        .heading(heading)
        .last_crumb(last)
        .searched(typed.clone());
    view.typed = typed;
    visit.show(&view)
}

/// Why nothing is searched for.
fn refusal(recognised: &Recognised) -> Option<Text> {
    Some(match recognised {
        Recognised::TooShort => Text::new("Typ minstens 2 letters.", "Type at least 2 letters."),
        Recognised::TooLong => Text::new("Deze zoekopdracht is te lang.", "This search is too long."),
        Recognised::NotANumber => Text::new(
            "Dit is geen geldig BSN of RSIN: controleer de cijfers.",
            "This is no valid BSN or RSIN: check the digits.",
        ),
        Recognised::Uuid(_) | Recognised::Url(_) | Recognised::Klanten { .. } => return None,
    })
}

/// Klanten to pick one from.
#[derive(Default)]
pub struct Found {
    /// Why there are none.
    pub wrong: Option<Text>,
    /// The klanten.
    pub hits: Vec<Hit>,
    /// Whether there are more.
    pub more: bool,
}

/// What a search finds that is over.
pub fn expired() -> Found {
    Found {
        wrong: Some(Text::new(
            "Deze zoekopdracht is verlopen. Typ hierboven opnieuw wat u zoekt.",
            "This search has expired. Type again above what you are looking for.",
        )),
        ..Found::default()
    }
}

/// The first klanten that a text means, as the search box takes it.
pub async fn klanten_for(visit: &Visit, typed: &str) -> Result<Found, Problem> {
    let recognised = recognise(typed);
    let mut found = Found {
        wrong: refusal(&recognised),
        ..Found::default()
    };
    if found.wrong.is_some() {
        return Ok(found);
    }
    let mut tx = visit.state.db.snapshot().await?;
    let own = match &recognised {
        Recognised::Uuid(uuid) => Some(*uuid),
        Recognised::Url(url) => own_uuid(visit, url),
        _ => None,
    };
    let mut ids: Vec<i64> = match (&recognised, own) {
        (_, Some(uuid)) => {
            let klant = klant_browse::find(&mut tx, uuid).await?;
            klant.into_iter().map(|klant| klant.id).collect()
        }
        (Recognised::Klanten { exact, naam }, _) => {
            let found = klant_zoek::find(&mut tx, exact, naam.as_ref(), &Start::First, ONE_MORE).await?;
            found.into_iter().map(|found| found.id).collect()
        }
        (Recognised::Url(url), _) => search_link::klanten_of_subject(&mut tx, url, ONE_MORE).await?,
        _ => Vec::new(),
    };
    found.more = ids.len() > ROWS;
    ids.truncate(ROWS);
    let mut seen = HashSet::new();
    ids.retain(|id| seen.insert(*id));
    found.hits = hits(&mut tx, &ids).await?;
    tx.rollback().await?;
    record_search(visit, &recognised, found.hits.len()).await?;
    if found.hits.is_empty() {
        found.wrong = Some(Text::new("Er is niets gevonden.", "Nothing was found."));
    }
    Ok(found)
}

async fn look_up(
    visit: &Visit,
    exact: &[Term],
    naam: Option<&Naam>,
    asked: &Asked,
    view: &mut View,
) -> Result<(), Problem> {
    let key = |cursor: &Cursor| cursor.unsealed(visit);
    let start = match asked.start() {
        Wanted::First => Some(Start::First),
        Wanted::After(cursor) => key(cursor)?.map(|key| Start::After(key, cursor.id)),
        Wanted::Before(cursor) => key(cursor)?.map(|key| Start::Before(key, cursor.id)),
    };
    let Some(start) = start else {
        let mut asked = asked.clone();
        asked.refuse_start();
        view.wrong = asked.wrong().cloned();
        return Ok(());
    };
    let mut tx = visit.state.db.for_reads().await.snapshot().await?;
    let found = klant_zoek::find(&mut tx, exact, naam, &start, ONE_MORE).await?;
    let places = found
        .into_iter()
        .map(|found| Place(found.waarde, found.id))
        .collect();
    view.rows = Rows::sealed(visit, asked, places, |place| Cursor {
        key: place.0.clone(),
        id: place.1,
    })?;
    let mut ids: Vec<i64> = Vec::with_capacity(view.rows.rows.len());
    for Place(_, id) in &view.rows.rows {
        // Found by several values: shown once.
        if !ids.contains(id) {
            ids.push(*id);
        }
    }
    view.hits = hits(&mut tx, &ids).await?;
    tx.rollback().await?;
    view.nothing = view.hits.is_empty();
    Ok(())
}

/// An address of another: klanten of whom it is the subject, contactmomenten about it as a zaak, or with it as a klant.
async fn look_up_url(visit: &Visit, url: &str, view: &mut View) -> Result<(), Problem> {
    view.explained = Some(Text::new(
        "Opgevat als URL: subject van een klant, zaak of klant van een contactmoment.",
        "Taken for a URL: subject of a klant, zaak or klant of a contactmoment.",
    ));
    let mut tx = visit.state.db.for_reads().await.snapshot().await?;
    let ids = search_link::klanten_of_subject(&mut tx, url, ONE_MORE - 1).await?;
    view.hits = hits(&mut tx, &ids).await?;
    let contacts =
        search_link::contactmomenten_of(&mut tx, url, &KlantLink::Other(url.to_owned()), ONE_MORE - 1)
            .await?;
    tx.rollback().await?;
    view.contacts = contacts
        .into_iter()
        .map(|found| ContactHit {
            uuid: found.uuid,
            kanaal: in_words(&found.kanaal),
            at: found.registratiedatum,
        })
        .collect();
    view.nothing = view.hits.is_empty() && view.contacts.is_empty();
    Ok(())
}
