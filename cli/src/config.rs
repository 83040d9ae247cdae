//! `openklant config`: whether the settings are right, and what they are. Touches no database.

use openklant_shared::settings::{self, Source};
use serde_json::json;

use crate::output::{self, Format, FormatArg};

/// Shown with the help of `openklant config`.
pub const EXAMPLE: &str = "Example:\n  openklant config check";

/// What can be done.
#[derive(Clone, Copy, Debug, clap::Subcommand)]
pub enum Command {
    /// Check the settings and report every mistake
    #[command(after_help = "Example:\n  openklant config check --config /etc/openklant.toml")]
    Check,
    /// Show every setting and where it came from; secrets are ***
    #[command(after_help = "Example:\n  openklant config show --format json")]
    Show {
        #[command(flatten)]
        format: FormatArg,
    },
}

/// Runs the command.
pub fn run(command: Command, source: &Source) -> anyhow::Result<()> {
    let loaded = settings::load(source)?;
    match command {
        Command::Check => {
            for warning in &loaded.warnings {
                output::line(format_args!("warning: {warning}"))?;
            }
            output::line("The settings are right.")
        }
        Command::Show {
            format: FormatArg { format: Format::Json },
        } => output::json(
            &loaded
                .rows
                .iter()
                .map(
                    |row| json!({"name": row.name, "value": row.value, "origin": row.origin, "set": row.set}),
                )
                .collect::<Vec<_>>(),
        ),
        Command::Show { .. } => {
            output::table(
                ["SETTING", "VALUE", "FROM"],
                loaded
                    .rows
                    .into_iter()
                    .map(|row| [row.name.to_owned(), row.value, row.origin])
                    .collect(),
            )?;
            output::line(
                "What `openklant setup` stored in the database is shown by `openklant setup --export`.",
            )
        }
    }
}
