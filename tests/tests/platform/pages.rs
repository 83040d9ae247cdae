//! Faults lead to their explanation, and the root of an API to its collections.

use openklant_tests::{App, on_both};
use serde_json::json;

on_both! {
    async fn the_type_of_every_fault_leads_to_its_page(app: App) {
        let client = app.client();
        let list = "/klanten/api/v1/klanten";
        for fault in [
            client.post(list, &json!({})).await,
            client
                .request("POST", list)
                .content("application/json", "{")
                .await,
            client.request("POST", list).content("text/plain", "x").await,
            client.delete(list).await,
            client.get("/nergens").await,
            client.get(list).header("Accept", "text/html").await,
            app.anonymous().get(list).await,
        ] {
            app.anonymous().get(fault.field("type")).await.is(200);
        }
    }

    async fn the_root_names_what_there_is(app: App) {
        let root = app.anonymous().get("/klanten/api/v1/").await.expect(200);
        assert_eq!(
            root.json(),
            json!({"klanten": format!("{}/klanten/api/v1/klanten", app.base())})
        );
        assert_eq!(root.header("content-type"), Some("application/json"));
    }
}
