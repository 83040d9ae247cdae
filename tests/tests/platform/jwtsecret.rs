//! Registering a client id and its secret over HTTP.

use openklant_shared::domain::applicatie::Component;
use openklant_tests::fixtures::KLANTEN;
use openklant_tests::tokens::Credential;
use openklant_tests::{App, on_both, wait};
use serde_json::json;

const SCOPE: &str = "autorisaties.credentials-registreren";
const PATHS: [&str; 2] = ["/klanten/api/v1/jwtsecret/", "/contactmomenten/api/v1/jwtsecret/"];

on_both! {
    async fn a_client_id_is_registered_under_either_api(app: App) {
        let client = app.client_within(Component::Ac, &[SCOPE]).await;
        for (path, identifier) in PATHS.into_iter().zip(["een", "twee"]) {
            let body = json!({"identifier": identifier, "secret": "geheim van een nieuwe"});
            let answer = client.post(path, &body).await.expect(201);
            assert_eq!(answer.json(), body);
            client.post(path, &body).await.fault(400, "invalid");
            let params = client.post(path, &body).await.json()["invalidParams"].clone();
            assert_eq!((&params[0]["name"], &params[0]["code"]), (&json!("identifier"), &json!("unique")));
            let credential = Credential {
                client_id: identifier.to_owned(),
                secret: "geheim van een nieuwe".to_owned(),
            };
            let known = app.with_token(&credential.token(app.clock().now()));
            wait::until_found("the client id is known", async || {
                let answer = known.get(KLANTEN).await;
                (answer.json()["code"] == "permission_denied").then_some(())
            }).await;
        }
        let stored = app.probe().texts("SELECT secret FROM client_credential").await;
        assert!(!stored.iter().any(|text| text.contains("geheim van een nieuwe")));
        let log = app.probe().texts("SELECT detail FROM operator_log ORDER BY id").await;
        assert_eq!(log, ["client id een", "client id twee"]);
    }

    async fn it_asks_for_its_scope_within_its_component(app: App) {
        let body = json!({"identifier": "een", "secret": "s"});
        for path in PATHS {
            app.anonymous().post(path, &body).await.fault(403, "permission_denied");
            for (component, scope) in [(Component::Kc, SCOPE), (Component::Cmc, SCOPE), (Component::Ac, "klanten.lezen")] {
                let client = app.client_within(component, &[scope]).await;
                client.post(path, &body).await.fault(403, "permission_denied");
            }
            app.client().get(path).await.fault(405, "method_not_allowed");
        }
        let registered = app.probe().texts("SELECT client_id FROM client_credential WHERE client_id = 'een'").await;
        assert!(registered.is_empty());
    }

    async fn what_is_wrong_is_told_by_field(app: App) {
        let cases = [
            (json!({}), vec![("identifier", "required"), ("secret", "required")]),
            (json!({"identifier": null, "secret": ""}), vec![("identifier", "null"), ("secret", "blank")]),
            (json!({"identifier": "a".repeat(51), "secret": "s".repeat(256)}),
                vec![("identifier", "max_length"), ("secret", "max_length")]),
            (json!({"identifier": "a\u{0}b", "secret": "s"}), vec![("identifier", "null_characters_not_allowed")]),
        ];
        for (body, expected) in cases {
            let answer = app.client().post(PATHS[0], &body).await.expect(400).json();
            let params = answer["invalidParams"].as_array().expect("faults by field").clone();
            let found: Vec<(&str, &str)> = params
                .iter()
                .map(|param| (param["name"].as_str().unwrap_or_default(), param["code"].as_str().unwrap_or_default()))
                .collect();
            assert_eq!(found, expected, "{body}");
        }
    }
}
