//! `openklant read-log`: the log of reads, for who must answer who looked at whom. What is exported is itself written to
//! the operators' log.

use std::io::{self, BufWriter, Read as _, Write};

use chrono::{DateTime, Utc};
use clap::ValueEnum;
use openklant_shared::clock::Clock;
use openklant_shared::keyed_hash::KeyedHash;
use openklant_shared::settings::{Settings, Source};
use openklant_shared::spreadsheet::harmless;
use openklant_shared::storage::Db;
use openklant_shared::storage::operator_log::{self, Entry};
use openklant_shared::storage::read_log::{self, Read, ReadFilter};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::exit::CannotStart;
use crate::outbox::consent::OperatorArg;
use crate::outbox::filter::{When, moment, object, when};
use crate::start::{self, Schema};

/// Shown with the help of `openklant read-log`.
pub const EXAMPLE: &str = "Example:\n  openklant read-log export --since 30d --format csv > reads.csv";

/// Rows that are read at a time.
const PAGE: i64 = 1000;

/// Longest value that is read from stdin, in bytes.
const VALUE_LENGTH: u64 = 4096;

/// What can be done.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Print who read what, the oldest first
    Export(ExportArgs),
}

/// Arguments of `export`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  openklant read-log export --since 2026-11-01 --until 2026-12-01 > november.csv\n  \
                  openklant read-log export --object https://openklant.example.nl/klanten/api/v1/klanten/… --format \
                  json\n  openklant read-log export --value-stdin < bsn.txt"
)]
pub struct ExportArgs {
    /// Only at this time or later: 2026-11-25T09:00:00Z, 2026-11-25, or so long ago: 90s, 30m, 2h, 7d
    #[arg(long, value_name = "TIME", value_parser = when)]
    since: Option<When>,
    /// Only before this time, in the same form
    #[arg(long, value_name = "TIME", value_parser = when)]
    until: Option<When>,
    /// Only of this object, by its URL or uuid
    #[arg(long, value_name = "URL|UUID", value_parser = object)]
    object: Option<Uuid>,
    /// Only with this value of a filter, or by this user: read from stdin, as arguments can be seen by others
    #[arg(long)]
    value_stdin: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: ExportFormat,
    #[command(flatten)]
    operator: OperatorArg,
}

/// The form of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum ExportFormat {
    /// A line per read, for a spreadsheet.
    #[default]
    Csv,
    /// One list.
    Json,
}

/// Runs the command.
pub async fn run(command: Command, source: &Source) -> anyhow::Result<()> {
    let Command::Export(args) = command;
    let (settings, db) = start::ready(source, Schema::Require).await?;
    let filter = args.filter(&settings, Clock::System.now())?;
    let detail = args.describe(&filter);
    let operator = args.operator.name();
    // Written first: an export that breaks off has shown something too.
    let mut tx = db.begin().await?;
    let entry = Entry {
        at: Clock::System.now(),
        operator: &operator,
        command: "read-log export",
        detail: &detail,
    };
    let id = operator_log::insert(&mut tx, &entry).await?;
    tx.commit().await?;
    let printed = print(&db, &filter, args.format).await?;
    let mut tx = db.begin().await?;
    operator_log::set_detail(&mut tx, id, &format!("{detail}: {printed} rows")).await?;
    tx.commit().await?;
    Ok(())
}

impl ExportArgs {
    fn filter(&self, settings: &Settings, now: DateTime<Utc>) -> anyhow::Result<ReadFilter> {
        let hash = if self.value_stdin {
            let key = settings.read_log.key.clone().ok_or_else(|| {
                CannotStart(
                    "--value-stdin needs OPENKLANT_READ_LOG_KEY: values are hashed with it".to_owned(),
                )
            })?;
            let mut value = String::new();
            io::stdin().lock().take(VALUE_LENGTH).read_to_string(&mut value)?;
            Some(KeyedHash::new(key).of(value.trim()))
        } else {
            None
        };
        Ok(ReadFilter {
            since: self.since.map(|when| when.at(now)),
            until: self.until.map(|when| when.at(now)),
            object: self.object,
            hash,
        })
    }

