//! The breaker: an endpoint that takes nothing costs one probe now and then, and no message its attempts.

use chrono::{DateTime, TimeDelta, Utc};
use openklant_shared::storage::delivery_endpoint::{self, Endpoint};
use openklant_shared::storage::outbox;
use openklant_tests::account::assert_tells_all;
use openklant_tests::listener::{Gate, Reply};
use openklant_tests::notificaties::Notificaties;
use openklant_tests::{App, Database, on_both, wait};
use serde_json::json;

use super::{make, publishing};

fn unavailable() -> Reply {
    Reply::json(503, &json!({"detail": "even niet"}))
}

async fn endpoint(app: &App) -> Endpoint {
    delivery_endpoint::find(app.db()).await.expect("the row is there")
}

async fn opened(app: &App) -> Endpoint {
    wait::until_found("the breaker opens", async || {
        let endpoint = endpoint(app).await;
        endpoint.breaker().is_open().then_some(endpoint)
    })
    .await
}

/// Opens the breaker as five failures would, with a probe due at once.
async fn open(app: &App, now: DateTime<Utc>) {
    let mut tx = app.db().begin().await.expect("a transaction");
    let before = delivery_endpoint::lock(&mut tx).await.expect("the row is there");
    let open = Endpoint {
        failures: 5,
        opened_at: Some(now),
        next_probe_at: Some(now),
        ..before
    };
    delivery_endpoint::update(&mut tx, &open)
        .await
        .expect("it can be written");
    tx.commit().await.expect("it can be kept");
}

/// Moves on until the next probe, and waits until it was made and put back.
async fn probed(app: &App, notificaties: &Notificaties) {
    let before = notificaties.deliveries().len();
    app.clock().advance(TimeDelta::seconds(31));
    // One after the other: rows that were read before the probe was taken say nothing of it.
    wait::until_found("one message probes", async || {
        (notificaties.deliveries().len() > before).then_some(())
    })
    .await;
    app.outbox_when("it is put back", |rows| {
        rows.iter().all(|row| row.state == "pending")
    })
    .await;
    assert_eq!(notificaties.deliveries().len(), before + 1, "one at a time");
}

