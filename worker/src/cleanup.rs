//! The scheduled jobs: one run of one of them, and the clock that starts them. Each job's work has a file of its own below this one.
//!
//! Every worker's clock ticks; the first to insert a tick into `job_run` does the work, so a job runs once per tick
//! over all workers. A job that fails is recorded and logged, and ends nothing.

mod audit;
mod history;
mod kanalen;
mod leases;
mod messages;
mod operator_log;
mod read_log;
mod requested;
mod sessions;
mod upkeep;

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use apalis::prelude::{BoxDynError, Data, Monitor, WorkerBuilder, WorkerBuilderExt};
use apalis_cron::{CronScheduler, Tick};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use openklant_shared::jobs::{self, Work, before};
pub use openklant_shared::jobs::{JOBS, Job, find};
use openklant_shared::metrics;
use openklant_shared::storage::StorageError;
use openklant_shared::storage::job_run::{self, JobRun};
use thiserror::Error;
use tokio::time::Instant;

pub use self::requested::run_requested;
use crate::Context;

/// The outcome of a run that failed.
const FAILED: &str = "failed";

/// Rows in one statement that removes: others wait no longer than that for their turn.
const BATCH: i64 = 500;

/// Why a job failed.
#[derive(Debug, Error)]
enum JobError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Kanaal(#[from] crate::kanalen::KanaalError),
}

/// Runs a job for a tick, unless another worker has it: then `None`. What the job did, or why it failed, is in the
/// run.
///
/// # Errors
/// When the run itself cannot be recorded.
pub async fn run(
    context: &Context,
    worker: &str,
    job: &Job,
    tick: DateTime<Utc>,
) -> Result<Option<JobRun>, StorageError> {
    let Some(id) = job_run::begin(&context.db, job.name, tick, worker, context.clock.now()).await? else {
        return Ok(None);
    };
    let before = job_run::before(&context.db, job.name, id).await?;
    if before
        .as_ref()
        .is_some_and(|before| before.was_interrupted(context.clock.now()))
    {
        // Counted here: the process that was cut off is gone, and its counters with it.
        metrics::job_ran(job.name, job_run::INTERRUPTED);
    }
    let started = Instant::now();
    let result = work(context, job).await;
    let took = started.elapsed();
    let (outcome, detail) = match result {
        Ok(detail) => {
            tracing::info!(job = job.name, detail, ?took, "job done");
            ("done", detail)
        }
        Err(error) => {
            let why = error.to_string();
            // Of a row of like failures the first is loud: a secret that is wrong for a week is not news each hour.
            if before.is_some_and(|before| before.outcome.as_deref() == Some(FAILED) && before.detail == why)
            {
                tracing::debug!(job = job.name, %error, ?took, "job failed as it did the last time");
            } else {
                tracing::error!(job = job.name, %error, ?took, "job failed; it runs again at its time");
            }
            (FAILED, why)
        }
    };
    metrics::job_ran(job.name, outcome);
    job_run::finish(&context.db, id, outcome, &detail, context.clock.now()).await?;
    job_run::last(&context.db, job.name).await
}

async fn work(context: &Context, job: &Job) -> Result<String, JobError> {
    match job.work {
        Work::Messages => messages::run(context).await,
        Work::Audit => audit::run(context).await,
        Work::OperatorLog => operator_log::run(context).await,
        Work::ReadLog => read_log::run(context).await,
        Work::Leases => leases::run(context).await,
        Work::Kanalen => kanalen::run(context).await,
        Work::Sessions => sessions::run(context).await,
        Work::Upkeep => upkeep::run(context).await,
        Work::History => history::run(context).await,
    }
}

/// How many rows a run would remove or change now; `None` where a run has no such number.
///
/// # Errors
/// A database that fails.
pub async fn preview(context: &Context, job: &Job) -> Result<Option<i64>, StorageError> {
    jobs::preview(&context.db, &context.settings, context.clock.now(), job).await
}

/// Records which runs of `worker` were cut off because it was told to stop.
pub async fn interrupt(context: &Context, worker: &str) {
    for job in &JOBS {
        if let Err(error) = job_run::interrupt(&context.db, job.name, worker, context.clock.now()).await {
            tracing::warn!(job = job.name, %error, "not recorded whether a run was cut off; it is shown so in a while");
        }
    }
}

