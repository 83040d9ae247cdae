//! The receiver is gone while clients go on writing, then comes back: what the outage cost, and how fast what waited is
//! told. With the settings as they are by default.

use std::time::Duration;

use openklant_tests::Database;
use openklant_tests::account::Account;
use openklant_tests::listener::Reply;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::writers::{Plan, Writers};
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::Arguments;
use crate::installation::{CONCURRENCY, Victim, program, token};

/// What the receiver takes for one message once it is back.
const RECEIVING: Duration = Duration::from_millis(20);

/// Attempts that a message may be charged for the outage.
const ATTEMPTS: i64 = 3;

/// How much longer than the receiver needs by itself draining may take.
const SLACK: f64 = 2.0;

/// Longest that draining is waited for.
const PATIENCE: Duration = Duration::from_mins(30);

/// Runs it and answers the faults.
pub async fn run(arguments: &Arguments, database: &Database) -> Vec<String> {
    let notificaties = Notificaties::start().await;
    let program = || program(database, &notificaties);
    let token = token(&program()).await;
    let api = Victim::start(program(), "api");
    let worker = Victim::start(program(), "worker");
    let address = api.process().address().await;
    worker.process().prints("delivers messages").await;
    notificaties.vanish();

    let plan = Plan {
        writers: arguments.writers,
        rate: Some(arguments.rate),
        seed: arguments.seed,
    };
    let writers = Writers::start(plan, address, &token);
    sleep(arguments.duration()).await;
    let written = writers.finish().await;
    let waiting = count(database, "SELECT count(*) FROM outbox WHERE state <> 'delivered'").await;
    println!(
        "{waiting} messages wait after an outage of {:?}",
        arguments.duration()
    );

    notificaties.in_mood(|| Some(Reply::json(201, &json!({})).after(RECEIVING)));
    notificaties.come_back();
    let back = Instant::now();
    let noticed = moment(&notificaties, 1).await;
    let drained = moment(&notificaties, usize::try_from(waiting).unwrap_or(usize::MAX)).await;
    let mut faults = Vec::new();
    match (noticed, drained) {
        (Some(noticed), Some(drained)) => {
            let took = (drained - noticed).as_secs_f64();
            let alone = RECEIVING.as_secs_f64() * f64::from(u32::try_from(waiting).unwrap_or(u32::MAX))
                / f64::from(u32::try_from(CONCURRENCY).unwrap_or(u32::MAX));
            println!(
                "noticed {:.1} s after the receiver was back",
                (noticed - back).as_secs_f64()
            );
            println!("drained in {took:.1} s; the receiver by itself, {CONCURRENCY} at a time: {alone:.1} s");
            if took > alone * SLACK {
                faults.push("draining takes much longer than receiving".to_owned());
            }
        }
        _ => faults.push(format!("not drained within {PATIENCE:?}")),
    }
    faults.extend(worker.end().await.err());
    faults.extend(api.end().await.err());

    let account = Account::of(&notificaties.accepted(), &database.probe().changes().await);
    let attempts = count(database, "SELECT max(attempts) FROM outbox").await;
    let parked = count(database, "SELECT count(*) FROM outbox WHERE state = 'parked'").await;
    let (lost, phantom, disorder) = (
        account.lost.len(),
        account.phantom.len(),
        account.out_of_order.len(),
    );
    println!("changes         {}", account.changes);
    println!("lost {lost}, phantom {phantom}, out of order {disorder}, parked {parked}");
    println!("duplicates      {}", account.repeated());
    println!("most attempts   {attempts}");
    if lost + phantom + disorder > 0 || parked > 0 {
        faults.push("not every message came, once and in order".to_owned());
    }
    if attempts > ATTEMPTS {
        faults.push(format!("a message was charged {attempts} attempts"));
    }
    if !written.surprises.is_empty() {
        faults.push(format!("clients noticed: {:?}", written.surprises));
    }
    faults
}

/// When so many messages were accepted.
async fn moment(notificaties: &Notificaties, messages: usize) -> Option<Instant> {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        if notificaties.offers() >= messages && notificaties.accepted().len() >= messages {
            return Some(Instant::now());
        }
        sleep(Duration::from_millis(50)).await;
    }
    None
}

async fn count(database: &Database, sql: &str) -> i64 {
    let sql = format!("SELECT CAST(({sql}) AS TEXT)");
    let answer = database.probe().texts(&sql).await;
    answer[0].parse().expect("a number")
}
