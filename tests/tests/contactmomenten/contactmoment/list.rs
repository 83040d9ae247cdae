//! The list: pages of a hundred in a total order, whose links keep what was asked (section 5 of the behaviour of
//! 1.0.0).

use std::collections::BTreeSet;

use openklant_shared::clock::Ids;
use openklant_tests::fixtures::{CONTACTMOMENTEN, KLANTCONTACTMOMENTEN};
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

use crate::given;

/// Every URL of a list, page after page by `next`; also the sizes of the pages.
async fn walk(app: &App, first: &str) -> (Vec<String>, Vec<usize>) {
    let (mut all, mut sizes) = (Vec::new(), Vec::new());
    let mut next = Some(first.to_owned());
    while let Some(url) = next {
        let page = app.client().get(&url).await.expect(200).json();
        let urls = given::urls(&page);
        sizes.push(urls.len());
        all.extend(urls);
        next = page["next"].as_str().map(str::to_owned);
        assert!(sizes.len() < 10, "the pages end");
    }
    (all, sizes)
}

on_both! {
    async fn pages_of_equal_moments_have_neither_gaps_nor_doubles(app: App) {
        let klant = Ids::Random.next();
        given::write_many(&app, 250, klant).await;
        let mut default_order = Vec::new();
        for query in [
            "",
            "?ordering=registratiedatum",
            "?ordering=-registratiedatum",
            "?ordering=kanaal",
            "?ordering=-kanaal,tekst",
            "?ordering=klant",
            "?ordering=-url",
            "?ordering=initiatiefnemer,-voorkeurskanaal",
            &format!("?klant={}/klanten/api/v1/klanten/{klant}", app.base()),
            "?expand=klantcontactmomenten",
        ] {
            let (urls, sizes) = walk(&app, &format!("{CONTACTMOMENTEN}{query}")).await;
            assert_eq!(sizes, [100, 100, 50], "{query}");
            assert_eq!(urls.iter().collect::<BTreeSet<_>>().len(), 250, "{query}");
            if query.is_empty() {
                default_order = urls;
            } else if !query.contains("ordering") || query.ends_with("=-registratiedatum") {
                assert_eq!(urls, default_order, "{query}");
            } else if query.ends_with("=registratiedatum") {
                default_order.reverse();
                assert_eq!(urls, default_order);
                default_order.reverse();
            }
        }
    }

    async fn the_latest_contact_comes_first_and_of_equals_the_newest(app: App) {
        let mut made = Vec::new();
        for moment in ["2025-03-01", "2025-01-01", "2025-03-01", "2025-02-01"] {
            made.push(
                given::contactmoment(&app, &json!({"registratiedatum": format!("{moment}T12:00:00Z")})).await,
            );
        }
        let expected = [2, 0, 3, 1].map(|nr: usize| made[nr].clone());
        assert_eq!(given::found(&app.client(), CONTACTMOMENTEN, "").await, expected);
    }

    async fn an_empty_list_has_one_page(app: App) {
        for list in [
            CONTACTMOMENTEN,
            KLANTCONTACTMOMENTEN,
            openklant_tests::fixtures::OBJECTCONTACTMOMENTEN,
        ] {
            for query in ["", "?page=1", "?page=last"] {
                let page = app
                    .client()
                    .get(format!("{list}{query}"))
                    .await
                    .expect(200)
                    .json();
                assert_eq!(
                    page,
                    json!({"count": 0, "next": null, "previous": null, "results": []})
                );
            }
            for query in ["?page=2", "?page=0", "?page=-1", "?page=x", "?page="] {
                app.client()
                    .get(format!("{list}{query}"))
                    .await
                    .fault(404, "not_found");
            }
        }
    }

    async fn the_next_page_keeps_what_was_asked(app: App) {
        let klant = Ids::Random.next();
        given::write_many(&app, 101, klant).await;
        given::contactmoment(&app, &json!({})).await;
        let client = app.client();
        let klant = format!("{}/klanten/api/v1/klanten/{klant}", app.base());
        let asked = format!("klant={klant}&ordering=-registratiedatum&expand=objectcontactmomenten");
        let first = client
            .get(format!("{CONTACTMOMENTEN}?{asked}"))
            .await
            .expect(200)
            .json();
        assert_eq!((&first["count"], &first["previous"]), (&json!(101), &Value::Null));
        let next = first["next"].as_str().expect("a next page").to_owned();
        assert!(
            next.starts_with(&format!("{}{CONTACTMOMENTEN}?", app.base())),
            "{next}"
        );
        let second = client.get(&next).await.expect(200).json();
        assert_eq!((given::urls(&second).len(), &second["next"]), (1, &Value::Null));
        let previous = second["previous"].as_str().expect("a previous page").to_owned();
        assert!(!previous.contains("page="), "{previous}");
        assert_eq!(client.get(&previous).await.json(), first);
        for query in ["page=2", "page=last"] {
            let page = client
                .get(format!("{CONTACTMOMENTEN}?{asked}&{query}"))
                .await
                .expect(200)
                .json();
            assert_eq!(page["results"], second["results"], "{query}");
        }
        client
            .get(format!("{CONTACTMOMENTEN}?{asked}&page=3"))
            .await
            .fault(404, "not_found");
    }
}
