//! The product as one test sees it: a server on a free port with a database of its own, and a worker when asked for.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use openklant_shared::clock::{Clock, Ids};
use openklant_shared::domain::applicatie::{Applicatie, Autorisatie, Component};
use openklant_shared::settings::{Settings, Source, load};
use openklant_shared::storage::page_map::Sizes;
use openklant_shared::storage::{Db, applicatie};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::both::Given;
use crate::client::Client;
use crate::database::{Database, Kind};
use crate::probe::{Probe, Queued};
use crate::tokens::{Credential, bearer};

/// Label of the application with every right.
pub const LABEL: &str = "Balieportaal";

/// The key to secrets that all processes of the tests have.
pub const SECRET_KEY: &str = "ZWVuIHNsZXV0ZWwgZGllIGFsbGVlbiB0ZXN0cyBoZWI=";

/// Longest a stop may take.
const STOP_PATIENCE: Duration = Duration::from_secs(30);

/// A running server.
#[derive(Debug)]
pub struct App {
    database: Database,
    db: Db,
    clock: Clock,
    ids: Ids,
    settings: Arc<Settings>,
    address: SocketAddr,
    everything: Credential,
    applicatie_uuid: String,
    server: Running,
    workers: Vec<Running>,
}

/// A task of the product and how to stop it.
#[derive(Debug)]
struct Running {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    async fn stop(self, what: &str) {
        let _already_stopped = self.stop.send(());
        tokio::time::timeout(STOP_PATIENCE, self.task)
            .await
            .unwrap_or_else(|_| panic!("the {what} stops when it is told to"))
            .unwrap_or_else(|error| panic!("the {what} stops without a fault: {error}"));
    }
}

impl Given for App {
    async fn from_database(database: Database) -> Self {
        Self::start(&database, &[]).await
    }
}

/// How an [`App`] differs from the usual one.
#[derive(Debug)]
pub struct Setup {
    settings: HashMap<String, String>,
    clock: Clock,
    database_url: Option<String>,
    page_sizes: Sizes,
}

impl Setup {
    /// The usual one: port 0, look-ups may reach the stand-ins, small pools, and a clock that stands still.
    pub fn new() -> Self {
        let settings = [
            ("OPENKLANT_LISTEN", "127.0.0.1:0"),
            ("OPENKLANT_OUTGOING_ALLOWED_HOSTS", "127.0.0.1"),
            ("OPENKLANT_DATABASE_MAX_CONNECTIONS", "4"),
            ("OPENKLANT_NOTIFICATIES_POLL_INTERVAL", "200ms"),
            ("OPENKLANT_SECRET_KEY", SECRET_KEY),
        ];
        Self {
            settings: settings
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            clock: Clock::fixed(start_of_time()),
            database_url: None,
            page_sizes: Sizes::default(),
        }
    }

    /// Changes settings.
    #[must_use]
    pub fn with<N: AsRef<str>, V: AsRef<str>>(mut self, settings: impl IntoIterator<Item = (N, V)>) -> Self {
        for (name, value) in settings {
            self.settings
                .insert(name.as_ref().to_owned(), value.as_ref().to_owned());
        }
        self
    }

    /// Uses the machine's clock, for what happens by itself after a while.
    #[must_use]
    pub fn in_real_time(mut self) -> Self {
        self.clock = Clock::System;
        self
    }

    /// Reaches the database by another way, past [`crate::tap::Tap`] for instance.
    #[must_use]
    pub fn database_url(mut self, url: &str) -> Self {
        self.database_url = Some(url.to_owned());
        self
    }

    /// Has lists of few rows get what long ones get.
    #[must_use]
    pub fn page_sizes(mut self, sizes: Sizes) -> Self {
        self.page_sizes = sizes;
        self
    }

    /// Starts the server on this database.
    pub async fn start(mut self, database: &Database) -> App {
        let url = self.database_url.clone().unwrap_or_else(|| database.url());
        self.settings
            .insert("OPENKLANT_DATABASE_URL".to_owned(), url.clone());
        let settings = load(&Source::from_pairs(self.settings))
            .unwrap_or_else(|error| panic!("the settings of the test are right: {error}"))
            .settings;
        let pool = (
            settings.database.max_connections,
            settings.database.acquire_timeout,
        );
        let db = match (database.kind(), self.database_url) {
            (Kind::Postgres, Some(url)) => Db::open_postgres(&url, pool.0, pool.1)
                .await
                .expect("the database can be reached by the other way"),
            _ => database.open(pool.0, pool.1).await,
        }
        .unlock(&settings.database)
        .await
        .expect("the database can be given its keys")
        .with_page_sizes(self.page_sizes);
        App::serve(database.clone(), db, self.clock, settings).await
    }
}

impl Default for Setup {
    fn default() -> Self {
        Self::new()
    }
}

/// When the clock of a test begins.
pub fn start_of_time() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 5, 9, 30, 0)
        .single()
        .expect("a date of the calendar")
        + TimeDelta::microseconds(123_456)
}

impl App {
    /// Starts a server with the usual settings and these.
    pub async fn start(database: &Database, settings: &[(&str, &str)]) -> Self {
        Setup::new().with(settings.iter().copied()).start(database).await
    }

