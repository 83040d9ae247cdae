//! The timeline of a klant: contact and changes, newest first, a page at a time. Each source is read in its own order from
//! its own place and merged here; no line is lost because two happened in one second.

use chrono::{DateTime, Utc};
use openklant_shared::domain::applicatie::Component;
use openklant_shared::domain::audittrail::{Actie, AuditRow};
use openklant_shared::domain::contactmoment::Contactmoment;
use openklant_shared::domain::delivery::State;
use openklant_shared::domain::difference::difference;
use openklant_shared::storage::contactmoment::{self, Place, Stored};
use openklant_shared::storage::outbox_change::{self, Told};
use openklant_shared::storage::{Tx, audittrail};
use uuid::Uuid;

use super::super::contactmomenten::woorden::medewerker;
use super::super::language::{Language, Text};
use super::super::list::{ONE_MORE, ROWS};
use super::super::problem::Problem;
use super::woorden::{Field, label};

/// Most characters of what was said that a line shows.
const EXCERPT: usize = 300;

/// Up to where the earlier pages came: the last contact, and the number of the last audit row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    contact: Option<Place>,
    change: i64,
}

impl Cursor {
    /// The beginning.
    pub const FIRST: Self = Self {
        contact: None,
        change: i64::MAX,
    };

    /// As an address holds it.
    pub fn encode(self) -> String {
        let contact = self.contact.map_or_else(
            || "-".to_owned(),
            |(at, id)| format!("{}.{id}", at.timestamp_micros()),
        );
        format!("{contact}~{}", self.change)
    }

    /// `None`: nobody made this.
    pub fn parse(text: &str) -> Option<Self> {
        let (contact, change) = text.split_once('~')?;
        let contact = if contact == "-" {
            None
        } else {
            let (at, id) = contact.split_once('.')?;
            let at = DateTime::from_timestamp_micros(at.parse().ok()?)?;
            Some((at, id.parse().ok()?))
        };
        Some(Self {
            contact,
            change: change.parse().ok()?,
        })
    }
}

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
    /// Whether it is contact.
    pub is_contact: bool,
    /// Identity of the contactmoment, or of the audit row of the change.
    pub uuid: Uuid,
    /// What became of its message; `None`: there is none any more.
    pub told: Option<State>,
}

/// A page of a timeline.
#[derive(Debug)]
pub struct Page {
    /// Its lines, newest first.
    pub lines: Vec<Line>,
    /// Where the next page begins, when there is one.
    pub older: Option<Cursor>,
}

impl Line {
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

/// The lines of a klant from a place on.
pub async fn read(tx: &mut Tx, klant: Uuid, from: Cursor) -> Result<Page, Problem> {
    let contacts = contactmoment::list_of_klant(tx, klant, from.contact, ONE_MORE).await?;
    let changes = audittrail::list_back(tx, Component::Kc, klant, from.change, ONE_MORE).await?;
    let mut page = merge(contacts, changes, from)?;
    let of_kind = |is_contact: bool| -> Vec<Uuid> {
        let lines = page.lines.iter().filter(|line| line.is_contact == is_contact);
        lines.map(|line| line.uuid).collect()
    };
    let told = outbox_change::list(tx, &of_kind(false), &of_kind(true)).await?;
    for line in &mut page.lines {
        let of_line = |told: &&Told| line.uuid == if line.is_contact { told.object } else { told.audit };
        line.told = told.iter().find(of_line).map(|told| told.state);
    }
    Ok(page)
}

fn merge(contacts: Vec<Stored>, changes: Vec<(i64, AuditRow)>, from: Cursor) -> Result<Page, Problem> {
    let mut contacts = contacts.into_iter().peekable();
    let mut changes = changes.into_iter().peekable();
    let (mut lines, mut reached) = (Vec::with_capacity(ROWS), from);
    while lines.len() < ROWS {
        let contact_at = contacts
            .peek()
            .map(|stored| stored.contactmoment.registratiedatum);
        let change_at = changes.peek().map(|(_, row)| row.aanmaakdatum);
        if contact_at.is_some() && contact_at >= change_at {
            let Some(stored) = contacts.next() else { break };
            reached.contact = Some((stored.contactmoment.registratiedatum, stored.id));
            lines.push(of_contact(&stored.contactmoment));
        } else {
            let Some((id, row)) = changes.next() else { break };
            reached.change = id;
            lines.push(of_change(&row, "Klant")?);
        }
    }
    let has_more = contacts.peek().is_some() || changes.peek().is_some();
    Ok(Page {
        lines,
        older: has_more.then_some(reached),
    })
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
        is_contact: true,
        uuid: contact.uuid,
        told: None,
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
        is_contact: false,
        uuid: row.uuid,
        told: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_an_address_and_others_are_refused() {
        let at = DateTime::from_timestamp_micros(1_766_000_000_123_456).unwrap_or_default();
        for cursor in [
            Cursor::FIRST,
            Cursor {
                contact: Some((at, 7)),
                change: 3,
            },
        ] {
            assert_eq!(Cursor::parse(&cursor.encode()), Some(cursor));
        }
        for text in [
            "",
            "-",
            "~",
            "1~2",
            "1.x~2",
            "-~x",
            "1.2~",
            "99999999999999999999.1~1",
        ] {
            assert_eq!(Cursor::parse(text), None, "{text}");
        }
    }
}
