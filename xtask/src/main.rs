//! Development tasks: `cargo xtask ci` and its single steps. Arguments only; each task has its own module.
//! Nothing of the product lives here.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks to its user"
)]

mod bench;
mod browser;
mod cargo_checks;
mod chaos;
mod ci;
mod debian;
mod layers;
mod migrations;
mod node;
mod openapi;
mod pg;
mod process;
mod sbom;
mod suite;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::ci::Step;
use crate::openapi::Binary;
use crate::workspace::Workspace;

/// Development tasks of Open Klant.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    after_help = "Examples:\n  cargo xtask ci\n  cargo xtask ci --skip deny --skip docs\n  \
                  export OPENKLANT_TEST_POSTGRES_URL=$(cargo xtask pg --print-url)"
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run every check and all tests, as CI does: first the cheap checks, then the compiler's, then the tests
    Ci {
        /// Leave a step out; may be given more than once
        #[arg(long, value_name = "STEP")]
        skip: Vec<Step>,
    },
    /// Run all tests on both databases, with a private PostgreSQL that is thrown away afterwards
    Test,
    /// The management site in a real browser, on both databases
    Browser(browser::BrowserArguments),
    /// Put the packages of node in place that tests need, with npm
    Node,
    /// Kill, freeze and deceive the real programs while clients write, then settle what was committed against what the
    /// receiver accepted; the exit code is 1 when anything is lost, invented or out of order
    Chaos(chaos::ChaosArguments),
    /// Measure the release build on a register as large as a municipality's
    Bench(bench::BenchArguments),
    /// A private, throw-away PostgreSQL cluster on loopback, made from the installed binaries
    Pg(pg::PgArguments),
    /// Write the served `OpenAPI` documents to openapi/, or compare them with what is committed there
    Openapi {
        /// Compare only, and fail on a difference
        #[arg(long)]
        check: bool,
    },
    /// Check that every migration exists for both databases and that the numbers have no gap
    Migrations,
    /// Check the direction of imports, where SQL may stand, and that nothing names a place outside the repository
    Layers,
    /// Check licences, banned crates and sources of dependencies with cargo-deny (installed when missing)
    Deny,
    /// Write what the program is made of to target/sbom/: a `CycloneDX` list and a report of licences
    Sbom,
    /// Check the formatting
    Fmt,
    /// Run clippy on every target with warnings denied
    Clippy,
    /// Build the documentation of the code with warnings denied
    Docs,
    /// Build every target, as the tests need it
    Build,
}

fn main() -> ExitCode {
    match process::watch_signals().and_then(|()| run(Arguments::parse().task)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("\nxtask: {fault:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    let workspace = Workspace::find()?;
    match task {
        Task::Ci { skip } => ci::run(&workspace, &skip),
        Task::Test => {
            cargo_checks::build(&workspace)?;
            node::install(&workspace)?;
            suite::run(&workspace).verdict()
        }
        Task::Browser(arguments) => browser::run(&workspace, &arguments),
        Task::Node => node::install(&workspace),
        Task::Chaos(arguments) => chaos::run(&workspace, &arguments),
        Task::Bench(arguments) => bench::run(&workspace, &arguments),
        Task::Pg(arguments) => pg::run(&workspace, &arguments),
        Task::Openapi { check: true } => openapi::check(&workspace, Binary::ByCargo),
        Task::Openapi { check: false } => openapi::write(&workspace, Binary::ByCargo),
        Task::Migrations => migrations::check(&workspace),
        Task::Layers => layers::check(&workspace),
        Task::Deny => cargo_checks::deny(&workspace),
        Task::Sbom => sbom::write(&workspace),
        Task::Fmt => cargo_checks::fmt(&workspace),
        Task::Clippy => cargo_checks::clippy(&workspace),
        Task::Docs => cargo_checks::docs(&workspace),
        Task::Build => cargo_checks::build(&workspace),
    }
}
