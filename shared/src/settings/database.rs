//! Settings of the database: which one, and how many connections.

use std::fmt;
use std::net::Ipv6Addr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use url::Url;

use super::address::AddressError;
use super::reader::{Found, Reader};
use super::secret::Secret;
use super::value::{ValueError, duration, number};
use super::{family, names};

/// Settings of the database.
#[derive(Debug, Clone)]
pub struct Database {
    /// Which database.
    pub url: DatabaseUrl,
    /// Most connections one process holds.
    pub max_connections: u32,
    /// Longest wait for a free connection.
    pub acquire_timeout: Duration,
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
    let url = reader.read(&names::DATABASE_URL, made, |text| {
        text.trim().parse::<DatabaseUrl>()
    });
    if let (Some(url), Some(row)) = (&url, reader.rows.last_mut()) {
        row.value = url.to_string();
    }
    let max_connections = reader.required(&names::DATABASE_MAX_CONNECTIONS, number(1, 1000));
    let acquire_timeout = reader.required(&names::DATABASE_ACQUIRE_TIMEOUT, duration("100ms", "60s"));
    Some(Database {
        url: url?,
        max_connections: max_connections?,
        acquire_timeout: acquire_timeout?,
    })
}

/// The PostgreSQL URL that `DB_HOST`, `DB_NAME` and their like make, with the defaults of Open Klant 1.0.
fn from_parts(reader: &mut Reader<'_>) -> Option<Found> {
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
    let mut check = |part: &Option<Found>, wrong: &dyn Fn(&str) -> Option<ValueError>| {
        if let Some(part) = part
            && let Some(problem) = wrong(part.text.trim())
        {
            reader.faults.push(part.fault(problem));
        }
    };
    let mut url = Url::parse("postgres://localhost/openklant").ok()?;
    check(&host, &|host| {
        set_host(&mut url.clone(), host)
            .is_none()
            .then(|| AddressError::Host.into())
    });
    check(&port, &|port| number(1, u16::MAX)(port).err());
    check(&ssl_mode, &|mode| {
        (!SSL_MODES.contains(&mode)).then(|| AddressError::SslMode.into())
    });

    set_host(
        &mut url,
        host.as_ref().map_or("localhost", |host| host.text.trim()),
    )?;
    url.set_username(user.as_ref().map_or("openklant", |user| user.text.trim()))
        .ok()?;
    url.set_password(password.as_ref().map(|password| password.text.as_str()))
        .ok()?;
    url.set_port(port.and_then(|port| port.text.trim().parse().ok()))
        .ok()?;
    url.path_segments_mut()
        .ok()?
        .clear()
        .push(name.as_ref().map_or("openklant", |name| name.text.trim()));
    if let Some(mode) = ssl_mode {
        url.query_pairs_mut().append_pair("sslmode", mode.text.trim());
    }
    Some(Found {
        name: first.name,
        text: url.into(),
        origin: first.origin,
        secret: true,
        example: first.example,
    })
}

/// Puts a host, an address or a folder with a socket in the URL; `None` if it is none of these.
fn set_host(url: &mut Url, host: &str) -> Option<()> {
    if host.starts_with('/') {
        url.query_pairs_mut().append_pair("host", host);
    } else if host.parse::<Ipv6Addr>().is_ok() {
        // The driver would take the brackets that a URL needs for a part of the address.
        url.query_pairs_mut().append_pair("hostaddr", host);
    } else {
        url.set_host(Some(host)).ok()?;
    }
    Some(())
}
