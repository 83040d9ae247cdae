//! Every length that the OpenAPI document promises is kept: one character more is refused, and exactly that many are
//! not too long.

use openklant_tests::fixtures::{KLANTEN, klant_of_type, klant_with};
use openklant_tests::lengths::{documented, nested};
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

const FIELDS_OF: [(&str, &str); 3] = [
    ("natuurlijk_persoon", "NatuurlijkPersoon"),
    ("niet_natuurlijk_persoon", "NietNatuurlijkPersoon"),
    ("vestiging", "Vestiging"),
];

fn text_of(length: usize) -> String {
    "9".repeat(length)
}

/// Demands that a text one too long is refused as such, and one of the greatest length not.
async fn check(app: &App, name: &str, length: usize, body: impl Fn(String) -> Value) {
    let too_long = app
        .client()
        .post(KLANTEN, &body(text_of(length + 1)))
        .await
        .expect(400);
    let found = too_long.invalid_params();
    assert!(
        found.contains(&(name.to_owned(), "max_length".to_owned())),
        "{name} of {}: {found:?}",
        length + 1
    );
    let longest = app.client().post(KLANTEN, &body(text_of(length))).await;
    if longest.status() == 201 {
        app.client().delete(longest.url()).await.is(204);
    } else {
        let found = longest.expect(400).invalid_params();
        assert!(
            !found.contains(&(name.to_owned(), "max_length".to_owned())),
            "{name} of {length}: {found:?}"
        );
    }
}

on_both! {
    async fn every_documented_length_is_kept(app: App) {
        let document = app
            .anonymous()
            .get("/klanten/api/v1/openapi.json")
            .await
            .expect(200)
            .json();
        let plain = documented(&document, "Klant");
        assert!(plain.len() >= 17, "the document gives lengths: {plain:?}");
        for (name, length) in &plain {
            check(&app, name, *length, |text| {
                klant_with("L1", &nested(name, json!(text)))
            })
            .await;
        }
        for (subject_type, schema) in FIELDS_OF {
            let identification = documented(&document, schema);
            assert!(
                identification.len() >= 7,
                "the document gives lengths of {schema}: {identification:?}"
            );
            for (name, length) in &identification {
                let full = format!("subjectIdentificatie.{name}");
                check(&app, &full, *length, |text| {
                    klant_of_type("L1", subject_type, &nested(name, json!(text)))
                })
                .await;
            }
        }
    }

    async fn length_counts_characters_not_bytes(app: App) {
        let body = |text: String| klant_with("L1", &json!({"voornaam": text}));
        app.client()
            .post(KLANTEN, &body("😀".repeat(201)))
            .await
            .refused(&[("voornaam", "max_length")]);
        let made = app
            .client()
            .post(KLANTEN, &body("😀".repeat(200)))
            .await
            .expect(201);
        assert_eq!(made.json()["voornaam"], json!("😀".repeat(200)));
    }
}
