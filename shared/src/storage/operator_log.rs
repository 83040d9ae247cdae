//! Table `operator_log`: what operators did by command. Numbers and filters only, no personal data.

use chrono::{DateTime, Utc};

use super::{Db, StorageError, Tx, execute, on_read, on_tx, on_write};

/// One thing an operator did.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub operator: &'a str,
    /// With which command, such as `outbox retry`.
    pub command: &'a str,
    /// To what, and to how much.
    pub detail: &'a str,
}

const INSERT: &str =
    "INSERT INTO operator_log (at, operator, command, detail) VALUES ($1, $2, $3, $4) RETURNING id";

/// Adds a row; answers its number.
pub async fn insert(tx: &mut Tx, entry: &Entry<'_>) -> Result<i64, StorageError> {
    Ok(on_tx!(tx, |c| sqlx::query_scalar(INSERT)
        .bind(entry.at)
        .bind(entry.operator)
        .bind(entry.command)
        .bind(entry.detail)
        .fetch_one(c)
        .await)?)
}

const SET_DETAIL: &str = "UPDATE operator_log SET detail = $1 WHERE id = $2";

/// Brings a row up to date with what was done since, in the transaction that did it.
pub async fn set_detail(tx: &mut Tx, id: i64, detail: &str) -> Result<(), StorageError> {
    execute!(tx, sqlx::query(SET_DETAIL).bind(detail).bind(id))?;
    Ok(())
}

/// A row, as operators read it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Logged {
    /// Its number.
    pub id: i64,
    /// When it was done.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub operator: String,
    /// With which command.
    pub command: String,
    /// To what, and to how much.
    pub detail: String,
}

const LIST: &str = "SELECT id, at, operator, command, detail FROM operator_log WHERE at >= $1 \
     ORDER BY at DESC, id DESC LIMIT $2";

/// At most `limit` of the rows made at `since` or later, the newest first.
pub async fn list(db: &Db, since: DateTime<Utc>, limit: i64) -> Result<Vec<Logged>, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_as(LIST)
        .bind(since)
        .bind(limit)
        .fetch_all(c)
        .await)?)
}

const COUNT_OLD: &str = "SELECT CAST(count(*) AS BIGINT) FROM operator_log WHERE at < $1";

/// How many rows were made before `before`.
pub async fn count_old(db: &Db, before: DateTime<Utc>) -> Result<i64, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_scalar(COUNT_OLD)
        .bind(before)
        .fetch_one(c)
        .await)?)
}

const REMOVE: &str = "DELETE FROM operator_log WHERE id IN \
     (SELECT id FROM operator_log WHERE at < $1 ORDER BY at, id LIMIT $2)";

/// Removes at most `limit` rows that were made before `before`, the oldest first; answers how many.
pub async fn remove(db: &Db, before: DateTime<Utc>, limit: i64) -> Result<u64, StorageError> {
    Ok(on_write!(db, |c| sqlx::query(REMOVE)
        .bind(before)
        .bind(limit)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
}
