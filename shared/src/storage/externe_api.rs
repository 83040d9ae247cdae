//! Table `externe_api`: credentials for the APIs of others; their secrets are sealed.

use chrono::{DateTime, Utc};

use super::{Db, StorageError, Tx, execute, on_read, on_tx};
use crate::settings::Secret;
use crate::vault::{Place, Sealed, Vault, VaultError};

/// An API of another, and how we make ourselves known there.
#[derive(Clone, Debug)]
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
    /// Our secret there, or why it does not open: that is the trouble of this API alone.
    pub secret: Result<Secret, VaultError>,
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

    fn seal(&self, vault: &Vault) -> Result<Sealed, VaultError> {
        let secret = self.secret.as_ref().map_err(VaultError::clone)?;
        vault.seal(place(&self.api_root), secret.expose())
    }
}

/// Where the secret of the API with this root lies.
pub(super) fn place(api_root: &str) -> Place<'_> {
    Place {
        table: "externe_api",
        row: api_root,
    }
}

const INSERT: &str = "INSERT INTO externe_api (api_root, label, client_id, secret, user_id, user_representation, \
     created_at, identifier, api_type, secret_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// Adds an API. [`super::Constraint::ExterneApi`] when its root is there already.
pub async fn insert(tx: &mut Tx, api: &ExterneApi, now: DateTime<Utc>) -> Result<(), StorageError> {
    let sealed = api.seal(&tx.vault)?;
    execute!(
        tx,
        sqlx::query(INSERT)
            .bind(&api.api_root)
            .bind(&api.label)
            .bind(&api.client_id)
            .bind(&sealed.text)
            .bind(&api.user_id)
            .bind(&api.user_representation)
            .bind(now)
            .bind(&api.identifier)
            .bind(&api.api_type)
            .bind(&sealed.key)
    )?;
    Ok(())
}

const UPDATE: &str = "UPDATE externe_api SET api_root = $1, label = $2, client_id = $3, secret = $4, user_id = $5, \
     user_representation = $6, identifier = $7, api_type = $8, secret_key = $9 WHERE api_root = $10";

/// Replaces what is known of the API with the root `old_root`. [`super::Constraint::ExterneApi`] when another has the
/// new root.
pub async fn update(tx: &mut Tx, old_root: &str, api: &ExterneApi) -> Result<(), StorageError> {
    let sealed = api.seal(&tx.vault)?;
    execute!(
        tx,
        sqlx::query(UPDATE)
            .bind(&api.api_root)
            .bind(&api.label)
            .bind(&api.client_id)
            .bind(&sealed.text)
            .bind(&api.user_id)
            .bind(&api.user_representation)
            .bind(&api.identifier)
            .bind(&api.api_type)
            .bind(&sealed.key)
            .bind(old_root)
    )?;
    Ok(())
}

const DELETE: &str = "DELETE FROM externe_api WHERE api_root = $1";

/// Removes the API with this root; `false` when there is none.
pub async fn delete(tx: &mut Tx, api_root: &str) -> Result<bool, StorageError> {
    Ok(execute!(tx, sqlx::query(DELETE).bind(api_root))? == 1)
}

#[derive(sqlx::FromRow)]
struct Row {
    api_root: String,
    identifier: Option<String>,
    api_type: String,
    label: String,
    client_id: String,
    secret: String,
    secret_key: Option<String>,
    user_id: String,
    user_representation: String,
}

impl Row {
    fn open(self, vault: &Vault) -> ExterneApi {
        let sealed = Sealed {
            key: self.secret_key,
            text: self.secret,
        };
        ExterneApi {
            secret: vault.open(place(&self.api_root), &sealed),
            api_root: self.api_root,
            identifier: self.identifier,
            api_type: self.api_type,
            label: self.label,
            client_id: self.client_id,
            user_id: self.user_id,
            user_representation: self.user_representation,
        }
    }
}

const LIST: &str = "SELECT api_root, identifier, api_type, label, client_id, secret, secret_key, user_id, \
     user_representation FROM externe_api ORDER BY api_root";

/// Every API, by root. There are a handful.
pub async fn list(db: &Db) -> Result<Vec<ExterneApi>, StorageError> {
    let rows: Vec<Row> = on_read!(db, |c| sqlx::query_as(LIST).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|row| row.open(&db.vault)).collect())
}

/// The same, within a change.
pub async fn list_in(tx: &mut Tx) -> Result<Vec<ExterneApi>, StorageError> {
    let rows: Vec<Row> = on_tx!(tx, |c| sqlx::query_as(LIST).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|row| row.open(&tx.vault)).collect())
}
