//! Table `job_run`: which scheduled job ran when, and what came of it. The first worker to insert a tick does its work.

use chrono::{DateTime, Utc};

use super::{Db, StorageError, on_read, on_write};

/// A run of a job.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct JobRun {
    /// Its number.
    pub id: i64,
    /// Name of the job.
    pub job: String,
    /// The moment it was scheduled for, or asked for.
    pub tick: DateTime<Utc>,
    /// The worker that ran it.
    pub worker: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended; `None`: it runs, or its worker died.
    pub finished_at: Option<DateTime<Utc>>,
    /// `done` or `failed`.
    pub outcome: Option<String>,
    /// What it did, or why it failed.
    pub detail: String,
}

const BEGIN: &str = "INSERT INTO job_run (job, tick, worker, started_at, detail) VALUES ($1, $2, $3, $4, '') \
     ON CONFLICT (job, tick) DO NOTHING RETURNING id";

/// Takes a tick of a job; `None`: another worker has it.
pub async fn begin(
    db: &Db,
    job: &str,
    tick: DateTime<Utc>,
    worker: &str,
    now: DateTime<Utc>,
) -> Result<Option<i64>, StorageError> {
    Ok(on_write!(db, |c| sqlx::query_scalar(BEGIN)
        .bind(job)
        .bind(tick)
        .bind(worker)
        .bind(now)
        .fetch_optional(c)
        .await)?)
}

const FINISH: &str = "UPDATE job_run SET finished_at = $1, outcome = $2, detail = $3 WHERE id = $4";

/// Records what came of a run.
pub async fn finish(
    db: &Db,
    id: i64,
    outcome: &str,
    detail: &str,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    on_write!(db, |c| sqlx::query(FINISH)
        .bind(now)
        .bind(outcome)
        .bind(detail)
        .bind(id)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const LAST: &str = "SELECT id, job, tick, worker, started_at, finished_at, outcome, detail FROM job_run \
     WHERE job = $1 ORDER BY id DESC LIMIT 1";

/// The last run of a job.
pub async fn last(db: &Db, job: &str) -> Result<Option<JobRun>, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_as(LAST)
        .bind(job)
        .fetch_optional(c)
        .await)?)
}

const LAST_OF_EACH: &str = "SELECT id, job, tick, worker, started_at, finished_at, outcome, detail FROM job_run \
     WHERE id IN (SELECT max(id) FROM job_run GROUP BY job) ORDER BY job";

/// The last run of every job that ever ran.
pub async fn last_of_each(db: &Db) -> Result<Vec<JobRun>, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_as(LAST_OF_EACH).fetch_all(c).await)?)
}

const REMOVE: &str = "DELETE FROM job_run WHERE id IN (SELECT r.id FROM job_run r WHERE r.job = $1 \
     AND r.started_at < $2 AND r.id < (SELECT max(l.id) FROM job_run l WHERE l.job = $1) ORDER BY r.id LIMIT $3)";

/// Removes at most `limit` runs of a job that began before `before`, never its last; answers how many.
pub async fn remove(db: &Db, job: &str, before: DateTime<Utc>, limit: i64) -> Result<u64, StorageError> {
    Ok(on_write!(db, |c| sqlx::query(REMOVE)
        .bind(job)
        .bind(before)
        .bind(limit)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
}
