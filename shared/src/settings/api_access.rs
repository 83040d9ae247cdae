//! Access to an API of another, named by three settings: its root, our client id there, and the secret.

use url::Url;

use super::Secret;
use super::address::api_root;
use super::names::Setting;
use super::reader::Reader;
use super::value::{ValueError, word};

/// An API and our credentials there.
#[derive(Debug, Clone)]
pub struct ApiAccess {
    /// Its root; always ends in `/`.
    pub root: Url,
    /// Our client id.
    pub client_id: String,
    /// The secret of that client id.
    pub secret: Secret,
}

/// The settings of one API.
pub(super) struct ApiSettings {
    pub root: &'static Setting,
    pub client_id: &'static Setting,
    pub secret: &'static Setting,
    /// What follows from a root that is not set, as the end of a sentence.
    pub without_root: &'static str,
    /// When the other two must be there, as the end of a sentence.
    pub with_root: &'static str,
}

/// Reads the three together: all of them or none.
pub(super) fn read(reader: &mut Reader<'_>, settings: &ApiSettings) -> Option<ApiAccess> {
    let before = reader.faults.len();
    let root = reader.get(settings.root, api_root);
    let client_id = reader.get(settings.client_id, word);
    let secret = reader.get(settings.secret, |text| Ok(Secret::new(text)));
    if reader.faults.len() > before {
        return None;
    }
    let Some(root) = root else {
        if client_id.is_some() {
            reader.no_effect(settings.client_id.name, settings.without_root);
        }
        if secret.is_some() {
            reader.no_effect(settings.secret.name, settings.without_root);
        }
        return None;
    };
    for (setting, given) in [
        (settings.client_id, client_id.is_some()),
        (settings.secret, secret.is_some()),
    ] {
        if !given {
            reader.at_odds(setting, ValueError::Missing(settings.with_root), setting.example);
        }
    }
    Some(ApiAccess {
        root,
        client_id: client_id?,
        secret: secret?,
    })
}
