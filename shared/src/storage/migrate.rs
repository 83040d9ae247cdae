//! The schema: migrations compiled into the program, the same numbers and names for both databases.

use sqlx::migrate::{MigrateError, Migrator};
use thiserror::Error;

use super::{Db, Pools, StorageError, on_read};

static SQLITE: Migrator = sqlx::migrate!("../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../migrations/postgres");

/// One migration and whether the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its number.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Whether the database has it.
    pub applied: bool,
}

/// Why the schema is not what this program needs.
#[derive(Debug, Error)]
pub enum SchemaError {
    /// The database was made by a newer program.
    #[error(
        "the database has migration {0}, which this version of openklant does not know: install the newer version"
    )]
    Newer(i64),
    /// Migrations are waiting.
    #[error("the database misses migration {0}: run `openklant migrate` first")]
    Behind(i64),
    /// A migration was changed after it ran.
    #[error("migration {0} in the database is not the one of this program")]
    Changed(i64),
    /// A migration failed; the database says why.
    #[error("a migration failed: {0}")]
    Failed(MigrateError),
    /// The database does not answer.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<MigrateError> for SchemaError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(version) => Self::Newer(version),
            MigrateError::VersionMismatch(version) => Self::Changed(version),
            other => Self::Failed(other),
        }
    }
}

/// What a new SQLite database would get, without making one.
pub fn steps_of_new_sqlite() -> Vec<Step> {
    steps(&SQLITE, &[])
}

fn steps(migrator: &Migrator, applied: &[i64]) -> Vec<Step> {
    migrator
        .iter()
        .map(|migration| Step {
            version: migration.version,
            name: migration.description.to_string(),
            applied: applied.contains(&migration.version),
        })
        .collect()
}

impl Db {
    fn migrator(&self) -> &'static Migrator {
        match self.pools {
            Pools::Postgres(_) => &POSTGRES,
            Pools::Sqlite { .. } => &SQLITE,
        }
    }

    /// Brings the schema up to date. Several processes may do so at once. On PostgreSQL one does the work and the others
    /// wait for a lock. SQLite has no such lock: who comes second to a migration fails on it, and goes on after it.
    pub async fn migrate(&self) -> Result<(), SchemaError> {
        match &self.pools {
            Pools::Postgres(pool) => POSTGRES.run(pool).await?,
            Pools::Sqlite { write, .. } => {
                let mut before = self.applied_migrations().await?.len();
                while let Err(error) = SQLITE.run(write).await {
                    let now = self.applied_migrations().await?.len();
                    if now <= before {
                        return Err(error.into());
                    }
                    before = now;
                }
            }
        }
        Ok(())
    }

    /// Every migration of this program, oldest first, and whether the database has it.
    pub async fn migrations(&self) -> Result<Vec<Step>, SchemaError> {
        let applied = self.applied_migrations().await?;
        if let Some(newer) = applied
            .iter()
            .find(|version| !self.migrator().version_exists(**version))
        {
            return Err(SchemaError::Newer(*newer));
        }
        Ok(steps(self.migrator(), &applied))
    }

    /// Refuses a database whose schema is not the one this program was made for.
    pub async fn check_schema(&self) -> Result<(), SchemaError> {
        match self.migrations().await?.into_iter().find(|step| !step.applied) {
            Some(step) => Err(SchemaError::Behind(step.version)),
            None => Ok(()),
        }
    }

    async fn applied_migrations(&self) -> Result<Vec<i64>, SchemaError> {
        const TABLE_SQLITE: &str =
            "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'";
        const TABLE_POSTGRES: &str = "SELECT count(*) FROM pg_tables WHERE schemaname = ANY (current_schemas(false)) AND tablename = '_sqlx_migrations'";
        const APPLIED: &str = "SELECT version FROM _sqlx_migrations WHERE success = TRUE ORDER BY version";
        let tables: i64 = match &self.pools {
            Pools::Postgres(pool) => sqlx::query_scalar(TABLE_POSTGRES).fetch_one(pool).await,
            Pools::Sqlite { read, .. } => sqlx::query_scalar(TABLE_SQLITE).fetch_one(read).await,
        }
        .map_err(StorageError::from)?;
        if tables == 0 {
            return Ok(Vec::new());
        }
        Ok(on_read!(self, |c| sqlx::query_scalar(APPLIED).fetch_all(c).await).map_err(StorageError::from)?)
    }
}
