//! Pages that need no token: where they are and what they must say. `reference.rs` looks at how they are made.

use openklant_tests::{App, on_both};
use serde_json::json;

on_both! {
    async fn pages_for_people_are_html(app: App) {
        for path in [
            "/",
            "/klanten/",
            "/ref/scopes/",
            "/ref/kanalen/",
            "/ref/fouten/NotFound/",
            "/klanten/api/v1/schema/",
        ] {
            let page = app
                .anonymous()
                .get(path)
                .header("Accept", "text/html,application/xhtml+xml")
                .await
                .expect(200);
            let media_type = page.header("content-type").unwrap_or_default();
            assert!(media_type.starts_with("text/html"), "{path}: {media_type}");
            assert!(page.text().contains("<html"), "{path}");
        }
        let kanalen = app.anonymous().get("/ref/kanalen/").await;
        assert!(
            kanalen.text().contains("id=\"klanten\""),
            "the anchor that a registration names"
        );
        let scopes = app.anonymous().get("/ref/scopes/").await;
        assert!(scopes.text().contains("klanten.verwijderen") && scopes.text().contains("audittrails.lezen"));
    }

    async fn an_unknown_kind_of_fault_has_no_page(app: App) {
        app.anonymous()
            .get("/ref/fouten/Onzin/")
            .await
            .fault(404, "not_found");
    }

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
