//! Every filter is answered by an index, also when the embedded database has statistics: no request walks a table for
//! what it asks, and none walks one for each row it shows.
//!
//! The statements are those that the product sends, heard on the connection to PostgreSQL; both databases get the same
//! text, and SQLite tells how it would run it.

use openklant_api::beheer::list::Cursor;
use openklant_shared::clock::Ids;
use openklant_shared::domain::beheer::Role;
use openklant_tests::app::Setup;
use openklant_tests::fixtures::{CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, NOBODY, OBJECTCONTACTMOMENTEN};
use openklant_tests::tap::{Tap, queries};
use openklant_tests::{App, Database, Kind};

use crate::given;

/// Each filter of the three lists. Links and klanten are of the server under test: `{base}` is its address.
const FILTERS: [(&str, &str); 23] = [
    (
        CONTACTMOMENTEN,
        "vorigContactmoment={base}{CONTACTMOMENTEN}/{NOBODY}",
    ),
    (
        CONTACTMOMENTEN,
        "volgendContactmoment={base}{CONTACTMOMENTEN}/{NOBODY}",
    ),
    (CONTACTMOMENTEN, "bronorganisatie=517439943"),
    (CONTACTMOMENTEN, "registratiedatum=2026-01-05T09:30:00Z"),
    (CONTACTMOMENTEN, "registratiedatum__gt=2026-01-05T09:30:00Z"),
    (CONTACTMOMENTEN, "registratiedatum__lte=2026-01-05T09:30:00Z"),
    (CONTACTMOMENTEN, "kanaal=kanaal%201"),
    (CONTACTMOMENTEN, "voorkeurskanaal=x"),
    (CONTACTMOMENTEN, "voorkeurstaal=nld"),
    (CONTACTMOMENTEN, "initiatiefnemer=klant"),
    (CONTACTMOMENTEN, "medewerker=https://elders.example/1"),
    (CONTACTMOMENTEN, "medewerkerIdentificatie__identificatie=x"),
    (CONTACTMOMENTEN, "medewerkerIdentificatie__achternaam=x"),
    (CONTACTMOMENTEN, "medewerkerIdentificatie__voorletters=x"),
    (
        CONTACTMOMENTEN,
        "medewerkerIdentificatie__voorvoegselAchternaam=x",
    ),
    (
        CONTACTMOMENTEN,
        "klant={base}/klanten/api/v1/klanten/{NOBODY},https://elders.example/1",
    ),
    (CONTACTMOMENTEN, "object=https://elders.example/1"),
    (
        KLANTCONTACTMOMENTEN,
        "contactmoment={base}{CONTACTMOMENTEN}/{NOBODY}",
    ),
    (
        KLANTCONTACTMOMENTEN,
        "klant={base}/klanten/api/v1/klanten/{NOBODY}",
    ),
    (KLANTCONTACTMOMENTEN, "klant=https://elders.example/1"),
    (KLANTCONTACTMOMENTEN, "rol=gesprekspartner"),
    (
        OBJECTCONTACTMOMENTEN,
        "contactmoment={base}{CONTACTMOMENTEN}/{NOBODY}",
    ),
    (OBJECTCONTACTMOMENTEN, "object=https://elders.example/1"),
];

/// Where nearly all klanten of an installation are.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Klanten {
    Here,
    Elsewhere,
}

/// A server on the embedded database that knows how much is in its tables.
async fn with_statistics(klanten: Klanten) -> (App, Database) {
    let database = Database::create(Kind::Sqlite).await;
    let app = Setup::new().start(&database).await;
    given::write_many(&app, 2000, Ids::Random.next()).await;
    if klanten == Klanten::Elsewhere {
        let moved = "UPDATE klantcontactmoment SET klant_url = 'https://elders.example/' || klant_uuid, klant_uuid = NULL";
        app.probe().execute(moved).await;
    }
    app.probe().execute("ANALYZE").await;
    (app, database)
}

/// The statements of one request.
async fn asked(app: &App, tap: &Tap, path: &str) -> Vec<String> {
    tap.take();
    app.client().get(path).await.is(200);
    queries(&tap.take()).into_iter().cloned().collect()
}

fn run<F: Future<Output = ()>>(case: impl FnOnce(App, Tap) -> F) {
    openklant_tests::both::run(Kind::Postgres, async |database: Database| {
        let tap = Tap::before(&database.url()).await;
        let app = Setup::new().database_url(tap.url()).start(&database).await;
        given::write_many(&app, 10, Ids::Random.next()).await;
        case(app, tap).await;
    });
}