on_both! {
    async fn an_outage_spends_no_attempts_and_ends_at_once(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(&database, &notificaties, &[]).await;
        notificaties.always(Some(unavailable()));
        for nr in 0..20 {
            make(&app, &nr.to_string()).await;
        }
        app.start_worker();
        opened(&app).await;
        let rows = app
            .outbox_when("nothing is under way", |rows| rows.iter().all(|row| row.state == "pending"))
            .await;
        let spent: i64 = rows.iter().map(|row| row.attempts).sum();
        for _ in 0..8 {
            probed(&app, &notificaties).await;
        }
        let rows = app.outbox().await;
        assert_eq!(rows.iter().map(|row| row.attempts).sum::<i64>(), spent, "probes are not counted");
        assert!(rows.iter().all(|row| row.attempts <= 3), "{rows:?}");
        let kept = app.probe().count("outbox_attempt").await;
        assert_eq!(kept, i64::try_from(notificaties.deliveries().len()).expect("a count"));

        notificaties.always(None);
        app.clock().advance(TimeDelta::seconds(31));
        app.all_delivered().await;
        assert!(!endpoint(&app).await.breaker().is_open());
        assert_tells_all(&notificaties.accepted(), &app.probe().changes().await);
    }

    async fn one_probe_over_all_workers_and_over_restarts(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(&database, &notificaties, &[]).await;
        let mut other = publishing(&database, &notificaties, &[]).await;
        notificaties.always(Some(Reply::json(403, &json!({"code": "permission_denied"}))));
        make(&app, "1").await;
        make(&app, "2").await;
        app.start_worker();
        let first = opened(&app).await;
        assert_eq!(first.last_class.as_deref(), Some("denied"));
        app.stop_workers().await;
        let tried = notificaties.deliveries().len();

        // Two workers that are new find it open, and the probe in flight keeps the other from a second one.
        let gate = Gate::closed();
        notificaties.always(Some(Reply::json(403, &json!({})).behind(&gate)));
        for app in [&mut app, &mut other] {
            app.clock().advance(TimeDelta::seconds(31));
            app.start_worker();
        }
        wait::until_found("one of them probes", async || {
            (notificaties.deliveries().len() > tried).then_some(())
        })
        .await;
        for nr in ["3", "4", "5"] {
            make(&app, nr).await;
        }
        gate.open();
        app.outbox_when("the probe is put back", |rows| rows.iter().all(|row| row.state == "pending"))
            .await;
        assert_eq!(notificaties.deliveries().len(), tried + 1);
        assert_eq!(endpoint(&app).await.opened_at, first.opened_at, "still the same opening");
    }

    async fn another_message_probes_after_one_that_failed(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(&database, &notificaties, &[]).await;
        notificaties.always(Some(unavailable()));
        make(&app, "1").await;
        make(&app, "2").await;
        open(&app, app.clock().now()).await;
        app.start_worker();
        wait::until_found("a message probes", async || (notificaties.deliveries().len() == 1).then_some(())).await;
        app.outbox_when("it is put back", |rows| rows.iter().all(|row| row.state == "pending")).await;
        probed(&app, &notificaties).await;
        let objects: Vec<_> = notificaties
            .deliveries()
            .iter()
            .map(|delivery| delivery.message()["hoofdObject"].clone())
            .collect();
        assert_ne!(objects[0], objects[1], "a message that alone is the trouble must not hold all others");
    }

    async fn a_worker_that_dies_probing_is_replaced(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(&database, &notificaties, &[]).await;
        make(&app, "1").await;
        let now = app.clock().now();
        open(&app, now).await;
        let lease_until = now + TimeDelta::seconds(60);
        let take = async |worker, at| {
            delivery_endpoint::take_probe(app.db(), worker, at, lease_until).await.expect("the database answers")
        };
        assert!(take("dead", now).await.is_some());
        assert!(take("other", now + TimeDelta::seconds(59)).await.is_none(), "one at a time");
        app.clock().advance(TimeDelta::seconds(61));
        app.start_worker();
        app.all_delivered().await;
    }

    async fn a_probe_that_is_given_back_unsent_is_free_at_once(database: Database) {
        let notificaties = Notificaties::start().await;
        let app = publishing(&database, &notificaties, &[]).await;
        for nr in ["1", "2"] {
            make(&app, nr).await;
        }
        let now = app.clock().now();
        let (earlier, lease_until) = (now + TimeDelta::seconds(59), now + TimeDelta::seconds(60));
        let take = async |worker| {
            delivery_endpoint::take_probe(app.db(), worker, now, lease_until).await.expect("the database answers")
        };
        // One worker has a message from before the breaker opened, and the probe.
        let before = outbox::claim(app.db(), "one", now, earlier, 1).await.expect("the database answers");
        open(&app, now).await;
        let probe = take("one").await.expect("the probe");
        outbox::let_go(app.db(), "one", before[0].id, now).await.expect("the database answers");
        assert!(take("other").await.is_none(), "the probe is still under way");
        outbox::let_go(app.db(), "one", probe.id, now).await.expect("the database answers");
        assert!(take("other").await.is_some(), "too little was left of the lease");

        assert!(take("one").await.is_none());
        assert_eq!(outbox::release(app.db(), "other", now).await.expect("the database answers"), 1);
        assert!(take("one").await.is_some(), "the worker stopped");
        assert_eq!(outbox::release(app.db(), "other", now).await.expect("the database answers"), 0);
        assert!(take("other").await.is_none(), "what another worker holds stays held");
    }

    async fn there_is_no_probe_without_a_message(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(&database, &notificaties, &[]).await;
        let now = app.clock().now();
        open(&app, now).await;
        let lease_until = now + TimeDelta::seconds(60);
        let taken = delivery_endpoint::take_probe(app.db(), "w", now, lease_until).await;
        assert!(taken.expect("the database answers").is_none());
        make(&app, "1").await;
        app.start_worker();
        app.all_delivered().await;
    }

    async fn a_pause_holds_everything(database: Database) {
        let notificaties = Notificaties::start().await;
        let app = publishing(&database, &notificaties, &[]).await;
        make(&app, "1").await;
        app.probe()
            .execute("UPDATE delivery_endpoint SET paused_at = '2026-01-05T09:30:00Z', paused_by = 'iemand'")
            .await;
        let drain = async || openklant_worker::drain(app.worker_context()).await.expect("the database answers");
        assert_eq!(drain().await, openklant_worker::Drained::default());
        open(&app, app.clock().now()).await;
        assert_eq!(drain().await, openklant_worker::Drained::default());
        assert!(notificaties.deliveries().is_empty());
        app.probe()
            .execute("UPDATE delivery_endpoint SET paused_at = NULL, paused_by = NULL")
            .await;
        assert_eq!(drain().await.delivered, 1);
    }
}
