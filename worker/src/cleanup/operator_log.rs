//! Removes rows of the operators' log, unless the settings keep them for ever.

use openklant_shared::storage::operator_log;

use super::{BATCH, JobError, before, in_batches};
use crate::Context;

pub(super) async fn run(context: &Context) -> Result<String, JobError> {
    let Some(kept) = context.settings.retention.operator_log else {
        return Ok("off: OPENKLANT_OPERATOR_LOG_RETENTION is off".to_owned());
    };
    let limit = before(context.clock.now(), kept);
    let removed = in_batches(|| operator_log::remove(&context.db, limit, BATCH)).await?;
    Ok(format!("{removed} rows removed"))
}
