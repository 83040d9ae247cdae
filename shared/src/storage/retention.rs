//! Counting and removing what was kept for long enough, a batch at a time, and the upkeep that removing asks of a database. What is
//! kept for how long is decided by the settings and the jobs of the worker.

use chrono::{DateTime, Utc};

use super::{Db, Pools, StorageError, on_read, on_write};

// SQLite is told the index: left to itself it reads every delivered message by state.
macro_rules! finished {
    ($index:literal) => {
        concat!(
            "FROM outbox",
            $index,
            " WHERE state IN ('delivered', 'cancelled') AND finished_at < $1"
        )
    };
}
macro_rules! count_finished {
    ($index:literal) => {
        concat!("SELECT CAST(count(*) AS BIGINT) ", finished!($index))
    };
}
macro_rules! remove_finished {
    ($index:literal) => {
        concat!(
            "DELETE FROM outbox WHERE id IN (SELECT id ",
            finished!($index),
            " ORDER BY finished_at, id LIMIT $2)"
        )
    };
}
const COUNT_FINISHED_SQLITE: &str = count_finished!(" INDEXED BY outbox_finished");
const COUNT_FINISHED_POSTGRES: &str = count_finished!("");
const REMOVE_FINISHED_SQLITE: &str = remove_finished!(" INDEXED BY outbox_finished");
const REMOVE_FINISHED_POSTGRES: &str = remove_finished!("");

/// How many messages were delivered or cancelled before `before`.
pub async fn count_finished(db: &Db, before: DateTime<Utc>) -> Result<i64, StorageError> {
    let sql = match &db.pools {
        Pools::Postgres(_) => COUNT_FINISHED_POSTGRES,
        Pools::Sqlite { .. } => COUNT_FINISHED_SQLITE,
    };
    count(db, sql, before).await
}

/// Removes at most `limit` messages that were delivered or cancelled before `before`, and their attempts; answers how
/// many messages. A parked message is never removed.
pub async fn remove_finished(db: &Db, before: DateTime<Utc>, limit: i64) -> Result<u64, StorageError> {
    let sql = match &db.pools {
        Pools::Postgres(_) => REMOVE_FINISHED_POSTGRES,
        Pools::Sqlite { .. } => REMOVE_FINISHED_SQLITE,
    };
    remove(db, sql, before, limit).await
}

// Rows are numbered in the order of their time, near enough: only the first are looked at, so that no run reads the
// whole table, and no count more than what would be removed.
const COUNT_AUDIT_ROWS: &str = "SELECT CAST(count(*) AS BIGINT) FROM audittrail WHERE id < COALESCE(\
     (SELECT id FROM audittrail WHERE aanmaakdatum >= $1 ORDER BY id LIMIT 1), \
     (SELECT max(id) + 1 FROM audittrail))";
const REMOVE_AUDIT_ROWS: &str = "DELETE FROM audittrail WHERE id IN (SELECT id FROM (SELECT id, aanmaakdatum \
     FROM audittrail ORDER BY id LIMIT $2) AS oldest WHERE aanmaakdatum < $1)";

/// How many audit rows were made before `before` and before any that was not.
pub async fn count_audit_rows(db: &Db, before: DateTime<Utc>) -> Result<i64, StorageError> {
    count(db, COUNT_AUDIT_ROWS, before).await
}

/// Removes at most `limit` of the oldest audit rows, those made before `before`; answers how many.
pub async fn remove_audit_rows(db: &Db, before: DateTime<Utc>, limit: i64) -> Result<u64, StorageError> {
    remove(db, REMOVE_AUDIT_ROWS, before, limit).await
}

/// How many rows `sql` counts, which takes the moment.
pub(in crate::storage) async fn count(
    db: &Db,
    sql: &'static str,
    before: DateTime<Utc>,
) -> Result<i64, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_scalar(sql)
        .bind(before)
        .fetch_one(c)
        .await)?)
}

/// How many rows `sql` removes, which takes the moment and how many at most.
pub(in crate::storage) async fn remove(
    db: &Db,
    sql: &'static str,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<u64, StorageError> {
    Ok(on_write!(db, |c| sqlx::query(sql)
        .bind(before)
        .bind(limit)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
}

/// Brings the database's statistics up to date. On SQLite it also moves the log of changes into the file as far as
/// readers allow: the passive form waits for nobody.
pub async fn upkeep(db: &Db) -> Result<(), StorageError> {
    let statements: &[&'static str] = match &db.pools {
        Pools::Postgres(_) => &["ANALYZE outbox", "ANALYZE outbox_attempt", "ANALYZE audittrail"],
        Pools::Sqlite { .. } => &["PRAGMA optimize", "PRAGMA wal_checkpoint(PASSIVE)"],
    };
    for sql in statements {
        on_write!(db, |c| sqlx::query(*sql).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}
