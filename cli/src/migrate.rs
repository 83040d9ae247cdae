//! `openklant migrate`: brings the schema of the database up to date, or lists what would be done.

use openklant_shared::settings::Source;
use openklant_shared::storage::migrate::{Step, steps_of_new_sqlite};
use serde_json::json;

use crate::output::{self, Format, FormatArg};
use crate::{setup, start};

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  openklant migrate --dry-run")]
pub struct Args {
    /// Only list the migrations
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    format: FormatArg,
}

/// Runs the command.
pub async fn run(args: Args, source: &Source) -> anyhow::Result<()> {
    let early = start::early(source)?;
    if args.dry_run && start::is_new_file(&early.database) {
        // Opening would make the file.
        return list(&steps_of_new_sqlite(), "waiting", args.format.format);
    }
    let db = start::open(&early.database).await?;
    let steps = db.migrations().await?;
    if args.dry_run {
        return list(&steps, "waiting", args.format.format);
    }
    db.migrate().await?;
    if let Some(file) = &early.setup.file {
        setup::at_start(&db, source, file).await?;
    }
    list(&steps, "applied now", args.format.format)
}

fn list(steps: &[Step], news: &str, format: Format) -> anyhow::Result<()> {
    let state = |step: &Step| if step.applied { "applied" } else { news };
    match format {
        Format::Json => output::json(
            &steps
                .iter()
                .map(|step| json!({"version": step.version, "name": step.name, "state": state(step)}))
                .collect::<Vec<_>>(),
        ),
        Format::Text => output::table(
            ["MIGRATION", "NAME", "STATE"],
            steps
                .iter()
                .map(|step| {
                    [
                        format!("{:04}", step.version),
                        step.name.clone(),
                        state(step).to_owned(),
                    ]
                })
                .collect(),
        ),
    }
}
