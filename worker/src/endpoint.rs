//! Recording what an attempt says about its message and about the endpoint as a whole, in one transaction: the
//! breaker is a row that all workers share. While it is open one message at a time probes, and no attempt counts.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use openklant_shared::domain::delivery::{BreakerChange, Class};
use openklant_shared::storage::delivery_endpoint::{self, Endpoint};
use openklant_shared::storage::outbox::{self, Attempt, Claimed, Next};
use openklant_shared::storage::{Db, StorageError, Tx, delivery_hour};

use crate::backoff::Schedule;

/// How old the note of the last success may get: not every delivery need write it.
const SUCCESS_NOTED_EVERY: TimeDelta = TimeDelta::seconds(10);

/// An attempt that ended.
#[derive(Debug)]
pub(crate) struct Ended<'a> {
    pub(crate) message: &'a Claimed,
    pub(crate) attempt: &'a Attempt,
    pub(crate) class: Class,
    /// How long the other side asked to wait.
    pub(crate) retry_after: Option<Duration>,
    /// When it ended.
    pub(crate) at: DateTime<Utc>,
}

/// What was recorded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settled {
    /// What becomes of the message.
    pub(crate) next: Next,
    /// Whether the message was still ours.
    pub(crate) ours: bool,
    /// What became of the breaker.
    pub(crate) change: Option<BreakerChange>,
}

/// Records an attempt.
pub(crate) async fn settle(
    db: &Db,
    worker: &str,
    schedule: Schedule,
    ended: &Ended<'_>,
) -> Result<Settled, StorageError> {
    let mut tx = db.begin().await?;
    let (next, change) = if ended.class.blames_endpoint() {
        failed(&mut tx, schedule, ended).await?
    } else {
        let change = answered(&mut tx, schedule, ended).await?;
        (by_schedule(schedule, ended), change)
    };
    let ours = outbox::record(&mut tx, worker, ended.message.id, ended.attempt, next, ended.at).await?;
    let age = ended.at - ended.message.created_at;
    delivery_hour::count_attempt(&mut tx, ended.message.id, ended.class, age, ended.at).await?;
    tx.commit().await?;
    Ok(Settled { next, ours, change })
}

fn by_schedule(schedule: Schedule, ended: &Ended<'_>) -> Next {
    let Claimed {
        attempts, created_at, ..
    } = *ended.message;
    schedule.next(ended.class, attempts, created_at, ended.at, ended.retry_after)
}

/// An attempt that shows nothing of its message.
async fn failed(
    tx: &mut Tx,
    schedule: Schedule,
    ended: &Ended<'_>,
) -> Result<(Next, Option<BreakerChange>), StorageError> {
    let before = delivery_endpoint::lock(tx).await?;
    let breaker = before.breaker();
    // Sent before the breaker opened: it adds nothing to what is known, and must not move the probe of another.
    let late = breaker
        .opened_at
        .is_some_and(|opened_at| ended.attempt.started_at < opened_at);
    let (after, change) = if late {
        (breaker, None)
    } else {
        let pause = |class, nr| schedule.probe_pause(class, nr, ended.retry_after);
        breaker.after(ended.class, ended.at, pause)
    };
    let next = if breaker.is_open() {
        Next::HeldUntil(after.next_probe_at.unwrap_or(ended.at))
    } else {
        by_schedule(schedule, ended)
    };
    let endpoint = Endpoint {
        failures: after.failures,
        opened_at: after.opened_at,
        next_probe_at: after.next_probe_at,
        last_class: Some(ended.class.name().to_owned()),
        last_answer: Some(ended.attempt.answer.clone()),
        last_failure_at: Some(ended.at),
        ..before
    };
    delivery_endpoint::update(tx, &endpoint).await?;
    Ok((next, change))
}

/// An attempt that shows that the endpoint is at work. Most change nothing about it, and so do not touch the row.
async fn answered(
    tx: &mut Tx,
    schedule: Schedule,
    ended: &Ended<'_>,
) -> Result<Option<BreakerChange>, StorageError> {
    let seen = delivery_endpoint::read(tx).await?;
    let noted = seen
        .last_success_at
        .is_some_and(|at| ended.at < at + SUCCESS_NOTED_EVERY);
    if noted && seen.failures == 0 && !seen.breaker().is_open() {
        return Ok(None);
    }
    let before = delivery_endpoint::lock(tx).await?;
    let pause = |class, nr| schedule.probe_pause(class, nr, None);
    let (after, change) = before.breaker().after(ended.class, ended.at, pause);
    let endpoint = Endpoint {
        failures: after.failures,
        opened_at: after.opened_at,
        next_probe_at: after.next_probe_at,
        last_success_at: Some(ended.at),
        ..before
    };
    delivery_endpoint::update(tx, &endpoint).await?;
    if change == Some(BreakerChange::Closed) {
        outbox::hasten(tx, ended.at).await?;
    }
    Ok(change)
}

/// One loud line per change.
pub(crate) fn log(change: BreakerChange, class: Class, status: Option<i64>, failure: Option<&str>) {
    macro_rules! opened {
        ($why:literal) => {
            tracing::error!(
                class = class.name(),
                status,
                failure,
                concat!(
                    "delivery stopped: ",
                    $why,
                    "; one message now and then tries whether that has changed"
                )
            )
        };
    }
    match (change, class) {
        (BreakerChange::Closed, _) => tracing::info!("the Notificaties API takes messages again"),
        (BreakerChange::Opened, Class::Denied) => {
            opened!("wrong client id or secret, or a missing autorisatie, at the Notificaties API");
        }
        (BreakerChange::Opened, Class::Endpoint) => {
            opened!("what answers is no Notificaties API: check OPENKLANT_NOTIFICATIES_API_ROOT");
        }
        (BreakerChange::Opened, _) => opened!("the Notificaties API takes no messages"),
    }
}
