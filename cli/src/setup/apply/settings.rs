//! Settings that the database keeps, and whether a process could start with them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use openklant_shared::settings::{self, Source, stored};
use openklant_shared::storage::externe_api::{self, ExterneApi};
use openklant_shared::storage::{StorageError, Tx, stored_secret, stored_setting};

use super::Applied;
use crate::setup::change::{Action, Change, text};
use crate::setup::remark::Place;
use crate::setup::wanted::{self, Wanted};
use crate::start;

impl Applied {
    pub(super) async fn settings(
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
        let source = source.clone().with_stored(stored, &services);
        let secret = stored_secret::find_in(tx, stored::OIDC_SECRET).await?;
        let Err(error) = settings::load(&start::with_oidc_secret(source, secret)) else {
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
                .or_else(|| {
                    let first = if fault.name.starts_with("OPENKLANT_BEHEER_OIDC_") {
                        "oidc.issuer"
                    } else {
                        "notificaties.api_root"
                    };
                    wanted.place_of(first)
                })
                .unwrap_or_default();
            if told.insert(fault.to_string()) {
                self.mistake(place, fault.to_string());
            }
        }
        Ok(())
    }
}
