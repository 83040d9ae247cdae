//! No BSN leaves the register but in an answer: one is sent in every place of a request to every path, in every kind of
//! refusal and failure, with deliveries that succeed and fail; then everything that the processes say is searched.
//!
//! Each place has a number of its own, so that a find says where it came in.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};

use openklant_api::beheer;
use openklant_tests::collector::Collector;
use openklant_tests::fixtures::{
    CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, KLANTEN, NOBODY, OBJECTCONTACTMOMENTEN, RSIN, contactmoment,
    klant, klant_with, klantcontactmoment, objectcontactmoment,
};
use openklant_tests::listener::Reply;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::program::Process;
use openklant_tests::remote::Remote;
use openklant_tests::tokens::{Credential, bearer, sign};
use openklant_tests::{Client, Database, on_both, wait};
use serde_json::{Value, json};

use super::publishing;

const CLIENT_ID: &str = "balie";
const SECRET: &str = "geheim van de balie, lang genoeg voor een handtekening";
const OPERATOR: &str = "een-lang-woord-van-de-beheerder";

/// Numbers that pass the eleven-test, in the range that no citizen has, and the places they were sent in.
#[derive(Default)]
struct Numbers {
    last: u32,
    places: BTreeMap<String, String>,
}

impl Numbers {
    /// A new number, for this place.
    fn of(&mut self, place: impl Into<String>) -> String {
        let number = loop {
            self.last += 1;
            let digits = format!("9999{:04}", self.last);
            let sum: u32 = digits
                .bytes()
                .zip((2..=9).rev())
                .map(|(digit, weight)| u32::from(digit - b'0') * weight)
                .sum();
            if sum % 11 < 10 {
                break format!("{digits}{}", sum % 11);
            }
        };
        self.places.insert(number.clone(), place.into());
        number
    }
}

/// Whether a line holds a number, other than by chance among more decimals of a measurement: sums of seconds end in rows of
/// nines.
fn says(line: &str, number: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit();
    line.match_indices(number).any(|(at, _)| {
        let before = line[..at].trim_end_matches(is_digit);
        let is_decimal = before
            .strip_suffix('.')
            .is_some_and(|whole| whole.ends_with(is_digit));
        let is_part = before.len() < at || line[at + number.len()..].starts_with(is_digit);
        !(is_decimal && is_part)
    })
}

/// A path of the product and what may be done with it.
struct Known {
    path: String,
    methods: Vec<String>,
    filters: Vec<String>,
}

/// Every path of every API, as its document lists them, and every page.
async fn everything(client: &Client) -> Vec<Known> {
    let mut known = Vec::new();
    for api in ["klanten", "contactmomenten"] {
        let base = format!("/{api}/api/v1");
        let document = client
            .get(format!("{base}/openapi.json"))
            .await
            .expect(200)
            .json();
        for (path, operations) in document["paths"].as_object().expect("paths") {
            let operations = operations.as_object().expect("operations");
            let filters = operations
                .values()
                .flat_map(|operation| operation["parameters"].as_array().into_iter().flatten())
                .filter(|parameter| parameter["in"] == "query")
                .filter_map(|parameter| parameter["name"].as_str().map(str::to_owned))
                .collect();
            known.push(Known {
                path: format!("{base}{path}"),
                methods: operations
                    .keys()
                    .filter(|name| *name != "parameters")
                    .map(|name| name.to_uppercase())
                    .collect(),
                filters,
            });
        }
    }
    for page in [
        "/",
        "/klanten/",
        "/klanten",
        "/klanten/api/v1/",
        "/klanten/api/v1/schema/",
        "/klanten/api/v1/schema/{x}",
        "/contactmomenten/api/v1/openapi.yaml",
        "/ref/scopes/",
        "/ref/kanalen/",
        "/ref/fouten/",
        "/ref/fouten/{x}/",
        "/ref/pages.css",
        "/health/live",
        "/health/ready",
        "/health/version",
        "/health/status",
        "/_healthz/",
        "/metrics",
        "/{x}",
        "/klanten/api/v1/{x}",
        "/autorisaties/api/v1/callbacks",
        "/beheer/{x}",
    ] {
        known.push(Known {
            path: page.to_owned(),
            methods: vec!["GET".to_owned(), "POST".to_owned()],
            filters: vec!["x".to_owned()],
        });
    }
    known.extend(beheer::pages().map(|page| Known {
        path: format!("/beheer{}", page.path),
        methods: vec![page.method.to_string()],
        filters: vec!["x".to_owned()],
    }));
    known
}

