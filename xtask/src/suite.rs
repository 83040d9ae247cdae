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

impl Counts {
    /// Adds those of another runner.
    pub fn add(&mut self, more: Self) {
        self.passed += more.passed;
        self.failed += more.failed;
        self.skipped += more.skipped;
    }
}

/// Runs all tests. A run without any test is a failure.
pub fn run(workspace: &Workspace) -> Outcome {
    let mut tally = None;
    let result = run_counted(workspace, &mut tally);
    let counts = tally.and_then(|tally| tally.seen.then_some(tally.counts));
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

fn run_counted(workspace: &Workspace, tally: &mut Option<Tally>) -> Result<()> {
    let server = pg::for_tests(workspace)?;
    let runner = Runner::present();
    let mut command = runner.command(workspace);
    command.env(pg::TEST_URL, server.url());
    let tally = tally.insert(Tally::of(runner));
    let status = process::follow(&mut command, |line| tally.read(line))?;
    if !status.success() {
        bail!("`{}` failed ({status})", process::display(&command));
    }
    Ok(())
}

/// The program that runs the tests.
#[derive(Clone, Copy)]
enum Runner {
    Nextest,
    CargoTest,
}

impl Runner {
    fn present() -> Self {
        if process::succeeds(Command::new("cargo").args(["nextest", "--version"])) {
            return Self::Nextest;
        }
        println!("cargo-nextest is not installed: using cargo test, which is slower");
        Self::CargoTest
    }

    fn command(self, workspace: &Workspace) -> Command {
        let mut command = workspace.command("cargo");
        match self {
            Self::Nextest => {
                let colour = if std::io::stdout().is_terminal() {
                    "always"
                } else {
                    "never"
                };
                command.args(["nextest", "run", "--color", colour]);
            }
            Self::CargoTest => {
                command.arg("test");
            }
        }
        command.args(["--workspace", "--locked", "--no-fail-fast"]);
        command
    }

    /// The counts in a closing line of this runner. Neither counts in what a failed test printed, which may be a
    /// closing line of its own.
    fn closing_counts(self, line: &str) -> Option<&str> {
        match self {
            // `     Summary [   1.2s] 3 tests run: 2 passed (1 slow), 1 failed, 0 skipped`, once
            Self::Nextest => line.trim_start().strip_prefix("Summary [")?.split_once(" run: "),
            // `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; ..`, once for each test binary
            Self::CargoTest => line.strip_prefix("test result: ")?.split_once(". "),
        }
        .map(|(_, counts)| counts)
    }
}

/// Adds up the closing lines of a runner.
struct Tally {
    runner: Runner,
    counts: Counts,
    seen: bool,
}

impl Tally {
    fn of(runner: Runner) -> Self {
        Self {
            runner,
            counts: Counts::default(),
            seen: false,
        }
    }

    fn read(&mut self, line: &str) {
        let plain = without_colours(line);
        let Some(parts) = self.runner.closing_counts(&plain) else {
            return;
        };
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

    fn counted(runner: Runner, lines: &str) -> Option<(u64, u64, u64)> {
        let mut tally = Tally::of(runner);
        lines.lines().for_each(|line| tally.read(line));
        tally
            .seen
            .then_some((tally.counts.passed, tally.counts.failed, tally.counts.skipped))
    }

    #[test]
    fn reads_the_closing_line_of_nextest() {
        let cases = [
            (
                "     Summary [   0.005s] 12 tests run: 12 passed, 3 skipped",
                Some((12, 0, 3)),
            ),
            (
                "  Summary [ 1s] 9 tests run: 5 passed (1 slow), 2 failed, 1 timed out, 1 exec failed, 0 skipped",
                Some((5, 4, 0)),
            ),
            (
                "     Summary [ 1.2s] 4/9 tests run: 4 passed, 0 skipped",
                Some((4, 0, 0)),
            ),
            (
                "\u{1b}[32;1m     Summary\u{1b}[0m [ 1s] \u{1b}[1m1\u{1b}[0m test run: \u{1b}[1m1\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, 0 skipped",
                Some((1, 0, 0)),
            ),
            (
                "    test result: FAILED. 0 passed; 1 failed; 0 ignored\n  Summary [ 1s] 1 test run: 0 passed, 1 failed, 0 skipped",
                Some((0, 1, 0)),
            ),
            ("     Running 3 tests\nSummary of 3 passed tests", None),
        ];
        for (lines, expected) in cases {
            assert_eq!(counted(Runner::Nextest, lines), expected, "{lines}");
        }
    }

    #[test]
    fn adds_up_the_closing_lines_of_cargo_test() {
        let cases = [
            (
                "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.10s\n\
                 test klant::is_created ... ok\n\
                 test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s",
                Some((5, 1, 1)),
            ),
            ("running 3 tests\n\nthe test result: ok. 1 passed", None),
        ];
        for (lines, expected) in cases {
            assert_eq!(counted(Runner::CargoTest, lines), expected, "{lines}");
        }
    }
}
