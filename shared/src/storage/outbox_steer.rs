//! What operators do to the queue, in batches: try again, cancel, send again, pause. Each function changes one batch
//! in the transaction of the caller, who also writes the operators' log in it.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;

use super::outbox::{self, NewMessage, Origin};
use super::outbox_filter::{MessageFilter, in_states};
use super::{Id, StorageError, Tx, delivery_hour, execute, on_tx};
use crate::clock::Ids;
use crate::domain::delivery::Event;

/// What one batch did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// How many messages it was about.
    pub changed: u64,
    /// The number of the last of them: where the next batch begins. `None`: nothing was left.
    pub last: Option<i64>,
}

impl Batch {
    /// A batch of the rows with these numbers.
    pub fn of(ids: &[i64]) -> Self {
        Self {
            changed: u64::try_from(ids.len()).unwrap_or(u64::MAX),
            last: ids.iter().max().copied(),
        }
    }
}

/// Which part of what matches a batch is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Only messages after this number.
    pub after: i64,
    /// Only messages up to this number: what came after the operator asked is not meant.
    pub up_to: i64,
    /// At most this many.
    pub limit: i64,
}

/// What is set beside the state, without the time that is set last.
const RETRY: &str = "attempts = 0, finished_at = NULL, next_attempt_at = ";
const CANCEL: &str = "finished_at = ";

/// Makes messages due at `now`, their attempts counted anew. Committing wakes the workers.
pub async fn retry(
    tx: &mut Tx,
    filter: &MessageFilter,
    stretch: Stretch,
    now: DateTime<Utc>,
) -> Result<Batch, StorageError> {
    let batch = change(tx, Event::Retried, RETRY, filter, stretch, now).await?;
    outbox::wake(tx).await?;
    Ok(batch)
}

/// Cancels messages. Committing wakes the workers: a cancelled message holds no other.
pub async fn cancel(
    tx: &mut Tx,
    filter: &MessageFilter,
    stretch: Stretch,
    now: DateTime<Utc>,
) -> Result<Batch, StorageError> {
    let batch = change(tx, Event::Cancelled, CANCEL, filter, stretch, now).await?;
    delivery_hour::count_cancelled(tx, batch.changed.try_into().unwrap_or(i64::MAX), now).await?;
    outbox::wake(tx).await?;
    Ok(batch)
}

/// Lets `event` happen to the messages to which it can.
async fn change(
    tx: &mut Tx,
    event: Event,
    set: &'static str,
    filter: &MessageFilter,
    stretch: Stretch,
    now: DateTime<Utc>,
) -> Result<Batch, StorageError> {
    let lock = if tx.is_postgres() { " FOR UPDATE" } else { "" };
    let from = event.happens_in();
    // One state follows, whatever the message was in before.
    let Some(to) = from.first().and_then(|state| state.after(event)) else {
        return Ok(Batch::of(&[]));
    };
    let may = in_states(&from);
    let ids = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new("WITH head AS MATERIALIZED (SELECT id FROM outbox");
        filter.push_to(&mut query);
        query.push(" AND ").push(&may);
        push_stretch(&mut query, stretch);
        query
            .push(lock)
            .push(") UPDATE outbox SET state = ")
            .push_bind(to.name())
            .push(", ")
            .push(set)
            .push_bind(now);
        query
            .push(" WHERE id IN (SELECT id FROM head) AND ")
            .push(&may)
            .push(" RETURNING id");
        query.build_query_scalar::<i64>().fetch_all(c).await
    })?;
    Ok(Batch::of(&ids))
}

fn push_stretch<DB>(query: &mut QueryBuilder<DB>, stretch: Stretch)
where
    DB: sqlx::Database,
    for<'q> i64: sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    query
        .push(" AND id > ")
        .push_bind(stretch.after)
        .push(" AND id <= ")
        .push_bind(stretch.up_to)
        .push(" ORDER BY id LIMIT ")
        .push_bind(stretch.limit);
}

#[derive(sqlx::FromRow)]
struct Sent {
    id: i64,
    kanaal: String,
    object_uuid: Id,
    message: String,
}

/// Queues delivered messages once more, in their order and to the byte, as new rows: what happened stays to be read.
/// Rows that a replay made are passed over, or what is replayed twice would double.
pub async fn replay(
    tx: &mut Tx,
    filter: &MessageFilter,
    stretch: Stretch,
    now: DateTime<Utc>,
    ids: &Ids,
) -> Result<Batch, StorageError> {
    let sent = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new("SELECT id, kanaal, object_uuid, message FROM outbox");
        filter.push_to(&mut query);
        query.push(" AND state = 'delivered' AND origin <> 'replay'");
        push_stretch(&mut query, stretch);
        query.build_query_as::<Sent>().fetch_all(c).await
    })?;
    for one in &sent {
        outbox::insert(
            tx,
            &NewMessage {
                uuid: ids.next(),
                kanaal: &one.kanaal,
                object_uuid: one.object_uuid.into(),
                message: &one.message,
                created_at: now,
                origin: Origin::Replay,
                audit: None,
            },
        )
        .await?;
    }
    Ok(Batch::of(&sent.iter().map(|one| one.id).collect::<Vec<_>>()))
}

/// How many messages [`replay`] would send again, and the number of the newest.
pub async fn count_replayable(
    tx: &mut Tx,
    filter: &MessageFilter,
) -> Result<(i64, Option<i64>), StorageError> {
    Ok(on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new("SELECT CAST(count(*) AS BIGINT), max(id) FROM outbox");
        filter.push_to(&mut query);
        query.push(" AND state = 'delivered' AND origin <> 'replay'");
        query.build_query_as::<(i64, Option<i64>)>().fetch_one(c).await
    })?)
}

const PAUSE: &str = "UPDATE delivery_endpoint SET paused_at = $1, paused_by = $2, paused_why = $3 WHERE id = 1 AND paused_at IS NULL";
const RESUME: &str = "UPDATE delivery_endpoint SET paused_at = NULL, paused_by = NULL, paused_why = NULL \
     WHERE id = 1 AND paused_at IS NOT NULL";

/// Keeps all workers from taking messages, for a reason if one is given; `false` when delivery was paused already.
pub async fn pause(
    tx: &mut Tx,
    operator: &str,
    why: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    Ok(execute!(tx, sqlx::query(PAUSE).bind(now).bind(operator).bind(why))? == 1)
}

/// Lets them take messages again, and wakes them; `false` when delivery was not paused.
pub async fn resume(tx: &mut Tx) -> Result<bool, StorageError> {
    let resumed = execute!(tx, sqlx::query(RESUME))? == 1;
    outbox::wake(tx).await?;
    Ok(resumed)
}
