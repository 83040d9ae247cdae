//! How a process hears of messages that another process commits to the same SQLite file, and of what operators and
//! other workers make due there. SQLite tells nobody, but a connection can ask at next to no cost whether another one
//! changed the file: `PRAGMA data_version` looks at shared memory, and reads nothing.

use std::time::Duration;

use sqlx::{ConnectOptions, SqliteConnection};

use super::{Db, Pools, StorageError};

/// How often it is asked: half of it is what a message waits on average.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A connection of its own that looks for what there may be to send.
#[derive(Debug)]
pub struct OutboxWatch {
    connection: SqliteConnection,
    version: Option<i64>,
    seen: Option<Seen>,
}

/// The newest message, and how often the workers were woken for something else.
type Seen = (Option<i64>, i64);

const VERSION: &str = "PRAGMA data_version";
const LOOK: &str = "SELECT (SELECT max(id) FROM outbox), wakes FROM delivery_endpoint WHERE id = 1";

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
            seen: None,
        }))
    }
}

impl OutboxWatch {
    /// Returns when there may be something to send that there was not the last time; the first time at once.
    pub async fn changed(&mut self) -> Result<(), StorageError> {
        loop {
            let version = sqlx::query_scalar(VERSION)
                .fetch_one(&mut self.connection)
                .await?;
            if self.version != Some(version) {
                self.version = Some(version);
                let seen = sqlx::query_as(LOOK).fetch_one(&mut self.connection).await?;
                if self.seen != Some(seen) {
                    self.seen = Some(seen);
                    return Ok(());
                }
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}
