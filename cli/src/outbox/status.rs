//! `outbox status`: how the queue stands, and in one line what is wrong.

use chrono::{DateTime, TimeDelta, Utc};
use openklant_shared::clock::Clock;
use openklant_shared::domain::delivery::{Class, State};
use openklant_shared::domain::queue_state::{RATE_MINUTES, drain_time};
use openklant_shared::settings::Settings;
use openklant_shared::storage::Db;
use openklant_shared::storage::alert::{self, Firing};
use openklant_shared::storage::outbox_monitor::{self, Overview};
use openklant_shared::storage::worker_heartbeat::{self, Heartbeat};
use serde_json::{Value, json};

use super::filter::moment;
use super::text::span;
use crate::output::{self, Format};

/// The most workers that are shown.
const MOST_WORKERS: i64 = 100;

/// How much of an answer is shown.
const ANSWER_LENGTH: usize = 160;

/// Runs the command.
pub async fn run(db: &Db, settings: &Settings, format: Format) -> anyhow::Result<()> {
    let now = Clock::System.now();
    let status = Status {
        now,
        delivery: configured(settings),
        overview: outbox_monitor::overview(db, now - TimeDelta::minutes(RATE_MINUTES)).await?,
        workers: worker_heartbeat::list(db, MOST_WORKERS).await?,
        alerts: alert::firing(db).await?,
    };
    match format {
        Format::Json => output::json(&status.view()),
        Format::Text => status.print(),
    }
}

/// What the settings say about delivery; `None`: it is on.
fn configured(settings: &Settings) -> Option<&'static str> {
    let notificaties = &settings.notificaties;
    if notificaties.disabled {
        Some("off: NOTIFICATIONS_DISABLED is true")
    } else if notificaties.api.is_none() {
        Some("off: no Notificaties API is configured, messages wait")
    } else {
        None
    }
}

/// What is wrong with the way to the Notificaties API, in one line.
pub fn trouble(overview: &Overview) -> Option<String> {
    let endpoint = &overview.endpoint;
    let last = overview.last_attempt.as_ref();
    let (class, answer) = match (endpoint.breaker().is_open(), last) {
        (true, _) => (
            endpoint.last_class.clone()?,
            endpoint.last_answer.clone().unwrap_or_default(),
        ),
        (false, Some(last)) => (last.class.clone(), last.answer.clone()),
        (false, None) => return None,
    };
    let advice = match Class::from_name(&class)? {
        Class::Denied => {
            "the Notificaties API refuses us: the client id or the secret is wrong there or here \
             (OPENKLANT_NOTIFICATIES_CLIENT_ID, OPENKLANT_NOTIFICATIES_SECRET), or its autorisaties lack us"
        }
        Class::Endpoint => "what answers is no Notificaties API: check OPENKLANT_NOTIFICATIES_API_ROOT",
        Class::Temporary if endpoint.breaker().is_open() => {
            "the Notificaties API does not answer, or says \"not now\""
        }
        _ => return None,
    };
    let answer = answer.split_whitespace().collect::<Vec<_>>().join(" ");
    let answer: String = answer.chars().take(ANSWER_LENGTH).collect();
    Some(format!("{advice} (last answer: {answer})"))
}

struct Status {
    now: DateTime<Utc>,
    delivery: Option<&'static str>,
    overview: Overview,
    workers: Vec<Heartbeat>,
    alerts: Vec<Firing>,
}

impl Status {
    fn count(&self, state: State) -> i64 {
        let found = self.overview.counts.iter().find(|(one, _)| *one == state);
        found.map_or(0, |(_, count)| *count)
    }

    fn delivered_lately(&self) -> i64 {
        let delivered = Class::Delivered.name();
        let found = self.overview.attempts.iter().find(|one| one.class == delivered);
        found.map_or(0, |one| one.count)
    }

    fn oldest_age(&self) -> Option<TimeDelta> {
        self.overview.oldest_pending.map(|at| self.now - at)
    }

    /// At the present rate; `None` when nothing is delivered.
    fn drain_time(&self) -> Option<TimeDelta> {
        let waiting = self.count(State::Pending) + self.count(State::Delivering);
        drain_time(waiting, self.delivered_lately())
    }

    fn alive(&self, worker: &Heartbeat) -> bool {
        worker.is_alive(self.now)
    }

