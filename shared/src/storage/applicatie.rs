//! Tables `applicatie`, `applicatie_client`, `autorisatie` and `client_credential`.

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::{Db, Id, StorageError, Tx, execute, on_read, on_tx};
use crate::domain::applicatie::{Applicatie, Autorisatie, Component};
use crate::settings::Secret;

const SECRET: &str = "SELECT secret FROM client_credential WHERE client_id = $1";

/// The secret of a client id.
pub async fn find_secret(db: &Db, client_id: &str) -> Result<Option<String>, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_scalar(SECRET)
        .bind(client_id)
        .fetch_optional(c)
        .await)?)
}

const INSERT_CREDENTIAL: &str =
    "INSERT INTO client_credential (client_id, secret, created_at) VALUES ($1, $2, $3)";

/// Adds a credential. [`super::Constraint::ClientCredential`] when the client id has one.
pub async fn insert_credential(
    tx: &mut Tx,
    client_id: &str,
    secret: &str,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    execute!(
        tx,
        sqlx::query(INSERT_CREDENTIAL)
            .bind(client_id)
            .bind(secret)
            .bind(now)
    )?;
    Ok(())
}

const UPDATE_CREDENTIAL: &str = "UPDATE client_credential SET secret = $2 WHERE client_id = $1";

/// Replaces a secret; `false` when the client id has none.
pub async fn update_credential(tx: &mut Tx, client_id: &str, secret: &str) -> Result<bool, StorageError> {
    let changed = execute!(tx, sqlx::query(UPDATE_CREDENTIAL).bind(client_id).bind(secret))?;
    Ok(changed == 1)
}

const CREDENTIALS: &str = "SELECT client_id, secret FROM client_credential ORDER BY client_id";

/// Every client id with its secret, within a change.
pub async fn list_credentials(tx: &mut Tx) -> Result<Vec<(String, Secret)>, StorageError> {
    let rows: Vec<(String, String)> = on_tx!(tx, |c| sqlx::query_as(CREDENTIALS).fetch_all(c).await)?;
    Ok(rows
        .into_iter()
        .map(|(client_id, secret)| (client_id, Secret::from(secret)))
        .collect())
}

const DELETE_CREDENTIAL: &str = "DELETE FROM client_credential WHERE client_id = $1";

/// Removes a credential.
pub async fn delete_credential(tx: &mut Tx, client_id: &str) -> Result<(), StorageError> {
    execute!(tx, sqlx::query(DELETE_CREDENTIAL).bind(client_id))?;
    Ok(())
}

const INSERT: &str = "INSERT INTO applicatie (uuid, label, heeft_alle_autorisaties, created_at) \
     VALUES ($1, $2, $3, $4) RETURNING id";
const INSERT_CLIENT: &str = "INSERT INTO applicatie_client (client_id, applicatie_id) VALUES ($1, $2)";
const INSERT_AUTORISATIE: &str =
    "INSERT INTO autorisatie (applicatie_id, component, scopes) VALUES ($1, $2, $3)";

/// Adds an application with its client ids and rights. [`super::Constraint::ApplicatieClient`] when a client id
/// belongs to another.
pub async fn insert(tx: &mut Tx, applicatie: &Applicatie, now: DateTime<Utc>) -> Result<(), StorageError> {
    let id: i64 = on_tx!(tx, |c| sqlx::query_scalar(INSERT)
        .bind(Id(applicatie.uuid))
        .bind(&applicatie.label)
        .bind(applicatie.heeft_alle_autorisaties)
        .bind(now)
        .fetch_one(c)
        .await)?;
    insert_parts(tx, id, applicatie).await
}

/// Adds what belongs to the application with this row number.
async fn insert_parts(tx: &mut Tx, id: i64, applicatie: &Applicatie) -> Result<(), StorageError> {
    for client_id in &applicatie.client_ids {
        execute!(tx, sqlx::query(INSERT_CLIENT).bind(client_id).bind(id))?;
    }
    for autorisatie in &applicatie.autorisaties {
        execute!(
            tx,
            sqlx::query(INSERT_AUTORISATIE)
                .bind(id)
                .bind(autorisatie.component.name())
                .bind(Json(&autorisatie.scopes))
        )?;
    }
    Ok(())
}

const UPDATE: &str =
    "UPDATE applicatie SET label = $1, heeft_alle_autorisaties = $2 WHERE uuid = $3 RETURNING id";
