//! The public address of this server, and the URLs built on it (decisions 10 and 24).

use std::net::IpAddr;

use openklant_shared::settings::Server;
use poem::Request;
use poem::http::header;
use url::Url;
use uuid::Uuid;

/// Scheme, host and sub-path under which the client knows us, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base(String);

impl Base {
    /// The address of a request: the configured one, or what the client used. A proxy's word for it counts only
    /// when the proxy is trusted.
    pub fn of(request: &Request, settings: &Server) -> Self {
        if let Some(base) = settings.base() {
            return Self(base.to_owned());
        }
        let trusted = comes_from_trusted_proxy(request, settings);
        let forwarded = |name: &str| {
            if trusted {
                first_of_list(request, name)
            } else {
                None
            }
        };
        let https = forwarded("x-forwarded-proto").map_or(settings.https, |scheme| scheme == "https");
        let scheme = if https { "https" } else { "http" };
        let host = forwarded("x-forwarded-host").or_else(|| host_of(request));
        match host.filter(|host| is_host(host)) {
            Some(host) => Self(format!("{scheme}://{host}")),
            None => Self(format!("{scheme}://{}", settings.listen)),
        }
    }

    /// The address of `path`, which begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// The address of an object in a collection, such as `/klanten/api/v1/klanten`.
    pub fn object(&self, collection: &str, uuid: Uuid) -> String {
        format!("{}{collection}/{uuid}", self.0)
    }

    /// The address itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The host a client asked for: the request line's (HTTP/2, proxies) or the header's.
pub fn host_of(request: &Request) -> Option<&str> {
    match request.uri().authority() {
        Some(authority) => Some(authority.as_str()),
        None => request.header(header::HOST),
    }
}

fn comes_from_trusted_proxy(request: &Request, settings: &Server) -> bool {
    let Some(peer) = request
        .remote_addr()
        .as_socket_addr()
        .map(std::net::SocketAddr::ip)
    else {
        return false;
    };
    let peer = match peer {
        IpAddr::V6(address) => address.to_ipv4_mapped().map_or(peer, IpAddr::V4),
        IpAddr::V4(_) => peer,
    };
    settings
        .trusted_proxies
        .iter()
        .any(|network| network.contains(&peer))
}

/// The first value of a header that proxies append to: the one nearest to the client.
fn first_of_list<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request
        .header(name)
        .and_then(|list| list.split(',').next())
        .map(str::trim)
        .filter(|value| !value.is_empty())
}

/// Whether a text can stand in a URL as host and port: anything else would let a client write into our answers.
fn is_host(text: &str) -> bool {
    text.len() <= 255
        && text.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'[' | b']')
        })
        && Url::parse(&format!("http://{text}/")).is_ok()
}
