//! A stand-in for an OpenTelemetry collector: it takes what comes and keeps it.

use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use crate::listener::{Incoming, Listener, Reply};

/// The stand-in.
#[derive(Debug)]
pub struct Collector {
    listener: Listener,
    seen: Arc<Mutex<Vec<Incoming>>>,
}

impl Collector {
    /// Starts one.
    pub async fn start() -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&seen);
        let listener = Listener::start(move |request| {
            kept.lock().expect("what the collector kept").push(request);
            Reply::answer(200, "application/x-protobuf", "")
        })
        .await;
        Self { listener, seen }
    }

    /// Where it is.
    pub fn base(&self) -> String {
        self.listener.base()
    }

    /// Everything that came.
    pub fn seen(&self) -> Vec<Incoming> {
        self.seen.lock().expect("what the collector kept").clone()
    }

    /// Every span that came.
    pub fn spans(&self) -> Vec<Span> {
        let sent = self
            .seen()
            .into_iter()
            .filter(|request| request.path() == "/v1/traces");
        sent.flat_map(|request| {
            ExportTraceServiceRequest::decode(request.body.as_slice())
                .expect("traces are OTLP")
                .resource_spans
        })
        .flat_map(|resource| resource.scope_spans)
        .flat_map(|scope| scope.spans)
        .collect()
    }

    /// What was sent about metrics, in order.
    pub fn metrics(&self) -> Vec<ExportMetricsServiceRequest> {
        let sent = self
            .seen()
            .into_iter()
            .filter(|request| request.path() == "/v1/metrics");
        sent.map(|request| {
            ExportMetricsServiceRequest::decode(request.body.as_slice()).expect("metrics are OTLP")
        })
        .collect()
    }
}

/// The value of an attribute, as text.
pub fn attribute(attributes: &[KeyValue], key: &str) -> Option<String> {
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    match &found.value {
        Some(AnyValue {
            value: Some(Value::StringValue(text)),
        }) => Some(text.clone()),
        Some(AnyValue {
            value: Some(Value::IntValue(number)),
        }) => Some(number.to_string()),
        _ => None,
    }
}
