//! What a server does beside answering, so that its lists stay cheap to read.

use std::time::Duration;

use super::fold::note_lists;
use super::{build, fold};
use crate::clock::Clock;
use crate::storage::{Db, StorageError};

/// How often it looks by itself. Whoever reads a list with many deltas, or a long one without buckets, has it look at once.
const EVERY: Duration = Duration::from_secs(10);

/// Pause after each time, whoever asks.
const PAUSE: Duration = Duration::from_millis(500);

/// Adds deltas to buckets and makes the buckets of long lists, until dropped. A database that fails is tried again.
pub async fn keep(db: &Db, clock: &Clock) {
    loop {
        if let Err(error) = look(db, clock).await {
            tracing::warn!(%error, "the page map is not kept up: long lists take longer for the time being");
        }
        tokio::time::sleep(PAUSE).await;
        tokio::select! {
            () = db.pages.work.notified() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn look(db: &Db, clock: &Clock) -> Result<(), StorageError> {
    note_lists(db).await?;
    while fold(db, clock.now()).await? == db.pages.sizes.batch {}
    for list in db.pages.take_wanted() {
        build(db, &list, clock.now()).await?;
    }
    Ok(())
}
