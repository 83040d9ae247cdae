//! How often one request asks the database: a klant is one statement, a list at most three, a change one transaction.
//! Counted on the connection to PostgreSQL; both databases run the same code.

use openklant_tests::app::Setup;
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::tap::{Tap, is_look_up, queries};
use openklant_tests::{App, Database, Kind};
use serde_json::json;

/// A server whose statements are counted, warmed up so that tokens and applications are in its cache.
async fn tapped(database: &Database) -> (App, Tap) {
    let tap = Tap::before(&database.url()).await;
    let app = Setup::new().database_url(tap.url()).start(database).await;
    app.client().get(KLANTEN).await.is(200);
    tap.take();
    (app, tap)
}

fn run<F: Future<Output = ()>>(case: impl FnOnce(Database) -> F) {
    openklant_tests::both::run(Kind::Postgres, case);
}

#[test]
fn reading_a_klant_is_one_query() {
    run(async |database| {
        let (app, tap) = tapped(&database).await;
        let url = app.client().post(KLANTEN, &klant("Q1")).await.expect(201).url();
        tap.take();
        app.client().get(&url).await.is(200);
        let statements = tap.take();
        assert_eq!(queries(&statements).len(), 1, "{statements:#?}");
    });
}

#[test]
fn a_list_is_at_most_three_queries() {
    run(async |database| {
        let (app, tap) = tapped(&database).await;
        for nr in 0..5 {
            app.client()
                .post(KLANTEN, &klant(&format!("Q{nr}")))
                .await
                .is(201);
        }
        tap.take();
        for query in ["", "?subjectType=natuurlijk_persoon", "?page=last"] {
            app.client().get(format!("{KLANTEN}{query}")).await.is(200);
            let statements = tap.take();
            let count = queries(&statements).len();
            assert!((1..=3).contains(&count), "{query}: {statements:#?}");
        }
    });
}

#[test]
fn a_change_is_one_transaction() {
    run(async |database| {
        let (app, tap) = tapped(&database).await;
        let client = app.client();
        let url = client.post(KLANTEN, &klant("Q1")).await.expect(201).url();
        assert_one_transaction(&tap);
        client.patch(&url, &json!({"voornaam": "Bo"})).await.is(200);
        assert_one_transaction(&tap);
        client.delete(&url).await.is(204);
        assert_one_transaction(&tap);
    });
}

#[track_caller]
fn assert_one_transaction(tap: &Tap) {
    let statements = tap.take();
    let count = |word: &str| statements.iter().filter(|sql| sql.starts_with(word)).count();
    let is_snapshot = |sql: &str| sql.starts_with("BEGIN") && sql.ends_with("READ ONLY");
    let snapshots = statements.iter().filter(|sql| is_snapshot(sql)).count();
    // A look-up reads the application and its rights in a snapshot of its own.
    let look_ups = statements
        .iter()
        .filter(|sql| is_look_up(sql) && sql.contains("FROM applicatie a"))
        .count();
    assert_eq!(
        (count("BEGIN") - snapshots, count("COMMIT"), snapshots),
        (1, 1, look_ups),
        "{statements:#?}"
    );
    assert!(
        count("INSERT") >= 2,
        "audit row and message are written\n{statements:#?}"
    );
}