/// Removes in batches until one is not full; answers how many rows.
async fn in_batches<F>(mut remove: impl FnMut() -> F) -> Result<u64, StorageError>
where
    F: Future<Output = Result<u64, StorageError>>,
{
    let mut removed = 0;
    loop {
        let batch = remove().await?;
        removed += batch;
        if batch < BATCH.unsigned_abs() {
            return Ok(removed);
        }
        tokio::task::yield_now().await;
    }
}

/// How long a worker waits before it runs what is late: messages go first.
const LATE_START: Duration = Duration::from_secs(5);

/// What the jobs of a worker need.
#[derive(Debug)]
struct Scheduled {
    context: Context,
    worker: String,
    job: &'static Job,
}

/// Has the metrics show every job, from their first page on.
pub(crate) fn introduce() {
    for job in &JOBS {
        metrics::job_known(job.name);
    }
}

/// Runs the jobs at their times, until dropped.
pub(crate) async fn keep(context: &Context, worker: &str) {
    let late = async {
        tokio::time::sleep(LATE_START).await;
        run_late(context, worker).await;
    };
    tokio::join!(
        late,
        on_schedule(context, worker),
        Box::pin(requested::keep(context, worker))
    );
}

/// Runs the jobs whose last run is longer ago than their period, or was cut off; a worker that starts registers the kanalen anyway.
/// The tick is the present minute, so that of several
/// workers that start together one runs it.
pub async fn run_late(context: &Context, worker: &str) {
    for job in JOBS.iter().filter(|job| job.work != Work::Kanalen) {
        let now = context.clock.now();
        let result = match job_run::last(&context.db, job.name).await {
            Ok(Some(last)) if now - last.started_at < job.period && !last.was_interrupted(now) => continue,
            Ok(_) => {
                let tick = now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now);
                run(context, worker, job, tick).await.map(|_| ())
            }
            Err(error) => Err(error),
        };
        if let Err(error) = result {
            tracing::warn!(job = job.name, %error, "the job cannot be recorded, so it is left to its next time");
        }
    }
}

async fn on_schedule(context: &Context, worker: &str) {
    let mut monitor = Monitor::new().should_restart(|_, _| true);
    for job in &JOBS {
        let schedule = match cron::Schedule::from_str(job.schedule) {
            Ok(schedule) => schedule,
            Err(error) => {
                tracing::error!(job = job.name, %error, "the schedule cannot be read");
                continue;
            }
        };
        let scheduled = Arc::new(Scheduled {
            context: context.clone(),
            worker: worker.to_owned(),
            job,
        });
        monitor = monitor.register(move |_restarts| {
            WorkerBuilder::new(format!("{}-{}", scheduled.worker, job.name))
                .backend(CronScheduler::new(schedule.clone()))
                .data(Arc::clone(&scheduled))
                .catch_panic()
                .build(on_tick)
        });
    }
    if let Err(error) = monitor.run().await {
        tracing::error!(%error, "the schedule of the jobs ended; it begins again with the next start");
    }
}

async fn on_tick(tick: Tick, scheduled: Data<Arc<Scheduled>>) -> Result<(), BoxDynError> {
    let Scheduled { context, worker, job } = &**scheduled;
    // Whole seconds: the same in every process.
    let at = DateTime::from_timestamp(i64::try_from(tick.get_timestamp())?, 0).unwrap_or_default();
    if let Err(error) = run(context, worker, job, at).await {
        tracing::warn!(job = job.name, %error, "the job cannot be recorded, so it is left to its next time");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schedule_can_be_read_and_has_its_period() {
        for job in &JOBS {
            let schedule = cron::Schedule::from_str(job.schedule).expect(job.name);
            let start = DateTime::UNIX_EPOCH;
            let times: Vec<_> = schedule.after(&start).take(3).collect();
            assert_eq!(times[2] - times[1], job.period, "{}", job.name);
            assert_eq!(find(job.name), Some(job));
        }
    }
}
