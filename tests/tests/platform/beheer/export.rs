//! Klanten as a file for a spreadsheet: who may, what is in it, what is written down, and what happens when it is cut off.

use std::time::Duration;

use openklant_shared::domain::beheer::Role;
use openklant_tests::beheer::Browser;
use openklant_tests::fixtures::{BSN, KLANTEN, klant_with, vestiging};
use openklant_tests::{App, Response, on_both};
use serde_json::json;

use super::klanten::many;

const COLUMNS: [(&str, &str); 3] = [("kolom", "naam"), ("kolom", "nummer"), ("kolom", "klantnummer")];

/// Asks for an export; answers its page.
async fn ask(browser: &mut Browser, fields: &[(&str, &str)]) -> String {
    let mut all = COLUMNS.to_vec();
    all.extend_from_slice(fields);
    let answer = browser.post("/beheer/exports", &all).await.expect(303);
    answer.header("location").expect("an address").to_owned()
}

/// Its page when it is no longer being made.
async fn ended(browser: &mut Browser, page: &str) -> Response {
    for _ in 0..200 {
        let answer = browser.get(page).await.expect(200);
        if answer.header("refresh").is_none() {
            return answer;
        }
        assert_eq!(answer.header("refresh"), Some("5"));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{page} does not end");
}

async fn lines(app: &App) -> Vec<String> {
    app.probe()
        .texts("SELECT route || ' ' || filters || ' ' || reason FROM read_log WHERE reason IS NOT NULL ORDER BY id")
        .await
}

on_both! {
    async fn the_file_is_for_who_asked_with_what_was_asked_for(app: App) {
        app.client().post(KLANTEN, &klant_with("K1", &json!({"voornaam": "=1+1", "achternaam": "Een; \"twee\""}))).await.is(201);
        app.client().post(KLANTEN, &vestiging("V1")).await.is(201);
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let list = browser.get("/beheer/klanten?soort=natuurlijk_persoon").await.expect(200);
        assert!(list.text().contains("/beheer/exports?soort=natuurlijk_persoon\""), "{}", list.text());
        let form = browser.get("/beheer/exports?soort=natuurlijk_persoon").await.expect(200);
        assert!(form.text().contains("soort: natuurlijk persoon"), "{}", form.text());
        let page = ask(&mut browser, &[("soort", "natuurlijk_persoon"), ("reden", "Mailing over afval")]).await;
        let ready = ended(&mut browser, &page).await;
        assert!(ready.text().contains("De export is klaar: 1 klanten"), "{}", ready.text());
        let file = browser.get(&format!("{page}/bestand")).await.expect(200);
        assert_eq!(file.text(), "\u{feff}Naam;Klantnummer;RSIN, vestiging of BSN (afgeschermd)\r\n\"'=1+1 Een; \"\"twee\"\"\";K1;•••••••33\r\n");
        assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
        assert!(file.header("content-disposition").is_some_and(|value| value.starts_with("attachment")));
        assert_eq!(file.header("cache-control"), Some("no-store"));
        let written = lines(&app).await;
        assert_eq!(written.len(), 1, "{written:?}");
        assert!(written[0].starts_with("/beheer/exports ") && written[0].ends_with("Mailing over afval"), "{written:?}");
        assert!(written[0].contains("\"soort\"") && written[0].contains("{\"name\":\"hits\",\"hash\":\"1\"}") || written[0].contains("{\"hash\":\"1\",\"name\":\"hits\"}"), "{written:?}");

        for mut other in [app.logged_in(&[Role::Beheerder]).await, app.logged_in(&[Role::Lezer, Role::Beheerder]).await] {
            other.get(&page).await.is(404);
            other.get(&format!("{page}/bestand")).await.is(404);
        }
        let mut reader = app.logged_in(&[Role::Lezer]).await;
        reader.get("/beheer/exports").await.is(403);
        reader.post("/beheer/exports", &[("reden", "x")]).await.is(403);
        reader.get(&format!("{page}/bestand")).await.is(403);
        assert!(!reader.get("/beheer/klanten").await.text().contains("/beheer/exports"));

        app.probe().execute("UPDATE klant_export SET until = '2000-01-01T00:00:00+00:00'").await;
        browser.get(&page).await.is(404);
        browser.get(&format!("{page}/bestand")).await.is(404);
    }

    async fn a_bsn_is_in_it_only_when_it_was_asked_for_and_that_is_a_line_of_its_own(app: App) {
        app.client().post(KLANTEN, &klant_with("K1", &json!({}))).await.is(201);
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let page = ask(&mut browser, &[("bsn", "true"), ("reden", "Controle bij de BRP")]).await;
        ended(&mut browser, &page).await;
        let file = browser.get(&format!("{page}/bestand")).await.expect(200);
        assert!(file.text().contains(";BSN\r\n") && file.text().ends_with(&format!(";{BSN}\r\n")), "{}", file.text());
        let written = lines(&app).await;
        assert_eq!(written.len(), 2, "{written:?}");
        assert!(!written[0].contains("inpBsn") && written[1].contains("inpBsn"), "{written:?}");
    }

    async fn what_is_not_right_exports_nothing(app: App) {
        app.client().post(KLANTEN, &klant_with("K1", &json!({}))).await.is(201);
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let refused = browser.post("/beheer/exports", &COLUMNS).await.expect(422);
        assert!(refused.text().contains("Fout:") && refused.text().contains("Vul een reden in"), "{}", refused.text());
        browser.post("/beheer/exports", &[("reden", "Zonder kolommen")]).await.is(422);
        for query in ["soort=mens", "gewijzigd=ooit"] {
            let page = browser.get(&format!("/beheer/exports?{query}")).await.expect(200);
            assert!(page.text().contains("Dit filter kennen we niet") && !page.text().contains("name=\"reden\""), "{}", page.text());
            let (name, value) = query.split_once('=').expect("a filter");
            let mut fields = COLUMNS.to_vec();
            fields.extend([("reden", "Zomaar"), (name, value)]);
            let page = browser.post("/beheer/exports", &fields).await;
            assert!(page.text().contains("Dit filter kennen we niet"), "{}", page.text());
        }
        assert!(browser.get("/beheer/exports?achternaam=x").await.text().contains("Dit filter kennen we niet"));
        assert_eq!(app.probe().count("klant_export").await, 0);
        assert_eq!(lines(&app).await, [""; 0]);
    }

    async fn a_large_one_is_made_in_parts_and_none_is_left_out(app: App) {
        many(&app, 1201).await;
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        for (filter, expected) in [
            (("soort", ""), 1201),
            (("geverifieerd", "ja"), 600),
            (("gewijzigd", "2020-01-01"), 1201),
            (("gewijzigd", "2999-01-01"), 0),
            (("aanmaakkanaal", "zeldzaam"), 1),
        ] {
            let page = ask(&mut browser, &[filter, ("reden", "Alles")]).await;
            ended(&mut browser, &page).await;
            let file = browser.get(&format!("{page}/bestand")).await.expect(200);
            let mut numbers: Vec<&str> = file.text().lines().skip(1).filter_map(|line| line.split(';').nth(1)).collect();
            let all = numbers.len();
            numbers.sort_unstable();
            numbers.dedup();
            assert_eq!((all, numbers.len()), (expected, expected), "{filter:?}");
        }
    }

    async fn what_was_cut_off_is_never_given_out(app: App) {
        app.client().post(KLANTEN, &klant_with("K1", &json!({}))).await.is(201);
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let page = ask(&mut browser, &[("reden", "Alles")]).await;
        ended(&mut browser, &page).await;
        // As it is while it is made.
        app.probe().execute("UPDATE klant_export SET state = 'running', written = 12400, expected = 31000").await;
        let running = browser.get(&page).await.expect(200);
        assert!(running.text().contains("12.400 van ongeveer 31.000") && running.text().contains("<progress"), "{}", running.text());
        assert_eq!(running.header("refresh"), Some("5"));
        browser.get(&format!("{page}/bestand")).await.is(409);
        let mut fields = COLUMNS.to_vec();
        fields.push(("reden", "Nog een"));
        browser.post("/beheer/exports", &fields).await.is(429);
        // The process is gone: nothing was heard of it.
        app.clock().advance(chrono::TimeDelta::minutes(3));
        let cut_off = browser.get(&page).await.expect(200);
        assert!(cut_off.text().contains("De export is afgebroken. Er is geen bestand."), "{}", cut_off.text());
        assert_eq!(cut_off.header("refresh"), None);
        browser.get(&format!("{page}/bestand")).await.is(409);
        // A part that is gone breaks the file off: it does not end as if it were whole.
        app.probe().execute("UPDATE klant_export SET state = 'done'; DELETE FROM klant_export_part WHERE nr = 1").await;
        let parts = app.probe().texts("SELECT CAST(parts AS TEXT) FROM klant_export").await;
        assert_eq!(parts, ["2"]);
    }

    async fn one_that_cannot_be_written_down_is_not_ready(app: App) {
        app.client().post(KLANTEN, &klant_with("K1", &json!({}))).await.is(201);
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        app.probe().execute("ALTER TABLE read_log RENAME TO read_log_elders").await;
        let page = ask(&mut browser, &[("reden", "Alles")]).await;
        let cut_off = ended(&mut browser, &page).await;
        assert!(cut_off.text().contains("De export is afgebroken"), "{}", cut_off.text());
        browser.get(&format!("{page}/bestand")).await.is(409);
    }

    async fn those_whose_time_is_over_are_removed_by_the_job(app: App) {
        app.client().post(KLANTEN, &klant_with("K1", &json!({}))).await.is(201);
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let page = ask(&mut browser, &[("reden", "Alles")]).await;
        ended(&mut browser, &page).await;
        let job = openklant_shared::jobs::find("sessions").expect("the job");
        let context = app.worker_context();
        openklant_worker::cleanup::run(&context, "tester", job, context.clock.now()).await.expect("a run");
        assert_eq!(app.probe().count("klant_export").await, 1, "for a day it is kept");
        app.clock().advance(chrono::TimeDelta::hours(25));
        openklant_worker::cleanup::run(&context, "tester", job, context.clock.now()).await.expect("a run");
        assert_eq!((app.probe().count("klant_export").await, app.probe().count("klant_export_part").await), (0, 0));
    }
}