    /// What was asked for, without the value.
    fn describe(&self, filter: &ReadFilter) -> String {
        let mut words = Vec::new();
        words.extend(filter.since.map(|since| format!("since={}", moment(since))));
        words.extend(filter.until.map(|until| format!("until={}", moment(until))));
        words.extend(filter.object.map(|object| format!("object={object}")));
        words.extend(self.value_stdin.then(|| "value=given".to_owned()));
        if words.is_empty() {
            "all".to_owned()
        } else {
            words.join(" ")
        }
    }
}

/// Prints page by page; answers how many.
async fn print(db: &Db, filter: &ReadFilter, format: ExportFormat) -> anyhow::Result<u64> {
    let mut list = List::begin(format)?;
    let mut after = None;
    loop {
        let (page, end) = read_log::list(db, filter, after, PAGE).await?;
        for read in &page {
            list.add(read)?;
        }
        if i64::try_from(page.len()).unwrap_or(PAGE) < PAGE {
            return list.end();
        }
        after = end;
    }
}

/// What is being printed.
struct List {
    out: Out,
    printed: u64,
}

enum Out {
    Csv(Box<csv::Writer<io::Stdout>>),
    Json(BufWriter<io::Stdout>),
}

const COLUMNS: [&str; 12] = [
    "at",
    "client_id",
    "user_id",
    "user_representation",
    "user_hash",
    "method",
    "route",
    "object",
    "filters",
    "request_id",
    "key_id",
    "reason",
];

impl List {
    fn begin(format: ExportFormat) -> anyhow::Result<Self> {
        let out = match format {
            ExportFormat::Csv => {
                let mut writer = csv::Writer::from_writer(io::stdout());
                writer.write_record(COLUMNS)?;
                Out::Csv(Box::new(writer))
            }
            ExportFormat::Json => {
                let mut writer = BufWriter::new(io::stdout());
                writer.write_all(b"[")?;
                Out::Json(writer)
            }
        };
        Ok(Self { out, printed: 0 })
    }

    fn add(&mut self, read: &Read) -> anyhow::Result<()> {
        match &mut self.out {
            Out::Csv(writer) => writer.write_record(cells(read))?,
            Out::Json(writer) => {
                let before = if self.printed == 0 { "\n" } else { ",\n" };
                write!(writer, "{before}{}", view(read))?;
            }
        }
        self.printed += 1;
        Ok(())
    }

    fn end(self) -> anyhow::Result<u64> {
        match self.out {
            Out::Csv(mut writer) => writer.flush()?,
            Out::Json(mut writer) => {
                writer.write_all(b"\n]\n")?;
                writer.flush()?;
            }
        }
        Ok(self.printed)
    }
}

fn filters(read: &Read) -> Vec<Value> {
    // Only we write them; what somebody else put there is shown as none.
    serde_json::from_str(&read.filters).unwrap_or_default()
}

fn view(read: &Read) -> Value {
    json!({
        "at": read.at,
        "clientId": read.client_id,
        "userId": read.user_id,
        "userRepresentation": read.user_representation,
        "userHash": read.user_hash,
        "method": read.method,
        "route": read.route,
        "object": read.object,
        "filters": filters(read),
        "requestId": read.request_id,
        "keyId": read.key_id,
        "reason": read.reason,
    })
}

fn cells(read: &Read) -> [String; COLUMNS.len()] {
    let filters: Vec<String> = filters(read)
        .iter()
        .map(|filter| {
            let text = |name: &str| filter[name].as_str().unwrap_or_default().to_owned();
            format!("{}={}", text("name"), text("hash"))
        })
        .collect();
    [
        read.at.to_rfc3339(),
        harmless(&read.client_id).into_owned(),
        harmless(&read.user_id).into_owned(),
        harmless(&read.user_representation).into_owned(),
        read.user_hash.clone(),
        read.method.clone(),
        read.route.clone(),
        read.object.map(|object| object.to_string()).unwrap_or_default(),
        harmless(&filters.join(" ")).into_owned(),
        harmless(&read.request_id).into_owned(),
        read.key_id.clone(),
        harmless(read.reason.as_deref().unwrap_or_default()).into_owned(),
    ]
}
