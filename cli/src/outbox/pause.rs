//! `outbox pause` and `outbox resume`.

use openklant_shared::clock::Clock;
use openklant_shared::steering;
use openklant_shared::storage::Db;

use super::consent::OperatorArg;
use crate::output;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    operator: OperatorArg,
}

/// Pauses delivery.
pub async fn pause(db: &Db, args: Args) -> anyhow::Result<()> {
    let (now, operator) = (Clock::System.now(), args.operator.name());
    if !steering::pause(db, &operator, None, now).await? {
        return output::line("Delivery was paused already: see `openklant outbox status`.");
    }
    output::line("Delivery is paused; messages wait until `openklant outbox resume`.")
}

/// Ends the pause.
pub async fn resume(db: &Db, args: Args) -> anyhow::Result<()> {
    if !steering::resume(db, &args.operator.name(), None, Clock::System.now()).await? {
        return output::line("Delivery was not paused.");
    }
    output::line("Delivery goes on.")
}
