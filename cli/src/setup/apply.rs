//! Brings the database to what a setup file asks for, in one transaction, and says what that changed. A file is only
//! ever added and changed with: what it does not name stays.

mod access;
mod secrets;
mod services;
mod settings;

use chrono::{DateTime, Utc};
use openklant_shared::settings::Source;
use openklant_shared::storage::{StorageError, Tx, stored_setting};

use super::change::Change;
use super::remark::{Place, Remark};
use super::wanted::Wanted;

/// What came of a file.
#[derive(Debug, Default)]
pub struct Applied {
    /// What changed.
    pub changes: Vec<Change>,
    /// How many things were as the file asks already.
    pub unchanged: usize,
    /// What the operator should know.
    pub notes: Vec<Remark>,
    /// What does not go together with what is there; nothing may be kept then.
    pub mistakes: Vec<Remark>,
}

/// Applies a file to the state of the database within `tx`. The caller keeps it, unless there are mistakes.
pub async fn apply(
    tx: &mut Tx,
    wanted: &Wanted,
    source: &Source,
    now: DateTime<Utc>,
) -> Result<Applied, StorageError> {
    stored_setting::lock(tx).await?;
    let mut applied = Applied::default();
    applied.credentials(tx, wanted, now).await?;
    applied.applicaties(tx, wanted, now).await?;
    applied.services(tx, wanted, now).await?;
    applied.secrets(tx, wanted, source, now).await?;
    applied.settings(tx, wanted, source, now).await?;
    Ok(applied)
}

impl Applied {
    fn mistake(&mut self, place: Place, text: impl Into<String>) {
        self.mistakes.push(Remark::new(place, text));
    }

    fn note(&mut self, place: Place, text: impl Into<String>) {
        self.notes.push(Remark::new(place, text));
    }

    /// Counts a thing that was looked at; answers whether it differs.
    fn differs(&mut self, change: Option<Change>) -> bool {
        let differs = change.is_some();
        match change {
            Some(change) => self.changes.push(change),
            None => self.unchanged += 1,
        }
        differs
    }
}
