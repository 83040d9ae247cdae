//! `cargo xtask bench`: builds the release of the program and of what measures it, and lends that a PostgreSQL.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::workspace::Workspace;
use crate::{pg, process};

/// Arguments of `cargo xtask bench`.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  cargo xtask bench --beheer\n  cargo xtask bench --beheer --database postgres --klanten 100000 \
                  --contactmomenten 500000\n  cargo xtask bench --beheer --url sqlite:///tmp/much.db"
)]
pub struct BenchArguments {
    /// The pages of the management site: how long the server takes for each
    #[arg(long, required = true)]
    beheer: bool,
    /// On which database; the register is made first, and removed afterwards
    #[arg(long, value_enum, default_value_t = Database::Sqlite)]
    database: Database,
    /// A database that `openklant generate` has filled, instead of one made for the run; it gets an account more
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Klanten of the register that is made
    #[arg(long, default_value_t = 1_000_000)]
    klanten: u64,
    /// Contactmomenten of the register that is made
    #[arg(long, default_value_t = 5_000_000)]
    contactmomenten: u64,
    /// How often each page is asked for
    #[arg(long, default_value_t = 100)]
    times: usize,
    /// Also write the figures to this file, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// A database to run on.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Database {
    Sqlite,
    Postgres,
}

/// Runs the sub-command.
pub fn run(workspace: &Workspace, arguments: &BenchArguments) -> Result<()> {
    if arguments.times == 0 || !arguments.beheer {
        bail!("there is nothing to measure");
    }
    let mut build = workspace.command("cargo");
    build.args([
        "build",
        "--release",
        "--locked",
        "--bin",
        "openklant",
        "--bin",
        "bench",
    ]);
    build.args(["--package", "openklant", "--package", "openklant-tests"]);
    process::run(&mut build)?;
    let mut command = Command::new(workspace.target()?.join("release/bench"));
    command
        .args(["--klanten", &arguments.klanten.to_string()])
        .args(["--contactmomenten", &arguments.contactmomenten.to_string()])
        .args(["--times", &arguments.times.to_string()]);
    if let Some(file) = &arguments.json {
        command.arg("--json").arg(file);
    }
    if let Some(url) = &arguments.url {
        command.args(["--url", url]);
        return process::run(&mut command);
    }
    if arguments.database == Database::Sqlite {
        return process::run(&mut command);
    }
    // Lives until the run has ended.
    let cluster = pg::to_be_killed(workspace)?;
    command.args(["--database", "postgres"]);
    command.env(pg::TEST_URL, cluster.url());
    process::run(&mut command)
}
