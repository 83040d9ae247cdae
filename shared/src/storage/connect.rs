//! Opening a database: pools, their bounds, and SQLite's pragmas.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqlitePool};
use thiserror::Error;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::error::is_busy;
use super::{Db, Pools, StorageError};

/// Why a database could not be opened. Each text is fit to be the one line an operator sees.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The folder of the database file could not be made.
    #[error("the folder {folder} for the database cannot be made: {source}")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The address of the database cannot be read.
    #[error("the database address is not understood: {0}")]
    Address(sqlx::Error),
    /// The server of the database is not there.
    #[error("the database did not answer within {0:?}: is it running, and is its address right?")]
    NoAnswer(Duration),
    /// The database refuses us.
    #[error("the database cannot be opened: {0}")]
    Open(sqlx::Error),
    /// The server of the database takes no changes.
    #[error("the database is read-only: is this the address of a standby?")]
    ReadOnly,
    /// The file of the database takes no changes: no rights, or a full disk.
    #[error("the database cannot be written: {0}")]
    NotWritable(sqlx::Error),
}

/// How long SQLite waits for another process that writes.
const SQLITE_BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long until it is asked again, where SQLite does not wait itself.
const SQLITE_BUSY_PAUSE: Duration = Duration::from_millis(20);

/// Pages of SQLite's cache per connection, as negative KiB: 16 MiB for the writer, 8 MiB for each reader.
const SQLITE_WRITER_CACHE: &str = "-16384";
const SQLITE_READER_CACHE: &str = "-8192";

impl Db {
    /// Opens, and makes when it is not there, the SQLite database in `file`. WAL mode lets readers go on while one
    /// writer writes; `synchronous=FULL` keeps a commit over a power cut.
    pub async fn open_sqlite(
        file: &Path,
        readers: u32,
        acquire_timeout: Duration,
    ) -> Result<Self, ConnectError> {
        if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|source| ConnectError::Folder {
                folder: folder.to_path_buf(),
                source,
            })?;
        }
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(SQLITE_BUSY_TIMEOUT)
            .disable_statement_logging();
        let write = sqlite_pool(
            options.clone().pragma("cache_size", SQLITE_WRITER_CACHE),
            1,
            acquire_timeout,
        )
        .await?;
        let read = sqlite_pool(
            options.pragma("cache_size", SQLITE_READER_CACHE),
            readers.max(1),
            acquire_timeout,
        )
        .await?;
        Ok(Self::new(Pools::Sqlite { write, read }))
    }

    /// Opens the PostgreSQL database at `url`.
    pub async fn open_postgres(
        url: &str,
        connections: u32,
        acquire_timeout: Duration,
    ) -> Result<Self, ConnectError> {
        let (pool, options) = postgres_pool(url, connections, acquire_timeout)?;
        let pool = pool.connect_with(options).await.map_err(|error| match error {
            // A refused connection is tried until the time-out: the server may still be starting.
            sqlx::Error::PoolTimedOut => ConnectError::NoAnswer(acquire_timeout),
            other => ConnectError::Open(other),
        })?;
        Ok(Self::new(Pools::Postgres(pool)))
    }

    fn new(pools: Pools) -> Self {
        Self {
            pools,
            outbox_signal: Arc::new(Notify::new()),
            vault: Arc::default(),
            pages: Arc::default(),
            replica: None,
        }
    }

    /// Whether the database takes changes: what serves would otherwise start, and answer every change with an error.
    pub async fn check_writable(&self) -> Result<(), ConnectError> {
        const READ_ONLY: &str = "SELECT current_setting('transaction_read_only')";
        // Writes a page, so that it meets a full disk too; nothing of ours reads the value.
        const WRITE: &str = "PRAGMA user_version = 0";
        match &self.pools {
            Pools::Postgres(pool) => {
                let read_only: String = sqlx::query_scalar(READ_ONLY)
                    .fetch_one(pool)
                    .await
                    .map_err(ConnectError::Open)?;
                if read_only == "on" {
                    return Err(ConnectError::ReadOnly);
                }
            }
            Pools::Sqlite { write, .. } => {
                sqlx::query(WRITE)
                    .execute(write)
                    .await
                    .map_err(ConnectError::NotWritable)?;
            }
        }
        Ok(())
    }

    /// A listener for the messages other processes commit; `None` on SQLite, which has no such thing.
    pub async fn outbox_listener(&self) -> Result<Option<PgListener>, StorageError> {
        match &self.pools {
            Pools::Postgres(pool) => {
                let mut listener = PgListener::connect_with(pool).await?;
                listener.listen(super::outbox::CHANNEL).await?;
                Ok(Some(listener))
            }
            Pools::Sqlite { .. } => Ok(None),
        }
    }
}

/// How a PostgreSQL server is connected to, and with how many connections at most.
pub(super) fn postgres_pool(
    url: &str,
    connections: u32,
    acquire_timeout: Duration,
) -> Result<(PgPoolOptions, PgConnectOptions), ConnectError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(ConnectError::Address)?
        .application_name("openklant")
        .disable_statement_logging();
    let pool = PgPoolOptions::new()
        .max_connections(connections.max(1))
        .min_connections(0)
        .acquire_timeout(acquire_timeout);
    Ok((pool, options))
}

/// A pool with its first connection. Who switches a new file to WAL wants it for itself, and SQLite's own time-out does
/// not count for that: of several processes that open it at once one would fail. So it is tried for as long.
async fn sqlite_pool(
    options: SqliteConnectOptions,
    connections: u32,
    acquire_timeout: Duration,
) -> Result<SqlitePool, ConnectError> {
    let pool = SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(acquire_timeout);
    let begun = Instant::now();
    loop {
        match pool.clone().connect_with(options.clone()).await {
            Err(error) if is_busy(&error) && begun.elapsed() < SQLITE_BUSY_TIMEOUT => {
                tokio::time::sleep(SQLITE_BUSY_PAUSE).await;
            }
            opened => return opened.map_err(ConnectError::Open),
        }
    }
}
