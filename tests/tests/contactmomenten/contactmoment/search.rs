//! Searching by POST, so that nothing of a citizen stands in a URL (AFWIJKING).

use openklant_tests::fixtures::CONTACTMOMENTEN;
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

use crate::given;

const SEARCH: &str = "/contactmomenten/api/v1/contactmomenten/_zoek";

async fn search(app: &App, body: &Value) -> Value {
    app.client().post(SEARCH, body).await.expect(200).json()
}

fn kanalen(answer: &Value) -> Vec<&str> {
    let results = answer["results"].as_array().expect("results");
    results
        .iter()
        .map(|found| found["kanaal"].as_str().expect("a kanaal"))
        .collect()
}

on_both! {
    async fn finds_orders_and_expands_as_the_list_does(app: App) {
        let (anna, bea) = (given::klant(&app, "A1").await, given::klant(&app, "B1").await);
        for (kanaal, klant) in [("a", &anna), ("b", &bea), ("c", &anna), ("d", &bea)] {
            let contactmoment = given::contactmoment(&app, &json!({"kanaal": kanaal})).await;
            given::klantcontactmoment(&app, &contactmoment, klant, "belanghebbende").await;
        }
        given::contactmoment(&app, &json!({"kanaal": "e"})).await;

        let one = search(&app, &json!({"klant": anna, "ordering": "-kanaal"})).await;
        assert_eq!((kanalen(&one), &one["count"]), (vec!["c", "a"], &json!(2)));
        let both = json!({"klant": [anna, bea], "ordering": ["kanaal"], "expand": ["klantcontactmomenten"]});
        let both = search(&app, &both).await;
        assert_eq!(kanalen(&both), ["a", "b", "c", "d"]);
        assert_eq!(both["results"][0]["klantcontactmomenten"][0]["klant"], json!(anna));
        let listed = app.client().get(format!("{CONTACTMOMENTEN}?kanaal=e")).await.expect(200).json();
        assert_eq!(search(&app, &json!({"kanaal": "e"})).await["results"], listed["results"]);
    }

    async fn refuses_what_the_list_refuses(app: App) {
        let client = app.client();
        for (body, name, code) in [
            (json!({"kleur": "rood"}), "nonFieldErrors", "unknown-parameters"),
            (json!({"registratiedatum__gt": "gisteren"}), "registratiedatum__gt", "invalid"),
            (json!({"expand": ["kleur"]}), "expand", "invalid_choice"),
            (json!({"ordering": "kleur"}), "ordering", "invalid_choice"),
            (json!({"kanaal": {"naam": "balie"}}), "kanaal", "invalid"),
            (json!("kanaal"), "nonFieldErrors", "invalid"),
        ] {
            client.post(SEARCH, &body).await.refused(&[(name, code)]);
        }
        client.post(SEARCH, &json!({"page": 2})).await.fault(404, "not_found");
        let writer = app.client_with(&["contactmomenten.aanmaken"]).await;
        writer.post(SEARCH, &json!({})).await.fault(403, "permission_denied");
        assert!(app.outbox().await.is_empty());
    }
}
