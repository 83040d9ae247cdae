//! A worker hears of new messages: it does not wait until it would look by itself.

use futures_util::future::join_all;
use openklant_tests::account::assert_tells_all;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::{Database, Kind, on_both};
use serde_json::json;

use super::{make, publishing, publishing_in_real_time};

/// A look by itself comes too late for any test.
const NEVER: [(&str, &str); 1] = [("OPENKLANT_NOTIFICATIES_POLL_INTERVAL", "1h")];

on_both! {
    async fn by_a_change_in_its_own_process(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(&database, &notificaties, &NEVER).await;
        app.start_worker();
        for nr in 0..5 {
            make(&app, &nr.to_string()).await;
            app.all_delivered().await;
        }
    }

    async fn by_every_one_of_many(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing_in_real_time(&database, &notificaties, &NEVER).await;
        app.start_worker();
        let app = app;
        join_all((0..8).map(|nr| {
            let app = &app;
            async move {
                let url = make(app, &nr.to_string()).await;
                for turn in 0..5 {
                    app.client()
                        .patch(&url, &json!({"voornaam": turn.to_string()}))
                        .await
                        .is(200);
                }
            }
        }))
        .await;
        app.all_delivered().await;
        assert_tells_all(&notificaties.accepted(), &app.probe().changes().await);
    }

    async fn by_looking_where_nobody_tells_it(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut worker = publishing(
            &database,
            &notificaties,
            &[("OPENKLANT_DATABASE_MAX_CONNECTIONS", "1")],
        )
        .await;
        let server = publishing(&database, &notificaties, &[]).await;
        worker.start_worker();
        make(&server, "1").await;
        server.all_delivered().await;
    }
}

#[test]
fn by_a_change_in_another_process_on_postgres() {
    openklant_tests::both::run(Kind::Postgres, async |database: Database| {
        let notificaties = Notificaties::start().await;
        let mut worker = publishing(&database, &notificaties, &NEVER).await;
        let server = publishing(&database, &notificaties, &NEVER).await;
        worker.start_worker();
        for nr in 0..5 {
            make(&server, &nr.to_string()).await;
            server.all_delivered().await;
        }
    });
}
