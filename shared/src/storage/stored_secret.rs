//! Table `stored_secret`: secrets of settings that `openklant setup` keeps, by the key of the setting in the TOML file;
//! sealed.

use chrono::{DateTime, Utc};

use super::{Db, StorageError, Tx, execute, on_read, on_tx};
use crate::settings::Secret;
use crate::vault::{Place, Sealed, Vault, VaultError};

/// A secret, or why it does not open.
pub type Found = Result<Secret, VaultError>;

/// Where the secret of the setting with this key lies.
pub(super) fn place(key: &str) -> Place<'_> {
    Place {
        table: "stored_secret",
        row: key,
    }
}

const FIND: &str = "SELECT secret, secret_key FROM stored_secret WHERE key = $1";

fn open(vault: &Vault, key: &str, (text, secret_key): (String, Option<String>)) -> Found {
    let sealed = Sealed {
        key: secret_key,
        text,
    };
    vault.open(place(key), &sealed)
}

/// The secret of the setting with this key.
pub async fn find(db: &Db, key: &str) -> Result<Option<Found>, StorageError> {
    let row = on_read!(db, |c| sqlx::query_as(FIND).bind(key).fetch_optional(c).await)?;
    Ok(row.map(|row| open(&db.vault, key, row)))
}

/// The same, within a change.
pub async fn find_in(tx: &mut Tx, key: &str) -> Result<Option<Found>, StorageError> {
    let row = on_tx!(tx, |c| sqlx::query_as(FIND).bind(key).fetch_optional(c).await)?;
    Ok(row.map(|row| open(&tx.vault, key, row)))
}

const PUT: &str = "INSERT INTO stored_secret (key, secret, secret_key, changed_at) VALUES ($1, $2, $3, $4) \
     ON CONFLICT (key) DO UPDATE SET secret = excluded.secret, secret_key = excluded.secret_key, \
     changed_at = excluded.changed_at";

/// Keeps a secret, in place of what was kept under its key.
pub async fn put(tx: &mut Tx, key: &str, secret: &Secret, now: DateTime<Utc>) -> Result<(), StorageError> {
    let sealed = tx.vault.seal(place(key), secret.expose())?;
    execute!(
        tx,
        sqlx::query(PUT)
            .bind(key)
            .bind(&sealed.text)
            .bind(&sealed.key)
            .bind(now)
    )?;
    Ok(())
}

const DELETE: &str = "DELETE FROM stored_secret WHERE key = $1";

/// Keeps a secret no longer.
pub async fn delete(tx: &mut Tx, key: &str) -> Result<(), StorageError> {
    execute!(tx, sqlx::query(DELETE).bind(key))?;
    Ok(())
}
