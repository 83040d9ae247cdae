//! POST, GET and DELETE of a klantcontactmoment (section 4.3 of the behaviour of 1.0.0).

use openklant_tests::fixtures::{CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, NOBODY, klantcontactmoment, merge};
use openklant_tests::remote::Remote;
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

use crate::given;

const KEYS: [&str; 5] = ["url", "contactmoment", "klant", "rol", "gelezen"];

on_both! {
    async fn what_is_given_is_shown_under_its_own_url(app: App) {
        let (client, remote) = (app.client(), Remote::start().await);
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        for (rol, read) in [("belanghebbende", None), ("gesprekspartner", Some(true))] {
            let mut body = klantcontactmoment(&contactmoment, &remote.url("/ok/1"));
            body["rol"] = json!(rol);
            if let Some(read) = read {
                body["gelezen"] = json!(read);
            }
            let made = client.post(KLANTCONTACTMOMENTEN, &body).await.expect(201);
            assert_eq!(made.header("location"), Some(made.url().as_str()));
            merge(
                &mut body,
                &json!({"url": made.url(), "gelezen": read.unwrap_or_default()}),
            );
            assert_eq!(made.json(), body);
            let keys: Vec<String> = made
                .json()
                .as_object()
                .expect("an object")
                .keys()
                .cloned()
                .collect();
            assert_eq!(keys, KEYS);
            assert_eq!(client.get(made.url()).await.expect(200).text(), made.text());
            client.head(made.url()).await.is(200);
        }
    }

    async fn what_is_missing_or_wrong_is_told(app: App) {
        let (client, remote) = (app.client(), Remote::start().await);
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let klant = given::klant(&app, "K1").await;
        let good = klantcontactmoment(&contactmoment, &remote.url("/ok/1"));
        let required = [
            ("contactmoment", "required"),
            ("klant", "required"),
            ("rol", "required"),
        ];
        client
            .post(KLANTCONTACTMOMENTEN, &json!({}))
            .await
            .refused(&required);
        client
            .post(KLANTCONTACTMOMENTEN, &json!([]))
            .await
            .refused(&[("nonFieldErrors", "invalid")]);
        let base = app.base();
        for (name, value, told) in [
            ("contactmoment", json!(null), &[("contactmoment", "null")][..]),
            ("contactmoment", json!(""), &[("contactmoment", "null")]),
            ("contactmoment", json!(7), &[("contactmoment", "invalid")]),
            ("contactmoment", json!("nee"), &[("contactmoment", "no_match")]),
            (
                "contactmoment",
                json!(klant),
                &[("contactmoment", "incorrect_match")],
            ),
            (
                "contactmoment",
                json!(format!("{base}{CONTACTMOMENTEN}/{NOBODY}")),
                &[("contactmoment", "does_not_exist")],
            ),
            (
                "contactmoment",
                json!(format!("https://elders.example{CONTACTMOMENTEN}/{NOBODY}")),
                &[("contactmoment", "no_match")],
            ),
            ("klant", json!(null), &[("klant", "null")]),
            ("klant", json!(""), &[("klant", "blank")]),
            ("klant", json!("geen-url"), &[("klant", "invalid")]),
            (
                "klant",
                json!("/klanten/api/v1/klanten/x"),
                &[("klant", "invalid")],
            ),
            ("klant", json!(["x"]), &[("klant", "invalid")]),
            (
                "klant",
                json!(format!("https://waterdam.example/{}", "x".repeat(1000))),
                &[("klant", "max_length")],
            ),
            ("klant", json!(remote.url("/weg/1")), &[("klant", "bad-url")]),
            ("rol", json!(null), &[("rol", "null")]),
            ("rol", json!(""), &[("rol", "invalid_choice")]),
            ("rol", json!("vertegenwoordiger"), &[("rol", "invalid_choice")]),
            ("rol", json!("Belanghebbende"), &[("rol", "invalid_choice")]),
            ("gelezen", json!(null), &[("gelezen", "null")]),
            ("gelezen", json!("misschien"), &[("gelezen", "invalid")]),
        ] {
            let mut body = good.clone();
            body[name] = value;
            client.post(KLANTCONTACTMOMENTEN, &body).await.refused(told);
        }
        client
            .post(
                KLANTCONTACTMOMENTEN,
                &json!({"contactmoment": "nee", "klant": remote.url("/weg/1"), "rol": "buur"}),
            )
            .await
            .refused(&[
                ("contactmoment", "no_match"),
                ("klant", "bad-url"),
                ("rol", "invalid_choice"),
            ]);
        assert_eq!(app.probe().count("klantcontactmoment").await, 0);
    }

    async fn a_klant_has_each_role_once(app: App) {
        let (client, remote) = (app.client(), Remote::start().await);
        let unique = [("nonFieldErrors", "unique")];
        let own = given::klant(&app, "K1").await;
        let (one, other) = (
            given::contactmoment(&app, &json!({})).await,
            given::contactmoment(&app, &json!({})).await,
        );
        for klant in [own, remote.url("/ok/1")] {
            let mut body = klantcontactmoment(&one, &klant);
            client.post(KLANTCONTACTMOMENTEN, &body).await.is(201);
            client.post(KLANTCONTACTMOMENTEN, &body).await.refused(&unique);
            body["gelezen"] = json!(true);
            client.post(KLANTCONTACTMOMENTEN, &body).await.refused(&unique);
            body["rol"] = json!("gesprekspartner");
            client.post(KLANTCONTACTMOMENTEN, &body).await.is(201);
            client.post(KLANTCONTACTMOMENTEN, &body).await.refused(&unique);
            body["contactmoment"] = json!(other);
            client.post(KLANTCONTACTMOMENTEN, &body).await.is(201);
        }
        assert_eq!(app.probe().count("klantcontactmoment").await, 6);
    }

    async fn a_relation_can_be_removed_once(app: App) {
        let (client, remote) = (app.client(), Remote::start().await);
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let relation =
            given::klantcontactmoment(&app, &contactmoment, &remote.url("/ok/1"), "belanghebbende").await;
        let asked = remote.seen().len();
        client.delete(&relation).await.is(204);
        assert_eq!(remote.seen().len(), asked, "the klant is not asked");
        client.delete(&relation).await.fault(404, "not_found");
        client.get(&relation).await.fault(404, "not_found");
        assert_eq!(
            client.get(&contactmoment).await.json()["klantcontactmomenten"],
            json!([])
        );
        for id in [NOBODY, "nope"] {
            client
                .get(format!("{KLANTCONTACTMOMENTEN}/{id}"))
                .await
                .fault(404, "not_found");
        }
    }

    async fn whether_it_was_read_may_be_said_in_many_ways(app: App) {
        let (client, remote) = (app.client(), Remote::start().await);
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        for (nr, (value, expected)) in [
            (json!(true), true),
            (json!("true"), true),
            (json!(1), true),
            (json!(false), false),
            (json!("false"), false),
            (json!(0), false),
        ]
        .into_iter()
        .enumerate()
        {
            let mut body = klantcontactmoment(&contactmoment, &remote.url(&format!("/ok/{nr}")));
            body["gelezen"] = value;
            let made = client.post(KLANTCONTACTMOMENTEN, &body).await.expect(201);
            assert_eq!(made.json()["gelezen"], Value::Bool(expected));
        }
    }
}
