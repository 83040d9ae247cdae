//! Tables `outbox` and `outbox_attempt`: the queue between the API and the worker.
//!
//! A message is claimed with a lease in one short statement, sent outside any transaction, and recorded in a
//! second short transaction that checks that the lease is still ours. A lease that ran out goes back to the queue.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Db, Id, StorageError, Tx, execute, on_read, on_write};
use crate::domain::delivery::State;

/// The channel on which PostgreSQL tells the workers that a message was committed.
pub const CHANNEL: &str = "openklant_outbox";

/// A message to be delivered.
#[derive(Debug)]
pub struct NewMessage<'a> {
    /// Identity of the message, the same on every attempt.
    pub uuid: Uuid,
    /// Name of the kanaal.
    pub kanaal: &'a str,
    /// The main object: messages of one object are delivered in order.
    pub object_uuid: Uuid,
    /// The bytes to send, the same on every attempt.
    pub message: &'a str,
    /// When it was made; due at once.
    pub created_at: DateTime<Utc>,
    /// What made it.
    pub origin: Origin,
}

/// What makes a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A change of its object.
    Change,
    /// An operator who had one sent again.
    Replay,
    /// An operator who had one made of an object as it is stored.
    Reemit,
}

impl Origin {
    /// The name in the database and for operators.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Replay => "replay",
            Self::Reemit => "reemit",
        }
    }
}

const INSERT: &str = "INSERT INTO outbox (uuid, kanaal, object_uuid, message, state, attempts, next_attempt_at, \
     created_at, origin) VALUES ($1, $2, $3, $4, 'pending', 0, $5, $5, $6)";
const NOTIFY_POSTGRES: &str = "SELECT pg_notify('openklant_outbox', '')";

/// Adds a message; committing wakes the worker.
pub async fn insert(tx: &mut Tx, message: &NewMessage<'_>) -> Result<(), StorageError> {
    execute!(
        tx,
        sqlx::query(INSERT)
            .bind(Id(message.uuid))
            .bind(message.kanaal)
            .bind(Id(message.object_uuid))
            .bind(message.message)
            .bind(message.created_at)
            .bind(message.origin.name())
    )?;
    wake(tx).await
}

/// Has committing wake the workers.
pub async fn wake(tx: &mut Tx) -> Result<(), StorageError> {
    if tx.is_postgres() {
        execute!(tx, sqlx::query(NOTIFY_POSTGRES))?;
    }
    tx.wrote_outbox = true;
    Ok(())
}

/// A message that a worker holds.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Claimed {
    /// Its number in the queue.
    pub id: i64,
    /// Its identity.
    pub uuid: Id,
    /// Name of the kanaal.
    pub kanaal: String,
    /// The main object.
    pub object_uuid: Id,
    /// The bytes to send.
    pub message: String,
    /// Attempts so far, this one included.
    pub attempts: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Until when it is ours.
    pub lease_until: DateTime<Utc>,
}

// The oldest due messages, but never one whose object has an older message that is not finished. Two texts: SQLite
// has one writer, and no row locks to skip; and without being told it sorts the whole backlog for every claim.
// Materialized: a planner that evaluated the part with the limit more than once would lock, and so take, more than
// the limit.
macro_rules! claim {
    ($index:literal, $lock:literal) => {
        concat!(
            "WITH due AS MATERIALIZED (SELECT o.id FROM outbox AS o",
            $index,
            " WHERE o.state = 'pending' AND o.next_attempt_at <= $3 AND NOT EXISTS (SELECT 1 FROM outbox AS p \
             WHERE p.object_uuid = o.object_uuid AND p.state IN ('pending', 'delivering') AND p.id < o.id) \
             ORDER BY o.next_attempt_at, o.id LIMIT $4",
            $lock,
            ") UPDATE outbox SET state = 'delivering', lease_until = $1, leased_by = $2, attempts = attempts + 1 \
             WHERE id IN (SELECT id FROM due) AND state = 'pending' \
             RETURNING id, uuid, kanaal, object_uuid, message, attempts, created_at, lease_until"
        )
    };
}
const CLAIM_SQLITE: &str = claim!(" INDEXED BY outbox_due", "");
const CLAIM_POSTGRES: &str = claim!("", " FOR UPDATE OF o SKIP LOCKED");

