//! Table `worker_heartbeat`: which workers there are, by their last sign of life.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Db, StorageError, Tx, on_read, on_tx, on_write};

/// A worker.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Heartbeat {
    /// Its name, as in leases.
    pub worker: String,
    /// The machine it runs on.
    pub host: String,
    /// The version of the program.
    pub version: String,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// When it last showed itself.
    pub seen_at: DateTime<Utc>,
}

/// A worker that was silent for this long, three beats, counts as dead.
pub const DEAD_AFTER: TimeDelta = TimeDelta::seconds(30);

impl Heartbeat {
    /// Whether it was heard of lately.
    pub fn is_alive(&self, now: DateTime<Utc>) -> bool {
        now - self.seen_at < DEAD_AFTER
    }
}

const BEAT: &str = "INSERT INTO worker_heartbeat (worker, host, version, started_at, seen_at) \
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (worker) DO UPDATE SET seen_at = excluded.seen_at";

/// Shows that a worker is alive.
pub async fn beat(db: &Db, heartbeat: &Heartbeat) -> Result<(), StorageError> {
    on_write!(db, |c| sqlx::query(BEAT)
        .bind(&heartbeat.worker)
        .bind(&heartbeat.host)
        .bind(&heartbeat.version)
        .bind(heartbeat.started_at)
        .bind(heartbeat.seen_at)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const REMOVE: &str = "DELETE FROM worker_heartbeat WHERE worker = $1";

/// Forgets a worker that stopped.
pub async fn remove(db: &Db, worker: &str) -> Result<(), StorageError> {
    on_write!(db, |c| sqlx::query(REMOVE)
        .bind(worker)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const LIST: &str = "SELECT worker, host, version, started_at, seen_at FROM worker_heartbeat \
     ORDER BY seen_at DESC, worker LIMIT $1";

/// At most `limit` workers, the one seen last first.
pub async fn list(db: &Db, limit: i64) -> Result<Vec<Heartbeat>, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_as(LIST)
        .bind(limit)
        .fetch_all(c)
        .await)?)
}

/// The same within a transaction.
pub(super) async fn list_in(tx: &mut Tx, limit: i64) -> Result<Vec<Heartbeat>, StorageError> {
    Ok(on_tx!(tx, |c| sqlx::query_as(LIST)
        .bind(limit)
        .fetch_all(c)
        .await)?)
}

const COUNT_SILENT: &str = "SELECT CAST(count(*) AS BIGINT) FROM worker_heartbeat WHERE seen_at < $1";

/// How many workers were not seen since `before`.
pub async fn count_silent(db: &Db, before: DateTime<Utc>) -> Result<i64, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_scalar(COUNT_SILENT)
        .bind(before)
        .fetch_one(c)
        .await)?)
}

const REMOVE_SILENT: &str = "DELETE FROM worker_heartbeat WHERE seen_at < $1";

/// Forgets workers that were not seen since `before`; answers how many.
pub async fn remove_silent(db: &Db, before: DateTime<Utc>) -> Result<u64, StorageError> {
    Ok(on_write!(db, |c| sqlx::query(REMOVE_SILENT)
        .bind(before)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
}
