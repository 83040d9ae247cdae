//! Removes delivered and cancelled messages. Parked ones stay, however old: nobody looked at them yet.

use openklant_shared::storage::retention;

use super::{BATCH, JobError, before, in_batches};
use crate::Context;

pub(super) async fn run(context: &Context) -> Result<String, JobError> {
    let limit = before(context.clock.now(), context.settings.retention.messages);
    let removed = in_batches(|| retention::remove_finished(&context.db, limit, BATCH)).await?;
    Ok(format!("{removed} messages removed"))
}
