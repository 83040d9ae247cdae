//! `kill -9` of the API and of the worker at any moment, again and again, under clients that write: no change without
//! its message, no message without its change, and the order of each klant kept.

use std::time::Duration;

use openklant_shared::clock::Ids;
use openklant_tests::account::{assert_tells_all, by_object};
use openklant_tests::listener::Reply;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::probe::Change;
use openklant_tests::program::{Process, Program};
use openklant_tests::{Database, on_both, wait};
use serde_json::json;

use super::{publishing, token};
use openklant_tests::writers::{Plan, Writers};

/// Kills per database; both together fifty.
const KILLS: usize = 25;

/// Longest that the messages may need to arrive once nobody is killed any more.
const AFTERMATH: Duration = Duration::from_mins(2);

/// Messages that one worker may have in flight.
const CONCURRENCY: usize = 4;

/// A whim: any number below this.
fn any(below: u64) -> u64 {
    u64::try_from(Ids::Random.next().as_u128() % u128::from(below)).unwrap_or_default()
}

/// A moment of any length up to this: what is struck by a kill must not be what a test had in mind.
async fn a_while(most_ms: u64) {
    tokio::time::sleep(Duration::from_millis(any(most_ms + 1))).await;
}

async fn kill(process: Process) {
    process.kill();
    let ended = process.end().await;
    assert_eq!(ended.code, None, "it had ended by itself: {ended:?}");
}

/// Kills a process and starts it again; now and then also while it starts. Answers how often it was killed.
async fn kill_and_restart(program: &Program, command: &str, process: &mut Process) -> usize {
    let mut kills = 0;
    loop {
        let next = program.start(command);
        kill(std::mem::replace(process, next)).await;
        kills += 1;
        if any(4) > 0 {
            return kills;
        }
        a_while(300).await;
    }
}

/// The objects that are there are those that were made and not removed.
async fn assert_whole(database: &Database, changes: &[Change]) {
    let of = |actie: &str| changes.iter().filter(|change| change.actie == actie).count();
    let probe = database.probe();
    let there = probe.count("klant").await + probe.count("contactmoment").await;
    assert_eq!(usize::try_from(there), Ok(of("create") - of("destroy")));
    let queued = database.probe().outbox().await;
    let messages: Vec<Change> = queued.iter().map(|row| Change::of(&row.message())).collect();
    assert_eq!(messages.len(), changes.len(), "one message for each audit row");
    assert_eq!(by_object(messages), by_object(changes.iter().cloned()));
}

on_both! {
    async fn nothing_is_lost_invented_or_out_of_order(database: Database) {
        let notificaties = Notificaties::start().await;
        let program = publishing(&database, &notificaties);
        let token = token(&program).await;
        let mut api = program.start("api");
        let mut worker = program.start("worker");
        let writers = Writers::start(Plan::restless(4), api.address().await, &token);

        let (mut api_kills, mut worker_kills) = (0, 0);
        while api_kills + worker_kills < KILLS {
            let (changed, offered) = (writers.successes(), notificaties.offers());
            wait::until_found("changes are made and messages arrive", async || {
                (writers.successes() > changed && notificaties.offers() > offered).then_some(())
            })
            .await;
            a_while(60).await;
            if api_kills <= worker_kills {
                api_kills += kill_and_restart(&program, "api", &mut api).await;
                writers.server_is_at(api.address().await);
            } else {
                notificaties.next([Reply::json(503, &json!({})), Reply::close()]);
                worker_kills += kill_and_restart(&program, "worker", &mut worker).await;
            }
        }
        let written = writers.finish().await;
        assert!(written.surprises.is_empty(), "{:?}", written.surprises);

        wait::until_within(AFTERMATH, "every message is delivered", async || {
            let rows = database.probe().outbox().await;
            rows.iter().all(|row| row.state == "delivered").then_some(())
        })
        .await;
        for process in [api, worker] {
            process.terminate();
            process.end().await.well();
        }

        let changes = database.probe().changes().await;
        let accepted = notificaties.accepted();
        assert!(changes.len() >= KILLS, "{} changes", changes.len());
        assert_eq!(written.broken_promises(&changes), Vec::<String>::new());
        assert_whole(&database, &changes).await;
        assert_tells_all(&accepted, &changes);
        let repeated = accepted.len() - changes.len();
        assert!(
            repeated <= worker_kills * CONCURRENCY,
            "{repeated} repetitions after {worker_kills} kills"
        );
    }
}
