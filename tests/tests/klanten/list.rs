//! GET of the list: order, paging, and parameters that nobody knows (section 5 of the behaviour of 1.0.0; decision 5).

use openklant_tests::fixtures::{KLANTEN, klant, klant_with};
use openklant_tests::{App, Database, on_both};
use serde_json::{Value, json};

/// Registers this many klanten with an achternaam, numbered from 1.
async fn register(app: &App, count: usize) {
    for nr in 1..=count {
        app.client()
            .post(
                KLANTEN,
                &klant_with(&format!("L{nr}"), &json!({"achternaam": "de Vries"})),
            )
            .await
            .is(201);
    }
}

fn numbers(list: &Value) -> Vec<&str> {
    let results = list["results"].as_array().expect("a list has results");
    results
        .iter()
        .filter_map(|klant| klant["klantnummer"].as_str())
        .collect()
}

on_both! {
    async fn the_newest_comes_first(app: App) {
        register(&app, 3).await;
        let list = app.client().get(KLANTEN).await.expect(200).json();
        assert_eq!(numbers(&list), ["L3", "L2", "L1"]);
        assert_eq!(
            (&list["count"], &list["next"], &list["previous"]),
            (&json!(3), &Value::Null, &Value::Null)
        );
        let first = list["results"][2]["url"].as_str().expect("a url").to_owned();
        app.client()
            .patch(first, &json!({"voornaam": "Bo"}))
            .await
            .is(200);
        assert_eq!(
            numbers(&app.client().get(KLANTEN).await.json()),
            ["L3", "L2", "L1"],
            "a change moves nothing"
        );
    }

    async fn an_empty_list_has_one_page(app: App) {
        for query in ["", "?page=1", "?page=last"] {
            let list = app
                .client()
                .get(format!("{KLANTEN}{query}"))
                .await
                .expect(200)
                .json();
            assert_eq!(
                list,
                json!({"count": 0, "next": null, "previous": null, "results": []})
            );
        }
        app.client()
            .get(format!("{KLANTEN}?page=2"))
            .await
            .fault(404, "not_found");
    }

    async fn a_page_has_a_hundred_and_leads_to_the_next(app: App) {
        register(&app, 101).await;
        app.client().post(KLANTEN, &klant("X1")).await.is(201);
        let client = app.client();
        let first = client
            .get(format!("{KLANTEN}?achternaam=de%20Vries"))
            .await
            .expect(200)
            .json();
        assert_eq!((&first["count"], &first["previous"]), (&json!(101), &Value::Null));
        assert_eq!(numbers(&first).len(), 100);
        assert_eq!(numbers(&first)[0], "L101");
        let next = first["next"].as_str().expect("a next page").to_owned();
        assert!(next.starts_with(&format!("{}{KLANTEN}?", app.base())), "{next}");
        assert!(
            next.contains("achternaam=de") && next.contains("page=2"),
            "{next}"
        );
        let second = client.get(&next).await.expect(200).json();
        assert_eq!(
            (numbers(&second), &second["count"], &second["next"]),
            (vec!["L1"], &json!(101), &Value::Null)
        );
        let previous = second["previous"].as_str().expect("a previous page").to_owned();
        assert!(
            previous.contains("achternaam=de") && !previous.contains("page="),
            "{previous}"
        );
        assert_eq!(client.get(&previous).await.json(), first);
        for query in ["page=2", "page=last", "page=1&page=2"] {
            let page = client
                .get(format!("{KLANTEN}?achternaam=de+Vries&{query}"))
                .await
                .expect(200)
                .json();
            assert_eq!(numbers(&page), ["L1"], "{query}");
        }
        client
            .get(format!("{KLANTEN}?achternaam=de+Vries&page=3"))
            .await
            .fault(404, "not_found");
    }

    async fn a_misspelt_filter_never_answers_with_everybody(app: App) {
        register(&app, 1).await;
        for query in [
            "inpBsn=123456782",
            "kleur=rood",
            "pageSize=5",
            "page_size=5",
            "Klantnummer=L1",
            "klantnummer%20=L1",
            "adres__woonplaatsnaam=x",
            "ordering=klantnummer",
            "expand=adres",
            "format=json",
            "%3F%3Fx=1",
        ] {
            let answer = app.client().get(format!("{KLANTEN}?{query}")).await;
            answer.refused(&[("nonFieldErrors", "unknown-parameters")]);
        }
    }

    async fn every_unknown_name_is_told(app: App) {
        let answer = app
            .client()
            .get(format!("{KLANTEN}?kleur=rood&klantnummer=L1&maat=xl"))
            .await;
        answer.refused(&[("nonFieldErrors", "unknown-parameters")]);
        let reason = answer.json()["invalidParams"][0]["reason"].clone();
        let reason = reason.as_str().expect("a reason");
        assert!(reason.contains("kleur") && reason.contains("maat"), "{reason}");
    }

    async fn a_stray_question_mark_is_dropped(app: App) {
        register(&app, 2).await;
        let list = app
            .client()
            .get(format!("{KLANTEN}??klantnummer=L1"))
            .await
            .expect(200)
            .json();
        assert_eq!(numbers(&list), ["L1"]);
        app.client()
            .get(format!("{KLANTEN}??inpBsn=1"))
            .await
            .refused(&[("nonFieldErrors", "unknown-parameters")]);
    }

    async fn unknown_names_are_passed_over_when_told(database: Database) {
        let app = App::start(&database, &[("OPENKLANT_IGNORE_UNKNOWN_PARAMETERS", "true")]).await;
        register(&app, 2).await;
        let list = app
            .client()
            .get(format!("{KLANTEN}?kleur=rood&klantnummer=L1&pageSize=1"))
            .await
            .expect(200)
            .json();
        assert_eq!(numbers(&list), ["L1"]);
    }

    async fn a_klant_that_is_removed_is_no_longer_listed(app: App) {
        register(&app, 3).await;
        let list = app.client().get(format!("{KLANTEN}?klantnummer=L2")).await.json();
        app.client()
            .delete(list["results"][0]["url"].as_str().expect("a url"))
            .await
            .is(204);
        assert_eq!(numbers(&app.client().get(KLANTEN).await.json()), ["L3", "L1"]);
    }

    async fn a_page_shows_one_moment(app: App) {
        let client = app.client();
        let write = async {
            for nr in 0..30 {
                let url = client
                    .post(KLANTEN, &klant(&format!("W{nr}")))
                    .await
                    .expect(201)
                    .url();
                if nr % 2 == 0 {
                    client.delete(url).await.is(204);
                }
            }
        };
        let read = async {
            for _ in 0..60 {
                let list = client.get(KLANTEN).await.expect(200).json();
                assert_eq!(list["count"], json!(numbers(&list).len()));
            }
        };
        tokio::join!(write, read);
    }
}
