//! Without a Notificaties API changes go on and their messages wait; switched off there are none.

use chrono::TimeDelta;
use openklant_tests::app::Setup;
use openklant_tests::fixtures::klant;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::probe::Change;
use openklant_tests::{App, Database, on_both};
use openklant_worker::{Drained, drain};
use serde_json::json;

use super::{make, publishing, usual};

/// The product as it is before anybody named a Notificaties API.
async fn unconfigured(database: &Database) -> App {
    let base = [("OPENKLANT_BASE_URL", "https://openklant.example.nl")];
    Setup::new().with(base).start(database).await
}

/// Changes of three klanten, one through another; time goes on in between.
async fn make_changes(app: &App) {
    let client = app.client();
    let mut urls = Vec::new();
    for nr in ["1", "2", "3"] {
        urls.push(make(app, nr).await);
        app.clock().advance(TimeDelta::seconds(1));
    }
    for url in urls.iter().chain(&urls[..2]) {
        client.patch(url, &json!({"voornaam": "Bo"})).await.is(200);
        app.clock().advance(TimeDelta::seconds(1));
    }
    client.put(&urls[1], &klant("2")).await.is(200);
    client.delete(&urls[0]).await.is(204);
}

async fn assert_untouched(app: &App, rows: usize) {
    let outbox = app.outbox().await;
    assert_eq!(outbox.len(), rows);
    for row in outbox {
        assert_eq!(
            (row.state.as_str(), row.attempts, row.leased_by),
            ("pending", 0, None)
        );
    }
}

on_both! {
    async fn messages_wait_and_then_arrive_oldest_first(database: Database) {
        let mut before = unconfigured(&database).await;
        before.start_worker();
        make_changes(&before).await;
        assert_eq!(
            drain(before.worker_context()).await.expect("a drain"),
            Drained::default()
        );
        before.anonymous().get("/health/ready").await.is(200);
        before.stop_workers().await;
        assert_untouched(&before, 10).await;
        before.clock().advance(TimeDelta::days(30));
        let changes = before.probe().changes().await;

        let notificaties = Notificaties::start().await;
        let one_by_one = usual(&notificaties, &[("OPENKLANT_NOTIFICATIES_CONCURRENCY", "1")]);
        let mut after = one_by_one.start(&database).await;
        after.clock().advance(TimeDelta::days(30));
        after.start_worker();
        after.all_delivered().await;
        let received: Vec<Change> = notificaties.accepted().iter().map(Change::of).collect();
        assert_eq!(received, changes);
    }

    async fn switched_off_nothing_is_made_and_nothing_is_taken(database: Database) {
        let waiting = unconfigured(&database).await;
        make(&waiting, "1").await;
        let notificaties = Notificaties::start().await;
        let mut off = publishing(&database, &notificaties, &[("NOTIFICATIONS_DISABLED", "true")]).await;
        off.start_worker();
        let url = make(&waiting, "2").await;
        off.client().delete(&url).await.is(204);
        assert_eq!(
            drain(off.worker_context()).await.expect("a drain"),
            Drained::default()
        );
        off.stop_workers().await;
        assert_untouched(&off, 2).await;
        assert!(notificaties.deliveries().is_empty());
        assert!(notificaties.kanaal_calls().is_empty());
    }
}
