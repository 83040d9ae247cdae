//! Tables `klant_export` and `klant_export_part`: lists of klanten that somebody takes along, made a part at a time. They
//! are in the database, not in a file of one process: any process of an installation finds them. What a process that
//! stopped left behind is never done, and goes with the others when its time is over.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::read_log::{self, Read};
use super::retention;
use super::{Db, Id, StorageError, execute, on_read, on_write};

/// How long the maker may take it along.
pub const KEPT: TimeDelta = TimeDelta::hours(24);

/// After how long without a sign the process that makes it is taken for gone.
pub const SILENT: TimeDelta = TimeDelta::minutes(2);

/// What a row says of its state.
const RUNNING: &str = "running";
const DONE: &str = "done";
const FAILED: &str = "failed";

/// How an export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is being made.
    Running,
    /// All of it is there.
    Done,
    /// It stopped before its end.
    Failed,
}

/// An export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// Number of the row.
    pub id: i64,
    /// How it is.
    pub state: State,
    /// The filters, as in an address.
    pub filter: String,
    /// Whether it holds numbers that are masked elsewhere.
    pub with_bsn: bool,
    /// How many klanten are in it.
    pub written: i64,
    /// About how many there will be; `None`: not counted yet.
    pub expected: Option<i64>,
    /// How many parts it has.
    pub parts: i64,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// Until when it is kept.
    pub until: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    state: String,
    filter: String,
    with_bsn: bool,
    written: i64,
    expected: Option<i64>,
    parts: i64,
    created_at: DateTime<Utc>,
    seen_at: DateTime<Utc>,
    until: DateTime<Utc>,
}

const INSERT: &str = "INSERT INTO klant_export (uuid, account_id, state, filter, with_bsn, written, parts, \
     created_at, seen_at, until) VALUES ($1, $2, $3, $4, $5, 0, 0, $6, $6, $7) RETURNING id";

/// Adds an export of an account that is made from now on; answers its number.
pub async fn insert(
    db: &Db,
    uuid: Uuid,
    account_id: i64,
    filter: &str,
    with_bsn: bool,
    now: DateTime<Utc>,
) -> Result<i64, StorageError> {
    Ok(on_write!(db, |c| sqlx::query_scalar(INSERT)
        .bind(Id(uuid))
        .bind(account_id)
        .bind(RUNNING)
        .bind(filter)
        .bind(with_bsn)
        .bind(now)
        .bind(now + KEPT)
        .fetch_one(c)
        .await)?)
}

const FIND: &str = "SELECT id, state, filter, with_bsn, written, expected, parts, created_at, seen_at, until \
     FROM klant_export WHERE uuid = $1 AND account_id = $2 AND until > $3";

/// The export of this account; `None` when it is of another, or its time is over.
pub async fn find(
    db: &Db,
    uuid: Uuid,
    account_id: i64,
    now: DateTime<Utc>,
) -> Result<Option<Export>, StorageError> {
    let row: Option<Row> = on_read!(db, |c| sqlx::query_as(FIND)
        .bind(Id(uuid))
        .bind(account_id)
        .bind(now)
        .fetch_optional(c)
        .await)?;
    Ok(row.map(|row| Export {
        id: row.id,
        state: match row.state.as_str() {
            DONE => State::Done,
            RUNNING if row.seen_at + SILENT > now => State::Running,
            _ => State::Failed,
        },
        filter: row.filter,
        with_bsn: row.with_bsn,
        written: row.written,
        expected: row.expected,
        parts: row.parts,
        created_at: row.created_at,
        until: row.until,
    }))
}

const COUNT_RUNNING: &str = "SELECT CAST(count(*) AS BIGINT), \
     CAST(COALESCE(sum(CASE WHEN account_id = $1 THEN 1 ELSE 0 END), 0) AS BIGINT) \
     FROM klant_export WHERE state = 'running' AND seen_at > $2";

