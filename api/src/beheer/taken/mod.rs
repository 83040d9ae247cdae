//! The scheduled jobs: when they run, how that went, and running one now. A worker runs it; this asks for it.

mod words;

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use chrono::{DateTime, Utc};
use openklant_shared::jobs::{self, JOBS, Job};
use openklant_shared::storage::job_request::{self, JobRequest};
use openklant_shared::storage::job_run::{self, INTERRUPTED, JobRun};
use openklant_shared::storage::operator_log::{self, Entry};
use openklant_shared::storage::worker_heartbeat;
use poem::Response;

use super::confirm::Confirm;
use super::filters;
use super::form::Form;
use super::language::{Language, Text};
use super::moment as times;
use super::page::{Frame, Page};
use super::problem::Problem;
use super::rights::{Needs, Right};
use super::visit::Visit;
use super::wachtrij::took;

const OPERATOR: Needs = Needs::Right(Right::Wachtrij);
const TITLE: Text = Text::new("Taken", "Jobs");
const RUN_NOW: Text = Text::new("Nu uitvoeren", "Run now");

/// Bars of the last runs.
const BARS: i64 = 14;

/// Runs of the history.
const HISTORY: i64 = 50;

/// The pages.
pub static PAGES: &[Page] = &[
    Page::get("/taken", TITLE, OPERATOR, |visit| Box::pin(list(visit))).in_menu(),
    Page::get("/taken/{naam}", TITLE, OPERATOR, |visit| Box::pin(show(visit))),
    Page::get("/taken/{naam}/nu", RUN_NOW, OPERATOR, |visit| {
        Box::pin(run_now(visit))
    }),
    Page::post("/taken/{naam}/nu", RUN_NOW, OPERATOR, |visit| {
        Box::pin(run_now(visit))
    }),
];

/// A run as the pages show it.
struct Run {
    at: DateTime<Utc>,
    took: String,
    kind: &'static str,
    outcome: Text,
    detail: String,
    worker: String,
}

impl Run {
    fn of(run: &JobRun, visit: &Visit) -> Self {
        let (kind, outcome) = match run.outcome(visit.now) {
            Some("done") => ("ok", Text::new("gelukt", "done")),
            Some("failed") => ("error", Text::new("mislukt", "failed")),
            Some(INTERRUPTED) => ("warn", Text::new("afgebroken", "interrupted")),
            Some(other) => ("", Text::same(other)),
            None => ("info", Text::new("loopt", "running")),
        };
        Self {
            at: run.started_at,
            took: duration(run).map_or_else(String::new, |length| took(length, visit.language)),
            kind,
            outcome,
            detail: run.detail.clone(),
            worker: run.worker.clone(),
        }
    }
}

fn duration(run: &JobRun) -> Option<Duration> {
    (run.finished_at? - run.started_at).to_std().ok()
}

/// A bar of a run in a box of 112 by 24: what failed has a gap and a foot, so that colour is not the only difference.
#[derive(Debug, PartialEq, Eq)]
struct Bar {
    x: i64,
    y: String,
    height: String,
    is_bad: bool,
}

/// Bars of the last runs, the oldest first.
fn bars(runs: &[&JobRun], now: DateTime<Utc>) -> Vec<Bar> {
    let length = |run: &JobRun| duration(run).unwrap_or_default().as_secs_f64();
    let longest = runs.iter().map(|run| length(run)).fold(0.001, f64::max);
    let mut x = 8 * (BARS - i64::try_from(runs.len()).unwrap_or(BARS));
    let mut bars = Vec::new();
    for run in runs.iter().rev() {
        let is_bad = !matches!(run.outcome(now), Some("done") | None);
        let room = if is_bad { 16.0 } else { 22.0 };
        let height = (length(run) / longest * room).max(2.0);
        let floor = if is_bad { 18.0 } else { 24.0 };
        bars.push(Bar {
            x,
            y: format!("{:.1}", floor - height),
            height: format!("{height:.1}"),
            is_bad,
        });
        x += 8;
    }
    bars
}

struct Line {
    job: &'static Job,
    name: Text,
    schedule: Text,
    last: Option<Run>,
    next: Option<DateTime<Utc>>,
    bars: Vec<Bar>,
    bars_name: Text,
}

#[derive(Template)]
#[template(path = "beheer/taken/lijst.html")]
struct ListView {
    frame: Frame,
    lines: Vec<Line>,
}

async fn list(visit: Arc<Visit>) -> Result<Response, Problem> {
    let names = JOBS.map(|job| job.name);
    let runs = job_run::last_of(&visit.state.db, &names, BARS).await?;
    let lines = JOBS
        .iter()
        .map(|job| {
            let runs: Vec<&JobRun> = runs.iter().filter(|run| run.job == job.name).collect();
            let bars = bars(&runs, visit.now);
            let (all, bad) = (bars.len(), bars.iter().filter(|bar| bar.is_bad).count());
            Line {
                name: words::name(job),
                schedule: words::schedule(job, visit.now),
                last: runs.first().map(|run| Run::of(run, &visit)),
                next: job.next(visit.now),
                bars_name: Text::made(
                    format!("Duur van de laatste {all} keer, {bad} niet gelukt"),
                    format!("Duration of the last {all} runs, {bad} not done"),
                ),
                bars,
                job,
            }
        })
        .collect();
    visit.show(&ListView {
        frame: Frame::new(&visit, &TITLE),
        lines,
    })
}

fn job(visit: &Visit) -> Result<&'static Job, Problem> {
    jobs::find(visit.parameter("naam")).ok_or(Problem::NotFound)
}

