//! Removes delivered and cancelled messages. Parked ones stay, however old: nobody looked at them yet.

use chrono::{DateTime, Utc};
use openklant_shared::storage::{StorageError, retention};

use super::{BATCH, JobError, before, in_batches};
use crate::Context;

pub(super) async fn run(context: &Context) -> Result<String, JobError> {
    let limit = limit(context);
    let removed = in_batches(|| retention::remove_finished(&context.db, limit, BATCH)).await?;
    Ok(format!("{removed} messages removed"))
}

pub(super) async fn count(context: &Context) -> Result<i64, StorageError> {
    retention::count_finished(&context.db, limit(context)).await
}

fn limit(context: &Context) -> DateTime<Utc> {
    before(context.clock.now(), context.settings.retention.messages)
}
