//! What asks for the attention of an application manager: refusals of the last day per application, and old secrets.

use chrono::{DateTime, Utc};

use super::{Db, Id, StorageError, on_read};

/// Refusals to a client id.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Refusals {
    /// The client id.
    pub client_id: String,
    /// Its application; `None`: it has none here.
    pub applicatie_uuid: Option<Id>,
    /// Name of the application.
    pub label: Option<String>,
    /// How many.
    pub refusals: i64,
}

const REFUSALS: &str = "SELECT r.client_id, a.uuid AS applicatie_uuid, a.label, r.refusals FROM \
     (SELECT client_id, CAST(sum(refusals) AS BIGINT) AS refusals FROM client_refusal WHERE hour >= $1 \
     GROUP BY client_id ORDER BY 2 DESC, client_id LIMIT $2) AS r \
     LEFT JOIN applicatie_client c ON c.client_id = r.client_id LEFT JOIN applicatie a ON a.id = c.applicatie_id \
     ORDER BY r.refusals DESC, r.client_id";

/// At most `limit` client ids that were refused something since `since`, most refusals first.
pub async fn refusals(db: &Db, since: DateTime<Utc>, limit: i64) -> Result<Vec<Refusals>, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_as(REFUSALS)
        .bind(since)
        .bind(limit)
        .fetch_all(c)
        .await)?)
}

/// A secret that was given long ago.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OldSecret {
    /// The client id.
    pub client_id: String,
    /// Its application; `None`: it has none here.
    pub applicatie_uuid: Option<Id>,
    /// Name of the application.
    pub label: Option<String>,
    /// When its secret was given.
    pub since: DateTime<Utc>,
}

// Every credential of an installation is a few dozen rows: no index for it.
const OLD_SECRETS: &str = "SELECT s.client_id, a.uuid AS applicatie_uuid, a.label, COALESCE(s.secret_at, s.created_at) AS since \
     FROM client_credential s LEFT JOIN applicatie_client c ON c.client_id = s.client_id \
     LEFT JOIN applicatie a ON a.id = c.applicatie_id WHERE COALESCE(s.secret_at, s.created_at) < $1 \
     ORDER BY COALESCE(s.secret_at, s.created_at), s.client_id LIMIT $2";

/// At most `limit` secrets that were given before `before`, the oldest first.
pub async fn old_secrets(db: &Db, before: DateTime<Utc>, limit: i64) -> Result<Vec<OldSecret>, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_as(OLD_SECRETS)
        .bind(before)
        .bind(limit)
        .fetch_all(c)
        .await)?)
}
