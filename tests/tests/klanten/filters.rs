//! Every filter of the list (section 5.4 of the behaviour of 1.0.0; decisions 6 and 7).

use openklant_tests::fixtures::{
    KLANTEN, OTHER_RSIN, klant, klant_of_type, klant_with, natuurlijk_persoon, niet_natuurlijk_persoon,
    vestiging,
};
use openklant_tests::remote::Remote;
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

/// Every parameter of the contract with a value that only the klanten of [`everyone`] with that number have.
const FILTERS: [(&str, &str, &[&str]); 25] = [
    ("bronorganisatie", "517439943", &["V1", "O1", "P1"]),
    ("klantnummer", "P1", &["P1"]),
    ("bedrijfsnaam", "Voorbeeldbakker", &["V1", "O1", "P1"]),
    ("functie", "meewerkend%20voorvrouw", &["V1", "O1", "P1"]),
    ("achternaam", "Waterland", &["V1", "O1", "P1"]),
    ("telefoonnummer", "0612345678", &["V1", "O1", "P1"]),
    ("emailadres", "fenna@voorbeeld.example", &["V1", "O1", "P1"]),
    ("adres__straatnaam", "Molenpad", &["V1", "O1", "P1"]),
    ("adres__postcode", "1234AB", &["V1", "O1", "P1"]),
    ("adres__woonplaatsNaam", "Waterdam", &["V1", "O1", "P1"]),
    ("adres__landcode", "6030", &["V1", "O1", "P1"]),
    ("subjectType", "vestiging", &["V1"]),
    ("subjectNatuurlijkPersoon__inpBsn", "111222333", &["P1"]),
    (
        "subjectNatuurlijkPersoon__anpIdentificatie",
        "12345678901234567",
        &["P1"],
    ),
    ("subjectNatuurlijkPersoon__inpA_nummer", "1234567890", &["P1"]),
    ("subjectNatuurlijkPersoon__inpANummer", "1234567890", &["P1"]),
    ("subjectNatuurlijkPersoon__geboortedatum", "1984-02-29", &["P1"]),
    (
        "subjectNatuurlijkPersoon__geboortedatum__gt",
        "1984-02-28",
        &["P1"],
    ),
    (
        "subjectNatuurlijkPersoon__geboortedatum__gte",
        "1984-02-29",
        &["P1"],
    ),
    (
        "subjectNatuurlijkPersoon__geboortedatum__lt",
        "1984-03-01",
        &["P1"],
    ),
    (
        "subjectNatuurlijkPersoon__geboortedatum__lte",
        "1984-02-29",
        &["P1"],
    ),
    ("subjectNietNatuurlijkPersoon__innNnpId", "423182687", &["O1"]),
    (
        "subjectNietNatuurlijkPersoon__annIdentificatie",
        "76543210987654321",
        &["O1"],
    ),
    ("subjectVestiging__vestigingsNummer", "000012345678", &["V1"]),
    ("page", "1", &["X1", "V1", "O1", "P1"]),
];

/// One klant of each type with every field, and one of another organisation with almost none.
async fn everyone(app: &App) {
    let other = json!({
        "bronorganisatie": OTHER_RSIN,
        "subjectType": "niet_natuurlijk_persoon",
        "subjectIdentificatie": {"innNnpId": ""},
    });
    for body in [
        natuurlijk_persoon("P1"),
        niet_natuurlijk_persoon("O1"),
        vestiging("V1"),
        klant_with("X1", &other),
    ] {
        app.client().post(KLANTEN, &body).await.is(201);
    }
}

async fn found(app: &App, query: &str) -> Vec<String> {
    let list = app
        .client()
        .get(format!("{KLANTEN}?{query}"))
        .await
        .expect(200)
        .json();
    let results = list["results"].as_array().expect("a list has results").clone();
    assert_eq!(list["count"], json!(results.len()), "{query}");
    let number = |klant: &Value| klant["klantnummer"].as_str().map(str::to_owned);
    results.iter().filter_map(number).collect()
}

