//! Settings of the database: which one, and how many connections.

use std::fmt;
use std::net::Ipv6Addr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use url::Url;

use super::address::{AddressError, host_only};
use super::error::Fault;
use super::reader::{Found, Made, Reader};
use super::secret::Secret;
use super::value::{ValueError, duration, number};
use super::{family, names};
use crate::vault::{NotAKey, SecretKey};

/// Settings of the database.
#[derive(Debug, Clone)]
pub struct Database {
    /// Which database.
    pub url: DatabaseUrl,
    /// The whole URL of a read replica.
    pub read_url: Option<Secret>,
    /// Most connections one process holds.
    pub max_connections: u32,
    /// Longest wait for a free connection.
    pub acquire_timeout: Duration,
    /// Keys of the secrets in it, the one that seals first.
    pub secret_keys: Vec<SecretKey>,
}

/// A database. Printed without password.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// The file of an embedded SQLite database; need not exist yet.
    Sqlite(PathBuf),
    /// The whole URL of a PostgreSQL database.
    Postgres(Secret),
}

/// What may stand after the `?` of a PostgreSQL URL. The driver logs the value of what it does not know.
const POSTGRES_OPTIONS: &[&str] = &[
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

const SSL_MODES: &[&str] = &[
    "disable",
    "allow",
    "prefer",
    "require",
    "verify-ca",
    "verify-full",
];

impl FromStr for DatabaseUrl {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        match text.split_once(':') {
            Some(("sqlite", rest)) => sqlite(rest),
            Some(("postgres" | "postgresql", _)) => postgres(text),
            _ => Err(AddressError::DatabaseScheme.into()),
        }
    }
}

fn sqlite(rest: &str) -> Result<DatabaseUrl, ValueError> {
    let file = rest.strip_prefix("//").unwrap_or(rest);
    if file.contains('?') {
        Err(AddressError::SqliteOptions.into())
    } else if file.is_empty() || file.ends_with('/') || file.contains(":memory:") {
        Err(AddressError::SqliteFile.into())
    } else {
        Ok(DatabaseUrl::Sqlite(PathBuf::from(file)))
    }
}

