//! A copy of a SQLite database while others write to it: what it held at one moment, in a file of its own.
//!
//! PostgreSQL has tools for this that come with it; there is nothing here for it.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use thiserror::Error;

use super::{Db, Pools, StorageError};

/// Why there is no copy.
#[derive(Debug, Error)]
pub enum BackupError {
    /// The database is on a server.
    #[error("a PostgreSQL database is not copied by this program")]
    NotSqlite,
    /// The copy could not be written: a full disk, or a database that cannot be read to its end.
    #[error("the copy failed: {0}")]
    Copy(sqlx::Error),
    /// The copy could not be read back.
    #[error("the copy cannot be read back: {0}")]
    Read(sqlx::Error),
    /// The copy is not whole.
    #[error("the copy is not whole: {0}")]
    Damaged(String),
}

/// Writes one read snapshot into an empty file, without its unused pages. Writers go on meanwhile.
const COPY: &str = "VACUUM INTO $1";
const SIZE: &str = "SELECT (page_count - freelist_count) * page_size \
     FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()";
const CHECK: &str = "PRAGMA integrity_check(1)";

impl Db {
    /// About how many bytes a copy will have; `None` on PostgreSQL.
    pub async fn copy_size(&self) -> Result<Option<i64>, StorageError> {
        match &self.pools {
            Pools::Postgres(_) => Ok(None),
            Pools::Sqlite { read, .. } => Ok(sqlx::query_scalar(SIZE).fetch_optional(read).await?),
        }
    }

    /// Copies the database into `file`, which must be empty.
    pub async fn copy_into(&self, file: &Path) -> Result<(), BackupError> {
        let Pools::Sqlite { read, .. } = &self.pools else {
            return Err(BackupError::NotSqlite);
        };
        sqlx::query(COPY)
            .bind(file.to_string_lossy())
            .execute(read)
            .await
            .map_err(BackupError::Copy)?;
        Ok(())
    }
}

/// Reads a copy that nobody else uses from beginning to end, and says what is wrong with it.
pub async fn check_copy(file: &Path) -> Result<(), BackupError> {
    // Not as an immutable file: SQLite then passes over the CHECK constraints.
    let options = SqliteConnectOptions::new()
        .filename(file)
        .disable_statement_logging();
    let mut copy = options.connect().await.map_err(BackupError::Read)?;
    let outcome = first_fault(&mut copy).await;
    // It was only read.
    let _ = copy.close().await;
    match outcome.map_err(BackupError::Read)? {
        Some(fault) => Err(BackupError::Damaged(fault)),
        None => Ok(()),
    }
}

async fn first_fault(copy: &mut SqliteConnection) -> Result<Option<String>, sqlx::Error> {
    let found: Option<String> = sqlx::query_scalar(CHECK).fetch_optional(copy).await?;
    Ok(found.filter(|word| word != "ok"))
}
