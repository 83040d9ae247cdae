//! Removes what the management site no longer needs: sessions a day after they ended (until then they say whose a form
//! was), drafts, failed logins and exports whose time is over, and logins after ninety days.

use std::time::Duration;

use openklant_shared::jobs::sessions_over;
use openklant_shared::storage::beheer::{draft, lockout, login, session};
use openklant_shared::storage::klant_export;

use super::{BATCH, JobError, before, in_batches};
use crate::Context;

/// How long a failed login is kept: longer than anybody is locked out.
const FAILED: Duration = Duration::from_hours(1);

/// How long logins of accounts are kept.
const LOGINS: Duration = Duration::from_hours(90 * 24);

pub(super) async fn run(context: &Context) -> Result<String, JobError> {
    let (db, now) = (&context.db, context.clock.now());
    let ended = sessions_over(&context.settings, now);
    let sessions = in_batches(|| session::remove(db, ended, BATCH)).await?;
    let drafts = in_batches(|| draft::remove_old(db, now, BATCH)).await?;
    in_batches(|| lockout::remove(db, before(now, FAILED), BATCH)).await?;
    in_batches(|| login::remove(db, before(now, LOGINS), BATCH)).await?;
    in_batches(|| klant_export::remove_parts(db, now, BATCH)).await?;
    in_batches(|| klant_export::remove(db, now, BATCH)).await?;
    Ok(format!("{sessions} sessions and {drafts} drafts removed"))
}
