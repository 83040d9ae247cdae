//! Logboek, Inzage and Bediening: who looked at what, and what operators did; each for who may read it.

use openklant_shared::domain::beheer::Role;
use openklant_tests::beheer::{between, title};
use openklant_tests::fixtures::{BSN, CONTACTMOMENTEN, KLANTEN, NOBODY, contactmoment_with, klant};
use openklant_tests::{App, Database, Response, on_both};
use serde_json::json;

const READS: &str = "/beheer/logboek/inzage";
const OPERATION: &str = "/beheer/logboek/bediening";

/// How many rows a page shows.
fn count(page: &Response) -> usize {
    page.text().matches("<th role=\"rowheader\"").count()
}

/// Rows of the operators' log, one for each kind of command.
async fn operated(app: &App) {
    for (nr, command) in [
        "outbox pause",
        "jobs run",
        "applicatie create",
        "beheerder add",
        "read-log export",
        "outboxer",
    ]
    .into_iter()
    .enumerate()
    {
        let sql = format!(
            "INSERT INTO operator_log (at, operator, command, detail) VALUES \
             ('2026-01-05T08:00:0{nr}.000000+00:00', 'S. Bakker', '{command}', 'wat {nr}: {BSN}')"
        );
        app.probe().execute(&sql).await;
    }
}

