//! A Notificaties API that is down is nobody's reason to stop working.

use chrono::TimeDelta;
use openklant_tests::account::assert_tells_all;
use openklant_tests::listener::Reply;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::{Database, Kind, on_both};
use serde_json::json;

use super::{make, publishing, publishing_in_real_time};

on_both! {
    async fn the_api_stays_ready_and_takes_changes(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(&database, &notificaties, &[]).await;
        notificaties.always(Some(Reply::json(503, &json!({}))));
        app.start_worker();
        for nr in 0..20 {
            make(&app, &nr.to_string()).await;
        }
        let id = app.outbox().await[0].id;
        app.attempted(id, 1).await;
        for path in ["/health/ready", "/_healthz/", "/_healthz/readyz/"] {
            app.anonymous().get(path).await.is(200);
        }
    }

    async fn an_outage_costs_few_attempts_and_loses_nothing(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(&database, &notificaties, &[]).await;
        notificaties.always(Some(Reply::json(503, &json!({}))));
        app.start_worker();
        for nr in 0..30 {
            make(&app, &nr.to_string()).await;
        }
        let enough = |rows: &[openklant_tests::probe::Queued]| {
            rows.iter().all(|row| row.state == "pending")
                && rows.iter().filter(|row| row.attempts > 0).count() >= 5
        };
        app.outbox_when("the API is found to be down", enough).await;
        // One at a time is under way when the fifth failure is noticed: at most as many again.
        assert!(
            notificaties.deliveries().len() <= 5 + 3,
            "{}",
            notificaties.deliveries().len()
        );
        for _ in 0..5 {
            let before = notificaties.deliveries().len();
            app.clock().advance(TimeDelta::seconds(31));
            app.outbox_when("one message tries", |_| notificaties.deliveries().len() > before)
                .await;
            app.outbox_when("it is put back", |rows| {
                rows.iter().all(|row| row.state == "pending")
            })
            .await;
            assert_eq!(notificaties.deliveries().len(), before + 1, "one at a time");
        }
        notificaties.always(None);
        app.clock().advance(TimeDelta::minutes(11));
        app.all_delivered().await;
        assert_tells_all(&notificaties.accepted(), &app.probe().changes().await);
    }
}

#[test]
fn a_database_that_cuts_its_connections_is_found_again() {
    openklant_tests::both::run(Kind::Postgres, async |database: Database| {
        let notificaties = Notificaties::start().await;
        let never = [("OPENKLANT_NOTIFICATIES_POLL_INTERVAL", "1h")];
        let mut worker = publishing_in_real_time(&database, &notificaties, &never).await;
        let server = publishing_in_real_time(&database, &notificaties, &never).await;
        worker.start_worker();
        make(&server, "1").await;
        server.all_delivered().await;
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
            WHERE datname = current_database() AND pid <> pg_backend_pid()";
        server.probe().execute(cut).await;
        make(&server, "2").await;
        server.all_delivered().await;
        assert_eq!(notificaties.accepted().len(), 2);
    });
}