    /// Whether messages flow, and if not, why.
    fn flow(&self) -> String {
        let endpoint = &self.overview.endpoint;
        if let Some(off) = self.delivery {
            return off.to_owned();
        }
        if let Some(at) = endpoint.paused_at {
            let by = endpoint.paused_by.as_deref().unwrap_or("somebody");
            return format!("paused by {by} at {}: `openklant outbox resume`", moment(at));
        }
        if endpoint.breaker().is_open() {
            let since = endpoint.opened_at.map(moment).unwrap_or_default();
            let next = endpoint
                .next_probe_at
                .map_or_else(|| "soon".to_owned(), |at| format!("at {}", moment(at)));
            return format!(
                "held since {since}: the Notificaties API takes nothing; one message is tried {next}"
            );
        }
        if self.workers.iter().any(|worker| self.alive(worker)) {
            "on".to_owned()
        } else {
            "on, but no worker is alive: run `openklant worker` or `openklant up`".to_owned()
        }
    }

    fn print(&self) -> anyhow::Result<()> {
        for (state, count) in &self.overview.counts {
            let note = match state {
                State::Pending => self
                    .oldest_age()
                    .map(|age| format!("  the oldest for {}", span(age))),
                State::Parked if *count > 0 => {
                    Some("  need a person: `openklant outbox list --state parked`".to_owned())
                }
                _ => None,
            };
            output::line(format_args!(
                "{:<11}{count:>8}{}",
                state.name(),
                note.unwrap_or_default()
            ))?;
        }
        output::line(format_args!("delivery   {}", self.flow()))?;
        if let Some(trouble) = trouble(&self.overview) {
            output::line(format_args!("trouble    {trouble}"))?;
        }
        for alert in &self.alerts {
            let since = moment(alert.since);
            output::line(format_args!("alert      {} since {since}, told", alert.name))?;
        }
        let failed: Vec<String> = self
            .overview
            .attempts
            .iter()
            .filter(|one| one.class != Class::Delivered.name())
            .map(|one| format!(", {} {}", one.count, one.class))
            .collect();
        output::line(format_args!(
            "rate       {} delivered in the last minute{}",
            self.delivered_lately(),
            failed.concat()
        ))?;
        let drain = match self.drain_time() {
            Some(time) if time.is_zero() => "nothing waits".to_owned(),
            Some(time) => format!("about {} at this rate", span(time)),
            None => "unknown: nothing was delivered lately".to_owned(),
        };
        output::line(format_args!("drained    {drain}"))?;
        let alive = self.workers.iter().filter(|worker| self.alive(worker)).count();
        output::line(format_args!(
            "workers    {alive} alive, {} dead",
            self.workers.len() - alive
        ))?;
        for worker in &self.workers {
            output::line(format_args!(
                "           {} on {}, {}, {} {} ago",
                worker.worker,
                worker.host,
                worker.version,
                if self.alive(worker) {
                    "seen"
                } else {
                    "dead, last seen"
                },
                span(self.now - worker.seen_at)
            ))?;
        }
        Ok(())
    }

    fn view(&self) -> Value {
        let endpoint = &self.overview.endpoint;
        let counts: serde_json::Map<String, Value> = self
            .overview
            .counts
            .iter()
            .map(|(state, count)| (state.name().to_owned(), json!(count)))
            .collect();
        let attempts: serde_json::Map<String, Value> = self
            .overview
            .attempts
            .iter()
            .map(|one| (one.class.clone(), json!(one.count)))
            .collect();
        let workers: Vec<Value> = self
            .workers
            .iter()
            .map(|worker| {
                json!({
                    "worker": worker.worker,
                    "host": worker.host,
                    "version": worker.version,
                    "startedAt": worker.started_at,
                    "seenAt": worker.seen_at,
                    "alive": self.alive(worker),
                })
            })
            .collect();
        let alerts: Vec<Value> = self
            .alerts
            .iter()
            .map(|alert| json!({"alert": alert.name, "since": alert.since}))
            .collect();
        json!({
            "counts": counts,
            "oldestPending": self.overview.oldest_pending,
            "oldestPendingSeconds": self.oldest_age().map(|age| age.num_seconds()),
            "delivery": self.flow(),
            "trouble": trouble(&self.overview),
            "alerts": alerts,
            "pausedAt": endpoint.paused_at,
            "pausedBy": endpoint.paused_by,
            "breaker": if endpoint.breaker().is_open() { "open" } else { "closed" },
            "breakerOpenedAt": endpoint.opened_at,
            "nextProbeAt": endpoint.next_probe_at,
            "rateMinutes": RATE_MINUTES,
            "attempts": attempts,
            "drainSeconds": self.drain_time().map(|time| time.num_seconds()),
            "workers": workers,
        })
    }
}
