//! The APIs of others, and our credentials there.

use chrono::{DateTime, Utc};
use openklant_shared::settings::Secret;
use openklant_shared::storage::externe_api::{self, ExterneApi};
use openklant_shared::storage::{StorageError, Tx};

use super::Applied;
use crate::setup::change::{Action, Change, secret, text};
use crate::setup::wanted::{self, Wanted};

impl Applied {
    pub(super) async fn services(
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
            if let (None, Some(Err(error))) = (&asked.secret, old.map(|old| &old.secret)) {
                let text = format!(
                    "left as it is, because its secret is not given, and the one there does not open: {error}"
                );
                self.note(asked.place, text);
                continue;
            }
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
                kept_secret(&new).and_then(|given| secret("secret", old.and_then(kept_secret), given)),
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
        let secret = asked
            .secret
            .clone()
            .or_else(|| old.and_then(|old| old.secret.clone().ok()));
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
            secret: Ok(secret?),
            user_id: kept(&asked.user_id, |old| &old.user_id),
            user_representation: kept(&asked.user_representation, |old| &old.user_representation),
        })
    }
}

fn kept_secret(api: &ExterneApi) -> Option<&str> {
    api.secret.as_ref().ok().map(Secret::expose)
}

fn name_of(api: &ExterneApi) -> &str {
    api.identifier.as_deref().unwrap_or(&api.api_root)
}
