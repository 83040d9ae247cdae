//! `openklant doctor`: looks for what is wrong with the installation, and says what to do. It changes nothing; each
//! check is bounded in time, and one that fails is itself a finding.

mod database;
mod delivery;
mod finding;
mod installation;
mod services;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use openklant_shared::clock::Clock;
use openklant_shared::settings::{self, Source};

use self::finding::Finding;
use crate::output::{self, Format, FormatArg};
use crate::serve::worker_context;
use crate::start;

/// Longest a check may take.
const CHECK_WITHIN: Duration = Duration::from_secs(15);
/// Longest the check may take that reads the whole database.
const READ_ALL_WITHIN: Duration = Duration::from_mins(5);

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  openklant doctor --format json\n\nChanges nothing. Exit code 0: nothing is wrong; 1: \
                  something is, and it says what."
)]
pub struct Args {
    #[command(flatten)]
    format: FormatArg,
}

/// Runs the command.
pub async fn run(args: Args, source: &Source) -> anyhow::Result<()> {
    let findings = examine(source).await;
    match args.format.format {
        Format::Json => output::json(&findings.iter().map(Finding::view).collect::<Vec<_>>())?,
        Format::Text if findings.is_empty() => output::line("Nothing is wrong.")?,
        Format::Text => output::table(
            ["CHECK", "SEVERITY", "FINDING", "WHAT TO DO"],
            findings.iter().map(Finding::row).collect(),
        )?,
    }
    match findings.iter().filter(|finding| finding.is_wrong()).count() {
        0 => Ok(()),
        1 => bail!("1 thing is wrong"),
        several => bail!("{several} things are wrong"),
    }
}

/// Everything there is to find. What cannot be looked at for want of something else is left out.
async fn examine(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let early = match start::early(source) {
        Ok(early) => early,
        Err(error) => return installation::wrong_settings(&error),
    };
    findings.extend(installation::disk(&early.database));
    let db = match start::open_existing(&early.database).await {
        Ok(db) => db,
        Err(error) => {
            findings.push(database::not_open(&error));
            findings.extend(installation::warnings(&early.warnings));
            return findings;
        }
    };
    findings.extend(bounded("database writable", CHECK_WITHIN, database::writable(&db)).await);
    findings.extend(bounded("database integrity", READ_ALL_WITHIN, database::integrity(&db)).await);
    findings.extend(bounded("database clock", CHECK_WITHIN, database::clock(&db)).await);
    findings.extend(bounded("database replica", CHECK_WITHIN, database::replica(&db)).await);
    let (schema, fits) = database::schema(&db).await;
    findings.extend(schema);
    if !fits {
        // The rest would fail for this one reason.
        findings.extend(installation::warnings(&early.warnings));
        return findings;
    }
    findings.extend(bounded("schema", CHECK_WITHIN, database::parts(&db)).await);
    let db = match db.unlock_as_it_is(&early.database).await {
        Ok(db) => db,
        Err(error) => {
            findings.push(database::not_open(&error.into()));
            findings.extend(installation::warnings(&early.warnings));
            return findings;
        }
    };
    findings.extend(bounded("secrets", CHECK_WITHIN, database::secrets(&db)).await);
    let loaded = match start::with_stored(source, &db).await {
        Ok(source) => settings::load(&source).map_err(anyhow::Error::from),
        Err(error) => Err(error),
    };
    let loaded = match loaded {
        Ok(loaded) => loaded,
        Err(error) => {
            findings.extend(installation::wrong_settings(&error));
            return findings;
        }
    };
    findings.extend(installation::warnings(&loaded.warnings));
    findings.extend(installation::base_url(loaded.settings.server.base_url.as_ref()));
    findings.extend(installation::security_txt(
        loaded.settings.server.security_txt.as_ref(),
        Clock::System.now(),
    ));
    let settings = Arc::new(loaded.settings);
    findings.extend(bounded("outbox", CHECK_WITHIN, delivery::outbox(&db, &settings)).await);
    let context = worker_context(&settings, &db);
    findings.extend(bounded("notificaties api", CHECK_WITHIN, services::notificaties(&context)).await);
    findings.extend(bounded("autorisaties api", CHECK_WITHIN, services::autorisaties(&context)).await);
    findings.extend(bounded("provider of logins", CHECK_WITHIN, services::oidc(&settings)).await);
    findings.extend(bounded("external apis", CHECK_WITHIN, services::external(&db, &settings)).await);
    findings
}

/// What a check finds, or that it could not be done in time.
async fn bounded(
    check: &'static str,
    longest: Duration,
    findings: impl Future<Output = anyhow::Result<Vec<Finding>>>,
) -> Vec<Finding> {
    let failed = match tokio::time::timeout(longest, findings).await {
        Ok(Ok(findings)) => return findings,
        Ok(Err(error)) => format!("the check failed: {error:#}"),
        Err(_) => format!("the check took longer than {} s", longest.as_secs()),
    };
    vec![Finding::fault(
        check,
        failed,
        "see whether the database or the other side is overloaded, and run it again",
    )]
}
