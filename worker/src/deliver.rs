//! One attempt to deliver one message: send it, decide what the answer means, record it. Sending happens outside any
//! transaction and recording in a short one, so an attempt may be repeated: delivery is at least once.

use std::sync::Arc;
use std::time::Duration;

use openklant_shared::clock::{Clock, Ids};
use openklant_shared::domain::delivery::Class;
use openklant_shared::http::{Answer, FetchError, OutgoingError};
use openklant_shared::metrics;
use openklant_shared::otlp;
use openklant_shared::storage::outbox::{self, Attempt, Claimed, Next};
use openklant_shared::storage::{Db, StorageError};
use openklant_shared::trace::TraceParent;
use tokio::sync::Notify;
use tokio::time::Instant;
use tracing::Instrument;
use uuid::Uuid;

use crate::Context;
use crate::backoff::Schedule;
use crate::classify::{classify, classify_event, kept, retry_after};
use crate::endpoint::{self, Ended, Settled, settle};
use crate::notificaties::Notificaties;

/// What must be left of a lease beyond the longest call, to record its outcome.
const RECORD_MARGIN: Duration = Duration::from_secs(2);

/// Pause between two tries to record an outcome.
const RECORD_PAUSE: Duration = Duration::from_millis(500);

/// What attempts need.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    /// Name of this worker in leases; no other ever has the same.
    pub(crate) worker: String,
    pub(crate) api: Notificaties,
    pub(crate) schedule: Schedule,
    pub(crate) request_timeout: Duration,
    pub(crate) lease: Duration,
    /// Asks for registration of the kanalen.
    pub(crate) register: Arc<Notify>,
}

/// A name for a worker that no other has.
pub(crate) fn worker_name() -> String {
    format!("{}-{}", std::process::id(), Ids::Random.next())
}

impl Delivery {
    /// `None`: there is nothing to deliver to, by choice or because no API is configured yet.
    pub(crate) fn new(context: &Context) -> Result<Option<Self>, OutgoingError> {
        let settings = &context.settings.notificaties;
        if settings.disabled {
            return Ok(None);
        }
        let Some(api) = Notificaties::new(settings, &context.clock)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            db: context.db.clone(),
            clock: context.clock.clone(),
            ids: context.ids.clone(),
            worker: worker_name(),
            api,
            schedule: Schedule::new(settings),
            request_timeout: settings.request_timeout,
            lease: settings.lease,
            register: Arc::new(Notify::new()),
        }))
    }

    /// Delivers a message once, as a step of the trace it was made in. `None`: not sent, because too little of the
    /// lease was left, or not ours to record.
    pub(crate) async fn attempt(&self, message: Claimed) -> Option<Next> {
        let made_in = message.trace_parent.as_deref().and_then(TraceParent::parse);
        let step = made_in.map_or_else(|| TraceParent::new(&self.ids), |made_in| made_in.child(&self.ids));
        let span = tracing::error_span!("delivery", trace.id = step.trace_id());
        step.scope(self.send_and_record(message, step, made_in).instrument(span))
            .await
    }

    async fn send_and_record(
        &self,
        message: Claimed,
        step: TraceParent,
        made_in: Option<TraceParent>,
    ) -> Option<Next> {
        let started_at = self.clock.now();
        if message.lease_until < started_at + self.request_timeout + RECORD_MARGIN {
            self.let_go(&message).await;
            return None;
        }
        let started = Instant::now();
        let result = self.api.publish(&message).await;
        let duration = started.elapsed();
        let now = self.clock.now();
        let class = if self.api.sends_events() {
            classify_event(&result)
        } else {
            classify(&result)
        };
        let answer = result.as_ref().ok();
        let attempt = Attempt {
            nr: message.attempts,
            started_at,
            duration_ms: i64::try_from(duration.as_millis()).unwrap_or(i64::MAX),
            status: answer.map(|answer| i64::from(answer.status)),
            class: class.name().to_owned(),
            answer: kept(&result),
        };
        let ended = Ended {
            message: &message,
            attempt: &attempt,
            class,
            retry_after: answer.and_then(|answer| retry_after(&answer.headers, now)),
            at: now,
        };
        if class == Class::Kanaal {
            self.register.notify_one();
        }
        metrics::attempted(class);
        otlp::record(|| span_of(&ended, step, made_in));
        let settled = self.record(&ended).await;
        // The next message of this object may go now.
        self.db.outbox_signal().notify_one();
        let uuid = Uuid::from(message.uuid);
        match settled {
            Ok(settled) => {
                if settled.ours && settled.next == Next::Delivered {
                    metrics::accepted(message.created_at, now);
                }
                log(&message.kanaal, uuid, &ended, settled, &result);
                settled.ours.then_some(settled.next)
            }
            Err(error) => {
                tracing::error!(
                    message.uuid = %uuid, %error,
                    "the outcome cannot be recorded; the message will be sent again"
                );
                None
            }
        }
    }

    /// Records an outcome, and keeps trying for as long as a lease lasts: what is not recorded is sent twice.
    async fn record(&self, ended: &Ended<'_>) -> Result<Settled, StorageError> {
        let started = Instant::now();
        loop {
            match settle(&self.db, &self.worker, self.schedule, ended).await {
                Err(error) if started.elapsed() < self.lease => {
                    tracing::warn!(%error, "the outcome is not recorded yet");
                    tokio::time::sleep(RECORD_PAUSE).await;
                }
                result => return result,
            }
        }
    }

    async fn let_go(&self, message: &Claimed) {
        tracing::warn!(message.uuid = %message.uuid.0, "too little of the lease is left; not sent");
        if let Err(error) = outbox::let_go(&self.db, &self.worker, message.id, self.clock.now()).await {
            tracing::warn!(%error, "the message comes back when its lease ends");
        }
    }
}