fn postgres(text: &str) -> Result<DatabaseUrl, ValueError> {
    let url = Url::parse(text).map_err(|_| AddressError::Postgres)?;
    if url.cannot_be_a_base() {
        return Err(AddressError::Postgres.into());
    }
    let mut database = url.path().trim_start_matches('/').to_owned();
    for (option, value) in url.query_pairs() {
        if !POSTGRES_OPTIONS.contains(&option.as_ref()) {
            return Err(AddressError::PostgresOption.into());
        }
        match option.as_ref() {
            "sslmode" if !SSL_MODES.contains(&value.as_ref()) => return Err(AddressError::SslMode.into()),
            "dbname" => database = value.into_owned(),
            _ => {}
        }
    }
    if database.is_empty() {
        return Err(AddressError::PostgresDatabase.into());
    }
    Ok(DatabaseUrl::Postgres(Secret::new(text)))
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => write!(f, "sqlite://{}", file.display()),
            Self::Postgres(secret) => match Url::parse(secret.expose()) {
                Ok(url) => {
                    let user = match (url.username(), url.password()) {
                        ("", None) => String::new(),
                        (user, None) => format!("{user}@"),
                        (user, Some(_)) => format!("{user}:***@"),
                    };
                    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
                    write!(
                        f,
                        "postgres://{user}{}{port}{}",
                        url.host_str().unwrap_or_default(),
                        url.path()
                    )?;
                    if url.query().is_some() {
                        f.write_str("?***")
                    } else {
                        Ok(())
                    }
                }
                Err(_) => f.write_str("postgres://***"),
            },
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<Database> {
    let made = from_parts(reader);
    let url = reader.get_or_made(&names::DATABASE_URL, made, |text| {
        text.trim().parse::<DatabaseUrl>()
    });
    if let (Some(url), Some(row)) = (&url, reader.rows.last_mut()) {
        row.value = url.to_string();
    }
    let read_url = reader.get(&names::DATABASE_READ_URL, |text| match text.trim().parse()? {
        DatabaseUrl::Postgres(url) => Ok(url),
        DatabaseUrl::Sqlite(_) => Err(AddressError::Postgres.into()),
    });
    let max_connections = reader.get(&names::DATABASE_MAX_CONNECTIONS, number(1, 1000));
    let acquire_timeout = reader.get(&names::DATABASE_ACQUIRE_TIMEOUT, duration("100ms", "5m"));
    let secret_keys = reader.get(&names::SECRET_KEY, secret_keys);
    Some(Database {
        url: url?,
        read_url,
        max_connections: max_connections?,
        acquire_timeout: acquire_timeout?,
        secret_keys: secret_keys.unwrap_or_default(),
    })
}

/// Keys apart by commas or, in a file, by lines. No complaint repeats one.
fn secret_keys(text: &str) -> Result<Vec<SecretKey>, ValueError> {
    let keys: Vec<SecretKey> = text
        .split([',', '\n'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    if keys.is_empty() {
        Err(NotAKey.into())
    } else {
        Ok(keys)
    }
}

/// The PostgreSQL URL that `DB_HOST`, `DB_NAME` and their like make, with the defaults of Open Klant 1.0.
fn from_parts(reader: &mut Reader<'_>) -> Option<Made> {
    let host = reader.part(&family::DB_HOST);
    let name = reader.part(&family::DB_NAME);
    let user = reader.part(&family::DB_USER);
    let password = reader.part(&family::DB_PASSWORD);
    let port = reader.part(&family::DB_PORT);
    // Also a variable of PostgreSQL's own programs, so no reason for a warning when it stands alone.
    let ssl_mode = reader.part(&family::PGSSLMODE);

    let Some(first) = host.as_ref().or(name.as_ref()).cloned() else {
        for part in [user, password, port].into_iter().flatten() {
            reader.no_effect(
                &part.name,
                "it is part of a PostgreSQL URL, but neither DB_HOST nor DB_NAME is set",
            );
        }
        return None;
    };
    let faults = [
        host.as_ref()
            .and_then(|host| fault(host, |text| put_host(&mut base()?, text))),
        port.as_ref()
            .and_then(|port| fault(port, |text| number(1, u16::MAX)(text).map(drop))),
        ssl_mode.as_ref().and_then(|mode| fault(mode, ssl_mode_is_known)),
    ];
    let faults: Vec<Fault> = faults.into_iter().flatten().collect();
    if !faults.is_empty() {
        return Some(Err(faults));
    }
    let text =
        |part: Option<Found>, usual: &str| part.map_or(usual.to_owned(), |part| part.text.trim().to_owned());
    let made = build(
        &text(host, "localhost"),
        &text(name, "openklant"),
        &text(user, "openklant"),
        password.as_ref().map(|password| password.text.as_str()),
        port.and_then(|port| port.text.trim().parse().ok()),
        ssl_mode.map(|mode| mode.text.trim().to_owned()),
    );
    Some(match made {
        Ok(url) => Ok(Found {
            text: url.into(),
            secret: true,
            ..first
        }),
        Err(problem) => Err(vec![
            Found {
                secret: true,
                ..first
            }
            .fault(problem),
        ]),
    })
}

fn fault(part: &Found, check: impl FnOnce(&str) -> Result<(), ValueError>) -> Option<Fault> {
    check(part.text.trim()).err().map(|problem| part.fault(problem))
}

fn ssl_mode_is_known(mode: &str) -> Result<(), ValueError> {
    if SSL_MODES.contains(&mode) {
        Ok(())
    } else {
        Err(AddressError::SslMode.into())
    }
}

fn base() -> Result<Url, ValueError> {
    Url::parse("postgres://localhost/").map_err(|_| AddressError::Postgres.into())
}

fn build(
    host: &str,
    name: &str,
    user: &str,
    password: Option<&str>,
    port: Option<u16>,
    ssl_mode: Option<String>,
) -> Result<Url, ValueError> {
    let impossible = |()| ValueError::from(AddressError::Postgres);
    let mut url = base()?;
    put_host(&mut url, host)?;
    // The library leaves a % as it is, taking it for the start of %XX.
    url.set_username(&user.replace('%', "%25")).map_err(impossible)?;
    url.set_password(password.map(|text| text.replace('%', "%25")).as_deref())
        .map_err(impossible)?;
    url.set_port(port).map_err(impossible)?;
    url.path_segments_mut().map_err(impossible)?.clear().push(name);
    if let Some(mode) = ssl_mode {
        url.query_pairs_mut().append_pair("sslmode", &mode);
    }
    Ok(url)
}

/// Puts a host, an address or a folder with a socket in the URL.
fn put_host(url: &mut Url, host: &str) -> Result<(), ValueError> {
    if host.starts_with('/') {
        url.query_pairs_mut().append_pair("host", host);
    } else if host.parse::<Ipv6Addr>().is_ok() {
        // The driver would take the brackets that a URL needs for a part of the address.
        url.query_pairs_mut().append_pair("hostaddr", host);
    } else {
        url.set_host(Some(&host_only(host)?))
            .map_err(|_| AddressError::HostOnly)?;
    }
    Ok(())
}
