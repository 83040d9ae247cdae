//! Settings of look-ups of URLs that clients send (`subject`, `klant`, `object`).

use std::time::Duration;

use super::address::host_or_network;
use super::api_access::{self, ApiAccess, ApiSettings};
use super::names;
use super::reader::Reader;
use super::value::{duration, list};

/// Settings of look-ups.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest a look-up may take, connecting and redirects included.
    pub timeout: Duration,
    /// What may be reached at a private or loopback address: `host`, `host:port` (IPv6 in brackets) or a network.
    pub allowed_hosts: Vec<String>,
    /// The Zaken API of this organisation; more APIs are registered by command.
    pub zaken_api: Option<ApiAccess>,
}

/// The settings that name the Zaken API.
const ZAKEN_API: ApiSettings = ApiSettings {
    root: &names::ZAKEN_API_ROOT,
    client_id: &names::ZAKEN_API_CLIENT_ID,
    secret: &names::ZAKEN_API_SECRET,
    without_root: "OPENKLANT_ZAKEN_API_ROOT is not set",
    with_root: "OPENKLANT_ZAKEN_API_ROOT is set",
};

pub(super) fn read(reader: &mut Reader<'_>) -> Option<Outgoing> {
    let connect_timeout = reader.get(&names::OUTGOING_CONNECT_TIMEOUT, duration("100ms", "60s"));
    let timeout = reader.get(&names::OUTGOING_TIMEOUT, duration("100ms", "60s"));
    let allowed_hosts = reader.get(&names::OUTGOING_ALLOWED_HOSTS, list(host_or_network));
    let zaken_api = api_access::read(reader, &ZAKEN_API);
    Some(Outgoing {
        connect_timeout: connect_timeout?,
        timeout: timeout?,
        allowed_hosts: allowed_hosts.unwrap_or_default(),
        zaken_api,
    })
}
