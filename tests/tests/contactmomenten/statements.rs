//! How often one request asks the database: a page costs the same whether it shows one contactmoment or a hundred, and
//! relations in full cost nothing extra. Counted on the connection to PostgreSQL; both databases run the same code.

use openklant_shared::clock::Ids;
use openklant_tests::app::Setup;
use openklant_tests::fixtures::{CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, OBJECTCONTACTMOMENTEN};
use openklant_tests::tap::{Tap, queries};
use openklant_tests::{App, Database, Kind};
use serde_json::json;

use crate::given;

const BOTH_IN_FULL: &str = "expand=klantcontactmomenten,objectcontactmomenten";

/// A server whose statements are counted, with a hundred contactmomenten and a klant in each.
async fn tapped(database: &Database) -> (App, Tap, String) {
    let tap = Tap::before(&database.url()).await;
    let app = Setup::new().database_url(tap.url()).start(database).await;
    let klant = Ids::Random.next();
    given::write_many(&app, 100, klant).await;
    let klant = format!("{}/klanten/api/v1/klanten/{klant}", app.base());
    app.client().get(CONTACTMOMENTEN).await.is(200);
    tap.take();
    (app, tap, klant)
}

fn run<F: Future<Output = ()>>(case: impl FnOnce(Database) -> F) {
    openklant_tests::both::run(Kind::Postgres, case);
}

#[test]
fn a_page_of_a_hundred_with_both_relations_in_full_is_four_queries() {
    run(async |database| {
        let (app, tap, klant) = tapped(&database).await;
        for query in [
            String::new(),
            BOTH_IN_FULL.to_owned(),
            format!("klant={klant}&ordering=-registratiedatum&{BOTH_IN_FULL}"),
            format!("kanaal=kanaal%201&ordering=klant&{BOTH_IN_FULL}"),
        ] {
            let page = app
                .client()
                .get(format!("{CONTACTMOMENTEN}?{query}"))
                .await
                .expect(200);
            let results = page.json()["results"].as_array().map_or(0, Vec::len);
            assert!(results >= 33, "{query}: {results}");
            let statements = tap.take();
            assert!(queries(&statements).len() <= 4, "{query}: {statements:#?}");
        }
    });
}

#[test]
fn a_page_of_relations_is_two_queries_and_one_relation_is_one() {
    run(async |database| {
        let (app, tap, klant) = tapped(&database).await;
        for path in [
            KLANTCONTACTMOMENTEN.to_owned(),
            format!("{KLANTCONTACTMOMENTEN}?klant={klant}&rol=belanghebbende"),
            OBJECTCONTACTMOMENTEN.to_owned(),
        ] {
            app.client().get(&path).await.is(200);
            let statements = tap.take();
            assert!(queries(&statements).len() <= 2, "{path}: {statements:#?}");
        }
        let page = app.client().get(KLANTCONTACTMOMENTEN).await.json();
        tap.take();
        app.client().get(&given::urls(&page)[0]).await.is(200);
        let statements = tap.take();
        assert_eq!(queries(&statements).len(), 1, "{statements:#?}");
    });
}

#[test]
fn one_contactmoment_with_its_relations_is_three_queries() {
    run(async |database| {
        let (app, tap, _) = tapped(&database).await;
        let page = app.client().get(CONTACTMOMENTEN).await.json();
        for query in ["", BOTH_IN_FULL] {
            tap.take();
            app.client()
                .get(format!("{}?{query}", given::urls(&page)[0]))
                .await
                .is(200);
            let statements = tap.take();
            assert!(queries(&statements).len() <= 3, "{statements:#?}");
        }
    });
}

#[test]
fn a_list_that_can_have_nothing_asks_nothing() {
    run(async |database| {
        let (app, tap, _) = tapped(&database).await;
        for path in [
            format!("{CONTACTMOMENTEN}?vorigContactmoment=https://elders.example/1"),
            format!("{KLANTCONTACTMOMENTEN}?contactmoment=https://elders.example/1"),
            format!("{OBJECTCONTACTMOMENTEN}?contactmoment=https://elders.example/1"),
        ] {
            let page = app.client().get(&path).await.expect(200).json();
            assert_eq!(
                page,
                json!({"count": 0, "next": null, "previous": null, "results": []})
            );
            let statements = tap.take();
            assert_eq!(queries(&statements).len(), 0, "{path}: {statements:#?}");
        }
    });
}
