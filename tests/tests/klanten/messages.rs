//! What a change of a klant tells the Notificaties API (section 9.1 of the behaviour of 1.0.0; decision 16), as it is
//! queued. Delivering is tested elsewhere.

use openklant_tests::fixtures::{KLANTEN, NOBODY, RSIN, klant, natuurlijk_persoon};
use openklant_tests::probe::Queued;
use openklant_tests::remote::Remote;
use openklant_tests::{App, Database, on_both};
use serde_json::{Value, json};

on_both! {
    async fn each_change_queues_exactly_one(app: App) {
        let client = app.client();
        let url = client.post(KLANTEN, &klant("M1")).await.expect(201).url();
        client.put(&url, &klant("M1")).await.is(200);
        client.patch(&url, &json!({"voornaam": "Bo"})).await.is(200);
        client.delete(&url).await.is(204);
        let queued = app.outbox().await;
        let messages: Vec<Value> = queued.iter().map(Queued::message).collect();
        let expected = |actie: &str| {
            json!({
                "kanaal": "klanten",
                "hoofdObject": url,
                "resource": "klant",
                "resourceUrl": url,
                "actie": actie,
                "aanmaakdatum": "2026-01-05T09:30:00.123456Z",
                "kenmerken": {"subjectType": "natuurlijk_persoon"},
            })
        };
        assert_eq!(
            messages,
            ["create", "update", "partial_update", "destroy"].map(expected)
        );
        assert!(
            queued
                .iter()
                .all(|row| row.kanaal == "klanten" && row.state == "pending" && row.attempts == 0)
        );
    }

    async fn reading_and_failing_queue_none(app: App) {
        let client = app.client();
        let url = client.post(KLANTEN, &klant("M1")).await.expect(201).url();
        for answer in [
            client.get(&url).await,
            client.head(&url).await,
            client.options(&url).await,
            client.get(KLANTEN).await,
            client.get(format!("{url}/audittrail")).await,
            client.post(KLANTEN, &klant("M1")).await,
            client.post(KLANTEN, &json!({})).await,
            client.patch(&url, &json!({"voornaam": null})).await,
            client.patch(&url, &json!({})).header("If-Match", "\"x\"").await,
            client.put(&url, &json!([])).await,
            client.delete(format!("{KLANTEN}/{NOBODY}")).await,
            client.request("POST", KLANTEN).content("text/plain", "x").await,
            app.anonymous().delete(&url).await,
        ] {
            assert_ne!(answer.status(), 201, "{}", answer.describe());
        }
        assert_eq!(app.outbox().await.len(), 1);
    }

    async fn no_type_of_subject_is_sent_as_empty_text(app: App) {
        let remote = Remote::start().await;
        for (number, subject_type) in [("M1", json!(null)), ("M2", json!(""))] {
            let body = json!({"bronorganisatie": RSIN, "klantnummer": number, "subject": remote.url("/ok/1"), "subjectType": subject_type});
            let url = app.client().post(KLANTEN, &body).await.expect(201).url();
            app.client().delete(&url).await.is(204);
        }
        for row in app.outbox().await {
            assert_eq!(row.message()["kenmerken"], json!({"subjectType": ""}));
        }
    }

    async fn no_message_holds_personal_data(app: App) {
        let client = app.client();
        let body = natuurlijk_persoon("M1");
        let url = client.post(KLANTEN, &body).await.expect(201).url();
        client.patch(&url, &body).await.is(200);
        client.delete(&url).await.is(204);
        let mut secrets = Vec::new();
        texts(&body, &mut secrets);
        for row in app.outbox().await {
            for secret in secrets
                .iter()
                .filter(|text| text.len() > 3 && *text != "natuurlijk_persoon")
            {
                assert!(!row.text.contains(secret.as_str()), "{secret:?} in {}", row.text);
            }
        }
    }

    async fn a_source_is_sent_when_there_is_one(database: Database) {
        let app = App::start(
            &database,
            &[(
                "NOTIFICATIONS_SOURCE",
                "urn:nld:oin:00000001234567890000:openklant",
            )],
        )
        .await;
        app.client().post(KLANTEN, &klant("M1")).await.is(201);
        assert_eq!(
            app.outbox().await[0].message()["source"],
            json!("urn:nld:oin:00000001234567890000:openklant")
        );
    }

    async fn switched_off_nothing_is_queued(database: Database) {
        let app = App::start(&database, &[("NOTIFICATIONS_DISABLED", "true")]).await;
        let url = app.client().post(KLANTEN, &klant("M1")).await.expect(201).url();
        app.client().delete(&url).await.is(204);
        assert_eq!(app.probe().traces().await, [0, 2, 0]);
    }
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
