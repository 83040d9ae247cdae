//! Table `job_request`: jobs that somebody wants run now. A worker that sees one takes it; the run itself is kept from
//! being done twice by its tick, which is when it was asked for.

use chrono::{DateTime, Utc};

use super::{Db, StorageError, Tx, execute, on_read, on_write};

/// A job that somebody wants run.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct JobRequest {
    /// Name of the job.
    pub job: String,
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
    /// Who did.
    pub operator: String,
}

const ASK: &str =
    "INSERT INTO job_request (job, asked_at, operator) VALUES ($1, $2, $3) ON CONFLICT (job) DO NOTHING";

/// Asks for a run; `false` when it is asked for already.
pub async fn ask(tx: &mut Tx, job: &str, operator: &str, now: DateTime<Utc>) -> Result<bool, StorageError> {
    Ok(execute!(tx, sqlx::query(ASK).bind(job).bind(now).bind(operator))? == 1)
}

const LIST: &str = "SELECT job, asked_at, operator FROM job_request ORDER BY asked_at, job LIMIT 20";

/// What is asked for, the first to be asked for first.
pub async fn list(db: &Db) -> Result<Vec<JobRequest>, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_as(LIST).fetch_all(c).await)?)
}

const FIND: &str = "SELECT job, asked_at, operator FROM job_request WHERE job = $1";

/// Whether a run of this job is asked for.
pub async fn find(db: &Db, job: &str) -> Result<Option<JobRequest>, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_as(FIND)
        .bind(job)
        .fetch_optional(c)
        .await)?)
}

const REMOVE: &str = "DELETE FROM job_request WHERE job = $1 AND asked_at = $2";

/// Forgets a request whose run has begun.
pub async fn remove(db: &Db, request: &JobRequest) -> Result<(), StorageError> {
    on_write!(db, |c| sqlx::query(REMOVE)
        .bind(&request.job)
        .bind(request.asked_at)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}
