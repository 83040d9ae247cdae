//! `cargo xtask ci`: the order of the checks, the time each takes, and the account at the end. What a check does is in
//! its own module.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::openapi::Binary;
use crate::suite::Counts;
use crate::workspace::Workspace;
use crate::{browser, cargo_checks, chaos, layers, migrations, node, openapi, process, suite};

/// One check, in the order of running.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Step {
    /// Formatting
    Fmt,
    /// Direction of imports, place of SQL, names of outside places
    Layers,
    /// A migration for both databases, without gaps
    Migrations,
    /// Licences, banned crates and sources of dependencies
    Deny,
    /// Lints on every target, warnings denied
    Clippy,
    /// Documentation of the code, warnings denied
    Docs,
    /// Every target, as the next steps need it
    Build,
    /// Packages of node that tests need
    Node,
    /// The committed `OpenAPI` documents are what the code serves
    Openapi,
    /// All tests on both databases
    Tests,
    /// The management site in a real browser, on both databases
    Browser,
    /// A short storm on both databases: kills, freezes, jumping clocks, a receiver with every bad habit
    Chaos,
}

impl Step {
    /// All steps of a stage run, so that all of their faults are reported; the next stage only starts when none failed.
    const STAGES: [&'static [Self]; 3] = [
        &[Self::Fmt, Self::Layers, Self::Migrations, Self::Deny],
        &[Self::Clippy, Self::Docs, Self::Build, Self::Node, Self::Openapi],
        &[Self::Tests, Self::Browser, Self::Chaos],
    ];

    fn name(self) -> String {
        self.to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }

    fn purpose(self) -> String {
        let help = self
            .to_possible_value()
            .and_then(|value| value.get_help().map(ToString::to_string));
        help.unwrap_or_default()
    }

    fn run(self, workspace: &Workspace, counts: &mut Option<Counts>) -> Result<()> {
        match self {
            Self::Fmt => cargo_checks::fmt(workspace),
            Self::Layers => layers::check(workspace),
            Self::Migrations => migrations::check(workspace),
            Self::Deny => cargo_checks::deny(workspace),
            Self::Clippy => cargo_checks::clippy(workspace),
            Self::Docs => cargo_checks::docs(workspace),
            Self::Build => cargo_checks::build(workspace),
            Self::Node => node::install(workspace),
            Self::Openapi => openapi::check(workspace, Binary::Built),
            Self::Tests => {
                let outcome = suite::run(workspace);
                *counts = outcome.counts;
                outcome.verdict()
            }
            Self::Browser => {
                let more = browser::test(workspace, &[])?;
                if let Some(counts) = counts {
                    counts.add(more);
                }
                Ok(())
            }
            Self::Chaos => chaos::short(workspace),
        }
    }
}

enum Verdict {
    Passed,
    Failed(String),
    LeftOut,
    NotReached,
}

struct Entry {
    step: Step,
    verdict: Verdict,
    took: Duration,
}

/// Runs the steps and prints the account; an error when any step failed or was not reached.
pub fn run(workspace: &Workspace, skip: &[Step]) -> Result<()> {
    let started = Instant::now();
    let mut account = Vec::new();
    let mut counts = None;
    let mut go_on = true;
    for stage in Step::STAGES {
        let before = account.len();
        for step in stage {
            account.push(if skip.contains(step) {
                Entry {
                    step: *step,
                    verdict: Verdict::LeftOut,
                    took: Duration::ZERO,
                }
            } else if go_on && !process::interrupted() {
                run_step(*step, workspace, &mut counts)
            } else {
                Entry {
                    step: *step,
                    verdict: Verdict::NotReached,
                    took: Duration::ZERO,
                }
            });
        }
        go_on &= account[before..]
            .iter()
            .all(|entry| !matches!(entry.verdict, Verdict::Failed(_)));
    }
    print_account(&account, started.elapsed());
    let good = account
        .iter()
        .all(|entry| matches!(entry.verdict, Verdict::Passed | Verdict::LeftOut));
    // The very last line of a green run: how many tests it rests on.
    if let Some(Counts {
        passed,
        failed,
        skipped,
    }) = counts
    {
        println!("{passed} passed, {failed} failed, {skipped} skipped");
    }
    if !good {
        bail!("not every step passed");
    }
    Ok(())
}

fn run_step(step: Step, workspace: &Workspace, counts: &mut Option<Counts>) -> Entry {
    println!("\n=== {}: {} ===", step.name(), step.purpose());
    let started = Instant::now();
    let result = step.run(workspace, counts);
    let took = started.elapsed();
    let verdict = match result {
        Ok(()) => Verdict::Passed,
        Err(fault) => {
            println!("{fault:#}");
            Verdict::Failed(format!("{fault:#}"))
        }
    };
    println!(
        "=== {}: {}, {:.1} s ===",
        step.name(),
        verdict.word(),
        took.as_secs_f64()
    );
    Entry { step, verdict, took }
}

impl Verdict {
    fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "FAILED",
            Self::LeftOut => "left out",
            Self::NotReached => "not run",
        }
    }
}

fn print_account(account: &[Entry], total: Duration) {
    println!("\n{:<12}{:<10}{:>10}", "step", "result", "seconds");
    for entry in account {
        let (name, word, took) = (entry.step.name(), entry.verdict.word(), entry.took.as_secs_f64());
        let reason = match &entry.verdict {
            Verdict::Failed(fault) => fault.lines().next().unwrap_or_default(),
            _ => "",
        };
        println!(
            "{}",
            format!("{name:<12}{word:<10}{took:>10.1}  {reason}").trim_end()
        );
    }
    println!("{:<12}{:<10}{:>10.1}", "all", "", total.as_secs_f64());
}
