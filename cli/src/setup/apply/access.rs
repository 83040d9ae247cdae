//! Who may call the APIs: client ids with their secrets, and applications.

use chrono::{DateTime, Utc};
use openklant_shared::clock::Ids;
use openklant_shared::domain::applicatie::Applicatie;
use openklant_shared::settings::Secret;
use openklant_shared::storage::{StorageError, Tx, applicatie};

use super::Applied;
use crate::setup::change::{Action, Change, rights, secret, text};
use crate::setup::wanted::{self, Wanted};

impl Applied {
    pub(super) async fn credentials(
        &mut self,
        tx: &mut Tx,
        wanted: &Wanted,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let known = applicatie::list_credentials(tx).await?;
        for credential in &wanted.credentials {
            let client_id = &credential.client_id.value;
            let old = known.iter().find(|(known, _)| known == client_id);
            let Some(new) = &credential.secret else {
                match old {
                    Some(_) => self.unchanged += 1,
                    None => self.mistake(
                        credential.client_id.place,
                        format!("secret is missing: client id {client_id} is new"),
                    ),
                }
                continue;
            };
            let action = if old.is_some() {
                Action::Change
            } else {
                Action::Add
            };
            // One that does not open is replaced as one that differs.
            let kept = old.and_then(|(_, secret)| secret.as_ref().ok());
            let field = secret("secret", kept.map(Secret::expose), new.expose());
            if !self.differs(Change::of("credential", client_id, action, [field])) {
                continue;
            }
            match (old, credential.overlap) {
                (None, _) => applicatie::insert_credential(tx, client_id, new.expose(), now).await?,
                (Some(_), None) => {
                    applicatie::update_credential(tx, client_id, new.expose(), now).await?;
                }
                (Some(_), Some(overlap)) => {
                    applicatie::rotate_credential(tx, client_id, new.expose(), now + overlap, now).await?;
                }
            }
        }
        Ok(())
    }

    pub(super) async fn applicaties(
        &mut self,
        tx: &mut Tx,
        wanted: &Wanted,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let known = applicatie::list_in(tx).await?;
        let credentials = applicatie::list_credentials(tx).await?;
        for asked in &wanted.applicaties {
            let Some(old) = self.old_applicatie(&known, asked) else {
                continue;
            };
            let new = completed(asked, old);
            let action = if old.is_some() {
                Action::Change
            } else {
                Action::Add
            };
            let fields = [
                text("label", old.map(|old| old.label.as_str()), &new.label),
                text("client_ids", old.map(client_ids).as_deref(), &client_ids(&new)),
                text(
                    "heeft_alle_autorisaties",
                    old.map(|old| yes(old.heeft_alle_autorisaties)),
                    yes(new.heeft_alle_autorisaties),
                ),
                text("autorisaties", old.map(rights).as_deref(), &rights(&new)),
            ];
            let name = format!("{} ({})", new.label, new.uuid);
            if self.differs(Change::of("application", name, action, fields)) {
                if old.is_some() {
                    applicatie::update(tx, &new).await?;
                } else {
                    applicatie::insert(tx, &new, now).await?;
                }
            }
            for client_id in &asked.client_ids {
                if !credentials.iter().any(|(known, _)| *known == client_id.value) {
                    let text = format!(
                        "client id {} has no secret, so nobody can use it",
                        client_id.value
                    );
                    self.note(client_id.place, text);
                }
            }
            if !new.heeft_alle_autorisaties && new.autorisaties.is_empty() {
                self.note(asked.place, format!("{} may do nothing", new.label));
            }
        }
        Ok(())
    }

    /// The application that is meant, if it is there; `None` when its client ids belong to others.
    #[expect(clippy::option_option, reason = "a mistake, a new one, and one that is there")]
    fn old_applicatie<'k>(
        &mut self,
        known: &'k [Applicatie],
        asked: &wanted::Applicatie,
    ) -> Option<Option<&'k Applicatie>> {
        let holder = |client_id: &String| known.iter().find(|one| one.client_ids.contains(client_id));
        let meant = match asked.uuid {
            Some(uuid) => known.iter().find(|one| one.uuid == uuid),
            None => asked.client_ids.iter().find_map(|given| holder(&given.value)),
        };
        let mut right = true;
        for given in &asked.client_ids {
            let other = holder(&given.value).filter(|one| Some(one.uuid) != meant.map(|meant| meant.uuid));
            if let Some(other) = other {
                let text = format!(
                    "client id {} belongs to application {} ({})",
                    given.value, other.label, other.uuid
                );
                self.mistake(given.place, text);
                right = false;
            }
        }
        right.then_some(meant)
    }
}

fn completed(asked: &wanted::Applicatie, old: Option<&Applicatie>) -> Applicatie {
    let all = asked.heeft_alle_autorisaties.unwrap_or_else(|| {
        old.is_some_and(|old| old.heeft_alle_autorisaties && asked.autorisaties.is_none())
    });
    let kept = || old.map(|old| old.autorisaties.clone()).unwrap_or_default();
    Applicatie {
        uuid: asked
            .uuid
            .or_else(|| old.map(|old| old.uuid))
            .unwrap_or_else(|| Ids::Random.next()),
        label: asked.label.clone(),
        client_ids: asked.client_ids.iter().map(|given| given.value.clone()).collect(),
        heeft_alle_autorisaties: all,
        autorisaties: match &asked.autorisaties {
            _ if all => Vec::new(),
            Some(given) => given.clone(),
            None => kept(),
        },
    }
}

fn client_ids(applicatie: &Applicatie) -> String {
    let mut client_ids = applicatie.client_ids.clone();
    client_ids.sort();
    client_ids.join(" ")
}

fn yes(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}
