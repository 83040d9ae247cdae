//! Rights that are kept in an Autorisaties API: asked for when nobody here knows them, remembered while they hold, and
//! believed a while longer when that API gives no answer (decision record 17).
//!
//! An answer lies in the database, for every process and for a restart, and in the memory of this process beside the
//! version of authorisation it was read at: when a message says that rights changed, that version goes up.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use moka::future::Cache;
use openklant_shared::autorisaties::{AskError, AutorisatiesApi};
use openklant_shared::clock::Clock;
use openklant_shared::http::{FetchError, OutgoingError};
use openklant_shared::metrics::http::{self as metrics, Asked};
use openklant_shared::settings;
use openklant_shared::storage::fetched_applicatie::{self, Fetched};
use openklant_shared::storage::{Db, StorageError};
use tokio::sync::{Mutex, OwnedMutexGuard, Semaphore};
use tracing::Instrument;

use super::error::Refusal;

/// The code of the refusal when nobody can tell what a caller may do (behaviour of Open Klant 1.0.0, section 2.2).
const NOT_TOLD: &str = "not_authenticated_for_ac";

/// How long the answer holds that a client id is unknown: somebody is perhaps just giving it its rights.
const UNKNOWN_FRESH_FOR: Duration = Duration::from_secs(30);

/// How long nothing is asked about a client id after no answer came.
const PAUSE: Duration = Duration::from_secs(2);

/// How long after no answer came a request does not wait for the next one, when it has an earlier answer to go by.
const FAILING_FOR: Duration = Duration::from_mins(1);

/// Most questions of this process at the same time.
const MOST_AT_ONCE: usize = 8;

/// How often a question is repeated when rights changed while it was asked.
const TRIES: usize = 3;

/// How many client ids are remembered.
const CLIENT_IDS: u64 = 10_000;

/// A client id, and the version of authorisation a request was taken at.
type Key = (String, i64);

/// Asks an Autorisaties API, and remembers its answers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct FetchedRights {
    db: Db,
    clock: Clock,
    api: AutorisatiesApi,
    fresh_for: Duration,
    last_known_for: Duration,
    remembered: Cache<Key, Arc<Fetched>>,
    /// When no answer came about a client id.
    failed: Cache<String, Instant>,
    /// Held by the one request that asks about a client id.
    turns: Cache<String, Arc<Mutex<()>>>,
    asking: Arc<Semaphore>,
}

/// How much of the time that an answer holds may have passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Within {
    Half,
    All,
}

