//! The only SQL of the product: one text for SQLite and PostgreSQL, one file per table.
//!
//! A function that belongs to a change takes `&mut Tx`; one that reads a single statement takes `&Db`. Both
//! databases use `$1` placeholders, native column types and the same Rust types; where the dialects differ, two
//! constants stand together. `None` means "not there" and is never an error.

pub mod alert;
pub mod applicatie;
pub mod applicatie_browse;
pub mod audittrail;
pub mod audittrail_search;
mod authorisation_watch;
pub mod backup;
pub mod beheer;
pub mod client_attention;
pub mod client_use;
mod connect;
pub mod contactmoment;
pub mod contactmoment_browse;
pub mod contactmoment_filter;
pub mod delivery_endpoint;
pub mod delivery_hour;
mod error;
pub mod externe_api;
pub mod fetched_applicatie;
mod id;
pub mod inspect;
pub mod job_request;
pub mod job_run;
pub mod keyset;
pub mod klant;
pub mod klant_browse;
pub mod klant_export;
pub mod klant_filter;
pub mod klant_list;
pub mod klant_zaken;
pub mod klant_zoek;
pub mod klantcontactmoment;
pub mod many;
pub mod migrate;
pub mod objectcontactmoment;
pub mod operator_log;
pub mod operator_log_search;
pub mod outbox;
pub mod outbox_change;
pub mod outbox_depth;
pub mod outbox_filter;
pub mod outbox_look;
pub mod outbox_monitor;
pub mod outbox_reemit;
pub mod outbox_steer;
mod outbox_watch;
pub mod page_map;
pub mod read_log;
pub mod read_log_search;
mod replica;
pub mod retention;
pub mod search_link;
pub mod secrets;
pub mod size;
pub mod stored_secret;
pub mod stored_setting;
pub mod version;
pub mod worker_heartbeat;

use std::sync::Arc;

use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};
use tokio::sync::Notify;

pub use authorisation_watch::{AuthorisationWatch, SeenVersion};
pub use connect::ConnectError;
pub use error::{Constraint, StorageError};
pub use id::Id;
pub use outbox_watch::OutboxWatch;

use crate::vault::Vault;

/// One of the two databases. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    pools: Pools,
    outbox_signal: Arc<Notify>,
    vault: Arc<Vault>,
    pages: Arc<page_map::PageMaps>,
    /// Where those may read who only read.
    replica: Option<Arc<replica::Replica>>,
}

/// A pool of connections, as it is at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// What it is for.
    pub name: &'static str,
    /// Connections that are open.
    pub open: u32,
    /// Those of them that nobody uses.
    pub idle: u32,
    /// Most connections there may be.
    pub most: u32,
}

#[derive(Clone, Debug)]
enum Pools {
    Postgres(PgPool),
    /// SQLite has one writer at a time: one connection makes them queue fairly instead of fighting for the lock.
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
    },
}

/// A transaction. Dropped without [`Tx::commit`] it is rolled back.
#[derive(Debug)]
pub struct Tx {
    inner: InnerTx,
    outbox_signal: Arc<Notify>,
    vault: Arc<Vault>,
    pages: Arc<page_map::PageMaps>,
    /// Set by [`outbox::insert`]: whoever commits this wakes the worker of this process.
    wrote_outbox: bool,
}

