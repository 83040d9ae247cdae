//! `openklant setup`: brings an installation to what a file says. A file is read whole, every mistake is told with its
//! line, and one mistake means that nothing is written.

mod apply;
mod change;
mod document;
mod export;
mod namespaces;
mod reader;
mod remark;
mod tell;
mod wanted;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use openklant_shared::clock::Clock;
use openklant_shared::settings::{Database, DatabaseUrl, Early, Source};
use openklant_shared::storage::operator_log::{self, Entry};
use openklant_shared::storage::{Db, Tx};
use tempfile::TempDir;
use tracing::info;

pub use self::remark::Mistakes;

use self::apply::Applied;
use crate::exit::CannotStart;
use crate::outbox::consent::OperatorArg;
use crate::output::FormatArg;
use crate::start::{self, Schema};

/// What the operators' log calls it.
const COMMAND: &str = "setup";

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  openklant setup --file setup.yaml --dry-run\n  openklant setup --file setup.yaml\n  \
                  openklant setup --export > setup.yaml\n\nThe file understands the namespaces of Open Zaak and Open \
                  Notificaties; docs/setup.example.yaml explains it.\nWhat it does not name stays as it is. up and migrate \
                  apply the file of OPENKLANT_SETUP_FILE by themselves."
)]
pub struct Args {
    /// The file; that of the setting `OPENKLANT_SETUP_FILE` when not given
    #[arg(long, value_name = "FILE", conflicts_with = "export")]
    file: Option<PathBuf>,
    /// Only show what would change
    #[arg(long, conflicts_with = "export")]
    dry_run: bool,
    /// Write what there is as such a file, without secrets
    #[arg(long)]
    export: bool,
    #[command(flatten)]
    operator: OperatorArg,
    #[command(flatten)]
    format: FormatArg,
}

/// Runs the command.
pub async fn run(args: Args, source: &Source) -> anyhow::Result<()> {
    let early = start::early(source)?;
    if args.export {
        let db = start::opened(&early, Schema::Require).await?;
        return export::run(&db).await;
    }
    let Some(file) = args.file.or_else(|| early.setup.file.clone()) else {
        return Err(CannotStart("say which file: --file, or OPENKLANT_SETUP_FILE".to_owned()).into());
    };
    // Opening would make the file.
    let spare = (args.dry_run && start::is_new_file(&early.database))
        .then(TempDir::new)
        .transpose()?;
    let db = match &spare {
        Some(folder) => empty(folder.path(), &early).await?,
        None => start::opened(&early, Schema::Require).await?,
    };
    let (tx, applied) = applied(&db, source, &file).await?;
    if args.dry_run {
        tx.rollback().await?;
    } else {
        keep(tx, &applied, &args.operator.name()).await?;
    }
    tell::all(&file, &applied, args.dry_run, args.format.format)
}

/// A database that nobody keeps.
async fn empty(folder: &Path, early: &Early) -> anyhow::Result<Db> {
    let database = Database {
        url: DatabaseUrl::Sqlite(folder.join("openklant.db")),
        ..early.database.clone()
    };
    let db = start::open(&database).await?;
    db.migrate().await?;
    let db = start::unlocked(db, &database).await?;
    Ok(db)
}

/// Applies the file of the settings, when a process starts.
pub async fn at_start(db: &Db, source: &Source, file: &Path) -> anyhow::Result<()> {
    let (tx, applied) = applied(db, source, file).await?;
    keep(tx, &applied, &OperatorArg::default().name()).await?;
    let file = file.display();
    for note in &applied.notes {
        info!(%file, line = note.place.line, note = note.text, "a note on the setup file");
    }
    for change in &applied.changes {
        info!(%file, change = change.summary(), "the setup file changed something");
    }
    info!(
        %file,
        changes = applied.changes.len(),
        unchanged = applied.unchanged,
        "the setup file was applied"
    );
    Ok(())
}

/// Applies a file within a transaction that is not kept yet.
async fn applied(db: &Db, source: &Source, file: &Path) -> anyhow::Result<(Tx, Applied)> {
    let name = file.display().to_string();
    let wrong = |mistakes| Mistakes::new(&name, mistakes);
    let entries = document::read(&text(file)?).map_err(wrong)?;
    let read = namespaces::read(&entries, source).map_err(wrong)?;
    let mut tx = db.begin().await?;
    let mut applied = apply::apply(&mut tx, &read.wanted, source, Clock::System.now()).await?;
    if !applied.mistakes.is_empty() {
        tx.rollback().await?;
        return Err(wrong(applied.mistakes).into());
    }
    applied.notes.extend(read.notes);
    applied.notes.sort_by_key(|note| note.place);
    Ok((tx, applied))
}

/// Keeps what was changed, with a row for each change in the operators' log.
async fn keep(mut tx: Tx, applied: &Applied, operator: &str) -> anyhow::Result<()> {
    for change in &applied.changes {
        let entry = Entry {
            at: Clock::System.now(),
            operator,
            command: COMMAND,
            detail: &change.summary(),
        };
        operator_log::insert(&mut tx, &entry).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn text(file: &Path) -> Result<String, CannotStart> {
    let unreadable = |why: String| CannotStart(format!("{} cannot be read: {why}", file.display()));
    let mut text = String::new();
    File::open(file)
        .and_then(|opened| opened.take(document::MOST_BYTES + 1).read_to_string(&mut text))
        .map_err(|error| unreadable(error.to_string()))?;
    if text.len() as u64 > document::MOST_BYTES {
        return Err(unreadable("it is longer than 1 MiB".to_owned()));
    }
    Ok(text)
}
