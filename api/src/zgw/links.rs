//! The public address of this server, and the URLs built on it (decisions 10 and 24).

use std::net::IpAddr;

use openklant_shared::settings::Server;
use poem::Request;
use poem::http::header;
use url::Url;
use uuid::Uuid;

use super::error::Refusal;
use super::request::RequestInfo;
use super::routes::Routes;

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

    /// The address when no request tells it: the configured one, or the one that is listened on.
    pub fn configured(settings: &Server) -> Self {
        let scheme = if settings.https { "https" } else { "http" };
        let listen = || format!("{scheme}://{}", settings.listen);
        Self(settings.base().map_or_else(listen, str::to_owned))
    }

    /// For what shows no addresses.
    pub const fn none() -> Self {
        Self(String::new())
    }

    /// The address of `path`, which begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// The address of an object in a collection, such as `/klanten/api/v1/klanten`.
    pub fn object(&self, collection: &str, uuid: Uuid) -> String {
        format!("{}{collection}/{uuid}", self.0)
    }

    /// Host and port, as a URL writes them.
    fn host(&self) -> Option<String> {
        let url = Url::parse(&self.0).ok()?;
        let host = url.host_str()?;
        Some(match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        })
    }

    /// The address itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The uuid in a path; a text that is none belongs to no object.
pub fn path_uuid(text: &str) -> Result<Uuid, Refusal> {
    Uuid::try_parse(text).map_err(|_| Refusal::NotFound)
}

/// What a link that a client gives points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Another server, or nothing that we serve.
    Elsewhere,
    /// A path of this server that is no object of the collection that was meant.
    OtherResource,
    /// An object of that collection; `None` when its identity is no uuid, so that it cannot exist.
    Object(Option<Uuid>),
}

/// Recognises links to this server (decision 10): the host is that of the request, of the configured base URL, or an
/// alias; a wrong scheme does not matter.
#[derive(Clone, Copy)]
pub struct OwnLinks<'a> {
    host: Option<&'a str>,
    server: &'a Server,
    base: &'a Base,
    routes: Option<&'a Routes>,
}

impl<'a> OwnLinks<'a> {
    /// The links of `request`.
    pub fn of(request: &'a Request, server: &'a Server) -> Result<Self, Refusal> {
        let info = RequestInfo::of(request)?;
        Ok(Self {
            host: host_of(request),
            server,
            base: &info.base,
            routes: Some(&info.routes),
        })
    }

    /// The links that the management site makes itself, to objects under `base`: nobody typed them.
    pub const fn of_site(base: &'a Base, server: &'a Server) -> Self {
        Self {
            host: None,
            server,
            base,
            routes: None,
        }
    }

    /// What `link` points at when an object of `collection` is meant. A path without a host counts as ours.
    pub fn target(&self, link: &str, collection: &str) -> Target {
        let Some(path) = self.own_path(link) else {
            return Target::Elsewhere;
        };
        if let Some(id) = path
            .strip_prefix(collection)
            .and_then(|rest| rest.strip_prefix('/'))
            && !id.is_empty()
            && !id.contains('/')
        {
            return Target::Object(Uuid::try_parse(id).ok());
        }
        let is_ours = |routes: &Routes| routes.allowed_methods(&path).is_some();
        if self.routes.is_some_and(is_ours) {
            Target::OtherResource
        } else {
            Target::Elsewhere
        }
    }

    /// The path of a link to this server, without the sub-path we are served under.
    fn own_path(&self, link: &str) -> Option<String> {
        if link.starts_with('/') && !link.starts_with("//") {
            return Some(self.without_sub_path(link));
        }
        let url = Url::parse(link)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))?;
        let host = url.host_str()?;
        let ours = |candidate: &str| is_same_host(host, url.port(), candidate);
        let known = self.host.is_some_and(ours)
            || self.base.host().is_some_and(|own| ours(&own))
            || self.server.host_aliases.iter().any(|alias| ours(alias));
        known.then(|| self.without_sub_path(url.path()))
    }

    fn without_sub_path(&self, path: &str) -> String {
        let sub_path =
            Url::parse(self.base.as_str()).map(|base| base.path().trim_end_matches('/').to_owned());
        let rest = sub_path
            .ok()
            .and_then(|sub_path| path.strip_prefix(&sub_path).map(str::to_owned));
        rest.filter(|rest| rest.starts_with('/'))
            .unwrap_or_else(|| path.to_owned())
    }
}

/// Whether `candidate` (`host` or `host:port`) names the host of a link. The default ports of both schemes count as
/// none, since the scheme does not matter.
fn is_same_host(host: &str, port: Option<u16>, candidate: &str) -> bool {
    let Ok(candidate) = Url::parse(&format!("http://{candidate}/")) else {
        return false;
    };
    let plain = |port: Option<u16>| port.filter(|port| !matches!(port, 80 | 443));
    candidate
        .host_str()
        .is_some_and(|name| name.eq_ignore_ascii_case(host))
        && plain(candidate.port()) == plain(port)
}

/// The host a client asked for: the request line's (HTTP/2, proxies) or the header's.
pub fn host_of(request: &Request) -> Option<&str> {
    match request.uri().authority() {
        Some(authority) => Some(authority.as_str()),
        None => request.header(header::HOST),
    }
}

fn comes_from_trusted_proxy(request: &Request, settings: &Server) -> bool {
    let peer = request
        .remote_addr()
        .as_socket_addr()
        .map(std::net::SocketAddr::ip);
    peer.is_some_and(|peer| is_trusted_proxy(peer, settings))
}

/// Whether an address is one of the proxies whose word we take.
pub fn is_trusted_proxy(peer: IpAddr, settings: &Server) -> bool {
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
