//! The schema: migrations compiled into the program, the same numbers and names for both databases.

use sqlx::SqliteConnection;
use sqlx::migrate::{MigrateError, Migrator};
use thiserror::Error;

use super::{Db, Pools, StorageError, klant_zoek, on_read};

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

/// How the schema of a database stands to what this program was made for, when it can be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It is that.
    Exact,
    /// A newer program added to it; the newest migration that is not known here. What it added does not matter to this
    /// program: a newer one takes nothing away that is still used, see `spares`.
    Ahead(i64),
}

/// Why the schema is not what this program needs.
#[derive(Debug, Error)]
pub enum SchemaError {
    /// The database was made by a newer program.
    #[error(
        "the database has migration {0}, which took away what this version of openklant needs, or is of another line of \
         versions: install the newer version"
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
    /// wait for a lock. SQLite has no such lock: who comes second to a migration fails on it, and goes on after it. Then
    /// makes what SQL could not make of the rows of an earlier release.
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
        Ok(klant_zoek::catch_up(self).await?)
    }

    /// Every migration of this program, oldest first, and whether the database has it.
    pub async fn migrations(&self) -> Result<Vec<Step>, SchemaError> {
        let applied: Vec<i64> = self
            .applied_migrations()
            .await?
            .into_iter()
            .map(|(version, _)| version)
            .collect();
        Ok(steps(self.migrator(), &applied))
    }

    /// Refuses a database whose schema is not one this program can serve.
    pub async fn check_schema(&self) -> Result<Fit, SchemaError> {
        let applied = self.applied_migrations().await?;
        let migrator = self.migrator();
        let newer: Vec<&(i64, String)> = applied
            .iter()
            .filter(|(version, _)| !migrator.version_exists(*version))
            .collect();
        let knows = |version| migrator.version_exists(version);
        if let Some((version, _)) = newer.iter().find(|(_, name)| !spares(name, knows)) {
            return Err(SchemaError::Newer(*version));
        }
        let missing = migrator
            .iter()
            .find(|migration| !applied.iter().any(|(version, _)| *version == migration.version));
        match (missing, newer.last()) {
            (None, None) => Ok(Fit::Exact),
            (None, Some((version, _))) => Ok(Fit::Ahead(*version)),
            (Some(missing), None) => Err(SchemaError::Behind(missing.version)),
            // Of another line of programs than this one.
            (Some(_), Some((version, _))) => Err(SchemaError::Newer(*version)),
        }
    }

    /// Number and name of what ran, oldest first.
    async fn applied_migrations(&self) -> Result<Vec<(i64, String)>, SchemaError> {
        const TABLE_SQLITE: &str =
            "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'";
        const TABLE_POSTGRES: &str = "SELECT count(*) FROM pg_tables WHERE schemaname = ANY (current_schemas(false)) AND tablename = '_sqlx_migrations'";
        const APPLIED: &str =
            "SELECT version, description FROM _sqlx_migrations WHERE success = TRUE ORDER BY version";
        let tables: i64 = match &self.pools {
            Pools::Postgres(pool) => sqlx::query_scalar(TABLE_POSTGRES).fetch_one(pool).await,
            Pools::Sqlite { read, .. } => sqlx::query_scalar(TABLE_SQLITE).fetch_one(read).await,
        }
        .map_err(StorageError::from)?;
        if tables == 0 {
            return Ok(Vec::new());
        }
        Ok(on_read!(self, |c| sqlx::query_as(APPLIED).fetch_all(c).await).map_err(StorageError::from)?)
    }
}

/// Whether a migration of a newer program leaves alone what this program uses. All do, but those called
/// `contract_MMMM_…`: they take away what nobody uses since migration MMMM, so they spare only who knows that one.
fn spares(name: &str, knows: impl Fn(i64) -> bool) -> bool {
    // In the database blanks stand for the underscores of the file.
    let mut words = name.split([' ', '_']);
    if words.next() != Some("contract") {
        return true;
    }
    words.next().and_then(|word| word.parse().ok()).is_some_and(knows)
}

/// Makes the schema in an empty SQLite database.
pub(super) async fn make_sqlite(connection: &mut SqliteConnection) -> Result<(), SchemaError> {
    Ok(SQLITE.run(connection).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_migration_spares_who_knows_what_it_ends() {
        let cases = [
            ("later", true),
            ("contracts of klanten", true),
            ("contract 0007 old column", true),
            ("contract_0007_old_column", true),
            ("contract 0009 old column", false),
            ("contract old column", false),
            ("contract", false),
        ];
        for (name, expected) in cases {
            assert_eq!(spares(name, |version| version <= 7), expected, "{name}");
        }
    }
}
