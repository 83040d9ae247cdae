//! Removes rows of the log of reads, unless the settings keep them for ever; also when reads are recorded no more.

use openklant_shared::storage::read_log;

use super::{BATCH, JobError, before, in_batches};
use crate::Context;

pub(super) async fn run(context: &Context) -> Result<String, JobError> {
    let Some(kept) = context.settings.read_log.retention else {
        return Ok("off: OPENKLANT_READ_LOG_RETENTION is off".to_owned());
    };
    let limit = before(context.clock.now(), kept);
    let removed = in_batches(|| read_log::remove(&context.db, limit, BATCH)).await?;
    Ok(format!("{removed} rows removed"))
}
