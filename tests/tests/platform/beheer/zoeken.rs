//! Searching for a klant on the management site, and the page of one with its timeline.

use openklant_shared::domain::beheer::Role;
use openklant_tests::beheer::{Browser, title};
use openklant_tests::fixtures::{
    BSN, CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, KLANTEN, OTHER_BSN, contactmoment_with, klant_with,
    klantcontactmoment,
};
use openklant_tests::{App, Database, Response, on_both};
use serde_json::json;

/// Makes a klant with this surname; answers its URL in the API and its uuid.
async fn make(app: &App, klantnummer: &str, achternaam: &str, bsn: &str) -> (String, String) {
    let changes =
        json!({"voornaam": "Fenna", "achternaam": achternaam, "subjectIdentificatie": {"inpBsn": bsn}});
    let url = app
        .client()
        .post(KLANTEN, &klant_with(klantnummer, &changes))
        .await
        .expect(201)
        .url();
    let uuid = url.rsplit('/').next().expect("a uuid").to_owned();
    (url, uuid)
}

/// Types it into the box and follows.
async fn search(browser: &mut Browser, typed: &str) -> (String, Response) {
    let answer = browser
        .post("/beheer/zoeken", &[("zoek", typed)])
        .await
        .expect(303);
    let to = answer.header("location").expect("an address").to_owned();
    let page = browser.follow(&answer).await;
    (to, page)
}

