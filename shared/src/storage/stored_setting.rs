//! Table `stored_setting`: settings that `openklant setup` keeps, by their key in the TOML file. Never a secret.

use chrono::{DateTime, Utc};

use super::{Db, StorageError, Tx, execute, on_read, on_tx};

const LIST: &str = "SELECT key, value FROM stored_setting ORDER BY key";

/// Every setting that is kept, by key.
pub async fn list(db: &Db) -> Result<Vec<(String, String)>, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_as(LIST).fetch_all(c).await)?)
}

/// The same, within a change.
pub async fn list_in(tx: &mut Tx) -> Result<Vec<(String, String)>, StorageError> {
    Ok(on_tx!(tx, |c| sqlx::query_as(LIST).fetch_all(c).await)?)
}

const LOCK: &str = "LOCK TABLE stored_setting IN SHARE ROW EXCLUSIVE MODE";

/// Waits until nobody else applies a setup file; reading goes on. On SQLite a transaction that writes is alone anyway.
pub async fn lock(tx: &mut Tx) -> Result<(), StorageError> {
    if tx.is_postgres() {
        execute!(tx, sqlx::query(LOCK))?;
    }
    Ok(())
}

const PUT: &str = "INSERT INTO stored_setting (key, value, changed_at) VALUES ($1, $2, $3) \
     ON CONFLICT (key) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at";

/// Keeps a setting, in place of what was kept under its key.
pub async fn put(tx: &mut Tx, key: &str, value: &str, now: DateTime<Utc>) -> Result<(), StorageError> {
    execute!(tx, sqlx::query(PUT).bind(key).bind(value).bind(now))?;
    Ok(())
}

const DELETE: &str = "DELETE FROM stored_setting WHERE key = $1";

/// Keeps a setting no longer.
pub async fn delete(tx: &mut Tx, key: &str) -> Result<(), StorageError> {
    execute!(tx, sqlx::query(DELETE).bind(key))?;
    Ok(())
}