/// How many are being made, and how many of them for this account.
pub async fn running(db: &Db, account_id: i64, now: DateTime<Utc>) -> Result<(i64, i64), StorageError> {
    Ok(on_read!(db, |c| sqlx::query_as(COUNT_RUNNING)
        .bind(account_id)
        .bind(now - SILENT)
        .fetch_one(c)
        .await)?)
}

const EXPECT: &str = "UPDATE klant_export SET expected = $2 WHERE id = $1";

/// Says about how many klanten there will be.
pub async fn expect(db: &Db, id: i64, expected: i64) -> Result<(), StorageError> {
    on_write!(db, |c| sqlx::query(EXPECT)
        .bind(id)
        .bind(expected)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const ADD: &str = "INSERT INTO klant_export_part (export_id, nr, text) VALUES ($1, $2, $3)";
const WRITTEN: &str = "UPDATE klant_export SET written = written + $2, seen_at = $3, parts = $4 \
     WHERE id = $1 AND state = 'running'";

/// Adds part `nr`, with that many klanten; `false` when the export is gone.
pub async fn add(
    db: &Db,
    id: i64,
    nr: i64,
    text: &str,
    klanten: i64,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let mut tx = db.begin().await?;
    let touched = execute!(
        tx,
        sqlx::query(WRITTEN).bind(id).bind(klanten).bind(now).bind(nr + 1)
    )?;
    if touched != 1 {
        tx.rollback().await?;
        return Ok(false);
    }
    execute!(tx, sqlx::query(ADD).bind(id).bind(nr).bind(text))?;
    tx.commit().await?;
    Ok(true)
}

const FINISH: &str =
    "UPDATE klant_export SET state = 'done', seen_at = $2, until = $3 WHERE id = $1 AND state = 'running'";

/// Says that all of it is there, and writes these lines of the log of reads with it: what is not in that log is not done.
/// `false` when the export is gone.
pub async fn finish(db: &Db, id: i64, lines: &[Read], now: DateTime<Utc>) -> Result<bool, StorageError> {
    let mut tx = db.begin().await?;
    let touched = execute!(tx, sqlx::query(FINISH).bind(id).bind(now).bind(now + KEPT))?;
    if touched != 1 {
        tx.rollback().await?;
        return Ok(false);
    }
    for line in lines {
        read_log::insert_in(&mut tx, line).await?;
    }
    tx.commit().await?;
    Ok(true)
}

const FAIL: &str = "UPDATE klant_export SET state = $2 WHERE id = $1 AND state = 'running'";

/// Says that it stopped.
pub async fn fail(db: &Db, id: i64) -> Result<(), StorageError> {
    on_write!(db, |c| sqlx::query(FAIL)
        .bind(id)
        .bind(FAILED)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const PART: &str = "SELECT text FROM klant_export_part WHERE export_id = $1 AND nr = $2";

/// Part `nr`; `None` after the last.
pub async fn part(db: &Db, id: i64, nr: i64) -> Result<Option<String>, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_scalar(PART)
        .bind(id)
        .bind(nr)
        .fetch_optional(c)
        .await)?)
}

const REMOVE_PARTS: &str = "DELETE FROM klant_export_part WHERE id IN (SELECT p.id FROM klant_export_part p \
     JOIN klant_export e ON e.id = p.export_id WHERE e.until < $1 ORDER BY p.id LIMIT $2)";
const REMOVE: &str = "DELETE FROM klant_export WHERE id IN (SELECT e.id FROM klant_export e WHERE e.until < $1 \
     AND NOT EXISTS (SELECT 1 FROM klant_export_part p WHERE p.export_id = e.id) ORDER BY e.until, e.id LIMIT $2)";

/// Removes at most `limit` parts of exports whose time is over before `now`; answers how many.
pub async fn remove_parts(db: &Db, now: DateTime<Utc>, limit: i64) -> Result<u64, StorageError> {
    retention::remove(db, REMOVE_PARTS, now, limit).await
}

/// Removes at most `limit` exports whose time is over before `now` and that have no parts any more; answers how many.
pub async fn remove(db: &Db, now: DateTime<Utc>, limit: i64) -> Result<u64, StorageError> {
    retention::remove(db, REMOVE, now, limit).await
}
