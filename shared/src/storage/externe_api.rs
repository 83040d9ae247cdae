//! Table `externe_api`: credentials for the APIs of others.

use chrono::{DateTime, Utc};

use super::{Db, StorageError, Tx, execute, on_read};
use crate::settings::Secret;

/// An API of another, and how we make ourselves known there.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ExterneApi {
    /// What the URLs of the API start with; ends in a slash.
    pub api_root: String,
    /// A name for people.
    pub label: String,
    /// Our client id there.
    pub client_id: String,
    /// Our secret there.
    #[sqlx(try_from = "String")]
    pub secret: Secret,
    /// Claim `user_id` of our tokens.
    pub user_id: String,
    /// Claim `user_representation` of our tokens.
    pub user_representation: String,
}

const INSERT: &str = "INSERT INTO externe_api (api_root, label, client_id, secret, user_id, user_representation, \
     created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";

/// Adds an API. [`super::Constraint::ExterneApi`] when its root is there already.
pub async fn insert(tx: &mut Tx, api: &ExterneApi, now: DateTime<Utc>) -> Result<(), StorageError> {
    execute!(
        tx,
        sqlx::query(INSERT)
            .bind(&api.api_root)
            .bind(&api.label)
            .bind(&api.client_id)
            .bind(api.secret.expose())
            .bind(&api.user_id)
            .bind(&api.user_representation)
            .bind(now)
    )?;
    Ok(())
}

const DELETE: &str = "DELETE FROM externe_api WHERE api_root = $1";

/// Removes the API with this root; `false` when there is none.
pub async fn delete(tx: &mut Tx, api_root: &str) -> Result<bool, StorageError> {
    Ok(execute!(tx, sqlx::query(DELETE).bind(api_root))? == 1)
}

const LIST: &str = "SELECT api_root, label, client_id, secret, user_id, user_representation FROM externe_api \
     ORDER BY api_root";

/// Every API, by root. There are a handful.
pub async fn list(db: &Db) -> Result<Vec<ExterneApi>, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_as::<_, ExterneApi>(LIST)
        .fetch_all(c)
        .await)?)
}
