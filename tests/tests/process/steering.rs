//! What an operator does by command reaches a worker in another process at once: none of these workers would look by
//! itself before the test is over.

use std::time::Duration;

use openklant_tests::app::Setup;
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::listener::Reply;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::program::{Process, Program};
use openklant_tests::{App, Database, on_both};
use serde_json::json;

use super::publishing;

/// The API, a worker that hears or waits for ever, and the program to steer it with.
async fn started(database: &Database, notificaties: &Notificaties) -> (App, Process, Program) {
    let base = [("OPENKLANT_BASE_URL", "https://openklant.example.nl")];
    let app = Setup::new().with(base).in_real_time().start(database).await;
    let program = publishing(database, notificaties).with([("OPENKLANT_NOTIFICATIES_POLL_INTERVAL", "1h")]);
    let worker = program.start("worker");
    worker.logs("delivering messages").await;
    (app, worker, program)
}

async fn end(worker: Process) {
    worker.terminate();
    worker.end().await.well();
}

on_both! {
    async fn a_retry_is_heard_of(database: Database) {
        let notificaties = Notificaties::start().await;
        notificaties.always(Some(Reply::json(400, &json!({"code": "invalid"}))));
        let (app, worker, program) = started(&database, &notificaties).await;
        for klantnummer in ["1", "2"] {
            app.client().post(KLANTEN, &klant(klantnummer)).await.is(201);
        }
        app.outbox_when("both are parked", |rows| rows.iter().all(|row| row.state == "parked")).await;
        notificaties.always(None);
        program.run("outbox retry --all --yes").await.well();
        app.all_delivered().await;
        end(worker).await;
    }

    async fn a_cancel_lets_the_next_message_of_the_object_go(database: Database) {
        let notificaties = Notificaties::start().await;
        notificaties.next([Reply::json(503, &json!({})).header("Retry-After", "3600")]);
        let (app, worker, program) = started(&database, &notificaties).await;
        let url = app.client().post(KLANTEN, &klant("1")).await.expect(201).url();
        let first = app.outbox().await[0].id;
        app.attempted(first, 1).await;
        app.client().patch(&url, &json!({"voornaam": "Bo"})).await.is(200);
        program.run(&format!("outbox cancel {first} --yes")).await.well();
        app.outbox_when("its successor is delivered", |rows| {
            rows.iter().map(|row| row.state.as_str()).eq(["cancelled", "delivered"])
        })
        .await;
        end(worker).await;
    }

    async fn a_pause_holds_a_running_worker_until_the_resume(database: Database) {
        let notificaties = Notificaties::start().await;
        let (app, worker, program) = started(&database, &notificaties).await;
        app.client().post(KLANTEN, &klant("1")).await.is(201);
        app.all_delivered().await;
        program.run("outbox pause").await.well();
        for klantnummer in ["2", "3"] {
            app.client().post(KLANTEN, &klant(klantnummer)).await.is(201);
        }
        // Many times what a message takes that is not held.
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(notificaties.deliveries().len(), 1, "held");
        let states: Vec<String> = app.outbox().await.into_iter().map(|row| row.state).collect();
        assert_eq!(states, ["delivered", "pending", "pending"]);
        program.run("outbox resume").await.well();
        app.all_delivered().await;
        end(worker).await;
    }

    async fn a_replay_and_messages_made_anew_are_heard_of(database: Database) {
        let notificaties = Notificaties::start().await;
        let (app, worker, program) = started(&database, &notificaties).await;
        let program = program.with([("OPENKLANT_BASE_URL", "https://openklant.example.nl")]);
        app.client().post(KLANTEN, &klant("1")).await.is(201);
        app.all_delivered().await;
        for (made, line) in [(2, "outbox replay --since 1h --yes"), (3, "outbox reemit --kanaal klanten --yes")] {
            program.run(line).await.well();
            app.outbox_when("one more is delivered", |rows| {
                rows.len() == made && rows.iter().all(|row| row.state == "delivered")
            })
            .await;
        }
        end(worker).await;
    }
}
