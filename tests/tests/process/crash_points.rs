//! `kill -9` at the steps of a delivery, one by one.

use std::net::TcpListener;
use std::time::Duration;

use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::listener::Reply;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::probe::Queued;
use openklant_tests::program::Program;
use openklant_tests::tokens::bearer;
use openklant_tests::{Client, Database, on_both, wait};
use serde_json::json;

use super::{publishing, token};

/// Makes a klant and changes it through an API process of its own, and kills that right after the last answer.
async fn change_and_kill(program: &Program) {
    let token = token(program).await;
    let api = program.start("api");
    let client = Client::new(api.address().await, Some(bearer(&token)));
    let url = client.post(KLANTEN, &klant("1")).await.expect(201).url();
    client.patch(&url, &json!({"voornaam": "Bo"})).await.is(200);
    api.kill();
    api.end().await;
}

/// Waits until every message is delivered, also when a lease must run out first.
async fn all_delivered(database: &Database) -> Vec<Queued> {
    wait::until_within(Duration::from_mins(1), "every message is delivered", async || {
        let rows = database.probe().outbox().await;
        rows.iter().all(|row| row.state == "delivered").then_some(rows)
    })
    .await
}

on_both! {
    async fn between_commit_and_send(database: Database) {
        let notificaties = Notificaties::start().await;
        let program = publishing(&database, &notificaties);
        change_and_kill(&program).await;
        assert!(notificaties.deliveries().is_empty());
        let worker = program.start("worker");
        let rows = all_delivered(&database).await;
        assert!(rows.iter().all(|row| row.attempts == 1), "{rows:?}");
        assert_eq!(notificaties.deliveries().len(), 2);
        worker.terminate();
        worker.end().await.well();
    }

    async fn between_taking_and_sending(database: Database) {
        let notificaties = Notificaties::start().await;
        let program = publishing(&database, &notificaties);
        change_and_kill(&program).await;
        // It takes connections and never hears what they say.
        let deaf = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let root = format!("http://{}/api/v1/", deaf.local_addr().expect("its address"));
        let worker = publishing(&database, &notificaties)
            .with([("OPENKLANT_NOTIFICATIES_API_ROOT", root)])
            .start("worker");
        wait::until_found("the worker has the message", async || {
            (database.probe().outbox().await[0].state == "delivering").then_some(())
        })
        .await;
        worker.kill();
        worker.end().await;

        let worker = program.start("worker");
        let rows = all_delivered(&database).await;
        let attempts: Vec<i64> = rows.iter().map(|row| row.attempts).collect();
        assert!(attempts[0] >= 2 && attempts[1] == 1, "{attempts:?}");
        assert_eq!(notificaties.deliveries().len(), 2);
        worker.terminate();
        worker.end().await.well();
    }

    async fn between_sending_and_recording(database: Database) {
        let notificaties = Notificaties::start().await;
        let program = publishing(&database, &notificaties);
        change_and_kill(&program).await;
        notificaties.next([Reply::hang()]);
        let worker = program.start("worker");
        wait::until_found("the message is there, its answer is not", async || {
            (notificaties.deliveries().len() == 1).then_some(())
        })
        .await;
        worker.kill();
        worker.end().await;

        let worker = program.start("worker");
        let rows = all_delivered(&database).await;
        assert_eq!((rows[0].attempts, rows[1].attempts), (2, 1));
        let deliveries = notificaties.deliveries();
        let bodies: Vec<&[u8]> = deliveries
            .iter()
            .map(|delivery| delivery.request.body.as_slice())
            .collect();
        assert_eq!(
            bodies,
            [
                rows[0].text.as_bytes(),
                rows[0].text.as_bytes(),
                rows[1].text.as_bytes()
            ]
        );
        let recorded: Vec<i64> = database
            .probe()
            .attempts(rows[0].id)
            .await
            .iter()
            .map(|attempt| attempt.nr)
            .collect();
        assert_eq!(recorded, [2], "of the first attempt nobody knows how it ended");
        worker.terminate();
        worker.end().await.well();
    }

    async fn the_whole_program_in_the_middle_of_a_delivery(database: Database) {
        let notificaties = Notificaties::start().await;
        let program = publishing(&database, &notificaties);
        let token = token(&program).await;
        notificaties.next([Reply::hang()]);
        let up = program.start("up");
        let client = Client::new(up.address().await, Some(bearer(&token)));
        let url = client.post(KLANTEN, &klant("1")).await.expect(201).url();
        wait::until_found("the message is on its way", async || {
            (notificaties.deliveries().len() == 1).then_some(())
        })
        .await;
        client.delete(&url).await.is(204);
        up.kill();
        up.end().await;

        let up = program.start("up");
        all_delivered(&database).await;
        let acties: Vec<_> = notificaties
            .deliveries()
            .iter()
            .map(|delivery| delivery.message()["actie"].clone())
            .collect();
        assert_eq!(acties, ["create", "create", "destroy"]);
        up.terminate();
        up.end().await.well();
    }
}
