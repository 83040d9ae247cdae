//! One attempt to deliver one message: send it, decide what the answer means, record it. Sending happens outside any
//! transaction and recording in a short one, so an attempt may be repeated: delivery is at least once.

use std::sync::Arc;
use std::time::Duration;

use openklant_shared::clock::{Clock, Ids};
use openklant_shared::domain::delivery::Class;
use openklant_shared::http::{Answer, FetchError, OutgoingError};
use openklant_shared::storage::outbox::{self, Attempt, Claimed, Next};
use openklant_shared::storage::{Db, StorageError};
use tokio::sync::Notify;
use tokio::time::Instant;
use uuid::Uuid;

use crate::Context;
use crate::backoff::Schedule;
use crate::classify::{classify, kept, retry_after};
use crate::endpoint::Endpoint;
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
    /// Name of this worker in leases; no other ever has the same.
    pub(crate) worker: String,
    pub(crate) api: Notificaties,
    pub(crate) schedule: Schedule,
    pub(crate) endpoint: Endpoint,
    pub(crate) request_timeout: Duration,
    pub(crate) lease: Duration,
    /// Asks for registration of the kanalen.
    pub(crate) register: Arc<Notify>,
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
        let schedule = Schedule::new(settings);
        Ok(Some(Self {
            db: context.db.clone(),
            clock: context.clock.clone(),
            worker: format!("{}-{}", std::process::id(), Ids::Random.next()),
            api,
            schedule,
            endpoint: Endpoint::new(schedule),
            request_timeout: settings.request_timeout,
            lease: settings.lease,
            register: Arc::new(Notify::new()),
        }))
    }

    /// Delivers a message once. `None`: not sent, because too little of the lease was left, or not ours to record.
    pub(crate) async fn attempt(&self, message: Claimed) -> Option<Next> {
        let started_at = self.clock.now();
        if message.lease_until < started_at + self.request_timeout + RECORD_MARGIN {
            self.let_go(&message).await;
            return None;
        }
        let started = Instant::now();
        let result = self.api.publish(message.message).await;
        let duration = started.elapsed();
        let now = self.clock.now();
        let class = classify(&result);
        let status = result.as_ref().ok().map(|answer| answer.status);
        let wait = result
            .as_ref()
            .ok()
            .and_then(|answer| retry_after(&answer.headers, now));
        let next = self
            .schedule
            .next(class, message.attempts, message.created_at, now, wait);
        self.endpoint.note(class, now);
        if class == Class::Kanaal {
            self.register.notify_one();
        }
        let attempt = Attempt {
            nr: message.attempts,
            started_at,
            duration_ms: i64::try_from(duration.as_millis()).unwrap_or(i64::MAX),
            status: status.map(i64::from),
            class: class.name().to_owned(),
            answer: kept(&result),
        };
        let label = Label {
            kanaal: &message.kanaal,
            uuid: message.uuid.into(),
        };
        label.log(class, next, &attempt, &result);
        let ours = self.record(message.id, &attempt, next).await;
        // The next message of this object may go now.
        self.db.outbox_signal().notify_one();
        match ours {
            Ok(true) => Some(next),
            Ok(false) => {
                tracing::warn!(message.uuid = %label.uuid, "the lease ended before the outcome was recorded");
                None
            }
            Err(error) => {
                tracing::error!(
                    message.uuid = %label.uuid, %error,
                    "the outcome cannot be recorded; the message will be sent again"
                );
                None
            }
        }
    }

    /// Records an outcome, and keeps trying for as long as a lease lasts: what is not recorded is sent twice.
    async fn record(&self, id: i64, attempt: &Attempt, next: Next) -> Result<bool, StorageError> {
        let started = Instant::now();
        loop {
            let now = self.clock.now();
            match outbox::record(&self.db, &self.worker, id, attempt, next, now).await {
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
        if let Err(error) = outbox::let_go(&self.db, &self.worker, message.id).await {
            tracing::warn!(%error, "the message comes back when its lease ends");
        }
    }
}

/// What a log line calls a message: nothing of what is in it.
struct Label<'a> {
    kanaal: &'a str,
    uuid: Uuid,
}

impl Label<'_> {
    /// One line per attempt; an error where a person must act.
    fn log(&self, class: Class, next: Next, attempt: &Attempt, result: &Result<Answer, FetchError>) {
        let failure = result.as_ref().err().map(ToString::to_string);
        macro_rules! line {
            ($level:ident, $text:literal) => {
                tracing::$level!(
                    kanaal = self.kanaal,
                    message.uuid = %self.uuid,
                    attempt = attempt.nr,
                    class = class.name(),
                    status = attempt.status,
                    failure,
                    duration_ms = attempt.duration_ms,
                    $text
                )
            };
        }
        match (class, next) {
            (_, Next::Delivered) => line!(info, "message delivered"),
            (_, Next::Parked) => line!(
                error,
                "message parked: it will not be sent until somebody asks for it"
            ),
            (Class::Denied, _) => line!(
                error,
                "the Notificaties API refuses us: check client id, secret and autorisaties; tried again later"
            ),
            (Class::Endpoint, _) => line!(
                error,
                "what answers is no Notificaties API: check OPENKLANT_NOTIFICATIES_API_ROOT; tried again later"
            ),
            (_, Next::RetryAt(_)) => line!(warn, "message not delivered; tried again later"),
        }
    }
}
