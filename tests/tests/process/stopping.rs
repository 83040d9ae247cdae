//! SIGTERM: what is in flight is finished, the rest given back, and the process ends well and in time.

use std::time::{Duration, Instant};

use openklant_tests::app::Setup;
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::listener::{Gate, Reply};
use openklant_tests::notificaties::Notificaties;
use openklant_tests::{Database, on_both, wait};
use serde_json::json;

use super::publishing;

/// Makes a klant and changes it, without a process.
async fn two_changes(database: &Database) {
    let app = Setup::new()
        .with([("OPENKLANT_BASE_URL", "https://openklant.example.nl")])
        .in_real_time()
        .start(database)
        .await;
    let url = app.client().post(KLANTEN, &klant("1")).await.expect(201).url();
    app.client().patch(&url, &json!({"voornaam": "Bo"})).await.is(200);
    app.stop().await;
}

on_both! {
    async fn a_worker_finishes_what_it_is_sending(database: Database) {
        let notificaties = Notificaties::start().await;
        two_changes(&database).await;
        let gate = Gate::closed();
        notificaties.next([Reply::json(201, &json!({})).behind(&gate)]);
        let worker = publishing(&database, &notificaties)
            .with([
                ("OPENKLANT_NOTIFICATIES_REQUEST_TIMEOUT", "30s"),
                ("OPENKLANT_NOTIFICATIES_LEASE", "60s"),
            ])
            .start("worker");
        wait::until_found("the message is on its way", async || {
            (notificaties.deliveries().len() == 1).then_some(())
        })
        .await;
        worker.terminate();
        worker.logs("a second signal stops at once").await;
        gate.open();
        worker.end().await.well();
        let rows = database.probe().outbox().await;
        assert_eq!((rows[0].state.as_str(), rows[0].attempts), ("delivered", 1));
        // Its successor may have been taken in the moment before the worker knew.
        assert!(
            ["pending", "delivered"].contains(&rows[1].state.as_str()),
            "{rows:?}"
        );
        assert!(rows.iter().all(|row| row.leased_by.is_none()), "{rows:?}");
    }

    async fn a_receiver_that_hangs_does_not_keep_the_worker(database: Database) {
        let notificaties = Notificaties::start().await;
        two_changes(&database).await;
        notificaties.always(Some(Reply::hang()));
        let worker = publishing(&database, &notificaties).start("worker");
        wait::until_found("the message is on its way", async || {
            (notificaties.deliveries().len() == 1).then_some(())
        })
        .await;
        let told = Instant::now();
        worker.terminate();
        worker.end().await.well();
        // Two seconds for the request, five for recording, five for the database.
        assert!(told.elapsed() < Duration::from_secs(12), "{:?}", told.elapsed());
        let rows = database.probe().outbox().await;
        assert!(
            rows.iter()
                .all(|row| row.state == "pending" && row.leased_by.is_none()),
            "{rows:?}"
        );
    }

    async fn without_anything_to_do_it_takes_a_moment(database: Database) {
        let notificaties = Notificaties::start().await;
        let program = publishing(&database, &notificaties);
        let api = program.start("api");
        let worker = program.start("worker");
        let unconfigured = openklant_tests::program::Program::on(&database).start("worker");
        api.address().await;
        worker.prints("delivers messages").await;
        unconfigured.logs("messages wait in the outbox").await;
        let told = Instant::now();
        for process in [api, worker, unconfigured] {
            process.terminate();
            process.end().await.well();
        }
        assert!(told.elapsed() < Duration::from_secs(10), "{:?}", told.elapsed());
    }
}
