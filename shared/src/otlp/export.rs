//! Sending: spans in batches, metrics at an interval, one call at a time.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::Message as _;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use url::Url;

use super::spans::attribute;
use super::{Attribute, QUEUE, SINK, Span, metrics, spans};
use crate::clock::{Clock, Ids};
use crate::http::{ApiClient, Call, Method, OutgoingError};
use crate::settings::Otlp;
use crate::storage::Db;

/// Spans in one call.
const BATCH: usize = 512;

/// Longest a span waits for others.
const DELAY: Duration = Duration::from_secs(2);

/// Longest one call may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const TIMEOUT: Duration = Duration::from_secs(10);

/// Longest that a process that stops waits for its last spans to be sent.
const LAST_CALL: Duration = Duration::from_secs(5);

/// Longest the database may take for the metrics.
const PAGE_WITHIN: Duration = Duration::from_secs(5);

const PROTOBUF: &str = "application/x-protobuf";

/// Sends what this process records.
#[derive(Debug)]
pub struct Exporter {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// Begins to send to the collector of the settings; `None` when there is none, or when this process sends already.
///
/// # Errors
/// TLS that cannot be set up.
pub fn start(settings: &Otlp, db: &Db, clock: Clock) -> Result<Option<Exporter>, OutgoingError> {
    let Some(endpoint) = &settings.endpoint else {
        return Ok(None);
    };
    let client = ApiClient::with_headers(CONNECT_TIMEOUT, TIMEOUT, &settings.headers)?;
    let (sink, spans) = mpsc::channel(QUEUE);
    if SINK.set(sink).is_err() {
        return Ok(None);
    }
    let sender = Sender {
        client,
        traces: below(endpoint, "v1/traces"),
        metrics: below(endpoint, "v1/metrics"),
        resource: resource(settings),
        begun: clock.now(),
        clock,
        db: db.clone(),
        failing: false,
    };
    tracing::info!(
        host = endpoint.host_str(),
        "sending traces and metrics to a collector"
    );
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(sender.run(spans, settings.metric_interval, stopped));
    Ok(Some(Exporter { stop, task }))
}

impl Exporter {
    /// Sends what is left, and ends.
    pub async fn stop(self) {
        let _already_gone = self.stop.send(());
        if tokio::time::timeout(LAST_CALL, self.task).await.is_err() {
            tracing::warn!("the last spans were not sent in time");
        }
    }
}

fn below(endpoint: &Url, path: &str) -> Url {
    let mut url = endpoint.clone();
    url.set_path(&format!("{}/{path}", endpoint.path().trim_end_matches('/')));
    url
}

/// Who sends: the service and this process of it.
fn resource(settings: &Otlp) -> Resource {
    let mut attributes = vec![
        attribute("service.name", Attribute::from(settings.service_name.as_str())),
        attribute("service.version", Attribute::from(env!("CARGO_PKG_VERSION"))),
        attribute(
            "service.instance.id",
            Attribute::Text(Ids::Random.next().to_string()),
        ),
    ];
    for (key, value) in &settings.resource_attributes {
        attributes.retain(|known| known.key != *key);
        attributes.push(attribute(key, Attribute::from(value.as_str())));
    }
    Resource {
        attributes,
        ..Resource::default()
    }
}

struct Sender {
    client: ApiClient,
    traces: Url,
    metrics: Url,
    resource: Resource,
    begun: DateTime<Utc>,
    clock: Clock,
    db: Db,
    failing: bool,
}

impl Sender {
    async fn run(
        mut self,
        mut spans: mpsc::Receiver<Span>,
        metric_interval: Duration,
        mut stopped: oneshot::Receiver<()>,
    ) {
        let mut batch = Vec::new();
        let mut send = interval_at(Instant::now() + DELAY, DELAY);
        let mut measure = interval_at(Instant::now() + metric_interval, metric_interval);
        for interval in [&mut send, &mut measure] {
            interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        }
        loop {
            tokio::select! {
                _ = &mut stopped => break,
                received = spans.recv_many(&mut batch, BATCH), if batch.len() < BATCH => {
                    if received == 0 {
                        break;
                    }
                    if batch.len() >= BATCH {
                        self.send_spans(&mut batch).await;
                    }
                }
                _ = send.tick() => self.send_spans(&mut batch).await,
                _ = measure.tick() => self.send_metrics().await,
            }
        }
        spans.close();
        while let Some(span) = spans.recv().await {
            batch.push(span);
        }
        self.send_spans(&mut batch).await;
        self.send_metrics().await;
    }

    async fn send_spans(&mut self, batch: &mut Vec<Span>) {
        if batch.is_empty() {
            return;
        }
        let request = spans::request(&self.resource, std::mem::take(batch));
        self.send(self.traces.clone(), request.encode_to_vec()).await;
    }

    async fn send_metrics(&mut self) {
        let now = self.clock.now();
        let page = tokio::time::timeout(PAGE_WITHIN, crate::metrics::page(&self.db, now)).await;
        // A database that is away is told of by others.
        let Ok(Ok(page)) = page else { return };
        let request = metrics::request(&self.resource, &page, self.begun, now);
        self.send(self.metrics.clone(), request.encode_to_vec()).await;
    }

    /// One call; what is not taken is lost. Told once, until it works again.
    async fn send(&mut self, url: Url, body: Vec<u8>) {
        let call = Call {
            method: Method::POST,
            url,
            bearer: None,
            media_type: PROTOBUF,
            json: Some(Bytes::from(body)),
        };
        let failure = match self.client.call(call).await {
            Ok(answer) if (200..300).contains(&answer.status) => None,
            Ok(answer) => Some(format!("it answered {}", answer.status)),
            Err(error) => Some(error.to_string()),
        };
        match failure {
            Some(failure) if !self.failing => {
                tracing::warn!(
                    failure,
                    "the collector takes no traces and metrics; they are dropped meanwhile"
                );
                self.failing = true;
            }
            None if self.failing => {
                tracing::info!("the collector takes traces and metrics again");
                self.failing = false;
            }
            _ => {}
        }
    }
}