on_both! {
    async fn who_looked_is_found_also_at_what_is_gone_and_looking_is_written_down(database: Database) {
        let settings = [("OPENKLANT_READ_LOG", "true"), ("OPENKLANT_READ_LOG_KEY", "een sleutel van meer dan genoeg tekens")];
        let app = App::start(&database, &settings).await;
        let url = app.client().post(KLANTEN, &klant("K1")).await.expect(201).url();
        let uuid = url.rsplit('/').next().expect("a uuid").to_owned();
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        browser.get(&format!("/beheer/klanten/{uuid}")).await.is(200);
        app.client().get(&url).await.is(200);
        app.client().get(format!("{KLANTEN}?klantnummer=K1")).await.is(200);
        app.client().delete(&url).await.is(204);
        let before = app.probe().count("read_log").await;
        for (typed, expected) in [(url.as_str(), 2), ("K1", 2), (NOBODY, 0), ("K2", 0)] {
            // What was looked for before stands in the log as well: of the object that was asked for.
            app.probe().execute("DELETE FROM read_log WHERE route = '/beheer/logboek/inzage'").await;
            let answer = browser.post(READS, &[("vanaf", "2020-01-01"), ("object", typed)]).await.expect(303);
            let page = browser.follow(&answer).await.expect(200);
            assert_eq!(count(&page), expected, "{typed}: {}", page.text());
            assert_eq!(page.text().contains("Niets gevonden in deze periode."), expected == 0);
        }
        app.probe().execute("DELETE FROM read_log WHERE route = '/beheer/logboek/inzage'").await;
        let page = browser.get(&format!("{READS}?actie=gezocht")).await.expect(200);
        assert_eq!(count(&page), 1, "{}", page.text());
        assert!(page.text().contains("Gezocht op klantnummer"), "{}", page.text());
        let looked = app.probe().texts("SELECT filters FROM read_log WHERE route = '/beheer/logboek/inzage'").await;
        assert!(looked.len() == 1 && looked[0].contains("actie"), "{looked:?}");
        assert_eq!(app.probe().count("read_log").await, before + 1);
        // By the name of who looked, which stands in no address.
        let name = app.probe().texts("SELECT user_representation FROM read_log WHERE client_id = 'beheer' LIMIT 1").await.remove(0);
        let answer = browser.post(READS, &[("vanaf", "2020-01-01"), ("persoon", &name), ("actie", "bekeken")]).await.expect(303);
        assert!(answer.header("location").is_some_and(|to| to.contains("persoon=") && !to.contains("wie")));
        assert_eq!(count(&browser.follow(&answer).await.expect(200)), 1);
    }

    async fn an_installation_that_keeps_no_reads_says_so(app: App) {
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let page = browser.get(READS).await.expect(200);
        assert!(page.text().contains("houdt niet bij wie wat bekijkt"), "{}", page.text());
        assert_eq!(title(page.text()), "Logboek: inzage – Open Klant beheer");
        for query in ["object=x", "klantnummer=123456789", "persoon=x", "actie=x", "hash=x", "voor=x"] {
            let page = browser.get(&format!("{READS}?{query}")).await.expect(200);
            assert!(page.text().contains("Filters wissen</a></p>"), "{query}");
        }
        for typed in [("object", BSN), ("persoon", "Niemand")] {
            browser.post(READS, &[("vanaf", "2026-01-01"), typed]).await.is(422);
        }
        for role in [Role::Lezer, Role::Operator, Role::Applicatiebeheerder] {
            app.logged_in(&[role]).await.get(READS).await.is(403);
        }
    }

    async fn everybody_reads_of_their_own_work_without_personal_data(app: App) {
        operated(&app).await;
        for (role, shown, hidden) in [
            (Role::Operator, ["outbox pause", "jobs run"], ["applicatie create", "beheerder add"]),
            (Role::Applicatiebeheerder, ["applicatie create", "beheerder add"], ["outbox pause", "jobs run"]),
        ] {
            let mut browser = app.logged_in(&[role]).await;
            let page = browser.get(&format!("{OPERATION}?vanaf=2025-01-01")).await.expect(200);
            assert_eq!(count(&page), 2, "{}", page.text());
            for (command, is_there) in shown.iter().map(|c| (c, true)).chain(hidden.iter().map(|c| (c, false))) {
                assert_eq!(page.text().contains(command), is_there, "{command} for {role}");
            }
            assert!(!page.text().contains(BSN) && !page.text().contains("read-log") && !page.text().contains("outboxer"));
            let tabs = between(page.text(), "<nav class=\"tabs\"", "</nav>");
            assert!(!tabs.contains("wijzigingen") && tabs.contains("bediening"), "{tabs}");
            let answer = browser.post(OPERATION, &[("vanaf", "2025-01-01"), ("persoon", "S. Bakker")]).await.expect(303);
            assert!(answer.header("location").is_some_and(|to| !to.contains("Bakker")));
            assert_eq!(count(&browser.follow(&answer).await.expect(200)), 2);
            let word = hidden[0].split(' ').next().expect("a word");
            let page = browser.get(&format!("{OPERATION}?vanaf=2025-01-01&actie={word}")).await.expect(200);
            assert!(page.text().contains("Dit filter kennen we niet"), "{}", page.text());
            assert_eq!(count(&page), 0);
            let answer = browser.get("/beheer/logboek").await.expect(303);
            assert!(answer.header("location").is_some_and(|to| to.ends_with(OPERATION)));
        }
        for role in [Role::Lezer, Role::Beheerder] {
            app.logged_in(&[role]).await.get(OPERATION).await.is(403);
        }
    }

    async fn what_is_gone_leads_to_its_log_for_who_may_read_it(app: App) {
        let klant = app.client().post(KLANTEN, &klant("K1")).await.expect(201).url();
        let contact = app.client().post(CONTACTMOMENTEN, &contactmoment_with(&json!({}))).await.expect(201).url();
        for (url, page) in [(&klant, "klanten"), (&contact, "contactmomenten")] {
            app.client().delete(url).await.is(204);
            let uuid = url.rsplit('/').next().expect("a uuid");
            let gone = app.logged_in(&[Role::Lezer]).await.get(&format!("/beheer/{page}/{uuid}")).await.expect(410);
            assert!(!gone.text().contains("/logboek/"), "{}", gone.text());
            let mut browser = app.logged_in(&[Role::Beheerder]).await;
            // Also long after.
            app.probe().execute("UPDATE audittrail SET aanmaakdatum = '2024-03-05T08:00:00.000000+00:00'").await;
            let gone = browser.get(&format!("/beheer/{page}/{uuid}")).await.expect(410);
            let link = between(gone.text(), "href=\"/beheer/logboek/wijzigingen", "\"").replace("&#38;", "&").replace("&amp;", "&");
            let log = browser.get(&format!("/beheer/logboek/wijzigingen{link}")).await.expect(200);
            assert_eq!(count(&log), 2, "{link}: {}", log.text());
        }
    }
}
