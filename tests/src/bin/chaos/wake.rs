//! One change at a time, with nothing else to do: how long from the change to the request that tells of it. The moment of
//! the change is taken before its commit, so the figures are a little too high. And what memory the server takes then. With
//! the settings as they are by default.

use std::time::Duration;

use chrono::TimeDelta;
use openklant_shared::clock::Clock;
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::notificaties::Notificaties;
use openklant_tests::probe::Change;
use openklant_tests::tokens::bearer;
use openklant_tests::{Client, Database, wait};
use tokio::time::{Instant, sleep};

use crate::installation::{Victim, program, token};

/// Changes per arrangement.
const CHANGES: usize = 100;

/// Longest that the median may be.
const MEDIAN: TimeDelta = TimeDelta::milliseconds(50);

/// Most memory of the program that serves, in KiB.
const MEMORY: u64 = 40 * 1024;

/// Runs it and answers the faults.
pub async fn run(database: &Database) -> Vec<String> {
    let notificaties = Notificaties::start().await;
    let program = || program(database, &notificaties);
    let token = token(&program()).await;
    let mut faults = Vec::new();
    for commands in [&["up"][..], &["api", "worker"]] {
        let word = commands[0];
        let victims: Vec<Victim> = commands
            .iter()
            .map(|command| Victim::start(program(), command))
            .collect();
        let address = victims[0].process().address().await;
        let client = Client::new(address, Some(bearer(&token)));
        // The first change also waits for the worker to be there.
        change(&client, &notificaties, word).await;
        let mut delays = Vec::with_capacity(CHANGES);
        for nr in 0..CHANGES {
            sleep(Duration::from_millis(50)).await;
            delays.push(change(&client, &notificaties, &format!("{word}-{nr}")).await);
        }
        delays.sort();
        let (median, most) = (delays[CHANGES / 2], delays[CHANGES * 95 / 100]);
        println!(
            "{:<16}median {:.1} ms, 95 of 100 within {:.1} ms",
            commands.join(" + "),
            median.as_seconds_f64() * 1000.0,
            most.as_seconds_f64() * 1000.0
        );
        if median > MEDIAN {
            faults.push(format!("the median of {commands:?} is above {MEDIAN}"));
        }
        let resident = victims[0].process().memory("VmRSS");
        println!("{:<16}{resident} KiB at rest", commands[0]);
        if resident > MEMORY {
            faults.push(format!("{word} takes more than {MEMORY} KiB"));
        }
        for victim in victims {
            faults.extend(victim.end().await.err());
        }
    }
    faults
}

/// Makes a klant, and waits for its message. Answers how long after the change it came.
async fn change(client: &Client, notificaties: &Notificaties, klantnummer: &str) -> TimeDelta {
    let before = notificaties.offers();
    client.post(KLANTEN, &klant(klantnummer)).await.is(201);
    let delivery = wait::until("the message comes", async || {
        notificaties.deliveries().get(before).cloned()
    })
    .await;
    let ago = TimeDelta::from_std(Instant::now().into_std() - delivery.request.at).expect("it was just now");
    Clock::System.now() - ago - Change::of(&delivery.message()).at
}
