//! Doing much in short transactions: counted, asked, shown as it goes, and written to the operators' log with each
//! batch, so that a command that is cut off leaves a row that says how far it came.

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use openklant_shared::clock::Clock;
use openklant_shared::storage::operator_log::{self, Entry};
use openklant_shared::storage::outbox_steer::{Batch, Stretch};
use openklant_shared::storage::{Db, StorageError, Tx};
use serde_json::json;

use super::consent::ConsentArgs;
use crate::output::{self, Format};

/// Messages in one transaction: a worker and the API wait no longer than that for their turn.
const BATCH: i64 = 200;

/// What is to be done.
pub struct Action<'a> {
    /// The command, such as `outbox retry`.
    pub command: &'static str,
    /// To which messages, for the log.
    pub what: String,
    /// What is done, as "12 messages are to be tried again".
    pub will: &'static str,
    /// What was done, as "12 messages will be tried again".
    pub done: &'static str,
    /// How many match now, and the number of the newest.
    pub matched: (i64, Option<i64>),
    /// Whether it may be done.
    pub consent: &'a ConsentArgs,
    /// How to say what came of it.
    pub format: Format,
}

/// Counts, asks, and does it.
pub async fn run(
    db: &Db,
    action: Action<'_>,
    step: impl AsyncFnMut(&mut Tx, Stretch) -> Result<Batch, StorageError>,
) -> anyhow::Result<()> {
    let (matched, newest) = action.matched;
    let Some(up_to) = newest.filter(|_| !action.consent.dry_run) else {
        return tell(&action, 0);
    };
    if !action
        .consent
        .agrees(&format!("{} {}.", count(matched), action.will))?
    {
        return output::line("Nothing was done.");
    }
    let bar = bar(matched);
    let mut done = 0;
    let outcome = in_batches(db, &action, up_to, step, |batch| {
        done += batch.changed;
        bar.inc(batch.changed);
        done
    })
    .await;
    bar.finish_and_clear();
    outcome.with_context(|| format!("it failed after {done} of {matched}, which are done"))?;
    tell(&action, done)
}

/// Does it, a batch and its row in the log at a time. `counted` is told of each, and answers how many there are.
async fn in_batches(
    db: &Db,
    action: &Action<'_>,
    up_to: i64,
    mut step: impl AsyncFnMut(&mut Tx, Stretch) -> Result<Batch, StorageError>,
    mut counted: impl FnMut(Batch) -> u64,
) -> Result<(), StorageError> {
    let mut stretch = Stretch {
        after: 0,
        up_to,
        limit: BATCH,
    };
    let mut logged = None;
    let mut done = 0;
    loop {
        let mut tx = db.begin().await?;
        let batch = step(&mut tx, stretch).await?;
        let Some(last) = batch.last else {
            return tx.rollback().await;
        };
        let detail = format!("{}: {}", action.what, done + batch.changed);
        match logged {
            None => {
                let entry = Entry {
                    at: Clock::System.now(),
                    operator: &action.consent.operator.name(),
                    command: action.command,
                    detail: &detail,
                };
                logged = Some(operator_log::insert(&mut tx, &entry).await?);
            }
            Some(row) => operator_log::set_detail(&mut tx, row, &detail).await?,
        }
        tx.commit().await?;
        done = counted(batch);
        stretch.after = last;
    }
}

/// On a terminal, and not for what is done at once.
fn bar(total: i64) -> ProgressBar {
    let bar = match u64::try_from(total) {
        Ok(total) if total > BATCH.unsigned_abs() => ProgressBar::new(total),
        _ => ProgressBar::hidden(),
    };
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len}  {eta} to go") {
        bar.set_style(style);
    }
    bar
}

fn count(number: i64) -> String {
    match number {
        1 => "1 message".to_owned(),
        number => format!("{number} messages"),
    }
}

fn tell(action: &Action<'_>, done: u64) -> anyhow::Result<()> {
    let (matched, _) = action.matched;
    let dry_run = action.consent.dry_run;
    match action.format {
        Format::Json => output::json(&json!({"matched": matched, "changed": done, "dryRun": dry_run})),
        Format::Text if dry_run => output::line(format_args!("{} {}.", count(matched), action.will)),
        Format::Text => {
            let done = i64::try_from(done).unwrap_or(i64::MAX);
            output::line(format_args!("{} {}.", count(done), action.done))
        }
    }
}
