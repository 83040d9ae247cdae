//! Table `delivery_hour`: how many attempts there were per hour and what came of them, counted in the transaction that
//! records them. What the counts mean is decided in [`crate::domain::delivery_hour`].

use chrono::{DateTime, TimeDelta, Utc};

use super::{Db, StorageError, Tx, execute, on_tx, on_write, retention};
use crate::domain::delivery::Class;
use crate::domain::delivery_hour::{CANCELLED, Count, bucket, hour_of};

/// Rows that an hour's counts of one kind are spread over.
const SHARDS: i64 = 8;

const ADD: &str = "INSERT INTO delivery_hour (hour, class, bucket, shard, attempts) VALUES ($1, $2, $3, $4, $5) \
     ON CONFLICT (hour, class, bucket, shard) DO UPDATE SET attempts = delivery_hour.attempts + excluded.attempts";

async fn add(
    tx: &mut Tx,
    at: DateTime<Utc>,
    class: &str,
    bucket: i64,
    shard: i64,
    number: i64,
) -> Result<(), StorageError> {
    execute!(
        tx,
        sqlx::query(ADD)
            .bind(hour_of(at))
            .bind(class)
            .bind(bucket)
            .bind(shard)
            .bind(number)
    )?;
    Ok(())
}

/// Counts an attempt for message `id` that ended at `at`; `age` is how long ago the message was made. To be the last
/// statement of its transaction: others wait for the row until it ends.
pub async fn count_attempt(
    tx: &mut Tx,
    id: i64,
    class: Class,
    age: TimeDelta,
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    let bucket = if class == Class::Delivered { bucket(age) } else { 0 };
    add(tx, at, class.name(), bucket, id.rem_euclid(SHARDS), 1).await
}

/// Counts messages that an operator cancelled.
pub(super) async fn count_cancelled(tx: &mut Tx, number: i64, at: DateTime<Utc>) -> Result<(), StorageError> {
    if number == 0 {
        return Ok(());
    }
    add(tx, at, CANCELLED, 0, 0, number).await
}

const SINCE: &str = "SELECT hour, class, bucket, CAST(sum(attempts) AS BIGINT) AS attempts FROM delivery_hour \
     WHERE hour >= $1 GROUP BY hour, class, bucket ORDER BY hour, class, bucket";

/// The counts of the hours that began at `since` or later.
pub async fn since(tx: &mut Tx, since: DateTime<Utc>) -> Result<Vec<Count>, StorageError> {
    let rows: Vec<(DateTime<Utc>, String, i64, i64)> =
        on_tx!(tx, |c| sqlx::query_as(SINCE).bind(since).fetch_all(c).await)?;
    Ok(rows
        .into_iter()
        .map(|(hour, class, bucket, attempts)| Count {
            hour,
            class,
            bucket,
            attempts,
        })
        .collect())
}

const COUNT_OLD: &str = "SELECT CAST(count(*) AS BIGINT) FROM delivery_hour WHERE hour < $1";

/// How many rows are of hours that began before `before`.
pub async fn count_old(db: &Db, before: DateTime<Utc>) -> Result<i64, StorageError> {
    retention::count(db, COUNT_OLD, before).await
}

const REMOVE: &str = "DELETE FROM delivery_hour WHERE hour < $1";

/// Removes the rows of hours that began before `before`; answers how many. An hour has few.
pub async fn remove(db: &Db, before: DateTime<Utc>) -> Result<u64, StorageError> {
    Ok(on_write!(db, |c| sqlx::query(REMOVE)
        .bind(before)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
}
