//! Settings of alerts: who is told that messages do not arrive, and from when on.

use std::fmt;
use std::time::Duration;

use url::Url;

use super::address::http_url;
use super::names;
use super::reader::Reader;
use super::value::duration;

/// Settings of alerts.
#[derive(Debug, Clone)]
pub struct Alerts {
    /// Who is told; `None`: nobody.
    pub webhook_url: Option<WebhookUrl>,
    /// From which age on a message that waits is told of.
    pub pending_age: Duration,
}

/// A URL whose path or query may let whoever knows it write to it: `Debug` prints `***`.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(Url);

impl WebhookUrl {
    /// The URL itself: for calling it, never for a log line or a message.
    pub fn expose(&self) -> &Url {
        &self.0
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<Alerts> {
    let webhook_url = reader.get(&names::ALERT_WEBHOOK_URL, |text| {
        http_url(text.trim()).map(WebhookUrl)
    });
    let pending_age = reader.get(&names::ALERT_PENDING_AGE, duration("1s", "7d"));
    if reader.is_set(&names::ALERT_PENDING_AGE) && !reader.is_set(&names::ALERT_WEBHOOK_URL) {
        reader.no_effect(
            names::ALERT_PENDING_AGE.name,
            "OPENKLANT_ALERT_WEBHOOK_URL is not set, so nobody is told",
        );
    }
    Some(Alerts {
        webhook_url,
        pending_age: pending_age?,
    })
}
