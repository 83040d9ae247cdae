//! The timeline of a klant: contact, changes, links to zaken and reads, newest first, a page at a time. Each source is read
//! in its own order from its own place and merged here; no line is lost because two happened in one second.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use openklant_shared::domain::applicatie::Component;
use openklant_shared::domain::audittrail::{Actie, AuditRow};
use openklant_shared::domain::contactmoment::Contactmoment;
use openklant_shared::domain::delivery::State;
use openklant_shared::domain::difference::difference;
use openklant_shared::storage::contactmoment::{self, Place};
use openklant_shared::storage::klant_zaken::{self, Linked};
use openklant_shared::storage::outbox_change::{self, Told};
use openklant_shared::storage::read_log::{self, Read};
use openklant_shared::storage::{Tx, audittrail};
use url::Url;
use uuid::Uuid;

use super::super::contactmomenten::woorden::medewerker;
use super::super::language::{Language, Text};
use super::super::list::{ONE_MORE, ROWS};
use super::super::problem::Problem;
use super::plaats::{Cursor, Kind};
use super::woorden::{Field, label};

/// Most characters of what was said that a line shows.
const EXCERPT: usize = 300;

/// A line.
#[derive(Debug)]
pub struct Line {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What happened, in words.
    pub heading: Text,
    /// Who did it, as far as that is known.
    pub who: String,
    /// Why, as who did it said.
    pub why: String,
    /// What was said; for contact.
    pub said: String,
    /// What is different; for changes.
    pub changes: Vec<Field>,
    /// What it is about.
    pub kind: Kind,
    /// Identity of the contactmoment (also the one that is about a zaak), or of the audit row of the change.
    pub uuid: Uuid,
    /// What became of its message; `None`: there is none any more.
    pub told: Option<State>,
    /// The zaak.
    pub zaak: Option<Zaak>,
}

/// A page of a timeline.
#[derive(Debug)]
pub struct Page {
    /// Its lines, newest first.
    pub lines: Vec<Line>,
    /// Where the next page begins, when there is one.
    pub older: Option<Cursor>,
    /// The zaken that were linked last, each once; on the first page.
    pub zaken: Vec<Zaak>,
}

impl Line {
    /// The class of the style sheet.
    pub const fn class(&self) -> &'static str {
        match self.kind {
            Kind::Contact => "contact",
            Kind::Wijziging => "change",
            Kind::Zaak | Kind::Inzage => "",
        }
    }

    /// Whether it is contact, and has a page.
    pub fn is_contact(&self) -> bool {
        self.kind == Kind::Contact
    }

    /// What became of its message: the badge and its words.
    pub fn badge(&self) -> Option<(&'static str, Text)> {
        Some(match self.told? {
            State::Pending | State::Delivering => ("info", Text::new("melding wacht", "notification waits")),
            State::Delivered => ("ok", Text::new("melding aanvaard", "notification accepted")),
            State::Parked => ("error", Text::new("melding geparkeerd", "notification parked")),
            State::Cancelled => (
                "neutral",
                Text::new("melding geannuleerd", "notification cancelled"),
            ),
        })
    }
}

/// The lines of a klant from a place on, and on the first page the zaken that were linked last.
pub async fn read(tx: &mut Tx, klant: Uuid, from: Cursor, kinds: &[Kind]) -> Result<Page, Problem> {
    let has = |kind| kinds.contains(&kind);
    let mut sources = [const { VecDeque::new() }; 4];
    let [contacts, changes, linked_to, reads] = &mut sources;
    if has(Kind::Contact) {
        let found = contactmoment::list_of_klant(tx, klant, from.contact, ONE_MORE).await?;
        contacts.extend(found.iter().map(|stored| {
            let contact = &stored.contactmoment;
            (
                of_contact(contact),
                Reached::Contact((contact.registratiedatum, stored.id)),
            )
        }));
    }
    if has(Kind::Wijziging) {
        for (id, row) in audittrail::list_back(tx, Component::Kc, klant, from.change, ONE_MORE).await? {
            changes.push_back((of_change(&row, "Klant")?, Reached::Change(id)));
        }
    }
    let mut zaken: Vec<Zaak> = Vec::new();
    if has(Kind::Zaak) || from == Cursor::FIRST {
        for linked in klant_zaken::list(tx, klant, from.zaak, ONE_MORE).await? {
            let zaak = Zaak::of(&linked.object);
            if from == Cursor::FIRST && !zaken.contains(&zaak) {
                zaken.push(zaak.clone());
            }
            if has(Kind::Zaak) {
                let place = (linked.at, linked.id);
                linked_to.push_back((of_link(&linked, zaak), Reached::Zaak(place)));
            }
        }
    }
    if has(Kind::Inzage) {
        let found = read_log::list_back(tx, klant, from.inzage, ONE_MORE).await?;
        reads.extend(found.into_iter().map(|(id, read)| {
            let place = (read.at, id);
            (of_read(read), Reached::Inzage(place))
        }));
    }
    let mut page = merge(sources, from);
    page.zaken = zaken;
    let of_kind = |kind: Kind| -> Vec<Uuid> {
        let lines = page.lines.iter().filter(|line| line.kind == kind);
        lines.map(|line| line.uuid).collect()
    };
    let told = outbox_change::list(tx, &of_kind(Kind::Wijziging), &of_kind(Kind::Contact)).await?;
    for line in &mut page.lines {
        let of_line = |told: &&Told| match line.kind {
            Kind::Contact => line.uuid == told.object,
            Kind::Wijziging => line.uuid == told.audit,
            Kind::Zaak | Kind::Inzage => false,
        };
        line.told = told.iter().find(of_line).map(|told| told.state);
    }
    Ok(page)
}

