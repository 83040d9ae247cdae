//! A queue full of messages: what it costs to look at it, how a new message fares beside it, and what memory draining it
//! takes. With the settings as they are by default.

use std::time::Duration;

use chrono::TimeDelta;
use openklant_shared::clock::Clock;
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::notificaties::Notificaties;
use openklant_tests::program::Program;
use openklant_tests::tokens::bearer;
use openklant_tests::{Client, Database};
use tokio::time::{Instant, sleep};

use crate::Arguments;
use crate::installation::{Victim, program, token};

/// How often a thing is measured.
const TIMES: usize = 11;

/// Longest that `outbox status` may take.
const STATUS: Duration = Duration::from_millis(200);

/// Longest that a new message may wait beside the old ones.
const NEW: Duration = Duration::from_secs(1);

/// Most memory of the worker, in KiB.
const MEMORY: u64 = 60 * 1024;

/// How long the queue is watched while it drains.
const DRAINING: Duration = Duration::from_secs(30);

/// Runs it and answers the faults.
pub async fn run(arguments: &Arguments, database: &Database) -> Vec<String> {
    let notificaties = Notificaties::start().await;
    let program = || program(database, &notificaties);
    let operator = program();
    let token = token(&operator).await;
    let api = Victim::start(program(), "api");
    let client = Client::new(api.process().address().await, Some(bearer(&token)));
    client.post(KLANTEN, &klant("0")).await.is(201);
    let later = Clock::System.now() + TimeDelta::minutes(50);
    database
        .probe()
        .multiply_messages(arguments.messages, later)
        .await;
    println!("{} messages wait for their next attempt", arguments.messages);

    let worker = Victim::start(program(), "worker");
    worker.process().prints("delivers messages").await;
    let status = status_takes(&operator).await;
    let new = new_messages_take(&client, &notificaties).await;
    println!("outbox status   {status:?} (median of {TIMES})");
    println!("a new message   accepted {new:?} after its answer, at most, of {TIMES}");

    let asked = Instant::now();
    operator.run("outbox retry --state pending --yes").await.well();
    println!(
        "outbox retry    of all of them: {:.1} s",
        asked.elapsed().as_secs_f64()
    );
    let (before, since) = (notificaties.offers(), Instant::now());
    sleep(DRAINING).await;
    let drained = f64::from(u32::try_from(notificaties.offers() - before).unwrap_or(u32::MAX));
    println!(
        "draining        {:.0} messages a second",
        drained / since.elapsed().as_secs_f64()
    );
    let meanwhile = status_takes(&operator).await;
    println!("outbox status   {meanwhile:?} while draining");
    let memory = worker.process().memory("VmHWM");
    println!("worker          {memory} KiB at most");

    let mut faults = Vec::new();
    if status.max(meanwhile) > STATUS {
        faults.push(format!("outbox status takes more than {STATUS:?}"));
    }
    if new > NEW {
        faults.push(format!("a new message waits more than {NEW:?}"));
    }
    if memory > MEMORY {
        faults.push(format!("the worker takes more than {MEMORY} KiB"));
    }
    if drained < 1.0 {
        faults.push("nothing was drained".to_owned());
    }
    faults.extend(worker.end().await.err());
    faults.extend(api.end().await.err());
    faults
}

/// The median of what the command takes, its start included.
async fn status_takes(operator: &Program) -> Duration {
    let mut took = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let started = Instant::now();
        operator.run("outbox status").await.well();
        took.push(started.elapsed());
    }
    took.sort();
    took[TIMES / 2]
}

/// The most that a message of a new object waits after the answer of its change.
async fn new_messages_take(client: &Client, notificaties: &Notificaties) -> Duration {
    let mut longest = Duration::ZERO;
    for nr in 1..=TIMES {
        let before = notificaties.offers();
        client.post(KLANTEN, &klant(&nr.to_string())).await.is(201);
        let answered = Instant::now();
        while notificaties.offers() == before && answered.elapsed() < NEW * 5 {
            sleep(Duration::from_millis(1)).await;
        }
        longest = longest.max(answered.elapsed());
    }
    longest
}
