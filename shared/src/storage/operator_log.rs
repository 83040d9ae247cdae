//! Table `operator_log`: what operators did, by command or on the management site. Numbers and filters only, no personal
//! data. A row of something that takes more than one transaction also says how far it is.

use chrono::{DateTime, TimeDelta, Utc};

use uuid::Uuid;

use super::{Db, Id, StorageError, Tx, execute, on_read, on_tx, retention};

/// One thing an operator did.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub operator: &'a str,
    /// With which command, such as `outbox retry`; the site writes the name of the command that does the same.
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

/// Adds a row that goes with no other change here.
pub async fn record(db: &Db, entry: &Entry<'_>) -> Result<(), StorageError> {
    let mut tx = db.begin().await?;
    insert(&mut tx, entry).await?;
    tx.commit().await
}

/// Who does something, when and with which command: what its rows in the log have in common.
#[derive(Clone, Debug)]
pub struct By {
    command: &'static str,
    operator: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl By {
    /// An operator with a command, or on the page that does the same.
    pub fn new(command: &'static str, operator: impl Into<String>, at: DateTime<Utc>) -> Self {
        Self {
            command,
            operator: operator.into(),
            at,
        }
    }

    /// Writes a row within the change; answers its number.
    pub async fn log(&self, tx: &mut Tx, detail: &str) -> Result<i64, StorageError> {
        let entry = Entry {
            at: self.at,
            operator: &self.operator,
            command: self.command,
            detail,
        };
        insert(tx, &entry).await
    }
}

const SET_DETAIL: &str = "UPDATE operator_log SET detail = $1 WHERE id = $2";

/// Brings a row up to date with what was done since, in the transaction that did it.
pub async fn set_detail(tx: &mut Tx, id: i64, detail: &str) -> Result<(), StorageError> {
    execute!(tx, sqlx::query(SET_DETAIL).bind(detail).bind(id))?;
    Ok(())
}

const SET_MESSAGE: &str = "UPDATE operator_log SET outbox_id = $1 WHERE id = $2";

/// Notes that a row is about one message, by its number in the queue.
pub async fn set_message(tx: &mut Tx, id: i64, message: i64) -> Result<(), StorageError> {
    execute!(tx, sqlx::query(SET_MESSAGE).bind(message).bind(id))?;
    Ok(())
}

const SET_APPLICATIE: &str = "UPDATE operator_log SET applicatie_uuid = $1 WHERE id = $2";

/// Notes that a row is about one application.
pub async fn set_applicatie(tx: &mut Tx, id: i64, applicatie: Uuid) -> Result<(), StorageError> {
    execute!(tx, sqlx::query(SET_APPLICATIE).bind(Id(applicatie)).bind(id))?;
    Ok(())
}

const ABOUT_APPLICATIE: &str = "SELECT id, at, operator, command, detail FROM operator_log WHERE applicatie_uuid = $1 \
     ORDER BY id DESC LIMIT $2";

/// At most `limit` of the rows about one application, the newest first.
pub async fn about_applicatie(db: &Db, applicatie: Uuid, limit: i64) -> Result<Vec<Logged>, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_as(ABOUT_APPLICATIE)
        .bind(Id(applicatie))
        .bind(limit)
        .fetch_all(c)
        .await)?)
}

/// How far something is that takes more than one transaction.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// To what, and to how much so far.
    pub detail: &'a str,
    /// How many were meant when it began.
    pub matched: i64,
    /// How many are done.
    pub done: i64,
    /// When.
    pub at: DateTime<Utc>,
}

const MOVE: &str = "UPDATE operator_log SET detail = $1, matched = $2, done = $3, moved_at = $4 \
     WHERE id = $5 AND outcome IS NULL";

/// Brings a row up to date with what was done since, in the transaction that did it; `false` when somebody stopped it.
pub async fn set_progress(tx: &mut Tx, id: i64, progress: Progress<'_>) -> Result<bool, StorageError> {
    let changed = execute!(
        tx,
        sqlx::query(MOVE)
            .bind(progress.detail)
            .bind(progress.matched)
            .bind(progress.done)
            .bind(progress.at)
            .bind(id)
    )?;
    Ok(changed == 1)
}

const END: &str =
    "UPDATE operator_log SET outcome = $1 WHERE id = $2 AND matched IS NOT NULL AND outcome IS NULL";

/// Notes how it ended, or that it is to end; `false` when it had ended, or was no such thing.
pub async fn end(tx: &mut Tx, id: i64, outcome: &str) -> Result<bool, StorageError> {
    Ok(execute!(tx, sqlx::query(END).bind(outcome).bind(id))? == 1)
}

/// Something that takes more than one transaction and has not ended.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct UnderWay {
    /// Number of its row.
    pub id: i64,
    /// Who asked for it.
    pub operator: String,
    /// With which command.
    pub command: String,
    /// How many were meant when it began.
    pub matched: i64,
    /// How many are done.
    pub done: i64,
    /// When it last moved.
    pub moved_at: DateTime<Utc>,
}

/// Silence after which it counts as cut off: a batch takes far less.
pub const CUT_OFF_AFTER: TimeDelta = TimeDelta::minutes(2);

impl UnderWay {
    /// Whether who did it is gone.
    pub fn is_cut_off(&self, now: DateTime<Utc>) -> bool {
        now - self.moved_at > CUT_OFF_AFTER
    }
}

const UNDER_WAY: &str = "SELECT id, operator, command, matched, done, moved_at FROM operator_log \
     WHERE matched IS NOT NULL AND outcome IS NULL ORDER BY id DESC LIMIT $1";

/// At most `limit` of what has not ended, the newest first.
pub async fn under_way(tx: &mut Tx, limit: i64) -> Result<Vec<UnderWay>, StorageError> {
    Ok(on_tx!(tx, |c| sqlx::query_as(UNDER_WAY)
        .bind(limit)
        .fetch_all(c)
        .await)?)
}

const ABOUT: &str = "SELECT id, at, operator, command, detail FROM operator_log WHERE outbox_id = $1 \
     ORDER BY id DESC LIMIT $2";

/// At most `limit` of the rows about one message, the newest first.
pub async fn about(tx: &mut Tx, message: i64, limit: i64) -> Result<Vec<Logged>, StorageError> {
    Ok(on_tx!(tx, |c| sqlx::query_as(ABOUT)
        .bind(message)
        .bind(limit)
        .fetch_all(c)
        .await)?)
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
    retention::count(db, COUNT_OLD, before).await
}

const REMOVE: &str = "DELETE FROM operator_log WHERE id IN \
     (SELECT id FROM operator_log WHERE at < $1 ORDER BY at, id LIMIT $2)";

/// Removes at most `limit` rows that were made before `before`, the oldest first; answers how many.
pub async fn remove(db: &Db, before: DateTime<Utc>, limit: i64) -> Result<u64, StorageError> {
    retention::remove(db, REMOVE, before, limit).await
}
