//! The scheduled jobs: what they do and when, and how many rows a run would touch. The worker does the work; commands and
//! the management site show it and ask for it.

use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::settings::Settings;
use crate::storage::beheer::session;
use crate::storage::{
    Db, StorageError, client_use, delivery_hour, job_run, operator_log, outbox, read_log, retention,
    worker_heartbeat,
};

/// A scheduled job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its name, for people and in `job_run`.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// When it runs: seconds, minutes, hours, day of the month, month, day of the week, in UTC.
    pub schedule: &'static str,
    /// How long after its last run it is late: a worker that starts then runs it at once.
    pub period: TimeDelta,
    /// What it does, for who does it.
    pub work: Work,
}

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Removes finished messages.
    Messages,
    /// Removes audit rows.
    Audit,
    /// Removes rows of the operators' log.
    OperatorLog,
    /// Removes rows of the log of reads.
    ReadLog,
    /// Gives messages back.
    Leases,
    /// Registers the kanalen.
    Kanalen,
    /// Looks after the database.
    Upkeep,
    /// Removes what the management site no longer needs.
    Sessions,
    /// Removes old runs, counts per hour, of attempts and of use, and workers.
    History,
}

/// How long runs of jobs are kept, the last of each job always.
pub const RUNS_KEPT: Duration = Duration::from_hours(30 * 24);

/// How long counts of attempts per hour are kept.
pub const HOURS_KEPT: Duration = Duration::from_hours(30 * 24);

/// How long counts of requests and refusals per client id and hour are kept.
pub const USE_KEPT: Duration = Duration::from_hours(8 * 24);

/// How long a worker is shown as dead.
pub const DEAD_SHOWN: Duration = Duration::from_hours(24);

/// How long a session of the management site is kept after it ended.
const SESSION_KEPT: Duration = Duration::from_hours(24);

/// Every job.
pub static JOBS: [Job; 9] = [
    Job {
        name: "messages",
        about: "removes delivered and cancelled messages, with their attempts, after OPENKLANT_MESSAGE_RETENTION",
        schedule: "0 10 2 * * *",
        period: TimeDelta::days(1),
        work: Work::Messages,
    },
    Job {
        name: "audit",
        about: "removes audit rows after OPENKLANT_AUDIT_RETENTION; nothing when that is not set",
        schedule: "0 30 2 * * *",
        period: TimeDelta::days(1),
        work: Work::Audit,
    },
    Job {
        name: "operator-log",
        about: "removes rows of the operators' log after OPENKLANT_OPERATOR_LOG_RETENTION; nothing when that is off",
        schedule: "0 40 2 * * *",
        period: TimeDelta::days(1),
        work: Work::OperatorLog,
    },
    Job {
        name: "read-log",
        about: "removes rows of the log of reads after OPENKLANT_READ_LOG_RETENTION; nothing when that is off",
        schedule: "0 45 2 * * *",
        period: TimeDelta::days(1),
        work: Work::ReadLog,
    },
    Job {
        name: "leases",
        about: "gives messages back whose worker is gone",
        schedule: "30 * * * * *",
        period: TimeDelta::minutes(1),
        work: Work::Leases,
    },
    Job {
        name: "kanalen",
        about: "registers the kanalen at the Notificaties API, or brings them up to date",
        schedule: "0 20 * * * *",
        period: TimeDelta::hours(1),
        work: Work::Kanalen,
    },
    Job {
        name: "upkeep",
        about: "brings the statistics of the database up to date; on SQLite also the log of changes into the file",
        schedule: "0 50 2 * * *",
        period: TimeDelta::days(1),
        work: Work::Upkeep,
    },
    Job {
        name: "sessions",
        about: "removes sessions of the management site a day after they ended, and what was typed into forms after half an hour",
        schedule: "0 25 * * * *",
        period: TimeDelta::hours(1),
        work: Work::Sessions,
    },
    Job {
        name: "history",
        about: "removes runs of jobs, but the last, and counts of attempts per hour after 30 days, counts of requests and refusals per client id after 8 days, and workers that were silent for a day",
        schedule: "0 40 * * * *",
        period: TimeDelta::hours(1),
        work: Work::History,
    },
];

/// The job with this name.
pub fn find(name: &str) -> Option<&'static Job> {
    JOBS.iter().find(|job| job.name == name)
}

impl Job {
    /// When it runs next, if a worker runs.
    pub fn next(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let schedule = cron::Schedule::from_str(self.schedule).ok()?;
        schedule.after(&now).next()
    }
}

/// The moment that lies a retention ago.
pub fn before(now: DateTime<Utc>, retention: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(retention)
        .ok()
        .and_then(|retention| now.checked_sub_signed(retention))
        .unwrap_or(DateTime::UNIX_EPOCH)
}

/// Sessions of the management site that were last used before this are over, however long a session may last.
pub fn sessions_over(settings: &Settings, now: DateTime<Utc>) -> DateTime<Utc> {
    let settings = &settings.beheer;
    let longest = settings.idle_timeout.max(settings.session_lifetime);
    before(now, longest + SESSION_KEPT)
}

/// How many rows a run would remove or change now; `None` where a run has no such number.
///
/// # Errors
/// A database that fails.
pub async fn preview(
    db: &Db,
    settings: &Settings,
    now: DateTime<Utc>,
    job: &Job,
) -> Result<Option<i64>, StorageError> {
    let kept = &settings.retention;
    let rows = match job.work {
        Work::Messages => retention::count_finished(db, before(now, kept.messages)).await?,
        Work::Audit => match kept.audit {
            Some(kept) => retention::count_audit_rows(db, before(now, kept)).await?,
            None => 0,
        },
        Work::OperatorLog => match kept.operator_log {
            Some(kept) => operator_log::count_old(db, before(now, kept)).await?,
            None => 0,
        },
        Work::ReadLog => match settings.read_log.retention {
            Some(kept) => read_log::count_old(db, before(now, kept)).await?,
            None => 0,
        },
        Work::Leases => outbox::count_expired(db, now).await?,
        Work::Sessions => session::count_old(db, sessions_over(settings, now)).await?,
        Work::History => {
            let mut old = worker_heartbeat::count_silent(db, before(now, DEAD_SHOWN)).await?;
            old += delivery_hour::count_old(db, before(now, HOURS_KEPT)).await?;
            old += client_use::count_old(db, before(now, USE_KEPT)).await?;
            for job in &JOBS {
                old += job_run::count_old(db, job.name, before(now, RUNS_KEPT)).await?;
            }
            old
        }
        Work::Kanalen | Work::Upkeep => return Ok(None),
    };
    Ok(Some(rows))
}
