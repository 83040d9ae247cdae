//! Health: alive without anything, ready with a database that answers and has the right schema.

use std::time::{Duration, Instant};

use openklant_tests::{App, Database, on_both};
use serde_json::json;

const ALIVE: [&str; 2] = ["/health/live", "/_healthz/livez/"];
const READY: [&str; 3] = ["/health/ready", "/_healthz/", "/_healthz/readyz/"];

on_both! {
    async fn tells_what_it_looked_at(app: App) {
        for path in READY {
            let answer = app.anonymous().get(path).await.expect(200);
            assert_eq!(answer.json(), json!({"status": "ok", "checks": {"database": "ok", "schema": "ok"}}));
            assert_eq!(answer.header("content-type"), Some("application/json"));
            assert_eq!(answer.header("cache-control"), Some("no-store"));
        }
        for path in ALIVE {
            assert_eq!(app.anonymous().get(path).await.expect(200).json(), json!({"status": "ok"}));
        }
        let version = app.anonymous().get("/health/version").await.expect(200).json();
        assert_eq!(version, json!({"name": "openklant", "version": env!("CARGO_PKG_VERSION")}));
    }

    async fn is_alive_but_not_ready_without_a_database(app: App) {
        app.db().close().await;
        for path in READY {
            let answer = app.anonymous().get(path).await.expect(503);
            let expected = json!({"status": "unavailable", "checks": {"database": "failed", "schema": "unknown"}});
            assert_eq!(answer.json(), expected, "{path}");
        }
        for path in ALIVE {
            app.anonymous().get(path).await.is(200);
        }
    }

    async fn is_not_ready_while_the_database_does_not_answer_and_says_so_in_time(app: App) {
        let mut held = Vec::new();
        while let Ok(snapshot) = tokio::time::timeout(Duration::from_millis(200), app.db().snapshot()).await {
            held.push(snapshot.expect("a connection of the pool"));
        }
        let asked = Instant::now();
        app.anonymous().get("/health/ready").await.is(503);
        assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
        app.anonymous().get("/health/live").await.is(200);
        drop(held);
        let deadline = Instant::now() + Duration::from_secs(30);
        while app.anonymous().get("/health/ready").await.status() != 200 {
            assert!(Instant::now() < deadline, "not ready again");
        }
    }

    async fn is_not_ready_with_a_schema_that_is_behind_or_took_something_away(app: App) {
        for change in [
            "UPDATE _sqlx_migrations SET version = version + 90000000000000, description = 'contract 90000000 column' \
             WHERE version = (SELECT max(version) FROM _sqlx_migrations)",
            "DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)",
        ] {
            app.probe().execute(change).await;
            let answer = app.anonymous().get("/health/ready").await.expect(503);
            let expected = json!({"status": "unavailable", "checks": {"database": "ok", "schema": "failed"}});
            assert_eq!(answer.json(), expected);
        }
    }

    async fn stays_ready_during_an_upgrade(app: App) {
        let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
            SELECT 9000, 'later', TRUE, checksum, 1 FROM _sqlx_migrations WHERE version = 1";
        app.probe().execute(newer).await;
        app.anonymous().get("/health/ready").await.is(200);
        app.client().get("/klanten/api/v1/klanten").await.is(200);
    }

    async fn does_not_care_about_a_notificaties_api_that_is_down(database: Database) {
        let settings = [
            ("OPENKLANT_BASE_URL", "https://openklant.waterdam.example"),
            ("OPENKLANT_NOTIFICATIES_API_ROOT", "http://127.0.0.1:9/api/v1/"),
            ("OPENKLANT_NOTIFICATIES_CLIENT_ID", "openklant"),
            ("OPENKLANT_NOTIFICATIES_SECRET", "geheim van openklant"),
        ];
        let app = App::start(&database, &settings).await;
        app.anonymous().get("/health/ready").await.is(200);
    }

    async fn answers_any_host_also_when_others_are_refused(database: Database) {
        let app = App::start(&database, &[("OPENKLANT_ALLOWED_HOSTS", "openklant.waterdam.example")]).await;
        let client = app.anonymous().calling("10.1.2.3:8000");
        for path in ALIVE.iter().chain(&READY).chain(&["/health/version"]) {
            client.get(path).await.is(200);
            client.head(path).await.is(200);
        }
        client.get("/ref/scopes/").await.is(400);
        app.anonymous().calling("openklant.waterdam.example").get("/ref/scopes/").await.is(200);
    }

    async fn is_only_read(app: App) {
        for path in ALIVE.iter().chain(&READY) {
            app.anonymous().request("POST", path).await.fault(405, "method_not_allowed");
        }
    }
}
