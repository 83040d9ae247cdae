//! What a worker does every few seconds while it lives: a row says when it was last seen, and what grows by itself is
//! kept small.

use std::time::Duration;

use openklant_shared::metrics;
use openklant_shared::storage::outbox_depth;
use openklant_shared::storage::worker_heartbeat::{self, Heartbeat};

use crate::Context;

/// How often a worker shows itself.
const INTERVAL: Duration = Duration::from_secs(10);

/// Shows that `worker` is alive, until dropped. A database that fails is tried again at the next beat.
pub(crate) async fn keep(context: &Context, worker: &str) {
    let mut heartbeat = Heartbeat {
        worker: worker.to_owned(),
        host: whoami::hostname().unwrap_or_else(|_| "unknown".to_owned()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started_at: context.clock.now(),
        seen_at: context.clock.now(),
    };
    loop {
        heartbeat.seen_at = context.clock.now();
        if let Err(error) = worker_heartbeat::beat(&context.db, &heartbeat).await {
            tracing::warn!(%error, "the sign of life of this worker is not recorded");
        }
        if let Err(error) = outbox_depth::fold(&context.db).await {
            tracing::warn!(%error, "the counts of the queue are not folded");
        }
        metrics::upkeep();
        tokio::time::sleep(INTERVAL).await;
    }
}

/// Forgets a worker that stops.
pub(crate) async fn end(context: &Context, worker: &str) {
    if let Err(error) = worker_heartbeat::remove(&context.db, worker).await {
        tracing::warn!(%error, "this worker will be shown as dead for a day");
    }
}
