//! HEAD, OPTIONS, `Allow`, and methods that a path does not know.

use std::collections::BTreeSet;

use openklant_tests::fixtures::{
    CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, KLANTEN, OBJECTCONTACTMOMENTEN, klant,
};
use openklant_tests::{App, Database, Response, on_both};
use serde_json::json;

const OF_A_LIST: [&str; 4] = ["GET", "HEAD", "OPTIONS", "POST"];
const OF_A_KLANT: [&str; 6] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "PUT"];
const OF_A_TRAIL: [&str; 3] = ["GET", "HEAD", "OPTIONS"];

#[track_caller]
fn allows(answer: &Response, methods: &[&str]) {
    let allow = answer
        .header("allow")
        .unwrap_or_else(|| panic!("Allow\n{}", answer.describe()));
    let found: BTreeSet<&str> = allow.split(',').map(str::trim).collect();
    assert_eq!(found, methods.iter().copied().collect());
}

on_both! {
    async fn head_is_get_without_the_body(app: App) {
        let client = app.client();
        let url = client.post(KLANTEN, &klant("H1")).await.expect(201).url();
        for path in [
            KLANTEN.to_owned(),
            url.clone(),
            format!("{url}/audittrail"),
            format!("{KLANTEN}?klantnummer=x"),
        ] {
            let (get, head) = (client.get(&path).await, client.head(&path).await);
            head.is(200);
            assert!(head.bytes().is_empty());
            for header in ["content-type", "content-length", "etag", "api-version", "allow"] {
                assert_eq!(head.header(header), get.header(header), "{header} of {path}");
            }
            assert_eq!(
                get.header("content-length"),
                Some(get.bytes().len().to_string().as_str())
            );
        }
        assert_eq!(client.head(format!("{KLANTEN}?kleur=rood")).await.status(), 400);
        assert_eq!(client.head(format!("{url}x")).await.status(), 404);
    }

    async fn options_tells_what_a_path_knows(app: App) {
        let url = app.client().post(KLANTEN, &klant("H1")).await.expect(201).url();
        for client in [app.client(), app.anonymous()] {
            for (path, methods) in [
                (KLANTEN.to_owned(), &OF_A_LIST[..]),
                (url.clone(), &OF_A_KLANT[..]),
                (format!("{url}/audittrail"), &OF_A_TRAIL[..]),
                (format!("{url}/audittrail/x"), &OF_A_TRAIL[..]),
            ] {
                let answer = client.options(&path).await.expect(204);
                assert!(answer.bytes().is_empty());
                allows(&answer, methods);
            }
        }
        app.anonymous().options("/nergens").await.fault(404, "not_found");
    }

    async fn every_answer_tells_what_is_allowed(app: App) {
        let client = app.client();
        let made = client.post(KLANTEN, &klant("H1")).await.expect(201);
        allows(&made, &OF_A_LIST);
        allows(&client.get(KLANTEN).await, &OF_A_LIST);
        allows(&client.post(KLANTEN, &json!({})).await, &OF_A_LIST);
        allows(&app.anonymous().get(KLANTEN).await, &OF_A_LIST);
        allows(&client.get(made.url()).await, &OF_A_KLANT);
        allows(&client.delete(made.url()).await, &OF_A_KLANT);
        allows(&client.get(made.url()).await, &OF_A_KLANT);
    }

    async fn a_method_that_a_path_does_not_know(app: App) {
        let client = app.client();
        let url = client.post(KLANTEN, &klant("H1")).await.expect(201).url();
        let before = app.probe().traces().await;
        for (method, path, methods) in [
            ("PUT", KLANTEN.to_owned(), &OF_A_LIST[..]),
            ("PATCH", KLANTEN.to_owned(), &OF_A_LIST[..]),
            ("DELETE", KLANTEN.to_owned(), &OF_A_LIST[..]),
            ("TRACE", KLANTEN.to_owned(), &OF_A_LIST[..]),
            ("GEEF", KLANTEN.to_owned(), &OF_A_LIST[..]),
            ("POST", url.clone(), &OF_A_KLANT[..]),
            ("POST", format!("{url}/audittrail"), &OF_A_TRAIL[..]),
            ("DELETE", format!("{url}/audittrail"), &OF_A_TRAIL[..]),
            ("PATCH", format!("{url}/audittrail/x"), &OF_A_TRAIL[..]),
        ] {
            let answer = client
                .request(method, &path)
                .content("application/json", "{}")
                .await;
            answer.fault(405, "method_not_allowed");
            allows(&answer, methods);
        }
        assert_eq!(app.probe().traces().await, before);
    }

    async fn no_page_elsewhere_may_read_unless_told(app: App) {
        for call in [app.client().get(KLANTEN), app.anonymous().options(KLANTEN)] {
            let answer = call
                .header("Origin", "https://portaal.example.nl")
                .header("Access-Control-Request-Method", "GET")
                .await;
            let cors = answer
                .headers()
                .iter()
                .find(|(name, _)| name.to_lowercase().starts_with("access-control-"));
            assert_eq!(cors, None);
        }
    }

    async fn pages_of_a_configured_origin_may_read(database: Database) {
        let app = App::start(
            &database,
            &[("OPENKLANT_CORS_ALLOWED_ORIGINS", "https://portaal.example.nl")],
        )
        .await;
        for call in [
            app.client().get(KLANTEN),
            app.anonymous().get(KLANTEN),
            app.anonymous().options(KLANTEN),
        ] {
            let answer = call.clone().header("Origin", "https://portaal.example.nl").await;
            assert_eq!(
                answer.header("access-control-allow-origin"),
                Some("https://portaal.example.nl")
            );
            let other = call.header("Origin", "https://elders.example").await;
            assert_eq!(other.header("access-control-allow-origin"), None);
        }
        let preflight = app
            .anonymous()
            .options(KLANTEN)
            .header("Origin", "https://portaal.example.nl")
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "authorization")
            .await;
        let allowed = preflight
            .header("access-control-allow-headers")
            .unwrap_or_default()
            .to_lowercase();
        assert!(allowed.contains("authorization"), "{}", preflight.describe());
    }

    async fn each_resource_of_contactmomenten_knows_its_own_methods(app: App) {
        let everybody = app.anonymous();
        for (path, methods) in [
            (CONTACTMOMENTEN.to_owned(), &OF_A_LIST[..]),
            (format!("{CONTACTMOMENTEN}/x"), &OF_A_KLANT[..]),
            (format!("{CONTACTMOMENTEN}/x/audittrail"), &OF_A_TRAIL[..]),
            (format!("{CONTACTMOMENTEN}/x/audittrail/y"), &OF_A_TRAIL[..]),
            (KLANTCONTACTMOMENTEN.to_owned(), &OF_A_LIST[..]),
            (format!("{KLANTCONTACTMOMENTEN}/x"), &OF_A_KLANT[..]),
            (OBJECTCONTACTMOMENTEN.to_owned(), &OF_A_LIST[..]),
            (
                format!("{OBJECTCONTACTMOMENTEN}/x"),
                &["DELETE", "GET", "HEAD", "OPTIONS"][..],
            ),
        ] {
            allows(&everybody.options(&path).await.expect(204), methods);
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
                let answer = everybody.request(method, &path).json(&json!({})).await;
                let code = if methods.contains(&method) {
                    "permission_denied"
                } else {
                    "method_not_allowed"
                };
                let status = if methods.contains(&method) { 403 } else { 405 };
                answer.fault(status, code);
                allows(&answer, methods);
            }
        }
    }
}
