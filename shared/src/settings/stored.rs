//! Settings that the database may keep, so that one setup file holds a whole installation: those that are the same for
//! every process, and no secrets. The rest is of one process or needed before the database can be read, and stays with
//! the environment. Whatever the environment says wins from the database.

use std::collections::BTreeMap;

use super::address::api_root;
use super::error::Fault;
use super::names::{self, ALL, Setting};
use super::oidc;
use super::{Secret, Source};

/// Sections of which the database may keep every setting that is no secret.
const SECTIONS: &[&str] = &["autorisaties", "notificaties", "oidc", "retention", "alert"];
/// Other settings it may keep, by key.
const KEYS: &[&str] = &[
    "server.base_url",
    "server.host_aliases",
    "server.contact_name",
    "server.contact_email",
    "server.contact_url",
];

/// The secret of our client at the provider: kept apart from the settings, sealed.
pub const OIDC_SECRET: &str = "oidc.client_secret";

/// APIs whose root the database may keep; our credentials there are those of the service with that root.
const APIS: &[Api] = &[
    Api {
        root: &names::AUTORISATIES_API_ROOT,
        client_id: &names::AUTORISATIES_CLIENT_ID,
        secret: &names::AUTORISATIES_SECRET,
    },
    Api {
        root: &names::NOTIFICATIES_API_ROOT,
        client_id: &names::NOTIFICATIES_CLIENT_ID,
        secret: &names::NOTIFICATIES_SECRET,
    },
];

struct Api {
    root: &'static Setting,
    client_id: &'static Setting,
    secret: &'static Setting,
}

/// A service that the database knows, and our credentials there.
#[derive(Clone, Debug)]
pub struct Service {
    /// The root of its API.
    pub root: String,
    /// Our client id.
    pub client_id: String,
    /// The secret of that client id; `None`: it does not open, and the API cannot be used.
    pub secret: Option<Secret>,
}

/// Whether a key of the TOML file is a setting, and who may keep it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The database may.
    Database(&'static str),
    /// The database may, sealed.
    Sealed(&'static str),
    /// Only the environment (or the TOML file); the name of its variable.
    Environment(&'static str),
}

/// Who may keep the setting with this key; `None`: there is none.
pub fn place(key: &str) -> Option<Place> {
    let setting = ALL.iter().find(|setting| setting.key == key)?;
    let place = if is_stored(setting) {
        Place::Database
    } else if setting.key == OIDC_SECRET {
        Place::Sealed
    } else {
        Place::Environment
    };
    Some(place(setting.name))
}

/// The keys the database may keep, in the order of the documents.
pub fn keys() -> impl Iterator<Item = &'static str> {
    ALL.iter()
        .filter(|setting| is_stored(setting))
        .map(|setting| setting.key)
}

/// The key of the setting with this variable.
pub fn key_of(variable: &str) -> Option<&'static str> {
    ALL.iter()
        .find(|setting| setting.name == variable)
        .map(|setting| setting.key)
}

fn is_stored(setting: &Setting) -> bool {
    let of_credentials = APIS.iter().any(|api| api.client_id.name == setting.name);
    (SECTIONS.contains(&setting.section()) || KEYS.contains(&setting.key))
        && !setting.secret
        && !of_credentials
}

/// Whether what the database keeps may mend a fault: something that nobody set in the environment is missing.
pub(super) fn may_mend(source: &Source, fault: &Fault) -> bool {
    let of_credentials = |setting: &Setting| {
        APIS.iter()
            .any(|api| api.client_id.name == setting.name || api.secret.name == setting.name)
    };
    let is_kept =
        |setting: &Setting| is_stored(setting) || of_credentials(setting) || setting.key == OIDC_SECRET;
    fault.origin.is_none()
        && ALL
            .iter()
            .find(|setting| setting.name == fault.name)
            .is_some_and(|setting| is_kept(setting) && source.own(setting).is_none())
}

impl Source {
    /// Adds what the database keeps: settings by key, and our credentials at services. Everything else wins from it.
    /// An API whose secret does not open is left out, as if the database did not name it.
    #[must_use]
    pub fn with_stored(
        mut self,
        settings: impl IntoIterator<Item = (String, String)>,
        services: &[Service],
    ) -> Self {
        let mut values: BTreeMap<String, String> = settings.into_iter().collect();
        for api in APIS {
            let root = self.own(api.root).map(|(text, _)| text).or_else(|| {
                values
                    .get(api.root.key)
                    .map(String::as_str)
                    .filter(|text| !text.trim().is_empty())
            });
            let same = |service: &&Service| {
                root.and_then(|root| api_root(root.trim()).ok())
                    .is_some_and(|root| root.as_str() == service.root)
            };
            let Some(service) = services.iter().find(same) else {
                continue;
            };
            match &service.secret {
                Some(secret) => {
                    values.insert(api.client_id.key.to_owned(), service.client_id.clone());
                    values.insert(api.secret.key.to_owned(), secret.expose().to_owned());
                }
                // The process starts without it: the rest of the register has nothing to do with this API.
                None => {
                    values.remove(api.root.key);
                }
            }
        }
        self.put_stored(values);
        self
    }

    /// Adds the secret of our client at the provider, which the database keeps for the issuer that it names beside it:
    /// it goes to no other.
    #[must_use]
    pub fn with_oidc_secret(mut self, secret: &Secret) -> Self {
        let mut values = self.take_stored();
        let issuer = |text: &str| oidc::issuer(text.trim()).ok();
        let kept = values.get(names::OIDC_ISSUER.key).and_then(|text| issuer(text));
        let named = match self.own(&names::OIDC_ISSUER) {
            Some((text, _)) => issuer(text),
            None => kept.clone(),
        };
        if kept.is_some() && named == kept {
            values.insert(OIDC_SECRET.to_owned(), secret.expose().to_owned());
        }
        self.put_stored(values);
        self
    }

    /// Leaves out what the database keeps of the provider: the secret of our client there does not open. The process
    /// starts without it.
    #[must_use]
    pub fn without_oidc(mut self) -> Self {
        let mut values = self.take_stored();
        values.retain(|key, _| !key.starts_with("oidc."));
        self.put_stored(values);
        self
    }

    /// The variable that wins from what the database keeps under this key, if one does.
    pub fn winner(&self, key: &str) -> Option<String> {
        let setting = ALL.iter().find(|setting| setting.key == key)?;
        std::iter::once(setting.name)
            .chain(setting.aliases.iter().copied())
            .find(|name| self.variable(name).is_some())
            .map(str::to_owned)
            .or_else(|| {
                let file = format!("{}_FILE", setting.name);
                (setting.secret && self.variable(&file).is_some()).then_some(file)
            })
            .or_else(|| self.toml_key(key).map(|(_, origin)| origin.to_string()))
    }
}
