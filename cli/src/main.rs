//! The program `openklant`: arguments and start-up only. Each command has a file of its own.

mod api;
mod applicatie;
mod args;
mod autorisaties;
mod backup;
mod beheerder;
mod config;
mod demo;
mod doctor;
#[cfg(test)]
mod documents;
mod exit;
mod externe_api;
mod generate;
mod health;
mod jobs;
mod kanalen;
mod log;
mod migrate;
mod openapi;
mod outbox;
mod output;
mod read_log;
mod secret;
mod secrets;
mod serve;
mod setup;
mod start;
mod stop;
mod token;
mod up;
mod worker;

use std::process::ExitCode;

use clap::Parser;
use openklant_shared::settings::Source;

use args::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = tokio::runtime::Runtime::new()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(cli)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if output::reader_is_gone(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&error);
            ExitCode::from(exit::code(&error))
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<()> {
    let source = Source::from_process(cli.config.as_deref());
    match cli.command {
        Command::Demo(args) => demo::run(args).await,
        Command::Up(_) => up::run(&source).await,
        Command::Api(_) => api::run(&source).await,
        Command::Worker(args) => worker::run(args, &source).await,
        Command::Migrate(args) => migrate::run(args, &source).await,
        Command::Setup(args) => setup::run(args, &source).await,
        Command::Backup(args) => backup::run(args, &source).await,
        Command::Generate(args) => generate::run(args, &source).await,
        Command::Doctor(args) => doctor::run(args, &source).await,
        Command::Applicatie { command } => applicatie::run(command, &source).await,
        Command::Autorisaties { command } => autorisaties::run(command, &source).await,
        Command::Beheerder { command } => beheerder::run(command, &source).await,
        Command::ExterneApi { command } => externe_api::run(command, &source).await,
        Command::Token(args) => token::run(args, &source).await,
        Command::Kanalen { command } => kanalen::run(command, &source).await,
        Command::ReadLog { command } => read_log::run(command, &source).await,
        Command::Jobs { command } => jobs::run(command, &source).await,
        Command::Log(args) => log::run(args, &source).await,
        Command::Outbox { command } => outbox::run(command, &source).await,
        Command::Health(args) => health::run(&args, &source).await,
        Command::Secrets { command } => secrets::run(command, &source).await,
        Command::Openapi(args) => openapi::run(&args),
        Command::Config { command } => config::run(command, &source),
    }
}
