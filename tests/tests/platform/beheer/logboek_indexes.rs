//! Every search of the logs is one statement, a stretch of one index on both databases.

use openklant_shared::domain::beheer::Role;
use openklant_tests::app::Setup;
use openklant_tests::beheer::Browser;
use openklant_tests::fixtures::{KLANTEN, NOBODY, klant};
use openklant_tests::tap::Tap;
use openklant_tests::{Database, Kind};

/// Path, table, the index on SQLite. A place in the list is added to each.
const SEARCHES: [(&str, &str, &str); 15] = [
    ("wijzigingen?", "audittrail", "audittrail_by_time"),
    ("wijzigingen?actie=verwijderd", "audittrail", "audittrail_by_time"),
    ("wijzigingen?klant={NOBODY}", "audittrail", "audittrail_by_object"),
    (
        "wijzigingen?contactmoment={NOBODY}&actie=verwijderd",
        "audittrail",
        "audittrail_by_object",
    ),
    (
        "wijzigingen?klantnummer=K1",
        "audittrail",
        "audittrail_by_klantnummer",
    ),
    (
        "wijzigingen?persoon={NOBODY}",
        "audittrail",
        "audittrail_by_person",
    ),
    (
        "wijzigingen?applicatie=Zaken",
        "audittrail",
        "audittrail_by_application",
    ),
    ("inzage?", "read_log", "read_log_by_time"),
    ("inzage?object={NOBODY}", "read_log", "read_log_by_object"),
    ("inzage?klantnummer=K1", "read_log", "read_log_by_object"),
    ("inzage?persoon=1", "read_log", "read_log_by_person"),
    ("inzage?applicatie=zaken", "read_log", "read_log_by_client"),
    ("bediening?", "operator_log", "operator_log_by_time"),
    ("bediening?actie=outbox", "operator_log", "operator_log_by_time"),
    ("bediening?persoon=1", "operator_log", "operator_log_by_person"),
];

/// A place of the first row of a list, `1:1767605400000000`.
const PLACE: &str = "MToxNzY3NjA1NDAwMDAwMDAw";

async fn statements(browser: &mut Browser, tap: &Tap, path: &str, table: &str) -> Vec<String> {
    tap.take();
    let page = browser.get(path).await.expect(200);
    assert!(
        !page.text().contains("Filters wissen</a></p>"),
        "{path}: {}",
        page.text()
    );
    let of_table = format!("FROM {table}");
    tap.take()
        .into_iter()
        .filter(|sql| sql.contains(&of_table))
        .collect()
}

#[test]
fn a_search_of_the_logs_is_one_stretch_of_an_index() {
    openklant_tests::both::run(Kind::Postgres, async |database: Database| {
        let tap = Tap::before(&database.url()).await;
        let app = Setup::new().database_url(tap.url()).start(&database).await;
        app.client().post(KLANTEN, &klant("K1")).await.is(201);
        let embedded = Database::create(Kind::Sqlite).await;
        let beside = Setup::new().start(&embedded).await;
        let mut browser = app.logged_in(&Role::ALL).await;
        for (search, table, index) in SEARCHES {
            for place in ["", &format!("&na={PLACE}"), &format!("&voor={PLACE}")] {
                let search = search.replace("{NOBODY}", NOBODY);
                let path = format!("/beheer/logboek/{search}&vanaf=2025-01-05{place}").replace("?&", "?");
                let found = statements(&mut browser, &tap, &path, table).await;
                assert_eq!(found.len(), 1, "{path}: {found:#?}");
                let plan = beside.probe().plan(&found[0]).await;
                let walks = plan.iter().any(|step| step.starts_with("SCAN"));
                let sorts = plan.iter().any(|step| step.contains("ORDER BY"));
                // A klantnummer may be that of several klanten: their reads are put in order.
                let is_several = search.starts_with("inzage?klantnummer");
                assert!(
                    !walks && (!sorts || is_several),
                    "{path}\n{}\n{plan:#?}",
                    found[0]
                );
                assert!(
                    plan.iter().any(|step| step.contains(index)),
                    "{path}\n{}\n{plan:#?}",
                    found[0]
                );
                let plan = app.probe().plan_without_walks(&found[0]).await;
                let walks = plan.iter().any(|step| step.contains("Seq Scan"));
                let sorts = plan.iter().any(|step| step.contains("Sort"));
                assert!(
                    !walks && (!sorts || is_several),
                    "{path}\n{}\n{plan:#?}",
                    found[0]
                );
            }
        }
    });
}
