//! Table `beheer_login`: logins of known accounts, also those that failed.

use chrono::{DateTime, Utc};

use super::super::{Db, StorageError, on_read, on_write, retention};

const INSERT: &str = "INSERT INTO beheer_login (at, account_id, outcome, address) VALUES ($1, $2, $3, $4)";

/// Records a login; `outcome` is `in`, `failed` or `locked`.
pub async fn insert(
    db: &Db,
    account_id: i64,
    at: DateTime<Utc>,
    outcome: &str,
    address: &str,
) -> Result<(), StorageError> {
    on_write!(db, |c| sqlx::query(INSERT)
        .bind(at)
        .bind(account_id)
        .bind(outcome)
        .bind(address)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// A login, as its account sees it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Login {
    /// When.
    pub at: DateTime<Utc>,
    /// How it ended.
    pub outcome: String,
    /// The address of the caller.
    pub address: String,
}

const LIST: &str =
    "SELECT at, outcome, address FROM beheer_login WHERE account_id = $1 ORDER BY id DESC LIMIT 10";

/// The last ten logins of an account, the newest first.
pub async fn last(db: &Db, account_id: i64) -> Result<Vec<Login>, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_as(LIST)
        .bind(account_id)
        .fetch_all(c)
        .await)?)
}

const REMOVE: &str = "DELETE FROM beheer_login WHERE id IN \
     (SELECT id FROM beheer_login WHERE at < $1 ORDER BY at, id LIMIT $2)";

/// Removes at most `limit` logins before `before`; answers how many.
pub async fn remove(db: &Db, before: DateTime<Utc>, limit: i64) -> Result<u64, StorageError> {
    retention::remove(db, REMOVE, before, limit).await
}
