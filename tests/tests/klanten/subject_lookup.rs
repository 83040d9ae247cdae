//! Fetching a `subject` to see that it is there (section 3.5 of the behaviour of 1.0.0; decision 12): bounded, and
//! never a way into the network of the register.

use std::time::{Duration, Instant};

use openklant_tests::fixtures::{KLANTEN, klant, klant_with};
use openklant_tests::remote::Remote;
use openklant_tests::{App, Database, Response, on_both};
use serde_json::{Value, json};

const BAD: [(&str, &str); 1] = [("subject", "bad-url")];

fn with_subject(number: &str, subject: &str) -> Value {
    klant_with(number, &json!({"subject": subject}))
}

async fn post(app: &App, number: &str, subject: &str) -> Response {
    app.client().post(KLANTEN, &with_subject(number, subject)).await
}

on_both! {
    async fn only_a_final_200_will_do(app: App) {
        let remote = Remote::start().await;
        for path in ["/ok/1", "/omleiding", "/omleiding/5"] {
            let number = path.chars().rev().take(3).collect::<String>();
            let made = post(&app, &number, &remote.url(path)).await.expect(201);
            assert_eq!(made.json()["subject"], json!(remote.url(path)));
        }
        for path in [
            "/weg/1",
            "/leeg/1",
            "/fout/1",
            "/sluit",
            "/omleiding/6",
            "/omleiding/50",
            "/naar?/weg/1",
            "/naar?http://",
        ] {
            post(&app, "L1", &remote.url(path)).await.refused(&BAD);
        }
        assert_eq!(app.probe().count("klant").await, 3);
    }

    async fn a_long_answer_is_an_answer(app: App) {
        // What stands there is not looked at, so it need not be read to its end.
        let remote = Remote::start().await;
        post(&app, "L1", &remote.url("/groot")).await.is(201);
    }

    async fn what_cannot_be_reached_is_bad(app: App) {
        let closed = {
            let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
            socket.local_addr().expect("a port")
        };
        for url in [
            format!("http://{closed}/x"),
            "http://bestaat-niet.invalid/x".to_owned(),
            "https://127.0.0.1:1/x".to_owned(),
        ] {
            post(&app, "L1", &url).await.refused(&BAD);
        }
        for url in ["ftp://127.0.0.1/x", "ftps://127.0.0.1/x"] {
            post(&app, "L1", url).await.refused(&BAD);
        }
    }

    async fn no_token_and_nothing_about_the_klant_is_sent(app: App) {
        let remote = Remote::start().await;
        post(&app, "L1", &remote.url("/ok/1?a=b")).await.is(201);
        let seen = remote.seen();
        assert_eq!(seen.len(), 1);
        assert_eq!(
            (seen[0].method.as_str(), seen[0].target.as_str()),
            ("GET", "/ok/1?a=b")
        );
        assert_eq!((seen[0].header("authorization"), seen[0].body.len()), (None, 0));
    }

    async fn what_is_no_url_is_not_fetched(app: App) {
        for subject in [
            "geen-url",
            "http://",
            "file:///etc/passwd",
            "gopher://127.0.0.1/x",
        ] {
            post(&app, "L1", subject).await.refused(&[("subject", "invalid")]);
        }
    }

    async fn it_is_fetched_whenever_it_is_named(app: App) {
        let remote = Remote::start().await;
        let client = app.client();
        let url = post(&app, "L1", &remote.url("/ok/1")).await.expect(201).url();
        client.patch(&url, &json!({"voornaam": "Bo"})).await.is(200);
        client.put(&url, &klant("L1")).await.is(200);
        assert_eq!(remote.seen().len(), 1, "not named, not fetched");
        client
            .put(&url, &with_subject("L1", &remote.url("/ok/1")))
            .await
            .is(200);
        client
            .patch(&url, &json!({"subject": remote.url("/ok/2")}))
            .await
            .is(200);
        assert_eq!(remote.seen().len(), 3);
        client
            .patch(&url, &json!({"subject": remote.url("/weg/1")}))
            .await
            .refused(&BAD);
        assert_eq!(
            client.get(&url).await.json()["subject"],
            json!(remote.url("/ok/2"))
        );
        client.patch(&url, &json!({"subject": ""})).await.is(200);
        assert_eq!(remote.seen().len(), 4, "nothing to fetch");
    }

    async fn a_dead_subject_is_told_with_the_other_faults(app: App) {
        let remote = Remote::start().await;
        let body = klant_with("L1", &json!({"subject": remote.url("/weg/1"), "emailadres": "x"}));
        app.client()
            .post(KLANTEN, &body)
            .await
            .refused(&[("subject", "bad-url"), ("emailadres", "invalid")]);
    }

    async fn a_subject_that_never_answers_does_not_hold_the_client(database: Database) {
        let app = App::start(&database, &[("OPENKLANT_OUTGOING_TIMEOUT", "300ms")]).await;
        let remote = Remote::start().await;
        let begin = Instant::now();
        post(&app, "L1", &remote.url("/hangt")).await.refused(&BAD);
        let took = begin.elapsed();
        assert!(
            took >= Duration::from_millis(300) && took < Duration::from_secs(5),
            "{took:?}"
        );
    }

    async fn writing_goes_on_while_a_subject_does_not_answer(database: Database) {
        use std::future::IntoFuture;
        let app = App::start(
            &database,
            &[
                ("OPENKLANT_OUTGOING_TIMEOUT", "20s"),
                ("OPENKLANT_DATABASE_MAX_CONNECTIONS", "1"),
            ],
        )
        .await;
        let remote = Remote::start().await;
        let body = with_subject("L1", &remote.url("/hangt"));
        let waiting = tokio::spawn(app.client().post(KLANTEN, &body).into_future());
        openklant_tests::wait::until("the subject is being fetched", async || {
            (!remote.seen().is_empty()).then_some(())
        })
        .await;
        app.client().post(KLANTEN, &klant("L2")).await.is(201);
        assert!(!waiting.is_finished());
        waiting.abort();
    }

    async fn addresses_inside_are_out_of_bounds(database: Database) {
        let app = App::start(&database, &[("OPENKLANT_OUTGOING_ALLOWED_HOSTS", "203.0.113.7")]).await;
        let remote = Remote::start().await;
        let port = remote.base().rsplit(':').next().expect("a port").to_owned();
        for host in [
            "127.0.0.1",
            "localhost",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "127.1",
            "0x7f000001",
            "2130706433",
            "0.0.0.0",
            "0",
        ] {
            let answer = post(&app, "L1", &format!("http://{host}:{port}/ok/1")).await;
            assert_eq!(answer.status(), 400, "{host}\n{}", answer.describe());
        }
        for host in [
            "10.0.0.1",
            "192.168.1.1",
            "172.16.0.1",
            "169.254.169.254",
            "[fd00::1]",
            "[fe80::1]",
            "100.64.0.1",
        ] {
            let begin = Instant::now();
            let answer = post(&app, "L1", &format!("http://{host}/latest/meta-data/")).await;
            assert_eq!(answer.status(), 400, "{host}\n{}", answer.describe());
            assert!(begin.elapsed() < Duration::from_secs(2), "{host} was tried");
        }
        assert_eq!(remote.seen().len(), 0);
    }

    async fn a_redirect_does_not_lead_inside(database: Database) {
        let (outside, inside) = (Remote::start().await, Remote::start().await);
        let allowed = outside.base().replace("http://", "");
        let app = App::start(
            &database,
            &[("OPENKLANT_OUTGOING_ALLOWED_HOSTS", allowed.as_str())],
        )
        .await;
        post(&app, "L1", &outside.url("/ok/1")).await.is(201);
        for target in [
            inside.url("/ok/1"),
            "http://169.254.169.254/latest/".to_owned(),
            "file:///etc/passwd".to_owned(),
        ] {
            post(&app, "L2", &outside.url(&format!("/naar?{target}")))
                .await
                .refused(&BAD);
        }
        assert_eq!(inside.seen().len(), 0);
    }

    async fn the_zaken_api_of_the_settings_is_reached_with_its_credentials(database: Database) {
        let remote = Remote::start().await;
        let root = remote.url("/ok");
        let settings = [
            ("OPENKLANT_ZAKEN_API_ROOT", root.as_str()),
            ("OPENKLANT_ZAKEN_API_CLIENT_ID", "openklant"),
            ("OPENKLANT_ZAKEN_API_SECRET", "a-secret-for-the-zaken-api"),
            ("OPENKLANT_OUTGOING_ALLOWED_HOSTS", "registers.example"),
        ];
        let app = App::start(&database, &settings).await;
        // Loopback is closed to look-ups, but the operator named this API.
        post(&app, "L1", &remote.url("/ok/1")).await.is(201);
        post(&app, "L2", &remote.url("/okay/1")).await.refused(&BAD);
        let seen = remote.seen();
        assert_eq!(seen.len(), 1);
        let token = seen[0].header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let claims = openklant_shared::jwt::peek(token.expect("a token")).expect("that can be read");
        assert_eq!(claims.client_id(), "openklant");
    }
}
