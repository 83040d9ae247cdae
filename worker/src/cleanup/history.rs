//! Removes old runs of jobs, old counts per hour, of attempts and of the use of the APIs, and workers that are long gone.

use openklant_shared::jobs::{DEAD_SHOWN, HOURS_KEPT, JOBS, RUNS_KEPT, USE_KEPT};
use openklant_shared::storage::{client_use, delivery_hour, job_run, worker_heartbeat};

use super::{BATCH, JobError, before, in_batches};
use crate::Context;

pub(super) async fn run(context: &Context) -> Result<String, JobError> {
    let now = context.clock.now();
    let mut runs = 0;
    for job in &JOBS {
        runs += in_batches(|| job_run::remove(&context.db, job.name, before(now, RUNS_KEPT), BATCH)).await?;
    }
    let workers = worker_heartbeat::remove_silent(&context.db, before(now, DEAD_SHOWN)).await?;
    let hours = delivery_hour::remove(&context.db, before(now, HOURS_KEPT)).await?
        + client_use::remove(&context.db, before(now, USE_KEPT)).await?;
    Ok(format!(
        "{runs} runs, {hours} counts per hour and {workers} workers removed"
    ))
}
