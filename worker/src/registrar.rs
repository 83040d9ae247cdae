//! Keeps the kanalen registered while the worker runs: at its start, after a failure, and when a message was refused
//! for want of its kanaal.

use std::time::Duration;

use openklant_shared::domain::delivery::Class;
use tokio::sync::Notify;
use url::Url;

use crate::backoff::Schedule;
use crate::kanalen::{Change, Link, Registration, register_all};
use crate::notificaties::Notificaties;

/// Shortest pause between two rounds of registering, however often it is asked for.
const MIN_PAUSE: Duration = Duration::from_secs(2);

/// Rounds in which a refused link is tried again; the kanaal works without it.
const LINK_ROUNDS: i64 = 8;

/// Registers at once, again after a failure, and whenever a message was refused for want of its kanaal (`asked`).
/// Tells `tried` after each round. Never ends.
pub(crate) async fn keep_registered(
    api: Notificaties,
    base_url: Option<Url>,
    schedule: Schedule,
    asked: &Notify,
    tried: &Notify,
) {
    let mut failures = 0;
    // Of a row of failures the first is loud: an API that refuses us for a week is not news each few minutes.
    let mut failing = false;
    loop {
        let complete = match register_all(&api, base_url.as_ref()).await {
            Ok(registrations) => {
                failing = false;
                for registration in &registrations {
                    log(registration, failures);
                }
                let refused_link = |done: &Registration| matches!(done.link, Link::Refused(_));
                failures >= LINK_ROUNDS || !registrations.iter().any(refused_link)
            }
            Err(error) if failing => {
                tracing::debug!(%error, "the kanalen are still not registered");
                false
            }
            Err(error) => {
                tracing::warn!(%error, "the kanalen are not registered yet; it is tried again");
                failing = true;
                false
            }
        };
        tried.notify_one();
        tokio::time::sleep(MIN_PAUSE).await;
        if complete {
            failures = 0;
            asked.notified().await;
        } else {
            failures += 1;
            let pause = schedule.delay(Class::Temporary, failures);
            // Asked for, or time: both mean another round.
            let _ = tokio::time::timeout(pause, asked.notified()).await;
        }
    }
}

fn log(registration: &Registration, failures: i64) {
    let Registration { naam, change, link } = registration;
    match change {
        Change::Created => tracing::info!(kanaal = naam, "kanaal registered"),
        Change::Updated => tracing::info!(kanaal = naam, "kanaal brought up to date"),
        Change::Unchanged => tracing::debug!(kanaal = naam, "kanaal is registered as it should be"),
    }
    match link {
        Link::Registered(_) => {}
        Link::NoBaseUrl => tracing::debug!(kanaal = naam, "no public base URL, so no link to documentation"),
        Link::Refused(link) if failures == 0 => tracing::warn!(
            kanaal = naam,
            %link,
            "the Notificaties API cannot fetch the documentation of the kanaal, so it is registered without the link"
        ),
        Link::Refused(_) => tracing::debug!(kanaal = naam, "the link to the documentation is still refused"),
    }
}
