//! `outbox pause` and `outbox resume`.

use openklant_shared::clock::Clock;
use openklant_shared::storage::operator_log::{self, Entry};
use openklant_shared::storage::{Db, outbox_steer};

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
    let mut tx = db.begin().await?;
    if !outbox_steer::pause(&mut tx, &operator, now).await? {
        tx.rollback().await?;
        return output::line("Delivery was paused already: see `openklant outbox status`.");
    }
    let entry = Entry {
        at: now,
        operator: &operator,
        command: "outbox pause",
        detail: "delivery paused",
    };
    operator_log::insert(&mut tx, &entry).await?;
    tx.commit().await?;
    output::line("Delivery is paused; messages wait until `openklant outbox resume`.")
}

/// Ends the pause.
pub async fn resume(db: &Db, args: Args) -> anyhow::Result<()> {
    let mut tx = db.begin().await?;
    if !outbox_steer::resume(&mut tx).await? {
        tx.rollback().await?;
        return output::line("Delivery was not paused.");
    }
    let entry = Entry {
        at: Clock::System.now(),
        operator: &args.operator.name(),
        command: "outbox resume",
        detail: "delivery resumed",
    };
    operator_log::insert(&mut tx, &entry).await?;
    tx.commit().await?;
    output::line("Delivery goes on.")
}
