//! Contactmomenten that follow on each other: on each at most one, never in a loop, seen from both ends, and mended
//! when one goes (section 4.1 of the behaviour of 1.0.0; decisions 10 and 11).

use openklant_tests::fixtures::{CONTACTMOMENTEN, KLANTEN, NOBODY, RSIN, contactmoment_with};
use openklant_tests::{App, Database, on_both};
use serde_json::{Value, json};

use crate::given;

const VORIG: &str = "vorigContactmoment";

fn following(vorig: impl Into<Value>) -> Value {
    json!({VORIG: vorig.into()})
}

/// What a contactmoment follows on and what follows on it, as it is shown alone and in the list.
async fn neighbours(app: &App, url: &str) -> (Value, Value) {
    let alone = app.client().get(url).await.expect(200).json();
    let list = app.client().get(CONTACTMOMENTEN).await.expect(200).json();
    let results = list["results"].as_array().expect("a list has results");
    assert!(results.contains(&alone), "the list shows the same");
    (alone[VORIG].clone(), alone["volgendContactmoment"].clone())
}

/// Three in a row.
async fn three(app: &App) -> [String; 3] {
    let first = given::contactmoment(app, &json!({})).await;
    let second = given::contactmoment(app, &following(first.clone())).await;
    let third = given::contactmoment(app, &following(second.clone())).await;
    [first, second, third]
}

