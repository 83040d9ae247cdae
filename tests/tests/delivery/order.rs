//! The changes of one klant arrive in the order in which they were made.

use futures_util::future::join_all;
use openklant_tests::account::assert_tells_all;
use openklant_tests::fixtures::klant;
use openklant_tests::listener::Reply;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::{App, Database, on_both};
use serde_json::{Value, json};

use super::{make, publishing, publishing_in_real_time};

/// Failures in between, never so many in a row that the API as a whole seems down.
fn now_and_then() -> impl Iterator<Item = Reply> {
    let accepted = || Reply::json(201, &json!({}));
    let pattern = [
        accepted(),
        Reply::json(503, &json!({})),
        Reply::close(),
        accepted(),
        Reply::json(400, &json!({"aanmaakdatum": ["in de toekomst"]})),
        accepted(),
        accepted(),
        Reply::html(502),
        Reply::json(429, &json!({})),
    ];
    pattern.into_iter().cycle().take(45)
}

/// Makes a klant and changes it, one change after another.
async fn live(app: &App, klantnummer: &str) {
    let client = app.client();
    let url = make(app, klantnummer).await;
    for nr in 0..4 {
        client
            .patch(&url, &json!({"voornaam": format!("Bo {nr}")}))
            .await
            .is(200);
    }
    client.put(&url, &klant(klantnummer)).await.is(200);
    client.delete(&url).await.is(204);
}

on_both! {
    async fn whatever_fails_in_between_and_with_two_workers(database: Database) {
        let notificaties = Notificaties::start().await;
        let quick = [("OPENKLANT_NOTIFICATIES_RETRY_MAX_DELAY", "1s")];
        let mut one = publishing_in_real_time(&database, &notificaties, &quick).await;
        let mut other = publishing_in_real_time(&database, &notificaties, &quick).await;
        notificaties.next(now_and_then());
        one.start_worker();
        other.start_worker();
        join_all(["1", "2", "3", "4", "5"].map(|klantnummer| live(&one, klantnummer))).await;
        one.all_delivered().await;
        let changes = one.probe().changes().await;
        assert_eq!(changes.len(), 5 * 7);
        assert_tells_all(&notificaties.accepted(), &changes);
        assert_eq!(
            notificaties.accepted().len(),
            changes.len(),
            "nothing was sent twice"
        );
        assert_eq!(
            notificaties.deliveries().len(),
            changes.len() + 45 - 20,
            "each failure was one attempt"
        );
    }

    async fn a_message_that_waits_holds_its_own_klant_only(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(&database, &notificaties, &[]).await;
        notificaties.next([Reply::json(503, &json!({}))]);
        let url = make(&app, "1").await;
        app.client().patch(&url, &json!({"voornaam": "Bo"})).await.is(200);
        app.start_worker();
        let id = app.outbox().await[0].id;
        let (waiting, _) = app.attempted(id, 1).await;
        make(&app, "2").await;
        let rows = app
            .outbox_when("another klant goes on", |rows| rows[2].state == "delivered")
            .await;
        let states: Vec<(&str, i64)> = rows
            .iter()
            .map(|row| (row.state.as_str(), row.attempts))
            .collect();
        assert_eq!(states, [("pending", 1), ("pending", 0), ("delivered", 1)]);
        app.advance_to(&waiting);
        app.all_delivered().await;
        let acties: Vec<Value> = notificaties
            .accepted()
            .iter()
            .map(|message| message["actie"].clone())
            .collect();
        assert_eq!(acties, ["create", "create", "partial_update"]);
    }

    async fn a_parked_message_lets_its_successors_go(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(&database, &notificaties, &[]).await;
        notificaties.next([Reply::json(400, &json!({"actie": ["nee"]}))]);
        let url = make(&app, "1").await;
        app.client().patch(&url, &json!({"voornaam": "Bo"})).await.is(200);
        app.client().delete(&url).await.is(204);
        app.start_worker();
        let rows = app
            .outbox_when("the last is delivered", |rows| rows[2].state == "delivered")
            .await;
        let states: Vec<&str> = rows.iter().map(|row| row.state.as_str()).collect();
        assert_eq!(states, ["parked", "delivered", "delivered"]);
        let acties: Vec<Value> = notificaties
            .accepted()
            .iter()
            .map(|message| message["actie"].clone())
            .collect();
        assert_eq!(acties, ["partial_update", "destroy"]);
    }
}
