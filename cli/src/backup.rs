//! `openklant backup`: a copy of the embedded database while the program serves. It appears under its name only when
//! it is whole, and never in the place of another file.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use openklant_shared::settings::{DatabaseUrl, Source};
use openklant_shared::storage::Db;
use openklant_shared::storage::backup::check_copy;
use serde_json::json;
use tempfile::NamedTempFile;
use tracing::info;

use crate::exit::CannotStart;
use crate::output::{self, Format, FormatArg};
use crate::start;

/// How often the bar is brought up to date.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How often the log says how far a long copy is.
const TELL_EVERY: Duration = Duration::from_secs(10);

const POSTGRES: &str = "the database is a PostgreSQL database, and the tools that come with PostgreSQL copy it:\n  \
     pg_dump --format=custom --file=openklant.dump \"$OPENKLANT_DATABASE_URL\"\n\
     and back, into an empty database:\n  \
     pg_restore --no-owner --dbname=URL openklant.dump";

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  openklant backup --to /var/backups/openklant-2026-11-25.db\n\nFor the embedded database; \
                  the program may serve meanwhile. The copy holds personal data: only its owner can\nread it. \
                  PostgreSQL has pg_dump."
)]
pub struct Args {
    /// The file to make; it must not be there yet
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    #[command(flatten)]
    format: FormatArg,
}

/// Runs the command.
pub async fn run(args: Args, source: &Source) -> anyhow::Result<()> {
    let early = start::early(source)?;
    if matches!(early.database.url, DatabaseUrl::Postgres(_)) {
        return Err(CannotStart(POSTGRES.to_owned()).into());
    }
    if args.to.try_exists().unwrap_or(false) {
        bail!("{} is there already; it was left as it is", args.to.display());
    }
    let began = Instant::now();
    // As it is: a copy is also what one makes before a migration.
    let db = start::open_existing(&early.database).await?;
    let copy = copy(&db, &args.to).await?;
    let bytes = copy.as_file().metadata().map_or(0, |about| about.len());
    keep(copy, &args.to)?;
    let took = began.elapsed();
    match args.format.format {
        Format::Json => output::json(&json!({
            "file": args.to,
            "bytes": bytes,
            "integrity": "ok",
            "durationMs": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        })),
        Format::Text => output::line(format_args!(
            "{}: {bytes} bytes, whole, in {:.1} s. It holds personal data: keep it as safe as the database.",
            args.to.display(),
            took.as_secs_f64()
        )),
    }
}

/// Makes the copy beside its place, under a name of its own, and reads it back. It is removed when that fails.
async fn copy(db: &Db, to: &Path) -> anyhow::Result<NamedTempFile> {
    let folder = folder_of(to);
    // Made for its owner alone, with rights 0600.
    let copy = tempfile::Builder::new()
        .prefix(".openklant-backup-")
        .tempfile_in(folder)
        .with_context(|| format!("no file can be made in {}", folder.display()))?;
    let expected = db.copy_size().await?.and_then(|size| u64::try_from(size).ok());
    let progress = show(copy.path(), expected.unwrap_or_default());
    tokio::select! {
        done = db.copy_into(copy.path()) => done?,
        () = progress => {}
    }
    check_copy(copy.path()).await?;
    Ok(copy)
}

/// Gives the copy its name, once it is on the disk.
fn keep(copy: NamedTempFile, to: &Path) -> anyhow::Result<()> {
    copy.as_file().sync_all().context("the copy cannot be written")?;
    copy.persist_noclobber(to)
        .map_err(|refused| match refused.error {
            error if error.kind() == io::ErrorKind::AlreadyExists => {
                anyhow::anyhow!(
                    "{} was made by somebody else meanwhile; it was left as it is",
                    to.display()
                )
            }
            error => {
                anyhow::Error::from(error).context(format!("the copy cannot be called {}", to.display()))
            }
        })?;
    // The name too must be there after a power cut; a folder that cannot be synced is no reason to call it failed.
    let _ = File::open(folder_of(to)).and_then(|folder| folder.sync_all());
    Ok(())
}

fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Shows how far the copy is, on a terminal and now and then in the log. Never ends.
async fn show(copy: &Path, expected: u64) {
    let bar = ProgressBar::new(expected);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}  {eta} to go") {
        bar.set_style(style);
    }
    let mut told = Instant::now();
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let bytes = std::fs::metadata(copy).map_or(0, |about| about.len());
        bar.set_position(bytes.min(expected));
        if told.elapsed() >= TELL_EVERY {
            told = Instant::now();
            info!(bytes, expected, "the copy is being made");
        }
    }
}
