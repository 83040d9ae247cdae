//! Table `operator_log`: what operators did by command. Numbers and filters only, no personal data.

use chrono::{DateTime, Utc};

use super::{StorageError, Tx, execute, on_tx};

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
