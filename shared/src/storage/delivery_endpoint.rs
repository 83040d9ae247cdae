//! Table `delivery_endpoint`: one row with the breaker of the Notificaties API and the operators' pause, shared by
//! every worker. When the breaker opens and closes is decided in [`crate::domain::delivery`].

use chrono::{DateTime, Utc};

use super::outbox::{self, Claimed};
use super::{Db, StorageError, Tx, execute, on_read, on_tx};
use crate::domain::delivery::Breaker;

/// The row.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Endpoint {
    /// Failures of the endpoint in a row.
    pub failures: i64,
    /// Since when the breaker is open; `None`: it is closed.
    pub opened_at: Option<DateTime<Utc>>,
    /// When, while it is open, the next message may probe.
    pub next_probe_at: Option<DateTime<Utc>>,
    /// Class of the last failure.
    pub last_class: Option<String>,
    /// The beginning of its answer or error.
    pub last_answer: Option<String>,
    /// When it was.
    pub last_failure_at: Option<DateTime<Utc>>,
    /// When a message was last accepted or answered about; kept to within a few seconds.
    pub last_success_at: Option<DateTime<Utc>>,
    /// Since when an operator paused delivery.
    pub paused_at: Option<DateTime<Utc>>,
    /// Who did.
    pub paused_by: Option<String>,
    /// Why, if they said.
    pub paused_why: Option<String>,
}

impl Endpoint {
    /// The part that the rules are about.
    pub fn breaker(&self) -> Breaker {
        Breaker {
            failures: self.failures,
            opened_at: self.opened_at,
            next_probe_at: self.next_probe_at,
        }
    }
}

macro_rules! select {
    ($lock:literal) => {
        concat!(
            "SELECT failures, opened_at, next_probe_at, last_class, last_answer, last_failure_at, last_success_at, \
             paused_at, paused_by, paused_why FROM delivery_endpoint WHERE id = 1",
            $lock
        )
    };
}
const SELECT: &str = select!("");
// A transaction of SQLite that will write is alone already.
const LOCK_POSTGRES: &str = select!(" FOR UPDATE");

/// How the endpoint is doing.
pub async fn find(db: &Db) -> Result<Endpoint, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_as(SELECT).fetch_one(c).await)?)
}

/// The same within a transaction, without keeping others from changing it.
pub async fn read(tx: &mut Tx) -> Result<Endpoint, StorageError> {
    Ok(on_tx!(tx, |c| sqlx::query_as(SELECT).fetch_one(c).await)?)
}

/// The same, and nobody else changes it until the transaction ends.
pub async fn lock(tx: &mut Tx) -> Result<Endpoint, StorageError> {
    let sql = if tx.is_postgres() { LOCK_POSTGRES } else { SELECT };
    Ok(on_tx!(tx, |c| sqlx::query_as(sql).fetch_one(c).await)?)
}

const UPDATE: &str = "UPDATE delivery_endpoint SET state = $1, failures = $2, opened_at = $3, next_probe_at = $4, \
     last_class = $5, last_answer = $6, last_failure_at = $7, last_success_at = $8 WHERE id = 1";

/// Keeps the row, all but the operators' pause.
pub async fn update(tx: &mut Tx, endpoint: &Endpoint) -> Result<(), StorageError> {
    let state = if endpoint.breaker().is_open() {
        "open"
    } else {
        "closed"
    };
    execute!(
        tx,
        sqlx::query(UPDATE)
            .bind(state)
            .bind(endpoint.failures)
            .bind(endpoint.opened_at)
            .bind(endpoint.next_probe_at)
            .bind(&endpoint.last_class)
            .bind(&endpoint.last_answer)
            .bind(endpoint.last_failure_at)
            .bind(endpoint.last_success_at)
    )?;
    Ok(())
}

const TAKE_PROBE: &str = "UPDATE delivery_endpoint SET next_probe_at = $1 WHERE id = 1 AND state = 'open' \
     AND paused_at IS NULL AND (next_probe_at IS NULL OR next_probe_at <= $2)";

/// Takes, for `worker` until `lease_until`, the one message that may probe while the breaker is open. `None` when it
/// is not open or paused, when it is not time yet, when another worker probes, or when there is no message. A worker
/// that dies with the probe holds up the next one until `lease_until`.
pub async fn take_probe(
    db: &Db,
    worker: &str,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
) -> Result<Option<Claimed>, StorageError> {
    let mut tx = db.begin().await?;
    if execute!(tx, sqlx::query(TAKE_PROBE).bind(lease_until).bind(now))? == 1
        && let Some(claimed) = outbox::claim_probe(&mut tx, worker, lease_until).await?
    {
        tx.commit().await?;
        return Ok(Some(claimed));
    }
    tx.rollback().await?;
    Ok(None)
}

macro_rules! give_back_probe {
    ($which:literal) => {
        concat!(
            "UPDATE delivery_endpoint SET next_probe_at = $1 WHERE id = 1 AND state = 'open' \
             AND next_probe_at IN (SELECT lease_until FROM outbox WHERE leased_by = $2 AND state = 'delivering'",
            $which,
            ")"
        )
    };
}
const GIVE_BACK_PROBE: &str = give_back_probe!("");
const GIVE_BACK_PROBE_OF: &str = give_back_probe!(" AND id = $3");

/// Lets the next probe come at `now` when what `worker` gives back unsent (all that it has, or one message) is the
/// present one: [`take_probe`] made it known by the end of its lease. To be called before the lease is taken away.
pub(super) async fn give_back_probe(
    tx: &mut Tx,
    worker: &str,
    message: Option<i64>,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    match message {
        None => execute!(tx, sqlx::query(GIVE_BACK_PROBE).bind(now).bind(worker))?,
        Some(id) => execute!(
            tx,
            sqlx::query(GIVE_BACK_PROBE_OF).bind(now).bind(worker).bind(id)
        )?,
    };
    Ok(())
}

const PROBE_SOON: &str = "UPDATE delivery_endpoint SET next_probe_at = $1 WHERE id = 1 AND state = 'open' \
     AND next_probe_at > $1 AND NOT EXISTS (SELECT 1 FROM outbox WHERE state = 'delivering')";

/// Lets the next probe come at `now`, unless one is under way: for when somebody asks for it.
pub async fn probe_soon(db: &Db, now: DateTime<Utc>) -> Result<(), StorageError> {
    super::on_write!(db, |c| sqlx::query(PROBE_SOON)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}
