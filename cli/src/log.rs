//! `openklant log`: what operators did by command. What the processes write is not here; that goes to stderr.

use chrono::{DateTime, Utc};
use openklant_shared::clock::Clock;
use openklant_shared::settings::Source;
use openklant_shared::storage::operator_log::{self, Logged};
use serde_json::{Value, json};

use crate::outbox::filter::{When, moment, when};
use crate::output::{self, Format, FormatArg};
use crate::start::{self, Schema};

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  openklant log --since 7d\n  openklant log --limit 1000 --format json")]
pub struct Args {
    /// Only what was done at this time or later: 2026-11-25T09:00:00Z, 2026-11-25, or so long ago: 90s, 30m, 2h, 7d
    #[arg(long, value_name = "TIME", value_parser = when)]
    since: Option<When>,
    /// At most this many, 1 to 10000
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    limit: u16,
    #[command(flatten)]
    format: FormatArg,
}

/// Runs the command.
pub async fn run(args: Args, source: &Source) -> anyhow::Result<()> {
    let db = start::database(source, Schema::Require).await?;
    let since = args
        .since
        .map_or(DateTime::<Utc>::UNIX_EPOCH, |when| when.at(Clock::System.now()));
    let rows = operator_log::list(&db, since, args.limit.into()).await?;
    match args.format.format {
        Format::Json => output::json(&rows.iter().map(view).collect::<Vec<_>>()),
        Format::Text => output::table(
            ["WHEN", "WHO", "COMMAND", "TO WHAT"],
            rows.into_iter()
                .map(|row| [moment(row.at), row.operator, row.command, row.detail])
                .collect(),
        ),
    }
}

fn view(row: &Logged) -> Value {
    json!({
        "id": row.id,
        "at": row.at,
        "operator": row.operator,
        "command": row.command,
        "detail": row.detail,
    })
}
