//! Tables `outbox` and `outbox_attempt`: the queue between the API and the worker.
//!
//! A message is claimed with a lease in one short statement, sent outside any transaction, and recorded in a
//! second short transaction that checks that the lease is still ours. A lease that ran out goes back to the queue.
//! Which state follows which is the table in [`crate::domain::delivery`]; a test holds these statements against it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Db, Id, StorageError, Tx, delivery_endpoint, execute, on_read, on_tx, on_write};
use crate::domain::delivery::{Event, State};
use crate::trace;

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
    /// The change it tells of.
    pub audit: Option<Uuid>,
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
     created_at, origin, trace_parent, audit_uuid) VALUES ($1, $2, $3, $4, 'pending', 0, $5, $5, $6, $7, $8)";
const NOTIFY_POSTGRES: &str = "SELECT pg_notify('openklant_outbox', '')";

/// Adds a message, with the step of the trace that it is made in; committing wakes the worker.
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
            .bind(trace::current().map(|step| step.to_string()))
            .bind(message.audit.map(Id))
    )?;
    if tx.is_postgres() {
        execute!(tx, sqlx::query(NOTIFY_POSTGRES))?;
    }
    tx.wrote_outbox = true;
    Ok(())
}

const COUNT_WAKE_SQLITE: &str = "UPDATE delivery_endpoint SET wakes = wakes + 1 WHERE id = 1";

/// Wakes the workers when the transaction is committed: there is something, other than a new message, that was not
/// due before.
pub async fn wake(tx: &mut Tx) -> Result<(), StorageError> {
    let sql = if tx.is_postgres() {
        NOTIFY_POSTGRES
    } else {
        // For the [`super::OutboxWatch`] of other processes.
        COUNT_WAKE_SQLITE
    };
    execute!(tx, sqlx::query(sql))?;
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
    /// The step of the trace it was made in, as a header holds it.
    pub trace_parent: Option<String>,
}

/// Which messages a claim may take: every one that is due, or the next one to probe with.
macro_rules! head {
    ($index:literal, $which:literal) => {
        concat!(
            "SELECT o.id FROM outbox AS o",
            $index,
            " WHERE o.state = 'pending' AND ",
            $which,
            " AND NOT EXISTS (SELECT 1 FROM outbox AS p \
             WHERE p.object_uuid = o.object_uuid AND p.state IN ('pending', 'delivering') AND p.id < o.id) \
             ORDER BY o.next_attempt_at, o.id"
        )
    };
}

// The oldest due messages while the breaker is closed and nobody paused delivery, but never one whose object has an older message that is not finished. Two texts: SQLite
// has one writer, and no row locks to skip; and without being told it sorts the whole backlog for every claim.
// Materialized: a planner that evaluated the part with the limit more than once would lock, and so take, more than
// the limit.
macro_rules! claim {
    ($index:literal, $lock:literal) => {
        concat!(
            "WITH due AS MATERIALIZED (",
            head!(
                $index,
                "o.next_attempt_at <= $3 AND EXISTS (SELECT 1 FROM delivery_endpoint WHERE id = 1 \
                 AND state = 'closed' AND paused_at IS NULL)"
            ),
            " LIMIT $4",
            $lock,
            ") UPDATE outbox SET state = 'delivering', lease_until = $1, leased_by = $2, attempts = attempts + 1 \
             WHERE id IN (SELECT id FROM due) AND state = 'pending' \
             RETURNING id, uuid, kanaal, object_uuid, message, attempts, created_at, lease_until, trace_parent"
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

// Whether it is due does not matter: who probes asks about the endpoint. In the order in which messages fall due,
// so that a message that failed as a probe goes to the back of the line.
macro_rules! claim_probe {
    ($index:literal, $lock:literal) => {
        concat!(
            "WITH head AS MATERIALIZED (",
            head!($index, "o.next_attempt_at IS NOT NULL"),
            " LIMIT 1",
            $lock,
            ") UPDATE outbox SET state = 'delivering', lease_until = $1, leased_by = $2, attempts = attempts + 1 \
             WHERE id IN (SELECT id FROM head) AND state = 'pending' \
             RETURNING id, uuid, kanaal, object_uuid, message, attempts, created_at, lease_until, trace_parent"
        )
    };
}
const CLAIM_PROBE_SQLITE: &str = claim_probe!(" INDEXED BY outbox_due", "");
const CLAIM_PROBE_POSTGRES: &str = claim_probe!("", " FOR UPDATE OF o SKIP LOCKED");

/// Takes one message for `worker` until `lease_until`, to see whether the endpoint takes messages again. Only for
/// who holds the probe: see [`super::delivery_endpoint::take_probe`].
pub(super) async fn claim_probe(
    tx: &mut Tx,
    worker: &str,
    lease_until: DateTime<Utc>,
) -> Result<Option<Claimed>, StorageError> {
    let sql = if tx.is_postgres() {
        CLAIM_PROBE_POSTGRES
    } else {
        CLAIM_PROBE_SQLITE
    };
    Ok(on_tx!(tx, |c| sqlx::query_as::<_, Claimed>(sql)
        .bind(lease_until)
        .bind(worker)
        .fetch_optional(c)
        .await)?)
}

const HASTEN: &str = "UPDATE outbox SET next_attempt_at = $1 WHERE state = 'pending' AND next_attempt_at > $1 \
     AND last_class IN ('temporary', 'denied', 'endpoint')";

/// Makes due at `now` what waits only because the endpoint took nothing, and wakes the workers; answers how many.
pub async fn hasten(tx: &mut Tx, now: DateTime<Utc>) -> Result<u64, StorageError> {
    let hastened = execute!(tx, sqlx::query(HASTEN).bind(now))?;
    wake(tx).await?;
    Ok(hastened)
}

macro_rules! expired {
    () => {
        " WHERE state = 'delivering' AND lease_until < $1"
    };
}
const COUNT_EXPIRED: &str = concat!("SELECT CAST(count(*) AS BIGINT) FROM outbox", expired!());

/// How many messages have a lease that ran out.
pub async fn count_expired(db: &Db, now: DateTime<Utc>) -> Result<i64, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_scalar(COUNT_EXPIRED)
        .bind(now)
        .fetch_one(c)
        .await)?)
}

