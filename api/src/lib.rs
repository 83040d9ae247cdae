//! The HTTP server of Open Klant: the APIs of the ZGW family and the pages around them.

mod app;
pub mod beheer;
mod callback;
mod connection;
pub mod contactmomenten;
mod frontdoor;
mod health;
mod jwtsecret;
pub mod klanten;
mod pages;
mod reference;
mod security_txt;
mod server;
mod state;
mod usage;
pub mod zgw;

use std::sync::{Arc, LazyLock};

use openklant_shared::clock::{Clock, Ids};
use openklant_shared::domain::applicatie::Component;
use openklant_shared::http::OutgoingError;
use openklant_shared::settings::{Contact, Settings};
use openklant_shared::storage::Db;
use thiserror::Error;

pub use server::Server;
pub use zgw::document::Operation;

/// Names of the APIs, for commands and files.
pub const API_NAMES: [&str; 2] = [klanten::API.name, contactmomenten::API.name];

/// What the server stands on. The schema of the database must be up to date.
#[derive(Clone, Debug)]
pub struct Context {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// New ids.
    pub ids: Ids,
    /// The settings.
    pub settings: Arc<Settings>,
}

/// Why the server cannot run.
#[derive(Debug, Error)]
pub enum ServerError {
    /// The address is taken, or not ours.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// The address.
        address: std::net::SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The way out cannot be made.
    #[error(transparent)]
    Outgoing(#[from] OutgoingError),
    /// Code and declaration of an API do not fit each other.
    #[error(transparent)]
    Document(#[from] zgw::document::DocumentError),
    /// The server stopped by itself.
    #[error("the server stopped: {0}")]
    Stopped(std::io::Error),
}

/// The scopes that the APIs of a component ask for; none when no API here belongs to it.
pub fn scopes(component: Component) -> impl Iterator<Item = &'static str> {
    app::APIS
        .iter()
        .map(|api| api.declaration)
        .filter(move |declaration| declaration.component == component)
        .flat_map(|declaration| declaration.scopes)
        .map(|scope| scope.name)
        .chain((component == Component::Ac).then_some(jwtsecret::REGISTREREN.name))
}

/// Every operation of the APIs with the right it asks for, as the documents have them; registering a client id comes last.
pub fn operations() -> &'static [Operation] {
    &OPERATIONS
}

static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let documented = app::APIS.iter().flat_map(|api| {
        let document = api.document(&Contact::default()).unwrap_or_default();
        zgw::document::declared(api.declaration, &document)
    });
    documented.chain([jwtsecret::operation()]).collect()
});

/// The OpenAPI document of an API as text, as it is committed under `openapi/`; `None` when there is no such API.
pub fn openapi_document(name: &str) -> Option<String> {
    let api = app::APIS.iter().find(|api| api.declaration.name == name)?;
    let document = api.document(&Contact::default()).ok()?;
    serde_json::to_string_pretty(&document)
        .ok()
        .map(|text| text + "\n")
}
