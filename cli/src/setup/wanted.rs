//! What a setup file asks for, once it has been read: each part right by itself. Whether it goes together with what
//! the database holds is decided in `apply`.

use std::time::Duration;

use openklant_shared::domain::applicatie::Autorisatie;
use openklant_shared::settings::Secret;
use uuid::Uuid;

use super::reader::Given;
use super::remark::Place;

/// Everything a file asks for. What it does not name stays as it is.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Client ids with their secrets.
    pub credentials: Vec<Credential>,
    /// Applications.
    pub applicaties: Vec<Applicatie>,
    /// APIs of others.
    pub services: Vec<Service>,
    /// Identifiers of services that the file names and that are not applied.
    pub left_out: Vec<String>,
    /// Settings whose value is the root of a service.
    pub references: Vec<Reference>,
    /// Settings.
    pub settings: Vec<Setting>,
    /// Secrets of settings.
    pub secrets: Vec<StoredSecret>,
}

/// A client id.
#[derive(Debug)]
pub struct Credential {
    /// The client id.
    pub client_id: Given<String>,
    /// Its secret; `None`: the one it has.
    pub secret: Option<Secret>,
    /// How long the secret it has stays valid beside another; `None`: it ends at once.
    pub overlap: Option<Duration>,
}

/// An application.
#[derive(Debug)]
pub struct Applicatie {
    /// Where it stands.
    pub place: Place,
    /// Its identity; without one it is the application of its client ids.
    pub uuid: Option<Uuid>,
    /// Its name.
    pub label: String,
    /// Its client ids, at least one.
    pub client_ids: Vec<Given<String>>,
    /// Whether it may do everything; `None`: as it is.
    pub heeft_alle_autorisaties: Option<bool>,
    /// What it may do; `None`: as it is.
    pub autorisaties: Option<Vec<Autorisatie>>,
}

/// An API of another.
#[derive(Debug)]
pub struct Service {
    /// Where it stands.
    pub place: Place,
    /// The name by which files know it; without one it is the service with its root.
    pub identifier: Option<String>,
    /// Its root.
    pub api_root: Given<String>,
    /// Which API it is.
    pub api_type: String,
    /// Its name for people.
    pub label: Option<String>,
    /// Our client id there.
    pub client_id: Option<String>,
    /// Our secret there.
    pub secret: Option<Secret>,
    /// Claim `user_id` of our tokens.
    pub user_id: Option<String>,
    /// Claim `user_representation` of our tokens.
    pub user_representation: Option<String>,
}

/// A setting whose value is the root of a service.
#[derive(Debug)]
pub struct Reference {
    /// The setting.
    pub key: &'static str,
    /// The service.
    pub identifier: Given<String>,
}

/// A setting.
#[derive(Debug)]
pub struct Setting {
    /// Its key in the TOML file.
    pub key: String,
    /// Its value as text; `None`: it is kept no longer.
    pub value: Option<String>,
    /// Where it stands.
    pub place: Place,
}

/// The secret of a setting.
#[derive(Debug)]
pub struct StoredSecret {
    /// The key of the setting in the TOML file.
    pub key: &'static str,
    /// The secret; `None`: it is kept no longer.
    pub value: Option<Secret>,
    /// Where it stands.
    pub place: Place,
}

impl Wanted {
    /// Where the file says something of this setting.
    pub fn place_of(&self, key: &str) -> Option<Place> {
        let settings = self.settings.iter().find(|setting| setting.key == key);
        let reference = || self.references.iter().find(|reference| reference.key == key);
        let secret = || self.secrets.iter().find(|secret| secret.key == key);
        settings
            .map(|setting| setting.place)
            .or_else(|| reference().map(|reference| reference.identifier.place))
            .or_else(|| secret().map(|secret| secret.place))
    }
}
