//! Secrets of settings that the database keeps.

use chrono::{DateTime, Utc};
use openklant_shared::settings::{Secret, Source};
use openklant_shared::storage::{StorageError, Tx, stored_secret};

use super::Applied;
use crate::setup::change::{Action, Change, gone, secret};
use crate::setup::wanted::Wanted;

impl Applied {
    pub(super) async fn secrets(
        &mut self,
        tx: &mut Tx,
        wanted: &Wanted,
        source: &Source,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        for asked in &wanted.secrets {
            let key = asked.key;
            let old = stored_secret::find_in(tx, key).await?;
            let (action, field) = match (&old, &asked.value) {
                (Some(_), None) => (Action::Remove, Some(gone("value"))),
                (None, None) => (Action::Remove, None),
                (old, Some(new)) => {
                    let action = if old.is_some() {
                        Action::Change
                    } else {
                        Action::Add
                    };
                    let from = old.as_ref().and_then(|old| old.as_ref().ok()).map(Secret::expose);
                    (action, secret("value", from, new.expose()))
                }
            };
            if self.differs(Change::of("secret", key, action, [field])) {
                match &asked.value {
                    Some(value) => stored_secret::put(tx, key, value, now).await?,
                    None => stored_secret::delete(tx, key).await?,
                }
            }
            if let Some(winner) = source.winner(key) {
                self.note(
                    asked.place,
                    format!("{key} has no effect: {winner} is set, and wins"),
                );
            }
        }
        Ok(())
    }
}
