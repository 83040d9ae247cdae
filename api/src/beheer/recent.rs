//! The klanten that somebody looked at last: at most ten, kept with their account as uuids. Whether or not an installation
//! keeps a log of reads, this is for the person themselves; names are read when they are shown.

use openklant_shared::storage::beheer::account;
use openklant_shared::storage::klant_browse;
use uuid::Uuid;

use super::klanten::naam::naam;
use super::problem::Problem;
use super::visit::Visit;

/// How many are kept.
const MOST: usize = 10;

/// A klant that was looked at.
#[derive(Clone, Debug)]
pub struct Recent {
    /// Its identity.
    pub uuid: Uuid,
    /// Its name.
    pub name: String,
    /// Its number.
    pub klantnummer: String,
}

/// Notes that the person of this visit looks at a klant. Looking again changes nothing, and writes nothing.
///
/// # Errors
/// A database that fails.
pub async fn note(visit: &Visit, klant: Uuid) -> Result<(), Problem> {
    let person = visit.person()?;
    if person.preferences.recent.first() == Some(&klant) {
        return Ok(());
    }
    let mut preferences = person.preferences.clone();
    preferences.recent.retain(|other| *other != klant);
    preferences.recent.insert(0, klant);
    preferences.recent.truncate(MOST);
    account::set_preferences(&visit.state.db, person.session.account_id, &preferences.text()?).await?;
    Ok(())
}

/// What the person of this visit looked at, the last first; what was deleted since is not there.
///
/// # Errors
/// A database that fails.
pub async fn list(visit: &Visit) -> Result<Vec<Recent>, Problem> {
    let recent = &visit.person()?.preferences.recent;
    if recent.is_empty() {
        return Ok(Vec::new());
    }
    let mut tx = visit.state.db.for_reads().await.snapshot().await?;
    let found = klant_browse::list_by_uuids(&mut tx, recent).await?;
    tx.rollback().await?;
    Ok(recent
        .iter()
        .filter_map(|uuid| found.iter().find(|found| found.klant.uuid == *uuid))
        .map(|found| Recent {
            uuid: found.klant.uuid,
            name: naam(&found.klant),
            klantnummer: found.klant.klantnummer.clone(),
        })
        .collect())
}
