//! How a klant is shown: which keys, in which order (section 3.1 of the behaviour of 1.0.0).

use openklant_tests::fixtures::{
    KLANTEN, RSIN, klant, natuurlijk_persoon, niet_natuurlijk_persoon, vestiging,
};
use openklant_tests::remote::Remote;
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

const KEYS: [&str; 17] = [
    "url",
    "bronorganisatie",
    "klantnummer",
    "bedrijfsnaam",
    "functie",
    "websiteUrl",
    "voornaam",
    "voorvoegselAchternaam",
    "achternaam",
    "telefoonnummer",
    "emailadres",
    "adres",
    "subject",
    "subjectType",
    "aanmaakkanaal",
    "geverifieerd",
    "subjectIdentificatie",
];
const ADRES: [&str; 7] = [
    "straatnaam",
    "huisnummer",
    "huisletter",
    "huisnummertoevoeging",
    "postcode",
    "woonplaatsnaam",
    "landcode",
];
const PERSON: [&str; 11] = [
    "inpBsn",
    "anpIdentificatie",
    "inpANummer",
    "geslachtsnaam",
    "voorvoegselGeslachtsnaam",
    "voorletters",
    "voornamen",
    "geslachtsaanduiding",
    "geboortedatum",
    "verblijfsadres",
    "subVerblijfBuitenland",
];
const ORGANISATION: [&str; 6] = [
    "innNnpId",
    "annIdentificatie",
    "statutaireNaam",
    "innRechtsvorm",
    "bezoekadres",
    "subVerblijfBuitenland",
];
const BRANCH: [&str; 4] = [
    "vestigingsNummer",
    "handelsnaam",
    "verblijfsadres",
    "subVerblijfBuitenland",
];

#[track_caller]
fn has_keys(value: &Value, keys: &[&str]) {
    let found: Vec<&String> = value.as_object().expect("an object").keys().collect();
    assert_eq!(found, keys);
}

on_both! {
    async fn keys_come_in_the_order_of_the_contract(app: App) {
        let client = app.client();
        for (body, identification) in [
            (natuurlijk_persoon("R1"), &PERSON[..]),
            (niet_natuurlijk_persoon("R2"), &ORGANISATION[..]),
            (vestiging("R3"), &BRANCH[..]),
        ] {
            let made = client.post(KLANTEN, &body).await.expect(201);
            let shown = client.get(made.url()).await.json();
            has_keys(&shown, &KEYS);
            has_keys(&shown["adres"], &ADRES);
            has_keys(&shown["subjectIdentificatie"], identification);
            assert_eq!(made.text(), client.get(made.url()).await.text());
        }
        let list = client.get(KLANTEN).await.json();
        has_keys(&list, &["count", "next", "previous", "results"]);
        has_keys(&list["results"][0], &KEYS);
    }

    async fn no_identification_is_null_and_without_a_type_absent(app: App) {
        let remote = Remote::start().await;
        let body = |number: &str, subject_type: Value| json!({"bronorganisatie": RSIN, "klantnummer": number, "subject": remote.url("/ok/1"), "subjectType": subject_type});
        let client = app.client();
        let typed = client
            .post(KLANTEN, &body("R1", json!("vestiging")))
            .await
            .expect(201)
            .json();
        assert_eq!(typed.get("subjectIdentificatie"), Some(&Value::Null));
        for (number, subject_type) in [("R2", json!(null)), ("R3", json!(""))] {
            let shown = client
                .post(KLANTEN, &body(number, subject_type.clone()))
                .await
                .expect(201)
                .json();
            has_keys(&shown, &KEYS[..16]);
            assert_eq!(shown["subjectType"], subject_type);
        }
    }

    async fn text_of_every_script_survives(app: App) {
        let text = "Ʒőë 漢字 👩‍👩‍👧 \"'\\/<>& \u{202e}rtl \u{7f} e\u{301}";
        let mut body = klant("R1");
        body["voornaam"] = json!(text);
        let made = app.client().post(KLANTEN, &body).await.expect(201);
        assert_eq!(made.json()["voornaam"], json!(text));
        assert_eq!(app.client().get(made.url()).await.json()["voornaam"], json!(text));
    }
}