/// The path with `value` in the place of what varies.
fn with(path: &str, value: &str) -> String {
    let mut filled = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        filled.push_str(value);
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    filled + rest
}

/// A body with a number in it, right in its form where that can be.
fn body_for(path: &str, number: &str) -> Value {
    let url = format!("http://127.0.0.1:9/{number}");
    match path {
        KLANTEN => klant_with(
            &number[1..],
            &json!({
                "voornaam": number, "achternaam": number, "emailadres": format!("b{number}@voorbeeld.example"),
                "telefoonnummer": number, "functie": number, "subjectIdentificatie": {"inpBsn": number},
            }),
        ),
        CONTACTMOMENTEN => {
            let mut body = contactmoment();
            body["tekst"] = json!(number);
            body["onderwerpLinks"] = json!([url]);
            body["medewerkerIdentificatie"] = json!({"identificatie": number, "achternaam": number});
            body
        }
        KLANTCONTACTMOMENTEN => klantcontactmoment(&url, &url),
        OBJECTCONTACTMOMENTEN => objectcontactmoment(&url, &url),
        _ => json!({"subjectNatuurlijkPersoon__inpBsn": number, "klantnummer": number, "voornaam": number}),
    }
}

/// Headers that anything of ours looks at, and some that others do.
const HEADERS: [&str; 22] = [
    "Fsc-Transaction-Id",
    "X-NLX-Logrecord-ID",
    "X-NLX-Request-Id",
    "X-Request-ID",
    "X-NLX-Request-User-Id",
    "X-NLX-Request-Data-Subject",
    "traceparent",
    "tracestate",
    "X-Audit-Toelichting",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "User-Agent",
    "Referer",
    "Cookie",
    "Accept",
    "Origin",
    "If-Match",
    "If-None-Match",
    "Content-Type",
    "Accept-Language",
    "X-Onbekend",
];

/// A number in every place of a request to every path.
async fn everywhere(client: &Client, none: &Client, numbers: &mut Numbers) -> BTreeMap<u16, usize> {
    let mut statuses = BTreeMap::new();
    let mut count = |status: u16| *statuses.entry(status).or_insert(0) += 1;
    for known in everything(client).await {
        let path = &known.path;
        for method in &known.methods {
            let what = format!("{method} {path}");
            let number = numbers.of(format!("path of {what}"));
            let call = client
                .request(method, with(path, &number))
                .json(&body_for(path, &number));
            count(call.await.status());
            let number = numbers.of(format!("query of {what}, without a token"));
            count(
                none.request(method, format!("{}?x={number}", with(path, NOBODY)))
                    .await
                    .status(),
            );
            let number = numbers.of(format!("body of {what}"));
            count(
                client
                    .request(method, with(path, NOBODY))
                    .json(&body_for(path, &number))
                    .await
                    .status(),
            );
            for (kind, text) in [
                ("broken JSON", "{\"inpBsn\": \"NR\", "),
                ("a list", "[\"NR\", NR]"),
                ("a text", "\"NR\""),
                (
                    "a key",
                    "{\"NR\": \"NR\", \"subjectType\": \"NR\", \"registratiedatum\": \"NR\", \"klant\": \"NR\"}",
                ),
            ] {
                let number = numbers.of(format!("{kind} in the body of {what}"));
                let text = text.replace("NR", &number);
                let call = client
                    .request(method, with(path, NOBODY))
                    .content("application/json", text);
                count(call.await.status());
            }
            let number = numbers.of(format!("media type of {what}"));
            let call = client
                .request(method, with(path, NOBODY))
                .content(&format!("text/{number}"), number.clone());
            count(call.await.status());
        }
        for name in known.filters.iter().map(String::as_str).chain(["inpBsn", "page"]) {
            let number = numbers.of(format!("{name} in the query of {path}"));
            let url = format!("{}?{name}={number}", with(path, NOBODY));
            count(client.get(url).await.status());
        }
        let number = numbers.of(format!("name of a parameter of {path}"));
        count(
            client
                .get(format!("{}?{number}=x&p{number}=y", with(path, NOBODY)))
                .await
                .status(),
        );
        for name in HEADERS {
            let number = numbers.of(format!("header {name} to {path}"));
            count(
                client
                    .get(with(path, NOBODY))
                    .header(name, &number)
                    .await
                    .status(),
            );
        }
        let number = numbers.of(format!("method of {path}"));
        count(
            client
                .request(&format!("M{number}"), with(path, NOBODY))
                .await
                .status(),
        );
        let number = numbers.of(format!("host of {path}"));
        count(
            client
                .calling(&format!("{number}.example"))
                .get(with(path, NOBODY))
                .await
                .status(),
        );
    }
    statuses
}