on_both! {
    async fn both_ends_know_of_each_other(app: App) {
        let [first, second, third] = three(&app).await;
        assert_eq!(neighbours(&app, &first).await, (Value::Null, json!(second)));
        assert_eq!(neighbours(&app, &second).await, (json!(first), json!(third)));
        assert_eq!(neighbours(&app, &third).await, (json!(second), Value::Null));
    }

    async fn only_one_follows_on_each(app: App) {
        let [first, second, _] = three(&app).await;
        let other = given::contactmoment(&app, &json!({})).await;
        let client = app.client();
        let unique = [(VORIG, "unique")];
        client
            .post(CONTACTMOMENTEN, &contactmoment_with(&following(first.clone())))
            .await
            .refused(&unique);
        client
            .patch(&other, &following(first.clone()))
            .await
            .refused(&unique);
        client
            .put(&other, &json!({"bronorganisatie": RSIN, VORIG: first}))
            .await
            .refused(&unique);
        assert_eq!(neighbours(&app, &other).await, (Value::Null, Value::Null));
        client.patch(&second, &following(first.clone())).await.is(200);
        assert_eq!(
            neighbours(&app, &first).await.1,
            json!(second),
            "naming it again changes nothing"
        );
    }

    async fn none_follows_on_itself_or_on_what_follows_on_it(app: App) {
        let [first, second, third] = three(&app).await;
        let client = app.client();
        let alone = given::contactmoment(&app, &json!({})).await;
        client
            .patch(&alone, &following(alone.clone()))
            .await
            .refused(&[(VORIG, "invalid")]);
        client
            .put(&alone, &json!({"bronorganisatie": RSIN, VORIG: alone}))
            .await
            .refused(&[(VORIG, "invalid")]);
        client
            .patch(&first, &following(third.clone()))
            .await
            .refused(&[(VORIG, "invalid")]);
        client
            .patch(&first, &following(second.clone()))
            .await
            .refused(&[(VORIG, "unique"), (VORIG, "invalid")]);
        assert_eq!(neighbours(&app, &first).await, (Value::Null, json!(second)));
    }

    async fn a_link_can_be_taken_away_and_given_to_another(app: App) {
        let [first, second, third] = three(&app).await;
        let client = app.client();
        for nothing in [Value::Null, json!("")] {
            client.patch(&second, &following(first.clone())).await.is(200);
            let patched = client.patch(&second, &following(nothing)).await.expect(200);
            assert_eq!(patched.json()[VORIG], Value::Null);
            assert_eq!(neighbours(&app, &first).await, (Value::Null, Value::Null));
        }
        client.patch(&third, &following(first.clone())).await.is(200);
        assert_eq!(neighbours(&app, &first).await.1, json!(third));
        assert_eq!(neighbours(&app, &second).await, (Value::Null, Value::Null));
        client.patch(&first, &following(second.clone())).await.is(200);
        client
            .put(&third, &json!({"bronorganisatie": RSIN}))
            .await
            .is(200);
        assert_eq!(
            neighbours(&app, &third).await.0,
            json!(first),
            "PUT keeps what is left out"
        );
    }

    async fn the_chain_is_mended_when_a_middle_one_goes(app: App) {
        let [first, second, third] = three(&app).await;
        app.client().delete(&second).await.is(204);
        assert_eq!(neighbours(&app, &first).await, (Value::Null, Value::Null));
        assert_eq!(neighbours(&app, &third).await, (Value::Null, Value::Null));
        app.client()
            .patch(&third, &following(first.clone()))
            .await
            .is(200);
        assert_eq!(neighbours(&app, &first).await.1, json!(third));
    }

    async fn either_end_may_go(app: App) {
        let [first, second, third] = three(&app).await;
        app.client().delete(&first).await.is(204);
        assert_eq!(neighbours(&app, &second).await, (Value::Null, json!(third)));
        app.client().delete(&third).await.is(204);
        assert_eq!(neighbours(&app, &second).await, (Value::Null, Value::Null));
        let actions: Vec<Value> = app
            .outbox()
            .await
            .iter()
            .map(|row| row.message()["actie"].clone())
            .collect();
        assert_eq!(actions, ["create", "create", "create", "destroy", "destroy"]);
    }

    async fn a_link_is_recognised_however_it_is_written(database: Database) {
        let settings = [
            ("OPENKLANT_BASE_URL", "https://openklant.example.nl/register"),
            ("OPENKLANT_HOST_ALIASES", "openklant.intern:8000,oud.example.nl"),
        ];
        let app = App::start(&database, &settings).await;
        let first = given::contactmoment(&app, &json!({})).await;
        assert!(
            first.starts_with("https://openklant.example.nl/register/"),
            "{first}"
        );
        let path = &first["https://openklant.example.nl/register".len()..];
        for link in [
            first.clone(),
            format!("http://openklant.example.nl/register{path}"),
            format!("https://openklant.example.nl:443/register{path}"),
            format!("https://OPENKLANT.example.nl{path}"),
            format!("http://openklant.intern:8000{path}"),
            format!("https://oud.example.nl{path}"),
            format!("http://{}{path}", app.address()),
            format!("https://{}{path}", app.address()),
            path.to_owned(),
            format!("  {first} "),
        ] {
            let made = app
                .client()
                .post(CONTACTMOMENTEN, &contactmoment_with(&following(link.clone())))
                .await
                .expect(201);
            assert_eq!(made.json()[VORIG], json!(first), "{link}");
            app.client().delete(path_of(&made.url())).await.is(204);
        }
    }

    async fn a_link_that_is_none_says_why(app: App) {
        let base = app.base();
        let client = app.client();
        let klant = given::klant(&app, "C1").await;
        let other = given::contactmoment(&app, &json!({})).await;
        let relation = given::klantcontactmoment(&app, &other, &klant, "belanghebbende").await;
        for (link, code) in [
            (
                json!(format!("https://elders.example{CONTACTMOMENTEN}/{NOBODY}")),
                "no_match",
            ),
            (json!(format!("{base}1{CONTACTMOMENTEN}/{NOBODY}")), "no_match"),
            (json!(format!("{base}/nergens/{NOBODY}")), "no_match"),
            (json!("/nergens"), "no_match"),
            (json!("nee"), "no_match"),
            (json!(NOBODY), "no_match"),
            (
                json!(format!("ftp://{}{CONTACTMOMENTEN}/{NOBODY}", app.address())),
                "no_match",
            ),
            (json!(klant), "incorrect_match"),
            (json!(relation), "incorrect_match"),
            (json!(format!("{base}{CONTACTMOMENTEN}")), "incorrect_match"),
            (json!(format!("{other}/audittrail")), "incorrect_match"),
            (json!(format!("{KLANTEN}/{NOBODY}")), "incorrect_match"),
            (
                json!(format!("{base}{CONTACTMOMENTEN}/{NOBODY}")),
                "does_not_exist",
            ),
            (json!(format!("{base}{CONTACTMOMENTEN}/nope")), "does_not_exist"),
            (json!(format!("{other}{}", "x".repeat(1000))), "max_length"),
            (json!(7), "invalid"),
            (json!(true), "invalid"),
            (json!([other]), "invalid"),
            (json!({"url": other}), "invalid"),
        ] {
            let body = contactmoment_with(&json!({VORIG: link}));
            client
                .post(CONTACTMOMENTEN, &body)
                .await
                .refused(&[(VORIG, code)]);
            client
                .patch(&other, &json!({VORIG: link}))
                .await
                .refused(&[(VORIG, code)]);
        }
    }

    async fn a_bad_link_is_told_with_the_other_faults(app: App) {
        let body = json!({VORIG: format!("{CONTACTMOMENTEN}/{NOBODY}"), "kanaal": null});
        app.client().post(CONTACTMOMENTEN, &body).await.refused(&[
            (VORIG, "does_not_exist"),
            ("bronorganisatie", "required"),
            ("kanaal", "null"),
        ]);
    }

    async fn a_long_chain_is_walked_to_its_end(app: App) {
        let first = given::contactmoment(&app, &json!({})).await;
        let mut last = first.clone();
        for _ in 0..60 {
            last = given::contactmoment(&app, &following(last)).await;
        }
        app.client()
            .patch(&first, &following(last))
            .await
            .refused(&[(VORIG, "invalid")]);
    }
}

/// The path of a URL of the public address, as the server under test knows it.
fn path_of(url: &str) -> &str {
    url.strip_prefix("https://openklant.example.nl/register")
        .unwrap_or(url)
}
