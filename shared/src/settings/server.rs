//! Settings of the HTTP server: where it listens, under which name it is known, whom it believes.

use std::net::SocketAddr;
use std::time::Duration;

use ipnet::IpNet;
use url::Url;

use super::address::{base_url, host, host_pattern, http_url, listen, network, origin};
use super::error::Warning;
use super::reader::{Found, Made, Reader};
use super::security_txt::{self, SecurityTxt};
use super::value::{ValueError, duration, email, line, list, number, switch, word};
use super::{Secret, family, names};

/// How much longer than a request a connection lives, unless the settings say otherwise.
const USUAL_PATIENCE: Duration = Duration::from_secs(30);

/// Fewest characters of the token for the status.
const STATUS_TOKEN_MIN_LENGTH: usize = 20;

/// Settings of the HTTP server.
#[derive(Debug, Clone)]
pub struct Server {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Public base URL with its sub-path, never with a slash at the end of a path; see [`Server::base`].
    pub base_url: Option<Url>,
    /// Other hosts (`host` or `host:port`, lower case) whose links count as ours.
    pub host_aliases: Vec<String>,
    /// Networks whose `X-Forwarded-*` headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Hosts (lower case, no port; `.example.nl` is a domain and all below it) that requests may name; `None` is any.
    pub allowed_hosts: Option<Vec<String>>,
    /// Whether clients reach us over https only.
    pub https: bool,
    /// Origins, as a browser writes them, whose pages may call the APIs.
    pub cors_allowed_origins: Vec<String>,
    /// Whether unknown query parameters on the list of klanten are ignored instead of refused.
    pub ignore_unknown_parameters: bool,
    /// Longest a request may take.
    pub request_timeout: Duration,
    /// How long a connection lives on which nothing is answered; more than `request_timeout`.
    pub connection_timeout: Duration,
    /// Most requests of one client id that are handled at the same time; `None`: any number.
    pub max_concurrent_per_client: Option<usize>,
    /// How long a stop waits for what is in flight.
    pub shutdown_timeout: Duration,
    /// What an operator shows to read the status; `None`: there is no such page.
    pub status_token: Option<Secret>,
    /// Who runs the register.
    pub contact: Contact,
    /// What `/.well-known/security.txt` says; `None`: there is none.
    pub security_txt: Option<SecurityTxt>,
}

/// Who runs the register: `info.contact` of the OpenAPI documents.
#[derive(Debug, Clone, Default)]
pub struct Contact {
    /// Name of the team or organisation.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Page.
    pub url: Option<Url>,
}

