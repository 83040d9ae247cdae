//! Metrics in Prometheus' text format. Counters and the histogram live in the memory of a process; what the queue
//! looks like is read from the database when somebody asks, so every process shows the same of it. Labels have a few
//! fixed values and never hold anything of a message. Not here: who serves the page.

pub mod http;
mod state;

use std::sync::LazyLock;
use std::time::Duration;

use ::metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
    set_global_recorder, with_local_recorder,
};
use chrono::{DateTime, Utc};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::domain::delivery::{Class, State};
use crate::storage::job_run::INTERRUPTED;
use crate::storage::outbox_monitor::{self, Overview};
use crate::storage::{Db, StorageError};

/// Media type of the page.
pub const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

const MESSAGES: &str = "openklant_outbox_messages";
const QUEUE_DEPTH: &str = "queue_depth";
const OLDEST_PENDING: &str = "openklant_outbox_oldest_pending_seconds";
const BREAKER_OPEN: &str = "openklant_delivery_breaker_open";
const ATTEMPTS: &str = "openklant_delivery_attempts_total";
const DELIVERY: &str = "openklant_delivery_seconds";
const TAKEOVERS: &str = "openklant_delivery_lease_takeovers_total";
const SPANS_DROPPED: &str = "openklant_spans_dropped_total";
const JOB_RUNS: &str = "openklant_job_runs_total";

/// Bounds of the histogram, in seconds: from a worker that idles to an outage of a week.
const BUCKETS: [f64; 14] = [
    0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 60.0, 300.0, 900.0, 3_600.0, 86_400.0,
];

/// The one recorder of this process; `None` when it cannot be set up, which is logged.
static RECORDER: LazyLock<Option<PrometheusHandle>> = LazyLock::new(|| {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(DELIVERY.to_owned()), &BUCKETS)
        .and_then(|builder| {
            builder.set_buckets_for_metric(Matcher::Full(http::DURATION.to_owned()), &http::BUCKETS)
        });
    let builder = match builder {
        Ok(builder) => builder,
        Err(error) => {
            tracing::error!(%error, "there will be no counters in the metrics");
            return None;
        }
    };
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    if let Err(error) = set_global_recorder(recorder) {
        tracing::error!(%error, "there will be no counters in the metrics");
        return None;
    }
    describe_counter!(ATTEMPTS, "Attempts to deliver a message, by what came of them");
    describe_histogram!(
        DELIVERY,
        Unit::Seconds,
        "Time from the commit of a change to the acceptance of its message"
    );
    describe_counter!(TAKEOVERS, "Messages taken over from a worker whose lease ran out");
    describe_counter!(JOB_RUNS, "Runs of scheduled jobs, by what came of them");
    describe_counter!(
        SPANS_DROPPED,
        "Spans that did not fit in the queue to the collector"
    );
    counter!(SPANS_DROPPED).absolute(0);
    http::describe();
    // There from the start, so that a first increase is seen as one.
    for class in Class::ALL {
        counter!(ATTEMPTS, "class" => class.name()).absolute(0);
    }
    counter!(TAKEOVERS).absolute(0);
    Some(handle)
});

/// Counts an attempt.
pub fn attempted(class: Class) {
    if RECORDER.is_some() {
        counter!(ATTEMPTS, "class" => class.name()).increment(1);
    }
}

/// Notes how long after its making a message was accepted. A clock that went back counts as no time.
pub fn accepted(created_at: DateTime<Utc>, accepted_at: DateTime<Utc>) {
    if RECORDER.is_some() {
        let took = (accepted_at - created_at).to_std().unwrap_or(Duration::ZERO);
        histogram!(DELIVERY).record(took);
    }
}

/// Counts messages taken over from workers that are gone.
pub fn taken_over(messages: u64) {
    if RECORDER.is_some() {
        counter!(TAKEOVERS).increment(messages);
    }
}

/// What may come of a run of a job.
const JOB_OUTCOMES: [&str; 3] = ["done", "failed", INTERRUPTED];

/// Shows a job that did not run yet, so that its first run is seen as an increase.
pub fn job_known(job: &'static str) {
    if RECORDER.is_some() {
        for outcome in JOB_OUTCOMES {
            counter!(JOB_RUNS, "job" => job, "outcome" => outcome).increment(0);
        }
    }
}

/// Counts a run of a job; both words come from the program.
pub fn job_ran(job: &'static str, outcome: &'static str) {
    if RECORDER.is_some() {
        counter!(JOB_RUNS, "job" => job, "outcome" => outcome).increment(1);
    }
}

/// Counts a span that was not sent.
pub fn span_dropped() {
    if RECORDER.is_some() {
        counter!(SPANS_DROPPED).increment(1);
    }
}

/// Sorts what was recorded into its buckets. Without it, or a page now and then, the memory of a process grows.
pub fn upkeep() {
    if let Some(recorder) = &*RECORDER {
        recorder.run_upkeep();
    }
}

/// The page: the queue as it is in the database, this process, and its counters.
pub async fn page(db: &Db, now: DateTime<Utc>) -> Result<String, StorageError> {
    let overview = outbox_monitor::overview(db, now).await?;
    let size = state::database_size(db).await;
    // A recorder of its own: two servers in one process may have two databases.
    let queue = PrometheusBuilder::new().build_recorder();
    with_local_recorder(&queue, || {
        show(&overview, now);
        state::show(db, size);
    });
    let mut page = queue.handle().render();
    if let Some(recorder) = &*RECORDER {
        page.push_str(&recorder.render());
    }
    Ok(page)
}

fn show(overview: &Overview, now: DateTime<Utc>) {
    describe_gauge!(MESSAGES, "Messages in the outbox, by state");
    describe_gauge!(
        QUEUE_DEPTH,
        "Messages that are not delivered yet and will be tried"
    );
    describe_gauge!(
        OLDEST_PENDING,
        Unit::Seconds,
        "Age of the oldest message that waits, 0 without one"
    );
    describe_gauge!(
        BREAKER_OPEN,
        "1 while the Notificaties API takes no messages, else 0"
    );
    let mut depth = 0.0;
    for (state, count) in &overview.counts {
        let count = as_value(*count);
        gauge!(MESSAGES, "state" => state.name()).set(count);
        if State::WAITING.contains(state) {
            depth += count;
        }
    }
    gauge!(QUEUE_DEPTH).set(depth);
    let age = overview
        .oldest_pending
        .and_then(|made| (now - made).to_std().ok())
        .unwrap_or(Duration::ZERO);
    gauge!(OLDEST_PENDING).set(age.as_secs_f64());
    gauge!(BREAKER_OPEN).set(if overview.endpoint.breaker().is_open() {
        1.0
    } else {
        0.0
    });
}

#[expect(
    clippy::cast_precision_loss,
    reason = "exact up to 2^53, more than a database has rows"
)]
fn as_value(count: i64) -> f64 {
    count as f64
}
