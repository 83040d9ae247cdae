//! Runs the jobs that somebody asked for on the management site.

use std::time::Duration;

use openklant_shared::jobs::find;
use openklant_shared::storage::{StorageError, job_request};

use super::run;
use crate::Context;

/// How often it is looked: what somebody who asked waits for at most.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// Looks now and then, until dropped. A database that fails costs one line in the log.
pub(super) async fn keep(context: &Context, worker: &str) {
    let mut failing = false;
    loop {
        match run_requested(context, worker).await {
            Ok(()) => failing = false,
            Err(error) if failing => {
                tracing::debug!(%error, "jobs that were asked for still cannot be looked for");
            }
            Err(error) => {
                failing = true;
                tracing::warn!(%error, "jobs that were asked for cannot be looked for; it is tried again");
            }
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Runs what is asked for now. Of several workers one runs it: the moment it was asked for is its tick.
///
/// # Errors
/// A database that fails.
pub async fn run_requested(context: &Context, worker: &str) -> Result<(), StorageError> {
    for request in job_request::list(&context.db).await? {
        if let Some(job) = find(&request.job) {
            run(context, worker, job, request.asked_at).await?;
        }
        job_request::remove(&context.db, &request).await?;
    }
    Ok(())
}
