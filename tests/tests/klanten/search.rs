//! Searching by POST, so that no BSN stands in a URL (AFWIJKING).

use openklant_tests::fixtures::{BSN, KLANTEN, OTHER_BSN, klant, klant_with};
use openklant_tests::{App, Database, on_both};
use serde_json::{Value, json};

const SEARCH: &str = "/klanten/api/v1/klanten/_zoek";

async fn numbers_found(app: &App, body: &Value) -> Vec<String> {
    let answer = app.client().post(SEARCH, body).await.expect(200).json();
    let results = answer["results"].as_array().expect("results").clone();
    results
        .iter()
        .map(|klant| klant["klantnummer"].as_str().expect("a klantnummer").to_owned())
        .collect()
}

on_both! {
    async fn finds_what_the_list_finds(app: App) {
        let other = json!({"subjectIdentificatie": {"inpBsn": OTHER_BSN}, "achternaam": "Waterland"});
        for body in [klant("Z1"), klant_with("Z2", &other), klant("Z3")] {
            app.client().post(KLANTEN, &body).await.is(201);
        }
        let found = numbers_found(&app, &json!({"subjectNatuurlijkPersoon__inpBsn": OTHER_BSN})).await;
        assert_eq!(found, ["Z2"]);
        // Numbers become text and null is no filter, as everywhere in a body.
        let bsn: u64 = BSN.parse().expect("digits");
        let body = json!({"subjectNatuurlijkPersoon__inpBsn": bsn, "achternaam": null});
        assert_eq!(numbers_found(&app, &body).await, ["Z3", "Z1"]);
        assert_eq!(numbers_found(&app, &json!({})).await, ["Z3", "Z2", "Z1"]);
        assert!(numbers_found(&app, &json!({"subjectNatuurlijkPersoon__inpBsn": ""})).await.is_empty());
    }

    async fn refuses_what_the_list_refuses(database: Database) {
        let app = App::start(&database, &[("OPENKLANT_IGNORE_UNKNOWN_PARAMETERS", "true")]).await;
        let search = async |body: Value| app.client().post(SEARCH, &body).await;
        // Strict whatever the setting says: no client of 1.0.0 calls this.
        search(json!({"inpBsn": BSN})).await.refused(&[("nonFieldErrors", "unknown-parameters")]);
        search(json!({"bronorganisatie": "123"})).await.refused(&[("bronorganisatie", "invalid-length")]);
        search(json!({"achternaam": ["a", "b"]})).await.refused(&[("achternaam", "invalid")]);
        search(json!([])).await.refused(&[("nonFieldErrors", "invalid")]);
        search(json!({"page": 2})).await.fault(404, "not_found");
        search(json!({"page": "nul"})).await.fault(404, "not_found");
        app.client().get(SEARCH).await.fault(405, "method_not_allowed");
        let writer = app.client_with(&["klanten.aanmaken"]).await;
        writer.post(SEARCH, &json!({})).await.fault(403, "permission_denied");
    }

    async fn pages_by_the_body_and_keeps_the_search_out_of_links(app: App) {
        for number in 0..101 {
            app.client().post(KLANTEN, &klant(&format!("P{number}"))).await.is(201);
        }
        let body = json!({"subjectNatuurlijkPersoon__inpBsn": BSN});
        let first = app.client().post(SEARCH, &body).await.expect(200).json();
        assert_eq!(first["count"], 101);
        assert_eq!(first["next"], json!(format!("{}{SEARCH}", app.base())));
        assert_eq!(first["previous"], Value::Null);
        let body = json!({"subjectNatuurlijkPersoon__inpBsn": BSN, "page": 2});
        let second = app.client().post(SEARCH, &body).await.expect(200).json();
        assert_eq!(second["results"].as_array().map(Vec::len), Some(1));
        assert_eq!(second["next"], Value::Null);
        assert_eq!(second["previous"], json!(format!("{}{SEARCH}", app.base())));
    }

    async fn writes_nothing(app: App) {
        app.client().post(SEARCH, &json!({})).await.is(200);
        assert!(app.outbox().await.is_empty());
    }
}
