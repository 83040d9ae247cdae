//! Where the pages of long lists begin, so that neither the exact count of a list nor its last page costs more as the
//! register grows.
//!
//! A list that is long enough has *buckets* in the database: about a thousand rows each, in the order of the list. Every
//! change of a row leaves a *delta*, by trigger, in its own transaction. Buckets and deltas together are always exactly the
//! list, within one snapshot; [`keep()`] adds the deltas to the buckets now and then and makes the buckets of lists that
//! turned out to be long. A process remembers the buckets of a list by their version.

mod build;
mod fold;
mod keep;
mod table;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use tokio::sync::Notify;

pub use build::build;
pub use fold::fold;
pub use keep::keep;
pub use table::{List, Table};

use super::{StorageError, Tx, on_tx};

/// The most lists with buckets: each costs something at every fold.
const MOST_LISTS: i64 = 64;

/// The most lists that wait to get buckets; more are asked for again by whoever reads them.
const MOST_WANTED: usize = 16;

/// How large things are. Smaller ones show in a test what these do at a million rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Rows in a bucket when it is made; with twice as many it is split.
    pub bucket: i64,
    /// Rows from which a list gets buckets: fewer are counted and skipped in no time.
    pub long: i64,
    /// Deltas from which they are added to the buckets at once: each makes every list a little dearer to read.
    pub fold: i64,
    /// Most deltas that are added in one transaction.
    pub batch: i64,
}

impl Default for Sizes {
    fn default() -> Self {
        Self {
            bucket: 1024,
            long: 4000,
            fold: 500,
            batch: 5000,
        }
    }
}

/// The first place of a bucket: the moment (always the same in lists in the order of their rows) and the number of the row.
pub(super) type Edge = (DateTime<Utc>, i64);

/// The moment of rows that have none.
const NO_MOMENT: DateTime<Utc> = DateTime::UNIX_EPOCH;

/// The beginning of the year 1: no moment that a client can give lies before it.
const BEFORE_ALL: DateTime<Utc> = match DateTime::from_timestamp(-62_135_596_800, 0) {
    Some(moment) => moment,
    None => NO_MOMENT,
};

/// Where the first bucket of a list begins: before every row.
const fn beginning(table: Table) -> Edge {
    match table.moment() {
        Some(_) => (BEFORE_ALL, 0),
        None => (NO_MOMENT, 0),
    }
}

/// The buckets of a list as they were at a version.
#[derive(Debug)]
struct Buckets {
    version: i64,
    /// Newest first: where the bucket begins, its rows, and the rows from there on to the newest.
    edges: Vec<(Edge, i64, i64)>,
}

/// What a process remembers of the lists, and what it wants done. Of one [`super::Db`].
#[derive(Debug, Default)]
pub(super) struct PageMaps {
    sizes: Sizes,
    /// The lists with buckets, as they were a moment ago. One that is missing is counted by hand, which is as right.
    lists: Mutex<HashSet<List>>,
    known: Mutex<HashMap<i64, Arc<Buckets>>>,
    wanted: Mutex<HashSet<List>>,
    /// Somebody met a long list without buckets, or many deltas.
    work: Notify,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl PageMaps {
    pub(super) fn new(sizes: Sizes) -> Self {
        Self {
            sizes,
            ..Self::default()
        }
    }

    fn want(&self, list: List) {
        let mut wanted = lock(&self.wanted);
        if wanted.len() < MOST_WANTED && wanted.insert(list) {
            self.work.notify_one();
        }
    }

    fn take_wanted(&self) -> Vec<List> {
        lock(&self.wanted).drain().collect()
    }

    fn remembered(&self, list: i64, version: i64) -> Option<Arc<Buckets>> {
        let found = lock(&self.known).get(&list).map(Arc::clone)?;
        (found.version == version).then_some(found)
    }

    fn remember(&self, list: i64, buckets: &Arc<Buckets>) {
        let mut known = lock(&self.known);
        let newer = known
            .get(&list)
            .is_some_and(|found| found.version > buckets.version);
        if !newer {
            known.insert(list, Arc::clone(buckets));
        }
    }

    /// Takes note of the lists there are.
    fn set_lists(&self, lists: HashMap<i64, List>) {
        lock(&self.known).retain(|list, _| lists.contains_key(list));
        *lock(&self.lists) = lists.into_values().collect();
    }

    fn has(&self, list: &List) -> bool {
        lock(&self.lists).contains(list)
    }
}

const BUCKETS: &str = "SELECT moment, row_id, count FROM page_bucket WHERE list_id = $1 \
     ORDER BY moment DESC, row_id DESC";

/// The buckets of a list at its present version.
async fn buckets(tx: &mut Tx, list: i64, version: i64) -> Result<Arc<Buckets>, StorageError> {
    if let Some(found) = tx.pages.remembered(list, version) {
        return Ok(found);
    }
    let rows: Vec<(DateTime<Utc>, i64, i64)> =
        on_tx!(tx, |c| sqlx::query_as(BUCKETS).bind(list).fetch_all(c).await)?;
    let mut from_newest = 0;
    let edges = rows
        .into_iter()
        .map(|(moment, row, count)| {
            from_newest += count;
            ((moment, row), count, from_newest)
        })
        .collect();
    let found = Arc::new(Buckets { version, edges });
    tx.pages.remember(list, &found);
    Ok(found)
}

/// How many rows a list has, and how to reach any of them.
#[derive(Debug)]
pub struct Counted {
    /// Its rows, exactly.
    pub rows: i64,
    map: Option<Map>,
}

#[derive(Debug)]
struct Map {
    list: List,
    buckets: Arc<Buckets>,
    /// Deltas that are not in the buckets yet.
    pending: i64,
}

/// Where a stretch of a list is to be read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Only rows before this place in the order of the list, which is newest first.
    pub before: Option<Edge>,
    /// Rows to skip from there.
    pub skip: i64,
}

