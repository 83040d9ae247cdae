//! `outbox list` and `outbox show`.

use anyhow::Context;
use openklant_shared::clock::Clock;
use openklant_shared::domain::delivery::{Class, State};
use openklant_shared::storage::Db;
use openklant_shared::storage::outbox::{self, Attempt};
use openklant_shared::storage::outbox_filter::{MessageFilter, MessageRef};
use openklant_shared::storage::outbox_monitor::{self, Message, Order};
use openklant_shared::trace::TraceParent;
use serde_json::{Value, json};

use super::filter::{SelectArgs, class, moment, state};
use crate::output::{self, Format, FormatArg};

/// Arguments of `list`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  openklant outbox list --state parked\n  openklant outbox list --kanaal klanten --since 1d \
                  --class denied --format json"
)]
pub struct ListArgs {
    #[command(flatten)]
    select: SelectArgs,
    /// Only in this state: pending, delivering, delivered, parked or cancelled; may be given more than once
    #[arg(long, value_name = "STATE", value_parser = state)]
    state: Vec<State>,
    /// Only those whose last attempt had this class
    #[arg(long, value_name = "CLASS", value_parser = class)]
    class: Option<Class>,
    /// List the oldest first
    #[arg(long)]
    oldest_first: bool,
    /// At most this many, 1 to 10000
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    limit: u16,
    #[command(flatten)]
    format: FormatArg,
}

/// Lists messages.
pub async fn list(db: &Db, args: ListArgs) -> anyhow::Result<()> {
    let mut filter = args.select.filter(Clock::System.now())?;
    filter.states.clone_from(&args.state);
    filter.class = args.class;
    let order = if args.oldest_first {
        Order::OldestFirst
    } else {
        Order::NewestFirst
    };
    let messages = outbox_monitor::list(db, &filter, order, args.limit.into()).await?;
    match args.format.format {
        Format::Json => output::json(&messages.iter().map(view).collect::<Vec<_>>()),
        Format::Text => output::table(
            [
                "ID",
                "STATE",
                "KANAAL",
                "OBJECT",
                "MADE",
                "TRIED",
                "LAST CLASS",
                "NEXT OR END",
            ],
            messages.iter().map(row).collect(),
        ),
    }
}

fn row(message: &Message) -> [String; 8] {
    [
        message.id.to_string(),
        message.state.clone(),
        message.kanaal.clone(),
        message.object_uuid.0.to_string(),
        moment(message.created_at),
        message.attempts.to_string(),
        message.last_class.clone().unwrap_or_default(),
        moment(message.finished_at.unwrap_or(message.next_attempt_at)),
    ]
}

/// Shows a message and its attempts.
pub async fn show(db: &Db, message: MessageRef, limit: u16, format: Format) -> anyhow::Result<()> {
    let filter = MessageFilter {
        messages: vec![message],
        ..MessageFilter::default()
    };
    let found = outbox_monitor::list(db, &filter, Order::OldestFirst, 1).await?;
    let found = found.first().with_context(|| {
        format!(
            "there is no message {}: see `openklant outbox list`",
            filter.words()
        )
    })?;
    let attempts = outbox::attempts(db, found.id).await?;
    let shown = &attempts[attempts.len().saturating_sub(usize::from(limit))..];
    if format == Format::Json {
        let mut shown_message = view(found);
        shown_message["message"] = serde_json::from_str(&found.message).unwrap_or(Value::Null);
        shown_message["attemptsMade"] = json!(attempts.len());
        shown_message["attemptList"] = shown.iter().map(attempt_view).collect();
        return output::json(&shown_message);
    }
    output::line(format_args!("id        {}", found.id))?;
    output::line(format_args!("uuid      {}", found.uuid.0))?;
    output::line(format_args!("state     {}", found.state))?;
    output::line(format_args!("kanaal    {}", found.kanaal))?;
    output::line(format_args!("object    {}", found.object_uuid.0))?;
    output::line(format_args!(
        "made      {} by {}",
        moment(found.created_at),
        found.origin
    ))?;
    if let Some(trace) = trace_id(found) {
        output::line(format_args!("trace     {trace}"))?;
    }
    match (found.finished_at, &found.leased_by, found.lease_until) {
        (Some(at), ..) => output::line(format_args!("finished  {}", moment(at)))?,
        (None, Some(worker), Some(until)) => {
            output::line(format_args!("held by   {worker} until {}", moment(until)))?;
        }
        _ => output::line(format_args!("next try  {}", moment(found.next_attempt_at)))?,
    }
    output::line(format_args!("message   {}", found.message))?;
    output::line(format_args!(
        "attempts  {}, the last {} below",
        attempts.len(),
        shown.len()
    ))?;
    if shown.is_empty() {
        return Ok(());
    }
    output::table(
        ["NR", "STARTED", "MS", "STATUS", "CLASS", "ANSWER"],
        shown
            .iter()
            .map(|attempt| {
                [
                    attempt.nr.to_string(),
                    moment(attempt.started_at),
                    attempt.duration_ms.to_string(),
                    attempt
                        .status
                        .map(|status| status.to_string())
                        .unwrap_or_default(),
                    attempt.class.clone(),
                    // On one line: an answer may be a page.
                    attempt.answer.split_whitespace().collect::<Vec<_>>().join(" "),
                ]
            })
            .collect(),
    )
}

/// The trace it was made in, as the log names it.
fn trace_id(message: &Message) -> Option<String> {
    TraceParent::parse(message.trace_parent.as_deref()?).map(TraceParent::trace_id)
}

fn view(message: &Message) -> Value {
    json!({
        "id": message.id,
        "uuid": message.uuid.0,
        "kanaal": message.kanaal,
        "object": message.object_uuid.0,
        "state": message.state,
        "origin": message.origin,
        "traceId": trace_id(message),
        "attempts": message.attempts,
        "lastClass": message.last_class,
        "nextAttemptAt": message.next_attempt_at,
        "leasedBy": message.leased_by,
        "leaseUntil": message.lease_until,
        "createdAt": message.created_at,
        "finishedAt": message.finished_at,
    })
}

fn attempt_view(attempt: &Attempt) -> Value {
    json!({
        "nr": attempt.nr,
        "startedAt": attempt.started_at,
        "durationMs": attempt.duration_ms,
        "status": attempt.status,
        "class": attempt.class,
        "answer": attempt.answer,
    })
}
