//! POST of a contactmoment: what is kept, what is filled in, and each way a field can be wrong.

use openklant_tests::fixtures::{
    CONTACTMOMENTEN, KLANTEN, MEDEWERKER, NOBODY, RSIN, contactmoment, contactmoment_with, merge,
    whole_contactmoment,
};
use openklant_tests::remote::Remote;
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

/// The keys of a contactmoment, in the order of the contract.
const KEYS: [&str; 15] = [
    "url",
    "vorigContactmoment",
    "volgendContactmoment",
    "bronorganisatie",
    "registratiedatum",
    "kanaal",
    "voorkeurskanaal",
    "voorkeurstaal",
    "tekst",
    "onderwerpLinks",
    "initiatiefnemer",
    "medewerker",
    "medewerkerIdentificatie",
    "klantcontactmomenten",
    "objectcontactmomenten",
];

on_both! {
    async fn everything_that_is_given_is_kept(app: App) {
        let client = app.client();
        let made = client
            .post(CONTACTMOMENTEN, &whole_contactmoment())
            .await
            .expect(201);
        assert_eq!(made.header("location"), Some(made.url().as_str()));
        let mut expected = whole_contactmoment();
        merge(
            &mut expected,
            &json!({
                "url": made.url(),
                "vorigContactmoment": null,
                "volgendContactmoment": null,
                "klantcontactmomenten": [],
                "objectcontactmomenten": [],
            }),
        );
        assert_eq!(made.json(), expected);
        let keys: Vec<String> = made
            .json()
            .as_object()
            .expect("an object")
            .keys()
            .cloned()
            .collect();
        assert_eq!(keys, KEYS);
        assert_eq!(client.get(made.url()).await.expect(200).text(), made.text());
    }

    async fn what_is_not_given_is_filled_in(app: App) {
        let made = app
            .client()
            .post(CONTACTMOMENTEN, &contactmoment())
            .await
            .expect(201);
        let expected = json!({
            "url": made.url(),
            "vorigContactmoment": null,
            "volgendContactmoment": null,
            "bronorganisatie": RSIN,
            "registratiedatum": "2026-01-05T09:30:00.123456Z",
            "kanaal": "",
            "voorkeurskanaal": "",
            "voorkeurstaal": "",
            "tekst": "",
            "onderwerpLinks": [],
            "initiatiefnemer": "",
            "medewerker": MEDEWERKER,
            "medewerkerIdentificatie": null,
            "klantcontactmomenten": [],
            "objectcontactmomenten": [],
        });
        assert_eq!(made.json(), expected);
    }

    async fn each_field_says_what_is_wrong_with_it(app: App) {
        for (name, value, told) in [
            ("bronorganisatie", json!(""), &[("bronorganisatie", "blank")][..]),
            ("bronorganisatie", json!(null), &[("bronorganisatie", "null")]),
            (
                "bronorganisatie",
                json!("x"),
                &[("bronorganisatie", "only-digits")],
            ),
            (
                "bronorganisatie",
                json!("517439944"),
                &[("bronorganisatie", "invalid")],
            ),
            ("kanaal", json!("x".repeat(51)), &[("kanaal", "max_length")]),
            ("kanaal", json!(null), &[("kanaal", "null")]),
            (
                "voorkeurskanaal",
                json!("x".repeat(51)),
                &[("voorkeurskanaal", "max_length")],
            ),
            ("voorkeurstaal", json!("nldx"), &[("voorkeurstaal", "max_length")]),
            ("tekst", json!(null), &[("tekst", "null")]),
            ("tekst", json!(["x"]), &[("tekst", "invalid")]),
            (
                "initiatiefnemer",
                json!("ambtenaar"),
                &[("initiatiefnemer", "invalid_choice")],
            ),
            (
                "initiatiefnemer",
                json!("Klant"),
                &[("initiatiefnemer", "invalid_choice")],
            ),
            ("initiatiefnemer", json!(null), &[("initiatiefnemer", "null")]),
            ("medewerker", json!("mw042"), &[("medewerker", "invalid")]),
            (
                "medewerker",
                json!("ldap://mw.example/42"),
                &[("medewerker", "invalid")],
            ),
            ("medewerker", json!(null), &[("medewerker", "null")]),
            (
                "medewerker",
                json!("x".repeat(1001)),
                &[("medewerker", "max_length"), ("medewerker", "invalid")],
            ),
            (
                "medewerkerIdentificatie",
                json!("mw042"),
                &[("medewerkerIdentificatie.nonFieldErrors", "invalid")],
            ),
            (
                "medewerkerIdentificatie",
                json!({"identificatie": "x".repeat(25), "voorletters": null}),
                &[
                    ("medewerkerIdentificatie.identificatie", "max_length"),
                    ("medewerkerIdentificatie.voorletters", "null"),
                ],
            ),
        ] {
            app.client()
                .post(CONTACTMOMENTEN, &contactmoment_with(&json!({name: value})))
                .await
                .refused(told);
        }
        app.client()
            .post(CONTACTMOMENTEN, &json!({}))
            .await
            .refused(&[("bronorganisatie", "required")]);
        assert_eq!(app.probe().count("contactmoment").await, 0);
        assert_eq!(app.probe().traces().await, [0, 0, 0]);
    }

    async fn links_to_subjects_are_told_one_by_one(app: App) {
        let good = "https://www.waterdam.example/a";
        for (links, told) in [
            (json!([]), &[][..]),
            (json!([good, good]), &[]),
            (json!(null), &[("onderwerpLinks", "null")]),
            (json!(good), &[("onderwerpLinks", "not_a_list")]),
            (json!({"0": good}), &[("onderwerpLinks", "not_a_list")]),
            (
                json!([good, "nee", good, "x y"]),
                &[("onderwerpLinks.1", "invalid"), ("onderwerpLinks.3", "invalid")],
            ),
            (json!([""]), &[("onderwerpLinks.0", "blank")]),
            (
                json!([null, [good]]),
                &[("onderwerpLinks.0", "null"), ("onderwerpLinks.1", "invalid")],
            ),
            (
                json!([format!("{good}/{}", "x".repeat(1000))]),
                &[("onderwerpLinks.0", "max_length")],
            ),
        ] {
            let body = contactmoment_with(&json!({"onderwerpLinks": links}));
            let answer = app.client().post(CONTACTMOMENTEN, &body).await;
            if told.is_empty() {
                assert_eq!(answer.expect(201).json()["onderwerpLinks"], links);
            } else {
                answer.refused(told);
            }
        }
    }

    async fn who_began_is_one_of_two_or_unknown(app: App) {
        for value in ["gemeente", "klant", ""] {
            let body = contactmoment_with(&json!({"initiatiefnemer": value}));
            let made = app.client().post(CONTACTMOMENTEN, &body).await.expect(201);
            assert_eq!(made.json()["initiatiefnemer"], value);
        }
    }

    async fn a_long_text_is_kept_whole(app: App) {
        let tekst = "Regel met één komma, en een 😀.\n".repeat(20_000);
        let body = contactmoment_with(&json!({"tekst": tekst}));
        let made = app.client().post(CONTACTMOMENTEN, &body).await.expect(201);
        let shown = app.client().get(made.url()).await.json();
        assert_eq!(shown["tekst"], tekst.trim());
    }

    async fn a_medewerker_is_not_fetched(app: App) {
        let remote = Remote::start().await;
        let body = contactmoment_with(&json!({"medewerker": remote.url("/weg/42")}));
        app.client().post(CONTACTMOMENTEN, &body).await.is(201);
        assert_eq!(remote.seen().len(), 0);
    }

    async fn keys_that_nobody_may_write_are_passed_over(app: App) {
        let body = contactmoment_with(&json!({
            "url": format!("{}{CONTACTMOMENTEN}/{NOBODY}", app.base()),
            "uuid": NOBODY,
            "volgendContactmoment": format!("{}{CONTACTMOMENTEN}/{NOBODY}", app.base()),
            "klantcontactmomenten": ["x"],
            "objectcontactmomenten": 7,
            "klant": format!("{}{KLANTEN}/{NOBODY}", app.base()),
            "kleur": "rood",
        }));
        let made = app.client().post(CONTACTMOMENTEN, &body).await.expect(201);
        assert!(!made.url().ends_with(NOBODY));
        let shown = made.json();
        assert_eq!(shown["volgendContactmoment"], Value::Null);
        assert_eq!(shown["klantcontactmomenten"], json!([]));
        assert_eq!(shown.get("klant"), None, "a klant takes part by a relation");
    }

    async fn keys_in_snake_case_are_understood(app: App) {
        let body = json!({
            "bronorganisatie": RSIN,
            "medewerker_identificatie": {"voorvoegsel_achternaam": "de"},
            "onderwerp_links": ["https://www.waterdam.example/a"],
        });
        let made = app.client().post(CONTACTMOMENTEN, &body).await.expect(201).json();
        assert_eq!(made["medewerkerIdentificatie"]["voorvoegselAchternaam"], "de");
        assert_eq!(made["onderwerpLinks"], json!(["https://www.waterdam.example/a"]));
    }
}
