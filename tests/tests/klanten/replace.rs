//! PUT of a klant: demands what is required, and keeps what is left out (defect 33 of 1.0.0, kept on purpose).

use openklant_tests::fixtures::{
    KLANTEN, NOBODY, OTHER_RSIN, RSIN, klant, klant_of_type, natuurlijk_persoon, niet_natuurlijk_persoon,
    vestiging,
};
use openklant_tests::{App, on_both};
use serde_json::json;

on_both! {
    async fn what_is_left_out_keeps_its_value(app: App) {
        let client = app.client();
        let url = client
            .post(KLANTEN, &natuurlijk_persoon("R1"))
            .await
            .expect(201)
            .url();
        let mut expected = client.get(&url).await.json();
        let changed = client
            .put(&url, &json!({"bronorganisatie": OTHER_RSIN, "klantnummer": "R9"}))
            .await
            .expect(200)
            .json();
        expected["bronorganisatie"] = json!(OTHER_RSIN);
        expected["klantnummer"] = json!("R9");
        assert_eq!(changed, expected);
    }

    async fn what_was_read_can_be_written_back(app: App) {
        let client = app.client();
        let without_names = klant_of_type("R4", "vestiging", &json!({"vestigingsNummer": "1"}));
        for body in [
            natuurlijk_persoon("R1"),
            niet_natuurlijk_persoon("R2"),
            vestiging("R3"),
            without_names,
            klant("R5"),
        ] {
            let url = client.post(KLANTEN, &body).await.expect(201).url();
            let shown = client.get(&url).await.json();
            assert_eq!(client.put(&url, &shown).await.expect(200).json(), shown);
            assert_eq!(client.patch(&url, &shown).await.expect(200).json(), shown);
            assert_eq!(client.get(&url).await.json(), shown);
        }
    }

    async fn required_keys_are_required(app: App) {
        let client = app.client();
        let url = client.post(KLANTEN, &klant("R1")).await.expect(201).url();
        client
            .put(&url, &json!({"bronorganisatie": RSIN}))
            .await
            .refused(&[("klantnummer", "required")]);
        client
            .put(&url, &json!({"klantnummer": "R1"}))
            .await
            .refused(&[("bronorganisatie", "required")]);
        let null = json!({"bronorganisatie": null, "klantnummer": ""});
        client
            .put(&url, &null)
            .await
            .refused(&[("bronorganisatie", "null"), ("klantnummer", "blank")]);
    }

    async fn the_type_of_subject_may_be_left_out_but_not_changed(app: App) {
        let client = app.client();
        let url = client.post(KLANTEN, &klant("R1")).await.expect(201).url();
        let body = json!({"bronorganisatie": RSIN, "klantnummer": "R1"});
        client.put(&url, &body).await.is(200);
        for other in [json!("vestiging"), json!(null), json!("")] {
            let mut body = body.clone();
            body["subjectType"] = other;
            client
                .put(&url, &body)
                .await
                .refused(&[("subjectType", "wijzigen-niet-toegelaten")]);
        }
    }

    async fn a_list_is_no_klant(app: App) {
        let client = app.client();
        let url = client.post(KLANTEN, &klant("R1")).await.expect(201).url();
        client
            .put(&url, &json!([]))
            .await
            .refused(&[("nonFieldErrors", "invalid")]);
    }

    async fn putting_does_not_create(app: App) {
        app.client()
            .put(format!("{KLANTEN}/{NOBODY}"), &klant("R1"))
            .await
            .fault(404, "not_found");
        assert_eq!(app.probe().traces().await, [0, 0, 0]);
    }
}