on_both! {
    async fn each_filter_finds_what_has_its_value(app: App) {
        everyone(&app).await;
        for (name, value, numbers) in FILTERS {
            assert_eq!(found(&app, &format!("{name}={value}")).await, numbers, "{name}");
        }
    }

    async fn a_value_that_nobody_has_finds_nobody(app: App) {
        everyone(&app).await;
        for (name, ..) in FILTERS {
            let value = match name {
                "bronorganisatie" => "123456782",
                "subjectType" | "page" => continue,
                name if name.ends_with("__gt") || name.ends_with("__gte") => "9",
                name if name.ends_with("__lt") || name.ends_with("__lte") => "0",
                _ => "niemand",
            };
            assert_eq!(found(&app, &format!("{name}={value}")).await, [""; 0], "{name}");
        }
    }

    async fn the_spelling_in_snake_case_works_too(app: App) {
        everyone(&app).await;
        for (query, number) in [
            ("subject_type=vestiging", "V1"),
            ("subject_natuurlijk_persoon__inp_bsn=111222333", "P1"),
            ("subject_natuurlijk_persoon__geboortedatum__gte=1984-01-01", "P1"),
            ("subject_vestiging__vestigings_nummer=000012345678", "V1"),
        ] {
            assert_eq!(found(&app, query).await, [number], "{query}");
        }
    }

    async fn a_subject_is_found_by_its_url(app: App) {
        let remote = Remote::start().await;
        let subject = remote.url("/ok/1?a=b&c");
        app.client()
            .post(KLANTEN, &klant_with("S1", &json!({"subject": subject})))
            .await
            .is(201);
        app.client().post(KLANTEN, &klant("S2")).await.is(201);
        let encoded: String = url::form_urlencoded::byte_serialize(subject.as_bytes()).collect();
        assert_eq!(found(&app, &format!("subject={encoded}")).await, ["S1"]);
        assert_eq!(found(&app, "subject=https://elders.example/1").await, [""; 0]);
    }

    async fn an_empty_value_is_no_filter_except_for_identities(app: App) {
        everyone(&app).await;
        for (name, ..) in FILTERS {
            if name == "page" {
                continue;
            }
            let identity = [
                "inpBsn",
                "anpIdentificatie",
                "inpA_nummer",
                "inpANummer",
                "innNnpId",
                "annIdentificatie",
                "vestigingsNummer",
            ]
            .iter()
            .any(|end| name.ends_with(end));
            let expected = if identity { 0 } else { 4 };
            assert_eq!(found(&app, &format!("{name}=")).await.len(), expected, "{name}");
            assert_eq!(found(&app, name).await.len(), expected, "{name} without =");
        }
        assert_eq!(found(&app, "subject=").await.len(), 4);
        assert_eq!(
            found(&app, "subjectNatuurlijkPersoon__inpBsn=&klantnummer=X1").await,
            [""; 0]
        );
    }

    async fn the_last_of_a_repeated_filter_counts(app: App) {
        everyone(&app).await;
        assert_eq!(found(&app, "klantnummer=P1&klantnummer=O1").await, ["O1"]);
        assert_eq!(found(&app, "klantnummer=P1&klantnummer=").await.len(), 4);
        let empty_last = "subjectNatuurlijkPersoon__inpBsn=111222333&subjectNatuurlijkPersoon__inpBsn=";
        assert_eq!(found(&app, empty_last).await, [""; 0]);
    }

    async fn filters_narrow_together(app: App) {
        everyone(&app).await;
        assert_eq!(
            found(&app, "achternaam=Waterland&subjectType=natuurlijk_persoon").await,
            ["P1"]
        );
        assert_eq!(found(&app, "klantnummer=P1&subjectType=vestiging").await, [""; 0]);
    }

    async fn values_compare_to_the_letter(app: App) {
        app.client()
            .post(
                KLANTEN,
                &klant_with("K1", &json!({"achternaam": "Vries", "functie": "É"})),
            )
            .await
            .is(201);
        for query in [
            "achternaam=vries",
            "achternaam=Vries%20x",
            "achternaam=Vrie_",
            "achternaam=V%25",
            "functie=E%CC%81",
            "functie=%C3%A9",
        ] {
            assert_eq!(found(&app, query).await, [""; 0], "{query}");
        }
        assert_eq!(found(&app, "functie=%C3%89").await, ["K1"]);
        assert_eq!(
            found(&app, "achternaam=%20Vries%20").await,
            ["K1"],
            "values are trimmed, as texts in bodies are"
        );
    }

    async fn birth_dates_compare_as_bytes(app: App) {
        for (number, date) in [
            ("G1", "1980-01-01"),
            ("G2", "1980-01-1"),
            ("G3", "1980"),
            ("G4", "onbekend"),
            ("G5", "Zomer 1980"),
        ] {
            app.client()
                .post(
                    KLANTEN,
                    &klant_of_type(number, "natuurlijk_persoon", &json!({"geboortedatum": date})),
                )
                .await
                .is(201);
        }
        let range = |bound: &str| format!("subjectNatuurlijkPersoon__geboortedatum__{bound}");
        assert_eq!(found(&app, &range("gt=1980")).await, ["G5", "G4", "G2", "G1"]);
        assert_eq!(found(&app, &range("lt=1980-01-1")).await, ["G3", "G1"]);
        assert_eq!(
            found(&app, &range("gt=Zzz")).await,
            ["G4"],
            "capitals come before small letters"
        );
        let both = format!("{}&{}", range("gte=1980-01-01"), range("lte=1980-01-1"));
        assert_eq!(found(&app, &both).await, ["G2", "G1"]);
    }

    async fn a_bsn_with_a_leading_zero_is_text(app: App) {
        app.client()
            .post(
                KLANTEN,
                &klant_of_type("B1", "natuurlijk_persoon", &json!({"inpBsn": "012345672"})),
            )
            .await
            .is(201);
        assert_eq!(
            found(&app, "subjectNatuurlijkPersoon__inpBsn=012345672").await,
            ["B1"]
        );
        assert_eq!(
            found(&app, "subjectNatuurlijkPersoon__inpBsn=12345672").await,
            [""; 0]
        );
    }

    async fn a_value_of_the_wrong_form_names_its_filter(app: App) {
        for (query, name, code) in [
            ("bronorganisatie=x", "bronorganisatie", "only-digits"),
            ("bronorganisatie=123", "bronorganisatie", "invalid-length"),
            ("bronorganisatie=517439944", "bronorganisatie", "invalid"),
            ("subject=nope", "subject", "invalid"),
            ("subjectType=bedrijf", "subjectType", "invalid_choice"),
            ("klantnummer=%00", "klantnummer", "null_characters_not_allowed"),
        ] {
            app.client()
                .get(format!("{KLANTEN}?{query}"))
                .await
                .refused(&[(name, code)]);
        }
        let several = format!("{KLANTEN}?bronorganisatie=x&subjectType=bedrijf&kleur=rood");
        let params = app.client().get(several).await.invalid_params();
        assert!(
            params.contains(&("nonFieldErrors".to_owned(), "unknown-parameters".to_owned())),
            "{params:?}"
        );
    }

    async fn identities_are_not_checked_only_compared(app: App) {
        for query in [
            "subjectNatuurlijkPersoon__inpBsn=1",
            "subjectNietNatuurlijkPersoon__innNnpId=x",
        ] {
            assert_eq!(found(&app, query).await, [""; 0], "{query}");
        }
    }
}