#[test]
fn every_filter_is_answered_by_an_index() {
    run(async |app, tap| {
        let here = with_statistics(Klanten::Here).await;
        let elsewhere = with_statistics(Klanten::Elsewhere).await;
        for (list, filter) in FILTERS {
            let filter = filter
                .replace("{base}", &app.base())
                .replace("{CONTACTMOMENTEN}", CONTACTMOMENTEN)
                .replace("{NOBODY}", NOBODY);
            for statement in asked(&app, &tap, &format!("{list}?{filter}")).await {
                for (embedded, _) in [&here, &elsewhere] {
                    let plan = embedded.probe().plan(&statement).await;
                    // `r` is no table but what the steps before it found in the relations.
                    let walks = plan
                        .iter()
                        .find(|step| step.starts_with("SCAN") && *step != "SCAN r");
                    assert_eq!(walks, None, "{list}?{filter}\n{statement}\n{plan:#?}");
                }
            }
        }
    });
}

#[test]
fn no_list_walks_a_table_for_each_row_it_shows() {
    run(async |app, tap| {
        let (embedded, _database) = with_statistics(Klanten::Here).await;
        for path in [
            CONTACTMOMENTEN.to_owned(),
            format!("{CONTACTMOMENTEN}?ordering=registratiedatum"),
            format!("{CONTACTMOMENTEN}?ordering=-klant&expand=klantcontactmomenten,objectcontactmomenten"),
            KLANTCONTACTMOMENTEN.to_owned(),
            OBJECTCONTACTMOMENTEN.to_owned(),
        ] {
            for statement in asked(&app, &tap, &path).await {
                let plan = embedded.probe().plan(&statement).await;
                // The list itself may be walked in its order, or counted; what hangs on its rows may not.
                let is_list = statement.contains("LIMIT") || statement.contains("count(");
                let walks = plan.iter().filter(|step| step.starts_with("SCAN")).count();
                assert!(walks <= usize::from(is_list), "{path}\n{statement}\n{plan:#?}");
            }
        }
    });
}

#[test]
fn the_contactmomenten_of_a_klant_are_read_in_order() {
    run(async |app, tap| {
        let here = with_statistics(Klanten::Here).await;
        let elsewhere = with_statistics(Klanten::Elsewhere).await;
        let own = format!("{}/klanten/api/v1/klanten/{NOBODY}", app.base());
        for (klant, (embedded, _)) in [(own.as_str(), &here), ("https://elders.example/1", &elsewhere)] {
            for order in ["", "&ordering=-registratiedatum", "&ordering=registratiedatum"] {
                let path = format!("{CONTACTMOMENTEN}?klant={klant}{order}");
                for statement in asked(&app, &tap, &path).await {
                    let plan = embedded.probe().plan(&statement).await;
                    let sorts = plan.iter().find(|step| step.contains("TEMP B-TREE FOR ORDER BY"));
                    assert_eq!(sorts, None, "{path}\n{statement}\n{plan:#?}");
                }
            }
        }
    });
}

/// Each filter of the page for people, alone and together; `na` is a place in the list.
const OF_THE_PAGE: [&str; 8] = [
    "",
    "kanaal=kanaal+1",
    "initiatiefnemer=klant",
    "medewerker=mw042",
    "vanaf=2026-01-01",
    "tot=2026-01-01",
    "vanaf=2025-01-01&tot=2026-01-01",
    "kanaal=kanaal+1&vanaf=2025-01-01",
];

#[test]
fn the_page_for_people_is_read_in_order_from_an_index() {
    run(async |app, tap| {
        let (embedded, _database) = with_statistics(Klanten::Here).await;
        given::write_many(&app, 2000, Ids::Random.next()).await;
        app.probe().execute("ANALYZE").await;
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        let place = Cursor {
            key: app.clock().now().timestamp_micros().to_string(),
            id: 7,
        }
        .encode();
        for filter in OF_THE_PAGE {
            for start in [String::new(), format!("&na={place}"), format!("&voor={place}")] {
                let path = format!("/beheer/contactmomenten?{filter}{start}");
                tap.take();
                browser
                    .get(path.replace("?&", "?").trim_end_matches('?'))
                    .await
                    .is(200);
                let statements = tap.take();
                let list: Vec<&String> = statements
                    .iter()
                    .filter(|sql| sql.contains("FROM contactmoment c WHERE"))
                    .collect();
                assert_eq!(list.len(), 1, "{path}\n{statements:#?}");
                let plan = embedded.probe().plan(list[0]).await;
                assert!(
                    plan.len() == 1 && plan[0].contains("USING INDEX contactmoment_by_"),
                    "{path}\n{plan:#?}"
                );
                // PostgreSQL plans for values, so it gets some.
                if start.is_empty() {
                    let mut sql = list[0].replace("c.kanaal = $1", "c.kanaal = 'kanaal 1'");
                    for nr in (1..6).rev() {
                        sql = sql.replace(&format!("LIMIT ${nr}"), "LIMIT 26");
                        sql = sql.replace(&format!("${nr}"), "'2026-01-01 00:00+00'");
                    }
                    let plan = app.probe().texts(&format!("EXPLAIN {sql}")).await.join("\n");
                    assert!(
                        plan.contains("Index Scan") && !plan.contains("Seq Scan"),
                        "{path}\n{plan}"
                    );
                }
            }
        }
    });
}
