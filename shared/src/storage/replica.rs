//! A read replica of a PostgreSQL database: who only reads may read there. While it does not answer, everybody reads
//! from the primary.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::postgres::PgPool;

use super::connect::postgres_pool;
use super::{ConnectError, Db, Pools};

/// Longest a request waits for a connection to the replica before it reads from the primary.
const ACQUIRE_WITHIN: Duration = Duration::from_secs(1);
/// How long the replica is left alone after that.
const LEAVE_ALONE: Duration = Duration::from_secs(10);

/// The replica, and since when it does not answer.
#[derive(Debug)]
pub(super) struct Replica {
    pool: PgPool,
    silent_since: Mutex<Option<Instant>>,
}

impl Replica {
    /// Whether a connection to it can be had; asked again some time after it could not.
    async fn answers(&self) -> bool {
        let silent = |silent: &Mutex<Option<Instant>>| *silent.lock().unwrap_or_else(PoisonError::into_inner);
        let before = silent(&self.silent_since);
        if before.is_some_and(|since| since.elapsed() < LEAVE_ALONE) {
            return false;
        }
        let now = match self.pool.acquire().await {
            Ok(_given_back) => None,
            Err(error) => {
                if before.is_none() {
                    tracing::warn!(%error, "the read replica does not answer: reading from the primary");
                }
                Some(Instant::now())
            }
        };
        if now.is_none() && before.is_some() {
            tracing::info!("the read replica answers again");
        }
        *self.silent_since.lock().unwrap_or_else(PoisonError::into_inner) = now;
        now.is_none()
    }
}

impl Db {
    /// Gives a PostgreSQL database a replica. No connection is made before the first read, so a replica that is away
    /// keeps nobody from starting.
    pub fn with_replica(mut self, url: &str, connections: u32) -> Result<Self, ConnectError> {
        let (pool, options) = postgres_pool(url, connections, ACQUIRE_WITHIN)?;
        let pool = pool.connect_lazy_with(options);
        self.replica = Some(Arc::new(Replica {
            pool,
            silent_since: Mutex::new(None),
        }));
        Ok(self)
    }

    /// The database for a request that only reads: the replica when there is one that answers, otherwise this one.
    pub async fn for_reads(&self) -> Self {
        let mut db = self.clone();
        if let Some(replica) = &self.replica
            && replica.answers().await
        {
            db.pools = Pools::Postgres(replica.pool.clone());
        }
        db
    }

    /// Whether its replica answers; `None` when it has none.
    pub async fn replica_answers(&self) -> Option<bool> {
        match &self.replica {
            Some(replica) => Some(replica.answers().await),
            None => None,
        }
    }
}
