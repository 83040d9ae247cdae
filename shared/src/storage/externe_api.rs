//! Table `externe_api`: credentials for the APIs of others.

use chrono::{DateTime, Utc};

use super::{Db, StorageError, Tx, execute, on_read, on_tx};
use crate::settings::Secret;

/// An API of another, and how we make ourselves known there.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ExterneApi {
    /// What the URLs of the API start with; ends in a slash.
    pub api_root: String,
    /// The name by which a setup file knows it.
    pub identifier: Option<String>,
    /// Which API it is, in the words of the family (`zrc`, `nrc`, `orc` for any other, ...).
    pub api_type: String,
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

/// The type of an API of which nothing more is known.
pub const ANY_TYPE: &str = "orc";
/// Types of APIs that this product works with itself: nothing is looked up there for clients.
const OWN_TYPES: [&str; 2] = ["nrc", "ac"];

impl ExterneApi {
    /// Whether URLs of clients are looked up here.
    pub fn is_for_lookups(&self) -> bool {
        !OWN_TYPES.contains(&self.api_type.as_str())
    }
}

const INSERT: &str = "INSERT INTO externe_api (api_root, label, client_id, secret, user_id, user_representation, \
     created_at, identifier, api_type) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

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
            .bind(&api.identifier)
            .bind(&api.api_type)
    )?;
    Ok(())
}

const UPDATE: &str = "UPDATE externe_api SET api_root = $1, label = $2, client_id = $3, secret = $4, user_id = $5, \
     user_representation = $6, identifier = $7, api_type = $8 WHERE api_root = $9";

/// Replaces what is known of the API with the root `old_root`. [`super::Constraint::ExterneApi`] when another has the
/// new root.
pub async fn update(tx: &mut Tx, old_root: &str, api: &ExterneApi) -> Result<(), StorageError> {
    execute!(
        tx,
        sqlx::query(UPDATE)
            .bind(&api.api_root)
            .bind(&api.label)
            .bind(&api.client_id)
            .bind(api.secret.expose())
            .bind(&api.user_id)
            .bind(&api.user_representation)
            .bind(&api.identifier)
            .bind(&api.api_type)
            .bind(old_root)
    )?;
    Ok(())
}

const DELETE: &str = "DELETE FROM externe_api WHERE api_root = $1";

/// Removes the API with this root; `false` when there is none.
pub async fn delete(tx: &mut Tx, api_root: &str) -> Result<bool, StorageError> {
    Ok(execute!(tx, sqlx::query(DELETE).bind(api_root))? == 1)
}

const LIST: &str = "SELECT api_root, identifier, api_type, label, client_id, secret, user_id, user_representation \
     FROM externe_api ORDER BY api_root";

/// Every API, by root. There are a handful.
pub async fn list(db: &Db) -> Result<Vec<ExterneApi>, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_as::<_, ExterneApi>(LIST)
        .fetch_all(c)
        .await)?)
}

/// The same, within a change.
pub async fn list_in(tx: &mut Tx) -> Result<Vec<ExterneApi>, StorageError> {
    Ok(on_tx!(tx, |c| sqlx::query_as::<_, ExterneApi>(LIST)
        .fetch_all(c)
        .await)?)
}
