//! Table `fetched_applicatie`: what an Autorisaties API last said of the client ids that have a secret here and no
//! application of our own.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use super::{Db, Id, StorageError, Tx, execute, on_read};
use crate::domain::applicatie::{Applicatie, Autorisatie, Component};

/// An answer of the Autorisaties API about a client id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The application that has it; `None`: it is unknown there.
    pub applicatie: Option<Applicatie>,
    /// When the API was asked.
    pub fetched_at: DateTime<Utc>,
}

/// An application as the table holds it.
#[derive(Deserialize, Serialize)]
struct Kept {
    label: String,
    heeft_alle_autorisaties: bool,
    autorisaties: Vec<KeptRight>,
}

#[derive(Deserialize, Serialize)]
struct KeptRight {
    component: Component,
    scopes: Vec<String>,
}

impl Kept {
    fn of(applicatie: &Applicatie) -> Self {
        Self {
            label: applicatie.label.clone(),
            heeft_alle_autorisaties: applicatie.heeft_alle_autorisaties,
            autorisaties: applicatie
                .autorisaties
                .iter()
                .map(|right| KeptRight {
                    component: right.component,
                    scopes: right.scopes.clone(),
                })
                .collect(),
        }
    }

    fn into_applicatie(self, uuid: Uuid, client_id: &str) -> Applicatie {
        Applicatie {
            uuid,
            label: self.label,
            client_ids: vec![client_id.to_owned()],
            heeft_alle_autorisaties: self.heeft_alle_autorisaties,
            autorisaties: self
                .autorisaties
                .into_iter()
                .map(|right| Autorisatie {
                    component: right.component,
                    scopes: right.scopes,
                })
                .collect(),
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    uuid: Option<Id>,
    applicatie: Option<Json<Kept>>,
    fetched_at: DateTime<Utc>,
}

const FIND: &str = "SELECT uuid, applicatie, fetched_at FROM fetched_applicatie \
     WHERE client_id = $1 AND api_root = $2";

/// What the API with this root last said of a client id.
pub async fn find(db: &Db, client_id: &str, api_root: &str) -> Result<Option<Fetched>, StorageError> {
    let row: Result<Option<Row>, sqlx::Error> = on_read!(db, |c| sqlx::query_as(FIND)
        .bind(client_id)
        .bind(api_root)
        .fetch_optional(c)
        .await);
    let row = match row {
        Err(sqlx::Error::ColumnDecode { .. }) => return Err(corrupt("an answer cannot be read")),
        row => row?,
    };
    let Some(row) = row else { return Ok(None) };
    let applicatie = match (row.uuid, row.applicatie) {
        (Some(uuid), Some(Json(kept))) => Some(kept.into_applicatie(uuid.into(), client_id)),
        (None, None) => None,
        _ => return Err(corrupt("an answer is half there")),
    };
    Ok(Some(Fetched {
        applicatie,
        fetched_at: row.fetched_at,
    }))
}

fn corrupt(reason: &str) -> StorageError {
    StorageError::Corrupt {
        table: "fetched_applicatie",
        reason: reason.to_owned(),
    }
}

#[derive(sqlx::FromRow)]
struct ShownRow {
    client_id: String,
    uuid: Id,
    applicatie: Json<Kept>,
    fetched_at: DateTime<Utc>,
    last_at: Option<DateTime<Utc>>,
}

/// A fetched application as the management site shows it: one per client id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The application, with this one client id.
    pub applicatie: Applicatie,
    /// When the API was asked.
    pub fetched_at: DateTime<Utc>,
    /// When the client id was last used; `None`: not since that is counted.
    pub last_used_at: Option<DateTime<Utc>>,
}

// An application of our own goes before what was fetched.
macro_rules! shown {
    ($which:literal) => {
        concat!(
            "SELECT f.client_id, f.uuid, f.applicatie, f.fetched_at, u.last_at FROM fetched_applicatie f \
             LEFT JOIN client_use u ON u.client_id = f.client_id WHERE f.api_root = $1 AND ",
            $which,
            " AND NOT EXISTS (SELECT 1 FROM applicatie_client ac WHERE ac.client_id = f.client_id) \
             ORDER BY f.client_id LIMIT $2"
        )
    };
}
const LIST_SHOWN: &str = shown!("f.uuid IS NOT NULL");
const FIND_SHOWN: &str = shown!("f.uuid = $3");

/// At most `limit` of what counts of what the API with this root said, by client id.
pub async fn list(db: &Db, api_root: &str, limit: i64) -> Result<Vec<Shown>, StorageError> {
    let rows: Vec<ShownRow> = on_read!(db, |c| sqlx::query_as(LIST_SHOWN)
        .bind(api_root)
        .bind(limit)
        .fetch_all(c)
        .await)?;
    Ok(rows.into_iter().map(Shown::from).collect())
}

/// The same of one application.
pub async fn list_of(db: &Db, api_root: &str, uuid: Uuid, limit: i64) -> Result<Vec<Shown>, StorageError> {
    let rows: Vec<ShownRow> = on_read!(db, |c| sqlx::query_as(FIND_SHOWN)
        .bind(api_root)
        .bind(limit)
        .bind(Id(uuid))
        .fetch_all(c)
        .await)?;
    Ok(rows.into_iter().map(Shown::from).collect())
}

impl From<ShownRow> for Shown {
    fn from(row: ShownRow) -> Self {
        Self {
            applicatie: row.applicatie.0.into_applicatie(row.uuid.into(), &row.client_id),
            fetched_at: row.fetched_at,
            last_used_at: row.last_at,
        }
    }
}

const HOLD_VERSION: &str = "UPDATE authorisation_version SET version = version WHERE id = 1 AND version = $1";
const PUT: &str = "INSERT INTO fetched_applicatie (client_id, api_root, uuid, applicatie, fetched_at) \
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (client_id) DO UPDATE SET api_root = excluded.api_root, \
     uuid = excluded.uuid, applicatie = excluded.applicatie, fetched_at = excluded.fetched_at";

/// Keeps an answer that was asked for when the version of authorisation was `version`. `false`, and nothing is kept,
/// when it is another by now: the answer may be from before a change that was told meanwhile.
/// [`StorageError::Missing`] when the client id has no secret any more.
pub async fn put(
    tx: &mut Tx,
    client_id: &str,
    api_root: &str,
    fetched: &Fetched,
    version: i64,
) -> Result<bool, StorageError> {
    // Whoever forgets an answer changes this row first, and waits for us or we for them.
    if execute!(tx, sqlx::query(HOLD_VERSION).bind(version))? == 0 {
        return Ok(false);
    }
    let applicatie = fetched.applicatie.as_ref();
    execute!(
        tx,
        sqlx::query(PUT)
            .bind(client_id)
            .bind(api_root)
            .bind(applicatie.map(|applicatie| Id(applicatie.uuid)))
            .bind(applicatie.map(|applicatie| Json(Kept::of(applicatie))))
            .bind(fetched.fetched_at)
    )?;
    Ok(true)
}

const NEXT_VERSION: &str = "UPDATE authorisation_version SET version = version + 1 WHERE id = 1";
const FORGET: &str = "DELETE FROM fetched_applicatie WHERE uuid = $1 OR uuid IS NULL";
const FORGET_ALL: &str = "DELETE FROM fetched_applicatie";

/// Forgets what was said of the application with this uuid, and of every client id that was unknown, which it may have
/// now; without a uuid everything. Answers that are on their way are not kept either.
pub async fn forget(tx: &mut Tx, uuid: Option<Uuid>) -> Result<u64, StorageError> {
    execute!(tx, sqlx::query(NEXT_VERSION))?;
    match uuid {
        Some(uuid) => Ok(execute!(tx, sqlx::query(FORGET).bind(Id(uuid)))?),
        None => Ok(execute!(tx, sqlx::query(FORGET_ALL))?),
    }
}
