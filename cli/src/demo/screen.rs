//! What the demo prints: short blocks under a heading, coloured only on a terminal.

use std::fmt::Display;
use std::io::{self, IsTerminal};

use chrono::{DateTime, Utc};
use openklant_shared::clock::Clock;

use super::stand_in::notificaties::News;
use crate::output;

const BOLD: &str = "\x1b[1m";
const GREEN: &str = "\x1b[32m";
const PLAIN: &str = "\x1b[0m";

/// The screen.
pub struct Screen {
    colour: bool,
    started: DateTime<Utc>,
}

impl Screen {
    /// Stdout. The variable `NO_COLOR` is a convention of terminals, not a setting of ours.
    pub fn new() -> Self {
        Self {
            colour: io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
            started: Clock::System.now(),
        }
    }

    /// Begins a block.
    pub fn heading(&self, title: &str) -> anyhow::Result<()> {
        output::line(format_args!("\n{}", self.paint(BOLD, title)))
    }

    /// A call and its answer.
    pub fn call(&self, method: &str, status: u16, what: &str, url: &str) -> anyhow::Result<()> {
        let status = self.paint(GREEN, &status.to_string());
        let object = url.rsplit('/').next().unwrap_or(url);
        output::line(format_args!("  {method:<7}{status}  {what:<37}{object}"))
    }

    /// What the stand-in received, and how long after the start.
    pub fn news(&self, news: &News) -> anyhow::Result<()> {
        let since = Clock::System
            .now()
            .signed_duration_since(self.started)
            .as_seconds_f64();
        match news {
            News::Kanaal { naam, filters } => output::line(format_args!(
                "  +{since:.2} s  {naam}, filters: {}",
                filters.join(", ")
            )),
            News::Notificatie {
                kanaal,
                actie,
                hoofd_object,
                kenmerken,
            } => {
                let actie = self.paint(GREEN, &format!("{actie:<14}"));
                output::line(format_args!(
                    "  +{since:.2} s  {kanaal:<15}  {actie}  {kenmerken:<41}  {hoofd_object}"
                ))
            }
        }
    }

    fn paint(&self, colour: &str, text: &str) -> String {
        if self.colour {
            format!("{colour}{text}{PLAIN}")
        } else {
            text.to_owned()
        }
    }
}

/// Prints a name and what it is.
pub fn row(name: &str, value: impl Display) -> anyhow::Result<()> {
    output::line(format_args!("  {name:<21}{value}"))
}

/// Prints a name and what it is, under a call.
pub fn detail(name: &str, value: impl Display) -> anyhow::Result<()> {
    output::line(format_args!("         {name:<17}{value}"))
}

/// Prints a line to copy.
pub fn command(command: impl Display) -> anyhow::Result<()> {
    output::line(format_args!("  {command}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_only_when_told_to() {
        let screen = |colour| Screen {
            colour,
            started: DateTime::UNIX_EPOCH,
        };
        assert_eq!(screen(false).paint(BOLD, "a"), "a");
        assert_eq!(screen(true).paint(BOLD, "a"), "\x1b[1ma\x1b[0m");
    }
}
