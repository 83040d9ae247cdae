//! `openklant worker`: the delivery of messages alone, as a process or for one round.

use openklant_shared::settings::Source;
use openklant_worker::Drained;
use serde_json::json;

use crate::output::{self, Format, FormatArg};
use crate::serve::{Process, worker_context};
use crate::start::{self, Schema};
use crate::stop::Stop;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  openklant worker\n  openklant worker --drain\n\nOn PostgreSQL the database must be up to \
                  date: run `openklant migrate` first."
)]
pub struct Args {
    /// Deliver what is due now, say what came of it, and end
    #[arg(long)]
    drain: bool,
    #[command(flatten)]
    format: FormatArg,
}

/// Runs the command.
pub async fn run(args: Args, source: &Source) -> anyhow::Result<()> {
    let (settings, db) = start::ready(source, Schema::Require).await?;
    if args.drain {
        // A signal ends it at once: what was in flight is claimed again when its lease has run out.
        let drained = openklant_worker::drain(worker_context(&settings, &db)).await?;
        return tell(drained, args.format.format);
    }
    let process = Process::new(settings, db, Stop::on_signals()?).await?;
    output::line("Open Klant delivers messages")?;
    let worker = process.run_worker();
    process.finish([worker]).await
}

fn tell(drained: Drained, format: Format) -> anyhow::Result<()> {
    let Drained {
        delivered,
        retried,
        parked,
    } = drained;
    match format {
        Format::Json => output::json(&json!({"delivered": delivered, "retried": retried, "parked": parked})),
        Format::Text => output::line(format_args!(
            "{delivered} delivered, {retried} to be tried again, {parked} parked"
        )),
    }
}
