//! PUT and PATCH of a klantcontactmoment, which only Open Klant has.

use openklant_tests::fixtures::{KLANTCONTACTMOMENTEN, NOBODY, klantcontactmoment};
use openklant_tests::remote::Remote;
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

use crate::given;

/// The one column that is copied, beside the one it is a copy of.
const COPIED: &str = "SELECT CASE WHEN k.registratiedatum = c.registratiedatum THEN 'same' ELSE 'different' END \
     FROM klantcontactmoment k JOIN contactmoment c ON c.id = k.contactmoment_id";

on_both! {
    async fn patch_changes_what_is_named(app: App) {
        let (client, remote) = (app.client(), Remote::start().await);
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let other = given::contactmoment(&app, &json!({"registratiedatum": "2020-01-01T00:00:00Z"})).await;
        let own = given::klant(&app, "K1").await;
        let url =
            given::klantcontactmoment(&app, &contactmoment, &remote.url("/ok/1"), "belanghebbende").await;
        let mut expected = client.get(&url).await.json();
        for change in [
            json!({}),
            json!({"gelezen": true}),
            json!({"rol": "gesprekspartner"}),
            json!({"klant": own}),
            json!({"klant": remote.url("/ok/2")}),
            json!({"contactmoment": other}),
            json!({"gelezen": false, "rol": "belanghebbende", "url": "x", "kleur": "rood"}),
        ] {
            openklant_tests::fixtures::merge(&mut expected, &change);
            expected["url"] = json!(url);
            expected.as_object_mut().expect("an object").remove("kleur");
            assert_eq!(
                client.patch(&url, &change).await.expect(200).json(),
                expected,
                "{change}"
            );
            assert_eq!(client.get(&url).await.json(), expected, "{change}");
        }
        assert_eq!(
            client.get(&contactmoment).await.json()["klantcontactmomenten"],
            json!([])
        );
        assert_eq!(
            client.get(&other).await.json()["klantcontactmomenten"],
            json!([url])
        );
        assert_eq!(app.probe().texts(COPIED).await, ["same"]);
    }

    async fn put_demands_three_and_keeps_the_fourth(app: App) {
        let (client, remote) = (app.client(), Remote::start().await);
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let url =
            given::klantcontactmoment(&app, &contactmoment, &remote.url("/ok/1"), "belanghebbende").await;
        client.patch(&url, &json!({"gelezen": true})).await.is(200);
        let put = client
            .put(&url, &klantcontactmoment(&contactmoment, &remote.url("/ok/2")))
            .await;
        assert_eq!(put.expect(200).json()["gelezen"], Value::Bool(true));
        client.put(&url, &json!({"gelezen": false})).await.refused(&[
            ("contactmoment", "required"),
            ("klant", "required"),
            ("rol", "required"),
        ]);
        client
            .put(&url, &json!([]))
            .await
            .refused(&[("nonFieldErrors", "invalid")]);
        client
            .patch(&url, &json!([]))
            .await
            .refused(&[("nonFieldErrors", "invalid")]);
    }

    async fn the_same_checks_hold_as_for_a_new_one(app: App) {
        let (client, remote) = (app.client(), Remote::start().await);
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let url =
            given::klantcontactmoment(&app, &contactmoment, &remote.url("/ok/1"), "belanghebbende").await;
        let before = client.get(&url).await.json();
        for (change, told) in [
            (
                json!({"klant": remote.url("/weg/1")}),
                &[("klant", "bad-url")][..],
            ),
            (json!({"klant": "x"}), &[("klant", "invalid")]),
            (json!({"contactmoment": null}), &[("contactmoment", "null")]),
            (
                json!({"contactmoment": "x", "rol": ""}),
                &[("contactmoment", "no_match"), ("rol", "invalid_choice")],
            ),
            (json!({"gelezen": null}), &[("gelezen", "null")]),
        ] {
            client.patch(&url, &change).await.refused(told);
        }
        assert_eq!(client.get(&url).await.json(), before);
        for id in [NOBODY, "nope"] {
            let nothing = format!("{KLANTCONTACTMOMENTEN}/{id}");
            client.patch(&nothing, &json!([])).await.fault(404, "not_found");
            client.put(&nothing, &json!({})).await.fault(404, "not_found");
        }
    }

    async fn a_change_may_not_make_two_of_the_same(app: App) {
        let (client, remote) = (app.client(), Remote::start().await);
        let unique = [("nonFieldErrors", "unique")];
        let own = given::klant(&app, "K1").await;
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        for klant in [own, remote.url("/ok/1")] {
            given::klantcontactmoment(&app, &contactmoment, &klant, "belanghebbende").await;
            let second = given::klantcontactmoment(&app, &contactmoment, &klant, "gesprekspartner").await;
            client
                .patch(&second, &json!({"rol": "belanghebbende"}))
                .await
                .refused(&unique);
            client
                .put(&second, &klantcontactmoment(&contactmoment, &klant))
                .await
                .refused(&unique);
            client
                .patch(&second, &json!({"rol": "gesprekspartner", "gelezen": true}))
                .await
                .is(200);
        }
        let third =
            given::klantcontactmoment(&app, &contactmoment, &remote.url("/ok/9"), "belanghebbende").await;
        client
            .patch(&third, &json!({"klant": remote.url("/ok/1")}))
            .await
            .refused(&unique);
    }

    async fn the_klant_is_only_asked_for_when_it_is_named(app: App) {
        let (client, remote) = (app.client(), Remote::start().await);
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let url =
            given::klantcontactmoment(&app, &contactmoment, &remote.url("/ok/1"), "belanghebbende").await;
        client.patch(&url, &json!({"gelezen": true})).await.is(200);
        assert_eq!(remote.seen().len(), 1);
        client
            .patch(&url, &json!({"klant": remote.url("/ok/1")}))
            .await
            .is(200);
        assert_eq!(remote.seen().len(), 2);
    }

    async fn a_moment_that_changes_is_copied(app: App) {
        let remote = Remote::start().await;
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        given::klantcontactmoment(&app, &contactmoment, &remote.url("/ok/1"), "belanghebbende").await;
        app.client()
            .patch(
                &contactmoment,
                &json!({"registratiedatum": "2020-01-01T00:00:00Z"}),
            )
            .await
            .is(200);
        given::klantcontactmoment(&app, &contactmoment, &remote.url("/ok/2"), "belanghebbende").await;
        assert_eq!(app.probe().texts(COPIED).await, ["same", "same"]);
    }
}
