//! `cargo xtask browser`: the management site in a real browser. Lends the tests in `tests/browser/` what they need: the
//! program, Debian's Chromium, and a PostgreSQL server. What they do with it is theirs.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};
use clap::Args;

use crate::suite::Counts;
use crate::workspace::Workspace;
use crate::{node, pg, process};

/// Names another browser than Debian's; it has to be a Chromium.
const CHROMIUM: &str = "OPENKLANT_TEST_CHROMIUM";
const DEBIANS_CHROMIUM: &str = "/usr/bin/chromium";
/// The program under test.
const PROGRAM: &str = "OPENKLANT_TEST_PROGRAM";
/// Files of tests that run at the same time, each with a program and a browser of its own.
const AT_ONCE: &str = "--test-concurrency=2";

/// Arguments of `cargo xtask browser`.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  cargo xtask browser\n  cargo xtask browser pages.test.mjs keyboard.test.mjs\n  \
                        cargo xtask browser --screenshots"
)]
pub struct BrowserArguments {
    /// Write docs/screenshots/ anew instead of testing
    #[arg(long)]
    screenshots: bool,
    /// Only these files of tests/browser/
    #[arg(value_name = "FILE", conflicts_with = "screenshots")]
    files: Vec<String>,
}

/// Runs the sub-command.
pub fn run(workspace: &Workspace, arguments: &BrowserArguments) -> Result<()> {
    process::run(
        workspace
            .command("cargo")
            .args(["build", "--workspace", "--bins", "--locked"]),
    )?;
    if arguments.screenshots {
        let server = pg::for_tests(workspace)?;
        return process::run(command(workspace, &server)?.arg("screenshots.mjs"));
    }
    test(workspace, &arguments.files).map(|_| ())
}

/// Runs the tests on what was built last. A run without any test is a failure.
pub fn test(workspace: &Workspace, files: &[String]) -> Result<Counts> {
    let server = pg::for_tests(workspace)?;
    let mut command = command(workspace, &server)?;
    command
        .args(["--test", "--test-reporter=spec", AT_ONCE])
        .args(files);
    let mut counts = Counts::default();
    let status = process::follow(&mut command, |line| count(line, &mut counts))?;
    if !status.success() || counts.passed == 0 || counts.failed > 0 {
        bail!("`{}` failed ({status}, {counts:?})", process::display(&command));
    }
    Ok(counts)
}

/// Node in the folder of the tests, with what they need.
fn command(workspace: &Workspace, server: &pg::Server) -> Result<Command> {
    node::check()?;
    node::install(workspace)?;
    let chromium = env::var_os(CHROMIUM).map_or_else(|| PathBuf::from(DEBIANS_CHROMIUM), PathBuf::from);
    if !Path::new(&chromium).is_file() {
        bail!(
            "{} is not there: `apt-get install chromium`, or name another Chromium in {CHROMIUM}",
            chromium.display()
        );
    }
    let mut command = Command::new("node");
    command
        .current_dir(workspace.root().join("tests/browser"))
        .env(PROGRAM, workspace.target()?.join("debug/openklant"))
        .env(CHROMIUM, chromium)
        .env(pg::TEST_URL, server.url());
    Ok(command)
}

/// Reads a closing line of the runner: `ℹ pass 12`, once each.
fn count(line: &str, counts: &mut Counts) {
    let Some((kind, number)) = line
        .strip_prefix("ℹ ")
        .and_then(|rest| rest.trim_end().split_once(' '))
    else {
        return;
    };
    let Ok(number) = number.parse::<u64>() else { return };
    match kind {
        "pass" => counts.passed += number,
        "fail" | "cancelled" => counts.failed += number,
        "skipped" | "todo" => counts.skipped += number,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_closing_lines_of_the_runner() {
        let mut counts = Counts::default();
        let lines = "✔ a page (12ms)\nℹ tests 9\nℹ suites 0\nℹ pass 5\nℹ fail 1\nℹ cancelled 2\nℹ skipped 1\nℹ todo 0\n\
                     ℹ duration_ms 31.5\nℹ pass by";
        lines.lines().for_each(|line| count(line, &mut counts));
        assert_eq!(
            counts,
            Counts {
                passed: 5,
                failed: 3,
                skipped: 1
            }
        );
    }
}
