//! What operators see of the queue: its depth, its age, what comes of attempts, and single messages. Reads only.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;

use super::delivery_endpoint::{self, Endpoint};
use super::outbox_filter::MessageFilter;
use super::{Db, Id, StorageError, Tx, on_tx, outbox_depth};
use crate::domain::delivery::State;

/// How the queue stands at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// How many messages there are in each state, all states in their order.
    pub counts: Vec<(State, i64)>,
    /// When the oldest message that waits was made; one that is being sent waits too.
    pub oldest_pending: Option<DateTime<Utc>>,
    /// The attempts since the time that was asked for.
    pub attempts: Vec<AttemptCount>,
    /// The last attempt of all.
    pub last_attempt: Option<LastAttempt>,
    /// The breaker and the pause.
    pub endpoint: Endpoint,
}

/// How many attempts had a class.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AttemptCount {
    /// The class.
    pub class: String,
    /// How many.
    pub count: i64,
}

/// What came of the last attempt.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct LastAttempt {
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// Status of the answer, if there was one.
    pub status: Option<i64>,
    /// Class of the outcome.
    pub class: String,
    /// The beginning of the answer or the error.
    pub answer: String,
}

// One statement, so one moment: a message that goes back from being sent is not missed in between.
const WAITING_SINCE: &str = "SELECT min(created_at) FROM (\
     SELECT * FROM (SELECT created_at FROM outbox WHERE state = 'pending' ORDER BY id LIMIT 1) AS pending \
     UNION ALL \
     SELECT * FROM (SELECT created_at FROM outbox WHERE state = 'delivering' ORDER BY id LIMIT 1) AS delivering\
     ) AS waiting";
const ATTEMPTS: &str = "SELECT class, CAST(count(*) AS BIGINT) AS count FROM outbox_attempt WHERE started_at >= $1 \
     GROUP BY class ORDER BY class";
const LAST_ATTEMPT: &str =
    "SELECT started_at, status, class, answer FROM outbox_attempt ORDER BY id DESC LIMIT 1";

/// When the oldest message was made that its receiver still waits for.
pub(super) async fn waiting_since(tx: &mut Tx) -> Result<Option<DateTime<Utc>>, StorageError> {
    Ok(on_tx!(tx, |c| sqlx::query_scalar(WAITING_SINCE)
        .fetch_one(c)
        .await)?)
}

/// How the queue stands, all of it at the same moment; attempts are counted from `since`.
pub async fn overview(db: &Db, since: DateTime<Utc>) -> Result<Overview, StorageError> {
    let mut tx = db.snapshot().await?;
    let overview = Overview {
        counts: outbox_depth::counts(&mut tx).await?,
        oldest_pending: waiting_since(&mut tx).await?,
        attempts: on_tx!(tx, |c| sqlx::query_as(ATTEMPTS).bind(since).fetch_all(c).await)?,
        last_attempt: on_tx!(tx, |c| sqlx::query_as(LAST_ATTEMPT).fetch_optional(c).await)?,
        endpoint: delivery_endpoint::read(&mut tx).await?,
    };
    tx.rollback().await?;
    Ok(overview)
}

/// A message as operators see it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Message {
    /// Its number in the queue.
    pub id: i64,
    /// Its identity, as the log names it.
    pub uuid: Id,
    /// Name of the kanaal.
    pub kanaal: String,
    /// The main object.
    pub object_uuid: Id,
    /// The bytes that are sent.
    pub message: String,
    /// Its state.
    pub state: String,
    /// Attempts that count.
    pub attempts: i64,
    /// When it is tried again, while it waits.
    pub next_attempt_at: DateTime<Utc>,
    /// Until when a worker has it.
    pub lease_until: Option<DateTime<Utc>>,
    /// Which worker has it.
    pub leased_by: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was delivered, parked or cancelled.
    pub finished_at: Option<DateTime<Utc>>,
    /// Class of the last attempt.
    pub last_class: Option<String>,
    /// What made it: a change, or an operator's `replay` or `reemit`.
    pub origin: String,
    /// The step of the trace it was made in, as a header holds it.
    pub trace_parent: Option<String>,
}

const SELECT: &str = "SELECT id, uuid, kanaal, object_uuid, message, state, attempts, next_attempt_at, lease_until, \
     leased_by, created_at, finished_at, last_class, origin, trace_parent FROM outbox";

/// In which order messages are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The newest first.
    NewestFirst,
    /// The oldest first.
    OldestFirst,
}

/// At most `limit` of the messages that match.
pub async fn list(
    db: &Db,
    filter: &MessageFilter,
    order: Order,
    limit: i64,
) -> Result<Vec<Message>, StorageError> {
    let mut tx = db.snapshot().await?;
    let found = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(SELECT);
        filter.push_to(&mut query);
        query
            .push(match order {
                Order::NewestFirst => " ORDER BY id DESC LIMIT ",
                Order::OldestFirst => " ORDER BY id LIMIT ",
            })
            .push_bind(limit);
        query.build_query_as::<Message>().fetch_all(c).await
    })?;
    tx.rollback().await?;
    Ok(found)
}

/// How many messages match, and the number of the newest of them.
pub async fn count(db: &Db, filter: &MessageFilter) -> Result<(i64, Option<i64>), StorageError> {
    let mut tx = db.snapshot().await?;
    let found = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new("SELECT CAST(count(*) AS BIGINT), max(id) FROM outbox");
        filter.push_to(&mut query);
        query.build_query_as::<(i64, Option<i64>)>().fetch_one(c).await
    })?;
    tx.rollback().await?;
    Ok(found)
}
