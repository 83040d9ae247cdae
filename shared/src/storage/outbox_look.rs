//! What the management site shows of the queue: how it stands, pages of messages, and one message with everything about
//! it. Reads only, each in one snapshot. What is delivered is never counted: there is too much of it.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::QueryBuilder;

use super::delivery_endpoint::{self, Endpoint};
use super::operator_log::{self, Logged, UnderWay};
use super::outbox::Attempt;
use super::outbox_filter::MessageFilter;
use super::outbox_monitor::{Order, waiting_since};
use super::worker_heartbeat::{self, Heartbeat};
use super::{Db, Id, StorageError, Tx, delivery_hour, on_tx, outbox_depth};
use crate::domain::delivery::State;
use crate::domain::delivery_hour::Count;
use crate::domain::queue_state::RATE_MINUTES;

/// The most workers that are shown.
const MOST_WORKERS: i64 = 20;

/// The most parked messages that are shown with the state of the queue.
const MOST_PARKED: i64 = 5;

/// The most that is shown of what is under way.
const MOST_UNDER_WAY: i64 = 5;

/// The most attempts that are shown of a message.
const MOST_ATTEMPTS: i64 = 50;

/// The most rows of the log that are shown of a message.
const MOST_LOGGED: i64 = 20;

/// How many messages of one object are counted.
pub const MOST_NEIGHBOURS: i64 = 1000;

/// How the queue stands at one moment.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Messages that wait.
    pub pending: i64,
    /// Messages that are being sent.
    pub delivering: i64,
    /// Messages that are parked.
    pub parked: i64,
    /// When the oldest message was made that waits; one that is being sent waits too.
    pub waiting_since: Option<DateTime<Utc>>,
    /// The messages that were parked last, the newest first.
    pub newest_parked: Vec<Row>,
    /// What came of attempts, per hour, of a day and a bit.
    pub counts: Vec<Count>,
    /// Messages that were accepted in the last [`RATE_MINUTES`].
    pub delivered_lately: i64,
    /// Whether there ever was a message.
    pub has_messages: bool,
    /// The breaker and the pause.
    pub endpoint: Endpoint,
    /// The workers, the one seen last first.
    pub workers: Vec<Heartbeat>,
    /// What operators asked for and is not done yet, the newest first.
    pub under_way: Vec<UnderWay>,
}

const LATELY: &str = "SELECT (SELECT CAST(count(*) AS BIGINT) FROM outbox_attempt WHERE started_at >= $1 \
     AND class = 'delivered'), (SELECT max(id) FROM outbox)";

// Row's columns; the older message of the same object is looked for by index.
macro_rules! row {
    () => {
        "SELECT id, uuid, kanaal, object_uuid, message, state, attempts, next_attempt_at, created_at, finished_at, \
         last_class, origin, leased_by, CAST(CASE WHEN EXISTS (SELECT 1 FROM outbox AS p \
         WHERE p.object_uuid = outbox.object_uuid AND p.state IN ('pending', 'delivering') AND p.id < outbox.id) \
         THEN 1 ELSE 0 END AS BIGINT) AS behind FROM outbox"
    };
}
const NEWEST_PARKED: &str = concat!(
    row!(),
    " WHERE state = 'parked' ORDER BY finished_at DESC, id DESC LIMIT $1"
);

/// A message in a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
    /// Its number in the queue.
    pub id: i64,
    /// Its identity, as the log names it.
    pub uuid: Id,
    /// Name of the kanaal.
    pub kanaal: String,
    /// The main object.
    pub object_uuid: Id,
    /// What is sent.
    pub message: String,
    state: String,
    /// Attempts that count.
    pub attempts: i64,
    /// When it is tried again, while it waits.
    pub next_attempt_at: DateTime<Utc>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was delivered, parked or cancelled.
    pub finished_at: Option<DateTime<Utc>>,
    /// Class of the last attempt.
    pub last_class: Option<String>,
    /// What made it.
    pub origin: String,
    /// Which worker has it.
    pub leased_by: Option<String>,
    behind: i64,
}

impl Row {
    /// Its state; `None`: a later version of the program knows it, this one does not.
    pub fn state(&self) -> Option<State> {
        State::from_name(&self.state)
    }

    /// Whether an older message of the same object is not finished, so that this one is not sent.
    pub const fn is_behind(&self) -> bool {
        self.behind != 0
    }
}

/// How many messages are not finished, or need a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages that wait.
    pub pending: i64,
    /// Messages that are being sent.
    pub delivering: i64,
    /// Messages that are parked.
    pub parked: i64,
}

/// How many messages are not finished.
pub async fn counts(db: &Db) -> Result<Counts, StorageError> {
    let mut tx = db.snapshot().await?;
    let counts = counts_in(&mut tx).await?;
    tx.rollback().await?;
    Ok(counts)
}

async fn counts_in(tx: &mut Tx) -> Result<Counts, StorageError> {
    let found = outbox_depth::counts(tx).await?;
    let of = |state| {
        found
            .iter()
            .find(|(one, _)| *one == state)
            .map_or(0, |(_, count)| *count)
    };
    Ok(Counts {
        pending: of(State::Pending),
        delivering: of(State::Delivering),
        parked: of(State::Parked),
    })
}

