//! Table `job_run`: which scheduled job ran when, and what came of it. The first worker to insert a tick does its work.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::QueryBuilder;

use super::worker_heartbeat::DEAD_AFTER;
use super::{Db, StorageError, on_read, on_tx, on_write};

/// How the worker of a run begins when an operator ran the job, who shows no sign of life.
pub const BY_HAND: &str = "by hand: ";

/// How long such a run is believed to be under way.
const LONGEST_BY_HAND: TimeDelta = TimeDelta::days(1);

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
    /// `done`, `failed`, or `interrupted` by a stop of its worker.
    pub outcome: Option<String>,
    /// What it did, or why it failed.
    pub detail: String,
    /// When its worker was last seen, if it is not gone.
    pub worker_seen_at: Option<DateTime<Utc>>,
}

/// The outcome of a run that was cut off.
pub const INTERRUPTED: &str = "interrupted";

impl JobRun {
    /// What came of it; `None`: it runs. What was not recorded and whose worker is gone was interrupted.
    pub fn outcome(&self, now: DateTime<Utc>) -> Option<&str> {
        if self.outcome.is_some() {
            return self.outcome.as_deref();
        }
        let last_sign = match self.worker_seen_at {
            Some(seen_at) => seen_at.max(self.started_at) + DEAD_AFTER,
            None if self.worker.starts_with(BY_HAND) => self.started_at + LONGEST_BY_HAND,
            None => self.started_at + DEAD_AFTER,
        };
        (last_sign <= now).then_some(INTERRUPTED)
    }

    /// Whether it was cut off.
    pub fn was_interrupted(&self, now: DateTime<Utc>) -> bool {
        self.outcome(now) == Some(INTERRUPTED)
    }
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

const INTERRUPT: &str = "UPDATE job_run SET finished_at = $1, outcome = $2, detail = $3 WHERE worker = $4 \
     AND finished_at IS NULL AND id = (SELECT max(id) FROM job_run WHERE job = $5)";

/// Records that `worker` was told to stop while it ran a job, if it did.
pub async fn interrupt(db: &Db, job: &str, worker: &str, now: DateTime<Utc>) -> Result<(), StorageError> {
    on_write!(db, |c| sqlx::query(INTERRUPT)
        .bind(now)
        .bind(INTERRUPTED)
        .bind("told to stop")
        .bind(worker)
        .bind(job)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

macro_rules! select {
    ($which:literal) => {
        concat!(
            "SELECT r.id, r.job, r.tick, r.worker, r.started_at, r.finished_at, r.outcome, r.detail, \
             h.seen_at AS worker_seen_at FROM job_run r LEFT JOIN worker_heartbeat h ON h.worker = r.worker ",
            $which
        )
    };
}
const LAST: &str = select!("WHERE r.job = $1 ORDER BY r.id DESC LIMIT 1");

/// The last run of a job.
pub async fn last(db: &Db, job: &str) -> Result<Option<JobRun>, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_as(LAST)
        .bind(job)
        .fetch_optional(c)
        .await)?)
}

const BEFORE: &str = select!("WHERE r.job = $1 AND r.id < $2 ORDER BY r.id DESC LIMIT 1");

/// The run of a job before this one.
pub async fn before(db: &Db, job: &str, id: i64) -> Result<Option<JobRun>, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_as(BEFORE)
        .bind(job)
        .bind(id)
        .fetch_optional(c)
        .await)?)
}

const LAST_OF_EACH: &str = select!("WHERE r.id IN (SELECT max(id) FROM job_run GROUP BY job) ORDER BY r.job");

/// The last run of every job that ever ran.
pub async fn last_of_each(db: &Db) -> Result<Vec<JobRun>, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_as(LAST_OF_EACH).fetch_all(c).await)?)
}

const HISTORY: &str = select!("WHERE r.job = $1 ORDER BY r.id DESC LIMIT $2");

/// The last `limit` runs of a job, the newest first.
pub async fn history(db: &Db, job: &str, limit: i64) -> Result<Vec<JobRun>, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_as(HISTORY)
        .bind(job)
        .bind(limit)
        .fetch_all(c)
        .await)?)
}

/// The last `limit` runs of each of these jobs, the newest first within a job. One statement for all.
pub async fn last_of(db: &Db, jobs: &[&'static str], limit: i64) -> Result<Vec<JobRun>, StorageError> {
    let mut tx = db.snapshot().await?;
    let runs = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new("");
        for (at, job) in jobs.iter().enumerate() {
            query.push(if at == 0 {
                "SELECT * FROM ("
            } else {
                " UNION ALL SELECT * FROM ("
            });
            query.push(select!("WHERE r.job = ")).push_bind(*job);
            query
                .push(" ORDER BY r.id DESC LIMIT ")
                .push_bind(limit)
                .push(format!(") AS of_{at}"));
        }
        query.push(" ORDER BY job, id DESC");
        query.build_query_as::<JobRun>().fetch_all(c).await
    })?;
    tx.rollback().await?;
    Ok(runs)
}

macro_rules! old {
    () => {
        "FROM job_run r WHERE r.job = $1 AND r.started_at < $2 \
         AND r.id < (SELECT max(l.id) FROM job_run l WHERE l.job = $1)"
    };
}
const COUNT_OLD: &str = concat!("SELECT CAST(count(*) AS BIGINT) ", old!());

/// How many runs of a job began before `before`, without its last.
pub async fn count_old(db: &Db, job: &str, before: DateTime<Utc>) -> Result<i64, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_scalar(COUNT_OLD)
        .bind(job)
        .bind(before)
        .fetch_one(c)
        .await)?)
}

const REMOVE: &str = concat!(
    "DELETE FROM job_run WHERE id IN (SELECT r.id ",
    old!(),
    " ORDER BY r.id LIMIT $3)"
);

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
