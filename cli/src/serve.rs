//! Running the API and the worker, alone or together: each part runs in a task of its own, and when one ends the
//! others are asked to stop.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use openklant_api::Server;
use openklant_shared::clock::{Clock, Ids};
use openklant_shared::otlp::{self, Exporter};
use openklant_shared::settings::Settings;
use openklant_shared::storage::Db;
use tokio::task::JoinHandle;
use tracing::{info, warn};

use crate::stop::Stop;

/// How long closing the database may take: a connection that hangs must not keep the process.
const LONGEST_CLOSE: Duration = Duration::from_secs(5);

/// What a serving process stands on.
pub struct Process {
    settings: Arc<Settings>,
    db: Db,
    stop: Stop,
    exporter: Option<Exporter>,
}

/// A part of the process that runs.
pub struct Running(JoinHandle<anyhow::Result<()>>);

impl Process {
    /// A process on this database. Refuses one that takes no changes.
    pub async fn new(settings: Arc<Settings>, db: Db, stop: Stop) -> anyhow::Result<Self> {
        db.check_writable().await?;
        let exporter = otlp::start(&settings.otlp, &db, Clock::System)?;
        Ok(Self {
            settings,
            db,
            stop,
            exporter,
        })
    }

    /// Takes the address of the API; requests are answered once it runs.
    pub fn bind(&self) -> anyhow::Result<Server> {
        Ok(Server::bind(openklant_api::Context {
            db: self.db.clone(),
            clock: Clock::System,
            ids: Ids::Random,
            settings: Arc::clone(&self.settings),
        })?)
    }

    /// Where clients find the API.
    pub fn address(&self, server: &Server) -> String {
        match self.settings.server.base() {
            Some(base) => base.to_owned(),
            None => format!("http://{}", server.local_addr()),
        }
    }

    /// Ready once the process is asked to stop.
    pub fn asked(&self) -> impl Future<Output = ()> + Send + 'static {
        self.stop.asked()
    }

    /// Runs the API.
    pub fn run_api(&self, server: Server) -> Running {
        info!(listen = %server.local_addr(), database = self.db.kind(), "the API listens");
        self.run("API", server.run(self.stop.asked()))
    }

    /// Runs the worker.
    pub fn run_worker(&self) -> Running {
        info!(database = self.db.kind(), "the worker runs");
        let context = worker_context(&self.settings, &self.db);
        self.run("worker", openklant_worker::run(context, self.stop.asked()))
    }

    /// Waits for the parts, then closes the database.
    ///
    /// # Errors
    /// The first part that failed.
    pub async fn finish(self, parts: impl IntoIterator<Item = Running>) -> anyhow::Result<()> {
        let mut outcome = Ok(());
        for part in parts {
            let ended = part.0.await.context("a part of the program panicked").flatten();
            outcome = outcome.and(ended);
        }
        if let Some(exporter) = self.exporter {
            exporter.stop().await;
        }
        if tokio::time::timeout(LONGEST_CLOSE, self.db.close())
            .await
            .is_err()
        {
            warn!("the database did not close in time");
        }
        outcome
    }

    /// Runs a part; when it ends, the others are asked to stop.
    pub fn run<E>(
        &self,
        name: &'static str,
        part: impl Future<Output = Result<(), E>> + Send + 'static,
    ) -> Running
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        let stop = self.stop.clone();
        // In a task inside the task: a panic must ask the others to stop too.
        let part = tokio::spawn(part);
        Running(tokio::spawn(async move {
            let ended = part.await;
            stop.ask();
            info!("the {name} has stopped");
            ended.with_context(|| format!("the {name} panicked"))??;
            Ok(())
        }))
    }
}

/// What commands of the worker work with.
pub fn worker_context(settings: &Arc<Settings>, db: &Db) -> openklant_worker::Context {
    openklant_worker::Context {
        db: db.clone(),
        clock: Clock::System,
        ids: Ids::Random,
        settings: Arc::clone(settings),
    }
}
