//! Filling a database with many rows: several to a statement, and what goes before and after. What is in the rows is
//! made by the files of the tables, as it is for one row.

use super::{Db, Pools, StorageError};

/// Rows to a statement: with 29 columns that is far from the 32,766 parameters that SQLite takes.
pub const ROWS: usize = 250;

/// Pages of SQLite's cache for the writer meanwhile, as negative KiB: 512 MiB. The indexes of a register that is being
/// filled are written all over.
const SQLITE_CACHE: &str = "PRAGMA cache_size = -524288";

/// What the planners are to know afterwards, at once and not when the database finds the time.
const SQLITE_LOOK: [&str; 2] = ["PRAGMA optimize = 0x10002", "PRAGMA wal_checkpoint(TRUNCATE)"];
const POSTGRES_LOOK: [&str; 6] = [
    "VACUUM (ANALYZE) klant",
    "VACUUM (ANALYZE) klant_zoek",
    "VACUUM (ANALYZE) contactmoment",
    "VACUUM (ANALYZE) klantcontactmoment",
    "VACUUM (ANALYZE) objectcontactmoment",
    "VACUUM (ANALYZE) audittrail",
];

/// Gives the writer the memory for it, until the database is closed.
pub async fn prepare(db: &Db) -> Result<(), StorageError> {
    if let Pools::Sqlite { write, .. } = &db.pools {
        sqlx::query(SQLITE_CACHE).execute(write).await?;
    }
    Ok(())
}

/// Lets the database look at what it holds now, so that it plans well from the first question on.
pub async fn finish(db: &Db) -> Result<(), StorageError> {
    match &db.pools {
        Pools::Postgres(pool) => {
            for statement in POSTGRES_LOOK {
                sqlx::query(statement).execute(pool).await?;
            }
        }
        Pools::Sqlite { write, .. } => {
            for statement in SQLITE_LOOK {
                sqlx::query(statement).execute(write).await?;
            }
        }
    }
    Ok(())
}