/// A number in every claim of tokens that are taken and of those that are refused for every reason.
async fn in_tokens(client: &Client, numbers: &mut Numbers, now: i64) {
    let credential = Credential {
        client_id: CLIENT_ID.to_owned(),
        secret: SECRET.to_owned(),
    };
    let claims = |change: Value| {
        let mut claims = json!({"iss": CLIENT_ID, "iat": now, "client_id": CLIENT_ID, "user_id": "u", "user_representation": "U"});
        for (name, value) in change.as_object().expect("changes") {
            claims[name] = value.clone();
        }
        claims
    };
    for (place, change) in [
        (
            "user",
            json!({"user_id": "NR", "user_representation": "BSN:NR", "iss": "NR", "sub": "NR"}),
        ),
        ("client id", json!({"client_id": "NR"})),
        ("client id as a number", json!({"client_id": 0})),
        ("client id as a list", json!({"client_id": ["NR"]})),
        (
            "user as a list",
            json!({"user_id": ["NR"], "user_representation": {"x": "NR"}}),
        ),
        ("expired", json!({"exp": 1, "user_id": "NR"})),
        ("not yet valid", json!({"nbf": now + 100_000, "user_id": "NR"})),
        ("strange times", json!({"iat": "NR", "user_id": "NR"})),
    ] {
        let number = numbers.of(format!("token, {place}"));
        let change: Value =
            serde_json::from_str(&change.to_string().replace("NR", &number)).expect("changes are JSON");
        let token = credential.sign(&claims(change));
        let caller = client.authorized(Some(&bearer(&token)));
        caller.get(KLANTEN).await;
        caller.post(KLANTEN, &klant(&format!("T{}", numbers.last))).await;
    }
    let number = numbers.of("token with a wrong signature");
    let token = sign(
        jsonwebtoken::Algorithm::HS256,
        "een ander geheim",
        &claims(json!({"user_id": number})),
    );
    client
        .authorized(Some(&bearer(&token)))
        .get(KLANTEN)
        .await
        .is(403);
    for form in ["Bearer NR", "Basic NR", "NR", "Bearer NR.NR.NR"] {
        let number = numbers.of(format!("authorization {form}"));
        client
            .authorized(Some(&form.replace("NR", &number)))
            .get(KLANTEN)
            .await
            .is(403);
    }
    let number = numbers.of("token for the status");
    client
        .authorized(Some(&bearer(&number)))
        .get("/health/status")
        .await
        .is(403);
}

/// A number in URLs that are looked up, of others that answer in every way, and in what they answer.
async fn in_look_ups(client: &Client, remote: &Remote, numbers: &mut Numbers) {
    for place in [
        "/ok/NR",
        "/weg/NR",
        "/fout/NR",
        "/leeg/NR",
        "/omleiding/9?NR",
        "/naar?http://NR.invalid/NR",
        "/sluit?NR",
        "/hangt?NR",
        "/groot?NR",
    ] {
        let number = numbers.of(format!("look-up of {place}"));
        let url = remote.url(&place.replace("NR", &number));
        client
            .post(KLANTEN, &klant_with(&number[1..], &json!({"subject": url})))
            .await;
    }
    for place in [
        "http://NR.invalid/x",
        "http://b-NR.localhost:1/NR",
        "http://u:NR@127.0.0.1:1/?NR",
        "ftp://NR/",
        "NR",
        "https://127.0.0.1:1/NR#NR",
        "http://[NR]/",
        "http://10.0.0.1/NR",
    ] {
        let number = numbers.of(format!("look-up of {place}"));
        let url = place.replace("NR", &number);
        client
            .post(KLANTEN, &klant_with(&number[1..], &json!({"subject": url})))
            .await;
        let contact = client
            .post(CONTACTMOMENTEN, &contactmoment())
            .await
            .expect(201)
            .url();
        client
            .post(KLANTCONTACTMOMENTEN, &klantcontactmoment(&contact, &url))
            .await;
        client
            .post(OBJECTCONTACTMOMENTEN, &objectcontactmoment(&contact, &url))
            .await;
    }
    for nr in ["11", "22", "33", "44", "77"] {
        let number = numbers.of(format!("zaak that ends in {nr}"));
        let contact = client
            .post(CONTACTMOMENTEN, &contactmoment())
            .await
            .expect(201)
            .url();
        let zaak = remote.url(&format!("/zaken/api/v1/zaken/{number}-{nr}"));
        client
            .post(OBJECTCONTACTMOMENTEN, &objectcontactmoment(&contact, &zaak))
            .await;
    }
}

