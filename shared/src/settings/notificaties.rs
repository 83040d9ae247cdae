//! Settings of the messages: where they go, and how delivery is tried.

use std::time::Duration;

use super::api_access::{self, ApiAccess, ApiSettings};
use super::names;
use super::reader::Reader;
use super::value::{ValueError, duration, number, switch, word};

/// What a lease must last beyond the longest delivery, for recording its outcome.
const LEASE_MARGIN: Duration = Duration::from_secs(5);

/// Settings of the messages.
#[derive(Debug, Clone)]
pub struct Notificaties {
    /// Whether changes write no messages at all.
    pub disabled: bool,
    /// Where messages go; `None`: they wait in the outbox.
    pub api: Option<ApiAccess>,
    /// The source named in messages.
    pub source: Option<String>,
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest one delivery may take, connecting included.
    pub request_timeout: Duration,
    /// Deliveries one worker does at the same time.
    pub concurrency: usize,
    /// How long a worker owns a message it took; longer than `request_timeout` plus a margin.
    pub lease: Duration,
    /// How often a worker looks for messages when nothing woke it.
    pub poll_interval: Duration,
    /// How long delivery of a message is tried before it is parked.
    pub retry_window: Duration,
    /// Longest pause between two attempts.
    pub retry_max_delay: Duration,
    /// Longest pause between two probes of an API that takes nothing.
    pub probe_max_pause: Duration,
    /// Whether messages are sent as CloudEvents; there is a `source` then.
    pub cloud_events: bool,
}

/// The settings that name the API.
const API: ApiSettings = ApiSettings {
    root: &names::NOTIFICATIES_API_ROOT,
    client_id: &names::NOTIFICATIES_CLIENT_ID,
    secret: &names::NOTIFICATIES_SECRET,
    without_root: "OPENKLANT_NOTIFICATIES_API_ROOT is not set, so messages wait",
    with_root: "OPENKLANT_NOTIFICATIES_API_ROOT is set",
};

pub(super) fn read(reader: &mut Reader<'_>) -> Option<Notificaties> {
    let disabled = reader.get(&names::NOTIFICATIONS_DISABLED, switch);
    let api = api_access::read(reader, &API);
    let source = reader.get(&names::NOTIFICATIONS_SOURCE, word);
    let connect_timeout = reader.get(&names::NOTIFICATIES_CONNECT_TIMEOUT, duration("100ms", "60s"));
    let request_timeout = reader.get(&names::NOTIFICATIES_REQUEST_TIMEOUT, duration("100ms", "5m"));
    let concurrency = reader.get(&names::NOTIFICATIES_CONCURRENCY, number(1, 64));
    let lease = reader.get(&names::NOTIFICATIES_LEASE, duration("1s", "1h"));
    let poll_interval = reader.get(&names::NOTIFICATIES_POLL_INTERVAL, duration("100ms", "1h"));
    let retry_window = reader.get(&names::NOTIFICATIES_RETRY_WINDOW, duration("7d", "365d"));
    let retry_max_delay = reader.get(&names::NOTIFICATIES_RETRY_MAX_DELAY, duration("1s", "1d"));
    let probe_max_pause = reader.get(&names::NOTIFICATIES_PROBE_MAX_PAUSE, duration("100ms", "5m"));
    let cloud_events = reader.get(&names::ENABLE_CLOUD_EVENTS, switch);
    if cloud_events == Some(true) && source.is_none() && !reader.is_set(&names::NOTIFICATIONS_SOURCE) {
        let setting = &names::NOTIFICATIONS_SOURCE;
        reader.at_odds(
            setting,
            ValueError::Missing("ENABLE_CLOUD_EVENTS is true"),
            setting.example,
        );
    }
    if let (Some(lease), Some(longest)) = (lease, request_timeout)
        && lease <= longest + LEASE_MARGIN
    {
        let problem = ValueError::Combination(
            "must be more than OPENKLANT_NOTIFICATIES_REQUEST_TIMEOUT plus 5s: otherwise a second worker takes a \
             message that the first still delivers",
        );
        let enough = (longest + 2 * LEASE_MARGIN).as_secs();
        reader.at_odds(&names::NOTIFICATIES_LEASE, problem, &format!("{enough}s"));
    }
    Some(Notificaties {
        disabled: disabled?,
        api,
        source,
        connect_timeout: connect_timeout?,
        request_timeout: request_timeout?,
        concurrency: concurrency?,
        lease: lease?,
        poll_interval: poll_interval?,
        retry_window: retry_window?,
        retry_max_delay: retry_max_delay?,
        probe_max_pause: probe_max_pause?,
        cloud_events: cloud_events?,
    })
}
