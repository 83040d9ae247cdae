//! Numbers that stay up to date while somebody looks: server-sent events, one snapshot per two seconds for everybody who
//! looks. A stream ends with its session and with the server; their number has a bound.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use openklant_shared::beheer::token::Token;
use openklant_shared::domain::delivery::State as DeliveryState;
use openklant_shared::storage::beheer::session as stored;
use openklant_shared::storage::{StorageError, outbox_depth, outbox_look};
use poem::http::header;
use poem::{Body, Response};
use serde_json::json;
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::Instant;

use super::standing::Stand;
use crate::beheer::language::{Language, Text};
use crate::beheer::problem::Problem;
use crate::beheer::rights::Right;
use crate::beheer::session;
use crate::beheer::visit::Visit;
use crate::state::State;

/// How long the number of parked messages in the menu holds.
const PARKED_FOR: Duration = Duration::from_secs(5);

/// How often the numbers are new.
const EVERY: Duration = Duration::from_secs(2);

/// Whether the session still holds is looked at once in so many times.
const CHECK_EVERY: u32 = 5;

/// The most streams at a time.
const MOST_STREAMS: usize = 100;

/// The last snapshot of the queue, and the streams of it.
#[derive(Debug)]
pub struct Live {
    last: Mutex<Option<(Instant, Arc<Stand>)>>,
    parked: Mutex<Option<(Instant, i64)>>,
    room: Arc<Semaphore>,
    stopping: watch::Sender<bool>,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            last: Mutex::new(None),
            parked: Mutex::new(None),
            room: Arc::new(Semaphore::new(MOST_STREAMS)),
            stopping: watch::Sender::new(false),
        }
    }
}

impl Live {
    /// How the queue stands now.
    ///
    /// # Errors
    /// A database that fails.
    pub async fn fresh(&self, state: &State) -> Result<Arc<Stand>, StorageError> {
        let stand = read(state).await?;
        *self.last.lock().await = Some((Instant::now(), Arc::clone(&stand)));
        Ok(stand)
    }

    /// How it stood at most two seconds ago. Who asks at the same time waits for the same snapshot.
    ///
    /// # Errors
    /// A database that fails.
    pub async fn recent(&self, state: &State) -> Result<Arc<Stand>, StorageError> {
        let mut last = self.last.lock().await;
        if let Some((read, stand)) = &*last
            && read.elapsed() < EVERY
        {
            return Ok(Arc::clone(stand));
        }
        let stand = read(state).await?;
        *last = Some((Instant::now(), Arc::clone(&stand)));
        Ok(stand)
    }

    /// How many messages were parked at most five seconds ago.
    ///
    /// # Errors
    /// A database that fails.
    pub async fn parked(&self, state: &State) -> Result<i64, StorageError> {
        let mut parked = self.parked.lock().await;
        if let Some((read, count)) = *parked
            && read.elapsed() < PARKED_FOR
        {
            return Ok(count);
        }
        let count = outbox_depth::count(&state.db, &[DeliveryState::Parked]).await?;
        *parked = Some((Instant::now(), count));
        Ok(count)
    }

    /// Ends every stream.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }
}

async fn read(state: &State) -> Result<Arc<Stand>, StorageError> {
    let now = state.clock.now();
    let standing = outbox_look::standing(&state.db, now).await?;
    Ok(Arc::new(Stand::new(standing, &state.settings, now)))
}

/// One viewer.
struct Viewer {
    state: Arc<State>,
    token: Token,
    language: Language,
    turn: u32,
    stopping: watch::Receiver<bool>,
    _room: OwnedSemaphorePermit,
}

impl Viewer {
    /// The next event; `None`: the stream ends.
    async fn next(&mut self) -> Option<Bytes> {
        if self.turn > 0 {
            tokio::select! {
                _ = self.stopping.wait_for(|stop| *stop) => return None,
                () = tokio::time::sleep(EVERY) => {}
            }
        }
        if *self.stopping.borrow() || (self.turn.is_multiple_of(CHECK_EVERY) && !self.may_look().await) {
            return None;
        }
        self.turn = self.turn.wrapping_add(1);
        match self.state.queue.recent(&self.state).await {
            Ok(stand) => Some(event(&stand, self.language)),
            Err(error) => {
                tracing::warn!(%error, "beheer: the live numbers end");
                None
            }
        }
    }

    /// Whether the session still holds. Looking on is no use of it: a page that is left open ends like any other.
    async fn may_look(&self) -> bool {
        match stored::find(&self.state.db, &self.token).await {
            Ok(Some(found)) => {
                !found.disabled
                    && session::holds(&found, &self.state.settings.beheer, self.state.clock.now())
                    && Right::Wachtrij.belongs_to_any(&found.roles)
            }
            _ => false,
        }
    }
}

fn event(stand: &Stand, language: Language) -> Bytes {
    let values: serde_json::Map<String, serde_json::Value> = stand
        .live(language)
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    let data = json!({"values": values, "spoken": stand.spoken(language)});
    Bytes::from(format!("data: {data}\n\n"))
}

/// The stream.
pub fn stream(visit: &Visit) -> Result<Response, Problem> {
    if visit.asked("live").is_empty() {
        // Opened as a page, which it is not.
        return Ok(visit.go("/wachtrij"));
    }
    let queue = &visit.state.queue;
    let room = Arc::clone(&queue.room).try_acquire_owned().map_err(|_| {
        Problem::TooMany(Text::new(
            "Er kijken al te veel mensen live mee. Ververs de pagina.",
            "Too many people are watching live. Refresh the page.",
        ))
    })?;
    let viewer = Viewer {
        state: Arc::clone(&visit.state),
        token: visit.person()?.token.clone(),
        language: visit.language,
        turn: 0,
        stopping: queue.stopping.subscribe(),
        _room: room,
    };
    let events = stream::unfold(viewer, async |mut viewer| {
        let event = viewer.next().await?;
        Some((Ok::<_, Infallible>(event), viewer))
    });
    let events = futures_util::StreamExt::map(events, |event| event.map_err(io::Error::other));
    Ok(Response::builder()
        .header(header::CONTENT_TYPE, "text/event-stream")
        // Proxies that hold answers back would make it useless.
        .header("X-Accel-Buffering", "no")
        .body(Body::from_bytes_stream(events)))
}
