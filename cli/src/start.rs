//! What commands do first: the log, then the database, then the settings with what the database keeps of them.

use std::sync::Arc;

use openklant_shared::settings::stored::{OIDC_SECRET, Service};
use openklant_shared::settings::{self, Database, DatabaseUrl, Early, Settings, Severity, Source, Warning};
use openklant_shared::storage::externe_api::{self, ExterneApi};
use openklant_shared::storage::migrate::{Fit, SchemaError};
use openklant_shared::storage::{Db, secrets, stored_secret, stored_setting};
use openklant_shared::telemetry;
use tracing::{error, info, warn};

use crate::exit::CannotStart;

/// What to do about the schema of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// Bring it up to date.
    Migrate,
    /// Refuse a PostgreSQL database that is not up to date: there, migrating is a step of its own, with rights of its
    /// own. SQLite, which belongs to this program alone, is brought up to date.
    Require,
}

/// Reads what is needed before the database, and sets up the log.
pub fn early(source: &Source) -> anyhow::Result<Early> {
    let early = settings::load_early(source)?;
    telemetry::start(&early.log)?;
    Ok(early)
}

/// Opens the database, and reads the settings with what the database keeps of them.
pub async fn ready(source: &Source, schema: Schema) -> anyhow::Result<(Arc<Settings>, Db)> {
    let db = opened(&early(source)?, schema).await?;
    Ok((settings(source, &db).await?, db))
}

/// Opens the database for a command that needs no other setting.
pub async fn database(source: &Source, schema: Schema) -> anyhow::Result<Db> {
    let early = early(source)?;
    let db = opened(&early, schema).await?;
    tell(&early.warnings);
    Ok(db)
}

/// The settings with what the database keeps of them.
pub async fn settings(source: &Source, db: &Db) -> anyhow::Result<Arc<Settings>> {
    let loaded = settings::load(&with_stored(source, db).await?)?;
    tell(&loaded.warnings);
    Ok(Arc::new(loaded.settings))
}

/// What the settings are read from, with what the database keeps.
pub async fn with_stored(source: &Source, db: &Db) -> anyhow::Result<Source> {
    let apis = externe_api::list(db).await?;
    for api in &apis {
        if let Err(error) = &api.secret {
            error!(
                api_root = api.api_root,
                %error,
                "our secret at an external API does not open: nothing is asked or sent there"
            );
        }
    }
    let services: Vec<Service> = apis.into_iter().map(service).collect();
    let stored = stored_setting::list(db).await?;
    let source = source.clone().with_stored(stored, &services);
    let secret = stored_secret::find(db, OIDC_SECRET).await?;
    if let Some(Err(error)) = &secret {
        error!(
            %error,
            "our secret at the provider of logins does not open: nobody logs in through it"
        );
    }
    Ok(with_oidc_secret(source, secret))
}

/// The same with the secret of our client at the provider of logins.
pub fn with_oidc_secret(source: Source, secret: Option<stored_secret::Found>) -> Source {
    match secret {
        Some(Ok(secret)) => source.with_oidc_secret(&secret),
        Some(Err(_)) => source.without_oidc(),
        None => source,
    }
}

/// Our credentials at an API, as settings refer to them.
pub fn service(api: ExterneApi) -> Service {
    Service {
        root: api.api_root,
        client_id: api.client_id,
        secret: api.secret.ok(),
    }
}

fn tell(warnings: &[Warning]) {
    for warning in warnings {
        match warning.severity() {
            Severity::Warning => warn!("{warning}"),
            Severity::Info => info!("{warning}"),
        }
    }
}

/// Opens the database, and leaves the settings it keeps to who comes after.
pub async fn opened(early: &Early, schema: Schema) -> anyhow::Result<Db> {
    let opened = with_schema(&early.database, schema).await;
    if opened.is_err() {
        // They may say why it is the wrong database, and nobody reads the settings any more.
        tell(&early.warnings);
    }
    opened
}

async fn with_schema(database: &Database, schema: Schema) -> anyhow::Result<Db> {
    let db = open(database).await?;
    match (db.check_schema().await, &database.url) {
        (Ok(Fit::Exact), _) => {}
        (Ok(Fit::Ahead(migration)), _) => {
            warn!(
                migration,
                "the database is of a newer version of openklant, which this one can serve: restart with the newer one soon"
            );
        }
        (Err(SchemaError::Behind(version)), DatabaseUrl::Sqlite(_)) => migrate(&db, version).await?,
        (Err(SchemaError::Behind(version)), DatabaseUrl::Postgres(_)) if schema == Schema::Migrate => {
            migrate(&db, version).await?;
        }
        (Err(error), _) => return Err(error.into()),
    }
    unlocked(db, database).await
}

/// The database with the keys to its secrets. What lies there unsealed, from before secrets were, is sealed when the
/// database belongs to this program alone. On PostgreSQL a process of the version before may still have to read it:
/// there it is done by command.
pub async fn unlocked(db: Db, database: &Database) -> anyhow::Result<Db> {
    let db = db.unlock(database).await?;
    let plain: u64 = secrets::counts(&db)
        .await?
        .iter()
        .filter(|count| count.key.is_none())
        .map(|count| count.secrets)
        .sum();
    match (plain, db.vault().sealing_key(), &database.url) {
        (0, Ok(_), _) => {}
        (_, Ok(_), DatabaseUrl::Sqlite(_)) => {
            let sealed = db.reseal_all().await?;
            info!(sealed, "secrets in the database were sealed");
        }
        (_, Ok(_), DatabaseUrl::Postgres(_)) => warn!(
            secrets = plain,
            "secrets lie in the database unsealed: give the command `openklant secrets rotate`"
        ),
        (_, Err(error), _) => warn!("{error}"),
    }
    Ok(db)
}

/// Whether opening the database would make its file. What cannot be looked at is left to opening, which says why.
pub fn is_new_file(database: &Database) -> bool {
    match &database.url {
        DatabaseUrl::Sqlite(file) => file.try_exists().is_ok_and(|exists| !exists),
        DatabaseUrl::Postgres(_) => false,
    }
}

/// Opens a database that is there, and leaves its schema alone.
pub async fn open_existing(database: &Database) -> anyhow::Result<Db> {
    if is_new_file(database) {
        return Err(CannotStart(format!("there is no database {}", database.url)).into());
    }
    open(database).await
}

/// Opens the database and leaves its schema alone.
pub async fn open(database: &Database) -> anyhow::Result<Db> {
    let (most, longest_wait) = (database.max_connections, database.acquire_timeout);
    let db = match &database.url {
        DatabaseUrl::Sqlite(file) => Db::open_sqlite(file, most, longest_wait).await?,
        DatabaseUrl::Postgres(url) => Db::open_postgres(url.expose(), most, longest_wait).await?,
    };
    match (&database.url, &database.read_url) {
        (DatabaseUrl::Postgres(_), Some(replica)) => Ok(db.with_replica(replica.expose(), most)?),
        _ => Ok(db),
    }
}

async fn migrate(db: &Db, first: i64) -> Result<(), SchemaError> {
    info!(
        database = db.kind(),
        "migrating the database from migration {first}"
    );
    db.migrate().await
}
