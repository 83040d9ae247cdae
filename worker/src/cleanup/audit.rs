//! Removes audit rows, when the settings say after how long.

use openklant_shared::storage::retention;

use super::{BATCH, JobError, before, in_batches};
use crate::Context;

pub(super) async fn run(context: &Context) -> Result<String, JobError> {
    let Some(kept) = context.settings.retention.audit else {
        return Ok("off: OPENKLANT_AUDIT_RETENTION is not set".to_owned());
    };
    let limit = before(context.clock.now(), kept);
    let removed = in_batches(|| retention::remove_audit_rows(&context.db, limit, BATCH)).await?;
    Ok(format!("{removed} audit rows removed"))
}
