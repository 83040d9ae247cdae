//! What travels: the message as the Notificaties API demands it, byte for byte as it was queued, with a token.

use std::collections::BTreeMap;

use openklant_tests::fixtures::{KLANTEN, RSIN, natuurlijk_persoon, niet_natuurlijk_persoon, vestiging};
use openklant_tests::listener::Incoming;
use openklant_tests::notificaties::{CLIENT_ID, Notificaties};
use openklant_tests::remote::Remote;
use openklant_tests::{Database, on_both};
use serde_json::{Value, json};
use url::Url;

use super::{make, publishing};

/// What the Notificaties API checks of a message, as far as its contract says.
fn assert_acceptable(message: &Value) {
    let fields: BTreeMap<String, Value> =
        serde_json::from_value(message.clone()).expect("a message is an object");
    let names: Vec<&str> = fields.keys().map(String::as_str).collect();
    let expected = [
        "aanmaakdatum",
        "actie",
        "hoofdObject",
        "kanaal",
        "kenmerken",
        "resource",
        "resourceUrl",
    ];
    assert_eq!(names, expected);
    for name in ["hoofdObject", "resourceUrl"] {
        let text = fields[name].as_str().expect("a text");
        let url = Url::parse(text).expect("an absolute URL");
        assert!(url.scheme().starts_with("http") && text.len() <= 2048, "{text}");
    }
    assert_eq!(fields["hoofdObject"], fields["resourceUrl"]);
    let kenmerken = fields["kenmerken"]
        .as_object()
        .expect("kenmerken are always there");
    assert!(kenmerken.keys().eq(["subjectType"]), "{kenmerken:?}");
    assert!(kenmerken.values().all(Value::is_string), "{kenmerken:?}");
    let moment = fields["aanmaakdatum"].as_str().expect("a text");
    assert!(
        moment.ends_with('Z') && moment.parse::<chrono::DateTime<chrono::Utc>>().is_ok(),
        "{moment}"
    );
}

/// Every text in a body.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| texts(field, found)),
        _ => {}
    }
}

fn everything_in(request: &Incoming) -> String {
    let headers: Vec<String> = request
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let body = String::from_utf8_lossy(&request.body);
    format!("{}\n{}\n{body}", request.target, headers.join("\n"))
}

on_both! {
    async fn a_message_is_one_that_the_api_accepts(database: Database) {
        let (notificaties, remote) = (Notificaties::start().await, Remote::start().await);
        let mut app = publishing(&database, &notificaties, &[]).await;
        app.start_worker();
        let without_type = json!({
            "bronorganisatie": RSIN,
            "klantnummer": "4",
            "subject": remote.url("/ok/1"),
            "subjectType": null,
        });
        let bodies = [
            natuurlijk_persoon("1"),
            niet_natuurlijk_persoon("2"),
            vestiging("3"),
            without_type,
        ];
        for body in &bodies {
            let made = app.client().post(KLANTEN, body).await.expect(201);
            app.client().delete(made.url()).await.is(204);
        }
        app.all_delivered().await;
        let messages = notificaties.accepted();
        messages.iter().for_each(assert_acceptable);
        for kind in ["natuurlijk_persoon", "niet_natuurlijk_persoon", "vestiging", ""] {
            let of_kind = messages
                .iter()
                .filter(|message| message["kenmerken"]["subjectType"] == kind);
            assert_eq!(of_kind.count(), 2, "{kind:?} in {messages:#?}");
        }
    }

    async fn the_bytes_of_the_queue_travel_with_a_token(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(&database, &notificaties, &[]).await;
        app.start_worker();
        make(&app, "1").await;
        let queued = app.all_delivered().await;
        let [delivery] = &notificaties.deliveries()[..] else {
            panic!("one delivery")
        };
        let request = &delivery.request;
        assert_eq!(String::from_utf8_lossy(&request.body), queued[0].text);
        assert_eq!(request.target, "/api/v1/notificaties");
        assert_eq!(request.header("content-type"), Some("application/json"));
        assert_eq!(request.header("accept"), Some("application/json"));
        let claims = delivery.claims();
        assert_eq!(
            (&claims["iss"], &claims["client_id"]),
            (&json!(CLIENT_ID), &json!(CLIENT_ID))
        );
        assert_eq!(claims["iat"], json!(app.clock().now().timestamp()));
        assert!(
            claims["user_id"].is_string() && claims["user_representation"].is_string(),
            "{claims}"
        );
    }

    async fn nothing_that_travels_holds_personal_data(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(&database, &notificaties, &[]).await;
        app.start_worker();
        let bodies = [
            natuurlijk_persoon("1"),
            niet_natuurlijk_persoon("2"),
            vestiging("3"),
        ];
        for body in &bodies {
            let made = app.client().post(KLANTEN, body).await.expect(201);
            app.client().patch(made.url(), body).await.is(200);
            app.client().delete(made.url()).await.is(204);
        }
        app.all_delivered().await;
        let mut secrets = Vec::new();
        for body in &bodies {
            texts(body, &mut secrets);
        }
        secrets.retain(|text| {
            text.len() > 3
                && !["natuurlijk_persoon", "niet_natuurlijk_persoon", "vestiging"].contains(&text.as_str())
        });
        assert!(secrets.len() > 40, "{secrets:?}");
        let mut requests = notificaties.kanaal_calls();
        requests.extend(
            notificaties
                .deliveries()
                .into_iter()
                .map(|delivery| delivery.request),
        );
        for request in &requests {
            let travelled = everything_in(request);
            for secret in &secrets {
                assert!(!travelled.contains(secret.as_str()), "{secret:?} in {travelled}");
            }
        }
    }

    async fn urls_are_those_of_the_answers_whatever_name_was_called(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(
            &database,
            &notificaties,
            &[("OPENKLANT_TRUSTED_PROXIES", "127.0.0.0/8")],
        )
        .await;
        app.start_worker();
        let mut answered = Vec::new();
        for (nr, host) in ["openklant.intern:8000", "openklant.namespace.svc.cluster.local"]
            .into_iter()
            .enumerate()
        {
            let client = app.client().calling(host);
            let body = natuurlijk_persoon(&nr.to_string());
            let made = client
                .post(KLANTEN, &body)
                .header("X-Forwarded-Proto", "https")
                .header("X-Forwarded-Host", "elders.example.nl")
                .await
                .expect(201);
            answered.push(json!(made.url()));
            app.all_delivered().await;
        }
        let sent: Vec<Value> = notificaties
            .accepted()
            .iter()
            .map(|message| message["hoofdObject"].clone())
            .collect();
        assert_eq!(sent, answered);
        for url in sent {
            let url = url.as_str().expect("a text").to_owned();
            assert!(url.starts_with("https://openklant.example.nl/klanten/"), "{url}");
        }
    }

    async fn a_source_travels_when_there_is_one(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(
            &database,
            &notificaties,
            &[("NOTIFICATIONS_SOURCE", "urn:nld:oin:1:openklant")],
        )
        .await;
        app.start_worker();
        make(&app, "1").await;
        app.all_delivered().await;
        assert_eq!(
            notificaties.accepted()[0]["source"],
            json!("urn:nld:oin:1:openklant")
        );
    }
}
