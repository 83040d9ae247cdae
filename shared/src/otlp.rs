//! Traces and metrics for an OpenTelemetry collector (OTLP over HTTP, in protobuf), when the settings name one.
//!
//! What becomes a span is said where it happens, with [`record`]: a request, a look-up, an attempt to deliver. Lines of
//! the log and their fields do not travel this way, so that nothing gets into a span by accident. A collector that is
//! slow or away holds nothing up: what does not fit in the queue is dropped and counted.

mod export;
mod metrics;
mod spans;

use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use tokio::sync::mpsc;

use crate::trace::TraceParent;

pub use export::{Exporter, start};

/// Spans that wait to be sent; more are dropped.
const QUEUE: usize = 4096;

/// Where finished spans of this process go; empty when nobody wants them.
static SINK: OnceLock<mpsc::Sender<Span>> = OnceLock::new();

/// Which side of a call a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A request to us.
    Server,
    /// A call of ours to another.
    Client,
}

/// A step of a trace that is over.
#[derive(Clone, Debug)]
pub struct Span {
    /// What it was, in words of ours: never a path that was asked for.
    pub name: String,
    /// Which side it was.
    pub kind: Kind,
    /// Its own identity.
    pub step: TraceParent,
    /// What led to it.
    pub parent: Option<TraceParent>,
    /// When it began.
    pub begun: DateTime<Utc>,
    /// When it ended.
    pub ended: DateTime<Utc>,
    /// Whether it failed, by our doing or that of the other side.
    pub failed: bool,
    /// What else is known of it, by the names of OpenTelemetry's conventions where there are any.
    pub attributes: Vec<(&'static str, Attribute)>,
}

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// A text of ours, or one that was cleaned.
    Text(String),
    /// A number.
    Number(i64),
}

impl From<&str> for Attribute {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Attribute {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u16> for Attribute {
    fn from(number: u16) -> Self {
        Self::Number(number.into())
    }
}

/// Sends a span to the collector, if there is one. Whoever began the trace may have chosen not to record it.
pub fn record(span: impl FnOnce() -> Span) {
    let Some(sink) = SINK.get() else { return };
    let span = span();
    if span.step.is_sampled() && sink.try_send(span).is_err() {
        crate::metrics::span_dropped();
    }
}
