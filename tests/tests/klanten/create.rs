//! POST of a klant: plain fields, their forms and their refusals (sections 3 to 3.4 of the behaviour of 1.0.0).

use openklant_tests::fixtures::{
    KLANTEN, RSIN, klant, klant_with, natuurlijk_persoon, niet_natuurlijk_persoon, vestiging,
};
use openklant_tests::subset::assert_holds;
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

on_both! {
    async fn every_field_comes_back_as_it_was_sent(app: App) {
        let client = app.client();
        for body in [
            natuurlijk_persoon("C1"),
            niet_natuurlijk_persoon("C2"),
            vestiging("C3"),
        ] {
            let made = client.post(KLANTEN, &body).await.expect(201);
            assert_holds(&made.json(), &body);
            assert_eq!(made.header("location"), Some(made.url().as_str()));
            assert_eq!(client.get(made.url()).await.json(), made.json());
        }
    }

    async fn text_is_trimmed_and_numbers_become_text(app: App) {
        let body = klant_with(
            " C1 ",
            &json!({
                "bronorganisatie": 517_439_943,
                "voornaam": "  Fenna\t\n",
                "telefoonnummer": 612_345_678,
                "aanmaakkanaal": 1.5,
                "functie": "\u{a0}baas\u{2003}",
                "adres": {"postcode": 1234},
            }),
        );
        let made = app.client().post(KLANTEN, &body).await.expect(201).json();
        assert_holds(
            &made,
            &json!({
                "bronorganisatie": RSIN,
                "klantnummer": "C1",
                "voornaam": "Fenna",
                "telefoonnummer": "612345678",
                "aanmaakkanaal": "1.5",
                "functie": "baas",
                "adres": {"postcode": "1234"},
            }),
        );
    }

    async fn snake_case_keys_are_understood(app: App) {
        let body = json!({
            "bronorganisatie": RSIN,
            "klantnummer": "C1",
            "subject_type": "natuurlijk_persoon",
            "website_url": "https://www.waterdam.example",
            "voorvoegsel_achternaam": "van",
            "subject_identificatie": {"inp_bsn": "111222333", "verblijfsadres": {
                "aoa_identificatie": "0999", "gor_openbare_ruimte_naam": "Kade"}},
        });
        let made = app.client().post(KLANTEN, &body).await.expect(201).json();
        assert_holds(
            &made,
            &json!({
                "subjectType": "natuurlijk_persoon",
                "websiteUrl": "https://www.waterdam.example",
                "voorvoegselAchternaam": "van",
                "subjectIdentificatie": {"inpBsn": "111222333", "verblijfsadres": {
                    "aoaIdentificatie": "0999", "gorOpenbareRuimteNaam": "Kade"}},
            }),
        );
    }

    async fn what_may_be_left_out_has_a_default(app: App) {
        let made = app.client().post(KLANTEN, &klant("C1")).await.expect(201).json();
        for name in [
            "bedrijfsnaam",
            "functie",
            "websiteUrl",
            "voornaam",
            "voorvoegselAchternaam",
            "achternaam",
            "telefoonnummer",
            "emailadres",
            "subject",
            "aanmaakkanaal",
        ] {
            assert_eq!(made[name], json!(""), "{name}");
        }
        assert_eq!(
            (&made["adres"], &made["geverifieerd"]),
            (&Value::Null, &json!(false))
        );
    }

    async fn a_website_is_optional_and_may_be_empty(app: App) {
        for (nr, body) in [klant("C1"), klant_with("C2", &json!({"websiteUrl": ""}))]
            .iter()
            .enumerate()
        {
            assert_eq!(
                app.client().post(KLANTEN, body).await.expect(201).json()["websiteUrl"],
                json!(""),
                "{nr}"
            );
        }
    }

    async fn an_address_of_nothing_is_no_address(app: App) {
        for (nr, adres) in [json!(null), json!({})].into_iter().enumerate() {
            let made = app
                .client()
                .post(KLANTEN, &klant_with(&format!("C{nr}"), &json!({"adres": adres})))
                .await;
            assert_eq!(made.expect(201).json()["adres"], Value::Null);
        }
    }

    async fn an_address_is_an_object(app: App) {
        for adres in [json!([]), json!("Molenpad 1"), json!(1), json!(true)] {
            let answer = app
                .client()
                .post(KLANTEN, &klant_with("C1", &json!({"adres": adres})))
                .await;
            answer.refused(&[("adres.nonFieldErrors", "invalid")]);
        }
    }

    async fn what_must_be_given_may_not_be_blank_or_null(app: App) {
        for (value, code) in [
            (json!(""), "blank"),
            (json!("   "), "blank"),
            (json!(null), "null"),
        ] {
            let body = klant_with("x", &json!({"bronorganisatie": value, "klantnummer": value}));
            let answer = app.client().post(KLANTEN, &body).await;
            answer.refused(&[("bronorganisatie", code), ("klantnummer", code)]);
        }
    }

    async fn null_clears_no_text(app: App) {
        for name in [
            "bedrijfsnaam",
            "websiteUrl",
            "telefoonnummer",
            "emailadres",
            "subject",
            "aanmaakkanaal",
        ] {
            let answer = app
                .client()
                .post(KLANTEN, &klant_with("C1", &json!({name: null})))
                .await;
            answer.refused(&[(name, "null")]);
        }
        let answer = app
            .client()
            .post(
                KLANTEN,
                &klant_with("C1", &json!({"adres": {"straatnaam": null}})),
            )
            .await;
        answer.refused(&[("adres.straatnaam", "null")]);
    }

    async fn every_fault_is_told_at_once(app: App) {
        let body = json!({
            "bronorganisatie": "12a",
            "voornaam": [],
            "emailadres": "geen mail",
            "websiteUrl": "geen url",
            "adres": {"huisnummer": "x", "huisletter": "ab", "landcode": null},
            "subjectType": "bedrijf",
            "geverifieerd": "misschien",
            "functie": "x".repeat(201),
        });
        app.client().post(KLANTEN, &body).await.refused(&[
            ("bronorganisatie", "only-digits"),
            ("klantnummer", "required"),
            ("voornaam", "invalid"),
            ("emailadres", "invalid"),
            ("websiteUrl", "invalid"),
            ("adres.huisnummer", "invalid"),
            ("adres.huisletter", "max_length"),
            ("adres.landcode", "null"),
            ("subjectType", "invalid_choice"),
            ("geverifieerd", "invalid"),
            ("functie", "max_length"),
        ]);
        assert_eq!(app.probe().traces().await, [0, 0, 0]);
    }

    async fn a_bronorganisatie_is_an_rsin(app: App) {
        for (value, faults) in [
            ("12345678a", &["only-digits"][..]),
            ("１２３４５６７８２", &["only-digits"]),
            ("51743994", &["invalid-length"]),
            ("5174399430", &["max_length", "invalid-length"]),
            ("51743994300a", &["max_length", "only-digits"]),
            ("517439944", &["invalid"]),
        ] {
            let answer = app
                .client()
                .post(KLANTEN, &klant_with("C1", &json!({"bronorganisatie": value})))
                .await;
            let params: Vec<(&str, &str)> = faults.iter().map(|code| ("bronorganisatie", *code)).collect();
            answer.refused(&params);
        }
        let zeros = klant_with("C1", &json!({"bronorganisatie": "000000000"}));
        app.client().post(KLANTEN, &zeros).await.is(201);
    }

    async fn a_klantnummer_is_free_text_of_one_to_eight(app: App) {
        for number in ["a", "A-1_b", "12345678", "ÄÖÜ漢字éèß", "😀😀😀😀😀😀😀😀"] {
            let made = app.client().post(KLANTEN, &klant(number)).await.expect(201);
            assert_eq!(made.json()["klantnummer"], json!(number));
        }
        app.client()
            .post(KLANTEN, &klant("123456789"))
            .await
            .refused(&[("klantnummer", "max_length")]);
    }

    async fn the_type_of_subject_left_out_beside_a_subject_is_null(app: App) {
        let remote = openklant_tests::remote::Remote::start().await;
        let body = json!({"bronorganisatie": RSIN, "klantnummer": "C1", "subject": remote.url("/ok/1")});
        let made = app.client().post(KLANTEN, &body).await.expect(201).json();
        assert_eq!(made["subjectType"], Value::Null);
        assert!(made.get("subjectIdentificatie").is_none());
    }

    async fn a_type_of_nothing_drops_the_identification(app: App) {
        let remote = openklant_tests::remote::Remote::start().await;
        for (nr, subject_type) in [json!(null), json!("")].into_iter().enumerate() {
            let body = json!({"bronorganisatie": RSIN, "klantnummer": format!("C{nr}"), "subject": remote.url("/ok/1"),
                "subjectType": subject_type, "subjectIdentificatie": {"inpBsn": "x"}});
            let made = app.client().post(KLANTEN, &body).await.expect(201).json();
            assert_eq!(made["subjectType"], subject_type);
            assert!(made.get("subjectIdentificatie").is_none());
            let without = json!({"bronorganisatie": RSIN, "klantnummer": format!("D{nr}"), "subjectType": subject_type,
                "subjectIdentificatie": {"inpBsn": "111222333"}});
            app.client()
                .post(KLANTEN, &without)
                .await
                .refused(&[("nonFieldErrors", "invalid-subject")]);
        }
    }

    async fn a_number_that_is_taken_is_told_before_a_missing_subject(app: App) {
        app.client().post(KLANTEN, &klant("C1")).await.is(201);
        let body = klant_with("C1", &json!({"subjectIdentificatie": {}}));
        app.client()
            .post(KLANTEN, &body)
            .await
            .refused(&[("nonFieldErrors", "unique")]);
    }

    async fn a_refused_klant_leaves_no_trace(app: App) {
        let client = app.client();
        client.post(KLANTEN, &klant("C1")).await.is(201);
        for body in [
            json!({}),
            klant("C1"),
            klant_with("C2", &json!({"subjectIdentificatie": {"inpBsn": "1"}})),
        ] {
            client.post(KLANTEN, &body).await.is(400);
        }
        assert_eq!(app.probe().traces().await, [1, 1, 1]);
    }
}
