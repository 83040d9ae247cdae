//! Clients that write, at a server that may be killed in the middle of any request: they make, change and remove
//! klanten and contactmomenten, and keep what they were told.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::Client;
use crate::fixtures::{CONTACTMOMENTEN, KLANTEN, contactmoment_with, klant};
use crate::probe::Change;
use crate::response::Response;
use crate::tokens::bearer;

/// Pause after a request that nobody answered: the server is gone for a moment.
const NOBODY_THERE: Duration = Duration::from_millis(50);

/// One life in so many tries to make a second klant with the same number, which must be refused and leave nothing.
const MISTAKE_IN: u32 = 8;

/// How often each change (URL and actie) was answered with success: what a client may rely on.
pub type Answered = BTreeMap<(String, String), usize>;

/// How they write.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many of them; every second one writes contactmomenten, the others klanten.
    pub writers: usize,
    /// Requests a second, all together; `None`: without a pause.
    pub rate: Option<f64>,
    /// What their whims come from.
    pub seed: u64,
}

impl Plan {
    /// So many writers that never pause.
    pub const fn restless(writers: usize) -> Self {
        Self {
            writers,
            rate: None,
            seed: 0,
        }
    }
}

/// What became of what they wrote.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// What was answered with success.
    pub answered: Answered,
    /// How often there was no answer.
    pub unanswered: usize,
    /// Mistakes made on purpose and refused.
    pub mistakes: usize,
    /// Answers that nobody had in mind, by method and status.
    pub surprises: BTreeMap<(&'static str, u16), usize>,
}

impl Written {
    /// Changes that were answered with success more often than they are among these, with both numbers.
    pub fn broken_promises(&self, changes: &[Change]) -> Vec<String> {
        let mut made = Answered::new();
        for change in changes {
            *made
                .entry((change.url.clone(), change.actie.clone()))
                .or_default() += 1;
        }
        let mut broken = Vec::new();
        for (change, promised) in &self.answered {
            let kept = made.get(change).copied().unwrap_or_default();
            if kept < *promised {
                let (url, actie) = change;
                broken.push(format!(
                    "{actie} of {url}: promised {promised} times, there {kept} times"
                ));
            }
        }
        broken
    }

    /// Answers of this status that nobody had in mind.
    pub fn surprises_with(&self, fits: impl Fn(u16) -> bool) -> usize {
        let these = self.surprises.iter().filter(|((_, status), _)| fits(*status));
        these.map(|(_, times)| times).sum()
    }
}

/// Writers at work.
pub struct Writers {
    tasks: JoinSet<()>,
    stop: watch::Sender<bool>,
    server: watch::Sender<SocketAddr>,
    written: Arc<Mutex<Written>>,
}

impl Writers {
    /// Sets them to work at this server.
    pub fn start(plan: Plan, server: SocketAddr, token: &str) -> Self {
        let mut writers = Self {
            tasks: JoinSet::new(),
            stop: watch::Sender::new(false),
            server: watch::Sender::new(server),
            written: Arc::default(),
        };
        let pause = plan.rate.map(|rate| {
            Duration::from_secs_f64(f64::from(u32::try_from(plan.writers).unwrap_or(u32::MAX)) / rate)
        });
        for nr in 0..plan.writers {
            let writer = Writer {
                nr,
                pause,
                whims: StdRng::seed_from_u64(plan.seed ^ u64::try_from(nr).unwrap_or_default()),
                stop: writers.stop.subscribe(),
                server: writers.server.subscribe(),
                authorization: bearer(token),
                written: Arc::clone(&writers.written),
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
        lock(&self.written).answered.values().sum()
    }

    /// Lets each finish its request, and answers what they were told.
    pub async fn finish(mut self) -> Written {
        self.stop.send_replace(true);
        while let Some(ended) = self.tasks.join_next().await {
            ended.expect("a writer ends well");
        }
        std::mem::take(&mut lock(&self.written))
    }
}

fn lock(written: &Mutex<Written>) -> MutexGuard<'_, Written> {
    written.lock().expect("no writer panics with it")
}

struct Writer {
    nr: usize,
    pause: Option<Duration>,
    whims: StdRng,
    stop: watch::Receiver<bool>,
    server: watch::Receiver<SocketAddr>,
    authorization: String,
    written: Arc<Mutex<Written>>,
}

impl Writer {
    /// The lives of objects, one after another: made, changed a few times, and half of them removed.
    async fn work(mut self) {
        for turn in 0.. {
            if *self.stop.borrow() {
                return;
            }
            self.live(turn).await;
        }
    }

    async fn live(&mut self, turn: usize) {
        let number = format!("{}-{turn}", self.nr);
        let (list, whole, change): (_, Value, fn(usize) -> Value) = if self.nr.is_multiple_of(2) {
            (
                KLANTEN,
                klant(&number),
                |nr| json!({"voornaam": format!("Bo {nr}")}),
            )
        } else {
            let body = contactmoment_with(&json!({"tekst": "Vraag over de afvalpas."}));
            (
                CONTACTMOMENTEN,
                body,
                |nr| json!({"tekst": format!("Vraag {nr} over de afvalpas.")}),
            )
        };
        let Some(made) = self.ask("POST", list, Some(&whole), 201).await else {
            return;
        };
        let url = made.url();
        self.note(&url, "create");
        if list == KLANTEN && self.whims.random_ratio(1, MISTAKE_IN) {
            self.err(&whole).await;
        }
        for nr in 0..3 {
            if self.ask("PATCH", &url, Some(&change(nr)), 200).await.is_some() {
                self.note(&url, "partial_update");
            }
        }
        if self.ask("PUT", &url, Some(&whole), 200).await.is_some() {
            self.note(&url, "update");
        }
        if turn.is_multiple_of(2) && self.ask("DELETE", &url, None, 204).await.is_some() {
            self.note(&url, "destroy");
        }
    }

    /// Makes a klant whose number is taken: refused, and nobody hears of it.
    async fn err(&mut self, taken: &Value) {
        if self.ask("POST", KLANTEN, Some(taken), 400).await.is_some() {
            lock(&self.written).mistakes += 1;
        }
    }

    /// Sends a request to the server where it is now; `None` unless the answer has this status.
    async fn ask(
        &mut self,
        method: &'static str,
        url: &str,
        body: Option<&Value>,
        status: u16,
    ) -> Option<Response> {
        let client = Client::new(*self.server.borrow(), Some(self.authorization.clone()));
        let call = client.request(method, url);
        let call = match body {
            Some(body) => call.json(body),
            None => call,
        };
        let answer = call.attempt().await;
        match &answer {
            None => {
                lock(&self.written).unanswered += 1;
                sleep(NOBODY_THERE).await;
            }
            Some(answer) if answer.status() != status => {
                let surprise = (method, answer.status());
                *lock(&self.written).surprises.entry(surprise).or_default() += 1;
                sleep(NOBODY_THERE).await;
            }
            Some(_) => {}
        }
        if let Some(pause) = self.pause {
            // Between nothing and twice the mean.
            sleep(pause.mul_f64(self.whims.random_range(0.0..2.0))).await;
        }
        answer.filter(|answer| answer.status() == status)
    }

    fn note(&self, url: &str, actie: &str) {
        *lock(&self.written)
            .answered
            .entry((url.to_owned(), actie.to_owned()))
            .or_default() += 1;
    }
}
