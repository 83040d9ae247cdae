//! Pages for people and machines that need no token: health, the roots, documents and references.

use openklant_tests::{App, on_both};
use serde_json::json;

on_both! {
    async fn health_answers_under_every_name_and_any_host(app: App) {
        for path in ["/health/live", "/health/ready", "/_healthz/", "/_healthz/livez/", "/_healthz/readyz/"] {
            for host in ["127.0.0.1", "10.1.2.3:8000", "openklant"] {
                app.anonymous().calling(host).get(path).await.is(200);
            }
            app.anonymous().head(path).await.is(200);
        }
    }

    async fn pages_for_people_are_html(app: App) {
        for path in ["/", "/klanten/", "/ref/scopes/", "/ref/kanalen/", "/ref/fouten/NotFound/", "/klanten/api/v1/schema/"] {
            let page = app.anonymous().get(path).header("Accept", "text/html,application/xhtml+xml").await.expect(200);
            let media_type = page.header("content-type").unwrap_or_default();
            assert!(media_type.starts_with("text/html"), "{path}: {media_type}");
            assert!(page.text().contains("<html"), "{path}");
        }
        let kanalen = app.anonymous().get("/ref/kanalen/").await;
        assert!(kanalen.text().contains("id=\"klanten\""), "the anchor that a registration names");
        let scopes = app.anonymous().get("/ref/scopes/").await;
        assert!(scopes.text().contains("klanten.verwijderen") && scopes.text().contains("audittrails.lezen"));
    }

    async fn an_unknown_kind_of_fault_has_no_page(app: App) {
        app.anonymous().get("/ref/fouten/Onzin/").await.fault(404, "not_found");
    }

    async fn the_type_of_every_fault_leads_to_its_page(app: App) {
        let client = app.client();
        let list = "/klanten/api/v1/klanten";
        for fault in [
            client.post(list, &json!({})).await,
            client.request("POST", list).content("application/json", "{").await,
            client.request("POST", list).content("text/plain", "x").await,
            client.delete(list).await,
            client.get("/nergens").await,
            client.get(list).header("Accept", "text/html").await,
            app.anonymous().get(list).await,
        ] {
            app.anonymous().get(fault.field("type")).await.is(200);
        }
    }

    async fn the_document_is_for_everyone(app: App) {
        for path in ["/klanten/api/v1/schema/openapi.json", "/klanten/api/v1/openapi.json", "/klanten/api/v1/schema/openapi.json?v=3"] {
            let document = app.anonymous().get(path).await.expect(200);
            assert_eq!(document.header("x-oas-version"), Some("3.0.0"), "{path}");
            let server = document.json()["servers"][0]["url"].clone();
            assert_eq!(server, json!(format!("{}/klanten/api/v1", app.base())), "{path}");
        }
        let cors = app.anonymous().get("/klanten/api/v1/openapi.json").await;
        assert_eq!(cors.header("access-control-allow-origin"), Some("*"));
        let yaml = app.anonymous().get("/klanten/api/v1/schema/openapi.yaml").await.expect(200);
        assert!(yaml.header("content-type").is_some_and(|kind| kind.starts_with("application/yaml")));
        let parsed: serde_json::Value = serde_yaml_ng::from_str(yaml.text()).expect("the document is YAML");
        let json = app.anonymous().get("/klanten/api/v1/schema/openapi.json").await.json();
        assert_eq!(parsed, json, "both forms say the same");
    }

    async fn the_root_names_what_there_is(app: App) {
        let root = app.anonymous().get("/klanten/api/v1/").await.expect(200);
        assert_eq!(root.json(), json!({"klanten": format!("{}/klanten/api/v1/klanten", app.base())}));
        assert_eq!(root.header("content-type"), Some("application/json"));
    }
}