/// What the database cannot do, or holds wrongly.
async fn in_failures(client: &Client, database: &Database, numbers: &mut Numbers) {
    let number = numbers.of("klant whose audit row cannot be written");
    let body = body_for(KLANTEN, &number);
    let url = client.post(KLANTEN, &body).await.expect(201).url();
    let etag = numbers.of("etag");
    client
        .patch(&url, &body)
        .header("If-Match", &format!("\"{etag}\""))
        .await
        .is(412);
    client.post(KLANTEN, &body).await.is(400);
    client.put(&url, &body).await.is(200);
    let large = numbers.of("body that is too large");
    client
        .post(KLANTEN, &json!({"voornaam": large.repeat(200_000)}))
        .await
        .is(413);
    let probe = database.probe();
    let wrong = numbers.of("value in the database that cannot be read");
    probe
        .execute(&format!(
            "UPDATE klant SET subject_type = '{wrong}' WHERE klantnummer = '{}'",
            &number[1..]
        ))
        .await;
    client.get(&url).await.is(500);
    client
        .get(format!("{KLANTEN}?klantnummer={}", &number[1..]))
        .await
        .is(500);
    client.patch(&url, &body).await.is(500);
    probe
        .execute("ALTER TABLE audittrail RENAME TO audittrail_elders")
        .await;
    let number = numbers.of("change that fails");
    client.post(KLANTEN, &body_for(KLANTEN, &number)).await.is(500);
    client.get(format!("{url}/audittrail")).await.is(500);
    probe
        .execute("ALTER TABLE audittrail_elders RENAME TO audittrail")
        .await;
}

/// A free port at an address where no other test listens.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.3:0")
        .and_then(|socket| socket.local_addr())
        .expect("a free port")
}

async fn ended(process: Process) -> String {
    process.terminate();
    let ended = process.end().await;
    ended.stdout + &ended.stderr
}

