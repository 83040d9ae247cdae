//! The outbox: whether messages flow, and whether one waits for a person.

use chrono::TimeDelta;
use openklant_shared::clock::Clock;
use openklant_shared::domain::delivery::State;
use openklant_shared::settings::Settings;
use openklant_shared::storage::{Db, outbox_monitor, worker_heartbeat};

use super::finding::Finding;
use crate::outbox::status::trouble;

const CHECK: &str = "outbox";

/// The most workers that are looked at, those seen last.
const MOST_WORKERS: i64 = 100;

/// Looks at the queue.
pub async fn outbox(db: &Db, settings: &Settings) -> anyhow::Result<Vec<Finding>> {
    let now = Clock::System.now();
    let overview = outbox_monitor::overview(db, now - TimeDelta::minutes(5)).await?;
    let workers = worker_heartbeat::list(db, MOST_WORKERS).await?;
    let count = |state: State| {
        let found = overview.counts.iter().find(|(one, _)| *one == state);
        found.map_or(0, |(_, count)| *count)
    };
    let waiting = count(State::Pending) + count(State::Delivering);
    let mut findings = Vec::new();
    if settings.notificaties.disabled || settings.notificaties.api.is_none() {
        if waiting > 0 {
            findings.push(Finding::warning(
                CHECK,
                format!("{waiting} messages wait, and there is no Notificaties API to send them to"),
                "set OPENKLANT_NOTIFICATIES_API_ROOT and its credentials, and restart the worker",
            ));
        }
    } else {
        if waiting > 0 && !workers.iter().any(|worker| worker.is_alive(now)) {
            findings.push(Finding::fault(
                CHECK,
                format!("{waiting} messages wait, and no worker is alive"),
                "run `openklant worker`, or `openklant up`",
            ));
        }
        if waiting > 0 && overview.endpoint.paused_at.is_some() {
            findings.push(Finding::warning(
                CHECK,
                format!("{waiting} messages wait, and delivery is paused"),
                "`openklant outbox resume` lets them out",
            ));
        }
        if overview.endpoint.breaker().is_open() {
            let why = trouble(&overview).unwrap_or_else(|| "the Notificaties API takes nothing".to_owned());
            findings.push(Finding::fault(
                CHECK,
                format!("the breaker is open: {why}"),
                "mend the cause; messages wait meanwhile and then go out by themselves",
            ));
        }
    }
    let parked = count(State::Parked);
    if parked > 0 {
        findings.push(Finding::warning(
            CHECK,
            format!("{parked} parked messages wait for a person"),
            "`openklant outbox list --state parked`, then `outbox retry` or `outbox cancel`",
        ));
    }
    Ok(findings)
}
