//! Clients that write without a pause, at a server that may be killed in the middle of any request.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use openklant_tests::Client;
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::tokens::bearer;
use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How often each change (URL and actie) was answered with success: what a client may rely on.
pub type Answered = BTreeMap<(String, String), usize>;

/// Writers at work.
pub struct Writers {
    tasks: JoinSet<()>,
    stop: watch::Sender<bool>,
    server: watch::Sender<SocketAddr>,
    answered: Arc<Mutex<Answered>>,
}

impl Writers {
    /// Sets so many to work at this server.
    pub fn start(count: usize, server: SocketAddr, token: &str) -> Self {
        let mut writers = Self {
            tasks: JoinSet::new(),
            stop: watch::Sender::new(false),
            server: watch::Sender::new(server),
            answered: Arc::default(),
        };
        for nr in 0..count {
            let writer = Writer {
                nr,
                stop: writers.stop.subscribe(),
                server: writers.server.subscribe(),
                authorization: bearer(token),
                answered: Arc::clone(&writers.answered),
            };
            writers.tasks.spawn(writer.work());
        }
        writers
    }

    /// Says where the server is now.
    pub fn server_is_at(&self, server: SocketAddr) {
        self.server.send_replace(server);
    }

    /// How many changes were answered with success so far.
    pub fn successes(&self) -> usize {
        lock(&self.answered).values().sum()
    }

    /// Lets each finish its request, and answers what they were told.
    pub async fn finish(mut self) -> Answered {
        self.stop.send_replace(true);
        while let Some(ended) = self.tasks.join_next().await {
            ended.expect("a writer ends well");
        }
        std::mem::take(&mut lock(&self.answered))
    }
}

fn lock(answered: &Mutex<Answered>) -> std::sync::MutexGuard<'_, Answered> {
    answered.lock().expect("no writer panics with it")
}

struct Writer {
    nr: usize,
    stop: watch::Receiver<bool>,
    server: watch::Receiver<SocketAddr>,
    authorization: String,
    answered: Arc<Mutex<Answered>>,
}

impl Writer {
    /// The lives of klanten, one after another: made, changed a few times, and half of them removed.
    async fn work(self) {
        for turn in 0.. {
            let klantnummer = format!("{}-{turn}", self.nr);
            let made = self.client().post(KLANTEN, &klant(&klantnummer)).attempt().await;
            if let Some(made) = made {
                let url = made.expect(201).url();
                self.note(&url, "create");
                self.live(&url, &klantnummer, turn % 2 == 0).await;
            }
            if *self.stop.borrow() {
                return;
            }
        }
    }

    async fn live(&self, url: &str, klantnummer: &str, to_the_end: bool) {
        for nr in 0..3 {
            let change = json!({"voornaam": format!("Bo {nr}")});
            if let Some(answer) = self.client().patch(url, &change).attempt().await {
                answer.is(200);
                self.note(url, "partial_update");
            }
        }
        if let Some(answer) = self.client().put(url, &klant(klantnummer)).attempt().await {
            answer.is(200);
            self.note(url, "update");
        }
        if to_the_end && let Some(answer) = self.client().delete(url).attempt().await {
            answer.is(204);
            self.note(url, "destroy");
        }
    }

    /// A client of the server where it is now.
    fn client(&self) -> Client {
        Client::new(*self.server.borrow(), Some(self.authorization.clone()))
    }

    fn note(&self, url: &str, actie: &str) {
        *lock(&self.answered)
            .entry((url.to_owned(), actie.to_owned()))
            .or_default() += 1;
    }
}