/// An attempt as a step of the trace that its message was made in.
fn span_of(ended: &Ended<'_>, step: TraceParent, made_in: Option<TraceParent>) -> otlp::Span {
    let Ended {
        message,
        attempt,
        class,
        ..
    } = ended;
    let mut attributes = vec![
        ("messaging.operation.type", "send".into()),
        ("messaging.destination.name", message.kanaal.as_str().into()),
        ("messaging.message.id", message.uuid.0.to_string().as_str().into()),
        ("openklant.attempt", attempt.nr.into()),
        ("openklant.class", class.name().into()),
    ];
    if let Some(status) = attempt.status {
        attributes.push(("http.response.status_code", status.into()));
    }
    otlp::Span {
        name: format!("send {}", message.kanaal),
        kind: otlp::Kind::Client,
        step,
        parent: made_in,
        begun: attempt.started_at,
        ended: ended.at,
        failed: *class != Class::Delivered,
        attributes,
    }
}

/// One line per attempt, with nothing of what is in the message, and one when the breaker changed.
fn log(kanaal: &str, uuid: Uuid, ended: &Ended<'_>, settled: Settled, result: &Result<Answer, FetchError>) {
    let Ended { attempt, class, .. } = ended;
    let failure = result.as_ref().err().map(ToString::to_string);
    macro_rules! line {
        ($level:ident, $text:literal) => {
            tracing::$level!(
                kanaal,
                message.uuid = %uuid,
                attempt = attempt.nr,
                class = class.name(),
                status = attempt.status,
                failure,
                duration_ms = attempt.duration_ms,
                $text
            )
        };
    }
    match settled.next {
        Next::Delivered => line!(info, "message delivered"),
        Next::Parked => line!(
            error,
            "message parked: it will not be sent until somebody asks for it"
        ),
        Next::RetryAt(_) => line!(warn, "message not delivered; tried again later"),
        Next::HeldUntil(_) => line!(debug, "message not delivered; the endpoint still takes nothing"),
    }
    if !settled.ours {
        tracing::warn!(message.uuid = %uuid, "the lease ended before the outcome was recorded");
    }
    if let Some(change) = settled.change {
        endpoint::log(change, *class, attempt.status, failure.as_deref());
    }
}
