//! The line of each request in the log, and what ties the other lines, the answer and the audit row to it.

use std::collections::BTreeSet;

use openklant_tests::fixtures::{KLANTEN, NOBODY, klant};
use openklant_tests::logged::{lines, requests};
use openklant_tests::program::{Process, Program};
use openklant_tests::tokens::{Credential, bearer};
use openklant_tests::{App, Client, Database, on_both};
use serde_json::{Value, json};

/// The names in which networks hand over the identity of a request, the strongest first.
const IDENTITIES: [&str; 4] = [
    "Fsc-Transaction-Id",
    "X-NLX-Logrecord-ID",
    "X-NLX-Request-Id",
    "X-Request-ID",
];

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// A running API and a client of it with every right.
async fn serving(program: &Program) -> (Process, Client) {
    let added = program
        .run("applicatie add --label Balie --client-id balie --alle-autorisaties")
        .await;
    added.well();
    let token = program.run("token --client-id balie").await.well();
    let api = program.start("api");
    let client = Client::new(api.address().await, Some(bearer(token.trim())));
    (api, client)
}

async fn log_of(api: Process) -> String {
    api.terminate();
    api.end().await.stderr
}

on_both! {
    async fn the_identity_of_a_request_is_that_of_the_network_and_is_told(app: App) {
        let client = app.client();
        for (place, name) in IDENTITIES.iter().enumerate() {
            let mut call = client.post(KLANTEN, &klant(&format!("I{place}")));
            for weaker in &IDENTITIES[place..] {
                call = call.header(weaker, &format!("van-{weaker}"));
            }
            let answer = call.await.expect(201);
            assert_eq!(answer.header("x-request-id"), Some(format!("van-{name}").as_str()));
        }
        let kept = app.probe().texts("SELECT request_id FROM audittrail ORDER BY id").await;
        assert_eq!(kept, IDENTITIES.map(|name| format!("van-{name}")));

        let own = client.post(KLANTEN, &klant("I9")).await.expect(201);
        let own = own.header("x-request-id").expect("an identity of our own").to_owned();
        let kept = app.probe().texts("SELECT request_id FROM audittrail ORDER BY id DESC LIMIT 1").await;
        assert_eq!(kept, [own]);
    }

    async fn every_answer_tells_the_identity(app: App) {
        let (client, none) = (app.client(), app.anonymous());
        for (call, status) in [
            (client.get(KLANTEN), 200),
            (client.get(format!("{KLANTEN}?x=1")), 400),
            (none.get(KLANTEN), 403),
            (client.get("/nergens"), 404),
            (client.request("TRACE", KLANTEN), 405),
            (client.options(KLANTEN), 204),
            (none.get("/health/live"), 200),
        ] {
            let answer = call.header("X-Request-ID", "abc").await.expect(status);
            assert_eq!(answer.header("x-request-id"), Some("abc"), "{}", answer.describe());
        }
    }

    async fn a_bsn_in_an_identity_is_masked_and_the_rest_bounded(app: App) {
        for (given, expected) in [
            ("zaak-999993653", "zaak-*******53".to_owned()),
            ("  a\tb  ", "ab".to_owned()),
            (&"x".repeat(1000), "x".repeat(255)),
        ] {
            let answer = app.anonymous().get("/health/live").header("X-Request-ID", given).await;
            assert_eq!(answer.header("x-request-id"), Some(expected.as_str()));
        }
    }

    async fn each_request_has_one_line_with_who_what_and_how_it_ended(database: Database) {
        let program = Program::on(&database).with([("OPENKLANT_LOG_FORMAT", "json")]);
        let (api, client) = serving(&program).await;
        let made = client
            .post(KLANTEN, &klant("L1"))
            .header("X-Request-ID", "een")
            .header("traceparent", &format!("00-{TRACE}-00f067aa0ba902b7-01"))
            .await
            .expect(201);
        let url = made.url();
        client.get(&url).await.is(200);
        client.head(format!("{KLANTEN}?klantnummer=L1")).await.is(200);
        client.get(format!("{KLANTEN}/{NOBODY}")).await.is(404);
        client.get("/klanten/api/v1/onzin/999993653").await.is(404);
        client.request("ROEP", KLANTEN).await.is(405);
        client.get("/health/ready").await.is(200);
        client.get("/metrics").await.is(200);
        // Says it is the counter, and is not.
        let stranger = Credential { client_id: "balie".to_owned(), secret: "x".repeat(40) };
        let token = stranger.token(chrono::DateTime::UNIX_EPOCH);
        let refused = client.authorized(Some(&bearer(&token))).get(KLANTEN).await.expect(403);

        let log = log_of(api).await;
        let requests = requests(&log);
        let short = |line: &Value| {
            let text = |name: &str| line[name].as_str().unwrap_or("-").to_owned();
            format!("{} {} {} {} {}", text("method"), text("route"), line["status"], text("client.id"), text("code"))
        };
        let told: Vec<String> = requests.iter().map(short).collect();
        assert_eq!(told, [
            "POST /klanten/api/v1/klanten 201 balie -",
            "GET /klanten/api/v1/klanten/{uuid} 200 balie -",
            "HEAD /klanten/api/v1/klanten 200 balie -",
            "GET /klanten/api/v1/klanten/{uuid} 404 balie not_found",
            "GET other 404 - not_found",
            "other /klanten/api/v1/klanten 405 - method_not_allowed",
            "GET /klanten/api/v1/klanten 403 - invalid-jwt-signature",
        ]);
        let (first, second, last) = (&requests[0], &requests[1], &requests[6]);
        assert_eq!((&first["request.id"], &first["trace.id"]), (&json!("een"), &json!(TRACE)), "{first}");
        assert_eq!(second["object"], json!(url.rsplit('/').next()), "{second}");
        assert_eq!(last["instance"], json!(refused.field("instance").replace("urn:uuid:", "")), "{last}");
        for line in &requests {
            assert_eq!(line["origin"], json!("127.0.0.1"), "{line}");
            assert!(line["duration_ms"].is_u64() && line["timestamp"].is_string(), "{line}");
            assert_eq!(line["level"], json!("INFO"), "{line}");
        }
        let identities: BTreeSet<&str> = requests.iter().filter_map(|line| line["request.id"].as_str()).collect();
        assert_eq!(identities.len(), requests.len(), "each has its own");
    }

    async fn a_failure_of_ours_is_told_within_its_request(database: Database) {
        let program = Program::on(&database).with([("OPENKLANT_LOG_FORMAT", "json"), ("OPENKLANT_LOG_LEVEL", "error")]);
        let (api, client) = serving(&program).await;
        database
            .probe()
            .execute("ALTER TABLE audittrail RENAME TO audittrail_elders")
            .await;
        let call = client
            .post(KLANTEN, &klant("F1"))
            .header("Fsc-Transaction-Id", "keten-7")
            .header("traceparent", &format!("00-{TRACE}-00f067aa0ba902b7-01"));
        let instance = call.await.expect(500).field("instance").replace("urn:uuid:", "");
        let log = log_of(api).await;
        let lines = lines(&log);
        let [line] = &lines[..] else { panic!("one line in {log}") };
        assert_eq!(line["message"], json!("request failed"));
        assert_eq!(line["instance"], json!(instance));
        assert_eq!((&line["request.id"], &line["trace.id"]), (&json!("keten-7"), &json!(TRACE)), "{line}");
        assert_eq!(line["client.id"], json!("balie"));
    }

    async fn the_lines_can_be_left_out(database: Database) {
        let program = Program::on(&database)
            .with([("OPENKLANT_LOG_FORMAT", "json"), ("OPENKLANT_LOG_REQUESTS", "false")]);
        let (api, client) = serving(&program).await;
        client.get(KLANTEN).await.is(200);
        client.get(format!("{KLANTEN}?x=1")).await.is(400);
        let log = log_of(api).await;
        assert!(log.contains("the API listens"), "{log}");
        assert_eq!(requests(&log), Vec::<Value>::new());
    }
}