    async fn serve(database: Database, db: Db, clock: Clock, settings: Settings) -> Self {
        let (ids, settings) = (Ids::counting(), Arc::new(settings));
        let everything = Credential {
            client_id: "balieportaal".to_owned(),
            secret: "geheim van het balieportaal, lang genoeg".to_owned(),
        };
        let applicatie = Applicatie {
            uuid: Ids::Random.next(),
            label: LABEL.to_owned(),
            client_ids: vec![everything.client_id.clone()],
            heeft_alle_autorisaties: true,
            autorisaties: Vec::new(),
        };
        let applicatie_uuid = applicatie.uuid.to_string();
        if applicatie::find_by_client(&db, &everything.client_id)
            .await
            .expect("applications can be read")
            .is_none()
        {
            register(&db, &applicatie, &everything, clock.now()).await;
        }
        let server = openklant_api::Server::bind(openklant_api::Context {
            db: db.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            settings: Arc::clone(&settings),
        })
        .expect("the server starts");
        let address = server.local_addr();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            server
                .run(async move {
                    let _told_or_dropped = stopped.await;
                })
                .await
                .expect("the server runs until it is stopped");
        });
        Self {
            database,
            db,
            clock,
            ids,
            settings,
            address,
            everything,
            applicatie_uuid,
            server: Running { stop, task },
            workers: Vec::new(),
        }
    }

    /// Scheme, host and port of the server.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The database of the test.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The database as the server has it open: its very pools.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Looks into the database, past the product.
    pub fn probe(&self) -> &Probe {
        self.database.probe()
    }

    /// The clock of the server and the worker.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Every message in the outbox, oldest first.
    pub async fn outbox(&self) -> Vec<Queued> {
        self.probe().outbox().await
    }

    /// The credential of the application with every right.
    pub fn credential(&self) -> &Credential {
        &self.everything
    }

    /// The uuid of that application.
    pub fn applicatie_uuid(&self) -> &str {
        &self.applicatie_uuid
    }

    /// A client that may do everything.
    pub fn client(&self) -> Client {
        self.with_token(&self.everything.token(self.clock.now()))
    }

    /// A client without a token.
    pub fn anonymous(&self) -> Client {
        Client::new(self.address, None)
    }

    /// A client with this token.
    pub fn with_token(&self, token: &str) -> Client {
        Client::new(self.address, Some(bearer(token)))
    }

    /// A client that may do everything, with these claims in its token instead of the usual ones.
    pub fn with_claims(&self, change: impl FnOnce(&mut Value)) -> Client {
        let mut claims = self.everything.claims(self.clock.now());
        change(&mut claims);
        self.with_token(&self.everything.sign(&claims))
    }

    /// A client of an application of its own with exactly these scopes, in the component of the Klanten API.
    pub async fn client_with(&self, scopes: &[&str]) -> Client {
        self.client_within(Component::Kc, scopes).await
    }

    /// A client of an application of its own with exactly these scopes in one component.
    pub async fn client_within(&self, component: Component, scopes: &[&str]) -> Client {
        let autorisatie = Autorisatie {
            component,
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        };
        let credential = self.register(vec![autorisatie]).await;
        self.with_token(&credential.token(self.clock.now()))
    }

    /// Registers an application with these rights and gives its credential.
    pub async fn register(&self, autorisaties: Vec<Autorisatie>) -> Credential {
        let uuid = Ids::Random.next();
        let credential = Credential {
            client_id: format!("client-{}", uuid.simple()),
            secret: format!("geheim van {uuid}"),
        };
        let applicatie = Applicatie {
            uuid,
            label: "Applicatie van een test".to_owned(),
            client_ids: vec![credential.client_id.clone()],
            heeft_alle_autorisaties: false,
            autorisaties,
        };
        register(&self.db, &applicatie, &credential, self.clock.now()).await;
        credential
    }

    /// Starts a worker beside the server; it stops with the test.
    pub fn start_worker(&mut self) {
        let (stop, stopped) = oneshot::channel();
        let context = self.worker_context();
        let task = tokio::spawn(async move {
            openklant_worker::run(context, async move {
                let _told_or_dropped = stopped.await;
            })
            .await
            .expect("the worker runs until it is stopped");
        });
        self.workers.push(Running { stop, task });
    }

    /// Stops every worker and waits until they have finished what they were doing.
    pub async fn stop_workers(&mut self) {
        for worker in std::mem::take(&mut self.workers) {
            worker.stop("worker").await;
        }
    }

    /// What a worker beside this server is given.
    pub fn worker_context(&self) -> openklant_worker::Context {
        openklant_worker::Context {
            db: self.db.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            settings: Arc::clone(&self.settings),
        }
    }

    /// Stops workers and server, and waits until they have.
    pub async fn stop(mut self) {
        self.stop_workers().await;
        self.server.stop("server").await;
    }
}

async fn register(db: &Db, applicatie: &Applicatie, credential: &Credential, now: DateTime<Utc>) {
    let mut tx = db.begin().await.expect("a transaction");
    applicatie::insert_credential(&mut tx, &credential.client_id, &credential.secret, now)
        .await
        .expect("a credential can be added");
    applicatie::insert(&mut tx, applicatie, now)
        .await
        .expect("an application can be added");
    tx.commit().await.expect("the application is kept");
}