/// Takes at most `limit` due messages for `worker` until `lease_until`, oldest first.
pub async fn claim(
    db: &Db,
    worker: &str,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Claimed>, StorageError> {
    let sql = if db.kind() == "postgres" {
        CLAIM_POSTGRES
    } else {
        CLAIM_SQLITE
    };
    let mut claimed = on_write!(db, |c| sqlx::query_as::<_, Claimed>(sql)
        .bind(lease_until)
        .bind(worker)
        .bind(now)
        .bind(limit)
        .fetch_all(c)
        .await)?;
    claimed.sort_by_key(|message| message.id);
    Ok(claimed)
}

const RELEASE_EXPIRED: &str = "UPDATE outbox SET state = 'pending', lease_until = NULL, leased_by = NULL \
     WHERE state = 'delivering' AND lease_until < $1";

/// Puts messages whose lease ran out back in the queue, their attempt counted; answers how many.
pub async fn release_expired(db: &Db, now: DateTime<Utc>) -> Result<u64, StorageError> {
    Ok(on_write!(db, |c| sqlx::query(RELEASE_EXPIRED)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
}

const RELEASE: &str = "UPDATE outbox SET state = 'pending', lease_until = NULL, leased_by = NULL, \
     attempts = attempts - 1 WHERE leased_by = $1 AND state = 'delivering'";

/// Gives back what `worker` took and did not start, as if it had not been taken; answers how many.
pub async fn release(db: &Db, worker: &str) -> Result<u64, StorageError> {
    Ok(on_write!(db, |c| sqlx::query(RELEASE)
        .bind(worker)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
}

const LET_GO: &str = "UPDATE outbox SET state = 'pending', lease_until = NULL, leased_by = NULL, \
     attempts = attempts - 1 WHERE id = $1 AND leased_by = $2 AND state = 'delivering'";

/// Gives back one message that `worker` took and did not start, as if it had not been taken.
pub async fn let_go(db: &Db, worker: &str, id: i64) -> Result<(), StorageError> {
    on_write!(db, |c| sqlx::query(LET_GO)
        .bind(id)
        .bind(worker)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// One attempt to deliver.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Attempt {
    /// 1 for the first.
    pub nr: i64,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// How long it took.
    pub duration_ms: i64,
    /// Status of the answer, if there was one.
    pub status: Option<i64>,
    /// Class of the outcome.
    pub class: String,
    /// The beginning of the answer or the error.
    pub answer: String,
}

/// What becomes of a message after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Accepted.
    Delivered,
    /// To be tried again at this time.
    RetryAt(DateTime<Utc>),
    /// For a person to look at.
    Parked,
}

const FINISH: &str = "UPDATE outbox SET state = $1, finished_at = $2, lease_until = NULL, leased_by = NULL \
     WHERE id = $3 AND leased_by = $4 AND state = 'delivering'";
const RETRY: &str = "UPDATE outbox SET state = 'pending', next_attempt_at = $1, lease_until = NULL, leased_by = NULL \
     WHERE id = $2 AND leased_by = $3 AND state = 'delivering'";
const INSERT_ATTEMPT: &str = "INSERT INTO outbox_attempt (outbox_id, nr, started_at, duration_ms, status, class, \
     answer) VALUES ($1, $2, $3, $4, $5, $6, $7)";

/// Records an attempt and what becomes of the message. `false` when the lease was no longer ours: the attempt is
/// kept, the message belongs to whoever has it now.
pub async fn record(
    db: &Db,
    worker: &str,
    id: i64,
    attempt: &Attempt,
    next: Next,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let mut tx = db.begin().await?;
    let changed = match next {
        Next::RetryAt(at) => execute!(tx, sqlx::query(RETRY).bind(at).bind(id).bind(worker))?,
        Next::Delivered | Next::Parked => {
            let state = if next == Next::Delivered {
                State::Delivered
            } else {
                State::Parked
            };
            execute!(
                tx,
                sqlx::query(FINISH)
                    .bind(state.name())
                    .bind(now)
                    .bind(id)
                    .bind(worker)
            )?
        }
    };
    execute!(
        tx,
        sqlx::query(INSERT_ATTEMPT)
            .bind(id)
            .bind(attempt.nr)
            .bind(attempt.started_at)
            .bind(attempt.duration_ms)
            .bind(attempt.status)
            .bind(&attempt.class)
            .bind(&attempt.answer)
    )?;
    tx.commit().await?;
    Ok(changed == 1)
}

const ATTEMPTS: &str = "SELECT nr, started_at, duration_ms, status, class, answer FROM outbox_attempt \
     WHERE outbox_id = $1 ORDER BY id";

/// The attempts of a message, oldest first.
pub async fn attempts(db: &Db, id: i64) -> Result<Vec<Attempt>, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_as(ATTEMPTS)
        .bind(id)
        .fetch_all(c)
        .await)?)
}

const COUNT: &str = "SELECT CAST(count(*) AS BIGINT) FROM outbox WHERE state = $1";

/// How many messages are in a state.
pub async fn count(db: &Db, state: State) -> Result<i64, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_scalar(COUNT)
        .bind(state.name())
        .fetch_one(c)
        .await)?)
}

const COUNT_DUE: &str =
    "SELECT CAST(count(*) AS BIGINT) FROM outbox WHERE state = 'pending' AND next_attempt_at <= $1";

/// How many messages are due at `now`, whether or not an older one of their object holds them.
pub async fn count_due(db: &Db, now: DateTime<Utc>) -> Result<i64, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_scalar(COUNT_DUE)
        .bind(now)
        .fetch_one(c)
        .await)?)
}

const NEXT_DUE_SQLITE: &str = "SELECT min(next_attempt_at) FROM outbox INDEXED BY outbox_due \
     WHERE state = 'pending' AND next_attempt_at > $1";
const NEXT_DUE_POSTGRES: &str =
    "SELECT min(next_attempt_at) FROM outbox WHERE state = 'pending' AND next_attempt_at > $1";

/// When, after `now`, the next waiting message is due.
pub async fn next_due(db: &Db, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StorageError> {
    let sql = if db.kind() == "postgres" {
        NEXT_DUE_POSTGRES
    } else {
        NEXT_DUE_SQLITE
    };
    Ok(on_read!(db, |c| sqlx::query_scalar(sql)
        .bind(now)
        .fetch_one(c)
        .await)?)
}
