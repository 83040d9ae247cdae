//! Tables `applicatie`, `applicatie_client`, `autorisatie` and `client_credential`. Secrets are sealed on the way in and
//! opened on the way out.

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::{Db, Id, StorageError, Tx, execute, on_read, on_tx};
use crate::domain::applicatie::{Applicatie, Autorisatie, Component};
use crate::settings::Secret;
use crate::vault::{Place, Sealed, Vault, VaultError};

/// The secrets of a client id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The secret that was given last.
    pub secret: Secret,
    /// The one before it, and when it ends.
    pub previous: Option<(Secret, DateTime<Utc>)>,
}

impl Credential {
    /// The secrets that are valid at `now`.
    pub fn valid(&self, now: DateTime<Utc>) -> impl Iterator<Item = &Secret> {
        let previous = self.previous.iter().filter(move |(_, until)| *until > now);
        std::iter::once(&self.secret).chain(previous.map(|(secret, _)| secret))
    }
}

/// Where the secrets of a client id lie.
pub(super) fn place(client_id: &str) -> Place<'_> {
    Place {
        table: "client_credential",
        row: client_id,
    }
}

#[derive(sqlx::FromRow)]
struct CredentialRow {
    secret: String,
    secret_key: Option<String>,
    previous_secret: Option<String>,
    previous_secret_key: Option<String>,
    previous_until: Option<DateTime<Utc>>,
}

impl CredentialRow {
    fn open(self, client_id: &str, vault: &Vault) -> Result<Credential, StorageError> {
        let open = |key, text| vault.open(place(client_id), &Sealed { key, text });
        let previous = match (self.previous_secret, self.previous_until) {
            (Some(text), Some(until)) => Some((open(self.previous_secret_key, text)?, until)),
            _ => None,
        };
        Ok(Credential {
            secret: open(self.secret_key, self.secret)?,
            previous,
        })
    }
}

const CREDENTIAL: &str = "SELECT secret, secret_key, previous_secret, previous_secret_key, previous_until \
     FROM client_credential WHERE client_id = $1";

/// The secrets of a client id.
pub async fn find_credential(db: &Db, client_id: &str) -> Result<Option<Credential>, StorageError> {
    let row: Option<CredentialRow> = on_read!(db, |c| sqlx::query_as(CREDENTIAL)
        .bind(client_id)
        .fetch_optional(c)
        .await)?;
    row.map(|row| row.open(client_id, &db.vault)).transpose()
}

#[derive(sqlx::FromRow)]
struct NamedSecret {
    client_id: String,
    secret: String,
    secret_key: Option<String>,
}

const CREDENTIALS: &str = "SELECT client_id, secret, secret_key FROM client_credential ORDER BY client_id";

/// Every client id with its present secret, or why that does not open, within a change.
pub async fn list_credentials(
    tx: &mut Tx,
) -> Result<Vec<(String, Result<Secret, VaultError>)>, StorageError> {
    let rows: Vec<NamedSecret> = on_tx!(tx, |c| sqlx::query_as(CREDENTIALS).fetch_all(c).await)?;
    let opened = rows.into_iter().map(|row| {
        let sealed = Sealed {
            key: row.secret_key,
            text: row.secret,
        };
        let secret = tx.vault.open(place(&row.client_id), &sealed);
        (row.client_id, secret)
    });
    Ok(opened.collect())
}

// Changes nothing: whoever else changes the secret waits, or is waited for.
const HOLD_CREDENTIAL: &str =
    "UPDATE client_credential SET client_id = client_id WHERE client_id = $1 RETURNING secret_at";

/// Holds the credential of a client id until the end of the change, and says when its secret was given; `None` when it
/// has no secret.
pub async fn hold_credential(
    tx: &mut Tx,
    client_id: &str,
) -> Result<Option<Option<DateTime<Utc>>>, StorageError> {
    Ok(on_tx!(tx, |c| sqlx::query_scalar(HOLD_CREDENTIAL)
        .bind(client_id)
        .fetch_optional(c)
        .await)?)
}

const SECRET_ENDS: &str = "SELECT previous_until FROM client_credential WHERE client_id = $1";

/// Until when the secret before the present one is valid, without opening either; `None` when the client id has no
/// secret at all.
pub async fn secret_ends(db: &Db, client_id: &str) -> Result<Option<Option<DateTime<Utc>>>, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_scalar(SECRET_ENDS)
        .bind(client_id)
        .fetch_optional(c)
        .await)?)
}

const INSERT_CREDENTIAL: &str = "INSERT INTO client_credential (client_id, secret, created_at, secret_key, secret_at) VALUES ($1, $2, $3, $4, $3)";

/// Adds a credential. [`super::Constraint::ClientCredential`] when the client id has one.
pub async fn insert_credential(
    tx: &mut Tx,
    client_id: &str,
    secret: &str,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let sealed = tx.vault.seal(place(client_id), secret)?;
    execute!(
        tx,
        sqlx::query(INSERT_CREDENTIAL)
            .bind(client_id)
            .bind(&sealed.text)
            .bind(now)
            .bind(&sealed.key)
    )?;
    Ok(())
}

