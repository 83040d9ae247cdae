//! Making an application with its credential: for `applicatie add`, and for the first one of a new database.

use openklant_shared::applicaties;
pub use openklant_shared::applicaties::{Credential, new_secret};
use openklant_shared::clock::{Clock, Ids};
use openklant_shared::domain::applicatie::{Applicatie, Autorisatie};
use openklant_shared::storage::operator_log::By;
use openklant_shared::storage::{Db, StorageError};

/// What an application may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rights {
    /// Everything.
    All,
    /// This.
    Some(Vec<Autorisatie>),
}

/// An operator with a command, now: for the operators' log.
pub fn by(command: &'static str, operator: String) -> By {
    By::new(command, operator, Clock::System.now())
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
    applicaties::create(&mut tx, &added, credentials, by).await?;
    tx.commit().await?;
    Ok(added)
}
