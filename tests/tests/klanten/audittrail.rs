//! The audit trail of a klant (section 8 of the behaviour of 1.0.0; decisions 13 to 15).

use std::future::IntoFuture;

use chrono::TimeDelta;
use futures_util::future::join_all;
use openklant_tests::app::LABEL;
use openklant_tests::fixtures::{KLANTEN, klant, klant_with, natuurlijk_persoon};
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

const KEYS: [&str; 16] = [
    "uuid",
    "bron",
    "applicatieId",
    "applicatieWeergave",
    "gebruikersId",
    "gebruikersWeergave",
    "actie",
    "actieWeergave",
    "resultaat",
    "hoofdObject",
    "resource",
    "resourceUrl",
    "toelichting",
    "resourceWeergave",
    "aanmaakdatum",
    "wijzigingen",
];

on_both! {
    async fn each_change_has_a_row_with_both_states(app: App) {
        let client = app.client();
        let url = client
            .post(KLANTEN, &natuurlijk_persoon("A1"))
            .await
            .expect(201)
            .url();
        let first = client.get(&url).await.json();
        app.clock().advance(TimeDelta::seconds(1));
        let put = client
            .put(&url, &klant_with("A2", &json!({"voornaam": "Bo"})))
            .header("X-Audit-Toelichting", "verhuisd")
            .await;
        let second = put.expect(200).json();
        app.clock().advance(TimeDelta::microseconds(876_544));
        let third = client
            .patch(&url, &json!({"voornaam": ""}))
            .await
            .expect(200)
            .json();

        let list = client.get(format!("{url}/audittrail")).await.expect(200).json();
        assert_eq!(
            (&list["count"], &list["next"], &list["previous"]),
            (&json!(3), &Value::Null, &Value::Null)
        );
        let row = |actie: &str,
                   weergave: &str,
                   resultaat: u16,
                   number: &str,
                   toelichting: &str,
                   date: &str,
                   oud: &Value,
                   nieuw: &Value| {
            json!({
                "bron": "kc",
                "applicatieId": app.applicatie_uuid(),
                "applicatieWeergave": LABEL,
                "gebruikersId": "fdv",
                "gebruikersWeergave": "F. de Vries",
                "actie": actie,
                "actieWeergave": weergave,
                "resultaat": resultaat,
                "hoofdObject": url,
                "resource": "klant",
                "resourceUrl": url,
                "toelichting": toelichting,
                "resourceWeergave": format!("517439943 - {number}"),
                "aanmaakdatum": date,
                "wijzigingen": {"oud": oud, "nieuw": nieuw},
            })
        };
        let expected = [
            row(
                "create",
                "Object aangemaakt",
                201,
                "A1",
                "",
                "2026-01-05T09:30:00.123456Z",
                &Value::Null,
                &first,
            ),
            row(
                "update",
                "Object bijgewerkt",
                200,
                "A1",
                "verhuisd",
                "2026-01-05T09:30:01.123456Z",
                &first,
                &second,
            ),
            row(
                "partial_update",
                "Object deels bijgewerkt",
                200,
                "A2",
                "",
                "2026-01-05T09:30:02Z",
                &second,
                &third,
            ),
        ];
        let rows = list["results"].as_array().expect("a list has results");
        for (row, expected) in rows.iter().zip(&expected) {
            let keys: Vec<&String> = row.as_object().expect("a row is an object").keys().collect();
            assert_eq!(keys, KEYS);
            let mut without_uuid = row.clone();
            without_uuid
                .as_object_mut()
                .expect("a row is an object")
                .remove("uuid");
            assert_eq!(without_uuid, *expected);
        }
        assert_eq!(rows.len(), expected.len());
    }

    async fn a_row_can_be_read_alone(app: App) {
        let client = app.client();
        let url = client.post(KLANTEN, &klant("A1")).await.expect(201).url();
        client.patch(&url, &json!({"voornaam": "Bo"})).await.is(200);
        let list = client.get(format!("{url}/audittrail")).await.json();
        for row in list["results"].as_array().expect("a list has results") {
            let uuid = row["uuid"].as_str().expect("a row has a uuid");
            assert_eq!(
                client
                    .get(format!("{url}/audittrail/{uuid}"))
                    .await
                    .expect(200)
                    .json(),
                *row
            );
        }
        let nobody = openklant_tests::fixtures::NOBODY;
        client
            .get(format!("{url}/audittrail/{nobody}"))
            .await
            .fault(404, "not_found");
    }

    async fn reading_and_failing_leave_no_row(app: App) {
        let client = app.client();
        let url = client.post(KLANTEN, &klant("A1")).await.expect(201).url();
        client.get(&url).await.is(200);
        client.get(KLANTEN).await.is(200);
        client.patch(&url, &json!({"voornaam": null})).await.is(400);
        app.anonymous().delete(&url).await.is(403);
        assert_eq!(
            client.get(format!("{url}/audittrail")).await.json()["count"],
            json!(1)
        );
    }

    async fn the_identity_of_a_request_is_kept_but_not_shown(app: App) {
        let client = app.client();
        let made = client
            .post(KLANTEN, &klant("A1"))
            .header("X-NLX-Logrecord-ID", "log-1")
            .await
            .expect(201);
        let trail = client.get(format!("{}/audittrail", made.url())).await;
        assert!(!trail.text().contains("log-1"));
        assert_eq!(
            app.probe().texts("SELECT request_id FROM audittrail").await,
            ["log-1"]
        );
    }

    async fn long_texts_are_cut_never_refused(app: App) {
        let long = "lang ".repeat(400);
        let client = app.with_claims(|claims| {
            claims["user_id"] = json!(long);
            claims["user_representation"] = json!(long);
        });
        let made = client
            .post(
                KLANTEN,
                &klant_with(
                    "A1",
                    &json!({"websiteUrl": format!("https://a.example/{}", "x".repeat(900))}),
                ),
            )
            .header("X-NLX-Logrecord-ID", &"y".repeat(1000))
            .await
            .expect(201);
        let row = &client.get(format!("{}/audittrail", made.url())).await.json()["results"][0];
        for (name, limit) in [
            ("gebruikersId", 255),
            ("gebruikersWeergave", 255),
            ("resourceWeergave", 200),
        ] {
            let text = row[name].as_str().expect("a text");
            assert!(
                !text.is_empty() && text.chars().count() <= limit,
                "{name}: {}",
                text.len()
            );
        }
    }

    async fn pages_have_a_hundred_rows(app: App) {
        let client = app.client();
        let url = client.post(KLANTEN, &klant("A1")).await.expect(201).url();
        for nr in 0..100 {
            client
                .patch(&url, &json!({"voornaam": nr.to_string()}))
                .await
                .is(200);
        }
        let first = client.get(format!("{url}/audittrail")).await.json();
        assert_eq!(first["count"], json!(101));
        assert_eq!(first["results"][0]["actie"], json!("create"), "oldest first");
        let next = first["next"].as_str().expect("a next page");
        assert_eq!(next, format!("{url}/audittrail?page=2"));
        let second = client.get(next).await.json();
        assert_eq!(second["results"].as_array().map(Vec::len), Some(1));
        assert_eq!(second["previous"], json!(format!("{url}/audittrail")));
        assert_eq!(
            second["results"][0]["wijzigingen"]["nieuw"]["voornaam"],
            json!("99")
        );
        client
            .get(format!("{url}/audittrail?page=3"))
            .await
            .fault(404, "not_found");
        client
            .get(format!("{url}/audittrail?page=0"))
            .await
            .fault(404, "not_found");
    }

    async fn another_parameter_is_passed_over(app: App) {
        let url = app.client().post(KLANTEN, &klant("A1")).await.expect(201).url();
        app.client()
            .get(format!("{url}/audittrail?kleur=rood"))
            .await
            .is(200);
    }

    async fn changes_at_the_same_time_make_one_history(app: App) {
        let client = app.client();
        let url = client.post(KLANTEN, &klant("A1")).await.expect(201).url();
        let change = |nr: u32| {
            client
                .patch(&url, &json!({"voornaam": nr.to_string()}))
                .into_future()
        };
        for answer in join_all((0..20).map(change)).await {
            answer.is(200);
        }
        client.delete(&url).await.is(204);
        let oud = app
            .probe()
            .texts("SELECT COALESCE(oud, '') FROM audittrail ORDER BY id")
            .await;
        let nieuw = app
            .probe()
            .texts("SELECT COALESCE(nieuw, '') FROM audittrail ORDER BY id")
            .await;
        assert_eq!(
            (oud.len(), &oud[1..]),
            (22, &nieuw[..21]),
            "each change begins where the one before ended"
        );
        let acties = app
            .probe()
            .texts("SELECT actie FROM audittrail ORDER BY id")
            .await;
        let told: Vec<Value> = app
            .outbox()
            .await
            .iter()
            .map(|row| row.message()["actie"].clone())
            .collect();
        assert_eq!(told, acties, "messages come in the order of the changes");
    }
}
