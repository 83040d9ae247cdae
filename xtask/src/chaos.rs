//! `cargo xtask chaos`: builds the program and the run that torments it, and lends that run what it needs: a PostgreSQL
//! that may be killed, and the library that deceives a worker about the time. What happens is the run's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use crate::process;
use crate::workspace::Workspace;
use crate::{debian, pg};

/// Debian's package with the library that deceives a process about the time.
const FAKETIME_PACKAGE: &str = "libfaketime";

/// Where systems put it: below one of these, perhaps in a folder of the machine's architecture.
const LIBRARY_FOLDERS: [&str; 4] = ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/opt/homebrew/lib"];

/// How long the run of CI is, and where its whims come from: always the same place.
const SHORT_MINUTES: f64 = 0.5;
const SHORT_SEED: u64 = 20;

/// Arguments of `cargo xtask chaos`.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  cargo xtask chaos --minutes 10 --database postgres --seed 7\n  \
                        cargo xtask chaos --scenario outage --minutes 5 --release\n  \
                        cargo xtask chaos --scenario backlog --release"
)]
pub struct ChaosArguments {
    /// How long it is kept up; the time until everything is settled comes on top
    #[arg(long, default_value_t = 1.0)]
    minutes: f64,
    /// On which database
    #[arg(long, value_enum, default_value_t = Database::Sqlite)]
    database: Database,
    /// Where the whims come from; the same seed gives the same plan, not the same course
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// What happens
    #[arg(long, value_enum, default_value_t = Scenario::Storm)]
    scenario: Scenario,
    /// Requests of clients a second
    #[arg(long, default_value_t = 50.0)]
    rate: f64,
    /// Torment the release build
    #[arg(long)]
    release: bool,
    /// Let no clock jump, where libfaketime is not to be had
    #[arg(long)]
    no_clock_jumps: bool,
}

/// A database to run on.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Database {
    Sqlite,
    Postgres,
}

/// What happens in a run.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scenario {
    /// Everything at once
    Storm,
    /// The receiver is gone for the whole time, then comes back
    Outage,
    /// 100,000 messages wait: what looking at them and draining them costs
    Backlog,
    /// One change at a time: how long until its message is sent
    Wake,
}

/// Runs the sub-command.
pub fn run(workspace: &Workspace, arguments: &ChaosArguments) -> Result<()> {
    build(workspace, arguments.release)?;
    torment(workspace, arguments)
}

/// The short run of CI on both databases, with the build that the tests use.
pub fn short(workspace: &Workspace) -> Result<()> {
    for database in [Database::Sqlite, Database::Postgres] {
        torment(
            workspace,
            &ChaosArguments {
                minutes: SHORT_MINUTES,
                database,
                seed: SHORT_SEED,
                scenario: Scenario::Storm,
                rate: 50.0,
                release: false,
                no_clock_jumps: false,
            },
        )?;
    }
    Ok(())
}

/// Builds the same features as the tests do, so that nothing is built twice.
fn build(workspace: &Workspace, release: bool) -> Result<()> {
    let mut command = workspace.command("cargo");
    command.args(["build", "--workspace", "--bins", "--locked"]);
    if release {
        command.arg("--release");
    }
    process::run(&mut command)
}

fn torment(workspace: &Workspace, arguments: &ChaosArguments) -> Result<()> {
    let profile = if arguments.release { "release" } else { "debug" };
    let mut command = Command::new(workspace.target()?.join(profile).join("chaos"));
    command
        .args(["--scenario", &name(&arguments.scenario)])
        .args(["--database", &name(&arguments.database)])
        .args(["--minutes", &arguments.minutes.to_string()])
        .args(["--seed", &arguments.seed.to_string()])
        .args(["--rate", &arguments.rate.to_string()]);
    if arguments.scenario == Scenario::Storm && !arguments.no_clock_jumps {
        command.arg("--faketime").arg(faketime()?);
    }
    // Lives until the run has ended.
    let cluster = match arguments.database {
        Database::Sqlite => None,
        Database::Postgres => Some(pg::to_be_killed(workspace)?),
    };
    if let Some(cluster) = &cluster {
        command.env(pg::TEST_URL, cluster.url());
        command.arg("--postmaster").arg(cluster.pid_file());
        let restart = cluster.restart_command()?;
        command
            .arg("--")
            .arg(restart.get_program())
            .args(restart.get_args());
    }
    process::run(&mut command)
}

fn name(value: &impl ValueEnum) -> String {
    value
        .to_possible_value()
        .map(|value| value.get_name().to_owned())
        .unwrap_or_default()
}

/// The library, installed first when it is missing and the task may do that.
fn faketime() -> Result<PathBuf> {
    if let Some(library) = find_faketime() {
        return Ok(library);
    }
    if !debian::may_install() {
        bail!(
            "libfaketime is not installed: `apt-get install {FAKETIME_PACKAGE}` (or your system's package of it), or \
             leave the clocks alone with --no-clock-jumps"
        );
    }
    eprintln!("libfaketime is not installed: installing Debian's package {FAKETIME_PACKAGE}");
    debian::install(FAKETIME_PACKAGE)?;
    find_faketime().context("the package is installed, yet there is no libfaketime.so.1")
}

fn find_faketime() -> Option<PathBuf> {
    LIBRARY_FOLDERS.iter().find_map(|folder| {
        let folders = fs::read_dir(folder).into_iter().flatten().flatten();
        let inner = folders.map(|entry| entry.path());
        std::iter::once(PathBuf::from(folder))
            .chain(inner)
            .map(|folder| library_in(&folder))
            .find(|library| library.is_file())
    })
}

fn library_in(folder: &Path) -> PathBuf {
    folder.join("faketime/libfaketime.so.1")
}