const RELEASE_EXPIRED: &str = concat!(
    "UPDATE outbox SET state = 'pending', lease_until = NULL, leased_by = NULL",
    expired!()
);

/// Puts messages whose lease ran out back in the queue, their attempt counted; answers how many.
pub async fn release_expired(db: &Db, now: DateTime<Utc>) -> Result<u64, StorageError> {
    Ok(on_write!(db, |c| sqlx::query(RELEASE_EXPIRED)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
}

// Of a message, of a lease and of a probe.
const PULL_BACK: [&str; 3] = [
    "UPDATE outbox SET next_attempt_at = $1 WHERE state = 'pending' AND next_attempt_at > $2",
    "UPDATE outbox SET lease_until = $1 WHERE state = 'delivering' AND lease_until > $2",
    "UPDATE delivery_endpoint SET next_probe_at = $1 WHERE id = 1 AND state = 'open' AND next_probe_at > $2",
];

/// Moves to `now` what lies beyond `furthest`: a moment that no rule sets, written by a worker whose clock ran ahead.
/// Without this the queue would stand still until that moment. Answers how many.
pub async fn pull_back(db: &Db, now: DateTime<Utc>, furthest: DateTime<Utc>) -> Result<u64, StorageError> {
    let mut tx = db.begin().await?;
    let mut pulled = 0;
    for sql in PULL_BACK {
        pulled += execute!(tx, sqlx::query(sql).bind(now).bind(furthest))?;
    }
    tx.commit().await?;
    Ok(pulled)
}

macro_rules! give_back {
    ($which:literal) => {
        concat!(
            "UPDATE outbox SET state = 'pending', lease_until = NULL, leased_by = NULL, attempts = attempts - 1 \
             WHERE leased_by = $1 AND state = 'delivering'",
            $which
        )
    };
}
const RELEASE: &str = give_back!("");

/// Gives back what `worker` took and did not start, as if it had not been taken, the probe too; answers how many.
pub async fn release(db: &Db, worker: &str, now: DateTime<Utc>) -> Result<u64, StorageError> {
    let mut tx = db.begin().await?;
    delivery_endpoint::give_back_probe(&mut tx, worker, None, now).await?;
    let released = execute!(tx, sqlx::query(RELEASE).bind(worker))?;
    if released > 0 {
        wake(&mut tx).await?;
    }
    tx.commit().await?;
    Ok(released)
}

const LET_GO: &str = give_back!(" AND id = $2");

/// Gives back one message that `worker` took and did not start, as if it had not been taken.
pub async fn let_go(db: &Db, worker: &str, id: i64, now: DateTime<Utc>) -> Result<(), StorageError> {
    let mut tx = db.begin().await?;
    delivery_endpoint::give_back_probe(&mut tx, worker, Some(id), now).await?;
    execute!(tx, sqlx::query(LET_GO).bind(worker).bind(id))?;
    tx.commit().await
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
    /// Failed while the breaker was open: as if it had not been tried, and this late in the line of those that probe.
    HeldUntil(DateTime<Utc>),
    /// For a person to look at.
    Parked,
}

impl Next {
    /// What happened to the message.
    pub const fn event(self) -> Event {
        match self {
            Self::Delivered => Event::Accepted,
            Self::RetryAt(_) => Event::Failed,
            Self::HeldUntil(_) => Event::Held,
            Self::Parked => Event::GivenUp,
        }
    }
}

const RECORD: &str = "UPDATE outbox SET state = $1, finished_at = $2, next_attempt_at = COALESCE($3, next_attempt_at), \
     attempts = attempts - $4, last_class = $5, lease_until = NULL, leased_by = NULL \
     WHERE id = $6 AND leased_by = $7 AND state = 'delivering'";
const INSERT_ATTEMPT: &str = "INSERT INTO outbox_attempt (outbox_id, nr, started_at, duration_ms, status, class, \
     answer) VALUES ($1, $2, $3, $4, $5, $6, $7)";

/// Records an attempt and what becomes of the message. `false` when the lease was no longer ours: the attempt is
/// kept, the message belongs to whoever has it now.
pub async fn record(
    tx: &mut Tx,
    worker: &str,
    id: i64,
    attempt: &Attempt,
    next: Next,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let Some(state) = State::Delivering.after(next.event()) else {
        return Ok(false);
    };
    let (finished_at, due_at) = match next {
        Next::Delivered | Next::Parked => (Some(now), None),
        Next::RetryAt(at) | Next::HeldUntil(at) => (None, Some(at)),
    };
    let uncounted = i64::from(matches!(next, Next::HeldUntil(_)));
    let changed = execute!(
        tx,
        sqlx::query(RECORD)
            .bind(state.name())
            .bind(finished_at)
            .bind(due_at)
            .bind(uncounted)
            .bind(&attempt.class)
            .bind(id)
            .bind(worker)
    )?;
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