impl Place {
    /// From the beginning of the list on, after so many rows.
    pub const fn after(rows: i64) -> Self {
        Self {
            before: None,
            skip: rows,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Head {
    id: i64,
    version: i64,
    total: i64,
    changed: i64,
    pending: i64,
}

/// The rows of a list with buckets; `None` when it has none. In a read snapshot, in which the list itself is read too.
pub async fn count(tx: &mut Tx, list: &List) -> Result<Option<Counted>, StorageError> {
    if !tx.pages.has(list) {
        return Ok(None);
    }
    let head = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(
            "SELECT id, version, total, (SELECT CAST(coalesce(sum(count), 0) AS BIGINT)",
        );
        list.push_deltas(&mut query);
        query.push(") AS changed, (SELECT CAST(count(*) AS BIGINT)");
        list.push_deltas(&mut query);
        query.push(") AS pending FROM page_list WHERE resource = '");
        query.push(list.table().name()).push("' AND facets = ");
        query.push_bind(list.facets_text());
        query.build_query_as::<Head>().fetch_optional(c).await
    })?;
    let Some(head) = head else {
        return Ok(None);
    };
    if head.pending >= tx.pages.sizes.fold {
        tx.pages.work.notify_one();
    }
    let map = Map {
        list: list.clone(),
        buckets: buckets(tx, head.id, head.version).await?,
        pending: head.pending,
    };
    Ok(Some(Counted {
        rows: head.total + head.changed,
        map: Some(map),
    }))
}

impl Counted {
    /// Of a list that was counted row by row. When it is long and can have buckets, it gets them, for the next time.
    pub(super) fn by_hand(tx: &Tx, list: Option<List>, rows: i64) -> Self {
        if let Some(list) = list.filter(|_| rows >= tx.pages.sizes.long) {
            tx.pages.want(list);
        }
        Self { rows, map: None }
    }

    /// Whether any place in it is reached without going through what lies before.
    pub fn has_map(&self) -> bool {
        self.map.is_some()
    }

    /// Where the stretch begins that has so many rows of the list before it, in the snapshot in which it was counted.
    pub async fn place(&self, tx: &mut Tx, offset: i64) -> Result<Place, StorageError> {
        let from_the_beginning = Place::after(offset);
        let Some(map) = &self.map else {
            return Ok(from_the_beginning);
        };
        // The deltas can move what lies before an edge by no more than their number.
        let edges = &map.buckets.edges;
        let within = edges.partition_point(|(_, _, rows)| *rows <= offset - map.pending);
        let Some((edge, _, rows)) = within.checked_sub(1).map(|last| edges[last]) else {
            return Ok(from_the_beginning);
        };
        let changed = if map.pending == 0 {
            0
        } else {
            changed_from(tx, &map.list, edge).await?
        };
        Ok(Place {
            before: Some(edge),
            skip: offset - rows - changed,
        })
    }
}

/// What the deltas change in the number of rows of a list from a place on to the newest.
async fn changed_from(tx: &mut Tx, list: &List, edge: Edge) -> Result<i64, StorageError> {
    Ok(on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new("SELECT CAST(coalesce(sum(count), 0) AS BIGINT)");
        list.push_deltas(&mut query);
        query.push(" AND (moment, row_id) >= (").push_bind(edge.0);
        query.push(", ").push_bind(edge.1).push(")");
        query.build_query_scalar::<i64>().fetch_one(c).await
    })?)
}
