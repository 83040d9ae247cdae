//! A Zaken API that is slow, dead or talks nonsense: a 400 with a code within the time-out, never a 500, and nobody
//! else waits for it.

use std::future::IntoFuture;
use std::time::{Duration, Instant};

use openklant_tests::fixtures::{CONTACTMOMENTEN, OBJECTCONTACTMOMENTEN, contactmoment, objectcontactmoment};
use openklant_tests::listener::Reply;
use openklant_tests::zaken::{ZakenApi, zaak};
use openklant_tests::{App, Database, on_both, wait};
use serde_json::json;

use crate::given;

/// Longer than any client waits.
const LONG: Duration = Duration::from_secs(30);

/// What no decent Zaken API answers.
fn nonsense() -> Vec<(&'static str, Reply)> {
    vec![
        ("a page", Reply::html(200)),
        ("a failing page", Reply::html(500)),
        ("a gateway", Reply::html(502)),
        (
            "forbidden",
            Reply::json(403, &json!({"code": "permission_denied", "invalidParams": "x"})),
        ),
        ("unauthorized", Reply::json(401, &json!([]))),
        ("nothing", Reply::answer(200, "application/json", "")),
        ("no content", Reply::answer(204, "application/json", "")),
        ("half of it", Reply::answer(200, "application/json", "{\"url\": ")),
        ("null", Reply::json(200, &json!(null))),
        ("a number", Reply::json(200, &json!(7))),
        ("a text", Reply::json(200, &json!("zaak"))),
        (
            "a list of lists",
            Reply::json(200, &json!({"results": {"results": []}})),
        ),
        (
            "deep",
            Reply::answer(
                200,
                "application/json",
                format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)),
            ),
        ),
        (
            "huge",
            Reply::answer(200, "application/json", format!("[{}1]", "1,".repeat(1 << 20))),
        ),
        (
            "bytes",
            Reply::answer(200, "application/octet-stream", vec![0xff; 4096]),
        ),
        ("a redirect to nowhere", Reply::redirect("http://127.0.0.1:1/")),
        (
            "a redirect without end",
            Reply::redirect("/zaken/api/v1/zaken/rond"),
        ),
        ("a hang-up", Reply::close()),
    ]
}