#[derive(Debug)]
enum InnerTx {
    Postgres(Transaction<'static, Postgres>),
    Sqlite(Transaction<'static, Sqlite>),
}

/// Runs one body against the transaction of either database; `$c` is its connection. A body that builds its SQL
/// names the driver with a third argument: `on_tx!(tx, DB, |c| …)`.
macro_rules! on_tx {
    ($tx:expr, |$c:ident| $body:expr) => {
        match &mut $tx.inner {
            $crate::storage::InnerTx::Postgres(transaction) => {
                let $c = &mut **transaction;
                $body
            }
            $crate::storage::InnerTx::Sqlite(transaction) => {
                let $c = &mut **transaction;
                $body
            }
        }
    };
    ($tx:expr, $driver:ident, |$c:ident| $body:expr) => {
        match &mut $tx.inner {
            $crate::storage::InnerTx::Postgres(transaction) => {
                type $driver = sqlx::Postgres;
                let $c = &mut **transaction;
                $body
            }
            $crate::storage::InnerTx::Sqlite(transaction) => {
                type $driver = sqlx::Sqlite;
                let $c = &mut **transaction;
                $body
            }
        }
    };
}

/// The same for one statement outside a transaction: `$c` is a pool for reading.
macro_rules! on_read {
    ($db:expr, |$c:ident| $body:expr) => {
        match &$db.pools {
            $crate::storage::Pools::Postgres($c) => $body,
            $crate::storage::Pools::Sqlite { read: $c, .. } => $body,
        }
    };
}

/// The same for one statement that writes and needs no further transaction.
macro_rules! on_write {
    ($db:expr, |$c:ident| $body:expr) => {
        match &$db.pools {
            $crate::storage::Pools::Postgres($c) => $body,
            $crate::storage::Pools::Sqlite { write: $c, .. } => $body,
        }
    };
}

/// Runs one statement in a transaction and answers how many rows it touched.
macro_rules! execute {
    ($tx:expr, $query:expr) => {
        $crate::storage::on_tx!($tx, |c| $query.execute(c).await.map(|done| done.rows_affected()))
    };
}

pub(crate) use {execute, on_read, on_tx, on_write};

impl Db {
    /// Begins a transaction that will write. SQLite takes the write lock here: a transaction that reads first and
    /// writes later would otherwise fail when another writer came between.
    pub async fn begin(&self) -> Result<Tx, StorageError> {
        let inner = match &self.pools {
            Pools::Postgres(pool) => InnerTx::Postgres(pool.begin().await?),
            Pools::Sqlite { write, .. } => InnerTx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
        };
        Ok(self.tx(inner))
    }

    /// Begins a read snapshot: every statement in it sees the same state of the database.
    pub async fn snapshot(&self) -> Result<Tx, StorageError> {
        let inner = match &self.pools {
            Pools::Postgres(pool) => InnerTx::Postgres(
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    .await?,
            ),
            Pools::Sqlite { read, .. } => InnerTx::Sqlite(read.begin_with("BEGIN DEFERRED").await?),
        };
        Ok(self.tx(inner))
    }

    fn tx(&self, inner: InnerTx) -> Tx {
        Tx {
            inner,
            outbox_signal: Arc::clone(&self.outbox_signal),
            vault: Arc::clone(&self.vault),
            pages: Arc::clone(&self.pages),
            wrote_outbox: false,
        }
    }

    /// The same database with other sizes of the page map.
    #[must_use]
    pub fn with_page_sizes(self, sizes: page_map::Sizes) -> Self {
        Self {
            pages: Arc::new(page_map::PageMaps::new(sizes)),
            ..self
        }
    }

    /// Wakes whoever waits for new messages in this process; committing a transaction that wrote one does so too.
    pub fn outbox_signal(&self) -> &Notify {
        &self.outbox_signal
    }

    /// The name of the database's kind, for logs and health pages.
    pub fn kind(&self) -> &'static str {
        match self.pools {
            Pools::Postgres(_) => "postgres",
            Pools::Sqlite { .. } => "sqlite",
        }
    }

    /// The pools as they are at this moment.
    pub fn pools(&self) -> Vec<Pool> {
        fn seen<D: sqlx::Database>(name: &'static str, pool: &sqlx::Pool<D>) -> Pool {
            Pool {
                name,
                open: pool.size(),
                idle: u32::try_from(pool.num_idle()).unwrap_or(u32::MAX),
                most: pool.options().get_max_connections(),
            }
        }
        match &self.pools {
            Pools::Postgres(pool) => vec![seen("all", pool)],
            Pools::Sqlite { write, read } => vec![seen("write", write), seen("read", read)],
        }
    }

    /// Closes the pools after their connections have come back.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Postgres(pool) => pool.close().await,
            Pools::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
        }
    }
}

impl Tx {
    /// Makes the changes permanent and wakes the worker when there is something to deliver.
    pub async fn commit(self) -> Result<(), StorageError> {
        match self.inner {
            InnerTx::Postgres(transaction) => transaction.commit().await?,
            InnerTx::Sqlite(transaction) => transaction.commit().await?,
        }
        if self.wrote_outbox {
            self.outbox_signal.notify_one();
        }
        Ok(())
    }

    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.inner, InnerTx::Postgres(_))
    }

    /// Gives up the changes. Dropping does the same, but later.
    pub async fn rollback(self) -> Result<(), StorageError> {
        match self.inner {
            InnerTx::Postgres(transaction) => transaction.rollback().await?,
            InnerTx::Sqlite(transaction) => transaction.rollback().await?,
        }
        Ok(())
    }
}
