//! `openklant api`: the HTTP server alone.

use openklant_shared::settings::Source;

use crate::output;
use crate::serve::Process;
use crate::start::{self, Schema};
use crate::stop::Stop;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  OPENKLANT_DATABASE_URL=postgres://openklant@db.example.nl/openklant openklant api\n\nOn \
                  PostgreSQL the database must be up to date: run `openklant migrate` first."
)]
pub struct Args {}

/// Runs the command.
pub async fn run(source: &Source) -> anyhow::Result<()> {
    let (settings, db) = start::ready(source, Schema::Require).await?;
    let process = Process::new(settings, db, Stop::on_signals()?).await?;
    let server = process.bind()?;
    output::line(format_args!("Open Klant listens on {}", process.address(&server)))?;
    let api = process.run_api(server);
    process.finish([api]).await
}
