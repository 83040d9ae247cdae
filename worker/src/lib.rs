//! The delivery process of Open Klant: takes messages from the outbox and offers them to the Notificaties API.
//!
//! [`run`] is the process, [`drain()`] one round of it; [`kanalen`] registers what we publish on, and [`abonnement`]
//! what we want to hear. What a message says and when it is made is decided elsewhere, in the transaction of the change.

pub mod abonnement;
pub mod alert;
mod app;
mod backend;
mod backoff;
mod classify;
pub mod cleanup;
mod cloudevent;
mod deliver;
mod drain;
mod endpoint;
mod heartbeat;
pub mod kanalen;
mod metrics;
mod notificaties;
mod queue;
mod registrar;
mod wake;

use std::sync::Arc;

use openklant_shared::clock::{Clock, Ids};
use openklant_shared::http::OutgoingError;
use openklant_shared::settings::Settings;
use openklant_shared::storage::{Db, StorageError};
use thiserror::Error;

pub use app::run;
pub use drain::{Drained, drain};

/// What the worker works with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Context {
    /// The database with the outbox.
    pub db: Db,
    /// Time of attempts, leases and tokens.
    pub clock: Clock,
    /// Ids of what the worker makes itself.
    pub ids: Ids,
    /// Settings of the process.
    pub settings: Arc<Settings>,
}

/// Why the worker ended.
#[derive(Debug, Error)]
pub enum WorkerError {
    /// No HTTP client could be made.
    #[error(transparent)]
    Client(#[from] OutgoingError),
    /// The database failed; only [`drain()`] gives up on that.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The address for the metrics cannot be listened on.
    #[error("OPENKLANT_WORKER_METRICS_LISTEN cannot be listened on: {0}")]
    Metrics(std::io::Error),
    /// The engine that runs the deliveries ended.
    #[error("the worker stopped: {0}")]
    Engine(String),
}
