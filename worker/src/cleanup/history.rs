//! Removes old runs of jobs, old counts of attempts per hour, and workers that are long gone.

use std::time::Duration;

use openklant_shared::storage::{StorageError, delivery_hour, job_run, worker_heartbeat};

use super::{BATCH, JOBS, JobError, before, in_batches};
use crate::Context;

/// How long runs are kept, the last of each job always.
const RUNS_KEPT: Duration = Duration::from_hours(30 * 24);

/// How long counts of attempts per hour are kept.
const HOURS_KEPT: Duration = Duration::from_hours(30 * 24);

/// How long a worker is shown as dead.
const DEAD_SHOWN: Duration = Duration::from_hours(24);

pub(super) async fn run(context: &Context) -> Result<String, JobError> {
    let now = context.clock.now();
    let mut runs = 0;
    for job in &JOBS {
        runs += in_batches(|| job_run::remove(&context.db, job.name, before(now, RUNS_KEPT), BATCH)).await?;
    }
    let workers = worker_heartbeat::remove_silent(&context.db, before(now, DEAD_SHOWN)).await?;
    let hours = delivery_hour::remove(&context.db, before(now, HOURS_KEPT)).await?;
    Ok(format!(
        "{runs} runs, {hours} counts per hour and {workers} workers removed"
    ))
}

pub(super) async fn count(context: &Context) -> Result<i64, StorageError> {
    let now = context.clock.now();
    let mut old = worker_heartbeat::count_silent(&context.db, before(now, DEAD_SHOWN)).await?;
    old += delivery_hour::count_old(&context.db, before(now, HOURS_KEPT)).await?;
    for job in &JOBS {
        old += job_run::count_old(&context.db, job.name, before(now, RUNS_KEPT)).await?;
    }
    Ok(old)
}
