//! Brings the database to what a setup file asks for, in one transaction, and says what that changed. A file is only
//! ever added and changed with: what it does not name stays.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use openklant_shared::clock::Ids;
use openklant_shared::domain::applicatie::Applicatie;
use openklant_shared::settings::{self, Source, stored};
use openklant_shared::storage::externe_api::{self, ExterneApi};
use openklant_shared::storage::{StorageError, Tx, applicatie, stored_setting};

use super::change::{Action, Change, rights, secret, text};
use super::remark::{Place, Remark};
use super::wanted::{self, Wanted};
use crate::start;

/// What came of a file.
#[derive(Debug, Default)]
pub struct Applied {
    /// What changed.
    pub changes: Vec<Change>,
    /// How many things were as the file asks already.
    pub unchanged: usize,
    /// What the operator should know.
    pub notes: Vec<Remark>,
    /// What does not go together with what is there; nothing may be kept then.
    pub mistakes: Vec<Remark>,
}

/// Applies a file to the state of the database within `tx`. The caller keeps it, unless there are mistakes.
pub async fn apply(
    tx: &mut Tx,
    wanted: &Wanted,
    source: &Source,
    now: DateTime<Utc>,
) -> Result<Applied, StorageError> {
    stored_setting::lock(tx).await?;
    let mut applied = Applied::default();
    applied.credentials(tx, wanted, now).await?;
    applied.applicaties(tx, wanted, now).await?;
    applied.services(tx, wanted, now).await?;
    applied.settings(tx, wanted, source, now).await?;
    Ok(applied)
}

impl Applied {
    fn mistake(&mut self, place: Place, text: impl Into<String>) {
        self.mistakes.push(Remark::new(place, text));
    }

    fn note(&mut self, place: Place, text: impl Into<String>) {
        self.notes.push(Remark::new(place, text));
    }

    /// Counts a thing that was looked at; answers whether it differs.
    fn differs(&mut self, change: Option<Change>) -> bool {
        let differs = change.is_some();
        match change {
            Some(change) => self.changes.push(change),
            None => self.unchanged += 1,
        }
        differs
    }

