//! Turns what other processes commit into the signal of this one: PostgreSQL notifies, of a SQLite file it is asked
//! often whether it changed. It is only a faster way to hear of new messages: without it the worker still looks now
//! and then.

use std::time::Duration;

use openklant_shared::storage::{Db, StorageError};

/// Pause before listening again after the connection broke.
const PAUSE: Duration = Duration::from_secs(2);

/// Listens for as long as it is polled; never ends.
pub(crate) async fn listen(db: Db) {
    loop {
        if let Err(error) = hear(&db).await {
            tracing::warn!(%error, "stopped hearing of new messages; they are looked for instead");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Listens until that fails.
async fn hear(db: &Db) -> Result<(), StorageError> {
    if let Some(mut listener) = db.outbox_listener().await? {
        tracing::debug!("listening for new messages");
        loop {
            // Before the first wait too: something may have come while nobody listened.
            db.outbox_signal().notify_one();
            // Nothing heard means that the connection was lost and made again: the same holds then. `recv` would wait
            // on without saying so.
            listener.try_recv().await?;
        }
    }
    if let Some(mut watch) = db.outbox_watch().await? {
        tracing::debug!("watching for new messages");
        loop {
            watch.changed().await?;
            db.outbox_signal().notify_one();
        }
    }
    Ok(())
}
