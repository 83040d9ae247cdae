//! Making the buckets of a list that turned out to be long.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::QueryBuilder;

use super::fold::{note_lists, waiting};
use super::{Edge, List, MOST_LISTS, NO_MOMENT, beginning};
use crate::storage::{Db, StorageError, Tx, execute, on_tx};

/// How long folds wait for a list that is being made, should its maker die.
const LONGEST: TimeDelta = TimeDelta::minutes(2);

/// Buckets that are written with one statement.
const ROWS_AT_ONCE: usize = 200;

const KEEP_OTHERS_OUT: &str = "UPDATE page_fold SET busy_until = $1 WHERE id = 1 AND busy_until <= $2";
const LET_OTHERS_IN: &str = "UPDATE page_fold SET busy_until = $1 WHERE id = 1";
const FOLDS: &str = "SELECT folds FROM page_fold WHERE id = 1";
// Takes the lock that a fold takes.
const FOLDS_AND_LOCK: &str = "UPDATE page_fold SET folds = folds WHERE id = 1 RETURNING folds";
const LISTS: &str = "SELECT CAST(count(*) AS BIGINT) FROM page_list";
const INSERT_LIST: &str = "INSERT INTO page_list (resource, facets, version, total, created_at) \
     VALUES ($1, $2, 1, $3, $4) ON CONFLICT DO NOTHING RETURNING id";

/// Makes the buckets of a list; `false` when it has them already, there are as many lists as there may be, or somebody else is
/// at it. Its rows are gone through in a read snapshot, so that nobody who writes waits for it.
pub async fn build(db: &Db, list: &List, now: DateTime<Utc>) -> Result<bool, StorageError> {
    let mut tx = db.begin().await?;
    let is_ours = execute!(tx, sqlx::query(KEEP_OTHERS_OUT).bind(now + LONGEST).bind(now))? == 1;
    tx.commit().await?;
    if !is_ours {
        return Ok(false);
    }
    let built = build_alone(db, list, now).await;
    let mut tx = db.begin().await?;
    execute!(tx, sqlx::query(LET_OTHERS_IN).bind(now))?;
    tx.commit().await?;
    note_lists(db).await?;
    built
}

async fn build_alone(db: &Db, list: &List, now: DateTime<Utc>) -> Result<bool, StorageError> {
    let mut snapshot = db.snapshot().await?;
    let folds: i64 = on_tx!(snapshot, |c| sqlx::query_scalar(FOLDS).fetch_one(c).await)?;
    let lists: i64 = on_tx!(snapshot, |c| sqlx::query_scalar(LISTS).fetch_one(c).await)?;
    if lists >= MOST_LISTS {
        return Ok(false);
    }
    let buckets = buckets_of(&mut snapshot, list).await?;
    snapshot.rollback().await?;

    let mut tx = db.begin().await?;
    let folds_now: i64 = on_tx!(tx, |c| sqlx::query_scalar(FOLDS_AND_LOCK).fetch_one(c).await)?;
    if folds_now != folds {
        return Ok(false);
    }
    let total: i64 = buckets.iter().map(|(_, rows)| rows).sum();
    let id: Option<i64> = on_tx!(tx, |c| sqlx::query_scalar(INSERT_LIST)
        .bind(list.table().name())
        .bind(list.facets_text())
        .bind(total)
        .bind(now)
        .fetch_optional(c)
        .await)?;
    let Some(id) = id else {
        return Ok(false);
    };
    for some in buckets.chunks(ROWS_AT_ONCE) {
        on_tx!(tx, DB, |c| {
            let mut query =
                QueryBuilder::<DB>::new("INSERT INTO page_bucket (list_id, moment, row_id, count) ");
            query.push_values(some, |mut row, (edge, rows)| {
                row.push_bind(id)
                    .push_bind(edge.0)
                    .push_bind(edge.1)
                    .push_bind(*rows);
            });
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    tx.commit().await?;
    Ok(true)
}

/// The buckets of a list, oldest first, as they would be if what waits had not happened yet: whoever reads adds that.
async fn buckets_of(tx: &mut Tx, list: &List) -> Result<Vec<(Edge, i64)>, StorageError> {
    let size = tx.pages.sizes.bucket;
    let (edges, rows) = edges(tx, list, size).await?;
    let mut buckets: Vec<(Edge, i64)> = edges.into_iter().map(|edge| (edge, size)).collect();
    // The first one begins before every row there may ever be.
    match buckets.first_mut() {
        Some(first) => first.0 = beginning(list.table()),
        None => buckets.push((beginning(list.table()), 0)),
    }
    let full = i64::try_from(buckets.len() - 1).unwrap_or(i64::MAX) * size;
    if let Some(last) = buckets.last_mut() {
        last.1 = rows - full;
    }
    for delta in waiting(tx, list).await? {
        let place = buckets.partition_point(|(edge, _)| *edge <= delta.edge);
        if let Some(bucket) = place.checked_sub(1).and_then(|place| buckets.get_mut(place)) {
            bucket.1 -= delta.count;
        }
    }
    Ok(buckets)
}

/// Every so many rows of a list the place of one, oldest first, and the number of all rows.
async fn edges(tx: &mut Tx, list: &List, every: i64) -> Result<(Vec<Edge>, i64), StorageError> {
    let table = list.table();
    let key = table
        .moment()
        .map_or_else(|| "id".to_owned(), |moment| format!("{moment}, id"));
    let rows = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new("SELECT CAST(count(*) AS BIGINT) FROM ");
        query.push(table.name()).push(" WHERE 1 = 1");
        list.push_rows(&mut query);
        query.build_query_scalar::<i64>().fetch_one(c).await
    })?;
    let edges = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new("SELECT ");
        query.push(&key).push(" FROM (SELECT ").push(&key);
        query
            .push(", row_number() OVER (ORDER BY ")
            .push(&key)
            .push(") AS nr FROM ");
        query.push(table.name()).push(" WHERE 1 = 1");
        list.push_rows(&mut query);
        query
            .push(") numbered WHERE nr % ")
            .push_bind(every)
            .push(" = 1 ORDER BY ")
            .push(&key);
        if table.moment().is_some() {
            query.build_query_as::<Edge>().fetch_all(c).await
        } else {
            let ids = query.build_query_scalar::<i64>().fetch_all(c).await;
            ids.map(|ids| ids.into_iter().map(|id| (NO_MOMENT, id)).collect())
        }
    })?;
    Ok((edges, rows))
}