on_both! {
    async fn nonsense_for_a_zaak_is_refused(app: App) {
        let (client, zaken) = (app.client(), ZakenApi::start().await);
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let body = objectcontactmoment(&contactmoment, &zaken.zaak("een"));
        for (what, reply) in nonsense() {
            let expected = if reply.status() == Some(200) && what != "huge" {
                "invalid-resource"
            } else {
                "bad-url"
            };
            zaken.answers_zaak(reply);
            let answer = client.post(OBJECTCONTACTMOMENTEN, &body).await;
            assert_eq!(answer.status(), 400, "{what}\n{}", answer.describe());
            answer.refused(&[("object", expected)]);
        }
        assert_eq!(app.probe().count("objectcontactmoment").await, 0);
    }

    async fn nonsense_for_relations_is_refused(app: App) {
        let (client, zaken) = (app.client(), ZakenApi::start().await);
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let there = given::about(&app, &zaken, &contactmoment, "al").await;
        let body = objectcontactmoment(&contactmoment, &zaken.zaak("een"));
        for (what, reply) in nonsense() {
            zaken.answers_relations(reply);
            let answer = client.post(OBJECTCONTACTMOMENTEN, &body).await;
            assert_eq!(answer.status(), 400, "{what}\n{}", answer.describe());
            answer.refused(&[("nonFieldErrors", "relation-validation-error")]);
            let answer = client.delete(&there).await;
            assert_eq!(answer.status(), 400, "{what}\n{}", answer.describe());
            answer.refused(&[("nonFieldErrors", "relation-lookup-error")]);
        }
        assert_eq!(app.probe().count("objectcontactmoment").await, 1);
    }

    async fn a_zaken_api_that_is_not_there_is_told(app: App) {
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let closed = {
            let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
            socket.local_addr().expect("a port")
        };
        for object in [
            format!("http://{closed}/zaken/api/v1/zaken/1"),
            "https://127.0.0.1:1/zaken/1".to_owned(),
            "http://bestaat-niet.invalid/zaken/1".to_owned(),
            "ftp://127.0.0.1/zaken/1".to_owned(),
            format!("{}/klanten/api/v1/", app.base()).replace("/klanten/api/v1/", "/nergens"),
        ] {
            app.client()
                .post(
                    OBJECTCONTACTMOMENTEN,
                    &objectcontactmoment(&contactmoment, &object),
                )
                .await
                .refused(&[("object", "bad-url")]);
        }
        let openklant = format!("{}/klanten/api/v1/", app.base());
        app.client()
            .post(
                OBJECTCONTACTMOMENTEN,
                &objectcontactmoment(&contactmoment, &openklant),
            )
            .await
            .refused(&[("object", "invalid-resource")]);
    }

    async fn a_zaken_api_that_hangs_ends_with_the_right_code_in_time(database: Database) {
        let app = App::start(&database, &[("OPENKLANT_OUTGOING_TIMEOUT", "400ms")]).await;
        let (client, zaken) = (app.client(), ZakenApi::start().await);
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let there = given::about(&app, &zaken, &contactmoment, "al").await;
        let body = objectcontactmoment(&contactmoment, &zaken.zaak("een"));
        let in_time = |begin: Instant| {
            let took = begin.elapsed();
            assert!(
                took >= Duration::from_millis(400) && took < Duration::from_secs(8),
                "{took:?}"
            );
        };
        for reply in [Reply::hang(), Reply::json(200, &zaak()).after(LONG)] {
            zaken.answers_zaak(reply);
            let begin = Instant::now();
            client
                .post(OBJECTCONTACTMOMENTEN, &body)
                .await
                .refused(&[("object", "bad-url")]);
            in_time(begin);
        }
        zaken.answers_zaak(Reply::json(200, &zaak()));
        for reply in [Reply::hang(), Reply::json(200, &json!([])).after(LONG)] {
            zaken.answers_relations(reply);
            let begin = Instant::now();
            let unsaid = [("nonFieldErrors", "relation-validation-error")];
            client.post(OBJECTCONTACTMOMENTEN, &body).await.refused(&unsaid);
            in_time(begin);
            let begin = Instant::now();
            let unsaid = [("nonFieldErrors", "relation-lookup-error")];
            client.delete(&there).await.refused(&unsaid);
            in_time(begin);
        }
    }

    async fn others_are_answered_while_a_zaken_api_hangs(database: Database) {
        let settings = [
            ("OPENKLANT_OUTGOING_TIMEOUT", "25s"),
            ("OPENKLANT_REQUEST_TIMEOUT", "60s"),
            ("OPENKLANT_DATABASE_MAX_CONNECTIONS", "1"),
        ];
        let app = App::start(&database, &settings).await;
        let (client, zaken) = (app.client(), ZakenApi::start().await);
        let url = given::contactmoment(&app, &json!({})).await;
        let there = given::about(&app, &zaken, &url, "al").await;
        let asked = zaken.seen().len();
        zaken.answers_zaak(Reply::hang());
        zaken.answers_relations(Reply::hang());
        let mut waiting: Vec<_> = (0..19)
            .map(|nr| objectcontactmoment(&url, &zaken.zaak(&nr.to_string())))
            .map(|body| tokio::spawn(client.post(OBJECTCONTACTMOMENTEN, &body).into_future()))
            .collect();
        waiting.push(tokio::spawn(client.delete(&there).into_future()));
        wait::until("the Zaken API is being asked", async || {
            (zaken.seen().len() == asked + 20).then_some(())
        })
        .await;
        for _ in 0..25 {
            client.post(CONTACTMOMENTEN, &contactmoment()).await.is(201);
            client.patch(&url, &json!({"kanaal": "chat"})).await.is(200);
            client.get(&there).await.is(200);
        }
        for task in waiting {
            assert!(!task.is_finished());
            task.abort();
        }
    }
}
