//! The status page: for who has the operator's token, and for nobody else.

use chrono::TimeDelta;
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::notificaties::Notificaties;
use openklant_tests::tokens::bearer;
use openklant_tests::{App, Client, Database, on_both};
use serde_json::{Value, json};

const STATUS: &str = "/health/status";
const TOKEN: &str = "een-lang-woord-van-de-beheerder";

async fn start(database: &Database) -> (App, Notificaties) {
    let notificaties = Notificaties::start().await;
    let app = openklant_tests::app::Setup::new()
        .with(notificaties.settings())
        .with([("OPENKLANT_STATUS_TOKEN", TOKEN)])
        .start(database)
        .await;
    (app, notificaties)
}

fn operator(app: &App) -> Client {
    app.anonymous().authorized(Some(&bearer(TOKEN)))
}

async fn read(app: &App) -> Value {
    operator(app).get(STATUS).await.expect(200).json()
}

on_both! {
    async fn without_a_token_in_the_settings_there_is_no_such_page(app: App) {
        for client in [app.anonymous(), app.client(), operator(&app)] {
            client.get(STATUS).await.fault(404, "not_found");
        }
    }

    async fn only_the_token_of_the_operator_opens_it(database: Database) {
        let (app, _notificaties) = start(&database).await;
        for token in ["", "een", &TOKEN[1..], &format!("{TOKEN}x"), &TOKEN.to_uppercase()] {
            let client = app.anonymous().authorized(Some(&bearer(token)));
            client.get(STATUS).await.fault(403, "permission_denied");
        }
        app.anonymous().get(STATUS).await.fault(403, "permission_denied");
        app.client().get(STATUS).await.fault(403, "permission_denied");
        operator(&app).get(STATUS).await.is(200);
        operator(&app).head(STATUS).await.is(200);
    }

    async fn it_tells_how_everything_is(database: Database) {
        let (mut app, _notificaties) = start(&database).await;
        let quiet = read(&app).await;
        assert_eq!(quiet["status"], json!("ok"), "{quiet}");
        assert_eq!(quiet["version"], json!(env!("CARGO_PKG_VERSION")));
        assert_eq!(quiet["database"]["status"], json!("ok"));
        assert_eq!(quiet["database"]["schema"], json!("ok"));
        assert_eq!(quiet["notificaties"]["breaker"], json!("closed"));
        assert_eq!(quiet["notificaties"]["configured"], json!(true));
        assert_eq!(quiet["notificaties"]["messages"]["pending"], json!(0));
        assert_eq!(quiet["workers"], json!({"alive": 0, "silent": 0, "lastSeen": null}));
        assert_eq!(quiet["jobs"], json!([]));

        app.client().post(KLANTEN, &klant("S1")).await.is(201);
        app.clock().advance(TimeDelta::minutes(20));
        let probe = app.probe();
        probe
            .execute("UPDATE delivery_endpoint SET state = 'open', failures = 5, opened_at = '2026-01-05T09:30:00+00:00'")
            .await;
        probe
            .execute(
                "INSERT INTO job_run (job, tick, worker, started_at, finished_at, outcome, detail) VALUES \
                 ('audit', '2026-01-05T09:30:00+00:00', 'w', '2026-01-05T09:30:00+00:00', \
                  '2026-01-05T09:30:01+00:00', 'done', ''), \
                 ('audit', '2026-01-05T09:40:00+00:00', 'w', '2026-01-05T09:40:00+00:00', \
                  '2026-01-05T09:40:01+00:00', 'failed', 'geheim')",
            )
            .await;
        let bad = read(&app).await;
        assert_eq!(bad["status"], json!("degraded"));
        assert_eq!(bad["troubles"], json!(["breaker-open", "messages-wait-long", "no-worker", "job-failed"]), "{bad}");
        assert_eq!(bad["notificaties"]["messages"]["pending"], json!(1));
        assert_eq!(bad["notificaties"]["oldestPendingSeconds"], json!(1200));
        assert_eq!(bad["jobs"].as_array().map(Vec::len), Some(1));
        assert_eq!(bad["jobs"][0]["outcome"], json!("failed"));
        assert!(!bad.to_string().contains("geheim"), "{bad}");
        // None of it is a reason to take no requests.
        app.anonymous().get("/health/ready").await.is(200);

        app.start_worker();
        openklant_tests::wait::until_found("the worker is seen", async || {
            (read(&app).await["workers"]["alive"] == json!(1)).then_some(())
        })
        .await;
    }

    async fn without_a_database_it_says_so(database: Database) {
        let (app, _notificaties) = start(&database).await;
        app.db().close().await;
        let answer = operator(&app).get(STATUS).await.expect(503).json();
        assert_eq!(answer["status"], json!("unavailable"));
        assert_eq!(answer["database"]["status"], json!("failed"));
        assert_eq!(answer["notificaties"], Value::Null);
    }
}
