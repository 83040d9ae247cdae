//! The filters of contactmomenten on what they are related to: klanten, objects, and the contactmomenten before and
//! after them.

use openklant_tests::fixtures::{CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, NOBODY, OBJECTCONTACTMOMENTEN};
use openklant_tests::remote::Remote;
use openklant_tests::zaken::ZakenApi;
use openklant_tests::{App, Database, on_both};
use serde_json::json;

use crate::given::{self, encoded, found};

on_both! {
    async fn klanten_and_objects_are_any_of_several_without_doubles(app: App) {
        let (remote, zaken) = (Remote::start().await, ZakenApi::start().await);
        let own = given::klant(&app, "F1").await;
        let (one, other, third) = (
            given::contactmoment(&app, &json!({})).await,
            given::contactmoment(&app, &json!({})).await,
            given::contactmoment(&app, &json!({})).await,
        );
        let (first, second) = (remote.url("/ok/1"), remote.url("/ok/2?a=b&c"));
        for (contactmoment, klant, rol) in [
            (&one, &own, "belanghebbende"),
            (&one, &own, "gesprekspartner"),
            (&one, &first, "belanghebbende"),
            (&one, &second, "belanghebbende"),
            (&other, &first, "gesprekspartner"),
            (&third, &second, "gesprekspartner"),
        ] {
            given::klantcontactmoment(&app, contactmoment, klant, rol).await;
        }
        for (contactmoment, name) in [(&one, "a"), (&one, "b"), (&other, "b")] {
            given::about(&app, &zaken, contactmoment, name).await;
        }
        let client = app.client();
        let miss = "https://elders.example/klanten/1";
        for (values, expected) in [
            (vec![&own], vec![&one]),
            (vec![&first], vec![&other, &one]),
            (vec![&second], vec![&third, &one]),
            (vec![&own, &first, &second], vec![&third, &other, &one]),
            (vec![&first, &first, &own], vec![&other, &one]),
            (vec![&second, &miss.to_owned()], vec![&third, &one]),
            (vec![&miss.to_owned()], vec![]),
        ] {
            let values: Vec<String> = values.into_iter().map(|value| encoded(value)).collect();
            for separator in [",", "%2C", ",,%20"] {
                let query = format!("klant={}", values.join(separator));
                assert_eq!(
                    found(&client, CONTACTMOMENTEN, &query).await,
                    expected.iter().map(|url| (*url).clone()).collect::<Vec<_>>(),
                    "{query}"
                );
            }
        }
        for (names, expected) in [
            (vec!["a"], vec![&one]),
            (vec!["a", "b"], vec![&other, &one]),
            (vec!["c"], vec![]),
        ] {
            let values: Vec<String> = names.into_iter().map(|name| zaken.zaak(name)).collect();
            let query = format!("object={}", values.join(","));
            assert_eq!(
                found(&client, CONTACTMOMENTEN, &query).await,
                expected.into_iter().cloned().collect::<Vec<_>>(),
                "{query}"
            );
        }
        let both = format!("klant={first}&object={}", zaken.zaak("a"));
        assert_eq!(found(&client, CONTACTMOMENTEN, &both).await, [one]);
        assert_eq!(
            found(&client, CONTACTMOMENTEN, "klant=,").await,
            [""; 0],
            "none of none"
        );
        assert_eq!(
            found(&client, CONTACTMOMENTEN, "klant=geen-url&object=x").await,
            [""; 0]
        );
    }

    async fn a_thousand_values_are_looked_for_and_no_more(app: App) {
        given::contactmoment(&app, &json!({})).await;
        for name in ["klant", "object"] {
            let query = |count: usize| format!("{CONTACTMOMENTEN}?{name}={}", "a,".repeat(count));
            assert_eq!(app.client().get(query(1000)).await.expect(200).json()["count"], 0);
            for count in [1001, 30_000] {
                app.client().get(query(count)).await.refused(&[(name, "invalid")]);
            }
            let body = json!({name: vec!["a"; 70_000]});
            app.client()
                .post(format!("{CONTACTMOMENTEN}/_zoek"), &body)
                .await
                .refused(&[(name, "invalid")]);
        }
    }

    async fn links_find_the_neighbours_of_a_contactmoment(app: App) {
        let first = given::contactmoment(&app, &json!({})).await;
        let second = given::contactmoment(&app, &json!({"vorigContactmoment": first})).await;
        let client = app.client();
        for (query, expected) in [
            (format!("vorigContactmoment={first}"), vec![second.clone()]),
            (format!("vorigContactmoment={second}"), vec![]),
            (format!("volgendContactmoment={second}"), vec![first.clone()]),
            (format!("volgendContactmoment={first}"), vec![]),
            (
                format!("vorigContactmoment={}", encoded(&first)),
                vec![second.clone()],
            ),
            (
                format!("vorigContactmoment={}", first.replace("http://", "https://")),
                vec![second.clone()],
            ),
            (
                format!("vorigContactmoment={}{CONTACTMOMENTEN}/{NOBODY}", app.base()),
                vec![],
            ),
            (
                format!("vorigContactmoment={}{CONTACTMOMENTEN}/nope", app.base()),
                vec![],
            ),
            (format!("vorigContactmoment={}/nergens", app.base()), vec![]),
            (
                format!("vorigContactmoment=https://elders.example{CONTACTMOMENTEN}/{NOBODY}"),
                vec![],
            ),
        ] {
            assert_eq!(found(&client, CONTACTMOMENTEN, &query).await, expected, "{query}");
        }
    }

    async fn a_link_to_another_kind_of_object_is_refused(app: App) {
        let klant = given::klant(&app, "F1").await;
        let list = format!("{}{CONTACTMOMENTEN}", app.base());
        for link in [&klant, &list] {
            for (path, name) in [
                (CONTACTMOMENTEN, "vorigContactmoment"),
                (CONTACTMOMENTEN, "volgendContactmoment"),
                (KLANTCONTACTMOMENTEN, "contactmoment"),
                (OBJECTCONTACTMOMENTEN, "contactmoment"),
            ] {
                app.client()
                    .get(format!("{path}?{name}={link}"))
                    .await
                    .refused(&[(name, "invalid-type")]);
            }
        }
    }

    async fn links_under_every_name_of_ours_find_the_same(database: Database) {
        let settings = [("OPENKLANT_HOST_ALIASES", "oud.example.nl")];
        let app = App::start(&database, &settings).await;
        let klant = given::klant(&app, "F1").await;
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let relation = given::klantcontactmoment(&app, &contactmoment, &klant, "belanghebbende").await;
        let client = app.client();
        for host in [app.address().to_string(), "oud.example.nl".to_owned()] {
            for scheme in ["http", "https"] {
                let named = |url: &str| url.replace(&app.base(), &format!("{scheme}://{host}"));
                let by_klant = format!("klant={}", named(&klant));
                assert_eq!(
                    found(&client, CONTACTMOMENTEN, &by_klant).await,
                    [contactmoment.as_str()],
                    "{by_klant}"
                );
                assert_eq!(
                    found(&client, KLANTCONTACTMOMENTEN, &by_klant).await,
                    [relation.as_str()],
                    "{by_klant}"
                );
                let by_link = format!("contactmoment={}", named(&contactmoment));
                assert_eq!(
                    found(&client, KLANTCONTACTMOMENTEN, &by_link).await,
                    [relation.as_str()],
                    "{by_link}"
                );
            }
        }
    }

    async fn those_of_a_klant_come_in_the_order_of_their_moments(app: App) {
        let remote = Remote::start().await;
        let (own, other) = (given::klant(&app, "K1").await, remote.url("/ok/klant"));
        let mut urls = Vec::new();
        for (kanaal, moment) in [("b", "2026-01-02"), ("d", "2026-01-04"), ("a", "2026-01-01"), ("c", "2026-01-03")] {
            let moment = format!("{moment}T12:00:00Z");
            let url = given::contactmoment(&app, &json!({"kanaal": kanaal, "registratiedatum": moment})).await;
            let klant = if ["a", "c"].contains(&kanaal) { &other } else { &own };
            given::klantcontactmoment(&app, &url, klant, "belanghebbende").await;
            urls.push(url);
        }
        // In the other role too, which makes it no second contactmoment.
        given::klantcontactmoment(&app, &urls[0], &own, "gesprekspartner").await;
        let kanalen = async |query: String| -> Vec<String> {
            let list = app.client().get(format!("{CONTACTMOMENTEN}?{query}")).await.expect(200).json();
            let results = list["results"].as_array().expect("results").clone();
            assert_eq!(list["count"], json!(results.len()), "{query}");
            results.iter().filter_map(|found| found["kanaal"].as_str().map(str::to_owned)).collect()
        };
        let both = format!("klant={own},{other}");
        assert_eq!(kanalen(both.clone()).await, ["d", "c", "b", "a"]);
        assert_eq!(kanalen(format!("{both}&ordering=registratiedatum")).await, ["a", "b", "c", "d"]);
        assert_eq!(kanalen(format!("klant={own}&ordering=-registratiedatum")).await, ["d", "b"]);
        assert_eq!(kanalen(format!("klant={other}&ordering=registratiedatum")).await, ["a", "c"]);
        // A moment that changes takes its relations along.
        let later = json!({"registratiedatum": "2026-01-05T12:00:00Z"});
        app.client().patch(&urls[0], &later).await.is(200);
        assert_eq!(kanalen(format!("klant={own}")).await, ["b", "d"]);
    }
}
