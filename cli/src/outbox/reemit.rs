//! `outbox reemit`: messages made anew of stored objects, as if each had been updated now. For a subscriber that lost
//! everything: it fetches each object and is up to date again.

use openklant_shared::clock::{Clock, Ids};
use openklant_shared::domain::notificatie::Kanaal;
use openklant_shared::journal::Journal;
use openklant_shared::settings::Settings;
use openklant_shared::steering::{Action, Reemit};
use openklant_shared::storage::Db;
use openklant_shared::storage::outbox_reemit::SubjectFilter;
use uuid::Uuid;

use super::batches::{self, Words};
use super::consent::ConsentArgs;
use super::filter::{When, kanaal, object, when};
use crate::exit::CannotStart;
use crate::output::FormatArg;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  openklant outbox reemit --kanaal klanten --dry-run\n  openklant outbox reemit --kanaal \
                  contactmomenten --since 2026-11-25"
)]
pub struct Args {
    /// Of the objects of this kanaal
    #[arg(long, value_name = "KANAAL", value_parser = kanaal)]
    kanaal: &'static Kanaal,
    /// Only of this object, by its URL or uuid
    #[arg(long, value_name = "URL|UUID", value_parser = object)]
    object: Option<Uuid>,
    /// Only of objects that were made or changed at this time or later: 2026-11-25T09:00:00Z, 2026-11-25, 2h, 7d
    #[arg(long, value_name = "TIME", value_parser = when)]
    since: Option<When>,
    #[command(flatten)]
    consent: ConsentArgs,
    #[command(flatten)]
    format: FormatArg,
}

/// Runs the command.
pub async fn run(db: &Db, settings: &Settings, args: Args) -> anyhow::Result<()> {
    if settings.notificaties.disabled {
        return Err(CannotStart("NOTIFICATIONS_DISABLED is true: there are no messages".to_owned()).into());
    }
    let Some(base) = settings.server.base() else {
        let text =
            "OPENKLANT_BASE_URL is not set: messages hold the URL of their object, and it is made of that";
        return Err(CannotStart(text.to_owned()).into());
    };
    let now = Clock::System.now();
    let filter = SubjectFilter {
        object: args.object,
        since: args.since.map(|when| when.at(now)),
    };
    let journal = Journal {
        clock: Clock::System,
        ids: Ids::Random,
        notifications: true,
        source: settings.notificaties.source.clone(),
    };
    let words = Words {
        will: "would be made anew",
        done: "made anew",
        consent: &args.consent,
        format: args.format.format,
    };
    let reemit = Reemit {
        kanaal: args.kanaal,
        filter,
        base: base.to_owned(),
        journal,
    };
    batches::run(db, Action::Reemit(reemit), words).await
}
