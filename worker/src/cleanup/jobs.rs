//! The table of the scheduled jobs.

use chrono::TimeDelta;

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
    pub(super) work: Work,
}

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    Messages,
    Audit,
    OperatorLog,
    ReadLog,
    Leases,
    Kanalen,
    Upkeep,
    Sessions,
    History,
}

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
        about: "removes runs of jobs, but the last, and counts of attempts per hour after 30 days, and workers that were silent for a day",
        schedule: "0 40 * * * *",
        period: TimeDelta::hours(1),
        work: Work::History,
    },
];

/// The job with this name.
pub fn find(name: &str) -> Option<&'static Job> {
    JOBS.iter().find(|job| job.name == name)
}
