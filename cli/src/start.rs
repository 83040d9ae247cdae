//! What commands do first: settings, then the log, then the database.

use std::sync::Arc;

use openklant_shared::settings::{self, DatabaseUrl, Settings, Severity, Source};
use openklant_shared::storage::Db;
use openklant_shared::storage::migrate::SchemaError;
use openklant_shared::telemetry;
use tracing::{info, warn};

/// What to do about the schema of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// Bring it up to date.
    Migrate,
    /// Refuse a PostgreSQL database that is not up to date: there, migrating is a step of its own, with rights of its
    /// own. SQLite, which belongs to this program alone, is brought up to date.
    Require,
}

/// Reads the settings and sets up the log.
pub fn settings(source: &Source) -> anyhow::Result<Arc<Settings>> {
    let loaded = settings::load(source)?;
    telemetry::start(&loaded.settings.log)?;
    for warning in &loaded.warnings {
        match warning.severity() {
            Severity::Warning => warn!("{warning}"),
            Severity::Info => info!("{warning}"),
        }
    }
    Ok(Arc::new(loaded.settings))
}

/// Opens the database of the settings.
pub async fn database(settings: &Settings, schema: Schema) -> anyhow::Result<Db> {
    let db = open(settings).await?;
    match (db.check_schema().await, &settings.database.url) {
        (Ok(()), _) => {}
        (Err(SchemaError::Behind(version)), DatabaseUrl::Sqlite(_)) => migrate(&db, version).await?,
        (Err(SchemaError::Behind(version)), DatabaseUrl::Postgres(_)) if schema == Schema::Migrate => {
            migrate(&db, version).await?;
        }
        (Err(error), _) => return Err(error.into()),
    }
    Ok(db)
}

/// Opens the database and leaves its schema alone.
pub async fn open(settings: &Settings) -> anyhow::Result<Db> {
    let database = &settings.database;
    let (most, longest_wait) = (database.max_connections, database.acquire_timeout);
    let db = match &database.url {
        DatabaseUrl::Sqlite(file) => Db::open_sqlite(file, most, longest_wait).await?,
        DatabaseUrl::Postgres(url) => Db::open_postgres(url.expose(), most, longest_wait).await?,
    };
    Ok(db)
}

async fn migrate(db: &Db, first: i64) -> Result<(), SchemaError> {
    info!(
        database = db.kind(),
        "migrating the database from migration {first}"
    );
    db.migrate().await
}
