//! Everything at once: clients write, a receiver misbehaves, processes and the database are killed, frozen and lied to
//! about the time, an operator looks after what is parked. When it is over everything must have been told.

use std::time::Duration;

use openklant_tests::Database;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::program::Program;
use openklant_tests::writers::{Plan, Writers};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::time::{Instant, sleep, sleep_until};

use crate::Arguments;
use crate::installation::Installation;
use crate::postmaster::Postmaster;
use crate::receiver;
use crate::report::Report;

/// How long the messages may need to arrive once everything is well again.
const AFTERMATH: Duration = Duration::from_mins(5);

/// How often the operator looks for messages that are parked.
const ROUND: Duration = Duration::from_secs(10);

/// How often the run says how far it is.
const WORD: Duration = Duration::from_secs(30);

/// Seconds that a clock is moved: a lease, a retry, a summer time.
const JUMPS: [i64; 6] = [5, -5, 90, -90, 7200, -7200];

/// What was done to the installation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Blows {
    pub api_kills: usize,
    pub worker_kills: usize,
    pub database_kills: usize,
    pub freezes: usize,
    pub jumps: usize,
    pub vanished: usize,
}

/// Runs it, prints the account and answers the faults.
pub async fn run(arguments: &Arguments, database: &Database) -> Vec<String> {
    let notificaties = Notificaties::start().await;
    let mut installation = Installation::start(database, &notificaties, arguments.faketime.as_deref()).await;
    if installation.clock.is_none() {
        println!("no clock jumps: libfaketime was not given");
    }
    let plan = Plan {
        writers: arguments.writers,
        rate: Some(arguments.rate),
        seed: arguments.seed,
    };
    let address = installation.api.process().address().await;
    let writers = Writers::start(plan, address, &installation.token);
    let postmaster = arguments.postmaster();
    let whims = |role: u64| StdRng::seed_from_u64(arguments.seed.wrapping_mul(1000) + role);
    let started = Instant::now();
    let end = started + arguments.duration();

    let operator = Program::on(database).with(notificaties.settings());
    let mut striker = Striker {
        installation: &mut installation,
        postmaster: postmaster.as_ref(),
        writers: &writers,
        blows: Blows::default(),
        faults: Vec::new(),
        whims: whims(2),
    };
    let (vanished, (), (), ()) = tokio::join!(
        receiver::rage(&notificaties, whims(1), end),
        striker.strike(end),
        look_after(&operator, end),
        tell(&writers, started, end),
    );
    let blows = Blows {
        vanished,
        ..striker.blows
    };
    let mut faults = striker.faults;
    let written = writers.finish().await;
    println!(
        "the storm is over after {:.0} s; settling",
        started.elapsed().as_secs_f64()
    );
    faults.extend(settle(database, &installation.operator).await);
    faults.extend(database.probe().wrong_depths().await);
    faults.extend(installation.end().await);

    let report = Report::of(database, &notificaties, &written, blows).await;
    print!("{report}");
    faults.extend(report.faults());
    faults
}

/// Waits until every message is delivered; what is parked is asked for again.
async fn settle(database: &Database, operator: &Program) -> Option<String> {
    let end = Instant::now() + AFTERMATH;
    loop {
        let open = states(database).await;
        if open.is_empty() {
            return None;
        }
        if Instant::now() > end {
            return Some(format!(
                "after {AFTERMATH:?} of quiet there are still messages: {open:?}"
            ));
        }
        if open.iter().any(|state| state.starts_with("parked")) {
            retry_parked(operator).await;
        }
        sleep(Duration::from_millis(500)).await;
    }
}

/// How many messages are in which state, those that were delivered left out.
async fn states(database: &Database) -> Vec<String> {
    const SQL: &str = "SELECT state || ' ' || CAST(count(*) AS TEXT) FROM outbox WHERE state <> 'delivered' \
        GROUP BY state ORDER BY state";
    database.probe().texts(SQL).await
}

/// The operator's round. While the database is away a command fails, as it should.
async fn look_after(operator: &Program, end: Instant) {
    while Instant::now() + ROUND < end {
        sleep(ROUND).await;
        retry_parked(operator).await;
    }
}

async fn retry_parked(operator: &Program) {
    operator.run("outbox retry --state parked --yes").await;
}

async fn tell(writers: &Writers, started: Instant, end: Instant) {
    while Instant::now() + WORD < end {
        sleep(WORD).await;
        println!(
            "{:>5.0} s: {} changes",
            started.elapsed().as_secs_f64(),
            writers.successes()
        );
    }
    sleep_until(end).await;
}

/// Who kills.
struct Striker<'a> {
    installation: &'a mut Installation,
    postmaster: Option<&'a Postmaster>,
    writers: &'a Writers,
    blows: Blows,
    faults: Vec<String>,
    whims: StdRng,
}

impl Striker<'_> {
    /// One blow after another until `end`; everything runs by its own clock afterwards.
    async fn strike(&mut self, end: Instant) {
        while Instant::now() < end {
            self.pause(200..2500).await;
            match self.whims.random_range(0..12) {
                0..3 => self.kill_api().await,
                3..6 => self.kill_worker().await,
                6..8 => self.freeze_worker().await,
                8..10 => self.kill_database().await,
                _ => self.move_clock().await,
            }
        }
        if let Some(clock) = &self.installation.clock {
            clock.set(0);
        }
    }

    async fn pause(&mut self, milliseconds: std::ops::Range<u64>) {
        sleep(Duration::from_millis(self.whims.random_range(milliseconds))).await;
    }

    async fn kill_api(&mut self) {
        let killed = self.installation.api.kill_and_restart().await;
        self.faults.extend(killed.err());
        self.blows.api_kills += 1;
        self.writers
            .server_is_at(self.installation.api.process().address().await);
    }

    async fn kill_worker(&mut self) {
        let nr = self.whims.random_range(0..2);
        let killed = self.installation.workers[nr].kill_and_restart().await;
        self.faults.extend(killed.err());
        self.blows.worker_kills += 1;
    }

    /// Shorter or longer than a lease: it wakes up and finds its messages gone, or its answers waiting.
    async fn freeze_worker(&mut self) {
        let nr = self.whims.random_range(0..2);
        self.installation.workers[nr].process().freeze();
        self.pause(300..12_000).await;
        self.installation.workers[nr].process().thaw();
        self.blows.freezes += 1;
    }

    async fn kill_database(&mut self) {
        let Some(postmaster) = self.postmaster else { return };
        postmaster.kill();
        self.pause(0..3000).await;
        postmaster.start().await;
        self.blows.database_kills += 1;
    }

    async fn move_clock(&mut self) {
        let by = JUMPS[self.whims.random_range(0..JUMPS.len())];
        let Some(clock) = &self.installation.clock else {
            return;
        };
        clock.set(by);
        self.blows.jumps += 1;
        self.pause(500..6000).await;
        if let Some(clock) = &self.installation.clock {
            clock.set(0);
        }
    }
}
