//! Settings: read once at start, all mistakes reported together, then immutable.
//!
//! One file per section of settings; `names.rs` is the table that says which settings exist, `source.rs` where values
//! come from, `reader.rs` how one is looked up, `unknown.rs` which names are warned about, `stored.rs` which settings
//! the database may keep. Not here: applications and external APIs.

mod address;
mod alert;
mod api_access;
mod autorisaties;
mod beheer;
mod database;
pub mod document;
mod error;
mod family;
mod log;
mod names;
mod notificaties;
mod oidc;
mod otlp;
mod outgoing;
mod read_log;
mod reader;
mod retention;
mod rows;
mod secret;
mod security_txt;
mod server;
mod setup;
mod source;
pub mod stored;
mod tokens;
mod unknown;
mod value;
mod worker;

pub use address::{AddressError, api_root};
pub use alert::{Alerts, WebhookUrl};
pub use api_access::ApiAccess;
pub use autorisaties::Autorisaties;
pub use beheer::Beheer;
pub use database::{Database, DatabaseUrl};
pub use error::{Fault, Origin, SettingsError, Severity, Warning};
pub use log::{Log, LogFormat};
pub use notificaties::Notificaties;
pub use oidc::{Oidc, issuer as oidc_issuer};
pub use otlp::Otlp;
pub use outgoing::Outgoing;
pub use read_log::ReadLog;
pub use retention::Retention;
pub use rows::Row;
pub use secret::Secret;
pub use security_txt::SecurityTxt;
pub use server::{Contact, Server};
pub use setup::Setup;
pub use source::Source;
pub use tokens::Tokens;
pub use value::{ValueError, duration};
pub use worker::Worker;

use reader::Reader;

/// All settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The database.
    pub database: Database,
    /// The HTTP server.
    pub server: Server,
    /// The management site.
    pub beheer: Beheer,
    /// The token check.
    pub tokens: Tokens,
    /// Rights that an Autorisaties API keeps.
    pub autorisaties: Autorisaties,
    /// Messages and their delivery.
    pub notificaties: Notificaties,
    /// The worker as a process.
    pub worker: Worker,
    /// Who is told that messages do not arrive.
    pub alert: Alerts,
    /// How long things are kept.
    pub retention: Retention,
    /// The log of reads.
    pub read_log: ReadLog,
    /// Look-ups of URLs that clients send.
    pub outgoing: Outgoing,
    /// Traces and metrics for a collector.
    pub otlp: Otlp,
    /// The log.
    pub log: Log,
    /// The setup file.
    pub setup: Setup,
}

/// What reading the settings gave.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// What the operator should read; the caller logs it.
    pub warnings: Vec<Warning>,
    /// Every setting as text, in the order of the documents, for `config show`.
    pub rows: Vec<Row>,
}

/// What is needed before the database can be opened, or without it.
#[derive(Debug, Clone)]
pub struct Early {
    /// The HTTP server; of its address for others the database may know more.
    pub server: Server,
    /// The worker as a process.
    pub worker: Worker,
    /// The database.
    pub database: Database,
    /// The log.
    pub log: Log,
    /// The setup file.
    pub setup: Setup,
    /// What the operator should read when the rest of the settings is never read.
    pub warnings: Vec<Warning>,
}

/// Reads what is needed before the database can be opened, and checks the rest as far as it can be: what the database
/// keeps may still add to it.
///
/// # Errors
/// Every fault that the database cannot mend, together.
pub fn load_early(source: &Source) -> Result<Early, SettingsError> {
    let faults = match load(source) {
        Ok(Loaded {
            settings, warnings, ..
        }) => {
            return Ok(Early {
                server: settings.server,
                worker: settings.worker,
                database: settings.database,
                log: settings.log,
                setup: settings.setup,
                warnings,
            });
        }
        Err(error) => error.faults,
    };
    let mut reader = Reader::new(source);
    let setup = setup::read(&mut reader);
    let read = (
        server::read(&mut reader),
        worker::read(&mut reader),
        database::read(&mut reader),
        log::read(&mut reader),
    );
    match read {
        (Some(server), Some(worker), Some(database), Some(log))
            if faults.iter().all(|fault| stored::may_mend(source, fault)) =>
        {
            Ok(Early {
                server,
                worker,
                database,
                log,
                setup,
                warnings: reader.warnings,
            })
        }
        _ => Err(SettingsError { faults }),
    }
}

/// Reads all settings.
///
/// # Errors
/// Every fault that was found, together.
pub fn load(source: &Source) -> Result<Loaded, SettingsError> {
    let mut reader = Reader::new(source);
    let database = database::read(&mut reader);
    let server = server::read(&mut reader);
    let beheer = beheer::read(&mut reader);
    let tokens = tokens::read(&mut reader);
    let request_timeout = server.as_ref().map(|server| server.request_timeout);
    let autorisaties = autorisaties::read(&mut reader, request_timeout);
    let notificaties = notificaties::read(&mut reader);
    let worker = worker::read(&mut reader);
    let alert = alert::read(&mut reader);
    let retention = retention::read(&mut reader);
    let read_log = read_log::read(&mut reader);
    let outgoing = outgoing::read(&mut reader);
    let otlp = otlp::read(&mut reader);
    let log = log::read(&mut reader);
    let setup = setup::read(&mut reader);
    check_base_url(&mut reader);
    unknown::look(&mut reader);
    let Reader {
        faults,
        warnings,
        mut rows,
        ..
    } = reader;
    rows.sort_by_key(|row| names::ALL.iter().position(|setting| setting.name == row.name));
    match (
        database,
        server,
        beheer,
        tokens,
        autorisaties,
        notificaties,
        worker,
        alert,
        retention,
        read_log,
        outgoing,
        otlp,
        log,
    ) {
        (
            Some(database),
            Some(server),
            Some(beheer),
            Some(tokens),
            Some(autorisaties),
            Some(notificaties),
            Some(worker),
            Some(alert),
            Some(retention),
            Some(read_log),
            Some(outgoing),
            Some(otlp),
            Some(log),
        ) if faults.is_empty() => {
            let settings = Settings {
                database,
                server,
                beheer,
                tokens,
                autorisaties,
                notificaties,
                worker,
                alert,
                retention,
                read_log,
                outgoing,
                otlp,
                log,
                setup,
            };
            Ok(Loaded {
                settings,
                warnings,
                rows,
            })
        }
        _ => Err(SettingsError { faults }),
    }
}

/// Messages hold URLs of the register, and a kanaal holds the address of its documentation. The worker, which makes
/// them, sees no request to take a host from.
fn check_base_url(reader: &mut Reader<'_>) {
    let on = value::switch(reader.text(&names::NOTIFICATIONS_DISABLED)) == Ok(false);
    if on && reader.is_set(&names::NOTIFICATIES_API_ROOT) && !reader.is_set(&names::BASE_URL) {
        let problem = ValueError::Missing(
            "a Notificaties API is set, and the URLs in messages and in the registration of a kanaal need a public \
             address that others can reach",
        );
        reader.at_odds(&names::BASE_URL, problem, names::BASE_URL.example);
    }
}

#[cfg(test)]
mod tests;
