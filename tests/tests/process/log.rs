//! What the worker writes in its log: each attempt, each final failure as an error, and nothing about a person.

use openklant_tests::app::Setup;
use openklant_tests::fixtures::{KLANTEN, natuurlijk_persoon};
use openklant_tests::listener::Reply;
use openklant_tests::notificaties::{Notificaties, SECRET};
use openklant_tests::{Database, on_both, wait};
use serde_json::{Value, json};

use super::publishing;

on_both! {
    async fn a_final_failure_is_an_error_with_the_identity_of_the_message(database: Database) {
        let notificaties = Notificaties::start().await;
        let base = [("OPENKLANT_BASE_URL", "https://openklant.example.nl")];
        let app = Setup::new().with(base).in_real_time().start(&database).await;
        let body = natuurlijk_persoon("1");
        let url = app.client().post(KLANTEN, &body).await.expect(201).url();
        app.client().patch(&url, &body).await.is(200);
        notificaties.next([Reply::json(
            400,
            &json!({"actie": ["Fenna Waterland bestaat niet"]}),
        )]);
        let worker = publishing(&database, &notificaties)
            .with([("OPENKLANT_LOG_FORMAT", "json")])
            .start("worker");
        app.outbox_when("both messages are finished", |rows| {
            rows.iter()
                .map(|row| row.state.as_str())
                .eq(["parked", "delivered"])
        })
        .await;
        // The line is written before the outcome is recorded, but read by another task.
        wait::until_found("the log tells of both", async || {
            worker.stderr().contains("message delivered").then_some(())
        })
        .await;
        worker.terminate();
        let log = worker.end().await.stderr;
        let lines: Vec<Value> = log
            .lines()
            .map(|line| serde_json::from_str(line).expect("each line is JSON"))
            .collect();
        let errors: Vec<&Value> = lines.iter().filter(|line| line["level"] == "ERROR").collect();
        let [error] = errors[..] else {
            panic!("one error in {log}")
        };
        let uuids = database
            .probe()
            .texts("SELECT CAST(uuid AS TEXT) FROM outbox ORDER BY id")
            .await;
        assert!(
            error["message"]
                .as_str()
                .is_some_and(|text| text.contains("parked")),
            "{error}"
        );
        assert!(error.to_string().contains(&uuids[0]), "{error}");
        assert!(error.to_string().contains("400"), "{error}");
        for secret in [
            "Fenna",
            "Waterland",
            "111222333",
            "0612345678",
            "fenna@voorbeeld",
            "Bearer",
            SECRET,
        ] {
            assert!(!log.contains(secret), "{secret} in {log}");
        }
    }
}
