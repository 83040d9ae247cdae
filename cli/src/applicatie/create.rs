//! Making an application with its credential: for `applicatie add`, and for the first one of a new database.

use std::fmt::Write;

use openklant_shared::clock::{Clock, Ids};
use openklant_shared::domain::applicatie::{Applicatie, Autorisatie};
use openklant_shared::storage::{Db, StorageError, applicatie};

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

/// Adds an application. A client id that has a secret already, because somebody registered it through the API,
/// gets this one. [`openklant_shared::storage::Constraint::ApplicatieClient`] when another application has the
/// client id.
pub async fn create(
    db: &Db,
    label: &str,
    credential: &Credential,
    rights: Rights,
) -> Result<Applicatie, StorageError> {
    let now = Clock::System.now();
    let (heeft_alle_autorisaties, autorisaties) = match rights {
        Rights::All => (true, Vec::new()),
        Rights::Some(autorisaties) => (false, autorisaties),
    };
    let added = Applicatie {
        uuid: Ids::Random.next(),
        label: label.to_owned(),
        client_ids: vec![credential.client_id.clone()],
        heeft_alle_autorisaties,
        autorisaties,
    };
    let mut tx = db.begin().await?;
    applicatie::insert(&mut tx, &added, now).await?;
    if !applicatie::update_credential(&mut tx, &credential.client_id, &credential.secret).await? {
        applicatie::insert_credential(&mut tx, &credential.client_id, &credential.secret, now).await?;
    }
    tx.commit().await?;
    Ok(added)
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