on_both! {
    async fn a_number_leads_straight_to_the_klant_and_stands_in_no_address(app: App) {
        let (_, uuid) = make(&app, "K1", "Waterland", BSN).await;
        make(&app, "K2", "Waterland", OTHER_BSN).await;
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        for typed in [BSN, &format!(" {}.{} ", &BSN[..4], &BSN[4..]), "K1", &uuid] {
            let (to, page) = search(&mut browser, typed).await;
            assert!(to.ends_with(&format!("/beheer/klanten/{uuid}")), "{typed}: {to}");
            let text = page.expect(200).text().to_owned();
            assert!(text.contains("Fenna Waterland"), "{text}");
            assert!(!text.contains(BSN) && text.contains("afgeschermd, eindigt op"), "{text}");
            assert_eq!(title(&text), "Klant K1 – Open Klant beheer");
        }
    }

    async fn a_name_finds_all_who_begin_so(app: App) {
        let (_, first) = make(&app, "K1", "Waterland", BSN).await;
        let (_, second) = make(&app, "K2", "Waterdam", OTHER_BSN).await;
        let (_, other) = make(&app, "K3", "Molenaar", BSN).await;
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        let (to, page) = search(&mut browser, "wàter").await;
        assert!(!to.contains("ter"), "{to}");
        let text = page.expect(200).text().to_owned();
        for (uuid, is_there) in [(&first, true), (&second, true), (&other, false)] {
            assert_eq!(text.contains(uuid.as_str()), is_there, "{text}");
        }
        assert!(!title(&text).contains("ter"), "{}", title(&text));
        let (_, page) = search(&mut browser, "fenna waterl").await;
        assert!(page.text().contains(&first) && !page.text().contains(&second));
        // Twice the same BSN: a list, for somebody to choose from.
        let (to, page) = search(&mut browser, BSN).await;
        assert!(to.contains("/zoeken/"), "{to}");
        let text = page.expect(200).text().to_owned();
        assert!(text.contains(&first) && text.contains(&other) && !text.contains(&second), "{text}");
    }

    async fn what_cannot_be_searched_for_is_said_and_finds_nobody(app: App) {
        let (_, uuid) = make(&app, "K1", "Waterland", BSN).await;
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        for (typed, said) in [
            ("", "Typ minstens 2 letters."),
            ("w", "Typ minstens 2 letters."),
            ("111222334", "Dit is geen geldig BSN of RSIN: controleer de cijfers."),
            (&"w".repeat(1001), "Deze zoekopdracht is te lang."),
            ("%%", "Typ minstens 2 letters."),
            ("__", "Typ minstens 2 letters."),
            ("wat%", "niets gevonden"),
            ("' OR 1=1 --", "niets gevonden"),
            ("https://elders.example/zaken/1", "niets gevonden"),
            ("0b2a1d1e-8f0e-4a8e-9a53-0d2d7f0e1c99", "niets gevonden"),
        ] {
            let (_, page) = search(&mut browser, typed).await;
            let text = page.expect(200).text().to_owned();
            assert!(text.contains(said), "{typed}: {text}");
            assert!(!text.contains(&uuid), "{typed}");
        }
        browser.post("/beheer/zoeken", &[("zoek", &"w".repeat(1 << 20))]).await.is(413);
    }

    async fn a_search_belongs_to_its_session_and_is_kept_for_half_an_hour(app: App) {
        let (_, uuid) = make(&app, "K1", "Waterland", BSN).await;
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        let (to, _) = search(&mut browser, "waterl").await;
        assert!(browser.get(&to).await.expect(200).text().contains(&uuid), "reload works");
        let mut other = app.logged_in(&[Role::Lezer]).await;
        for address in [&to, "/beheer/zoeken/x"] {
            let text = other.get(address).await.expect(200).text().to_owned();
            assert!(text.contains("verlopen") && !text.contains(&uuid), "{text}");
        }
        let text = browser.get(&format!("{to}?soort=vestiging")).await.expect(200).text().to_owned();
        assert!(!text.contains(&uuid), "a filter that is not known shows nobody: {text}");
        app.clock().advance(chrono::TimeDelta::minutes(31));
        let later = browser.get(&to).await;
        assert!(later.status() == 303 || later.text().contains("verlopen"), "{}", later.status());
    }

    async fn the_timeline_has_contact_and_changes_and_goes_back_to_the_beginning(app: App) {
        let client = app.client();
        let (url, uuid) = make(&app, "K1", "Waterland", BSN).await;
        for nr in 0..26 {
            app.clock().advance(chrono::TimeDelta::minutes(1));
            client.patch(&url, &json!({"telefoonnummer": format!("06000000{nr:02}")})).await.is(200);
        }
        app.clock().advance(chrono::TimeDelta::minutes(1));
        let contact = client
            .post(CONTACTMOMENTEN, &contactmoment_with(&json!({"kanaal": "Telefoon", "tekst": "Vraag over <b>afval</b>"})))
            .await
            .expect(201)
            .url();
        client.post(KLANTCONTACTMOMENTEN, &klantcontactmoment(&contact, &url)).await.is(201);
        client.patch(&url, &json!({"subjectIdentificatie": {"inpBsn": OTHER_BSN}})).await.is(200);

        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let page = browser.get(&format!("/beheer/klanten/{uuid}")).await.expect(200);
        let text = page.text();
        assert!(text.contains("Contact via Telefoon"), "{text}");
        assert!(text.contains("&#60;b&#62;afval") || text.contains("&lt;b&gt;afval"), "{text}");
        assert!(text.contains("Telefoonnummer gewijzigd") && text.contains("0600000025"), "{text}");
        assert!(!text.contains(BSN) && !text.contains(OTHER_BSN), "a change of a BSN is masked: {text}");
        assert!(!text.contains("Klant aangemaakt"), "that is on the next page");
        assert_eq!(text.matches("melding wacht").count(), 25, "each line says what became of its message: {text}");
        app.probe().execute("UPDATE outbox SET state = 'delivered' WHERE kanaal = 'contactmomenten'").await;
        app.probe().execute("UPDATE outbox SET state = 'parked' WHERE id = (SELECT max(id) FROM outbox WHERE kanaal = 'klanten')").await;
        let again = browser.get(&format!("/beheer/klanten/{uuid}")).await.expect(200);
        for (words, count) in [("melding wacht", 23), ("melding aanvaard", 1), ("melding geparkeerd", 1)] {
            assert_eq!(again.text().matches(words).count(), count, "{words} in {}", again.text());
        }
        let older = openklant_tests::beheer::between(text, "?voor=", "\"");
        let text = browser.get(&format!("/beheer/klanten/{uuid}?voor={older}")).await.expect(200).text().to_owned();
        assert!(text.contains("Klant aangemaakt") && text.contains("begin van de tijdlijn"), "{text}");
        assert!(!text.contains("Contact via Telefoon") && text.contains("0600000001"), "{text}");
        browser.get(&format!("/beheer/klanten/{uuid}?voor=x")).await.is(404);
    }

    async fn a_klant_that_is_gone_says_so_and_others_are_not_there(app: App) {
        let (url, uuid) = make(&app, "K1", "Waterland", BSN).await;
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        app.client().delete(&url).await.is(204);
        let text = browser.get(&format!("/beheer/klanten/{uuid}")).await.expect(410).text().to_owned();
        assert!(text.contains("Deze klant is verwijderd"), "{text}");
        browser.get("/beheer/klanten/0b2a1d1e-8f0e-4a8e-9a53-0d2d7f0e1c99").await.is(404);
        browser.get("/beheer/klanten/x").await.is(404);
        let (_, page) = search(&mut browser, "waterl").await;
        assert!(!page.text().contains(&uuid), "what is gone is not found");
    }

    async fn who_looked_is_recorded_where_a_log_of_reads_is_kept(database: Database) {
        let settings = [("OPENKLANT_READ_LOG", "true"), ("OPENKLANT_READ_LOG_KEY", "een sleutel van meer dan genoeg tekens")];
        let app = App::start(&database, &settings).await;
        let (_, uuid) = make(&app, "K1", "Waterland", BSN).await;
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        search(&mut browser, BSN).await;
        let rows = app.probe().texts("SELECT route || ' ' || filters FROM read_log WHERE client_id = 'beheer' ORDER BY id").await;
        assert_eq!(rows.len(), 2, "{rows:?}");
        assert!(rows[0].starts_with("/beheer/zoeken ") && rows[0].contains("bsn") && !rows[0].contains(BSN), "{rows:?}");
        let objects = app.probe().texts("SELECT CAST(object_uuid AS TEXT) FROM read_log WHERE client_id = 'beheer' AND object_uuid IS NOT NULL").await;
        assert_eq!(objects, [uuid]);
    }
}
