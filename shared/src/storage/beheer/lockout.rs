//! Table `beheer_lockout`: how often logging in failed for a name that was typed, whether or not it is an account's. Only
//! the hash of the name is kept.

use chrono::{DateTime, Utc};

use super::super::{Db, StorageError, on_read, on_write, retention};
use crate::beheer::token::hash;

const FAILURES: &str = "SELECT failures FROM beheer_lockout WHERE name_hash = $1 AND last_at > $2";

/// How often it failed for this name since `since`.
pub async fn failures(db: &Db, login: &str, since: DateTime<Utc>) -> Result<i64, StorageError> {
    let found: Option<i64> = on_read!(db, |c| sqlx::query_scalar(FAILURES)
        .bind(hash(login))
        .bind(since)
        .fetch_optional(c)
        .await)?;
    Ok(found.unwrap_or(0))
}

const FAILED: &str = "INSERT INTO beheer_lockout (name_hash, failures, last_at) VALUES ($1, 1, $2) \
     ON CONFLICT (name_hash) DO UPDATE SET last_at = excluded.last_at, failures = CASE \
     WHEN beheer_lockout.last_at > $3 THEN beheer_lockout.failures + 1 ELSE 1 END RETURNING failures";

/// Counts a failure; those before `since` are forgotten. Answers how many there are now.
pub async fn failed(
    db: &Db,
    login: &str,
    now: DateTime<Utc>,
    since: DateTime<Utc>,
) -> Result<i64, StorageError> {
    Ok(on_write!(db, |c| sqlx::query_scalar(FAILED)
        .bind(hash(login))
        .bind(now)
        .bind(since)
        .fetch_one(c)
        .await)?)
}

const CLEAR: &str = "DELETE FROM beheer_lockout WHERE name_hash = $1";

/// Forgets the failures of a name.
pub async fn clear(db: &Db, login: &str) -> Result<(), StorageError> {
    on_write!(db, |c| sqlx::query(CLEAR)
        .bind(hash(login))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const REMOVE: &str = "DELETE FROM beheer_lockout WHERE name_hash IN \
     (SELECT name_hash FROM beheer_lockout WHERE last_at < $1 ORDER BY last_at, name_hash LIMIT $2)";

/// Removes at most `limit` names whose last failure was before `before`; answers how many.
pub async fn remove(db: &Db, before: DateTime<Utc>, limit: i64) -> Result<u64, StorageError> {
    retention::remove(db, REMOVE, before, limit).await
}
