//! What can go wrong in the database, named after what the caller can do about it.

use thiserror::Error;

use crate::vault::VaultError;

/// A failed statement.
#[derive(Debug, Error)]
pub enum StorageError {
    /// A uniqueness rule of the schema refused the row: the client's mistake, and the service says which.
    #[error("unique constraint {0:?}")]
    Unique(Constraint),
    /// A row that this one refers to is gone.
    #[error("a row that was referred to is gone")]
    Missing,
    /// No connection within the time-out, or the database is gone: worth trying again later.
    #[error("the database is not available: {0}")]
    Unavailable(sqlx::Error),
    /// A stored value that cannot be read: somebody wrote past us.
    #[error("table {table} holds a value that cannot be read: {reason}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// What is wrong, without the value itself.
        reason: String,
    },
    /// A secret that cannot be sealed or opened: for want of its key, or because somebody changed it.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// Anything else.
    #[error("the database refused a statement: {0}")]
    Other(sqlx::Error),
}

/// The uniqueness rules a client can run into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// One klant per bronorganisatie and klantnummer.
    KlantKlantnummer,
    /// A client id belongs to one applicatie.
    ApplicatieClient,
    /// A client id has one secret.
    ClientCredential,
    /// At most one contactmoment follows on another.
    ContactmomentVorig,
    /// One relation per contactmoment, klant and role.
    Klantcontactmoment,
    /// One relation per contactmoment and object.
    Objectcontactmoment,
    /// One set of credentials per root of an external API.
    ExterneApi,
    /// One account of the management site per login.
    BeheerAccount,
}

/// PostgreSQL names the constraint, SQLite its columns.
const CONSTRAINTS: [(Constraint, &str, &str); 9] = [
    (
        Constraint::KlantKlantnummer,
        "klant_klantnummer",
        "klant.bronorganisatie, klant.klantnummer",
    ),
    (
        Constraint::ApplicatieClient,
        "applicatie_client_pkey",
        "applicatie_client.client_id",
    ),
    (
        Constraint::ClientCredential,
        "client_credential_pkey",
        "client_credential.client_id",
    ),
    (
        Constraint::ContactmomentVorig,
        "contactmoment_vorig",
        "contactmoment.vorig_id",
    ),
    (
        Constraint::Klantcontactmoment,
        "klantcontactmoment_own_klant",
        "klantcontactmoment.contactmoment_id, klantcontactmoment.klant_uuid, klantcontactmoment.rol",
    ),
    (
        Constraint::Klantcontactmoment,
        "klantcontactmoment_other_klant",
        "klantcontactmoment.contactmoment_id, klantcontactmoment.klant_url, klantcontactmoment.rol",
    ),
    (
        Constraint::Objectcontactmoment,
        "objectcontactmoment_object",
        "objectcontactmoment.contactmoment_id, objectcontactmoment.object",
    ),
    (Constraint::ExterneApi, "externe_api_root", "externe_api.api_root"),
    (
        Constraint::BeheerAccount,
        "beheer_account_login",
        "beheer_account.origin, beheer_account.login",
    ),
];

/// SQLite's codes for a file that another holds, and for a full disk.
const SQLITE_BUSY: u32 = 5;
const SQLITE_FULL: u32 = 13;

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(refusal) if refusal.is_unique_violation() => {
                let name = refusal.constraint();
                let message = refusal.message();
                CONSTRAINTS
                    .iter()
                    .find(|(_, postgres, sqlite)| name == Some(*postgres) || message.ends_with(sqlite))
                    .map_or_else(
                        || Self::Other(error),
                        |(constraint, ..)| Self::Unique(*constraint),
                    )
            }
            sqlx::Error::Database(refusal) if refusal.is_foreign_key_violation() => Self::Missing,
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => {
                Self::Unavailable(error)
            }
            sqlx::Error::Database(refusal) if is_passing(refusal.code().as_deref()) => {
                Self::Unavailable(error)
            }
            _ => Self::Other(error),
        }
    }
}

/// Whether SQLite says that somebody else holds the file.
pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    code.and_then(|code| code.parse::<u32>().ok())
        .is_some_and(|code| code & 0xff == SQLITE_BUSY)
}

/// Refusals that pass by themselves: PostgreSQL's classes 53 (out of resources), 57P (shutting down), 40 (deadlock and
/// the like) and 08 (connection), SQLite's BUSY and FULL with their extended codes.
fn is_passing(code: Option<&str>) -> bool {
    let Some(code) = code else { return false };
    match code.parse::<u32>() {
        Ok(number) if code.len() < 5 => matches!(number & 0xff, SQLITE_BUSY | SQLITE_FULL),
        _ => ["53", "57P", "40", "08"]
            .iter()
            .any(|class| code.starts_with(class)),
    }
}