    async fn credentials(
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
            let field = secret("secret", old.map(|(_, old)| old.expose()), new.expose());
            if !self.differs(Change::of("credential", client_id, action, [field])) {
                continue;
            }
            if old.is_some() {
                applicatie::update_credential(tx, client_id, new.expose()).await?;
            } else {
                applicatie::insert_credential(tx, client_id, new.expose(), now).await?;
            }
        }
        Ok(())
    }

    async fn applicaties(
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

    async fn services(
        &mut self,
        tx: &mut Tx,
        wanted: &Wanted,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let known = externe_api::list_in(tx).await?;
        for asked in &wanted.services {
            let of_root = known.iter().find(|one| one.api_root == asked.api_root.value);
            let of_identifier = asked.identifier.as_ref().and_then(|identifier| {
                known
                    .iter()
                    .find(|one| one.identifier.as_ref() == Some(identifier))
            });
            let old = match (of_identifier, of_root) {
                (Some(one), Some(other)) if one.api_root != other.api_root => {
                    let text = format!("this api_root belongs to {}", name_of(other));
                    self.mistake(asked.api_root.place, text);
                    continue;
                }
                (one, other) => one.or(other),
            };
            let Some(new) = self.completed_service(asked, old) else {
                continue;
            };
            let action = if old.is_some() {
                Action::Change
            } else {
                Action::Add
            };
            let from = |field: fn(&ExterneApi) -> &str| old.map(field);
            let fields = [
                text(
                    "identifier",
                    from(|api| api.identifier.as_deref().unwrap_or_default()),
                    new.identifier.as_deref().unwrap_or_default(),
                ),
                text("label", from(|api| &api.label), &new.label),
                text("api_root", from(|api| &api.api_root), &new.api_root),
                text("api_type", from(|api| &api.api_type), &new.api_type),
                text("client_id", from(|api| &api.client_id), &new.client_id),
                secret("secret", old.map(|old| old.secret.expose()), new.secret.expose()),
                text("user_id", from(|api| &api.user_id), &new.user_id),
                text(
                    "user_representation",
                    from(|api| &api.user_representation),
                    &new.user_representation,
                ),
            ];
            if self.differs(Change::of("service", name_of(&new), action, fields)) {
                match old {
                    Some(old) => externe_api::update(tx, &old.api_root, &new).await?,
                    None => externe_api::insert(tx, &new, now).await?,
                }
            }
        }
        Ok(())
    }

    /// A service with what the file leaves out as it is.
    fn completed_service(&mut self, asked: &wanted::Service, old: Option<&ExterneApi>) -> Option<ExterneApi> {
        let client_id = asked
            .client_id
            .clone()
            .or_else(|| old.map(|old| old.client_id.clone()));
        let secret = asked.secret.clone().or_else(|| old.map(|old| old.secret.clone()));
        for (key, given) in [("client_id", client_id.is_some()), ("secret", secret.is_some())] {
            if !given {
                self.mistake(asked.place, format!("{key} is missing: the service is new"));
            }
        }
        let kept = |given: &Option<String>, field: fn(&ExterneApi) -> &String| {
            given
                .clone()
                .or_else(|| old.map(|old| field(old).clone()))
                .unwrap_or_default()
        };
        let label = kept(&asked.label, |old| &old.label);
        Some(ExterneApi {
            label: if label.is_empty() {
                asked
                    .identifier
                    .clone()
                    .unwrap_or_else(|| asked.api_root.value.clone())
            } else {
                label
            },
            api_root: asked.api_root.value.clone(),
            identifier: asked
                .identifier
                .clone()
                .or_else(|| old.and_then(|old| old.identifier.clone())),
            api_type: asked.api_type.clone(),
            client_id: client_id?,
            secret: secret?,
            user_id: kept(&asked.user_id, |old| &old.user_id),
            user_representation: kept(&asked.user_representation, |old| &old.user_representation),
        })
    }

    async fn settings(
        &mut self,
        tx: &mut Tx,
        wanted: &Wanted,
        source: &Source,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let services = externe_api::list_in(tx).await?;
        let mut asked: Vec<(&str, Option<String>, Place)> = wanted
            .settings
            .iter()
            .map(|setting| (setting.key.as_str(), setting.value.clone(), setting.place))
            .collect();
        for wanted::Reference { key, identifier } in &wanted.references {
            let named = |api: &&ExterneApi| api.identifier.as_ref() == Some(&identifier.value);
            match services.iter().find(named) {
                _ if wanted.left_out.contains(&identifier.value) => {
                    let text = format!("{key} is not set: the service {} is left out", identifier.value);
                    self.note(identifier.place, text);
                }
                Some(api) => asked.push((key, Some(api.api_root.clone()), identifier.place)),
                // That it is not there has its own mistake.
                None if wanted
                    .services
                    .iter()
                    .any(|one| one.identifier.as_ref() == Some(&identifier.value)) => {}
                None => {
                    let text = format!("there is no service {} in zgw_consumers", identifier.value);
                    self.mistake(identifier.place, text);
                }
            }
        }
        let known = stored_setting::list_in(tx).await?;
        for (key, value, place) in asked {
            let old = known
                .iter()
                .find(|(known, _)| known == key)
                .map(|(_, value)| value.as_str());
            let action = match (old, &value) {
                (None, _) => Action::Add,
                (Some(_), Some(_)) => Action::Change,
                (Some(_), None) => Action::Remove,
            };
            let field = text("value", old, value.as_deref().unwrap_or_default());
            if self.differs(Change::of("setting", key, action, [field])) {
                match &value {
                    Some(value) => stored_setting::put(tx, key, value, now).await?,
                    None => stored_setting::delete(tx, key).await?,
                }
            }
            if let Some(winner) = source.winner(key) {
                self.note(place, format!("{key} has no effect: {winner} is set, and wins"));
            }
        }
        self.check_settings(tx, wanted, source).await
    }

    /// Whether a process could start with the settings as they are now.
    async fn check_settings(
        &mut self,
        tx: &mut Tx,
        wanted: &Wanted,
        source: &Source,
    ) -> Result<(), StorageError> {
        let services: Vec<_> = externe_api::list_in(tx)
            .await?
            .into_iter()
            .map(start::service)
            .collect();
        let stored = stored_setting::list_in(tx).await?;
        let Err(error) = settings::load(&source.clone().with_stored(stored, &services)) else {
            return Ok(());
        };
        let mut told = BTreeSet::new();
        // What is missing may be so because of another mistake.
        let alone = self.mistakes.is_empty();
        for fault in error
            .faults
            .into_iter()
            .filter(|fault| alone || fault.origin.is_some())
        {
            let place = stored::key_of(&fault.name)
                .and_then(|key| wanted.place_of(key))
                .or_else(|| wanted.place_of("notificaties.api_root"))
                .unwrap_or_default();
            if told.insert(fault.to_string()) {
                self.mistake(place, fault.to_string());
            }
        }
        Ok(())
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

fn name_of(api: &ExterneApi) -> &str {
    api.identifier.as_deref().unwrap_or(&api.api_root)
}
