//! Measures the real program on a register as large as a municipality's. Started by `cargo xtask bench`, which builds
//! it. What the figures are worth depends on what else the machine does meanwhile: time that a request took and time
//! that the server computed for it stand side by side.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a run talks to its user, and what it cannot do ends it"
)]

mod pages;
mod register;
mod report;

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use openklant_tests::Kind;

use crate::register::Register;

/// Measures the program.
#[derive(Parser)]
#[command(name = "bench")]
pub struct Arguments {
    /// On which database
    #[arg(long, value_enum, default_value_t = Engine::Sqlite)]
    database: Engine,
    /// A database that `openklant generate` has filled, instead of one that is made for the run; it gets an account more
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

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    Sqlite,
    Postgres,
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    let kind = match arguments.database {
        Engine::Sqlite => Kind::Sqlite,
        Engine::Postgres => Kind::Postgres,
    };
    if cfg!(debug_assertions) {
        println!("a debug build: figures mean little");
    }
    let register = match &arguments.url {
        Some(url) => Register::at(url),
        None => Register::make(kind, arguments.klanten, arguments.contactmomenten).await,
    };
    let figures = pages::run(&register, arguments.times).await;
    report::table(&figures);
    if let Some(file) = &arguments.json {
        report::json(&figures, file);
    }
    register.remove().await;
}
