//! What may be asked for and sent (section 1.3 of the behaviour of 1.0.0; decision 1).

use openklant_tests::fixtures::{KLANTEN, NOBODY, klant};
use openklant_tests::{App, on_both};
use serde_json::json;

use crate::resources::{LISTS, one_of_each, rows};

on_both! {
    async fn json_and_problem_json_are_acceptable_on_every_call(app: App) {
        let client = app.client();
        let accepted = [
            "application/json",
            "application/problem+json",
            "application/*",
            "*/*",
            "application/json; charset=utf-8",
            "text/html, application/json;q=0.5",
        ];
        for (nr, accept) in accepted.into_iter().enumerate() {
            client.get(KLANTEN).header("Accept", accept).await.is(200);
            let made = client
                .post(KLANTEN, &klant(&format!("M{nr}")))
                .header("Accept", accept)
                .await
                .expect(201);
            client.get(made.url()).header("Accept", accept).await.is(200);
            client
                .get(format!("{}/audittrail", made.url()))
                .header("Accept", accept)
                .await
                .is(200);
            client
                .patch(made.url(), &json!({}))
                .header("Accept", accept)
                .await
                .is(200);
            client.delete(made.url()).header("Accept", accept).await.is(204);
            client
                .get(made.url())
                .header("Accept", accept)
                .await
                .fault(404, "not_found");
        }
    }

    async fn anything_else_is_not_acceptable(app: App) {
        for list in LISTS {
            for accept in [
                "text/html",
                "text/*",
                "application/xml",
                "application/hal+json",
                "image/png, text/plain",
            ] {
                let answer = app.client().get(list).header("Accept", accept).await;
                answer.fault(406, "not_acceptable");
            }
            for accept in [
                "application/json",
                "application/problem+json",
                "application/*",
                "*/*",
            ] {
                app.client().get(list).header("Accept", accept).await.is(200);
            }
        }
    }

    async fn answers_are_json_and_refusals_are_problem_json(app: App) {
        let client = app.client();
        let made = client.post(KLANTEN, &klant("M1")).await.expect(201);
        for answer in [client.get(KLANTEN).await, client.get(made.url()).await, made] {
            assert_eq!(answer.header("content-type"), Some("application/json"));
        }
        client
            .get(format!("{KLANTEN}/{NOBODY}"))
            .await
            .fault(404, "not_found");
    }

    async fn a_body_must_be_json(app: App) {
        let client = app.client();
        for resource in one_of_each(&app).await {
            let before = rows(&app).await;
            let body = resource.body.to_string();
            for media_type in [
                "text/plain",
                "application/xml",
                "multipart/form-data; boundary=x",
                "application/merge-patch+json",
            ] {
                for (method, path) in [("POST", resource.list), ("PUT", resource.url.as_str())] {
                    let call = client.request(method, path).content(media_type, body.clone());
                    call.await.fault(415, "unsupported_media_type");
                }
            }
            client
                .request("POST", resource.list)
                .bytes(body)
                .await
                .fault(415, "unsupported_media_type");
            assert_eq!(rows(&app).await, before);
        }
    }

    async fn parameters_of_the_media_type_are_allowed(app: App) {
        let media_types = [
            "application/json; charset=utf-8",
            "application/json;charset=UTF-8",
            "Application/JSON",
        ];
        for (nr, media_type) in media_types.into_iter().enumerate() {
            let body = klant(&format!("M{nr}")).to_string();
            app.client()
                .request("POST", KLANTEN)
                .content(media_type, body)
                .await
                .is(201);
        }
    }

    async fn no_body_is_an_empty_object(app: App) {
        let client = app.client();
        for resource in one_of_each(&app).await {
            let required: Vec<(&str, &str)> =
                resource.required.iter().map(|name| (*name, "required")).collect();
            client.request("POST", resource.list).await.refused(&required);
            client
                .request("POST", resource.list)
                .content("application/json", "")
                .await
                .refused(&required);
            let before = client.get(&resource.url).await.json();
            let unchanged = client.request("PATCH", &resource.url).await.expect(200);
            assert_eq!(unchanged.json(), before);
            client.request("PUT", &resource.url).await.refused(&required);
        }
    }

    async fn titles_name_what_was_refused(app: App) {
        let client = app.client();
        let method = client.delete(KLANTEN).await.json();
        assert!(
            method["title"]
                .as_str()
                .is_some_and(|title| title.contains("DELETE")),
            "{method}"
        );
        let media_type = client
            .request("POST", KLANTEN)
            .content("text/csv", "x")
            .await
            .json();
        assert!(
            media_type["title"]
                .as_str()
                .is_some_and(|title| title.contains("text/csv")),
            "{media_type}"
        );
    }
}
