//! What a database asks for by itself now and then.

use openklant_shared::storage::retention;

use super::JobError;
use crate::Context;

pub(super) async fn run(context: &Context) -> Result<String, JobError> {
    retention::upkeep(&context.db).await?;
    Ok(format!("{} looked after", context.db.kind()))
}