#[derive(Template)]
#[template(path = "beheer/taken/taak.html")]
struct View {
    frame: Frame,
    job: &'static Job,
    about: Text,
    never: Text,
    schedule: Text,
    next: Option<DateTime<Utc>>,
    asked: Option<JobRequest>,
    runs: Vec<Run>,
}

async fn show(visit: Arc<Visit>) -> Result<Response, Problem> {
    let job = job(&visit)?;
    let db = &visit.state.db;
    let runs = job_run::history(db, job.name, HISTORY).await?;
    visit.show(&View {
        frame: Frame::new(&visit, &words::name(job)).crumb("/taken", TITLE.in_language(visit.language)),
        about: words::about(job),
        never: words::never(job),
        schedule: words::schedule(job, visit.now),
        next: job.next(visit.now),
        asked: job_request::find(db, job.name).await?,
        runs: runs.iter().map(|run| Run::of(run, &visit)).collect(),
        job,
    })
}

/// `/taken/{naam}/nu`.
async fn run_now(visit: Arc<Visit>) -> Result<Response, Problem> {
    let job = job(&visit)?;
    let (state, db) = (&visit.state, &visit.state.db);
    if let Some(last) = job_run::last(db, job.name).await?
        && last.outcome(visit.now).is_none()
    {
        return Err(Problem::Conflict(Text::in_both(|language| {
            let since = times::moment(last.started_at, visit.now, language, true);
            match language {
                Language::Nl => format!("Deze taak loopt al sinds {since}. Er is niets gedaan."),
                Language::En => format!("This job runs since {since}. Nothing was done."),
            }
        })));
    }
    if visit.is_post() {
        return ask(&visit, job).await;
    }
    let mut what_happens = vec![words::about(job), words::never(job)];
    if let Some(rows) = jobs::preview(db, &state.settings, visit.now, job).await? {
        what_happens.push(Text::in_both(|language| {
            let rows = times::number(rows, language);
            match language {
                Language::Nl => format!("Nu zou het om {rows} regels gaan."),
                Language::En => format!("Now it would be about {rows} rows."),
            }
        }));
    }
    let has_worker = worker_heartbeat::list(db, 1)
        .await?
        .iter()
        .any(|worker| worker.is_alive(visit.now));
    what_happens.push(if has_worker {
        Text::new(
            "Een werker begint er binnen enkele seconden aan.",
            "A worker begins within a few seconds.",
        )
    } else {
        Text::new(
            "Er is geen werker actief: de taak begint zodra er een draait.",
            "No worker is alive: the job begins as soon as one runs.",
        )
    });
    let name = words::name(job);
    let title = Text::made(
        format!("{} nu uitvoeren?", name.in_language(Language::Nl)),
        format!("Run now: {}?", name.in_language(Language::En)),
    );
    let back = format!("/taken/{}", job.name);
    Confirm {
        frame: Frame::new(&visit, &title)
            .crumb("/taken", TITLE.in_language(visit.language))
            .crumb(back.clone(), name.in_language(visit.language))
            .last_crumb(RUN_NOW.in_language(visit.language)),
        what_happens,
        irreversible: None,
        asks_reason: false,
        yes: RUN_NOW,
        no: Text::new("Niet uitvoeren", "Do not run"),
        back,
        is_danger: false,
        hidden: Vec::new(),
    }
    .show(&visit, &Form::empty(&visit))
}

async fn ask(visit: &Visit, job: &Job) -> Result<Response, Problem> {
    let session = &visit.person()?.session;
    let mut tx = visit.state.db.begin().await?;
    let now = visit.now;
    if !job_request::ask(&mut tx, job.name, &session.name, now).await? {
        tx.rollback().await?;
        return Err(Problem::Conflict(Text::new(
            "Hier is al om gevraagd. Er is niets gedaan.",
            "This was asked for already. Nothing was done.",
        )));
    }
    let entry = Entry {
        at: now,
        operator: &session.name,
        command: "jobs run",
        detail: &format!("{}: asked for", job.name),
    };
    operator_log::insert(&mut tx, &entry).await?;
    tx.commit().await?;
    tracing::info!(account = %session.account, job = job.name, "beheer: a job was asked for");
    let said = Text::new(
        "De taak is gevraagd. Ververs de pagina om de uitkomst te zien.",
        "The job was asked for. Refresh the page to see what came of it.",
    );
    visit.go_and_say(&format!("/taken/{}", job.name), said).await
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn run(outcome: &str, seconds: i64) -> JobRun {
        let at = DateTime::UNIX_EPOCH;
        JobRun {
            id: 1,
            job: "leases".to_owned(),
            tick: at,
            worker: "w".to_owned(),
            started_at: at,
            finished_at: Some(at + TimeDelta::seconds(seconds)),
            outcome: Some(outcome.to_owned()),
            detail: String::new(),
            worker_seen_at: None,
        }
    }

    #[test]
    fn the_newest_run_is_on_the_right_and_a_failed_one_has_a_gap() {
        let (newest, older) = (run("failed", 10), run("done", 5));
        let bars = bars(&[&newest, &older], DateTime::UNIX_EPOCH);
        assert_eq!(bars.len(), 2);
        assert_eq!(
            (bars[0].x, bars[0].is_bad, bars[0].height.as_str()),
            (96, false, "11.0")
        );
        assert_eq!((bars[1].x, bars[1].is_bad), (104, true));
        assert_eq!((bars[1].y.as_str(), bars[1].height.as_str()), ("2.0", "16.0"));
        assert!(super::bars(&[], DateTime::UNIX_EPOCH).is_empty());
    }
}
