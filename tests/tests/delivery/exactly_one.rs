//! One message for each change, and none for what changed nothing.

use futures_util::future::join_all;
use openklant_tests::account::assert_tells_all;
use openklant_tests::fixtures::{KLANTEN, NOBODY, klant};
use openklant_tests::notificaties::{Delivery, Notificaties};
use openklant_tests::{Database, on_both};
use serde_json::{Value, json};

use super::{make, publishing};

fn acties(notificaties: &Notificaties) -> Vec<Value> {
    let actie = |delivery: &Delivery| delivery.message()["actie"].clone();
    notificaties.deliveries().iter().map(actie).collect()
}

on_both! {
    async fn each_change_arrives_once(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(&database, &notificaties, &[]).await;
        app.start_worker();
        let client = app.client();
        let url = make(&app, "1").await;
        client.put(&url, &klant("1")).await.is(200);
        client.patch(&url, &json!({"voornaam": "Bo"})).await.is(200);
        client.delete(&url).await.is(204);
        app.all_delivered().await;
        assert_eq!(
            acties(&notificaties),
            ["create", "update", "partial_update", "destroy"]
        );
        assert_tells_all(&notificaties.accepted(), &app.probe().changes().await);
    }

    async fn reading_and_refusals_send_none(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(&database, &notificaties, &[]).await;
        app.start_worker();
        let client = app.client();
        let url = make(&app, "1").await;
        for (call, status) in [
            (client.get(&url), 200),
            (client.get(KLANTEN), 200),
            (client.get(format!("{url}/audittrail")), 200),
            (client.post(KLANTEN, &klant("1")), 400),
            (client.post(KLANTEN, &json!({})), 400),
            (client.patch(&url, &json!({"voornaam": null})), 400),
            (client.put(&url, &json!([])), 400),
            (client.patch(&url, &json!({})).header("If-Match", "\"x\""), 412),
            (client.delete(format!("{KLANTEN}/{NOBODY}")), 404),
            (app.anonymous().delete(&url), 403),
        ] {
            call.await.is(status);
        }
        client.delete(&url).await.is(204);
        app.all_delivered().await;
        assert_eq!(acties(&notificaties), ["create", "destroy"]);
    }

    async fn writes_that_are_rolled_back_send_none(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(&database, &notificaties, &[]).await;
        app.start_worker();
        // All pass the checks of the service together; the database keeps one of them.
        let body = klant("1");
        let answers = join_all((0..8).map(|_| app.client().post(KLANTEN, &body).into_future())).await;
        let made = answers.iter().filter(|answer| answer.status() == 201).count();
        let refused = answers.iter().filter(|answer| answer.status() == 400).count();
        assert_eq!((made, refused), (1, 7));
        make(&app, "2").await;
        app.all_delivered().await;
        assert_eq!(acties(&notificaties), ["create", "create"]);
        assert_tells_all(&notificaties.accepted(), &app.probe().changes().await);
    }
}
