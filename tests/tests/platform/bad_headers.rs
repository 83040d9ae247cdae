//! Headers that no client should send, and requests that are hardly HTTP.

use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::{App, on_both};

on_both! {
    async fn a_huge_authorization(app: App) {
        for length in [9_000, 60_000] {
            let client = app.with_token(&"a".repeat(length));
            let answer = client.get(KLANTEN).await;
            assert!((400..500).contains(&answer.status()), "{}", answer.describe());
            assert_eq!(answer.check_fault_shape(), Ok(()), "{}", answer.describe());
        }
        let client = app.with_token(&format!("{}.{}.x", "e30".repeat(3000), "e30".repeat(3000)));
        client.get(KLANTEN).await.fault(403, "jwt-decode-error");
    }

    async fn an_authorization_that_is_no_text(app: App) {
        let mut request =
            format!("GET {KLANTEN} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ")
                .into_bytes();
        request.extend([0xff, 0xfe, b'\r', b'\n', b'\r', b'\n']);
        let answer = app.anonymous().raw(request).await.expect("an answer");
        answer.is(403);
        assert_eq!(answer.check_fault_shape(), Ok(()));
    }

    async fn two_authorizations(app: App) {
        let token = app.credential().token(app.clock().now());
        let answer = app
            .client()
            .get(KLANTEN)
            .header("Authorization", "Bearer abc")
            .await;
        assert!([200, 403].contains(&answer.status()), "{}", answer.describe());
        let answer = app
            .with_token("abc")
            .get(KLANTEN)
            .header("Authorization", &format!("Bearer {token}"))
            .await;
        assert_eq!(
            answer.status(),
            403,
            "a good token behind a bad one does not help"
        );
    }

    async fn a_long_or_strange_explanation_is_cut_not_refused(app: App) {
        let client = app.client();
        let long = "x".repeat(5000);
        let made = client
            .post(KLANTEN, &klant("H1"))
            .header("X-Audit-Toelichting", &long)
            .header("X-NLX-Logrecord-ID", &long)
            .await
            .expect(201);
        let row = &client.get(format!("{}/audittrail", made.url())).await.json()["results"][0];
        let kept = row["toelichting"].as_str().expect("an explanation");
        assert!(kept.len() >= 1000 && long.starts_with(kept), "{}", kept.len());
        let token = app.credential().token(app.clock().now());
        let body = klant("H2").to_string();
        let mut request = format!(
            "POST {KLANTEN} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\nX-Audit-Toelichting: caf",
            body.len()
        )
        .into_bytes();
        request.extend(b"\xe9\r\n\r\n");
        request.extend(body.into_bytes());
        app.anonymous().raw(request).await.expect("an answer").is(201);
    }

    async fn a_body_shorter_than_announced_changes_nothing(app: App) {
        let before = app.probe().traces().await;
        let token = app.credential().token(app.clock().now());
        let body = klant("H1").to_string();
        let length = body.len() + 10;
        let request = format!(
            "POST {KLANTEN} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        let stream = tokio::net::TcpStream::connect(app.address())
            .await
            .expect("a connection");
        let (_, mut outgoing) = stream.into_split();
        tokio::io::AsyncWriteExt::write_all(&mut outgoing, request.as_bytes())
            .await
            .expect("sent");
        drop(outgoing);
        // The server has seen the connection end when a later request was answered and its own is still not there.
        app.client().get(KLANTEN).await.is(200);
        assert_eq!(app.probe().traces().await, before);
    }

    async fn a_request_line_that_is_none(app: App) {
        for line in [
            "x",
            "GET",
            "GET /",
            "GET  / HTTP/1.1",
            "GET / HTTP/9.9",
            "GET nergens HTTP/1.1",
            "\u{1}\u{2}",
        ] {
            let request = format!("{line}\r\nHost: x\r\nConnection: close\r\n\r\n");
            if let Some(answer) = app.anonymous().raw(request).await {
                assert!(
                    (400..506).contains(&answer.status()) && answer.status() != 500,
                    "{line}\n{}",
                    answer.describe()
                );
            }
        }
        app.client().get(KLANTEN).await.is(200);
    }

    async fn more_headers_than_anyone_needs(app: App) {
        let mut call = app.client().get(KLANTEN);
        for nr in 0..500 {
            call = call.header(&format!("X-Kop-{nr}"), "x");
        }
        let answer = call.await;
        assert!((400..500).contains(&answer.status()), "{}", answer.describe());
    }
}
