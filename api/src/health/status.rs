//! How the whole register is doing, for operators: more than a probe may know, so it asks for a token of its own.
//!
//! What is here is numbers, moments and names of ours: no message, no answer of others, nothing about a person.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use openklant_shared::domain::delivery::State as MessageState;
use openklant_shared::settings::Settings;
use openklant_shared::storage::externe_api::{self, ExterneApi};
use openklant_shared::storage::job_run::{self, JobRun};
use openklant_shared::storage::outbox_monitor::{self, Overview};
use openklant_shared::storage::worker_heartbeat::{self, Heartbeat};
use openklant_shared::storage::{Db, StorageError};
use poem::Response;
use poem::http::StatusCode;
use serde_json::{Map, Value, json};

use super::answer;

/// Longest the database may take: messages are counted.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// The most workers that are looked at.
const MOST_WORKERS: i64 = 1000;

/// A message that waits for so long means that something is wrong.
const LONG: TimeDelta = TimeDelta::minutes(15);

/// The status: 200 when the database tells, 503 when it does not.
pub async fn status(db: &Db, settings: &Settings, now: DateTime<Utc>) -> Response {
    let looked = tokio::time::timeout(ANSWER_WITHIN, look(db, now)).await;
    let (database, schema) = super::database(db).await;
    let found = match looked {
        Ok(Ok(found)) if schema == "ok" => Some(found),
        Ok(Ok(_)) => None,
        Ok(Err(error)) => {
            tracing::warn!(%error, "no status: the database failed");
            None
        }
        Err(_) => {
            tracing::warn!("no status: the database did not answer in time");
            None
        }
    };
    let mut body = json!({
        "status": "unavailable",
        "name": "openklant",
        "version": env!("CARGO_PKG_VERSION"),
        "time": now,
        "database": {"kind": db.kind(), "status": database, "schema": schema},
    });
    let Some(found) = found else {
        return answer(StatusCode::SERVICE_UNAVAILABLE, &body);
    };
    let troubles = found.troubles(settings, now);
    body["status"] = json!(if troubles.is_empty() { "ok" } else { "degraded" });
    body["troubles"] = json!(troubles);
    body["notificaties"] = found.notificaties(settings, now);
    body["workers"] = json!({
        "alive": found.workers.iter().filter(|worker| worker.is_alive(now)).count(),
        "silent": found.workers.iter().filter(|worker| !worker.is_alive(now)).count(),
        "lastSeen": found.workers.first().map(|worker| worker.seen_at),
    });
    body["jobs"] = found.jobs.iter().map(|run| view_job(run, now)).collect();
    answer(StatusCode::OK, &body)
}

/// What was found in the database.
struct Found {
    overview: Overview,
    workers: Vec<Heartbeat>,
    jobs: Vec<JobRun>,
    apis: Vec<ExterneApi>,
}

async fn look(db: &Db, now: DateTime<Utc>) -> Result<Found, StorageError> {
    Ok(Found {
        overview: outbox_monitor::overview(db, now).await?,
        workers: worker_heartbeat::list(db, MOST_WORKERS).await?,
        jobs: job_run::last_of_each(db).await?,
        apis: externe_api::list(db).await?,
    })
}

impl Found {
    fn count(&self, state: MessageState) -> i64 {
        let found = self.overview.counts.iter().find(|(one, _)| *one == state);
        found.map_or(0, |(_, count)| *count)
    }

    fn oldest_seconds(&self, now: DateTime<Utc>) -> i64 {
        let age = self
            .overview
            .oldest_pending
            .map(|made| (now - made).num_seconds());
        age.unwrap_or(0).max(0)
    }

    /// What needs a look. Requests are served all the same: none of it makes the server unready.
    fn troubles(&self, settings: &Settings, now: DateTime<Utc>) -> Vec<&'static str> {
        let delivers = !settings.notificaties.disabled && settings.notificaties.api.is_some();
        let waiting = self.count(MessageState::Pending) + self.count(MessageState::Delivering);
        let endpoint = &self.overview.endpoint;
        [
            (endpoint.breaker().is_open(), "breaker-open"),
            (endpoint.paused_at.is_some(), "delivery-paused"),
            (self.count(MessageState::Parked) > 0, "messages-parked"),
            (
                self.oldest_seconds(now) > LONG.num_seconds(),
                "messages-wait-long",
            ),
            (
                delivers && waiting > 0 && !self.workers.iter().any(|worker| worker.is_alive(now)),
                "no-worker",
            ),
            (
                self.jobs
                    .iter()
                    .any(|run| run.outcome.as_deref() == Some("failed")),
                "job-failed",
            ),
            (
                self.apis.iter().any(|api| api.secret.is_err()),
                "secret-does-not-open",
            ),
        ]
        .into_iter()
        .filter_map(|(is_so, name)| is_so.then_some(name))
        .collect()
    }

    fn notificaties(&self, settings: &Settings, now: DateTime<Utc>) -> Value {
        let endpoint = &self.overview.endpoint;
        let counts: Map<String, Value> = self
            .overview
            .counts
            .iter()
            .map(|(state, count)| (state.name().to_owned(), json!(count)))
            .collect();
        json!({
            "enabled": !settings.notificaties.disabled,
            "configured": settings.notificaties.api.is_some(),
            "breaker": if endpoint.breaker().is_open() { "open" } else { "closed" },
            "breakerOpenedAt": endpoint.opened_at,
            "nextProbeAt": endpoint.next_probe_at,
            "lastSuccessAt": endpoint.last_success_at,
            "lastFailureAt": endpoint.last_failure_at,
            "pausedAt": endpoint.paused_at,
            "messages": counts,
            "oldestPendingSeconds": self.oldest_seconds(now),
        })
    }
}

fn view_job(run: &JobRun, now: DateTime<Utc>) -> Value {
    json!({
        "name": run.job,
        "startedAt": run.started_at,
        "finishedAt": run.finished_at,
        "outcome": run.outcome(now),
    })
}
