//! Table `alert`: what the receiver of alerts was last told, and which worker is telling it something now. What is to
//! be told is decided in [`crate::domain::alert`].

use chrono::{DateTime, Utc};

use super::outbox_monitor::waiting_since;
use super::{Db, StorageError, Tx, execute, on_read, on_tx, on_write, outbox_depth};
use crate::domain::alert::{Alert, Queue};
use crate::domain::delivery::State;

/// How an alert stands with its receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Told {
    /// Since when it fires, as the receiver was told; `None`: that it does not.
    pub since: Option<DateTime<Utc>>,
    /// Until when a worker is telling it something.
    pub lease_until: Option<DateTime<Utc>>,
}

const SELECT: &str = "SELECT since, lease_until FROM alert WHERE name = $1";
// A transaction of SQLite that will write is alone already.
const LOCK_POSTGRES: &str = "SELECT since, lease_until FROM alert WHERE name = $1 FOR UPDATE";

/// How an alert stands, and nobody else changes it until the transaction ends.
pub async fn lock(tx: &mut Tx, alert: Alert) -> Result<Told, StorageError> {
    let sql = if tx.is_postgres() { LOCK_POSTGRES } else { SELECT };
    Ok(on_tx!(tx, |c| sqlx::query_as(sql)
        .bind(alert.name())
        .fetch_one(c)
        .await)?)
}

const PARKED_SINCE: &str = "SELECT min(finished_at) FROM outbox WHERE state = 'parked'";

/// What of the queue decides about alerts.
pub async fn queue(tx: &mut Tx) -> Result<Queue, StorageError> {
    Ok(Queue {
        waiting_since: waiting_since(tx).await?,
        parked_since: on_tx!(tx, |c| sqlx::query_scalar(PARKED_SINCE).fetch_one(c).await)?,
    })
}

/// How many messages an alert is about.
pub async fn count(db: &Db, alert: Alert) -> Result<i64, StorageError> {
    let states: &[State] = match alert {
        Alert::OldestPending => &[State::Pending, State::Delivering],
        Alert::Parked => &[State::Parked],
    };
    outbox_depth::count(db, states).await
}

const TAKE: &str = "UPDATE alert SET lease_until = $1, leased_by = $2 WHERE name = $3";

/// Gives `worker` the telling of an alert that it holds locked, until `lease_until`.
pub async fn take(
    tx: &mut Tx,
    alert: Alert,
    worker: &str,
    lease_until: DateTime<Utc>,
) -> Result<(), StorageError> {
    execute!(
        tx,
        sqlx::query(TAKE)
            .bind(lease_until)
            .bind(worker)
            .bind(alert.name())
    )?;
    Ok(())
}

const TOLD: &str = "UPDATE alert SET since = $1, lease_until = NULL, leased_by = NULL \
     WHERE name = $2 AND leased_by = $3";

/// Records what `worker` told. A worker whose lease ran out, and whose place another took, records nothing.
pub async fn told(
    db: &Db,
    alert: Alert,
    worker: &str,
    since: Option<DateTime<Utc>>,
) -> Result<(), StorageError> {
    on_write!(db, |c| sqlx::query(TOLD)
        .bind(since)
        .bind(alert.name())
        .bind(worker)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const LET_GO: &str =
    "UPDATE alert SET lease_until = NULL, leased_by = NULL WHERE name = $1 AND leased_by = $2";

/// Gives back what `worker` could not tell.
pub async fn let_go(db: &Db, alert: Alert, worker: &str) -> Result<(), StorageError> {
    on_write!(db, |c| sqlx::query(LET_GO)
        .bind(alert.name())
        .bind(worker)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// An alert that fires, as its receiver was told.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Firing {
    /// Its name.
    pub name: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

const FIRING: &str = "SELECT name, since FROM alert WHERE since IS NOT NULL ORDER BY name";

/// The alerts whose receiver was told that they fire, and not that they are over.
pub async fn firing(db: &Db) -> Result<Vec<Firing>, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_as(FIRING).fetch_all(c).await)?)
}
