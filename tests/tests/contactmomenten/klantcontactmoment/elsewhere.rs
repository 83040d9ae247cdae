//! A klant of another installation is fetched, with our credentials there when the operator registered them (decision
//! 12), and never inside a transaction.

use std::future::IntoFuture;
use std::time::{Duration, Instant};

use openklant_tests::fixtures::{KLANTCONTACTMOMENTEN, klantcontactmoment};
use openklant_tests::remote::Remote;
use openklant_tests::{App, Database, on_both, wait};
use serde_json::json;

use crate::given;

const BAD: [(&str, &str); 1] = [("klant", "bad-url")];

on_both! {
    async fn only_a_final_200_will_do(app: App) {
        let (client, remote) = (app.client(), Remote::start().await);
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let post = async |path: &str| {
            let body = klantcontactmoment(&contactmoment, &remote.url(path));
            client.post(KLANTCONTACTMOMENTEN, &body).await
        };
        for path in ["/ok/1", "/omleiding", "/omleiding/5"] {
            let made = post(path).await.expect(201);
            assert_eq!(made.json()["klant"], json!(remote.url(path)));
        }
        for path in [
            "/weg/1",
            "/leeg/1",
            "/fout/1",
            "/sluit",
            "/omleiding/6",
            "/naar?/weg/1",
            "/naar?http://",
        ] {
            post(path).await.refused(&BAD);
        }
        for link in [
            "http://bestaat-niet.invalid/x",
            "https://127.0.0.1:1/x",
            "ftp://127.0.0.1/x",
        ] {
            client
                .post(KLANTCONTACTMOMENTEN, &klantcontactmoment(&contactmoment, link))
                .await
                .refused(&BAD);
        }
    }

    async fn without_registered_credentials_none_are_sent(app: App) {
        let remote = Remote::start().await;
        given::credentials(&app, &remote.url("/elders/"), "elders").await;
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        given::klantcontactmoment(&app, &contactmoment, &remote.url("/ok/1"), "belanghebbende").await;
        assert_eq!(remote.seen()[0].header("authorization"), None);
    }

    async fn registered_credentials_are_sent_and_open_an_inner_address(database: Database) {
        let app = App::start(&database, &[("OPENKLANT_OUTGOING_ALLOWED_HOSTS", "203.0.113.7")]).await;
        let (client, remote) = (app.client(), Remote::start().await);
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let body = klantcontactmoment(&contactmoment, &remote.url("/ok/klanten/1"));
        client.post(KLANTCONTACTMOMENTEN, &body).await.refused(&BAD);
        assert_eq!(remote.seen().len(), 0, "an address inside");
        given::credentials(&app, &remote.url("/"), "kort").await;
        given::credentials(&app, &remote.url("/ok/klanten/"), "lang").await;
        given::credentials(&app, &remote.url("/ok/klanten/2/"), "langer").await;
        client.post(KLANTCONTACTMOMENTEN, &body).await.is(201);
        let seen = remote.seen();
        assert_eq!(
            given::claims(&seen[0], "lang"),
            json!({
                "iss": "lang",
                "iat": app.clock().now().timestamp(),
                "client_id": "lang",
                "user_id": "openklant",
                "user_representation": "Open Klant",
            })
        );
    }

    async fn credentials_do_not_follow_a_redirect(app: App) {
        let (remote, other) = (Remote::start().await, Remote::start().await);
        given::credentials(&app, &remote.url("/"), "hier").await;
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let klant = remote.url(&format!("/naar?{}", other.url("/ok/1")));
        given::klantcontactmoment(&app, &contactmoment, &klant, "belanghebbende").await;
        given::claims(&remote.seen()[0], "hier");
        assert_eq!(other.seen()[0].header("authorization"), None);
    }

    async fn a_klant_that_never_answers_does_not_hold_the_client(database: Database) {
        let app = App::start(&database, &[("OPENKLANT_OUTGOING_TIMEOUT", "300ms")]).await;
        let remote = Remote::start().await;
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let begin = Instant::now();
        app.client()
            .post(
                KLANTCONTACTMOMENTEN,
                &klantcontactmoment(&contactmoment, &remote.url("/hangt")),
            )
            .await
            .refused(&BAD);
        let took = begin.elapsed();
        assert!(
            took >= Duration::from_millis(300) && took < Duration::from_secs(5),
            "{took:?}"
        );
    }

    async fn writing_goes_on_while_a_klant_does_not_answer(database: Database) {
        let settings = [
            ("OPENKLANT_OUTGOING_TIMEOUT", "20s"),
            ("OPENKLANT_DATABASE_MAX_CONNECTIONS", "1"),
        ];
        let app = App::start(&database, &settings).await;
        let (client, remote) = (app.client(), Remote::start().await);
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let relation =
            given::klantcontactmoment(&app, &contactmoment, &remote.url("/ok/1"), "belanghebbende").await;
        let hanging = remote.url("/hangt");
        let waiting = [
            tokio::spawn(
                client
                    .post(
                        KLANTCONTACTMOMENTEN,
                        &klantcontactmoment(&contactmoment, &hanging),
                    )
                    .into_future(),
            ),
            tokio::spawn(client.patch(&relation, &json!({"klant": hanging})).into_future()),
        ];
        wait::until("both klanten are being fetched", async || {
            (remote.seen().len() == 3).then_some(())
        })
        .await;
        client
            .patch(&contactmoment, &json!({"kanaal": "chat"}))
            .await
            .is(200);
        client.patch(&relation, &json!({"gelezen": true})).await.is(200);
        for task in waiting {
            assert!(!task.is_finished());
            task.abort();
        }
    }
}
