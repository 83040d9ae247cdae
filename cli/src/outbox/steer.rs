//! `outbox retry`, `cancel` and `replay`: what is done to messages that exist.

use anyhow::bail;
use openklant_shared::clock::Clock;
use openklant_shared::domain::delivery::{Class, State};
use openklant_shared::steering::Action;
use openklant_shared::storage::Db;
use openklant_shared::storage::outbox_filter::{MessageFilter, MessageRef};
use openklant_shared::storage::outbox_monitor::{self, Order};

use super::batches::{self, Words};
use super::consent::ConsentArgs;
use super::filter::{SelectArgs, changeable, class, message, only_changeable, unfinished};
use crate::exit::CannotStart;
use crate::output::FormatArg;

/// Arguments of `retry` and `cancel`.
#[derive(Debug, clap::Args)]
pub struct ChooseArgs {
    /// Messages, by number or uuid
    #[arg(value_name = "ID", value_parser = message, num_args = 0..=100)]
    messages: Vec<MessageRef>,
    #[command(flatten)]
    select: SelectArgs,
    /// Only in this state, pending or parked; may be given more than once. Parked when not given
    #[arg(long, value_name = "STATE", value_parser = unfinished, conflicts_with = "messages")]
    state: Vec<State>,
    /// Only those whose last attempt had this class
    #[arg(long, value_name = "CLASS", value_parser = class)]
    class: Option<Class>,
    /// Every message in the state
    #[arg(long, conflicts_with = "messages")]
    all: bool,
    #[command(flatten)]
    consent: ConsentArgs,
    #[command(flatten)]
    format: FormatArg,
}

/// Arguments of `replay`.
#[derive(Debug, clap::Args)]
pub struct ReplayArgs {
    #[command(flatten)]
    select: SelectArgs,
    #[command(flatten)]
    consent: ConsentArgs,
    #[command(flatten)]
    format: FormatArg,
}

/// Tries messages again.
pub async fn retry(db: &Db, args: ChooseArgs) -> anyhow::Result<()> {
    let filter = chosen(db, &args).await?;
    let words = Words {
        will: "would be tried again",
        done: "will be tried again",
        consent: &args.consent,
        format: args.format.format,
    };
    batches::run(db, Action::Retry(filter), words).await
}

/// Cancels messages.
pub async fn cancel(db: &Db, args: ChooseArgs) -> anyhow::Result<()> {
    let filter = chosen(db, &args).await?;
    let words = Words {
        will: "would be cancelled, and never sent",
        done: "cancelled",
        consent: &args.consent,
        format: args.format.format,
    };
    batches::run(db, Action::Cancel(filter), words).await
}

/// Sends messages again.
pub async fn replay(db: &Db, args: ReplayArgs) -> anyhow::Result<()> {
    if args.select.is_empty() {
        return Err(
            CannotStart("say which messages: --since, --until, --kanaal or --object".to_owned()).into(),
        );
    }
    let filter = args.select.filter(Clock::System.now())?;
    let words = Words {
        will: "would be sent again",
        done: "will be sent again",
        consent: &args.consent,
        format: args.format.format,
    };
    batches::run(db, Action::Replay(filter), words).await
}

/// The messages that are meant. Those that were named must exist and be such that they can be changed.
async fn chosen(db: &Db, args: &ChooseArgs) -> anyhow::Result<MessageFilter> {
    let mut filter = args.select.filter(Clock::System.now())?;
    filter.class = args.class;
    if args.messages.is_empty() {
        if !args.all && args.select.is_empty() && args.class.is_none() && args.state.is_empty() {
            return Err(CannotStart("say which messages: numbers, a filter, or --all".to_owned()).into());
        }
        filter.states = if args.state.is_empty() {
            vec![State::Parked]
        } else {
            args.state.clone()
        };
        return Ok(filter);
    }
    for message in &args.messages {
        let one = MessageFilter {
            messages: vec![*message],
            ..MessageFilter::default()
        };
        match outbox_monitor::list(db, &one, Order::OldestFirst, 1)
            .await?
            .first()
        {
            None => bail!("there is no message {}: see `openklant outbox list`", one.words()),
            Some(found) if unfinished(&found.state).is_err() => {
                bail!("message {} is {}: {}", found.id, found.state, only_changeable())
            }
            Some(_) => {}
        }
    }
    filter.messages.clone_from(&args.messages);
    filter.states = changeable();
    Ok(filter)
}
