//! `openklant migrate`: brings the schema of the database up to date, or lists what would be done.

use anyhow::bail;
use openklant_shared::settings::Source;
use openklant_shared::storage::Db;
use openklant_shared::storage::inspect::{self, BadRow};
use openklant_shared::storage::migrate::{Fit, SchemaError, Step, steps_of_new_sqlite};
use serde_json::json;
use tracing::warn;

use crate::output::{self, Format, FormatArg};
use crate::{setup, start};

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  openklant migrate --dry-run")]
pub struct Args {
    /// Only list the migrations, and rows that are not right
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
    let ahead = match db.check_schema().await {
        Ok(Fit::Ahead(migration)) => Some(migration),
        Ok(Fit::Exact) | Err(SchemaError::Behind(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let steps = db.migrations().await?;
    if args.dry_run {
        list(&steps, "waiting", args.format.format)?;
        return look_at_rows(&db, &steps).await;
    }
    match ahead {
        Some(migration) => warn!(
            migration,
            "the database is of a newer version of openklant: nothing is done, and nothing undone"
        ),
        None => db.migrate().await?,
    }
    let db = start::unlocked(db, &early.database).await?;
    if let Some(file) = &early.setup.file {
        setup::at_start(&db, source, file).await?;
    }
    list(&steps, "applied now", args.format.format)
}

/// Looks for rows that a migration could stumble over.
async fn look_at_rows(db: &Db, steps: &[Step]) -> anyhow::Result<()> {
    if steps.iter().all(|step| !step.applied) {
        return Ok(());
    }
    let bad = inspect::bad_rows(db).await?;
    if bad.is_empty() {
        return Ok(());
    }
    let rows: Vec<String> = bad.iter().map(text_of).collect();
    bail!(
        "rows that are not right, mend them before migrating:\n  {}",
        rows.join("\n  ")
    )
}

/// A row that refers to nothing, in words.
pub fn text_of(row: &BadRow) -> String {
    let BadRow {
        table_name,
        row_name,
        refers_to,
    } = row;
    format!("{table_name} {row_name} refers to a row of {refers_to} that is not there")
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
