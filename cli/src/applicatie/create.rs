//! Making an application with its credential: for `applicatie add`, and for the first one of a new database.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use openklant_shared::clock::{Clock, Ids};
use openklant_shared::domain::applicatie::{Applicatie, Autorisatie};
use openklant_shared::storage::operator_log::{self, Entry};
use openklant_shared::storage::{Db, StorageError, Tx, applicatie};

use super::change::summary;

/// A client id and the secret its tokens are signed with.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// The client id.
    pub client_id: String,
    /// The secret.
    pub secret: String,
}

/// What an application may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rights {
    /// Everything.
    All,
    /// This.
    Some(Vec<Autorisatie>),
}

/// A secret of 32 random bytes, in characters that need no quoting anywhere.
pub fn new_secret() -> String {
    let bytes: [u8; 32] = rand::random();
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Who does it, and with which command: for the operators' log.
pub struct By {
    command: &'static str,
    operator: String,
}

impl By {
    /// An operator with a command.
    pub fn new(command: &'static str, operator: String) -> Self {
        Self { command, operator }
    }

    /// Writes to the operators' log, within the change.
    pub async fn log(&self, tx: &mut Tx, detail: &str) -> Result<(), StorageError> {
        let entry = Entry {
            at: Clock::System.now(),
            operator: &self.operator,
            command: self.command,
            detail,
        };
        operator_log::insert(tx, &entry).await?;
        Ok(())
    }
}

/// Adds an application. [`openklant_shared::storage::Constraint::ApplicatieClient`] when another application has one
/// of the client ids.
pub async fn create(
    db: &Db,
    label: &str,
    credentials: &[Credential],
    rights: Rights,
    by: &By,
) -> Result<Applicatie, StorageError> {
    let now = Clock::System.now();
    let (heeft_alle_autorisaties, autorisaties) = match rights {
        Rights::All => (true, Vec::new()),
        Rights::Some(autorisaties) => (false, autorisaties),
    };
    let added = Applicatie {
        uuid: Ids::Random.next(),
        label: label.to_owned(),
        client_ids: credentials.iter().map(|one| one.client_id.clone()).collect(),
        heeft_alle_autorisaties,
        autorisaties,
    };
    let mut tx = db.begin().await?;
    applicatie::insert(&mut tx, &added, now).await?;
    for credential in credentials {
        give_secret(&mut tx, credential, now).await?;
    }
    by.log(&mut tx, &summary(&added)).await?;
    tx.commit().await?;
    Ok(added)
}

/// Gives a client id its secret. One that has a secret already, because somebody registered it through the API, gets
/// this one.
pub async fn give_secret(
    tx: &mut Tx,
    credential: &Credential,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    if !applicatie::update_credential(tx, &credential.client_id, &credential.secret).await? {
        applicatie::insert_credential(tx, &credential.client_id, &credential.secret, now).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_and_differ() {
        let (one, other) = (new_secret(), new_secret());
        assert_eq!(one.len(), 64);
        assert!(one.chars().all(|c| c.is_ascii_hexdigit()));
        assert_ne!(one, other);
    }
}
