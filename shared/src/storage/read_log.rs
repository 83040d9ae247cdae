//! Table `read_log`: who read which object, or searched with which filters. Nothing here changes a row: it is added,
//! read, and removed when its time is over.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{Db, Id, StorageError, Tx, on_tx, on_write, retention};

/// One read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// When.
    pub at: DateTime<Utc>,
    /// Which client.
    pub client_id: String,
    /// The user behind it, as its token said; what could be a BSN is masked.
    pub user_id: String,
    /// The same user as people know them; what could be a BSN is masked.
    pub user_representation: String,
    /// Keyed hash of the user as the token said it; empty when it named none.
    pub user_hash: String,
    /// Method of the request.
    pub method: String,
    /// The declared path.
    pub route: String,
    /// The object that the path named.
    pub object: Option<Uuid>,
    /// Names of the filters with keyed hashes of their values, as JSON.
    pub filters: String,
    /// Identity of the request.
    pub request_id: String,
    /// The key that the hashes were made with.
    pub key_id: String,
    /// What for, where that was asked; what could be a BSN is masked.
    pub reason: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    at: DateTime<Utc>,
    client_id: String,
    user_id: String,
    user_representation: String,
    user_hash: String,
    method: String,
    route: String,
    object_uuid: Option<Id>,
    filters: String,
    request_id: String,
    key_id: String,
    reason: Option<String>,
}

const INSERT: &str = "INSERT INTO read_log (at, client_id, user_id, user_representation, user_hash, method, route, \
     object_uuid, filters, request_id, key_id, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

/// The statement that records a read.
macro_rules! recorded {
    ($read:expr) => {
        sqlx::query(INSERT)
            .bind($read.at)
            .bind(&$read.client_id)
            .bind(&$read.user_id)
            .bind(&$read.user_representation)
            .bind(&$read.user_hash)
            .bind(&$read.method)
            .bind(&$read.route)
            .bind($read.object.map(Id))
            .bind(&$read.filters)
            .bind(&$read.request_id)
            .bind(&$read.key_id)
            .bind(&$read.reason)
    };
}

/// Records a read.
pub async fn insert(db: &Db, read: &Read) -> Result<(), StorageError> {
    on_write!(db, |c| recorded!(read).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Records a read with what it is part of.
pub async fn insert_in(tx: &mut Tx, read: &Read) -> Result<(), StorageError> {
    on_tx!(tx, |c| recorded!(read).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Which reads are wanted.
#[derive(Clone, Debug, Default)]
pub struct ReadFilter {
    /// Made then or later.
    pub since: Option<DateTime<Utc>>,
    /// Made before.
    pub until: Option<DateTime<Utc>>,
    /// Of this object.
    pub object: Option<Uuid>,
    /// With this hash, of a value or of the user.
    pub hash: Option<String>,
}

/// Where a page of reads ends, and the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    at: DateTime<Utc>,
    id: i64,
}

const SELECT: &str = "SELECT id, at, client_id, user_id, user_representation, user_hash, method, route, object_uuid, \
     filters, request_id, key_id, reason FROM read_log WHERE 1 = 1";

/// At most `limit` reads that match, the oldest first, after `after`; and where they end.
pub async fn list(
    db: &Db,
    filter: &ReadFilter,
    after: Option<Mark>,
    limit: i64,
) -> Result<(Vec<Read>, Option<Mark>), StorageError> {
    let mut tx = db.snapshot().await?;
    let rows = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(SELECT);
        if let Some(since) = filter.since {
            query.push(" AND at >= ").push_bind(since);
        }
        if let Some(until) = filter.until {
            query.push(" AND at < ").push_bind(until);
        }
        if let Some(object) = filter.object {
            query.push(" AND object_uuid = ").push_bind(Id(object));
        }
        if let Some(hash) = &filter.hash {
            // Hashes are hexadecimal digits: nothing in them means anything to LIKE.
            query
                .push(" AND (user_hash = ")
                .push_bind(hash.clone())
                .push(" OR filters LIKE ")
                .push_bind(format!("%\"{hash}\"%"))
                .push(")");
        }
        if let Some(after) = after {
            query
                .push(" AND (at > ")
                .push_bind(after.at)
                .push(" OR (at = ")
                .push_bind(after.at)
                .push(" AND id > ")
                .push_bind(after.id)
                .push("))");
        }
        query.push(" ORDER BY at, id LIMIT ").push_bind(limit);
        query.build_query_as::<Row>().fetch_all(c).await
    })?;
    tx.rollback().await?;
    let end = rows.last().map(|row| Mark {
        at: row.at,
        id: row.id,
    });
    Ok((rows.into_iter().map(Read::from).collect(), end))
}

/// At most `limit` reads of an object, the newest first, after a place; each with the number of its row.
pub async fn list_back(
    tx: &mut Tx,
    object: Uuid,
    after: Option<(DateTime<Utc>, i64)>,
    limit: i64,
) -> Result<Vec<(i64, Read)>, StorageError> {
    let rows = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(SELECT);
        query.push(" AND object_uuid = ").push_bind(Id(object));
        if let Some((at, id)) = after {
            query.push(" AND (at, id) < (").push_bind(at);
            query.push(", ").push_bind(id).push(")");
        }
        query.push(" ORDER BY at DESC, id DESC LIMIT ").push_bind(limit);
        query.build_query_as::<Row>().fetch_all(c).await
    })?;
    Ok(rows.into_iter().map(|row| (row.id, Read::from(row))).collect())
}

impl From<Row> for Read {
    fn from(row: Row) -> Self {
        Self {
            at: row.at,
            client_id: row.client_id,
            user_id: row.user_id,
            user_representation: row.user_representation,
            user_hash: row.user_hash,
            method: row.method,
            route: row.route,
            object: row.object_uuid.map(Uuid::from),
            filters: row.filters,
            request_id: row.request_id,
            key_id: row.key_id,
            reason: row.reason,
        }
    }
}

const COUNT_OLD: &str = "SELECT CAST(count(*) AS BIGINT) FROM read_log WHERE at < $1";

/// How many reads were recorded before `before`.
pub async fn count_old(db: &Db, before: DateTime<Utc>) -> Result<i64, StorageError> {
    retention::count(db, COUNT_OLD, before).await
}

const REMOVE: &str =
    "DELETE FROM read_log WHERE id IN (SELECT id FROM read_log WHERE at < $1 ORDER BY at, id LIMIT $2)";

/// Removes at most `limit` reads that were recorded before `before`, the oldest first; answers how many.
pub async fn remove(db: &Db, before: DateTime<Utc>, limit: i64) -> Result<u64, StorageError> {
    retention::remove(db, REMOVE, before, limit).await
}
