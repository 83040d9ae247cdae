//! The chaos run: the real programs, killed and deceived at random while clients write, and an account at the end of
//! what was committed against what the receiver accepted. Started by `cargo xtask chaos`, which builds the program and
//! lends it a PostgreSQL that may be killed.
//!
//! A seed gives the same plan of whims to each role. What they meet depends on the machine: a run is not repeated to the
//! letter, but what one found another can be made to find.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a run talks to its user, and what it cannot do ends it"
)]

mod backlog;
mod installation;
mod outage;
mod postmaster;
mod receiver;
mod report;
mod storm;
mod wake;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use openklant_tests::{Database, Kind};

use crate::postmaster::Postmaster;

/// Holds the program to its promise that no notification is lost.
#[derive(Parser)]
#[command(name = "chaos")]
pub struct Arguments {
    /// What happens
    #[arg(long, value_enum, default_value_t = Scenario::Storm)]
    scenario: Scenario,
    /// How long it is kept up, settling not counted
    #[arg(long, default_value_t = 1.0)]
    minutes: f64,
    /// On which database
    #[arg(long, value_enum, default_value_t = Engine::Sqlite)]
    database: Engine,
    /// Where the whims come from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Requests of clients a second
    #[arg(long, default_value_t = 50.0)]
    rate: f64,
    /// How many clients write
    #[arg(long, default_value_t = 8)]
    writers: usize,
    /// Messages that wait, in the scenario `backlog`
    #[arg(long, default_value_t = 100_000)]
    messages: u32,
    /// The library libfaketime, with which the clock of a worker jumps; without it no clock does
    #[arg(long, value_name = "FILE")]
    faketime: Option<PathBuf>,
    /// File with the process id of the PostgreSQL server, which is killed then and started again by the command that
    /// follows; without it PostgreSQL is left alone
    #[arg(long, value_name = "FILE", requires = "restart")]
    postmaster: Option<PathBuf>,
    /// The command that starts PostgreSQL again
    #[arg(last = true, value_name = "COMMAND")]
    restart: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scenario {
    /// Everything at once: kills, freezes, jumping clocks, a receiver with every bad habit
    Storm,
    /// The receiver is gone for the whole time, then comes back
    Outage,
    /// A queue full of messages: what looking at it, waiting in it and draining it cost
    Backlog,
    /// One change at a time: how long until its message is sent
    Wake,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    Sqlite,
    Postgres,
}

impl Arguments {
    fn duration(&self) -> Duration {
        Duration::from_secs_f64(self.minutes * 60.0)
    }

    fn postmaster(&self) -> Option<Postmaster> {
        let pid_file = self.postmaster.clone()?;
        Some(Postmaster::new(pid_file, self.restart.clone()))
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let (kind, name) = match arguments.database {
        Engine::Sqlite => (Kind::Sqlite, "SQLite"),
        Engine::Postgres => (Kind::Postgres, "PostgreSQL"),
    };
    let build = if cfg!(debug_assertions) {
        "debug"
    } else {
        "release"
    };
    println!("on {name}, seed {}, {build} build", arguments.seed);
    let database = Database::create(kind).await;
    let faults = match arguments.scenario {
        Scenario::Storm => storm::run(&arguments, &database).await,
        Scenario::Outage => outage::run(&arguments, &database).await,
        Scenario::Backlog => backlog::run(&arguments, &database).await,
        Scenario::Wake => wake::run(&database).await,
    };
    database.remove().await;
    for fault in &faults {
        eprintln!("FAULT: {fault}");
    }
    if faults.is_empty() {
        println!("no fault");
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