/// A zaak as a link: it is not asked for at the system that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zaak {
    /// Its address; empty when it is none that a browser should follow.
    pub url: String,
    /// What it is called here.
    pub name: String,
    /// The system that has it.
    pub host: String,
}

impl Zaak {
    fn of(url: &str) -> Self {
        let web = Url::parse(url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"));
        let path = url.trim_end_matches('/');
        let last = path.rsplit('/').next().unwrap_or_default();
        let name = match (last.get(..4), last.get(last.len().saturating_sub(4)..)) {
            (Some(begin), Some(end)) if last.len() > 12 => format!("Zaak {begin}…{end}"),
            _ => format!("Zaak {last}"),
        };
        Self {
            host: web
                .as_ref()
                .and_then(|url| url.host_str().map(str::to_owned))
                .unwrap_or_default(),
            url: web.map(|_| url.to_owned()).unwrap_or_default(),
            name,
        }
    }
}

/// How far a source is with a line.
enum Reached {
    Contact(Place),
    Change(i64),
    Zaak(Place),
    Inzage(Place),
}

fn merge(mut sources: [VecDeque<(Line, Reached)>; 4], from: Cursor) -> Page {
    let (mut lines, mut reached) = (Vec::with_capacity(ROWS), from);
    while lines.len() < ROWS {
        // The newest of the heads; of several at one moment that of the first source.
        let heads = sources.iter_mut().rev();
        let newest = heads.max_by_key(|source| source.front().map(|(line, _)| line.at));
        let Some((line, place)) = newest.and_then(VecDeque::pop_front) else {
            break;
        };
        match place {
            Reached::Contact(place) => reached.contact = Some(place),
            Reached::Change(id) => reached.change = id,
            Reached::Zaak(place) => reached.zaak = Some(place),
            Reached::Inzage(place) => reached.inzage = Some(place),
        }
        lines.push(line);
    }
    let has_more = sources.iter().any(|source| !source.is_empty());
    Page {
        lines,
        older: has_more.then_some(reached),
        zaken: Vec::new(),
    }
}

/// A link to a zaak.
fn of_link(linked: &Linked, zaak: Zaak) -> Line {
    Line {
        at: linked.at,
        heading: Text::new("Gekoppeld aan een zaak", "Linked to a zaak"),
        who: String::new(),
        why: String::new(),
        said: String::new(),
        changes: Vec::new(),
        kind: Kind::Zaak,
        uuid: linked.contactmoment(),
        told: None,
        zaak: Some(zaak),
    }
}

/// Somebody looked.
fn of_read(read: Read) -> Line {
    let who = [read.user_representation, read.user_id, read.client_id]
        .into_iter()
        .find(|name| !name.is_empty())
        .unwrap_or_default();
    // A reason was asked for of who wanted to see a number.
    let shown = read.reason.is_some().then(|| {
        let is_a_nummer = read.filters.contains("inpANummer");
        if is_a_nummer { "A-nummer" } else { "BSN" }
    });
    Line {
        at: read.at,
        heading: match shown {
            Some(number) => Text::made(
                format!("{number} getoond aan {who}"),
                format!("{number} shown to {who}"),
            ),
            None => Text::made(format!("Bekeken door {who}"), format!("Seen by {who}")),
        },
        who: String::new(),
        why: read.reason.unwrap_or_default(),
        said: String::new(),
        changes: Vec::new(),
        kind: Kind::Inzage,
        uuid: Uuid::nil(),
        told: None,
        zaak: None,
    }
}

fn of_contact(contact: &Contactmoment) -> Line {
    let mut said: String = contact.tekst.chars().take(EXCERPT).collect();
    if said.len() < contact.tekst.len() {
        said.push('…');
    }
    Line {
        at: contact.registratiedatum,
        heading: Text::made(
            format!("Contact via {}", contact.kanaal),
            format!("Contact by {}", contact.kanaal),
        ),
        who: medewerker(&contact.medewerker, contact.medewerker_identificatie.as_ref()),
        why: String::new(),
        said,
        changes: Vec::new(),
        kind: Kind::Contact,
        uuid: contact.uuid,
        told: None,
        zaak: None,
    }
}

/// A change of `what`: a word of the standard, such as `Klant`.
pub fn of_change(row: &AuditRow, what: &str) -> Result<Line, Problem> {
    let changes = difference(row.oud.as_deref(), row.nieuw.as_deref())
        .map_err(|error| Problem::Internal(error.to_string()))?;
    let heading = match (row.actie, changes.as_slice()) {
        (Actie::Create, _) => Text::made(format!("{what} aangemaakt"), format!("{what} made")),
        (Actie::Destroy, _) => Text::made(format!("{what} verwijderd"), format!("{what} deleted")),
        (_, []) => Text::new("Opgeslagen zonder wijziging", "Saved without a change"),
        (_, [one]) => {
            let label = label(&one.field);
            Text::made(
                format!("{} gewijzigd", label.in_language(Language::Nl)),
                format!("{} changed", label.in_language(Language::En)),
            )
        }
        (_, several) => Text::made(
            format!("{} velden gewijzigd", several.len()),
            format!("{} fields changed", several.len()),
        ),
    };
    let actor = &row.actor;
    let who = [&actor.gebruikers_weergave, &actor.applicatie_weergave]
        .into_iter()
        .find(|name| !name.is_empty());
    Ok(Line {
        at: row.aanmaakdatum,
        heading,
        who: who.cloned().unwrap_or_default(),
        why: actor.toelichting.clone(),
        said: String::new(),
        changes: changes.into_iter().map(Field::from).collect(),
        kind: Kind::Wijziging,
        uuid: row.uuid,
        told: None,
        zaak: None,
    })
}
