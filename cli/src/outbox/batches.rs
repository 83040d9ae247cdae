//! Doing much: counted, asked, and shown as it goes. The doing itself is that of [`openklant_shared::steering`].

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use openklant_shared::clock::{Clock, Ids};
use openklant_shared::steering::{Action, BATCH, Run, Turn};
use openklant_shared::storage::Db;
use serde_json::json;

use super::consent::ConsentArgs;
use crate::output::{self, Format};

/// What is asked and told about it.
pub struct Words<'a> {
    /// What is done, as "12 messages are to be tried again".
    pub will: &'static str,
    /// What was done, as "12 messages will be tried again".
    pub done: &'static str,
    /// Whether it may be done.
    pub consent: &'a ConsentArgs,
    /// How to say what came of it.
    pub format: Format,
}

/// Counts, asks, and does it.
pub async fn run(db: &Db, action: Action, words: Words<'_>) -> anyhow::Result<()> {
    let clock = Clock::System;
    let now = clock.now();
    let (matched, newest) = action.count(db).await?;
    let Some(up_to) = newest.filter(|_| !words.consent.dry_run) else {
        return tell(&words, matched, 0);
    };
    if !words
        .consent
        .agrees(&format!("{} {}.", count(matched), words.will))?
    {
        return output::line("Nothing was done.");
    }
    let bar = bar(matched);
    let mut run = Run::new(action, words.consent.operator.name(), (matched, up_to), now);
    let outcome = run.finish(db, &clock, &Ids::Random, |done| bar.inc(done)).await;
    bar.finish_and_clear();
    let done = run.done();
    let turn = outcome.with_context(|| format!("it failed after {done} of {matched}, which are done"))?;
    if turn == Turn::Stopped {
        bail!("somebody stopped it after {done} of {matched}, which are done");
    }
    tell(&words, matched, done)
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

fn tell(words: &Words<'_>, matched: i64, done: u64) -> anyhow::Result<()> {
    let dry_run = words.consent.dry_run;
    match words.format {
        Format::Json => output::json(&json!({"matched": matched, "changed": done, "dryRun": dry_run})),
        Format::Text if dry_run => output::line(format_args!("{} {}.", count(matched), words.will)),
        Format::Text => {
            let done = i64::try_from(done).unwrap_or(i64::MAX);
            output::line(format_args!("{} {}.", count(done), words.done))
        }
    }
}
