//! Adding deltas to buckets.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::{FromRow, QueryBuilder};

use super::table::RowFacets;
use super::{Edge, List, Table, beginning, buckets};
use crate::storage::{Db, StorageError, Tx, execute, on_tx};

#[derive(FromRow)]
struct DeltaRow {
    resource: String,
    moment: DateTime<Utc>,
    row_id: i64,
    count: i64,
    facet_1: Option<String>,
    facet_2: Option<String>,
    facet_3: Option<String>,
    facet_4: Option<String>,
    facet_5: Option<String>,
    facet_6: Option<String>,
    facet_7: Option<String>,
}

/// A change of one row.
pub(super) struct Delta {
    table: Option<Table>,
    pub edge: Edge,
    pub count: i64,
    facets: RowFacets,
}

impl From<DeltaRow> for Delta {
    fn from(row: DeltaRow) -> Self {
        Self {
            table: Table::from_name(&row.resource),
            edge: (row.moment, row.row_id),
            count: row.count,
            facets: [
                row.facet_1,
                row.facet_2,
                row.facet_3,
                row.facet_4,
                row.facet_5,
                row.facet_6,
                row.facet_7,
            ],
        }
    }
}

impl Delta {
    fn is_of(&self, list: &List) -> bool {
        self.table == Some(list.table()) && list.holds(&self.facets)
    }
}

macro_rules! delta_columns {
    () => {
        "resource, moment, row_id, count, facet_1, facet_2, facet_3, facet_4, facet_5, facet_6, facet_7"
    };
}

const TAKE: &str = concat!(
    "DELETE FROM page_delta WHERE id IN (SELECT id FROM page_delta ORDER BY id LIMIT $1) RETURNING ",
    delta_columns!()
);

const WAITING: &str = concat!(
    "SELECT ",
    delta_columns!(),
    " FROM page_delta WHERE resource = $1"
);

/// The deltas of a list that wait, as this transaction sees them.
pub(super) async fn waiting(tx: &mut Tx, list: &List) -> Result<Vec<Delta>, StorageError> {
    let rows: Vec<DeltaRow> = on_tx!(tx, |c| sqlx::query_as(WAITING)
        .bind(list.table().name())
        .fetch_all(c)
        .await)?;
    let deltas = rows.into_iter().map(Delta::from);
    Ok(deltas.filter(|delta| delta.is_of(list)).collect())
}

// A fold that waits for another would find nothing left to do.
const LOCK_SQLITE: &str = "UPDATE page_fold SET folds = folds + 1 WHERE id = 1 AND busy_until <= $1";
const LOCK_POSTGRES: &str = "UPDATE page_fold SET folds = folds + 1 WHERE id IN \
     (SELECT id FROM page_fold WHERE id = 1 AND busy_until <= $1 FOR UPDATE SKIP LOCKED)";

#[derive(FromRow)]
struct ListRow {
    id: i64,
    resource: String,
    facets: String,
    version: i64,
}

const LISTS: &str = "SELECT id, resource, facets, version FROM page_list ORDER BY id";

/// The lists with buckets, of which this process takes note.
async fn lists(tx: &mut Tx) -> Result<Vec<(ListRow, List)>, StorageError> {
    let rows: Vec<ListRow> = on_tx!(tx, |c| sqlx::query_as(LISTS).fetch_all(c).await)?;
    let lists = rows
        .into_iter()
        .map(|row| List::read(&row.resource, &row.facets).map(|list| (row, list)))
        .collect::<Result<Vec<_>, _>>()?;
    tx.pages
        .set_lists(lists.iter().map(|(row, list)| (row.id, list.clone())).collect());
    Ok(lists)
}

/// Takes note of the lists with buckets.
pub(super) async fn note_lists(db: &Db) -> Result<(), StorageError> {
    let mut tx = db.snapshot().await?;
    lists(&mut tx).await?;
    tx.rollback().await
}

/// Adds deltas to the buckets of the lists they are of, the oldest first; answers how many, 0 when there are none or somebody
/// else is at it. What a list holds does not change at any moment.
pub async fn fold(db: &Db, now: DateTime<Utc>) -> Result<i64, StorageError> {
    let mut tx = db.begin().await?;
    let lock = if tx.is_postgres() {
        LOCK_POSTGRES
    } else {
        LOCK_SQLITE
    };
    if execute!(tx, sqlx::query(lock).bind(now))? == 0 {
        tx.rollback().await?;
        return Ok(0);
    }
    let batch = tx.pages.sizes.batch;
    let taken: Vec<DeltaRow> = on_tx!(tx, |c| sqlx::query_as(TAKE).bind(batch).fetch_all(c).await)?;
    let deltas: Vec<Delta> = taken.into_iter().map(Delta::from).collect();
    if deltas.is_empty() {
        tx.rollback().await?;
        return Ok(0);
    }
    for (row, list) in lists(&mut tx).await? {
        add(&mut tx, &row, &list, &deltas).await?;
    }
    tx.commit().await?;
    Ok(i64::try_from(deltas.len()).unwrap_or(batch))
}

const ADD: &str =
    "UPDATE page_bucket SET count = count + $1 WHERE list_id = $2 AND moment = $3 AND row_id = $4";
const ADD_TOTAL: &str = "UPDATE page_list SET version = version + 1, total = total + $1 WHERE id = $2";
const DROP: &str = "DELETE FROM page_bucket WHERE list_id = $1 AND moment = $2 AND row_id = $3";

