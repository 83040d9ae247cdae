//! PATCH of a klant (section 3.6 of the behaviour of 1.0.0).

use openklant_tests::fixtures::{
    KLANTEN, RSIN, buitenland, klant, klant_of_type, klant_with, natuurlijk_persoon, verblijfsadres,
    vestiging,
};
use openklant_tests::remote::Remote;
use openklant_tests::subset::assert_holds;
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

async fn made(app: &App, body: &Value) -> String {
    app.client().post(KLANTEN, body).await.expect(201).url()
}

on_both! {
    async fn only_what_is_named_changes(app: App) {
        let client = app.client();
        let url = made(&app, &natuurlijk_persoon("U1")).await;
        let mut expected = client.get(&url).await.json();
        let changed = client
            .patch(
                &url,
                &json!({"functie": "baas", "geverifieerd": false, "emailadres": ""}),
            )
            .await
            .expect(200)
            .json();
        expected["functie"] = json!("baas");
        expected["geverifieerd"] = json!(false);
        expected["emailadres"] = json!("");
        assert_eq!(changed, expected);
        assert_eq!(client.get(&url).await.json(), expected);
    }

    async fn an_address_is_merged_key_by_key(app: App) {
        let client = app.client();
        let url = made(&app, &klant("U1")).await;
        let steps = [
            (
                json!({"straatnaam": "Molenpad"}),
                json!({"straatnaam": "Molenpad", "huisnummer": null, "postcode": ""}),
            ),
            (
                json!({"huisnummer": 3, "postcode": "1234AB"}),
                json!({"straatnaam": "Molenpad", "huisnummer": 3}),
            ),
            (
                json!({"straatnaam": ""}),
                json!({"straatnaam": "", "huisnummer": 3, "postcode": "1234AB"}),
            ),
            (
                json!({"huisnummer": null}),
                json!({"huisnummer": null, "postcode": "1234AB"}),
            ),
            (json!({}), json!({"huisnummer": null, "postcode": "1234AB"})),
            (json!(null), json!({"huisnummer": null, "postcode": "1234AB"})),
        ];
        for (given, expected) in steps {
            let changed = client
                .patch(&url, &json!({"adres": given}))
                .await
                .expect(200)
                .json();
            assert_holds(&changed["adres"], &expected);
        }
    }

    async fn an_identification_is_merged_key_by_key(app: App) {
        let client = app.client();
        let url = made(&app, &natuurlijk_persoon("U1")).await;
        let stored = client.get(&url).await.json()["subjectIdentificatie"].clone();
        for nothing in [
            json!({}),
            json!({"kleur": "rood"}),
            json!({"verblijfsadres": null, "subVerblijfBuitenland": null}),
        ] {
            let changed = client
                .patch(&url, &json!({"subjectIdentificatie": nothing}))
                .await
                .expect(200)
                .json();
            assert_eq!(changed["subjectIdentificatie"], stored);
        }
        let given = json!({"voornamen": "", "verblijfsadres": {"aoaIdentificatie": "1", "gorOpenbareRuimteNaam": "Kade"}});
        let changed = client
            .patch(&url, &json!({"subjectIdentificatie": given}))
            .await
            .expect(200)
            .json();
        let mut expected = stored;
        expected["voornamen"] = json!("");
        expected["verblijfsadres"]["aoaIdentificatie"] = json!("1");
        expected["verblijfsadres"]["gorOpenbareRuimteNaam"] = json!("Kade");
        assert_eq!(changed["subjectIdentificatie"], expected);
    }

    async fn nested_addresses_are_made_when_they_were_not_there(app: App) {
        let client = app.client();
        let url = made(&app, &klant("U1")).await;
        let given = json!({"verblijfsadres": verblijfsadres(), "subVerblijfBuitenland": buitenland()});
        let changed = client
            .patch(&url, &json!({"subjectIdentificatie": given}))
            .await
            .expect(200)
            .json();
        assert_holds(&changed["subjectIdentificatie"], &given);
        assert_eq!(changed["subjectIdentificatie"]["inpBsn"], json!("111222333"));
    }

    async fn trade_names_are_replaced(app: App) {
        let client = app.client();
        let url = made(&app, &vestiging("U1")).await;
        for names in [json!(["Bakker", "Banket"]), json!(["Molen"]), json!([])] {
            let changed = client
                .patch(&url, &json!({"subjectIdentificatie": {"handelsnaam": names}}))
                .await
                .expect(200)
                .json();
            assert_eq!(changed["subjectIdentificatie"]["handelsnaam"], names);
            assert_eq!(
                changed["subjectIdentificatie"]["vestigingsNummer"],
                json!("000012345678")
            );
        }
    }

    async fn null_is_refused_where_text_belongs(app: App) {
        let url = made(&app, &natuurlijk_persoon("U1")).await;
        for name in [
            "telefoonnummer",
            "emailadres",
            "voornaam",
            "geverifieerd",
            "klantnummer",
            "subject",
        ] {
            app.client()
                .patch(&url, &json!({name: null}))
                .await
                .refused(&[(name, "null")]);
        }
        app.client()
            .patch(&url, &json!({"subjectIdentificatie": null}))
            .await
            .refused(&[("subjectIdentificatie", "null")]);
        assert_eq!(
            app.client().get(&url).await.json()["telefoonnummer"],
            json!("0612345678")
        );
    }

    async fn a_list_is_no_klant(app: App) {
        let url = made(&app, &klant("U1")).await;
        for body in [json!([]), json!([{"voornaam": "Bo"}]), json!("x"), json!(null)] {
            app.client()
                .patch(&url, &body)
                .await
                .refused(&[("nonFieldErrors", "invalid")]);
        }
    }

    async fn the_type_of_subject_never_changes(app: App) {
        let remote = Remote::start().await;
        let subject = remote.url("/ok/1");
        let untyped = |number: &str, subject_type: Value| json!({"bronorganisatie": RSIN, "klantnummer": number, "subject": subject, "subjectType": subject_type});
        let typed = made(&app, &klant("U1")).await;
        let null = made(&app, &untyped("U2", json!(null))).await;
        let empty = made(&app, &untyped("U3", json!(""))).await;
        let immutable = [("subjectType", "wijzigen-niet-toegelaten")];
        for (url, others) in [
            (&typed, [json!("vestiging"), json!(""), json!(null)]),
            (
                &null,
                [json!("vestiging"), json!("natuurlijk_persoon"), json!("")],
            ),
            (
                &empty,
                [json!("vestiging"), json!("natuurlijk_persoon"), json!(null)],
            ),
        ] {
            for other in others {
                app.client()
                    .patch(url, &json!({"subjectType": other}))
                    .await
                    .refused(&immutable);
            }
        }
        app.client()
            .patch(&typed, &json!({"subjectType": "bedrijf"}))
            .await
            .refused(&[("subjectType", "invalid_choice")]);
    }

    async fn a_klant_without_a_type_can_be_changed(app: App) {
        let remote = Remote::start().await;
        for (number, subject_type) in [("U1", json!(null)), ("U2", json!(""))] {
            let body = json!({"bronorganisatie": RSIN, "klantnummer": number, "subject": remote.url("/ok/1"), "subjectType": subject_type});
            let url = made(&app, &body).await;
            let changed = app
                .client()
                .patch(&url, &json!({"voornaam": "Bo", "subjectType": subject_type}))
                .await
                .expect(200);
            assert_eq!(
                (&changed.json()["voornaam"], &changed.json()["subjectType"]),
                (&json!("Bo"), &subject_type)
            );
            app.client()
                .put(&url, &json!({"bronorganisatie": RSIN, "klantnummer": number}))
                .await
                .is(200);
            let ignored = json!({"subjectIdentificatie": null});
            app.client().patch(&url, &ignored).await.is(200);
        }
    }

    async fn a_subject_may_go_while_an_identification_stays(app: App) {
        let remote = Remote::start().await;
        let client = app.client();
        let url = made(&app, &klant_with("U1", &json!({"subject": remote.url("/ok/1")}))).await;
        assert_eq!(
            client
                .patch(&url, &json!({"subject": ""}))
                .await
                .expect(200)
                .json()["subject"],
            json!("")
        );
        let only_subject = json!({"bronorganisatie": RSIN, "klantnummer": "U2", "subjectType": "vestiging", "subject": remote.url("/ok/1")});
        let url = made(&app, &only_subject).await;
        client
            .patch(&url, &json!({"subject": ""}))
            .await
            .refused(&[("nonFieldErrors", "invalid-subject")]);
        assert_eq!(
            client.get(&url).await.json()["subject"],
            json!(remote.url("/ok/1"))
        );
        client.patch(&url, &json!({"voornaam": "Bo"})).await.is(200);
    }

    async fn origin_and_verification_may_change_and_are_audited(app: App) {
        let client = app.client();
        let url = made(&app, &klant_with("U1", &json!({"aanmaakkanaal": "balie"}))).await;
        for (verified, channel) in [(true, "web"), (false, "")] {
            let changed = client
                .patch(&url, &json!({"geverifieerd": verified, "aanmaakkanaal": channel}))
                .await
                .expect(200)
                .json();
            assert_holds(
                &changed,
                &json!({"geverifieerd": verified, "aanmaakkanaal": channel}),
            );
        }
        let rows = client.get(format!("{url}/audittrail")).await.json()["results"].clone();
        assert_holds(
            &rows[1]["wijzigingen"],
            &json!({"oud": {"geverifieerd": false}, "nieuw": {"geverifieerd": true}}),
        );
        assert_holds(
            &rows[2]["wijzigingen"],
            &json!({"oud": {"geverifieerd": true}, "nieuw": {"geverifieerd": false}}),
        );
    }

    async fn what_is_read_only_or_unknown_is_passed_over(app: App) {
        let url = made(&app, &klant("U1")).await;
        let before = app.client().get(&url).await.json();
        let body = json!({"url": "https://elders.example/1", "kleur": "rood", "uuid": "x"});
        assert_eq!(app.client().patch(&url, &body).await.expect(200).json(), before);
    }

    async fn a_refused_change_leaves_no_trace(app: App) {
        let url = made(
            &app,
            &klant_of_type("U1", "natuurlijk_persoon", &json!({"inpBsn": "111222333"})),
        )
        .await;
        let (before, stored) = (app.probe().traces().await, app.client().get(&url).await.json());
        for body in [
            json!({"voornaam": null}),
            json!({"subjectType": "vestiging", "voornaam": "Bo"}),
            json!({"voornaam": "Bo", "subjectIdentificatie": {"inpBsn": "1"}}),
            json!({"voornaam": "Bo", "adres": {"huisnummer": -1}}),
        ] {
            app.client().patch(&url, &body).await.is(400);
        }
        assert_eq!(app.probe().traces().await, before);
        assert_eq!(app.client().get(&url).await.json(), stored);
    }

    async fn changes_at_the_same_time_all_arrive(app: App) {
        use std::future::IntoFuture;
        let client = app.client();
        let url = made(&app, &klant("U1")).await;
        let fields = [
            "voornaam",
            "achternaam",
            "functie",
            "bedrijfsnaam",
            "telefoonnummer",
            "aanmaakkanaal",
        ];
        let calls = fields.map(|name| client.patch(&url, &json!({name: "gewijzigd"})).into_future());
        for answer in futures_util::future::join_all(calls).await {
            answer.is(200);
        }
        let stored = client.get(&url).await.json();
        for name in fields {
            assert_eq!(
                stored[name],
                json!("gewijzigd"),
                "{name}: one change undid another"
            );
        }
        assert_eq!(app.probe().traces().await, [1, 7, 7]);
    }
}
