//! From the text of a value to hosts, networks and URLs, in one normal form each.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU16;

use ipnet::IpNet;
use url::Url;

use super::value::ValueError;

/// What is wrong with a URL, host or address. Reads on after the name of the variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// No IP address with a port.
    #[error("is not an IP address with a port")]
    Listen,
    /// No IP address or network.
    #[error("is not an IP address or a network such as 10.0.0.0/8")]
    Network,
    /// No host, or host with port.
    #[error("is not a host, without or with a port")]
    Host,
    /// No host without a port.
    #[error("is not a host without a port")]
    HostOnly,
    /// No http(s) URL.
    #[error("is not a URL that begins with http:// or https:// and names a host")]
    Url,
    /// User name or password in a URL that may not have one.
    #[error("may not hold a user name or password")]
    Credentials,
    /// `?...` or `#...`.
    #[error("may not have a query (?) or a fragment (#)")]
    Query,
    /// More than scheme, host and port.
    #[error("may have only a scheme, a host and a port")]
    Origin,
    /// `*` where a list of origins is needed.
    #[error("may not be *: name each origin")]
    AnyOrigin,
    /// Not a database URL at all.
    #[error("must begin with sqlite://, postgres:// or postgresql://")]
    DatabaseScheme,
    /// A SQLite URL without a file.
    #[error("must name a file after sqlite://; a database in memory cannot be shared by api and worker")]
    SqliteFile,
    /// A SQLite URL with options.
    #[error("may not have options (?) after the file")]
    SqliteOptions,
    /// A PostgreSQL URL that cannot be read.
    #[error("is not a PostgreSQL URL; special characters in the password are written as %XX")]
    Postgres,
    /// A PostgreSQL URL without a database.
    #[error("names no database after the host")]
    PostgresDatabase,
    /// An option of a PostgreSQL URL that nobody knows.
    #[error("has an unknown option after the ?")]
    PostgresOption,
    /// `sslmode` with a value that nobody knows.
    #[error("has a wrong sslmode: disable, allow, prefer, require, verify-ca or verify-full")]
    SslMode,
}

/// Address and port to listen on.
pub(super) fn listen(text: &str) -> Result<SocketAddr, ValueError> {
    text.parse().map_err(|_| AddressError::Listen.into())
}

/// A network; a single address is a network of one.
pub(super) fn network(text: &str) -> Result<IpNet, ValueError> {
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| AddressError::Network.into())
}

/// A host, perhaps with a port: lower case, international names in ASCII, IPv6 in brackets.
pub(super) fn host(text: &str) -> Result<String, ValueError> {
    let with_port = text.rsplit_once(':').filter(|(name, port)| {
        (!name.contains(':') || name.ends_with(']'))
            && !port.is_empty()
            && port.bytes().all(|b| b.is_ascii_digit())
    });
    match with_port {
        Some((name, port)) => {
            let port: NonZeroU16 = port.parse().map_err(|_| AddressError::Host)?;
            Ok(format!(
                "{}:{port}",
                host_only(name).map_err(|_| AddressError::Host)?
            ))
        }
        None => host_only(text).map_err(|_| AddressError::Host.into()),
    }
}

/// A host without a port.
pub(super) fn host_only(text: &str) -> Result<String, ValueError> {
    if text.is_empty()
        || text.contains(['/', '\\', '?', '#', '@', '*', '%'])
        || text.contains(char::is_whitespace)
    {
        return Err(AddressError::HostOnly.into());
    }
    let in_brackets = match text.parse::<IpAddr>() {
        Ok(IpAddr::V6(address)) => format!("[{address}]"),
        _ => text.to_owned(),
    };
    let url = Url::parse(&format!("http://{in_brackets}/")).map_err(|_| AddressError::HostOnly)?;
    // A colon that is left is a port (or the rest of one), which the caller took off if it was right.
    let name = url
        .host_str()
        .filter(|_| url.port().is_none() && (in_brackets.starts_with('[') || !in_brackets.contains(':')));
    Ok(name.ok_or(AddressError::HostOnly)?.to_owned())
}

/// A host that a request may name: without a port; a dot in front means "and all below it".
pub(super) fn host_pattern(text: &str) -> Result<String, ValueError> {
    match text.strip_prefix('.') {
        _ if text == "*" => Ok(text.to_owned()),
        Some(domain) => Ok(format!(".{}", host_only(domain)?)),
        None => host_only(text),
    }
}

/// A host, host with port, address or network.
pub(super) fn host_or_network(text: &str) -> Result<String, ValueError> {
    if text.contains('/') {
        return network(text).map(|network| network.to_string());
    }
    host(text)
}

/// An http(s) URL with a host, without credentials.
pub(super) fn http_url(text: &str) -> Result<Url, ValueError> {
    let url = Url::parse(text).map_err(|_| AddressError::Url)?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(AddressError::Url.into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressError::Credentials.into());
    }
    Ok(url)
}

fn bare_url(text: &str) -> Result<Url, ValueError> {
    let url = http_url(text)?;
    if url.query().is_some() || url.fragment().is_some() {
        Err(AddressError::Query.into())
    } else {
        Ok(url)
    }
}

/// A public base URL: no query, and no slash at the end of its path (the root path stays `/`).
pub(super) fn base_url(text: &str) -> Result<Url, ValueError> {
    let mut url = bare_url(text)?;
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

/// The root of an API, in the form in which URLs can be compared with it: no query, one slash at the end of its path.
///
/// # Errors
/// Anything but an absolute http(s) URL without credentials, query and fragment.
pub fn api_root(text: &str) -> Result<Url, ValueError> {
    let mut url = bare_url(text)?;
    let path = format!("{}/", url.path().trim_end_matches('/'));
    url.set_path(&path);
    Ok(url)
}

/// An origin as a browser writes it in the `Origin` header.
pub(super) fn origin(text: &str) -> Result<String, ValueError> {
    if text == "*" {
        return Err(AddressError::AnyOrigin.into());
    }
    let url = bare_url(text)?;
    if url.path() == "/" {
        Ok(url.origin().ascii_serialization())
    } else {
        Err(AddressError::Origin.into())
    }
}
