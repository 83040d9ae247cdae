//! What is looked at when somebody asks: the connections of this process, the size of the database, the process itself.

use std::sync::LazyLock;

use ::metrics::{Unit, describe_gauge, gauge};
use metrics_process::Collector;

use super::as_value;
use crate::storage::{Db, size};

const CONNECTIONS: &str = "db_connection_pool_connections";
const ACTIVE: &str = "db_connection_pool_active";
const MOST: &str = "db_connection_pool_max";
const SIZE: &str = "openklant_database_size_bytes";

/// Memory, time and open files of this process, by the names that Prometheus' own clients use.
static PROCESS: LazyLock<Collector> = LazyLock::new(Collector::default);

/// The size of the database; `None` when it does not tell, which is no reason to show nothing.
pub(super) async fn database_size(db: &Db) -> Option<i64> {
    match size::bytes(db).await {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            tracing::debug!(%error, "the size of the database is not known");
            None
        }
    }
}

/// Shows it, to the recorder that is in force.
pub(super) fn show(db: &Db, size: Option<i64>) {
    describe_gauge!(CONNECTIONS, "Connections to the database that are open, by pool");
    describe_gauge!(ACTIVE, "Connections to the database that are in use, by pool");
    describe_gauge!(MOST, "Most connections there may be, by pool");
    for pool in db.pools() {
        gauge!(CONNECTIONS, "pool" => pool.name).set(pool.open);
        gauge!(ACTIVE, "pool" => pool.name).set(pool.open.saturating_sub(pool.idle));
        gauge!(MOST, "pool" => pool.name).set(pool.most);
    }
    if let Some(bytes) = size {
        describe_gauge!(SIZE, Unit::Bytes, "Size of the database");
        gauge!(SIZE, "kind" => db.kind()).set(as_value(bytes));
    }
    PROCESS.describe();
    PROCESS.collect();
}
