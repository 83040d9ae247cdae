//! `openklant outbox`: what waits to be delivered, and what an operator does about it. What is done here is written
//! to the operators' log.

mod batches;
pub mod consent;
pub mod filter;
mod look;
mod pause;
mod reemit;
pub mod status;
mod steer;
mod text;

use openklant_shared::settings::Source;
use openklant_shared::storage::outbox_filter::MessageRef;

use self::filter::message;
use crate::output::FormatArg;
use crate::start::{self, Schema};

/// Shown with the help of `openklant outbox`.
pub const EXAMPLE: &str = "Example:\n  openklant outbox status";

/// What can be done.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// How the queue stands: depth, age, what holds it, rate, workers
    #[command(after_help = "Example:\n  openklant outbox status --format json")]
    Status {
        #[command(flatten)]
        format: FormatArg,
    },
    /// List messages, newest first
    List(look::ListArgs),
    /// Show a message and its attempts
    #[command(after_help = "Example:\n  openklant outbox show 42")]
    Show {
        /// Its number, as `outbox list` shows it, or its uuid, as the log shows it
        #[arg(value_name = "ID", value_parser = message)]
        message: MessageRef,
        /// Show at most this many attempts, the last ones
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
        limit: u16,
        #[command(flatten)]
        format: FormatArg,
    },
    /// Try parked messages again
    #[command(
        after_help = "Examples:\n  openklant outbox retry 42\n  openklant outbox retry --kanaal klanten --class refused --yes"
    )]
    Retry(steer::ChooseArgs),
    /// Decide that parked messages are not to be sent
    #[command(after_help = "Example:\n  openklant outbox cancel 42")]
    Cancel(steer::ChooseArgs),
    /// Send delivered messages again, in their order and unchanged
    #[command(after_help = "Example:\n  openklant outbox replay --since 2h --kanaal klanten")]
    Replay(steer::ReplayArgs),
    /// Make messages anew of stored objects, for a subscriber that lost everything
    Reemit(reemit::Args),
    /// Keep all workers from taking messages; what happens meanwhile waits
    #[command(after_help = "Example:\n  openklant outbox pause")]
    Pause(pause::Args),
    /// Let the workers take messages again
    #[command(after_help = "Example:\n  openklant outbox resume")]
    Resume(pause::Args),
}

/// Runs the command.
pub async fn run(command: Command, source: &Source) -> anyhow::Result<()> {
    let (settings, db) = start::ready(source, Schema::Require).await?;
    match command {
        Command::Status { format } => status::run(&db, &settings, format.format).await,
        Command::List(args) => look::list(&db, args).await,
        Command::Show {
            message,
            limit,
            format,
        } => look::show(&db, message, limit, format.format).await,
        Command::Retry(args) => steer::retry(&db, args).await,
        Command::Cancel(args) => steer::cancel(&db, args).await,
        Command::Replay(args) => steer::replay(&db, args).await,
        Command::Reemit(args) => reemit::run(&db, &settings, args).await,
        Command::Pause(args) => pause::pause(&db, args).await,
        Command::Resume(args) => pause::resume(&db, args).await,
    }
}
