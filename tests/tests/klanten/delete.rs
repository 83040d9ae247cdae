//! DELETE of a klant (section 3.7 of the behaviour of 1.0.0; decision 15).

use openklant_tests::fixtures::{KLANTEN, NOBODY, klant, natuurlijk_persoon};
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

on_both! {
    async fn a_removed_klant_is_gone_everywhere(app: App) {
        let client = app.client();
        let url = client
            .post(KLANTEN, &natuurlijk_persoon("D1"))
            .await
            .expect(201)
            .url();
        let row = client.get(format!("{url}/audittrail")).await.json()["results"][0]["uuid"].clone();
        let row = format!("{url}/audittrail/{}", row.as_str().expect("a row has a uuid"));
        let gone = client.delete(&url).await.expect(204);
        assert!(gone.bytes().is_empty());
        assert_eq!(gone.header("content-type"), None);
        for path in [url.clone(), format!("{url}/audittrail"), row] {
            client.get(path).await.fault(404, "not_found");
        }
        client.delete(&url).await.fault(404, "not_found");
        client.patch(&url, &json!({})).await.fault(404, "not_found");
        assert_eq!(client.get(KLANTEN).await.json()["count"], json!(0));
    }

    async fn its_audit_rows_are_kept_with_one_more(app: App) {
        let client = app.client();
        let url = client.post(KLANTEN, &klant("D1")).await.expect(201).url();
        let shown = client.get(&url).await.json();
        client
            .delete(&url)
            .header("X-Audit-Toelichting", "verzoek tot vergetelheid")
            .await
            .is(204);
        let acties = app
            .probe()
            .texts("SELECT actie FROM audittrail ORDER BY id")
            .await;
        assert_eq!(acties, ["create", "destroy"]);
        let oud = app
            .probe()
            .texts("SELECT oud FROM audittrail WHERE actie = 'destroy' AND nieuw IS NULL AND resultaat = 204")
            .await;
        let oud: Value = serde_json::from_str(&oud[0]).expect("the body before is JSON");
        assert_eq!(oud, shown);
        let who = app
            .probe()
            .texts("SELECT gebruikers_id || ': ' || toelichting FROM audittrail WHERE actie = 'destroy'")
            .await;
        assert_eq!(who, ["fdv: verzoek tot vergetelheid"]);
    }

    async fn its_number_is_free_again(app: App) {
        let client = app.client();
        let first = client.post(KLANTEN, &klant("D1")).await.expect(201).url();
        client.delete(&first).await.is(204);
        let second = client.post(KLANTEN, &klant("D1")).await.expect(201).url();
        assert_ne!(first, second);
        assert_eq!(
            client.get(format!("{second}/audittrail")).await.json()["count"],
            json!(1)
        );
    }

    async fn others_stay(app: App) {
        let client = app.client();
        let one = client
            .post(KLANTEN, &natuurlijk_persoon("D1"))
            .await
            .expect(201)
            .url();
        let other = client.post(KLANTEN, &natuurlijk_persoon("D2")).await.expect(201);
        client.delete(&one).await.is(204);
        assert_eq!(client.get(other.url()).await.json(), other.json());
    }

    async fn a_body_is_passed_over(app: App) {
        let client = app.client();
        let url = client.post(KLANTEN, &klant("D1")).await.expect(201).url();
        client.delete(&url).content("application/json", "{").await.is(204);
    }

    async fn nobody_cannot_be_removed(app: App) {
        app.client()
            .delete(format!("{KLANTEN}/{NOBODY}"))
            .await
            .fault(404, "not_found");
        assert_eq!(app.probe().traces().await, [0, 0, 0]);
    }
}