/// How the queue stands.
pub async fn standing(db: &Db, now: DateTime<Utc>) -> Result<Standing, StorageError> {
    let mut tx = db.snapshot().await?;
    let counts = counts_in(&mut tx).await?;
    let lately = now - TimeDelta::minutes(RATE_MINUTES);
    let (delivered_lately, newest): (i64, Option<i64>) =
        on_tx!(tx, |c| sqlx::query_as(LATELY).bind(lately).fetch_one(c).await)?;
    let standing = Standing {
        pending: counts.pending,
        delivering: counts.delivering,
        parked: counts.parked,
        waiting_since: waiting_since(&mut tx).await?,
        newest_parked: on_tx!(tx, |c| sqlx::query_as(NEWEST_PARKED)
            .bind(MOST_PARKED)
            .fetch_all(c)
            .await)?,
        counts: delivery_hour::since(&mut tx, now - TimeDelta::hours(25)).await?,
        delivered_lately,
        has_messages: newest.is_some(),
        endpoint: delivery_endpoint::read(&mut tx).await?,
        workers: worker_heartbeat::list_in(&mut tx, MOST_WORKERS).await?,
        under_way: operator_log::under_way(&mut tx, MOST_UNDER_WAY).await?,
    };
    tx.rollback().await?;
    Ok(standing)
}

/// Where a page of messages begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// At the first.
    First,
    /// After this number, in the order of the list.
    After(i64),
    /// Before this number, read backwards.
    Before(i64),
}

/// At most `limit` of the messages that match; [`Begin::Before`] gives them in the opposite order.
pub async fn page(
    db: &Db,
    filter: &MessageFilter,
    order: Order,
    from: Begin,
    limit: i64,
) -> Result<Vec<Row>, StorageError> {
    let is_forward = !matches!(from, Begin::Before(_));
    let descends = is_forward == (order == Order::NewestFirst);
    let mut tx = db.snapshot().await?;
    let found = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(row!());
        filter.push_to(&mut query);
        if let Begin::After(id) | Begin::Before(id) = from {
            query
                .push(if descends { " AND id < " } else { " AND id > " })
                .push_bind(id);
        }
        query
            .push(if descends {
                " ORDER BY id DESC LIMIT "
            } else {
                " ORDER BY id LIMIT "
            })
            .push_bind(limit);
        query.build_query_as::<Row>().fetch_all(c).await
    })?;
    tx.rollback().await?;
    Ok(found)
}

/// A message with everything about it.
#[derive(Clone, Debug)]
pub struct Detail {
    /// The message.
    pub row: Row,
    /// Its attempts, the newest first.
    pub attempts: Vec<Attempt>,
    /// The other messages of its object.
    pub neighbours: Neighbours,
    /// What operators did to it, the newest first.
    pub logged: Vec<Logged>,
}

/// The newest messages about one object, at most [`MOST_NEIGHBOURS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Neighbours {
    /// How many there are, this one included.
    pub all: i64,
    /// How many are older than this one.
    pub older: i64,
    /// How many are newer and accepted already.
    pub newer_delivered: i64,
}

const ONE: &str = concat!(row!(), " WHERE id = $1");
const ATTEMPTS: &str = "SELECT nr, started_at, duration_ms, status, class, answer FROM outbox_attempt \
     WHERE outbox_id = $1 ORDER BY id DESC LIMIT $2";
const NEIGHBOURS: &str = "SELECT CAST(count(*) AS BIGINT) AS \"all\", \
     CAST(COALESCE(sum(CASE WHEN id < $2 THEN 1 ELSE 0 END), 0) AS BIGINT) AS older, \
     CAST(COALESCE(sum(CASE WHEN id > $2 AND state = 'delivered' THEN 1 ELSE 0 END), 0) AS BIGINT) AS newer_delivered \
     FROM (SELECT id, state FROM outbox WHERE object_uuid = $1 ORDER BY id DESC LIMIT $3) AS about";

/// A message by its number.
pub async fn detail(db: &Db, id: i64) -> Result<Option<Detail>, StorageError> {
    let mut tx = db.snapshot().await?;
    let Some(row) = row_of(&mut tx, id).await? else {
        tx.rollback().await?;
        return Ok(None);
    };
    let detail = Detail {
        attempts: on_tx!(tx, |c| sqlx::query_as(ATTEMPTS)
            .bind(id)
            .bind(MOST_ATTEMPTS)
            .fetch_all(c)
            .await)?,
        neighbours: on_tx!(tx, |c| sqlx::query_as(NEIGHBOURS)
            .bind(row.object_uuid)
            .bind(id)
            .bind(MOST_NEIGHBOURS)
            .fetch_one(c)
            .await)?,
        logged: operator_log::about(&mut tx, id, MOST_LOGGED).await?,
        row,
    };
    tx.rollback().await?;
    Ok(Some(detail))
}

async fn row_of(tx: &mut Tx, id: i64) -> Result<Option<Row>, StorageError> {
    Ok(on_tx!(tx, |c| sqlx::query_as(ONE)
        .bind(id)
        .fetch_optional(c)
        .await)?)
}

/// A message by its number, alone.
pub async fn find(db: &Db, id: i64) -> Result<Option<Row>, StorageError> {
    let mut tx = db.snapshot().await?;
    let row = row_of(&mut tx, id).await?;
    tx.rollback().await?;
    Ok(row)
}
