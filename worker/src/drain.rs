//! One round of delivery: what is due when it starts, each message once, in the order of its object.

use std::sync::Arc;

use openklant_shared::metrics;
use openklant_shared::storage::outbox::{self, Next};
use openklant_shared::storage::{StorageError, delivery_endpoint};
use tokio::task::JoinSet;

use crate::deliver::Delivery;
use crate::{Context, WorkerError};

/// What [`drain()`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    /// Messages accepted.
    pub delivered: u64,
    /// Messages to be tried again later.
    pub retried: u64,
    /// Messages that wait for a person.
    pub parked: u64,
}

/// Delivers what is due now, and answers when that is done. Without a Notificaties API there is nothing to do.
///
/// # Errors
/// A database that fails; what is in flight is finished first.
pub async fn drain(context: Context) -> Result<Drained, WorkerError> {
    let Some(delivery) = Delivery::new(&context)? else {
        return Ok(Drained::default());
    };
    let delivery = Arc::new(delivery);
    let drained = rounds(&context, &delivery).await;
    outbox::release(&context.db, &delivery.worker, context.clock.now()).await?;
    Ok(drained?)
}

async fn rounds(context: &Context, delivery: &Arc<Delivery>) -> Result<Drained, StorageError> {
    let settings = &context.settings.notificaties;
    let started = context.clock.now();
    metrics::taken_over(outbox::release_expired(&context.db, started).await?);
    let mut drained = Drained::default();
    // Tasks of their own: an attempt that holds the one connection that writes must go on while this waits for it.
    let mut in_flight = JoinSet::new();
    let mut failure = None;
    // Whoever asks for a round wants to know now whether the endpoint takes messages again.
    delivery_endpoint::probe_soon(&context.db, started).await?;
    let lease_until = started + delivery.lease;
    if let Some(probe) =
        delivery_endpoint::take_probe(&context.db, &delivery.worker, started, lease_until).await?
    {
        count(&mut drained, delivery.attempt(probe).await);
    }
    loop {
        let room = settings.concurrency.max(1).saturating_sub(in_flight.len());
        if failure.is_none() && room > 0 {
            let room = i64::try_from(room).unwrap_or(i64::MAX);
            let lease_until = context.clock.now() + delivery.lease;
            match outbox::claim(&context.db, &delivery.worker, started, lease_until, room).await {
                Ok(claimed) => {
                    for message in claimed {
                        let delivery = Arc::clone(delivery);
                        in_flight.spawn(async move { delivery.attempt(message).await });
                    }
                }
                Err(error) => failure = Some(error),
            }
        }
        match in_flight.join_next().await {
            Some(Ok(next)) => count(&mut drained, next),
            Some(Err(error)) => {
                tracing::error!(%error, "an attempt broke off; the message comes back when its lease ends");
            }
            None => return failure.map_or(Ok(drained), Err),
        }
    }
}

fn count(drained: &mut Drained, next: Option<Next>) {
    match next {
        Some(Next::Delivered) => drained.delivered += 1,
        Some(Next::RetryAt(_) | Next::HeldUntil(_)) => drained.retried += 1,
        Some(Next::Parked) => drained.parked += 1,
        None => {}
    }
}
