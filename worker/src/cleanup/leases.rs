//! Gives back messages whose worker is gone. Workers that deliver do so too; this also serves where none does.

use openklant_shared::metrics;
use openklant_shared::storage::outbox;

use super::JobError;
use crate::Context;

pub(super) async fn run(context: &Context) -> Result<String, JobError> {
    let released = outbox::release_expired(&context.db, context.clock.now()).await?;
    metrics::taken_over(released);
    Ok(format!("{released} messages given back"))
}
