//! Metrics of requests. The labels are the declared path, a method we know and the status: a client cannot make up new
//! ones.

use std::time::Duration;

use ::metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

use super::RECORDER;

const REQUESTS: &str = "http_requests_total";
pub(super) const DURATION: &str = "http_request_duration_seconds";
const IN_FLIGHT: &str = "http_requests_in_flight";
const REFUSALS: &str = "openklant_refusals_total";
const LOOK_UPS: &str = "openklant_authorisation_lookups_total";
const READS: &str = "openklant_authorisation_reads_total";
const ASKED: &str = "openklant_autorisaties_api_calls_total";

/// Bounds of the histogram, in seconds: from a read to the longest a request may usually take.
pub(super) const BUCKETS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0,
];

pub(super) fn describe() {
    describe_counter!(REQUESTS, "Requests answered, by method, declared path and status");
    describe_histogram!(
        DURATION,
        Unit::Seconds,
        "Time to answer a request, by method and declared path"
    );
    describe_gauge!(IN_FLIGHT, "Requests that are being answered");
    describe_counter!(REFUSALS, "Requests refused, by the code that the client was told");
    describe_counter!(LOOK_UPS, "Callers whose rights were asked for");
    describe_counter!(
        READS,
        "Callers whose rights were read from the database, because nobody remembered them"
    );
    describe_counter!(ASKED, "Questions to the Autorisaties API, by what came of them");
    counter!(LOOK_UPS).absolute(0);
    counter!(READS).absolute(0);
    for outcome in Asked::ALL {
        counter!(ASKED, "outcome" => outcome.name()).absolute(0);
    }
}

/// What came of a question to the Autorisaties API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// An application.
    Known,
    /// It knows the client id not.
    Unknown,
    /// No answer, or none that says so.
    Failed,
}

impl Asked {
    const ALL: [Self; 3] = [Self::Known, Self::Unknown, Self::Failed];

    const fn name(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Unknown => "unknown",
            Self::Failed => "failed",
        }
    }
}

/// A request that is being answered; counts itself until it is dropped.
#[derive(Debug)]
pub struct InFlight(());

impl InFlight {
    /// A request came in.
    pub fn begin() -> Self {
        if RECORDER.is_some() {
            gauge!(IN_FLIGHT).increment(1.0);
        }
        Self(())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        if RECORDER.is_some() {
            gauge!(IN_FLIGHT).decrement(1.0);
        }
    }
}

/// Counts an answer; `code` is what a refusal told.
pub fn answered(method: &'static str, route: &str, status: u16, code: Option<&'static str>, took: Duration) {
    if RECORDER.is_some() {
        let route = route.to_owned();
        counter!(REQUESTS, "method" => method, "route" => route.clone(), "status" => status.to_string())
            .increment(1);
        histogram!(DURATION, "method" => method, "route" => route).record(took);
        if let Some(code) = code {
            counter!(REFUSALS, "code" => code).increment(1);
        }
    }
}

/// Counts a caller whose rights were asked for.
pub fn authorisation_asked() {
    if RECORDER.is_some() {
        counter!(LOOK_UPS).increment(1);
    }
}

/// Counts a caller whose rights were read from the database.
pub fn authorisation_read() {
    if RECORDER.is_some() {
        counter!(READS).increment(1);
    }
}

/// Counts a question to the Autorisaties API.
pub fn autorisaties_api_asked(outcome: Asked) {
    if RECORDER.is_some() {
        counter!(ASKED, "outcome" => outcome.name()).increment(1);
    }
}
