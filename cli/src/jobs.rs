//! `openklant jobs`: the scheduled jobs of the worker, and running one by hand.

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use openklant_shared::clock::Clock;
use openklant_shared::settings::Source;
use openklant_shared::storage::Db;
use openklant_shared::storage::job_run::{self, BY_HAND, JobRun};
use openklant_shared::storage::operator_log::{self, Entry};
use openklant_worker::cleanup::{self, JOBS, Job};
use serde_json::{Value, json};

use crate::outbox::consent::ConsentArgs;
use crate::outbox::filter::moment;
use crate::output::{self, Format, FormatArg};
use crate::serve::worker_context;
use crate::start::{self, Schema};
use crate::stop::Stop;

/// Shown with the help of `openklant jobs`.
pub const EXAMPLE: &str = "Example:\n  openklant jobs list";

/// What can be done.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the jobs, when they run, and what came of their last run
    #[command(after_help = "Example:\n  openklant jobs list --format json")]
    List {
        #[command(flatten)]
        format: FormatArg,
    },
    /// Run a job now
    #[command(after_help = "Example:\n  openklant jobs run messages --yes")]
    Run {
        /// Its name, as `jobs list` shows it
        #[arg(value_name = "NAME", value_parser = job)]
        job: &'static Job,
        #[command(flatten)]
        consent: ConsentArgs,
        #[command(flatten)]
        format: FormatArg,
    },
}

fn job(name: &str) -> Result<&'static Job, String> {
    cleanup::find(name).ok_or_else(|| format!("no job: {}", JOBS.map(|job| job.name).join(", ")))
}

/// Runs the command.
pub async fn run(command: Command, source: &Source) -> anyhow::Result<()> {
    let (settings, db) = start::ready(source, Schema::Require).await?;
    match command {
        Command::List { format } => list(&db, format.format).await,
        Command::Run { job, consent, format } => {
            let context = worker_context(&settings, &db);
            if consent.dry_run {
                return foresee(job, cleanup::preview(&context, job).await?, format.format);
            }
            if !consent.agrees(&format!("Run {}: it {}.", job.name, job.about))? {
                return output::line("Nothing was done.");
            }
            let operator = consent.operator.name();
            let worker = format!("{BY_HAND}{operator}");
            let stop = Stop::on_signals()?;
            let run = tokio::select! {
                run = cleanup::run(&context, &worker, job, Clock::System.now()) => run?,
                () = stop.asked() => {
                    cleanup::interrupt(&context, &worker).await;
                    bail!("{} was interrupted; what it did so far is done", job.name);
                }
            };
            let run =
                run.with_context(|| format!("{} was started elsewhere at this very moment", job.name))?;
            log(&db, &operator, &run).await?;
            tell(&run, format.format)
        }
    }
}

/// Says what a run would do.
fn foresee(job: &Job, rows: Option<i64>, format: Format) -> anyhow::Result<()> {
    match (format, rows) {
        (Format::Json, _) => {
            output::json(&json!({"name": job.name, "about": job.about, "rows": rows, "dryRun": true}))
        }
        (Format::Text, None) => output::line(format_args!("{} {}.", job.name, job.about)),
        (Format::Text, Some(rows)) => {
            let rows = if rows == 1 {
                "1 row".to_owned()
            } else {
                format!("{rows} rows")
            };
            output::line(format_args!("{} {}: {rows} now.", job.name, job.about))
        }
    }
}

async fn log(db: &Db, operator: &str, run: &JobRun) -> anyhow::Result<()> {
    let outcome = run.outcome.as_deref().unwrap_or("running");
    let entry = Entry {
        at: Clock::System.now(),
        operator,
        command: "jobs run",
        detail: &format!("{}: {outcome}, {}", run.job, run.detail),
    };
    Ok(operator_log::record(db, &entry).await?)
}

fn tell(run: &JobRun, format: Format) -> anyhow::Result<()> {
    if format == Format::Json {
        output::json(&view(run, Clock::System.now()))?;
    }
    match run.outcome.as_deref() {
        Some("failed") => bail!("{} failed: {}", run.job, run.detail),
        _ if format == Format::Json => Ok(()),
        _ => output::line(format_args!("{}: {}.", run.job, run.detail)),
    }
}

async fn list(db: &Db, format: Format) -> anyhow::Result<()> {
    let now = Clock::System.now();
    let mut jobs = Vec::new();
    for job in &JOBS {
        jobs.push((job, job_run::last(db, job.name).await?));
    }
    match format {
        Format::Json => {
            let views: Vec<Value> = jobs
                .iter()
                .map(|(job, last)| {
                    json!({
                        "name": job.name,
                        "about": job.about,
                        "schedule": job.schedule,
                        "lastRun": last.as_ref().map(|run| view(run, now)),
                    })
                })
                .collect();
            output::json(&views)
        }
        Format::Text => output::table(
            [
                "NAME",
                "SCHEDULE (UTC)",
                "LAST RUN",
                "TOOK",
                "OUTCOME",
                "WHAT IT DID",
            ],
            jobs.iter()
                .map(|(job, last)| {
                    let last = last.as_ref();
                    [
                        job.name.to_owned(),
                        job.schedule.to_owned(),
                        last.map_or_else(|| "never".to_owned(), |run| moment(run.started_at)),
                        last.and_then(duration_ms)
                            .map(|ms| format!("{ms} ms"))
                            .unwrap_or_default(),
                        last.map_or("", |run| run.outcome(now).unwrap_or("running"))
                            .to_owned(),
                        last.map(|run| run.detail.clone()).unwrap_or_default(),
                    ]
                })
                .collect(),
        ),
    }
}

fn duration_ms(run: &JobRun) -> Option<i64> {
    run.finished_at
        .map(|end| (end - run.started_at).num_milliseconds())
}

fn view(run: &JobRun, now: DateTime<Utc>) -> Value {
    json!({
        "tick": run.tick,
        "worker": run.worker,
        "startedAt": run.started_at,
        "finishedAt": run.finished_at,
        "durationMs": duration_ms(run),
        "outcome": run.outcome(now),
        "detail": run.detail,
    })
}
