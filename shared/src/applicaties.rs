//! What operators do to applications: by command and on the management site by the same rules. Each is one change, and
//! leaves a row in the operators' log; each is in force within a second on every process.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use ring::rand::{SecureRandom, SystemRandom};

use crate::domain::applicatie::Applicatie;
use crate::storage::operator_log::{self, By};
use crate::storage::outbox_filter::whole_second;
use crate::storage::{StorageError, Tx, applicatie};
use crate::vault::VaultError;

/// Bytes of a secret: as many bits as the hash that tokens are signed with.
const SECRET_BYTES: usize = 32;

/// A client id and the secret its tokens are signed with.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// The client id.
    pub client_id: String,
    /// The secret.
    pub secret: String,
}

/// A secret of 32 random bytes, in characters that need no quoting anywhere.
///
/// # Errors
/// The system gives no random bytes.
pub fn new_secret() -> Result<String, VaultError> {
    let mut bytes = [0; SECRET_BYTES];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| VaultError::Randomness)?;
    Ok(bytes
        .iter()
        .fold(String::with_capacity(2 * SECRET_BYTES), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        }))
}

/// Adds an application whose client ids get these secrets.
/// [`crate::storage::Constraint::ApplicatieClient`] when another application has one of the client ids.
///
/// # Errors
/// The same, or a database that fails.
pub async fn create(
    tx: &mut Tx,
    added: &Applicatie,
    credentials: &[Credential],
    by: &By,
) -> Result<(), StorageError> {
    applicatie::insert(tx, added, by.at).await?;
    for credential in credentials {
        give_secret(tx, credential, by.at).await?;
    }
    log(tx, added, &summary(added), by).await
}

/// Gives an application this name, these client ids and these rights. Client ids that are `gone` lose their secrets too,
/// and `new` ones get one. [`crate::storage::Constraint::ApplicatieClient`] when another application has a client id.
///
/// # Errors
/// The same, or a database that fails.
pub async fn change(
    tx: &mut Tx,
    changed: &Applicatie,
    gone: &[String],
    new: &[Credential],
    by: &By,
) -> Result<(), StorageError> {
    applicatie::update(tx, changed).await?;
    for client_id in gone {
        applicatie::delete_credential(tx, client_id).await?;
    }
    for credential in new {
        give_secret(tx, credential, by.at).await?;
    }
    log(tx, changed, &summary(changed), by).await
}

/// Removes an application with everything that belongs to it.
///
/// # Errors
/// A database that fails.
pub async fn remove(tx: &mut Tx, gone: &Applicatie, by: &By) -> Result<(), StorageError> {
    applicatie::delete(tx, gone.uuid).await?;
    for client_id in &gone.client_ids {
        applicatie::delete_credential(tx, client_id).await?;
    }
    log(tx, gone, &summary(gone), by).await
}

/// Gives a client id its first secret. [`crate::storage::Constraint::ClientCredential`] when it has one.
///
/// # Errors
/// The same, or a database that fails.
pub async fn add_secret(tx: &mut Tx, new: &Credential, by: &By) -> Result<(), StorageError> {
    applicatie::insert_credential(tx, &new.client_id, &new.secret, by.at).await?;
    log_client(tx, &new.client_id, &format!("client id {}", new.client_id), by).await
}

/// Gives a client id another secret. The present one stays valid until `until`, or ends at once; one that was still valid
/// from before ends either way. `false` when the client id has no secret.
///
/// # Errors
/// A database that fails.
pub async fn rotate_secret(
    tx: &mut Tx,
    new: &Credential,
    until: Option<DateTime<Utc>>,
    by: &By,
) -> Result<bool, StorageError> {
    let client_id = &new.client_id;
    let known = match until {
        Some(until) => applicatie::rotate_credential(tx, client_id, &new.secret, until, by.at).await?,
        None => applicatie::update_credential(tx, client_id, &new.secret, by.at).await?,
    };
    if known {
        let end = until.map_or_else(|| "at once".to_owned(), whole_second);
        let detail = format!("client id {client_id}, the old secret ends {end}");
        log_client(tx, client_id, &detail, by).await?;
    }
    Ok(known)
}

/// Which secrets of a client id end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// Only the one that was replaced and is still valid.
    Previous,
    /// Every one: its requests are refused from now on.
    Every,
}

impl Ends {
    /// In words, for the log and for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Previous => "the previous secret",
            Self::Every => "every secret",
        }
    }
}

/// Ends secrets of a client id at once; `false` when it has no such secret.
///
/// # Errors
/// A database that fails.
pub async fn revoke_secret(tx: &mut Tx, client_id: &str, which: Ends, by: &By) -> Result<bool, StorageError> {
    let ended = match which {
        Ends::Previous => applicatie::end_previous_secret(tx, client_id, by.at).await?,
        Ends::Every => applicatie::delete_credential(tx, client_id).await?,
    };
    if ended {
        let detail = format!("client id {client_id}, {}", which.words());
        log_client(tx, client_id, &detail, by).await?;
    }
    Ok(ended)
}

/// Gives a client id its secret. One that has a secret already, because somebody registered it through the API, gets
/// this one.
async fn give_secret(tx: &mut Tx, new: &Credential, now: DateTime<Utc>) -> Result<(), StorageError> {
    if !applicatie::update_credential(tx, &new.client_id, &new.secret, now).await? {
        applicatie::insert_credential(tx, &new.client_id, &new.secret, now).await?;
    }
    Ok(())
}

async fn log(tx: &mut Tx, about: &Applicatie, detail: &str, by: &By) -> Result<(), StorageError> {
    let row = by.log(tx, detail).await?;
    operator_log::set_applicatie(tx, row, about.uuid).await
}

/// A row about a client id; it is about the application that has it too, if one has.
async fn log_client(tx: &mut Tx, client_id: &str, detail: &str, by: &By) -> Result<(), StorageError> {
    match applicatie::find_by_client_in(tx, client_id).await? {
        Some(about) => log(tx, &about, detail, by).await,
        None => by.log(tx, detail).await.map(|_| ()),
    }
}

/// What the operators' log says of an application.
pub fn summary(applicatie: &Applicatie) -> String {
    format!(
        "{} ({}), client ids {}, may do {}",
        applicatie.label,
        applicatie.uuid,
        applicatie.client_ids.join(" "),
        rights(applicatie)
    )
}

/// What an application may do, as `applicatie add` takes it.
pub fn rights(applicatie: &Applicatie) -> String {
    if applicatie.heeft_alle_autorisaties {
        return "everything".to_owned();
    }
    let rights: Vec<String> = applicatie
        .autorisaties
        .iter()
        .flat_map(|right| {
            right
                .scopes
                .iter()
                .map(|scope| format!("{}:{scope}", right.component.name()))
        })
        .collect();
    rights.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_and_differ() {
        let (one, other) = (new_secret().unwrap(), new_secret().unwrap());
        assert_eq!(one.len(), 64);
        assert!(one.chars().all(|c| c.is_ascii_hexdigit()));
        assert_ne!(one, other);
    }
}
