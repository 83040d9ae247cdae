//! Serving: the first application of a new database, and stopping.

use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::program::{Process, Program};
use openklant_tests::tokens::bearer;
use openklant_tests::{Client, Database, on_both};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

on_both! {
    async fn a_new_database_gets_its_first_application_once(database: Database) {
        let program = Program::on(&database);
        let up = program.start("up");
        let address = up.address().await;
        let token = program.run("token --client-id eerste-applicatie").await.well();
        let client = Client::new(address, Some(bearer(token.trim())));
        client.post(KLANTEN, &klant("1")).await.is(201);
        client.get(KLANTEN).await.is(200);
        up.terminate();
        let first = up.end().await.well();
        let shown = first
            .lines()
            .find_map(|line| line.trim().strip_prefix("secret")?.trim().strip_suffix("(shown this once)"))
            .unwrap_or_else(|| panic!("the secret is shown: {first}"));
        let rules = openklant_shared::jwt::Rules { leeway: std::time::Duration::from_mins(1), max_age: None };
        openklant_shared::jwt::peek(token.trim())
            .and_then(|unverified| unverified.verify([shown.trim()], &rules, openklant_shared::clock::Clock::System.now()))
            .expect("the secret that was shown is the one that counts");

        let up = program.start("up");
        let address = up.address().await;
        Client::new(address, Some(bearer(token.trim()))).get(KLANTEN).await.is(200);
        up.terminate();
        let second = up.end().await.well();
        assert!(!second.contains("secret"), "{second}");
    }

    async fn an_api_serves_without_giving_rights(database: Database) {
        let api = Program::on(&database).start("api");
        let address = api.address().await;
        Client::new(address, None).get(KLANTEN).await.fault(403, "permission_denied");
        api.terminate();
        api.end().await.well();
        assert_eq!(database.probe().count("applicatie").await, 0);
    }
}

/// A server with a request whose body has only begun: the program, the connection, and the rest of the body.
async fn with_a_request_in_flight() -> (Process, TcpStream, String) {
    let program = Program::new();
    let up = program.start("up");
    let address = up.address().await;
    let token = program.run("token --client-id eerste-applicatie").await.well();
    let body = klant("1").to_string();
    let (begin, rest) = body.split_at(1);
    let mut connection = TcpStream::connect(address).await.expect("the server listens");
    let head = format!(
        "POST {KLANTEN} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{begin}",
        bearer(token.trim()),
        body.len()
    );
    connection
        .write_all(head.as_bytes())
        .await
        .expect("the request begins");
    // Connections are accepted in order: once a later one has its answer, the earlier one is known.
    Client::new(address, None).get("/health/live").await.is(200);
    up.terminate();
    up.logs("a second signal stops at once").await;
    (up, connection, rest.to_owned())
}

#[tokio::test]
async fn what_is_in_flight_is_finished() {
    let (up, mut connection, rest) = with_a_request_in_flight().await;
    connection
        .write_all(rest.as_bytes())
        .await
        .expect("the server still reads");
    let mut answer = String::new();
    connection
        .read_to_string(&mut answer)
        .await
        .expect("the server answers and closes");
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    up.end().await.well();
}

#[tokio::test]
async fn a_second_signal_stops_at_once() {
    let (up, _connection, _rest) = with_a_request_in_flight().await;
    up.terminate();
    let ended = up.end().await;
    assert_eq!(ended.code, Some(130), "{ended:?}");
}

#[tokio::test]
async fn the_log_is_json_when_asked() {
    let up = Program::new()
        .with([("OPENKLANT_LOG_FORMAT", "json")])
        .start("up");
    up.address().await;
    up.logs("listens").await;
    up.terminate();
    let ended = up.end().await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for line in ended.stderr.lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("each line is JSON");
        assert!(line["level"].is_string() && line["message"].is_string(), "{line}");
    }
}