on_both! {
    async fn none_is_in_logs_metrics_or_spans(database: Database) {
        let (notificaties, remote, collector) =
            (Notificaties::start().await, Remote::start().await, Collector::start().await);
        let metrics = free_address();
        let program = publishing(&database, &notificaties).with([
            ("OPENKLANT_LOG_LEVEL", "trace".to_owned()),
            ("OPENKLANT_REQUEST_TIMEOUT", "3s".to_owned()),
            ("OPENKLANT_OUTGOING_TIMEOUT", "1s".to_owned()),
            ("OPENKLANT_OUTGOING_ALLOWED_HOSTS", "127.0.0.1".to_owned()),
            ("OPENKLANT_ZAKEN_API_ROOT", remote.url("/zaken/api/v1/")),
            ("OPENKLANT_ZAKEN_API_CLIENT_ID", "kcc".to_owned()),
            ("OPENKLANT_ZAKEN_API_SECRET", "geheim".to_owned()),
            ("OPENKLANT_NOTIFICATIES_PROBE_MAX_PAUSE", "100ms".to_owned()),
            ("OPENKLANT_STATUS_TOKEN", OPERATOR.to_owned()),
            ("OPENKLANT_TRUSTED_PROXIES", "127.0.0.0/8".to_owned()),
            ("OPENKLANT_WORKER_METRICS_LISTEN", metrics.to_string()),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.base()),
            ("OTEL_METRIC_EXPORT_INTERVAL", "1000".to_owned()),
            ("OPENKLANT_READ_LOG", "true".to_owned()),
            ("OPENKLANT_READ_LOG_KEY", "een-sleutel-van-meer-dan-tweeendertig-tekens".to_owned()),
        ]);
        let add = format!("applicatie add --label Balie --client-id {CLIENT_ID} --alle-autorisaties");
        program.run_given(&add, SECRET).await.well();
        // One logs as text and the other as JSON; the second also ignores unknown parameters, and says so.
        let api = program.start("api");
        let program = program.with([
            ("OPENKLANT_LOG_FORMAT", "json"),
            ("OPENKLANT_IGNORE_UNKNOWN_PARAMETERS", "true"),
        ]);
        let lenient = program.start("api");
        let credential = Credential { client_id: CLIENT_ID.to_owned(), secret: SECRET.to_owned() };
        let now = openklant_shared::clock::Clock::System.now();
        let client = api.client(Some(bearer(&credential.token(now)))).await;
        let tolerant = lenient.client(Some(bearer(&credential.token(now)))).await;
        let mut numbers = Numbers::default();

        let statuses = everywhere(&client, &client.authorized(None), &mut numbers).await;
        for status in [200, 201, 400, 403, 404, 405, 406, 415] {
            assert!(statuses.contains_key(&status), "{status} in {statuses:?}");
        }
        let number = numbers.of("parameter that is ignored");
        tolerant.get(format!("{KLANTEN}?{number}=1&x={number}")).await.is(200);
        in_tokens(&client, &mut numbers, now.timestamp()).await;
        in_look_ups(&client, &remote, &mut numbers).await;

        // Deliveries: refused, failing and accepted, each with a number in what is answered.
        let replies: Vec<Reply> = [400, 500, 403, 404, 302, 200]
            .into_iter()
            .map(|status| {
                let number = numbers.of(format!("answer {status} to a message"));
                Reply::json(status, &json!({"detail": number, "invalidParams": [{"name": number, "code": number, "reason": number}]}))
                    .header("Location", &format!("http://{number}.invalid/"))
            })
            .collect();
        notificaties.next(replies);
        let number = numbers.of("answer about a kanaal");
        notificaties.next_for_kanalen([Reply::json(500, &json!({"detail": number}))]);
        let worker = program.start("worker");
        wait::until_found("deliveries were refused and failed", async || {
            (notificaties.deliveries().len() >= 6).then_some(())
        })
        .await;
        in_failures(&client, &database, &mut numbers).await;
        wait::until_found("the queue goes on", async || {
            (notificaties.accepted().len() >= 3).then_some(())
        })
        .await;

        let operator = client.authorized(Some(&bearer(OPERATOR)));
        let mut said = vec![
            ("metrics of the API", operator.get("/metrics").await.expect(200).text().to_owned()),
            ("metrics of the worker", Client::new(metrics, None).get("/metrics").await.expect(200).text().to_owned()),
            ("status", operator.get("/health/status").await.expect(200).text().to_owned()),
        ];
        for (name, process) in [("API", api), ("lenient API", lenient), ("worker", worker)] {
            let log = ended(process).await;
            assert!(log.len() > 1000, "the {name} logs at this level");
            said.push((name, log));
        }
        assert!(collector.spans().len() > 1000, "every request is a span");
        for request in collector.seen() {
            let text = String::from_utf8_lossy(&request.body).into_owned();
            said.push(("the collector", text));
        }
        let reads = "SELECT client_id || ' ' || user_id || ' ' || user_representation || ' ' || route || ' ' || filters \
             || ' ' || request_id FROM read_log ORDER BY id";
        let reads = database.probe().texts(reads).await;
        assert!(reads.len() > 50, "{} reads", reads.len());
        said.push(("the log of reads", reads.join("\n")));
        let mut found = Vec::new();
        for (what, text) in &said {
            for (number, place) in &numbers.places {
                if let Some(line) = text.lines().find(|line| says(line, number)) {
                    found.push(format!("{what}: {place}: {line}"));
                }
            }
        }
        assert!(found.is_empty(), "{} found:\n{}", found.len(), found.join("\n"));
        assert!(numbers.places.len() > 1000, "{}", numbers.places.len());
        assert!(!numbers.places.contains_key(RSIN));
    }
}
