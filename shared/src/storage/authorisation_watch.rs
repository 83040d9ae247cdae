//! How a process hears that applications, secrets or rights were changed, by whichever process: a number in the database
//! that every change raises. PostgreSQL tells at once; apart from that the number is looked at a few times a second, on
//! a connection of its own, since a lost connection loses what it was told. Of a SQLite file it is asked first whether
//! anybody changed it at all, which reads nothing.

use std::time::{Duration, Instant};

use sqlx::postgres::{PgListener, PgPoolOptions};
use sqlx::{ConnectOptions, SqliteConnection};

use super::{Db, Pools, StorageError, on_read};

/// How often it is looked at when nothing is heard.
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// Longest a look may take: a connection that hangs is made anew.
const LONGEST_LOOK: Duration = Duration::from_secs(1);

/// The channel of the trigger.
const CHANNEL: &str = "openklant_authorisation";

const VERSION: &str = "SELECT version FROM authorisation_version WHERE id = 1";
const DATA_VERSION: &str = "PRAGMA data_version";

/// What was seen, and since when it is known to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenVersion {
    /// The number.
    pub version: i64,
    /// Just before it was asked for.
    pub at: Instant,
}

/// A connection of its own that looks.
#[derive(Debug)]
pub struct AuthorisationWatch {
    inner: Inner,
    first: bool,
}

#[derive(Debug)]
enum Inner {
    Postgres(Box<PgListener>),
    Sqlite {
        connection: Box<SqliteConnection>,
        data: Option<i64>,
        version: i64,
    },
}

impl Db {
    /// The number as it is now, asked on a connection of the pool.
    pub async fn authorisation_version(&self) -> Result<SeenVersion, StorageError> {
        let at = Instant::now();
        let version = on_read!(self, |c| sqlx::query_scalar(VERSION).fetch_one(c).await)?;
        Ok(SeenVersion { version, at })
    }

    /// A watch over it.
    pub async fn authorisation_watch(&self) -> Result<AuthorisationWatch, StorageError> {
        let inner = match &self.pools {
            Pools::Postgres(pool) => {
                let options = PgPoolOptions::new()
                    .max_connections(1)
                    .acquire_timeout(LONGEST_LOOK);
                let own = options.connect_lazy_with((*pool.connect_options()).clone());
                let mut listener = PgListener::connect_with(&own).await?;
                listener.listen(CHANNEL).await?;
                Inner::Postgres(Box::new(listener))
            }
            Pools::Sqlite { read, .. } => Inner::Sqlite {
                connection: Box::new(read.connect_options().connect().await?),
                data: None,
                version: 0,
            },
        };
        Ok(AuthorisationWatch { inner, first: true })
    }
}

impl AuthorisationWatch {
    /// What the number is: at once the first time, later when a change was heard of or it is time to look again.
    pub async fn next(&mut self) -> Result<SeenVersion, StorageError> {
        let first = std::mem::take(&mut self.first);
        match &mut self.inner {
            Inner::Postgres(listener) => {
                if !first {
                    // Heard, lost the connection, or time to look: the number tells.
                    if let Ok(heard) = tokio::time::timeout(LOOK_EVERY, listener.try_recv()).await {
                        heard?;
                    }
                }
                let at = Instant::now();
                let look = sqlx::query_scalar(VERSION).fetch_one(&mut **listener);
                let version = tokio::time::timeout(LONGEST_LOOK, look)
                    .await
                    .map_err(|_| StorageError::Unavailable(sqlx::Error::PoolTimedOut))??;
                Ok(SeenVersion { version, at })
            }
            Inner::Sqlite {
                connection,
                data,
                version,
            } => {
                if !first {
                    tokio::time::sleep(LOOK_EVERY).await;
                }
                let at = Instant::now();
                let now: i64 = sqlx::query_scalar(DATA_VERSION)
                    .fetch_one(&mut **connection)
                    .await?;
                if *data != Some(now) {
                    *version = sqlx::query_scalar(VERSION).fetch_one(&mut **connection).await?;
                    *data = Some(now);
                }
                Ok(SeenVersion {
                    version: *version,
                    at,
                })
            }
        }
    }
}
