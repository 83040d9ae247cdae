//! Turns PostgreSQL's notifications of other processes into the signal of this one. It is only a faster way to hear
//! of new messages: without it the worker still looks now and then.

use std::time::Duration;

use openklant_shared::storage::Db;

/// Pause before listening again after the connection broke.
const PAUSE: Duration = Duration::from_secs(2);

/// Listens for as long as it is polled; ends only where there is nothing to listen to (SQLite).
pub(crate) async fn listen(db: Db) {
    loop {
        match db.outbox_listener().await {
            Ok(None) => return,
            Ok(Some(mut listener)) => {
                tracing::debug!("listening for new messages");
                loop {
                    // Before the first wait too: something may have come while nobody listened.
                    db.outbox_signal().notify_one();
                    if let Err(error) = listener.recv().await {
                        tracing::warn!(%error, "stopped hearing of new messages; they are looked for instead");
                        break;
                    }
                }
            }
            Err(error) => {
                tracing::warn!(%error, "cannot listen for new messages; they are looked for instead");
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}