async fn add(tx: &mut Tx, row: &ListRow, list: &List, deltas: &[Delta]) -> Result<(), StorageError> {
    let before = buckets(tx, row.id, row.version).await?;
    let mut changed: BTreeMap<usize, i64> = BTreeMap::new();
    let mut total = 0;
    for delta in deltas.iter().filter(|delta| delta.is_of(list)) {
        let place = before.edges.partition_point(|(edge, ..)| *edge > delta.edge);
        if place == before.edges.len() {
            return Err(StorageError::Corrupt {
                table: "page_bucket",
                reason: "a list without a first bucket".to_owned(),
            });
        }
        *changed.entry(place).or_default() += delta.count;
        total += delta.count;
    }
    if changed.is_empty() {
        return Ok(());
    }
    for (place, change) in changed {
        let (edge, rows, _) = before.edges[place];
        let rows = rows + change;
        if rows == 0 && edge != beginning(list.table()) {
            execute!(tx, sqlx::query(DROP).bind(row.id).bind(edge.0).bind(edge.1))?;
            continue;
        }
        if change != 0 {
            set(tx, row.id, edge, change).await?;
        }
        let end = place.checked_sub(1).map(|newer| before.edges[newer].0);
        split(tx, row.id, list, edge, end, rows).await?;
    }
    execute!(tx, sqlx::query(ADD_TOTAL).bind(total).bind(row.id))?;
    Ok(())
}

async fn set(tx: &mut Tx, list: i64, edge: Edge, change: i64) -> Result<(), StorageError> {
    let set = execute!(
        tx,
        sqlx::query(ADD).bind(change).bind(list).bind(edge.0).bind(edge.1)
    )?;
    match set {
        1 => Ok(()),
        _ => Err(StorageError::Corrupt {
            table: "page_bucket",
            reason: "a bucket that was there is gone".to_owned(),
        }),
    }
}

const INSERT: &str = "INSERT INTO page_bucket (list_id, moment, row_id, count) VALUES ($1, $2, $3, $4)";

/// Splits a bucket with too many `rows`, from its newer end down, so that a large one is gone through once.
async fn split(
    tx: &mut Tx,
    id: i64,
    list: &List,
    edge: Edge,
    end: Option<Edge>,
    rows: i64,
) -> Result<(), StorageError> {
    let bucket = tx.pages.sizes.bucket;
    let (mut edge, mut rows) = (edge, rows);
    while rows > 2 * bucket {
        let Some(middle) = further(tx, list, edge, end, bucket).await? else {
            return Ok(());
        };
        // Of one statement and so of one moment: the rows there are, without what waits to be added.
        let lower = rows_between(tx, list, edge, middle).await?;
        if lower <= 0 || lower >= rows {
            return Ok(());
        }
        set(tx, id, edge, lower - rows).await?;
        rows -= lower;
        execute!(
            tx,
            sqlx::query(INSERT)
                .bind(id)
                .bind(middle.0)
                .bind(middle.1)
                .bind(rows)
        )?;
        edge = middle;
    }
    Ok(())
}

/// The place of the row that is so many rows further than a place, before `end`.
async fn further(
    tx: &mut Tx,
    list: &List,
    from: Edge,
    end: Option<Edge>,
    rows: i64,
) -> Result<Option<Edge>, StorageError> {
    let table = list.table();
    Ok(on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new("SELECT ");
        let Some(moment) = table.moment() else {
            query.push("id FROM ").push(table.name());
            query.push(" WHERE id >= ").push_bind(from.1);
            if let Some(end) = end {
                query.push(" AND id < ").push_bind(end.1);
            }
            list.push_rows(&mut query);
            query.push(" ORDER BY id LIMIT 1 OFFSET ").push_bind(rows);
            let found = query.build_query_scalar::<i64>().fetch_optional(c).await?;
            return Ok(found.map(|id| (from.0, id)));
        };
        query.push(moment).push(", id FROM ").push(table.name());
        query.push(" WHERE (").push(moment).push(", id) >= (");
        query.push_bind(from.0).push(", ").push_bind(from.1).push(")");
        if let Some(end) = end {
            query.push(" AND (").push(moment).push(", id) < (");
            query.push_bind(end.0).push(", ").push_bind(end.1).push(")");
        }
        list.push_rows(&mut query);
        query.push(" ORDER BY ").push(moment).push(", id LIMIT 1 OFFSET ");
        query.push_bind(rows);
        query.build_query_as::<Edge>().fetch_optional(c).await
    })?)
}

/// How many rows of the list lie from one place up to another, not counting what waits to be added to its buckets.
async fn rows_between(tx: &mut Tx, list: &List, from: Edge, to: Edge) -> Result<i64, StorageError> {
    let table = list.table();
    Ok(on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new("SELECT CAST((SELECT count(*) FROM ");
        query.push(table.name());
        match table.moment() {
            None => {
                query.push(" WHERE id >= ").push_bind(from.1);
                query.push(" AND id < ").push_bind(to.1);
            }
            Some(moment) => {
                query.push(" WHERE (").push(moment).push(", id) >= (");
                query.push_bind(from.0).push(", ").push_bind(from.1);
                query.push(") AND (").push(moment).push(", id) < (");
                query.push_bind(to.0).push(", ").push_bind(to.1).push(")");
            }
        }
        list.push_rows(&mut query);
        query.push(") - (SELECT coalesce(sum(count), 0)");
        list.push_deltas(&mut query);
        query.push(" AND (moment, row_id) >= (");
        query.push_bind(from.0).push(", ").push_bind(from.1);
        query.push(") AND (moment, row_id) < (");
        query.push_bind(to.0).push(", ").push_bind(to.1);
        query.push(")) AS BIGINT)");
        query.build_query_scalar::<i64>().fetch_one(c).await
    })?)
}
