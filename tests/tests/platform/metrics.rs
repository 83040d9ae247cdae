//! The metrics of the server: the queue as it is, for anybody on the inside, and nothing about persons.

use chrono::TimeDelta;
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::metrics::value;
use openklant_tests::{App, on_both};

async fn page(app: &App) -> String {
    app.anonymous()
        .get("/metrics")
        .await
        .expect(200)
        .text()
        .to_owned()
}

on_both! {
    async fn the_queue_is_shown_without_a_token_and_to_any_host(app: App) {
        let answer = app.anonymous().calling("10.1.2.3:8000").get("/metrics").await.expect(200);
        assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
        let empty = answer.text();
        for state in ["pending", "delivering", "delivered", "parked", "cancelled"] {
            let series = format!("openklant_outbox_messages{{state=\"{state}\"}}");
            assert_eq!(value(empty, &series), Some(0.0), "{empty}");
        }
        assert_eq!(value(empty, "openklant_outbox_oldest_pending_seconds"), Some(0.0));
        assert_eq!(value(empty, "openklant_delivery_breaker_open"), Some(0.0));

        app.client().post(KLANTEN, &klant("1")).await.is(201);
        app.clock().advance(TimeDelta::seconds(90));
        app.client().post(KLANTEN, &klant("2")).await.is(201);
        app.probe()
            .execute("UPDATE delivery_endpoint SET state = 'open', opened_at = '2026-01-05T09:30:00+00:00'")
            .await;
        let full = page(&app).await;
        assert_eq!(value(&full, "openklant_outbox_messages{state=\"pending\"}"), Some(2.0), "{full}");
        assert_eq!(value(&full, "queue_depth"), Some(2.0));
        assert_eq!(value(&full, "openklant_outbox_oldest_pending_seconds"), Some(90.0));
        assert_eq!(value(&full, "openklant_delivery_breaker_open"), Some(1.0));
    }

    async fn a_database_that_is_away_is_said(app: App) {
        app.db().close().await;
        app.anonymous().get("/metrics").await.is(503);
    }
}
