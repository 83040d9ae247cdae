//! When several things are wrong, which one is told: path, `Accept`, method, permission, existence, then query or body.

use openklant_tests::fixtures::{KLANTEN, NOBODY};
use openklant_tests::{App, on_both};
use serde_json::json;

use crate::resources::one_of_each;

on_both! {
    async fn the_path_comes_before_the_media_type(app: App) {
        for path in ["/nergens", "/klanten/api/v2/klanten", "/klanten/api/v1/klanten/"] {
            let call = app.anonymous().delete(path).header("Accept", "text/html");
            call.await.fault(404, "not_found");
        }
    }

    async fn the_media_type_comes_before_the_method(app: App) {
        let call = app.anonymous().delete(KLANTEN).header("Accept", "text/html");
        call.await.fault(406, "not_acceptable");
    }

    async fn the_method_comes_before_the_permission(app: App) {
        app.anonymous()
            .delete(KLANTEN)
            .await
            .fault(405, "method_not_allowed");
        app.anonymous()
            .post(format!("{KLANTEN}/{NOBODY}"), &json!({}))
            .await
            .fault(405, "method_not_allowed");
    }

    async fn the_permission_comes_before_existence_query_and_body(app: App) {
        let reader = app.client_with(&["klanten.lezen"]).await;
        let unknown = format!("{KLANTEN}/{NOBODY}");
        reader
            .patch(&unknown, &json!({}))
            .await
            .fault(403, "permission_denied");
        reader
            .request("POST", KLANTEN)
            .content("text/plain", "x")
            .await
            .fault(403, "permission_denied");
        reader
            .request("POST", KLANTEN)
            .content("application/json", "{")
            .await
            .fault(403, "permission_denied");
        app.anonymous()
            .get(format!("{KLANTEN}?kleur=rood"))
            .await
            .fault(403, "permission_denied");
    }

    async fn existence_comes_before_the_body(app: App) {
        for resource in one_of_each(&app).await {
            for id in [NOBODY, "geen-uuid"] {
                let (client, path) = (app.client(), format!("{}/{id}", resource.list));
                client
                    .request("PATCH", &path)
                    .content("text/plain", "x")
                    .await
                    .fault(404, "not_found");
                client
                    .request("PUT", &path)
                    .content("application/json", "{")
                    .await
                    .fault(404, "not_found");
                client.patch(&path, &json!([])).await.fault(404, "not_found");
            }
        }
    }

    async fn the_media_type_of_the_body_comes_before_its_content(app: App) {
        for resource in one_of_each(&app).await {
            let client = app.client();
            client
                .request("PATCH", &resource.url)
                .content("text/plain", "{")
                .await
                .fault(415, "unsupported_media_type");
            client
                .request("PATCH", &resource.url)
                .content("application/json", "{")
                .await
                .fault(400, "parse_error");
        }
    }
}
