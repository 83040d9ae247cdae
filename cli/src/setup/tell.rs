//! Tells what a setup file changed, or would change.

use std::path::Path;

use serde_json::{Value, json};

use super::apply::Applied;
use super::change::Change;
use crate::output::{self, Format};

/// Tells it all.
pub fn all(file: &Path, applied: &Applied, dry_run: bool, format: Format) -> anyhow::Result<()> {
    match format {
        Format::Json => as_json(applied, dry_run),
        Format::Text => as_text(file, applied, dry_run),
    }
}

fn as_json(applied: &Applied, dry_run: bool) -> anyhow::Result<()> {
    let changes: Vec<Value> = applied.changes.iter().map(Change::json).collect();
    let notes: Vec<Value> = applied
        .notes
        .iter()
        .map(|note| json!({"line": note.place.line, "column": note.place.column, "text": note.text}))
        .collect();
    output::json(&json!({
        "dryRun": dry_run,
        "changes": changes,
        "unchanged": applied.unchanged,
        "notes": notes,
    }))
}

fn as_text(file: &Path, applied: &Applied, dry_run: bool) -> anyhow::Result<()> {
    for line in applied.changes.iter().flat_map(Change::lines) {
        output::line(line)?;
    }
    for note in &applied.notes {
        output::line(format_args!("note: {note}"))?;
    }
    let changed = applied.changes.len();
    let done = if dry_run { "would change" } else { "changed" };
    output::line(format_args!(
        "{}: {changed} {done}, {} as they were",
        file.display(),
        applied.unchanged
    ))?;
    let at_start = |change: &Change| ["setting", "service"].contains(&change.kind);
    if !dry_run && applied.changes.iter().any(at_start) {
        output::line(
            "Processes that run take settings, and credentials at the Notificaties API and the Autorisaties API, at their \
             next start.",
        )?;
    }
    Ok(())
}
