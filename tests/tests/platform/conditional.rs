//! `ETag`, `If-None-Match` and `If-Match` (decision 19).

use std::future::IntoFuture;

use openklant_tests::fixtures::{KLANTEN, OBJECTCONTACTMOMENTEN, klant, objectcontactmoment};
use openklant_tests::listener::Reply;
use openklant_tests::zaken::ZakenApi;
use openklant_tests::{App, Response, on_both};
use serde_json::json;

use crate::resources::one_of_each;

#[track_caller]
fn etag(answer: &Response) -> String {
    let etag = answer
        .header("etag")
        .unwrap_or_else(|| panic!("an ETag\n{}", answer.describe()));
    assert!(
        etag.len() > 2 && etag.starts_with('"') && etag.ends_with('"'),
        "strong: {etag}"
    );
    etag.to_owned()
}

on_both! {
    async fn an_object_has_a_strong_etag_that_changes_with_it(app: App) {
        let client = app.client();
        let url = client.post(KLANTEN, &klant("E1")).await.expect(201).url();
        let first = etag(&client.get(&url).await);
        assert_eq!(etag(&client.get(&url).await), first);
        assert_eq!(etag(&client.head(&url).await), first);
        client.patch(&url, &json!({})).await.is(200);
        assert_eq!(etag(&client.get(&url).await), first, "nothing changed");
        client.patch(&url, &json!({"voornaam": "Bo"})).await.is(200);
        let second = etag(&client.get(&url).await);
        assert_ne!(second, first);
        client.patch(&url, &json!({"voornaam": ""})).await.is(200);
        assert_eq!(etag(&client.get(&url).await), first, "the same body again");
    }

    async fn a_row_of_the_audit_trail_has_an_etag(app: App) {
        let client = app.client();
        let url = client.post(KLANTEN, &klant("E1")).await.expect(201).url();
        let row = client.get(format!("{url}/audittrail")).await.json()["results"][0]["uuid"].clone();
        let row = format!("{url}/audittrail/{}", row.as_str().expect("a row has a uuid"));
        let tag = etag(&client.get(&row).await);
        client.get(&row).header("If-None-Match", &tag).await.is(304);
    }

    async fn a_known_version_is_not_sent_again(app: App) {
        let client = app.client();
        let url = client.post(KLANTEN, &klant("E1")).await.expect(201).url();
        let tag = etag(&client.get(&url).await);
        for known in [
            tag.clone(),
            format!("W/{tag}"),
            "*".to_owned(),
            format!("\"x\", {tag}"),
            format!("{tag},\"y\""),
        ] {
            for answer in [
                client.get(&url).header("If-None-Match", &known).await,
                client.head(&url).header("If-None-Match", &known).await,
            ] {
                answer.is(304);
                assert!(answer.bytes().is_empty());
                assert_eq!(etag(&answer), tag);
            }
        }
    }

    async fn another_version_is_sent(app: App) {
        let client = app.client();
        let url = client.post(KLANTEN, &klant("E1")).await.expect(201).url();
        let bare = etag(&client.get(&url).await).trim_matches('"').to_owned();
        for known in ["", "\"x\"", "W/\"x\"", "\"x\", \"y\"", bare.as_str()] {
            let answer = client.get(&url).header("If-None-Match", known).await.expect(200);
            assert_eq!(answer.json()["url"], json!(url));
        }
    }

    async fn a_condition_needs_permission_and_an_object(app: App) {
        let url = app.client().post(KLANTEN, &klant("E1")).await.expect(201).url();
        app.anonymous()
            .get(&url)
            .header("If-None-Match", "*")
            .await
            .fault(403, "permission_denied");
        app.client().delete(&url).await.is(204);
        app.client()
            .get(&url)
            .header("If-None-Match", "*")
            .await
            .fault(404, "not_found");
        app.client()
            .delete(&url)
            .header("If-Match", "*")
            .await
            .fault(404, "not_found");
    }

    async fn a_change_of_the_version_that_was_read_succeeds(app: App) {
        let client = app.client();
        let url = client.post(KLANTEN, &klant("E1")).await.expect(201).url();
        for name in ["Bo", "Ids"] {
            let tag = etag(&client.get(&url).await);
            client
                .patch(&url, &json!({"voornaam": name}))
                .header("If-Match", &tag)
                .await
                .is(200);
        }
        client
            .put(&url, &klant("E1"))
            .header("If-Match", "*")
            .await
            .is(200);
        let tag = etag(&client.get(&url).await);
        client
            .delete(&url)
            .header("If-Match", &format!("\"x\", {tag}"))
            .await
            .is(204);
    }

    async fn a_change_of_another_version_is_refused_and_changes_nothing(app: App) {
        let client = app.client();
        let url = client.post(KLANTEN, &klant("E1")).await.expect(201).url();
        let old = etag(&client.get(&url).await);
        client.patch(&url, &json!({"voornaam": "Bo"})).await.is(200);
        let (before, stored) = (app.probe().traces().await, client.get(&url).await.json());
        let current = etag(&client.get(&url).await);
        for condition in [old.as_str(), "\"x\"", &format!("W/{current}")] {
            for call in [
                client.patch(&url, &json!({"voornaam": "Ids"})),
                client.put(&url, &klant("E1")),
                client.delete(&url),
            ] {
                call.header("If-Match", condition)
                    .await
                    .fault(412, "precondition_failed");
            }
        }
        assert_eq!(app.probe().traces().await, before);
        assert_eq!(client.get(&url).await.json(), stored);
    }

    async fn of_two_changes_of_one_version_one_wins(app: App) {
        let client = app.client();
        let url = client.post(KLANTEN, &klant("E1")).await.expect(201).url();
        let tag = etag(&client.get(&url).await);
        let change = |name: &str| {
            client
                .patch(&url, &json!({"voornaam": name}))
                .header("If-Match", &tag)
        };
        let (one, other) = tokio::join!(change("Bo").into_future(), change("Ids").into_future());
        let mut statuses = [one.status(), other.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }

    async fn the_same_holds_for_every_resource(app: App) {
        let (client, zaken) = (app.client(), ZakenApi::start().await);
        let resources = one_of_each(&app).await;
        let object = objectcontactmoment(&resources[1].url, &zaken.zaak("een"));
        let object = client
            .post(OBJECTCONTACTMOMENTEN, &object)
            .await
            .expect(201)
            .url();
        let mut urls = resources.map(|resource| resource.url).to_vec();
        urls.push(object.clone());
        zaken.answers_relations(Reply::json(200, &json!([])));
        for url in urls.iter().rev() {
            let tag = etag(&client.get(url).await);
            for known in [tag.as_str(), &format!("\"x\", W/{tag}"), "*"] {
                client.get(url).header("If-None-Match", known).await.is(304);
                client.head(url).header("If-None-Match", known).await.is(304);
            }
            for unknown in ["", "\"x\""] {
                client.get(url).header("If-None-Match", unknown).await.is(200);
            }
            for condition in ["\"x\"", &format!("W/{tag}")] {
                client
                    .delete(url)
                    .header("If-Match", condition)
                    .await
                    .fault(412, "precondition_failed");
                if *url != object {
                    client
                        .patch(url, &json!({}))
                        .header("If-Match", condition)
                        .await
                        .fault(412, "precondition_failed");
                }
            }
            if *url != object {
                client
                    .patch(url, &json!({}))
                    .header("If-Match", &tag)
                    .await
                    .is(200);
            }
            client.delete(url).header("If-Match", &tag).await.is(204);
        }
    }
}
