//! Klanten in a table: of the search, and of the list.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use openklant_shared::storage::klant_browse::Browsed;
use openklant_shared::storage::{Tx, contactmoment};
use uuid::Uuid;

use super::super::language::Text;
use super::super::problem::Problem;
use super::naam::{Nummer, naam, nummer, soort, woonplaats};

/// A klant in a table.
pub struct Hit {
    /// Its uuid.
    pub uuid: Uuid,
    /// Number of its row.
    pub id: i64,
    /// Its name.
    pub naam: String,
    /// Its kind.
    pub soort: Text,
    /// Its number within the bronorganisatie.
    pub klantnummer: String,
    /// The number that identifies it; a BSN is masked.
    pub nummer: Nummer,
    /// Where it lives.
    pub woonplaats: String,
    /// When it last had contact.
    pub last: Option<DateTime<Utc>>,
    /// Its telephone number.
    pub telefoon: String,
    /// Its e-mail address.
    pub email: String,
    /// Whether it is verified.
    pub geverifieerd: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub changed_at: DateTime<Utc>,
}

impl Hit {
    fn of(found: Browsed, last: &HashMap<Uuid, DateTime<Utc>>) -> Self {
        let klant = found.klant;
        Self {
            uuid: klant.uuid,
            id: found.id,
            naam: naam(&klant),
            soort: soort(klant.subject_type.kind()),
            nummer: nummer(&klant),
            woonplaats: woonplaats(&klant),
            last: last.get(&klant.uuid).copied(),
            klantnummer: klant.klantnummer,
            telefoon: klant.telefoonnummer,
            email: klant.emailadres,
            geverifieerd: klant.geverifieerd,
            created_at: found.created_at,
            changed_at: found.changed_at,
        }
    }
}

/// These klanten with when they last had contact, in the same order: one query.
pub async fn hits(tx: &mut Tx, klanten: Vec<Browsed>) -> Result<Vec<Hit>, Problem> {
    let uuids: Vec<Uuid> = klanten.iter().map(|found| found.klant.uuid).collect();
    let last = contactmoment::last_of_klanten(tx, &uuids)
        .await?
        .into_iter()
        .collect();
    Ok(klanten.into_iter().map(|found| Hit::of(found, &last)).collect())
}

/// A column that a table has when somebody chose it: its name in forms, and in words.
const EXTRA: [(&str, Text); 5] = [
    ("telefoon", Text::new("Telefoon", "Telephone")),
    ("email", Text::new("E-mail", "E-mail")),
    ("geverifieerd", Text::new("Geverifieerd", "Verified")),
    ("aangemaakt", Text::new("Aangemaakt", "Made")),
    ("gewijzigd", Text::new("Gewijzigd", "Changed")),
];

/// The columns that were chosen; none of them: the search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns(Vec<&'static str>);

impl Columns {
    /// Those of these names that there are, in their order.
    pub fn named(names: &[&str]) -> Self {
        let all = EXTRA.into_iter().map(|(name, _)| name);
        Self(all.filter(|name| names.contains(name)).collect())
    }

    /// Whether a column was chosen.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains(&name)
    }

    /// Their names, to be kept.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(|name| (*name).to_owned()).collect()
    }

    /// Every column there is: its name, in words, and whether it was chosen.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, Text, bool)> {
        EXTRA.into_iter().map(|(name, text)| (name, text, self.has(name)))
    }
}
