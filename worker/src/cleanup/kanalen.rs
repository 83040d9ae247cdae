//! Keeps the kanalen registered: somebody may have removed or changed one at the Notificaties API.

use super::JobError;
use crate::Context;
use crate::kanalen::{self, Change};

pub(super) async fn run(context: &Context) -> Result<String, JobError> {
    let settings = &context.settings.notificaties;
    if settings.disabled || settings.api.is_none() {
        return Ok("off: no Notificaties API is configured".to_owned());
    }
    let registered = kanalen::register(context).await?;
    let changed = registered
        .iter()
        .filter(|one| one.change != Change::Unchanged)
        .count();
    Ok(format!(
        "{} kanalen registered, {changed} of them changed",
        registered.len()
    ))
}
