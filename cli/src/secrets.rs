//! `openklant secrets`: the keys that the secrets of applications and of our own at other APIs are sealed with.

use anyhow::Context;
use openklant_shared::clock::Clock;
use openklant_shared::settings::Source;
use openklant_shared::storage::operator_log::{self, Entry};
use openklant_shared::storage::{Db, secrets};
use openklant_shared::vault::SecretKey;
use serde_json::{Value, json};

use crate::outbox::consent::OperatorArg;
use crate::output::{self, Format, FormatArg};
use crate::start::{self, Schema};

/// Shown with the help of `openklant secrets`.
pub const EXAMPLE: &str = "\
Example:
  openklant secrets new-key

To go over to a new key: put it before the old one in OPENKLANT_SECRET_KEY (new,old) of every process
and restart them, give `openklant secrets rotate`, then take the old one out.";

/// What can be done.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Print a new key; nothing is changed
    #[command(after_help = "Example:\n  openklant secrets new-key > /etc/openklant/secret.key")]
    NewKey,
    /// Show how many secrets are sealed with which key
    #[command(after_help = "Example:\n  openklant secrets status --format json")]
    Status {
        #[command(flatten)]
        format: FormatArg,
    },
    /// Seal every secret with the first key
    #[command(after_help = "Example:\n  openklant secrets rotate")]
    Rotate {
        #[command(flatten)]
        operator: OperatorArg,
        #[command(flatten)]
        format: FormatArg,
    },
}

/// Runs the command.
pub async fn run(command: Command, source: &Source) -> anyhow::Result<()> {
    if matches!(command, Command::NewKey) {
        return output::line(SecretKey::random()?.to_base64());
    }
    let db = start::database(source, Schema::Require).await?;
    match command {
        Command::NewKey => Ok(()),
        Command::Status { format } => status(&db, format.format).await,
        Command::Rotate { operator, format } => rotate(&db, &operator, format.format).await,
    }
}

async fn status(db: &Db, format: Format) -> anyhow::Result<()> {
    let counts = secrets::counts(db).await?;
    let known: Vec<&str> = db.vault().keys().collect();
    let state = |key: Option<&str>| match key {
        None => "not sealed",
        Some(key) if known.first() == Some(&key) => "first key",
        Some(key) if known.contains(&key) => "older key",
        Some(_) => "unknown key",
    };
    match format {
        Format::Json => {
            let rows: Vec<Value> = counts
                .iter()
                .map(|count| {
                    json!({
                        "table": count.table,
                        "key": count.key,
                        "state": state(count.key.as_deref()),
                        "secrets": count.secrets,
                    })
                })
                .collect();
            output::json(&json!({"keys": known, "secrets": rows}))
        }
        Format::Text => {
            match db.vault().sealing_key() {
                Ok(_) => output::line(format_args!("keys  {}", known.join(" ")))?,
                Err(error) => output::line(format_args!("keys  none: {error}"))?,
            }
            output::table(
                ["TABLE", "KEY", "STATE", "SECRETS"],
                counts
                    .iter()
                    .map(|count| {
                        [
                            count.table.to_owned(),
                            count.key.clone().unwrap_or_default(),
                            state(count.key.as_deref()).to_owned(),
                            count.secrets.to_string(),
                        ]
                    })
                    .collect(),
            )
        }
    }
}

async fn rotate(db: &Db, operator: &OperatorArg, format: Format) -> anyhow::Result<()> {
    let key = db.vault().sealing_key()?.to_owned();
    let resealed = db
        .reseal_all()
        .await
        .context("nothing was changed: every key that a secret is sealed with is needed once more")?;
    if resealed > 0 {
        let entry = Entry {
            at: Clock::System.now(),
            operator: &operator.name(),
            command: "secrets rotate",
            detail: &format!("key {key}, secrets {resealed}"),
        };
        operator_log::record(db, &entry).await?;
    }
    match format {
        Format::Json => output::json(&json!({"key": key, "resealed": resealed})),
        Format::Text => output::line(format_args!("{resealed} secrets were sealed with key {key}.")),
    }
}
