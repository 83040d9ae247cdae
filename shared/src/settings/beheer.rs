//! Settings of the management site.

use std::time::Duration;

use super::names;
use super::oidc::{self, Oidc};
use super::reader::Reader;
use super::value::{duration, line, switch};

/// Settings of the management site.
#[derive(Debug, Clone)]
pub struct Beheer {
    /// Whether there is one.
    pub enabled: bool,
    /// Name of the installation, unless it is the real one.
    pub environment: Option<String>,
    /// Whose register it is.
    pub organisation: Option<String>,
    /// How long a session lasts without a request.
    pub idle_timeout: Duration,
    /// How long it lasts at most.
    pub session_lifetime: Duration,
    /// The provider through which people log in; `None`: local accounts only.
    pub oidc: Option<Oidc>,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<Beheer> {
    let enabled = reader.get(&names::BEHEER, switch);
    let environment = reader.get(&names::BEHEER_ENVIRONMENT, line);
    let organisation = reader.get(&names::BEHEER_ORGANISATION, line);
    let idle_timeout = reader.get(&names::BEHEER_IDLE_TIMEOUT, duration("1m", "8h"));
    let session_lifetime = reader.get(&names::BEHEER_SESSION_LIFETIME, duration("5m", "24h"));
    let oidc = oidc::read(reader);
    Some(Beheer {
        enabled: enabled?,
        environment,
        organisation,
        idle_timeout: idle_timeout?,
        session_lifetime: session_lifetime?,
        oidc,
    })
}
