//! Running all tests on both databases: with nextest when it is there, with `cargo test` otherwise. A PostgreSQL server
//! is lent to the tests for as long as they run; what they do with it is theirs.

use std::io::IsTerminal;
use std::process::Command;

use anyhow::{Result, bail};

use crate::workspace::Workspace;
use crate::{pg, process};

/// What a run of the tests came to.
pub struct Outcome {
    /// How many tests did what; nothing when no runner got as far as saying so.
    pub counts: Option<Counts>,
    /// Why the run is not green.
    fault: Option<anyhow::Error>,
}

impl Outcome {
    /// The outcome as a result.
    pub fn verdict(self) -> Result<()> {
        self.fault.map_or(Ok(()), Err)
    }
}

/// How many tests passed, failed and were left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

/// Runs all tests. A run without any test is a failure.
pub fn run(workspace: &Workspace) -> Outcome {
    let mut tally = Tally::default();
    let result = run_counted(workspace, &mut tally);
    let counts = tally.seen.then_some(tally.counts);
    let fault = match (result, counts) {
        (Err(fault), _) => Some(fault),
        (
            Ok(()),
            Some(Counts {
                passed: 1..,
                failed: 0,
                ..
            }),
        ) => None,
        (Ok(()), counts) => Some(anyhow::anyhow!("the runner ended well but counted {counts:?}")),
    };
    Outcome { counts, fault }
}

fn run_counted(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let server = pg::for_tests(workspace)?;
    let mut command = runner(workspace);
    command.env(pg::TEST_URL, server.url());
    let status = process::follow(&mut command, |line| tally.read(line))?;
    if !status.success() {
        bail!("`{}` failed ({status})", process::display(&command));
    }
    Ok(())
}

fn runner(workspace: &Workspace) -> Command {
    let mut command = workspace.command("cargo");
    if process::succeeds(Command::new("cargo").args(["nextest", "--version"])) {
        let colour = if std::io::stdout().is_terminal() {
            "always"
        } else {
            "never"
        };
        command.args([
            "nextest",
            "run",
            "--workspace",
            "--locked",
            "--no-fail-fast",
            "--color",
            colour,
        ]);
    } else {
        println!("cargo-nextest is not installed: using cargo test, which is slower");
        command.args(["test", "--workspace", "--locked", "--no-fail-fast"]);
    }
    command
}

/// Adds up the closing lines of the runners: one of nextest, or one of `cargo test` per test binary.
#[derive(Default)]
struct Tally {
    counts: Counts,
    seen: bool,
}

impl Tally {
    fn read(&mut self, line: &str) {
        let plain = without_colours(line);
        let plain = plain.trim();
        // nextest: `Summary [   1.2s] 3 tests run: 2 passed (1 slow), 1 failed, 0 skipped`
        // cargo test: `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s`
        let parts = if plain.starts_with("Summary [") {
            plain.split_once(" run: ").map(|(_, counts)| counts)
        } else {
            plain
                .strip_prefix("test result: ")
                .and_then(|rest| rest.split_once(". "))
                .map(|(_, counts)| counts)
        };
        let Some(parts) = parts else { return };
        self.seen = true;
        for part in parts.split([',', ';']) {
            let mut words = part.split_whitespace();
            let (Some(number), Some(kind)) = (words.next(), words.next()) else {
                continue;
            };
            let Ok(number) = number.parse::<u64>() else {
                continue;
            };
            match kind {
                "passed" => self.counts.passed += number,
                "failed" | "timed" | "exec" => self.counts.failed += number,
                "skipped" | "ignored" => self.counts.skipped += number,
                _ => {}
            }
        }
    }
}

/// The text without the escape sequences that colour it.
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, sequence)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = sequence
            .split_once(|c: char| c.is_ascii_alphabetic())
            .map_or("", |(_, after)| after);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_the_closing_lines() {
        let nextest = "     Summary [   0.005s]";
        let cases = [
            (format!("{nextest} 12 tests run: 12 passed, 3 skipped"), (12, 0, 3)),
            (format!("{nextest} 9 tests run: 5 passed (1 slow), 2 failed, 1 timed out, 1 exec failed, 0 skipped"), (5, 4, 0)),
            (format!("{nextest} 4/9 tests run: 4 passed, 0 skipped"), (4, 0, 0)),
            ("\u{1b}[32;1m     Summary\u{1b}[0m [ 1s] \u{1b}[1m1\u{1b}[0m test run: \u{1b}[1m1\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, 0 skipped".to_owned(), (1, 0, 0)),
            (
                "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.10s\n\
                 test klant::is_created ... ok\n\
                 test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s"
                    .to_owned(),
                (5, 1, 1),
            ),
        ];
        for (lines, (passed, failed, skipped)) in cases {
            let mut tally = Tally::default();
            lines.lines().for_each(|line| tally.read(line));
            assert_eq!(
                (tally.seen, tally.counts),
                (
                    true,
                    Counts {
                        passed,
                        failed,
                        skipped
                    }
                ),
                "{lines}"
            );
        }
    }

    #[test]
    fn other_lines_say_nothing() {
        let mut tally = Tally::default();
        for line in [
            "running 3 tests",
            "",
            "the test result: 1 passed",
            "Summary of 3 passed tests",
        ] {
            tally.read(line);
        }
        assert!(!tally.seen);
    }
}
