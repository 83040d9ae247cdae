//! `openklant kanalen`: the kanalen we publish on, as the Notificaties API knows them.

use openklant_shared::clock::Clock;
use openklant_shared::settings::Source;
use openklant_shared::storage::Db;
use openklant_shared::storage::operator_log::{self, Entry};
use openklant_worker::kanalen::{self, Change, Link, Registration, Shown};
use serde_json::{Value, json};

use crate::outbox::consent::OperatorArg;
use crate::output::{self, Format, FormatArg};
use crate::serve::worker_context;
use crate::start::{self, Schema};

/// Shown with the help of `openklant kanalen`.
pub const EXAMPLE: &str = "Example:\n  openklant kanalen register";

/// What can be done.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Register the kanalen, or bring them up to date; the worker does so too when it starts
    #[command(after_help = "Example:\n  openklant kanalen register")]
    Register {
        #[command(flatten)]
        operator: OperatorArg,
        #[command(flatten)]
        format: FormatArg,
    },
    /// Show what the Notificaties API has
    #[command(after_help = "Example:\n  openklant kanalen show --format json")]
    Show {
        #[command(flatten)]
        format: FormatArg,
    },
}

/// Runs the command.
pub async fn run(command: Command, source: &Source) -> anyhow::Result<()> {
    let (settings, db) = start::ready(source, Schema::Require).await?;
    let context = worker_context(&settings, &db);
    match command {
        Command::Register { operator, format } => {
            let registered = kanalen::register(&context).await?;
            record(&db, &operator, &registered).await?;
            print(
                &registered,
                format.format,
                registration,
                ["KANAAL", "CHANGE", "LINK TO ITS DOCUMENTATION"],
                |one| {
                    [
                        one.naam.to_owned(),
                        change(one.change).to_owned(),
                        link(&one.link),
                    ]
                },
            )
        }
        Command::Show { format } => print(
            &kanalen::show(&context).await?,
            format.format,
            shown,
            ["KANAAL", "REGISTERED", "FILTERS", "SHOULD BE"],
            |one| {
                let (registered, filters) = match &one.found {
                    Some(found) => (found.url.clone(), found.filters.join(", ")),
                    None => ("no".to_owned(), String::new()),
                };
                [one.naam.to_owned(), registered, filters, one.filters.join(", ")]
            },
        ),
    }
}

/// Writes to the operators' log what was changed at the Notificaties API.
async fn record(db: &Db, operator: &OperatorArg, registered: &[Registration]) -> anyhow::Result<()> {
    let changed: Vec<String> = registered
        .iter()
        .filter(|one| one.change != Change::Unchanged)
        .map(|one| format!("{} {}", one.naam, change(one.change)))
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    let entry = Entry {
        at: Clock::System.now(),
        operator: &operator.name(),
        command: "kanalen register",
        detail: &changed.join(", "),
    };
    Ok(operator_log::record(db, &entry).await?)
}

fn print<T, const N: usize>(
    items: &[T],
    format: Format,
    as_json: impl Fn(&T) -> Value,
    header: [&str; N],
    as_row: impl Fn(&T) -> [String; N],
) -> anyhow::Result<()> {
    match format {
        Format::Json => output::json(&items.iter().map(as_json).collect::<Vec<_>>()),
        Format::Text => output::table(header, items.iter().map(as_row).collect()),
    }
}

fn change(change: Change) -> &'static str {
    match change {
        Change::Created => "created",
        Change::Updated => "updated",
        Change::Unchanged => "unchanged",
    }
}

fn link(link: &Link) -> String {
    match link {
        Link::Registered(url) => url.to_string(),
        Link::Refused(url) => format!("left out: the Notificaties API got no answer from {url}"),
        Link::NoBaseUrl => "left out: OPENKLANT_BASE_URL is not set".to_owned(),
    }
}

fn registration(one: &Registration) -> Value {
    let registered = match &one.link {
        Link::Registered(url) => Some(url.as_str()),
        Link::Refused(_) | Link::NoBaseUrl => None,
    };
    json!({"naam": one.naam, "change": change(one.change), "documentatieLink": registered})
}

fn shown(one: &Shown) -> Value {
    let found = one.found.as_ref().map(|found| {
        json!({"url": found.url, "documentatieLink": found.documentatie_link, "filters": found.filters})
    });
    json!({"naam": one.naam, "filters": one.filters, "registered": found})
}