const DELETE_CLIENTS: &str = "DELETE FROM applicatie_client WHERE applicatie_id = $1";
const DELETE_AUTORISATIES: &str = "DELETE FROM autorisatie WHERE applicatie_id = $1";

/// Replaces an application with its client ids and rights; `false` when there is none with its uuid.
/// [`super::Constraint::ApplicatieClient`] when a client id belongs to another.
pub async fn update(tx: &mut Tx, applicatie: &Applicatie) -> Result<bool, StorageError> {
    let id: Option<i64> = on_tx!(tx, |c| sqlx::query_scalar(UPDATE)
        .bind(&applicatie.label)
        .bind(applicatie.heeft_alle_autorisaties)
        .bind(Id(applicatie.uuid))
        .fetch_optional(c)
        .await)?;
    let Some(id) = id else { return Ok(false) };
    execute!(tx, sqlx::query(DELETE_CLIENTS).bind(id))?;
    execute!(tx, sqlx::query(DELETE_AUTORISATIES).bind(id))?;
    insert_parts(tx, id, applicatie).await?;
    Ok(true)
}

const DELETE: &str = "DELETE FROM applicatie WHERE uuid = $1";

/// Removes an application, its client ids and its rights; `false` when there is none.
pub async fn delete(tx: &mut Tx, uuid: Uuid) -> Result<bool, StorageError> {
    let removed = execute!(tx, sqlx::query(DELETE).bind(Id(uuid)))?;
    Ok(removed == 1)
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    uuid: Id,
    label: String,
    heeft_alle_autorisaties: bool,
}

const LIST: &str = "SELECT id, uuid, label, heeft_alle_autorisaties FROM applicatie ORDER BY id";
const FIND_BY_CLIENT: &str = "SELECT a.id, a.uuid, a.label, a.heeft_alle_autorisaties FROM applicatie a \
     JOIN applicatie_client ac ON ac.applicatie_id = a.id WHERE ac.client_id = $1";
const CLIENTS: &str = "SELECT client_id FROM applicatie_client WHERE applicatie_id = $1 ORDER BY client_id";
const AUTORISATIES: &str = "SELECT component, scopes FROM autorisatie WHERE applicatie_id = $1 ORDER BY id";

/// Every application, oldest first.
pub async fn list(db: &Db) -> Result<Vec<Applicatie>, StorageError> {
    list_in(&mut db.snapshot().await?).await
}

/// The same, within a change.
pub async fn list_in(tx: &mut Tx) -> Result<Vec<Applicatie>, StorageError> {
    let rows: Vec<Row> = on_tx!(tx, |c| sqlx::query_as(LIST).fetch_all(c).await)?;
    let mut applicaties = Vec::with_capacity(rows.len());
    for row in rows {
        applicaties.push(complete(tx, row).await?);
    }
    Ok(applicaties)
}

/// The application that signs its tokens with `client_id`.
pub async fn find_by_client(db: &Db, client_id: &str) -> Result<Option<Applicatie>, StorageError> {
    let mut tx = db.snapshot().await?;
    let row: Option<Row> = on_tx!(tx, |c| sqlx::query_as(FIND_BY_CLIENT)
        .bind(client_id)
        .fetch_optional(c)
        .await)?;
    match row {
        Some(row) => Ok(Some(complete(&mut tx, row).await?)),
        None => Ok(None),
    }
}

/// Reads what belongs to an application, in the snapshot its row came from.
async fn complete(tx: &mut Tx, row: Row) -> Result<Applicatie, StorageError> {
    let client_ids = on_tx!(tx, |c| sqlx::query_scalar(CLIENTS)
        .bind(row.id)
        .fetch_all(c)
        .await)?;
    let rights: Vec<(String, Json<Vec<String>>)> = on_tx!(tx, |c| sqlx::query_as(AUTORISATIES)
        .bind(row.id)
        .fetch_all(c)
        .await)?;
    let autorisaties = rights
        .into_iter()
        .map(
            |(component, Json(scopes))| match Component::from_name(&component) {
                Some(component) => Ok(Autorisatie { component, scopes }),
                None => Err(StorageError::Corrupt {
                    table: "autorisatie",
                    reason: "component is not known".to_owned(),
                }),
            },
        )
        .collect::<Result<_, _>>()?;
    Ok(Applicatie {
        uuid: row.uuid.into(),
        label: row.label,
        client_ids,
        heeft_alle_autorisaties: row.heeft_alle_autorisaties,
        autorisaties,
    })
}
