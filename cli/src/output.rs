//! What people and scripts read: answers on stdout, errors on stderr.

use std::fmt::Display;
use std::io::{self, Write};

use clap::ValueEnum;
use comfy_table::{Table, presets};
use serde::Serialize;

/// The form of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For scripts.
    Json,
}

/// The argument that chooses it.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct FormatArg {
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Prints a line.
pub fn line(text: impl Display) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{text}")?;
    stdout.flush()?;
    Ok(())
}

/// Prints a value as JSON.
pub fn json(value: &impl Serialize) -> anyhow::Result<()> {
    line(serde_json::to_string_pretty(value)?)
}

/// Prints rows under a header.
pub fn table<const N: usize>(header: [&str; N], rows: Vec<[String; N]>) -> anyhow::Result<()> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header);
    for row in rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    line(table.trim_fmt())
}

/// Whether a command only failed because nobody reads its output any more, as behind `| head`.
pub fn reader_is_gone(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Prints an error on stderr, for the one who gave the command.
pub fn complain(error: &anyhow::Error) {
    // Nothing is left to tell it to when stderr is closed too.
    let _ = writeln!(io::stderr().lock(), "openklant: {}", sentence(error));
}

/// The error and its causes. Some errors say what their cause says; nothing is told twice.
fn sentence(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        if text.is_empty() {
            text = cause;
        } else if !text.ends_with(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use anyhow::{Context, anyhow};
    use openklant_shared::storage::ConnectError;

    use super::*;

    #[test]
    fn tells_each_cause_once() {
        let denied = || io::Error::from(io::ErrorKind::PermissionDenied);
        let cases = [
            (anyhow!("a").context("b").context("c"), "c: b: a"),
            (
                ConnectError::Folder {
                    folder: "data".into(),
                    source: denied(),
                }
                .into(),
                "the folder data for the database cannot be made: permission denied",
            ),
            (
                Err::<(), _>(denied()).context("cannot write").unwrap_err(),
                "cannot write: permission denied",
            ),
        ];
        for (error, expected) in cases {
            assert_eq!(sentence(&error), expected);
        }
    }

    #[test]
    fn knows_a_closed_pipe() {
        assert!(reader_is_gone(&io::Error::from(io::ErrorKind::BrokenPipe).into()));
        assert!(!reader_is_gone(&io::Error::from(io::ErrorKind::NotFound).into()));
        assert!(!reader_is_gone(&anyhow!("broken pipe")));
    }
}
