//! Takes messages from the outbox, never more than there is room for: a message that waits in memory only wears out
//! its lease. Between takings it sleeps until there may be something: a signal, the next message that falls due, or
//! the poll that does not depend on either.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use openklant_shared::metrics;
use openklant_shared::settings::Notificaties;
use openklant_shared::storage::outbox::{self, Claimed};
use openklant_shared::storage::{StorageError, delivery_endpoint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::Instant;

use crate::deliver::Delivery;

/// Pause after the database failed.
const DATABASE_PAUSE: Duration = Duration::from_secs(2);

/// A message to deliver, and the room it takes while that lasts (of what was asked for, every message has some).
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) message: Claimed,
    _room: Option<OwnedSemaphorePermit>,
}

/// The messages of this worker, one after another.
#[derive(Debug)]
pub(crate) struct Queue {
    delivery: Arc<Delivery>,
    stop: watch::Receiver<bool>,
    room: Arc<Semaphore>,
    poll_interval: Duration,
    taken: VecDeque<Job>,
    expired_released: Option<Instant>,
}

impl Queue {
    /// A queue that ends when `stop` becomes true.
    pub(crate) fn new(delivery: Arc<Delivery>, settings: &Notificaties, stop: watch::Receiver<bool>) -> Self {
        Self {
            delivery,
            stop,
            room: Arc::new(Semaphore::new(settings.concurrency.max(1))),
            poll_interval: settings.poll_interval,
            taken: VecDeque::new(),
            expired_released: None,
        }
    }

    /// The next message to deliver; `None` when the worker stops. A database that fails is waited for.
    pub(crate) async fn next(&mut self) -> Option<Job> {
        loop {
            if *self.stop.borrow() {
                return None;
            }
            if let Some(job) = self.taken.pop_front() {
                return Some(job);
            }
            let room = self.room().await?;
            match self.take(room).await {
                Ok(None) => {}
                Ok(Some(until)) => self.rest(until).await,
                Err(error) => {
                    tracing::warn!(%error, "no messages can be taken; the database is tried again");
                    self.pause(DATABASE_PAUSE).await;
                }
            }
        }
    }

    /// Room for one message; `None` when the worker stops.
    async fn room(&mut self) -> Option<OwnedSemaphorePermit> {
        let room = Arc::clone(&self.room).acquire_owned();
        tokio::select! {
            biased;
            _ = self.stop.wait_for(|stop| *stop) => None,
            room = room => room.ok(),
        }
    }

    /// Takes what there is room for. Answers until when there is nothing to take, `None` when something was taken.
    async fn take(&mut self, mut room: OwnedSemaphorePermit) -> Result<Option<DateTime<Utc>>, StorageError> {
        let delivery = Arc::clone(&self.delivery);
        let Delivery {
            db, clock, worker, ..
        } = &*delivery;
        let now = clock.now();
        let far = now + self.poll_interval;
        self.take_over(now).await?;
        // Asked before claiming, which says the same in its statement: a look costs less than a claim in vain.
        let endpoint = delivery_endpoint::find(db).await?;
        if endpoint.paused_at.is_some() {
            return Ok(Some(far));
        }
        let lease_until = now + delivery.lease;
        let (claimed, due) = if endpoint.breaker().is_open() {
            let probe = match endpoint.next_probe_at {
                Some(at) if at > now => return Ok(Some(at.min(far))),
                _ => delivery_endpoint::take_probe(db, worker, now, lease_until).await?,
            };
            (Vec::from_iter(probe), None)
        } else {
            while let Ok(more) = Arc::clone(&self.room).try_acquire_owned() {
                room.merge(more);
            }
            let limit = i64::try_from(room.num_permits()).unwrap_or(i64::MAX);
            let claimed = outbox::claim(db, worker, now, lease_until, limit).await?;
            let due = if claimed.is_empty() {
                outbox::next_due(db, now).await?
            } else {
                None
            };
            (claimed, due)
        };
        if claimed.is_empty() {
            return Ok(Some(due.map_or(far, |due| due.min(far))));
        }
        for message in claimed {
            self.taken.push_back(Job {
                message,
                _room: room.split(1),
            });
        }
        Ok(None)
    }

    /// Takes over from workers that are gone or whose clock ran ahead, at most once per poll.
    async fn take_over(&mut self, now: DateTime<Utc>) -> Result<(), StorageError> {
        if self
            .expired_released
            .is_some_and(|at| at.elapsed() < self.poll_interval)
        {
            return Ok(());
        }
        let longest = self.delivery.schedule.longest();
        let pulled = outbox::pull_back(&self.delivery.db, now, now + longest).await?;
        if pulled > 0 {
            tracing::warn!(pulled, "a clock ran ahead: what it put off too far is due now");
        }
        let released = outbox::release_expired(&self.delivery.db, now).await?;
        metrics::taken_over(released);
        if released > 0 {
            tracing::warn!(
                released,
                "messages of a worker that is gone are back in the queue"
            );
        }
        self.expired_released = Some(Instant::now());
        Ok(())
    }

    /// Waits until there may be something to take.
    async fn rest(&mut self, until: DateTime<Utc>) {
        let now = self.delivery.clock.now();
        let longest = (until - now).to_std().unwrap_or_default().min(self.poll_interval);
        tokio::select! {
            biased;
            _ = self.stop.wait_for(|stop| *stop) => {}
            () = self.delivery.db.outbox_signal().notified() => {}
            () = tokio::time::sleep(longest) => {}
        }
    }

    async fn pause(&mut self, pause: Duration) {
        let _ = tokio::time::timeout(pause, self.stop.wait_for(|stop| *stop)).await;
    }
}