const UPDATE_CREDENTIAL: &str = "UPDATE client_credential SET secret = $2, secret_key = $3, previous_secret = NULL, \
     previous_secret_key = NULL, previous_until = NULL, secret_at = $4 WHERE client_id = $1";

/// Replaces a secret, at once: an earlier one that was still valid ends too. `false` when the client id has none.
pub async fn update_credential(
    tx: &mut Tx,
    client_id: &str,
    secret: &str,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let sealed = tx.vault.seal(place(client_id), secret)?;
    let changed = execute!(
        tx,
        sqlx::query(UPDATE_CREDENTIAL)
            .bind(client_id)
            .bind(&sealed.text)
            .bind(&sealed.key)
            .bind(now)
    )?;
    Ok(changed == 1)
}

const ROTATE_CREDENTIAL: &str = "UPDATE client_credential SET previous_secret = secret, \
     previous_secret_key = secret_key, previous_until = $4, secret = $2, secret_key = $3, secret_at = $5 \
     WHERE client_id = $1";

/// Replaces a secret; the present one stays valid `until` then, and the one before it ends. `false` when the client id
/// has none.
pub async fn rotate_credential(
    tx: &mut Tx,
    client_id: &str,
    secret: &str,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let sealed = tx.vault.seal(place(client_id), secret)?;
    let changed = execute!(
        tx,
        sqlx::query(ROTATE_CREDENTIAL)
            .bind(client_id)
            .bind(&sealed.text)
            .bind(&sealed.key)
            .bind(until)
            .bind(now)
    )?;
    Ok(changed == 1)
}

const END_PREVIOUS: &str = "UPDATE client_credential SET previous_secret = NULL, previous_secret_key = NULL, \
     previous_until = NULL WHERE client_id = $1 AND previous_until > $2";

/// Ends the secret before the present one at once; `false` when none was valid any more at `now`.
pub async fn end_previous_secret(
    tx: &mut Tx,
    client_id: &str,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    Ok(execute!(tx, sqlx::query(END_PREVIOUS).bind(client_id).bind(now))? == 1)
}

const DELETE_CREDENTIAL: &str = "DELETE FROM client_credential WHERE client_id = $1";

/// Removes a credential, so that no secret of the client id is valid; `false` when it has none.
pub async fn delete_credential(tx: &mut Tx, client_id: &str) -> Result<bool, StorageError> {
    Ok(execute!(tx, sqlx::query(DELETE_CREDENTIAL).bind(client_id))? == 1)
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
    "UPDATE applicatie SET label = $2, heeft_alle_autorisaties = $3 WHERE uuid = $1 RETURNING id";
const DELETE_CLIENTS: &str = "DELETE FROM applicatie_client WHERE applicatie_id = $1";
const DELETE_AUTORISATIES: &str = "DELETE FROM autorisatie WHERE applicatie_id = $1";

/// Replaces what is known of the application with this uuid; `false` when there is none.
/// [`super::Constraint::ApplicatieClient`] when a client id belongs to another.
pub async fn update(tx: &mut Tx, applicatie: &Applicatie) -> Result<bool, StorageError> {
    let id: Option<i64> = on_tx!(tx, |c| sqlx::query_scalar(UPDATE)
        .bind(Id(applicatie.uuid))
        .bind(&applicatie.label)
        .bind(applicatie.heeft_alle_autorisaties)
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
    find_by_client_in(&mut db.snapshot().await?, client_id).await
}

/// The same, within a change.
pub async fn find_by_client_in(tx: &mut Tx, client_id: &str) -> Result<Option<Applicatie>, StorageError> {
    let row: Option<Row> = on_tx!(tx, |c| sqlx::query_as(FIND_BY_CLIENT)
        .bind(client_id)
        .fetch_optional(c)
        .await)?;
    match row {
        Some(row) => Ok(Some(complete(tx, row).await?)),
        None => Ok(None),
    }
}

const HOLD: &str = "UPDATE applicatie SET label = label WHERE uuid = $1 \
     RETURNING id, uuid, label, heeft_alle_autorisaties";

/// The application with this uuid, which nobody else changes until the end of the change.
pub async fn hold(tx: &mut Tx, uuid: Uuid) -> Result<Option<Applicatie>, StorageError> {
    let row: Option<Row> = on_tx!(tx, |c| sqlx::query_as(HOLD)
        .bind(Id(uuid))
        .fetch_optional(c)
        .await)?;
    match row {
        Some(row) => Ok(Some(complete(tx, row).await?)),
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
        .map(|(component, Json(scopes))| autorisatie(&component, scopes))
        .collect::<Result<_, _>>()?;
    Ok(Applicatie {
        uuid: row.uuid.into(),
        label: row.label,
        client_ids,
        heeft_alle_autorisaties: row.heeft_alle_autorisaties,
        autorisaties,
    })
}

/// A right as its row has it.
pub(super) fn autorisatie(component: &str, scopes: Vec<String>) -> Result<Autorisatie, StorageError> {
    match Component::from_name(component) {
        Some(component) => Ok(Autorisatie { component, scopes }),
        None => Err(StorageError::Corrupt {
            table: "autorisatie",
            reason: "component is not known".to_owned(),
        }),
    }
}
