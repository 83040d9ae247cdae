//! How a process hears of messages that another process commits to the same SQLite file. SQLite tells nobody, but a
//! connection can ask at next to no cost whether another one changed the file: `PRAGMA data_version` looks at shared
//! memory, and reads nothing.

use std::time::Duration;

use sqlx::{ConnectOptions, SqliteConnection};

use super::{Db, Pools, StorageError};

/// How often it is asked: half of it is what a message waits on average.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A connection of its own that looks for new messages.
#[derive(Debug)]
pub struct OutboxWatch {
    connection: SqliteConnection,
    version: Option<i64>,
    newest: Option<i64>,
}

const VERSION: &str = "PRAGMA data_version";
const NEWEST: &str = "SELECT max(id) FROM outbox";

impl Db {
    /// A watch over the outbox of a SQLite file; `None` on PostgreSQL, which tells who listens.
    pub async fn outbox_watch(&self) -> Result<Option<OutboxWatch>, StorageError> {
        let Pools::Sqlite { read, .. } = &self.pools else {
            return Ok(None);
        };
        let options = read.connect_options();
        Ok(Some(OutboxWatch {
            connection: options.connect().await?,
            version: None,
            newest: None,
        }))
    }
}

impl OutboxWatch {
    /// Returns when there is a message that was not there the last time; the first time, when there is any.
    pub async fn new_message(&mut self) -> Result<(), StorageError> {
        loop {
            let version = sqlx::query_scalar(VERSION)
                .fetch_one(&mut self.connection)
                .await?;
            if self.version != Some(version) {
                self.version = Some(version);
                let newest = sqlx::query_scalar(NEWEST).fetch_one(&mut self.connection).await?;
                if newest > self.newest {
                    self.newest = newest;
                    return Ok(());
                }
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}
