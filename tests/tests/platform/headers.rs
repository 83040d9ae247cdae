//! Headers that every answer carries.

use openklant_tests::fixtures::{
    CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, KLANTEN, NOBODY, OBJECTCONTACTMOMENTEN, klant,
};
use openklant_tests::{App, Database, on_both};
use serde_json::json;

use crate::resources::one_of_each;

on_both! {
    async fn every_answer_of_an_api_tells_its_version(app: App) {
        let client = app.client();
        let made = client.post(KLANTEN, &klant("V1")).await.expect(201);
        let url = made.url();
        for answer in [
            made,
            client.get(KLANTEN).await,
            client.head(KLANTEN).await,
            client.options(KLANTEN).await,
            client.get(&url).await,
            client.patch(&url, &json!({})).await,
            client.get(format!("{url}/audittrail")).await,
            client.delete(&url).await,
            client.post(KLANTEN, &json!({})).await,
            client.delete(KLANTEN).await,
            client.get(format!("{KLANTEN}/{NOBODY}")).await,
            client.get(KLANTEN).header("Accept", "text/html").await,
            app.anonymous().get(KLANTEN).await,
            client.get(CONTACTMOMENTEN).await,
            client.post(KLANTCONTACTMOMENTEN, &json!({})).await,
            client.get(format!("{OBJECTCONTACTMOMENTEN}/{NOBODY}")).await,
            app.anonymous().get("/klanten/api/v1/").await,
            app.anonymous().get("/contactmomenten/api/v1/").await,
            app.anonymous().get("/klanten/api/v1/openapi.json").await,
        ] {
            assert_eq!(
                answer.header("api-version"),
                Some("1.0.0"),
                "{}",
                answer.describe()
            );
        }
    }

    async fn every_answer_guards_browsers(app: App) {
        let client = app.client();
        for answer in [
            client.get(KLANTEN).await,
            client.post(KLANTEN, &klant("V1")).await,
            client.post(KLANTEN, &json!({})).await,
            app.anonymous().get(KLANTEN).await,
            app.anonymous().get("/nergens").await,
            app.anonymous().get("/").await,
        ] {
            for (name, value) in [
                ("x-frame-options", "DENY"),
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "same-origin"),
            ] {
                assert_eq!(answer.header(name), Some(value), "{name}\n{}", answer.describe());
            }
        }
    }

    async fn personal_data_is_not_kept_on_the_way(app: App) {
        for resource in one_of_each(&app).await {
            for path in [resource.list, &resource.url] {
                let answer = app.client().get(path).await.expect(200);
                let control = answer.header("cache-control").unwrap_or_default();
                assert!(
                    control.contains("no-store") || control.contains("private"),
                    "{}",
                    answer.describe()
                );
            }
        }
    }

    async fn https_only_is_not_demanded_unless_told(app: App) {
        for path in [KLANTEN, "/", "/nergens"] {
            assert_eq!(
                app.client().get(path).await.header("strict-transport-security"),
                None
            );
        }
    }

    async fn https_only_is_demanded_when_told(database: Database) {
        let app = App::start(&database, &[("OPENKLANT_HTTPS", "true")]).await;
        for path in [KLANTEN, "/", "/nergens"] {
            let answer = app.client().get(path).await;
            let header = answer.header("strict-transport-security").unwrap_or_default();
            assert!(header.starts_with("max-age="), "{}", answer.describe());
        }
    }
}
