//! An Autorisaties API that gives no answer: the last one counts while it is young enough, then 403; never a 500.

use std::time::{Duration, Instant};

use openklant_tests::autorisaties::Autorisaties;
use openklant_tests::fixtures::KLANTEN;
use openklant_tests::listener::Reply;
use openklant_tests::{Client, Database, on_both, wait};
use serde_json::json;

use super::{LOKET, asking, credential, loket, pass, with_secret_only};

const CODE: &str = "not_authenticated_for_ac";

/// Every way to give no answer.
fn no_answers() -> Vec<(&'static str, Reply)> {
    let long = "x".repeat(3 * 1024 * 1024);
    let application = |client_id: &str| {
        json!({
            "url": "https://ac.example/applicaties/6c1f2c5a-3a52-4f4b-9d0e-2f6f0f6f3b10",
            "clientIds": [client_id], "label": "L", "heeftAlleAutorisaties": true, "autorisaties": [],
        })
    };
    vec![
        (
            "403",
            Reply::json(403, &json!({"code": "not_authenticated", "status": 403})),
        ),
        ("401", Reply::json(401, &json!({}))),
        ("500", Reply::json(500, &json!({"code": "error", "status": 500}))),
        ("503 of a gateway", Reply::html(503)),
        ("404 of a gateway", Reply::html(404)),
        ("429", Reply::json(429, &json!({}))),
        ("a time-out", Reply::hang()),
        ("a connection that ends", Reply::close()),
        ("no JSON", Reply::answer(200, "application/json", "<html>")),
        ("nothing", Reply::answer(200, "application/json", "")),
        ("a list", Reply::json(200, &json!([application(LOKET)]))),
        (
            "another client's application",
            Reply::json(200, &application("ander")),
        ),
        (
            "a huge answer",
            Reply::answer(200, "application/json", format!("{{\"label\": \"{long}\"}}")),
        ),
        ("a redirect", Reply::redirect("http://127.0.0.1:9/elders")),
    ]
}

async fn once(autorisaties: &Autorisaties, client: &Client, reply: Reply) -> u16 {
    autorisaties.always(Some(reply));
    client.get(KLANTEN).await.status()
}

on_both! {
    async fn without_an_answer_nobody_can_tell(database: Database) {
        let autorisaties = Autorisaties::start().await;
        let app = asking(&database, &autorisaties).await;
        for (nr, (name, reply)) in no_answers().into_iter().enumerate() {
            autorisaties.always(Some(reply));
            let client = with_secret_only(&app, &format!("client-{nr}")).await;
            let answer = client.get(KLANTEN).await;
            assert_eq!((answer.status(), answer.field("code")), (403, CODE.to_owned()), "{name}");
        }
        assert_eq!(app.probe().count("fetched_applicatie").await, 0, "none of it is kept");
    }

    async fn the_last_answer_counts_for_a_day(database: Database) {
        let autorisaties = Autorisaties::start().await;
        let app = asking(&database, &autorisaties).await;
        let mut clients = Vec::new();
        for (nr, (name, reply)) in no_answers().into_iter().enumerate() {
            let client_id = format!("client-{nr}");
            autorisaties.allows_all(&client_id);
            let client = with_secret_only(&app, &client_id).await;
            client.get(KLANTEN).await.is(200);
            clients.push((name, reply, client));
        }
        pass(&app, 23 * 60);
        for (name, reply, client) in &clients {
            assert_eq!(once(&autorisaties, client, reply.clone()).await, 200, "{name}");
        }
        pass(&app, 61);
        for (name, reply, client) in &clients {
            assert_eq!(once(&autorisaties, client, reply.clone()).await, 403, "{name}");
            client.get(KLANTEN).await.fault(403, CODE);
        }
        // And it is not lost: what comes back counts at once.
        autorisaties.always(None);
        for (_, _, client) in &clients {
            wait::until_found("it is asked again", async || {
                (client.get(KLANTEN).await.status() == 200).then_some(())
            }).await;
        }
    }

    async fn an_outage_slows_nobody_down(database: Database) {
        let autorisaties = Autorisaties::start().await;
        autorisaties.allows_all(LOKET);
        let app = asking(&database, &autorisaties).await;
        let client = loket(&app).await;
        client.get(KLANTEN).await.is(200);
        pass(&app, 10);
        autorisaties.always(Some(Reply::hang()));
        client.get(KLANTEN).await.is(200);
        assert_eq!(autorisaties.questions(), 2);
        let begun = Instant::now();
        for _ in 0..50 {
            client.get(KLANTEN).await.is(200);
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
        let most = 2 + begun.elapsed().as_secs() / 2 + 1;
        assert!(autorisaties.questions() as u64 <= most, "{} questions", autorisaties.questions());
        // Others who have no answer yet wait for one, and not for each other.
        let other = with_secret_only(&app, "nieuw").await;
        other.get(KLANTEN).await.fault(403, CODE);
    }

    async fn a_restart_in_an_outage_knows_what_was_known(database: Database) {
        let autorisaties = Autorisaties::start().await;
        autorisaties.allows(LOKET, "kc", &["klanten.lezen"]);
        let app = asking(&database, &autorisaties).await;
        loket(&app).await.get(KLANTEN).await.is(200);
        app.stop().await;
        autorisaties.vanish();
        let app = asking(&database, &autorisaties).await;
        pass(&app, 60);
        let client = app.with_token(&credential(LOKET).token(app.clock().now()));
        client.get(KLANTEN).await.is(200);
        client.get("/contactmomenten/api/v1/contactmomenten").await.fault(403, "permission_denied");
        pass(&app, 24 * 60);
        client.get(KLANTEN).await.fault(403, CODE);
        autorisaties.come_back();
        wait::until_found("it is asked again", async || {
            (client.get(KLANTEN).await.status() == 200).then_some(())
        }).await;
    }

    async fn a_clock_that_ran_ahead_makes_no_answer_hold_longer(database: Database) {
        let autorisaties = Autorisaties::start().await;
        autorisaties.allows_all(LOKET);
        let ahead = asking(&database, &autorisaties).await;
        pass(&ahead, 3 * 24 * 60);
        loket(&ahead).await.get(KLANTEN).await.is(200);
        let app = asking(&database, &autorisaties).await;
        autorisaties.loses(LOKET);
        let client = app.with_token(&credential(LOKET).token(app.clock().now()));
        client.get(KLANTEN).await.fault(403, "permission_denied");
        assert_eq!(autorisaties.questions(), 2);
    }
}
