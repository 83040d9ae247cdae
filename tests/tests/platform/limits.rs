//! What one client may take: places among the requests, connections, headers.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use openklant_tests::fixtures::{KLANTEN, klant, klant_with};
use openklant_tests::listener::{Gate, Listener, Reply};
use openklant_tests::remote::Remote;
use openklant_tests::{App, Database, on_both, wait};
use serde_json::json;
use std::future::IntoFuture;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Reads until the other side ends the connection; how long that took and what came.
async fn until_closed(mut stream: TcpStream) -> (Duration, String) {
    let begin = Instant::now();
    let mut bytes = Vec::new();
    let reading = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut bytes));
    let _closed_or_reset = reading.await.expect("the connection is ended");
    (begin.elapsed(), String::from_utf8_lossy(&bytes).into_owned())
}

on_both! {
    async fn a_client_has_so_many_places_and_others_have_their_own(database: Database) {
        let app = App::start(&database, &[("OPENKLANT_MAX_CONCURRENT_PER_CLIENT", "2")]).await;
        let (gate, asked) = (Gate::closed(), Arc::new(AtomicUsize::new(0)));
        let held = {
            let (gate, asked) = (gate.clone(), Arc::clone(&asked));
            Listener::start(move |_| {
                asked.fetch_add(1, Ordering::SeqCst);
                Reply::json(200, &json!({})).behind(&gate)
            })
            .await
        };
        let client = app.client();
        let slow = (0..2).map(|nr| {
            let body = klant_with(&format!("V{nr}"), &json!({"subject": format!("{}/x", held.base())}));
            tokio::spawn(client.post(KLANTEN, &body).into_future())
        });
        let slow: Vec<_> = slow.collect();
        wait::until_found("both are being handled", async || {
            (asked.load(Ordering::SeqCst) == 2).then_some(())
        })
        .await;
        let refused = client.get(KLANTEN).await;
        refused.fault(429, "throttled");
        assert_eq!(refused.header("retry-after"), Some("1"), "{}", refused.describe());
        client.post(KLANTEN, &klant("V9")).await.fault(429, "throttled");
        // Another client, nobody, and a stranger who only says he is the first.
        let other = app.client_with(&["klanten.lezen"]).await;
        other.get(KLANTEN).await.is(200);
        app.anonymous().get(KLANTEN).await.is(403);
        app.anonymous().get("/health/ready").await.is(200);
        gate.open();
        for answer in join_all(slow).await {
            answer.expect("the request was sent").is(201);
        }
        client.get(KLANTEN).await.is(200);
        assert_eq!(app.probe().traces().await, [2, 2, 2], "what was refused changed nothing");
    }

    async fn places_come_back_from_requests_that_fail(database: Database) {
        let settings = [
            ("OPENKLANT_MAX_CONCURRENT_PER_CLIENT", "1"),
            ("OPENKLANT_REQUEST_TIMEOUT", "1s"),
        ];
        let app = App::start(&database, &settings).await;
        let (client, remote) = (app.client(), Remote::start().await);
        let body = klant_with("V1", &json!({"subject": remote.url("/hangt")}));
        client.post(KLANTEN, &body).await.is(503);
        client.get(format!("{KLANTEN}?x=1")).await.is(400);
        client.get(KLANTEN).await.is(200);
    }

    async fn there_is_no_such_limit_unless_it_is_set(app: App) {
        let client = app.client();
        let calls = (0..60).map(|_| client.get(KLANTEN).into_future());
        for answer in join_all(calls).await {
            answer.is(200);
        }
    }

    async fn a_connection_that_nothing_is_answered_on_ends(database: Database) {
        let settings = [("OPENKLANT_REQUEST_TIMEOUT", "1s"), ("OPENKLANT_CONNECTION_TIMEOUT", "2s")];
        let app = App::start(&database, &settings).await;
        let connect = async || TcpStream::connect(app.address()).await.expect("a connection");

        let silent = connect().await;
        let mut idle = connect().await;
        idle.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("sent");
        let (mut dripping, mut drip) = connect().await.into_split();
        let dripper = tokio::spawn(async move {
            let _ = drip.write_all(b"GET /health/live HTTP/1.1\r\nHost: ").await;
            while drip.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        let drained = async {
            let begin = Instant::now();
            let mut bytes = Vec::new();
            let _closed_or_reset = dripping.read_to_end(&mut bytes).await;
            begin.elapsed()
        };
        let within = Duration::from_secs(15);
        let (silent, idle, dripping) =
            tokio::join!(until_closed(silent), until_closed(idle), tokio::time::timeout(within, drained));
        assert!(silent.0 < within, "{silent:?}");
        assert!(idle.1.starts_with("HTTP/1.1 200") && idle.0 < within, "{idle:?}");
        dripping.expect("a request that comes byte by byte is not waited for");
        dripper.abort();
        app.anonymous().get("/health/live").await.is(200);
    }

    async fn a_body_that_comes_too_slowly_gets_503_and_changes_nothing(database: Database) {
        let app = App::start(&database, &[("OPENKLANT_REQUEST_TIMEOUT", "1s")]).await;
        let token = app.credential().token(app.clock().now());
        let mut stream = TcpStream::connect(app.address()).await.expect("a connection");
        let head = format!(
            "POST {KLANTEN} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{{"
        );
        stream.write_all(head.as_bytes()).await.expect("sent");
        let (took, answer) = until_closed(stream).await;
        assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
        assert!(answer.contains("service_unavailable") && took < Duration::from_secs(10), "{took:?} {answer}");
        assert_eq!(app.probe().traces().await, [0, 0, 0]);
    }

    async fn a_form_of_the_site_that_comes_too_slowly_gets_503(database: Database) {
        let app = App::start(&database, &[("OPENKLANT_REQUEST_TIMEOUT", "1s")]).await;
        let mut stream = TcpStream::connect(app.address()).await.expect("a connection");
        let head = "POST /beheer/inloggen HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
                    Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 500\r\n\r\ngebruiker=";
        stream.write_all(head.as_bytes()).await.expect("sent");
        let (took, answer) = until_closed(stream).await;
        assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
        assert!(answer.contains("<h1>") && took < Duration::from_secs(10), "{took:?} {answer}");
    }

    async fn too_many_or_too_long_headers_are_refused(app: App) {
        let client = app.client();
        let mut many = client.get(KLANTEN);
        for nr in 0..200 {
            many = many.header(&format!("X-Kop-{nr}"), "x");
        }
        let answer = many.attempt().await.map(|answer| answer.status());
        assert_eq!(answer, Some(431));
        let long = client.get(KLANTEN).header("X-Kop", &"x".repeat(1024 * 1024));
        // Cut off while it is still sending, the client may miss the answer.
        let answer = long.attempt().await.map(|answer| answer.status());
        assert!([None, Some(431)].contains(&answer), "{answer:?}");
        client.get(KLANTEN).await.is(200);
    }
}
