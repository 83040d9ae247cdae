//! Requests that take too long, and clients that go away.

use std::time::{Duration, Instant};

use openklant_tests::fixtures::{KLANTEN, klant, klant_with};
use openklant_tests::remote::Remote;
use openklant_tests::{App, Database, on_both, wait};
use serde_json::json;

on_both! {
    async fn a_request_that_takes_too_long_gets_503_and_changes_nothing(database: Database) {
        let settings = [
            ("OPENKLANT_REQUEST_TIMEOUT", "1s"),
            ("OPENKLANT_OUTGOING_TIMEOUT", "30s"),
        ];
        let app = App::start(&database, &settings).await;
        let remote = Remote::start().await;
        let begin = Instant::now();
        let body = klant_with("T1", &json!({"subject": remote.url("/hangt")}));
        app.client()
            .post(KLANTEN, &body)
            .await
            .fault(503, "service_unavailable");
        assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
        assert_eq!(app.probe().traces().await, [0, 0, 0]);
        app.client().post(KLANTEN, &klant("T1")).await.is(201);
    }

    async fn clients_that_go_away_take_no_connection_with_them(database: Database) {
        let settings = [
            ("OPENKLANT_DATABASE_MAX_CONNECTIONS", "1"),
            ("OPENKLANT_DATABASE_ACQUIRE_TIMEOUT", "30s"),
        ];
        let app = App::start(&database, &settings).await;
        let token = app.credential().token(app.clock().now());
        for nr in 0..30 {
            let body = klant(&format!("T{nr}")).to_string();
            let request = format!(
                "POST {KLANTEN} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
                 Content-Length: {}\r\n\r\n{body}",
                body.len()
            );
            let mut stream = tokio::net::TcpStream::connect(app.address())
                .await
                .expect("a connection");
            tokio::io::AsyncWriteExt::write_all(&mut stream, request.as_bytes())
                .await
                .expect("sent");
        }
        wait::until_found("the server still registers", async || {
            let answer = app.client().post(KLANTEN, &klant("TX")).await;
            [201, 400].contains(&answer.status()).then_some(())
        })
        .await;
        let [klanten, rows, messages] = app.probe().traces().await;
        assert_eq!((klanten, klanten), (rows, messages), "each change is whole");
    }
}
