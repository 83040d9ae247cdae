//! The three shapes of an identification (section 3.2 of the behaviour of 1.0.0).

use openklant_tests::fixtures::{KLANTEN, klant_of_type};
use openklant_tests::{App, Response, on_both};
use serde_json::{Value, json};

const PERSON: &str = "natuurlijk_persoon";
const ORGANISATION: &str = "niet_natuurlijk_persoon";
const BRANCH: &str = "vestiging";

async fn post(app: &App, number: &str, subject_type: &str, identification: &Value) -> Response {
    app.client()
        .post(KLANTEN, &klant_of_type(number, subject_type, identification))
        .await
}

on_both! {
    async fn keys_of_another_shape_are_passed_over(app: App) {
        let mixed =
            json!({"vestigingsNummer": "000012345678", "innNnpId": "x", "inpBsn": "y", "kleur": "rood"});
        let made = post(&app, "I1", BRANCH, &mixed).await.expect(201).json();
        let keys: Vec<&String> = made["subjectIdentificatie"]
            .as_object()
            .expect("an object")
            .keys()
            .collect();
        assert_eq!(
            keys,
            [
                "vestigingsNummer",
                "handelsnaam",
                "verblijfsadres",
                "subVerblijfBuitenland"
            ]
        );
        let only_others = json!({"innNnpId": "423182687"});
        post(&app, "I2", BRANCH, &only_others)
            .await
            .refused(&[("nonFieldErrors", "invalid-subject")]);
    }

    async fn an_empty_value_is_an_identification(app: App) {
        let made = post(&app, "I1", PERSON, &json!({"inpBsn": ""}))
            .await
            .expect(201)
            .json();
        assert_eq!(made["subjectIdentificatie"]["inpBsn"], json!(""));
    }

    async fn a_person(app: App) {
        for (identification, name, code) in [
            (json!({"inpBsn": "11122233"}), "inpBsn", "invalid-length"),
            (json!({"inpBsn": "11122233x"}), "inpBsn", "only-digits"),
            (
                json!({"inpANummer": "123"}),
                "inpANummer",
                "a-nummer-incorrect-format",
            ),
            (
                json!({"inpANummer": "123456789a"}),
                "inpANummer",
                "a-nummer-incorrect-format",
            ),
            (
                json!({"geslachtsaanduiding": "x"}),
                "geslachtsaanduiding",
                "invalid_choice",
            ),
            (
                json!({"geslachtsaanduiding": "M"}),
                "geslachtsaanduiding",
                "invalid_choice",
            ),
            (json!({"geslachtsnaam": null}), "geslachtsnaam", "null"),
            (json!({"voornamen": []}), "voornamen", "invalid"),
            (
                json!({"verblijfsadres": "x"}),
                "verblijfsadres.nonFieldErrors",
                "invalid",
            ),
            (
                json!({"subVerblijfBuitenland": []}),
                "subVerblijfBuitenland.nonFieldErrors",
                "invalid",
            ),
            (
                json!({"subVerblijfBuitenland": {"lndLandcode": "5010"}}),
                "subVerblijfBuitenland.lndLandnaam",
                "required",
            ),
        ] {
            let name = format!("subjectIdentificatie.{name}");
            post(&app, "I1", PERSON, &identification)
                .await
                .refused(&[(&name, code)]);
        }
        for (nr, choice) in ["m", "v", "o", ""].into_iter().enumerate() {
            post(
                &app,
                &format!("I{nr}"),
                PERSON,
                &json!({"geslachtsaanduiding": choice}),
            )
            .await
            .is(201);
        }
    }

    async fn a_birth_date_is_free_text(app: App) {
        for (nr, date) in ["1984-02-29", "1984", "29 februari 1984", "onbekend"]
            .into_iter()
            .enumerate()
        {
            let made = post(&app, &format!("I{nr}"), PERSON, &json!({"geboortedatum": date}))
                .await
                .expect(201);
            assert_eq!(made.json()["subjectIdentificatie"]["geboortedatum"], json!(date));
        }
    }

    async fn an_organisation(app: App) {
        for (identification, name, code) in [
            (json!({"innNnpId": "423182688"}), "innNnpId", "invalid"),
            (json!({"innNnpId": "42318268"}), "innNnpId", "invalid-length"),
            (
                json!({"innRechtsvorm": "eenmanszaakje"}),
                "innRechtsvorm",
                "invalid_choice",
            ),
            (
                json!({"statutaireNaam": "x".repeat(501)}),
                "statutaireNaam",
                "max_length",
            ),
            (
                json!({"bezoekadres": 1.5, "annIdentificatie": true}),
                "annIdentificatie",
                "invalid",
            ),
        ] {
            let name = format!("subjectIdentificatie.{name}");
            post(&app, "I1", ORGANISATION, &identification)
                .await
                .refused(&[(&name, code)]);
        }
        for (nr, choice) in ["", "stichting", "europese_cooperatieve_venootschap"]
            .into_iter()
            .enumerate()
        {
            post(
                &app,
                &format!("I{nr}"),
                ORGANISATION,
                &json!({"innRechtsvorm": choice}),
            )
            .await
            .is(201);
        }
        let made = post(
            &app,
            "IX",
            ORGANISATION,
            &json!({"innNnpId": "", "verblijfsadres": {}}),
        )
        .await
        .expect(201);
        assert!(
            made.json()["subjectIdentificatie"]
                .get("verblijfsadres")
                .is_none(),
            "this shape has none"
        );
    }

    async fn trade_names_are_a_list_of_texts(app: App) {
        let long = "x".repeat(626);
        for (names, faults) in [
            (json!(null), vec![("subjectIdentificatie.handelsnaam", "null")]),
            (
                json!("Bakker"),
                vec![("subjectIdentificatie.handelsnaam", "not_a_list")],
            ),
            (
                json!({"0": "Bakker"}),
                vec![("subjectIdentificatie.handelsnaam", "not_a_list")],
            ),
            (
                json!([null, "x", []]),
                vec![
                    ("subjectIdentificatie.handelsnaam.0", "null"),
                    ("subjectIdentificatie.handelsnaam.2", "invalid"),
                ],
            ),
            (
                json!(["x", long]),
                vec![("subjectIdentificatie.handelsnaam.1", "max_length")],
            ),
        ] {
            post(&app, "I1", BRANCH, &json!({"handelsnaam": names}))
                .await
                .refused(&faults);
        }
        let names = json!(["", "Bakker", "Bakker", " a ", 12]);
        let made = post(&app, "I1", BRANCH, &json!({"handelsnaam": names}))
            .await
            .expect(201)
            .json();
        assert_eq!(
            made["subjectIdentificatie"]["handelsnaam"],
            json!(["", "Bakker", "Bakker", "a", "12"])
        );
    }

    async fn nested_addresses_tell_every_fault(app: App) {
        let identification = json!({
            "verblijfsadres": {"aoaIdentificatie": "", "aoaHuisnummer": 100_000, "aoaHuisletter": "ab"},
            "subVerblijfBuitenland": {"lndLandcode": "12345", "lndLandnaam": null},
        });
        post(&app, "I1", PERSON, &identification).await.refused(&[
            ("subjectIdentificatie.verblijfsadres.aoaIdentificatie", "blank"),
            (
                "subjectIdentificatie.verblijfsadres.gorOpenbareRuimteNaam",
                "required",
            ),
            ("subjectIdentificatie.verblijfsadres.aoaHuisnummer", "max_value"),
            ("subjectIdentificatie.verblijfsadres.aoaHuisletter", "max_length"),
            (
                "subjectIdentificatie.subVerblijfBuitenland.lndLandcode",
                "max_length",
            ),
            ("subjectIdentificatie.subVerblijfBuitenland.lndLandnaam", "null"),
        ]);
    }

    async fn an_identification_is_an_object(app: App) {
        for wrong in [json!([]), json!("x"), json!(1), json!(false)] {
            let answer = post(&app, "I1", PERSON, &wrong).await;
            answer.refused(&[("subjectIdentificatie.nonFieldErrors", "invalid")]);
        }
    }
}
