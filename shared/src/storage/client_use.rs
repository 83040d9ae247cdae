//! Tables `client_use`, `client_use_hour` and `client_refusal`: how client ids use the APIs. Processes count by themselves
//! and add what they counted, so a number is that of all of them.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;

use super::{Db, StorageError, execute, on_tx, on_write, retention};

/// Requests of a client id in one hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// The client id.
    pub client_id: String,
    /// Beginning of the hour.
    pub hour: DateTime<Utc>,
    /// How many.
    pub requests: i64,
    /// The last of them.
    pub last_at: DateTime<Utc>,
}

/// Refusals of one kind to a client id in one hour.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Refused {
    /// The client id, as the token said it: it may be that of somebody who only says so.
    pub client_id: String,
    /// Beginning of the hour.
    pub hour: DateTime<Utc>,
    /// The code that was answered.
    pub code: String,
    /// The method that was asked.
    pub method: String,
    /// The declared path.
    pub route: String,
    /// How many.
    pub refusals: i64,
    /// The last of them.
    pub last_at: DateTime<Utc>,
}

const USE: &str = "INSERT INTO client_use (client_id, last_at) VALUES ($1, $2) \
     ON CONFLICT (client_id) DO UPDATE SET last_at = excluded.last_at WHERE client_use.last_at < excluded.last_at";
const USE_HOUR: &str = "INSERT INTO client_use_hour (client_id, hour, requests) VALUES ($1, $2, $3) \
     ON CONFLICT (client_id, hour) DO UPDATE SET requests = client_use_hour.requests + excluded.requests";
// Of a client id that nobody gave out nothing is kept: a stranger may send any.
const REFUSAL: &str = "INSERT INTO client_refusal (client_id, hour, code, method, route, refusals, last_at) \
     SELECT $1, $2, $3, $4, $5, $6, $7 WHERE EXISTS (SELECT 1 FROM client_credential WHERE client_id = $1) \
     OR EXISTS (SELECT 1 FROM applicatie_client WHERE client_id = $1) \
     ON CONFLICT (client_id, hour, code, method, route) DO UPDATE SET \
     refusals = client_refusal.refusals + excluded.refusals, last_at = excluded.last_at";

/// Adds what a process counted, in one transaction. To be sorted: processes that add at the same moment then wait for
/// each other in one order.
pub async fn add(db: &Db, used: &[Used], refused: &[Refused]) -> Result<(), StorageError> {
    let mut tx = db.begin().await?;
    for used in used {
        execute!(tx, sqlx::query(USE).bind(&used.client_id).bind(used.last_at))?;
        execute!(
            tx,
            sqlx::query(USE_HOUR)
                .bind(&used.client_id)
                .bind(used.hour)
                .bind(used.requests)
        )?;
    }
    for refused in refused {
        execute!(
            tx,
            sqlx::query(REFUSAL)
                .bind(&refused.client_id)
                .bind(refused.hour)
                .bind(&refused.code)
                .bind(&refused.method)
                .bind(&refused.route)
                .bind(refused.refusals)
                .bind(refused.last_at)
        )?;
    }
    tx.commit().await
}

/// At most `limit` kinds of refusal to these client ids since `since`, the last one first.
pub async fn refusals(
    db: &Db,
    client_ids: &[String],
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Refused>, StorageError> {
    if client_ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut snapshot = db.snapshot().await?;
    let found = on_tx!(snapshot, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(
            "SELECT client_id, hour, code, method, route, refusals, last_at FROM client_refusal WHERE hour >= ",
        );
        query.push_bind(since).push(" AND client_id IN (");
        let mut among = query.separated(", ");
        for client_id in client_ids {
            among.push_bind(client_id.clone());
        }
        query
            .push(") ORDER BY last_at DESC, client_id, code, method, route LIMIT ")
            .push_bind(limit);
        query.build_query_as::<Refused>().fetch_all(c).await
    })?;
    snapshot.rollback().await?;
    Ok(found)
}

const COUNT_OLD: &str = "SELECT CAST((SELECT count(*) FROM client_use_hour WHERE hour < $1) + \
     (SELECT count(*) FROM client_refusal WHERE hour < $1) AS BIGINT)";

/// How many rows are of hours that began before `before`.
pub async fn count_old(db: &Db, before: DateTime<Utc>) -> Result<i64, StorageError> {
    retention::count(db, COUNT_OLD, before).await
}

const REMOVE_HOURS: &str = "DELETE FROM client_use_hour WHERE hour < $1";
const REMOVE_REFUSALS: &str = "DELETE FROM client_refusal WHERE hour < $1";

/// Removes the rows of hours that began before `before`; answers how many. An hour has few: as many as there are clients,
/// and kinds of refusal.
pub async fn remove(db: &Db, before: DateTime<Utc>) -> Result<u64, StorageError> {
    let mut removed = 0;
    for sql in [REMOVE_HOURS, REMOVE_REFUSALS] {
        removed += on_write!(db, |c| sqlx::query(sql)
            .bind(before)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
    }
    Ok(removed)
}