impl Server {
    /// The public base URL as text without a slash at the end, so that `{base}/klanten/api/v1` is right.
    pub fn base(&self) -> Option<&str> {
        self.base_url
            .as_ref()
            .map(|url| url.as_str().trim_end_matches('/'))
    }
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<Server> {
    let made = listen_from_port(reader);
    let listen = reader.get_or_made(&names::LISTEN, made, listen);
    let https = reader.get(&names::HTTPS, switch);
    // The family's products take https for their own URLs unless told otherwise; only the header needs to be asked for.
    let plain = https == Some(false) && reader.is_set(&names::HTTPS);
    let made = base_url_from_domain(reader, if plain { "http" } else { "https" });
    let base_url = reader.get_or_made(&names::BASE_URL, made, base_url);
    let host_aliases = reader.get(&names::HOST_ALIASES, list(host));
    let trusted_proxies = reader.get(&names::TRUSTED_PROXIES, list(network));
    let allowed_hosts = reader.get(&names::ALLOWED_HOSTS, list(host_pattern));
    let cors_allowed_origins = reader.get(&names::CORS_ALLOWED_ORIGINS, list(origin));
    let ignore_unknown_parameters = reader.get(&names::IGNORE_UNKNOWN_PARAMETERS, switch);
    let request_timeout = reader.get(&names::REQUEST_TIMEOUT, duration("1s", "10m"));
    let connection_timeout = connection_timeout(reader, request_timeout);
    let max_concurrent_per_client = reader.get(&names::MAX_CONCURRENT_PER_CLIENT, number(1, 10_000));
    let shutdown_timeout = reader.get(&names::SHUTDOWN_TIMEOUT, duration("0s", "10m"));
    let status_token = reader.get(&names::STATUS_TOKEN, secret_text);
    let contact = Contact {
        name: reader.get(&names::CONTACT_NAME, line),
        email: reader.get(&names::CONTACT_EMAIL, email),
        url: reader.get(&names::CONTACT_URL, http_url),
    };
    let security_txt = security_txt::read(reader);
    if https == Some(true) && base_url.as_ref().is_some_and(|url| url.scheme() == "http") {
        reader.warnings.push(Warning::Doubtful(
            "OPENKLANT_HTTPS is true, but the public base URL begins with http://: browsers will refuse one of the two",
        ));
    }
    Some(Server {
        listen: listen?,
        base_url,
        host_aliases: host_aliases.unwrap_or_default(),
        trusted_proxies: trusted_proxies.unwrap_or_default(),
        allowed_hosts: allowed_hosts.filter(|hosts| !hosts.iter().any(|host| host == "*")),
        https: https?,
        cors_allowed_origins: cors_allowed_origins.unwrap_or_default(),
        ignore_unknown_parameters: ignore_unknown_parameters?,
        request_timeout: request_timeout?,
        connection_timeout: connection_timeout?,
        max_concurrent_per_client,
        shutdown_timeout: shutdown_timeout?,
        status_token,
        contact,
        security_txt,
    })
}

/// A connection must outlive the request that it waits for.
fn connection_timeout(reader: &mut Reader<'_>, request_timeout: Option<Duration>) -> Option<Duration> {
    let set = reader.get(&names::CONNECTION_TIMEOUT, duration("1s", "1h"));
    let request_timeout = request_timeout?;
    match set {
        None => Some(request_timeout + USUAL_PATIENCE),
        Some(set) if set > request_timeout => Some(set),
        Some(_) => {
            let problem = ValueError::Combination(
                "must be more than OPENKLANT_REQUEST_TIMEOUT: requests that take long would get no answer",
            );
            reader.at_odds(
                &names::CONNECTION_TIMEOUT,
                problem,
                names::CONNECTION_TIMEOUT.example,
            );
            None
        }
    }
}

/// A text that a header can hold and nobody guesses.
pub(super) fn secret_text(text: &str) -> Result<Secret, ValueError> {
    if text.chars().count() < STATUS_TOKEN_MIN_LENGTH {
        return Err(ValueError::Short(STATUS_TOKEN_MIN_LENGTH));
    }
    word(text).map(Secret::new)
}

/// The address that `OPENKLANT_PORT` makes: the usual one, with another port.
fn listen_from_port(reader: &mut Reader<'_>) -> Option<Made> {
    let found = reader.part(&family::PORT)?;
    // Kubernetes gives every container a variable like this for a service called openklant. Nobody chose it.
    if found.text.contains("://") {
        return None;
    }
    // With an address set as well, only another port is a contradiction.
    let own = reader
        .source
        .own(&names::LISTEN)
        .and_then(|(text, _)| listen(text.trim()).ok());
    let usual: SocketAddr = own.or_else(|| listen(names::LISTEN.default?).ok())?;
    Some(match number(1, u16::MAX)(found.text.trim()) {
        Ok(port) => Ok(Found {
            text: SocketAddr::new(usual.ip(), port).to_string(),
            ..found
        }),
        Err(problem) => Err(vec![found.fault(problem)]),
    })
}

/// The base URL that `SITE_DOMAIN` and `SUBPATH` make.
fn base_url_from_domain(reader: &mut Reader<'_>, scheme: &str) -> Option<Made> {
    let path = reader.part(&family::SUBPATH);
    let Some(domain) = reader.part(&family::SITE_DOMAIN) else {
        if let Some(path) = path {
            reader.no_effect(
                &path.name,
                "it is part of a base URL, but SITE_DOMAIN is not set; OPENKLANT_BASE_URL holds both",
            );
        }
        return None;
    };
    let path = path.map_or_else(String::new, |path| {
        format!("/{}", path.text.trim().trim_matches('/'))
    });
    Some(match host(domain.text.trim()) {
        Ok(host) => Ok(Found {
            text: format!("{scheme}://{host}{path}"),
            ..domain
        }),
        Err(problem) => Err(vec![domain.fault(problem)]),
    })
}
