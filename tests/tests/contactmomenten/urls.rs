//! Every `url` that is shown anywhere leads to what it was shown with.

use openklant_tests::fixtures::{CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, OBJECTCONTACTMOMENTEN};
use openklant_tests::zaken::ZakenApi;
use openklant_tests::{App, Database, on_both};
use serde_json::{Value, json};

use crate::given;

/// Every object with a `url` in a body, however deep.
fn objects<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| objects(item, found)),
        Value::Object(fields) => {
            if fields.contains_key("url") {
                found.push(value);
            }
            fields.values().for_each(|field| objects(field, found));
        }
        _ => {}
    }
}

on_both! {
    async fn every_url_leads_to_what_it_was_shown_with(app: App) {
        let (client, zaken) = (app.client(), ZakenApi::start().await);
        let mut vorig = Value::Null;
        for nr in 0..3 {
            let klant = given::klant(&app, &format!("U{nr}")).await;
            let contactmoment = given::contactmoment(&app, &json!({"vorigContactmoment": vorig})).await;
            given::klantcontactmoment(&app, &contactmoment, &klant, "belanghebbende").await;
            given::klantcontactmoment(&app, &contactmoment, &klant, "gesprekspartner").await;
            given::about(&app, &zaken, &contactmoment, "een").await;
            vorig = json!(contactmoment);
        }
        let mut followed = 0;
        for list in [
            CONTACTMOMENTEN.to_owned(),
            KLANTCONTACTMOMENTEN.to_owned(),
            OBJECTCONTACTMOMENTEN.to_owned(),
            format!("{CONTACTMOMENTEN}?expand=klantcontactmomenten,objectcontactmomenten"),
        ] {
            let page = client.get(&list).await.expect(200).json();
            let mut found = Vec::new();
            objects(&page, &mut found);
            for object in found {
                let url = object["url"].as_str().expect("a url");
                let is_expanded = list.contains("expand") && url.contains("/contactmomenten/");
                let query = if is_expanded && url.contains("/v1/contactmomenten/") {
                    "?expand=klantcontactmomenten,objectcontactmomenten"
                } else {
                    ""
                };
                assert_eq!(
                    client.get(format!("{url}{query}")).await.expect(200).json(),
                    *object
                );
                followed += 1;
                for name in [
                    "contactmoment",
                    "klant",
                    "vorigContactmoment",
                    "volgendContactmoment",
                ] {
                    if let Some(link) = object[name].as_str() {
                        assert_eq!(client.get(link).await.expect(200).url(), link, "{name}");
                    }
                }
                for name in ["klantcontactmomenten", "objectcontactmomenten"] {
                    for link in object[name]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .filter_map(Value::as_str)
                    {
                        let related = client.get(link).await.expect(200).json();
                        assert_eq!(
                            (&related["url"], &related["contactmoment"]),
                            (&json!(link), &object["url"])
                        );
                    }
                }
            }
        }
        assert_eq!(followed, 3 + 6 + 3 + (3 + 6 + 3));
    }

    async fn links_are_all_under_the_public_address(database: Database) {
        let public = "https://openklant.example.nl";
        let app = App::start(&database, &[("OPENKLANT_BASE_URL", public)]).await;
        let klant = given::klant(&app, "U1").await;
        let first = given::contactmoment(&app, &json!({})).await;
        let second = given::contactmoment(&app, &json!({"vorigContactmoment": first})).await;
        given::klantcontactmoment(&app, &first, &klant, "belanghebbende").await;
        app.client()
            .patch(&second, &json!({"kanaal": "chat"}))
            .await
            .is(200);
        let called = app.client().calling("openklant.namespace.svc:8000");
        for path in [
            CONTACTMOMENTEN.to_owned(),
            format!("{CONTACTMOMENTEN}?expand=klantcontactmomenten"),
            KLANTCONTACTMOMENTEN.to_owned(),
            first.clone(),
            format!("{second}/audittrail"),
        ] {
            let answer = called.get(&path).await.expect(200);
            assert_eq!(answer.text(), app.client().get(&path).await.text(), "{path}");
            assert!(!answer.text().contains("\"http://"), "{path}: {}", answer.text());
        }
        for row in app.outbox().await {
            let message = row.message();
            assert!(
                message["hoofdObject"]
                    .as_str()
                    .is_some_and(|url| url.starts_with(public)),
                "{message}"
            );
            assert_eq!(message["hoofdObject"], message["resourceUrl"]);
        }
    }
}