impl FetchedRights {
    /// Rights of the configured API; `None` when there is none.
    ///
    /// # Errors
    /// TLS that cannot be set up.
    pub fn new(
        db: &Db,
        clock: &Clock,
        settings: &settings::Autorisaties,
    ) -> Result<Option<Self>, OutgoingError> {
        let Some(api) = AutorisatiesApi::new(settings, clock)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            db: db.clone(),
            clock: clock.clone(),
            api,
            fresh_for: settings.fresh_for,
            last_known_for: settings.last_known_for,
            remembered: Cache::builder().max_capacity(CLIENT_IDS).build(),
            failed: Cache::builder().max_capacity(CLIENT_IDS).build(),
            turns: Cache::builder().max_capacity(CLIENT_IDS).build(),
            asking: Arc::new(Semaphore::new(MOST_AT_ONCE)),
        }))
    }

    /// Drops what was remembered at another version: nobody asks for it any more.
    pub fn forget(&self) {
        self.remembered.invalidate_all();
    }

    /// What the API says of a client id, for a request that was taken at `version` of authorisation.
    ///
    /// # Errors
    /// 403 when it gives no answer and the last one is too old or not there; 503 when the database fails.
    pub async fn find(&self, client_id: &str, version: i64) -> Result<Arc<Fetched>, Refusal> {
        let key = (client_id.to_owned(), version);
        if let Some(answer) = self.remembered.get(&key).await {
            if self.holds(&answer, Within::Half) {
                return Ok(answer);
            }
            let failed = self.failed.get(client_id).await.map(|at| at.elapsed());
            let failing = failed.is_some_and(|ago| ago < FAILING_FOR);
            if self.holds(&answer, Within::All) || (failing && self.counts(&answer)) {
                if failed.is_none_or(|ago| ago >= PAUSE) {
                    self.renew(key).await;
                }
                return Ok(answer);
            }
        }
        let turn = self.turn(client_id).await.lock_owned().await;
        self.look(&key, Within::All, turn).await
    }

    /// Asks again in the background, unless somebody does so already.
    async fn renew(&self, key: Key) {
        let Ok(turn) = self.turn(&key.0).await.try_lock_owned() else {
            return;
        };
        let own = self.clone();
        let renewing = async move {
            // What failed was logged, and whoever needs the answer hears of it.
            let _told = own.look(&key, Within::Half, turn).await;
        };
        tokio::spawn(renewing.in_current_span());
    }

    async fn turn(&self, client_id: &str) -> Arc<Mutex<()>> {
        self.turns
            .get_with_by_ref(client_id, async { Arc::default() })
            .await
    }

    /// The answer that holds, from the memory, the database or the API; or the last one while the API gives none.
    async fn look(
        &self,
        key: &Key,
        within: Within,
        _turn: OwnedMutexGuard<()>,
    ) -> Result<Arc<Fetched>, Refusal> {
        // Whoever had the turn before may have asked.
        if let Some(answer) = self.remembered.get(key).await
            && self.holds(&answer, within)
        {
            return Ok(answer);
        }
        let last = self.kept(&key.0).await?;
        if let Some(last) = &last
            && self.holds(last, within)
        {
            return Ok(self.remember(key, Arc::clone(last)).await);
        }
        let failed = self.failed.get(&key.0).await;
        if failed.is_none_or(|at| at.elapsed() >= PAUSE) {
            match self.ask(key).await {
                Ok(answer) => {
                    if failed.is_some() {
                        self.failed.invalidate(&key.0).await;
                        tracing::info!("the Autorisaties API answers again");
                    }
                    return Ok(answer);
                }
                Err(AskFailure::Storage(error)) => return Err(error.into()),
                Err(AskFailure::Api(error)) => {
                    self.failed.insert(key.0.clone(), Instant::now()).await;
                    if failed.is_none() {
                        tracing::warn!(%error, "the Autorisaties API does not say what a client may do");
                    } else {
                        tracing::debug!(%error, "the Autorisaties API still does not say what a client may do");
                    }
                }
            }
        }
        match last {
            Some(last) if self.counts(&last) => Ok(self.remember(key, last).await),
            _ => Err(Refusal::PermissionDenied(NOT_TOLD)),
        }
    }

    /// What the database has. A row that cannot be read is as good as none: the next answer takes its place.
    async fn kept(&self, client_id: &str) -> Result<Option<Arc<Fetched>>, StorageError> {
        match fetched_applicatie::find(&self.db, client_id, self.api.root().as_str()).await {
            Ok(found) => Ok(found.map(Arc::new)),
            Err(error @ StorageError::Corrupt { .. }) => {
                tracing::warn!(%error, "an answer of the Autorisaties API was kept and cannot be read");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    async fn remember(&self, key: &Key, answer: Arc<Fetched>) -> Arc<Fetched> {
        self.remembered.insert(key.clone(), Arc::clone(&answer)).await;
        answer
    }

    /// Asks, and keeps the answer. What was asked before a change was told and answered after it is asked again, and
    /// never kept: nobody knows which of the two it is from.
    async fn ask(&self, key: &Key) -> Result<Arc<Fetched>, AskFailure> {
        let begun = Instant::now();
        let mut tries = 0;
        loop {
            tries += 1;
            let version = self.db.authorisation_version().await?.version;
            let answer = Arc::new(self.ask_once(&key.0).await?);
            match self.keep(&key.0, &answer, version).await {
                Ok(true) => return Ok(self.remember(key, answer).await),
                Ok(false) if tries < TRIES && begun.elapsed() < self.api.timeout() => {}
                // Or its secret is gone: then the next request does not come this far.
                Ok(false) | Err(StorageError::Missing) => return Ok(answer),
                // The answer is there: that it cannot be kept is no reason to refuse the caller, nor to ask again at once.
                Err(error) => {
                    tracing::warn!(%error, "an answer of the Autorisaties API could not be kept");
                    if version == key.1 {
                        return Ok(self.remember(key, answer).await);
                    }
                    return Ok(answer);
                }
            }
        }
    }

    async fn ask_once(&self, client_id: &str) -> Result<Fetched, AskError> {
        let fetched_at = self.clock.now();
        let asked = async {
            // Nobody closes the semaphore; without a permit the question is asked all the same.
            let _permit = self.asking.acquire().await;
            self.api.find(client_id).await
        };
        let answer = tokio::time::timeout(self.api.timeout(), asked)
            .await
            .unwrap_or(Err(AskError::Unreachable(FetchError::Timeout)));
        metrics::autorisaties_api_asked(match &answer {
            Ok(Some(_)) => Asked::Known,
            Ok(None) => Asked::Unknown,
            Err(_) => Asked::Failed,
        });
        Ok(Fetched {
            applicatie: answer?,
            fetched_at,
        })
    }

    async fn keep(&self, client_id: &str, answer: &Fetched, version: i64) -> Result<bool, StorageError> {
        let mut tx = self.db.begin().await?;
        let root = self.api.root().as_str();
        let kept = fetched_applicatie::put(&mut tx, client_id, root, answer, version).await?;
        tx.commit().await?;
        Ok(kept)
    }

    /// Whether an answer holds, and not more than so much of its time has passed.
    fn holds(&self, answer: &Fetched, within: Within) -> bool {
        let all = match answer.applicatie {
            Some(_) => self.fresh_for,
            None => self.fresh_for.min(UNKNOWN_FRESH_FOR),
        };
        let longest = match within {
            Within::Half => all / 2,
            Within::All => all,
        };
        age(answer.fetched_at, self.clock.now()) < longest
    }

    /// Whether an answer counts while there is no newer one.
    fn counts(&self, answer: &Fetched) -> bool {
        age(answer.fetched_at, self.clock.now()) < self.last_known_for
    }
}

/// How old an answer is. One from the future, of a process whose clock ran ahead, is as old as it is ahead: it must not
/// hold for longer than any other.
fn age(fetched_at: DateTime<Utc>, now: DateTime<Utc>) -> Duration {
    (now - fetched_at).abs().to_std().unwrap_or(Duration::MAX)
}

/// Why a question was in vain.
enum AskFailure {
    Api(AskError),
    Storage(StorageError),
}

impl From<AskError> for AskFailure {
    fn from(error: AskError) -> Self {
        Self::Api(error)
    }
}

impl From<StorageError> for AskFailure {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}
