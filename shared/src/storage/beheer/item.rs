//! Table `beheer_session_item`: what a session keeps for a while, sealed with a key that only its browser has.

use chrono::{DateTime, Utc};

use super::super::{Db, StorageError, on_read, on_write};
use crate::beheer::token::Token;
use crate::settings::Secret;
use crate::vault::{Place, Sealed};

/// Most characters of an item.
pub const MAX_LENGTH: usize = 64 * 1024;

fn place(name: &str) -> Place<'_> {
    Place {
        table: "beheer_session_item",
        row: name,
    }
}

const PUT: &str = "INSERT INTO beheer_session_item (session_id, name, sealed, until) VALUES ($1, $2, $3, $4) \
     ON CONFLICT (session_id, name) DO UPDATE SET sealed = excluded.sealed, until = excluded.until";

/// Keeps a text under a name until a moment; what was there before is gone.
pub async fn put(
    db: &Db,
    session: (i64, &Token),
    name: &str,
    text: &str,
    until: DateTime<Utc>,
) -> Result<(), StorageError> {
    let sealed = session.1.vault().seal(place(name), text)?;
    on_write!(db, |c| sqlx::query(PUT)
        .bind(session.0)
        .bind(name)
        .bind(&sealed.text)
        .bind(until)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const FIND: &str =
    "SELECT sealed, until FROM beheer_session_item WHERE session_id = $1 AND name = $2 AND until > $3";

/// The text under a name and until when it is kept; `None` when its time is over.
pub async fn find(
    db: &Db,
    session: (i64, &Token),
    name: &str,
    now: DateTime<Utc>,
) -> Result<Option<(Secret, DateTime<Utc>)>, StorageError> {
    let row: Option<(String, DateTime<Utc>)> = on_read!(db, |c| sqlx::query_as(FIND)
        .bind(session.0)
        .bind(name)
        .bind(now)
        .fetch_optional(c)
        .await)?;
    let vault = session.1.vault();
    row.map(|(text, until)| {
        let key = Some(vault.sealing_key()?.to_owned());
        Ok((vault.open(place(name), &Sealed { key, text })?, until))
    })
    .transpose()
}

const REMOVE: &str = "DELETE FROM beheer_session_item WHERE session_id = $1 AND name = $2";

/// Forgets what is under a name; `false` when nothing was: somebody else took it.
pub async fn remove(db: &Db, session_id: i64, name: &str) -> Result<bool, StorageError> {
    let removed = on_write!(db, |c| sqlx::query(REMOVE)
        .bind(session_id)
        .bind(name)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(removed == 1)
}
