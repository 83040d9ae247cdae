//! The list of contactmomenten on the management site, and the page of one.

use openklant_shared::domain::beheer::Role;
use openklant_tests::app::Setup;
use openklant_tests::beheer::{between, title};
use openklant_tests::fixtures::{
    BSN, CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, KLANTEN, NOBODY, contactmoment_with, klant_with,
    klantcontactmoment, whole_contactmoment,
};
use openklant_tests::tap::{Tap, queries};
use openklant_tests::{App, Browser, Database, Kind, on_both};
use serde_json::{Value, json};

pub const PAGE: &str = "/beheer/contactmomenten";

/// The end of a URL.
pub fn uuid(url: &str) -> String {
    url.rsplit('/').next().expect("a uuid").to_owned()
}

/// Makes a contactmoment; answers its URL in the API.
pub async fn contact(app: &App, changes: &Value) -> String {
    let body = contactmoment_with(changes);
    app.client().post(CONTACTMOMENTEN, &body).await.expect(201).url()
}

/// Makes a klant; answers its URL in the API.
pub async fn klant(app: &App, klantnummer: &str, achternaam: &str) -> String {
    let changes = json!({"voornaam": "Fenna", "achternaam": achternaam});
    let body = klant_with(klantnummer, &changes);
    app.client().post(KLANTEN, &body).await.expect(201).url()
}

/// Couples a klant to a contactmoment.
pub async fn couple(app: &App, contact: &str, klant: &str) {
    let body = klantcontactmoment(contact, klant);
    app.client().post(KLANTCONTACTMOMENTEN, &body).await.is(201);
}

/// The text of a page.
pub async fn text(browser: &mut Browser, path: &str) -> String {
    browser.get(path).await.expect(200).text().to_owned()
}

/// Which contactmomenten a list shows, in its order.
fn listed(page: &str) -> Vec<String> {
    page.split("<a href=\"/beheer/contactmomenten/")
        .skip(1)
        .filter_map(|rest| Some(rest.split('"').next()?.to_owned()))
        .collect()
}

on_both! {
    async fn the_list_shows_who_when_and_what(app: App) {
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        assert!(text(&mut browser, PAGE).await.contains("Nog geen contactmomenten."));
        let long = "é".repeat(101);
        let first = contact(&app, &json!({"kanaal": "telefoon", "tekst": long, "registratiedatum": "2026-01-02T09:30:00Z"})).await;
        let mut whole = whole_contactmoment();
        whole["tekst"] = json!("<script>alert(1)</script>");
        whole["registratiedatum"] = json!("2026-01-03T09:30:00Z");
        let second = app.client().post(CONTACTMOMENTEN, &whole).await.expect(201).url();
        for nr in 0..5 {
            let klant = klant(&app, &format!("K{nr}"), &format!("Waterland{nr}")).await;
            couple(&app, &second, &klant).await;
        }
        let one = klant(&app, "K9", "Molenaar").await;
        couple(&app, &first, &one).await;
        let page = text(&mut browser, PAGE).await;
        assert_eq!(listed(&page), [uuid(&second), uuid(&first)], "the latest first");
        assert!(page.contains(&format!("{}…<", "é".repeat(100))), "{page}");
        assert!(!page.contains("<script>alert") && page.contains("alert(1)"), "{page}");
        assert!(page.contains("Telefoongesprek") && page.contains("F. de Vries"), "{page}");
        assert!(page.contains(&format!("href=\"/beheer/klanten/{}\">Fenna Molenaar", uuid(&one))), "{page}");
        assert_eq!(page.matches("Fenna Waterland").count(), 3, "no more than three are named: {page}");
        assert_eq!(page.matches("en meer").count(), 1, "{page}");
        assert!(page.contains("href=\"/beheer/contactmomenten\" aria-current=\"page\""), "in the menu: {page}");
        assert!(!page.contains(BSN));
    }

    async fn filters_find_what_they_say_and_nothing_when_they_are_wrong(app: App) {
        let mut urls = Vec::new();
        for (nr, (kanaal, initiatief, at)) in [
            ("telefoon", "klant", "2026-01-02T22:59:59Z"),
            ("balie", "gemeente", "2026-01-02T23:00:00Z"),
            ("telefoon", "", "2026-01-04T08:00:00Z"),
        ].into_iter().enumerate() {
            let changes = json!({
                "kanaal": kanaal, "initiatiefnemer": initiatief, "registratiedatum": at, "tekst": format!("Vraag {nr}"),
                "medewerkerIdentificatie": {"identificatie": format!("mw{nr}")},
            });
            urls.push(uuid(&contact(&app, &changes).await));
        }
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        for (filter, expected) in [
            ("", vec![2, 1, 0]),
            ("kanaal=telefoon", vec![2, 0]),
            ("kanaal=tele", vec![]),
            ("initiatiefnemer=gemeente", vec![1]),
            ("medewerker=mw2", vec![2]),
            // Days are those of Amsterdam, where it is an hour later.
            ("vanaf=2026-01-03", vec![2, 1]),
            ("tot=2026-01-02", vec![0]),
            ("vanaf=2026-01-03&tot=2026-01-03", vec![1]),
            ("kanaal=telefoon&vanaf=2026-01-03", vec![2]),
            ("kanaal=&initiatiefnemer=&vanaf=&tot=&medewerker=", vec![2, 1, 0]),
        ] {
            let page = text(&mut browser, &format!("{PAGE}?{filter}")).await;
            let expected: Vec<&String> = expected.into_iter().map(|nr: usize| &urls[nr]).collect();
            assert_eq!(listed(&page).iter().collect::<Vec<_>>(), expected, "{filter}");
            assert_eq!(page.contains("Geen contactmomenten met deze filters."), expected.is_empty(), "{filter}");
        }
        for (filter, name) in [
            ("kanal=telefoon", "kanal"),
            ("initiatiefnemer=iemand", "initiatiefnemer"),
            ("vanaf=gisteren", "vanaf"),
            ("tot=2026-13-01", "tot"),
            ("tot=262142-12-31", "tot"),
            ("vanaf=0001-01-01", "vanaf"),
            ("medewerker=1234567890123456789012345", "medewerker"),
            ("kanaal=%00", "kanaal"),
            ("medewerker=%00", "medewerker"),
            ("na=x", "na"),
            ("na=NzpnaXN0ZXJlbg", "na"),
            ("voor=Nzo5OTk5OTk5OTk5OTk5OTk5OTk", "voor"),
        ] {
            let page = text(&mut browser, &format!("{PAGE}?{filter}")).await;
            assert_eq!(listed(&page), Vec::<String>::new(), "{filter}");
            assert!(page.contains(&format!("Dit filter kennen we niet: {name}")), "{filter}: {page}");
            assert!(page.contains("Filters wissen"), "{filter}");
        }
    }

    async fn the_list_is_paged_without_loss_when_moments_are_the_same(app: App) {
        let mut made = Vec::new();
        for _ in 0..53 {
            made.push(uuid(&contact(&app, &json!({"kanaal": "balie"})).await));
        }
        made.reverse();
        contact(&app, &json!({"kanaal": "chat"})).await;
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        let mut page = text(&mut browser, &format!("{PAGE}?kanaal=balie")).await;
        let mut seen = listed(&page);
        for _ in 0..2 {
            let next = between(&page, "rel=\"next\" href=\"", "\"").replace("&#38;", "&").replace("&amp;", "&");
            page = text(&mut browser, &next).await;
            seen.extend(listed(&page));
        }
        assert_eq!(seen, made);
        assert!(!page.contains("rel=\"next\""), "that was the last");
        let back = between(&page, "rel=\"prev\" href=\"", "\"").replace("&#38;", "&").replace("&amp;", "&");
        assert_eq!(listed(&text(&mut browser, &back).await), made[25..50]);
    }

    async fn the_page_shows_what_was_said_with_whom_and_what_came_of_it(app: App) {
        let mut whole = whole_contactmoment();
        whole["tekst"] = json!("Regel een <b>vet</b>\n\nRegel drie");
        let url = app.client().post(CONTACTMOMENTEN, &whole).await.expect(201).url();
        let next = contact(&app, &json!({"vorigContactmoment": url})).await;
        let one = klant(&app, "K1", "Waterland").await;
        couple(&app, &url, &one).await;
        let gone = klant(&app, "K2", "Weg").await;
        couple(&app, &url, &gone).await;
        app.client().delete(&gone).await.is(204);
        app.clock().advance(chrono::TimeDelta::minutes(1));
        app.client().patch(&url, &json!({"kanaal": "balie"})).await.is(200);
        app.probe().execute("UPDATE outbox SET state = 'delivered' WHERE id = (SELECT max(id) FROM outbox)").await;

        let mut browser = app.logged_in(&[Role::Lezer]).await;
        let page = text(&mut browser, &format!("{PAGE}/{}", uuid(&url))).await;
        assert!(page.contains("<h1>Bezoek aan de balie, 31 december 2025 23:15</h1>"), "{page}");
        assert_eq!(title(&page), "Contactmoment, 31 december 2025 23:15 – Open Klant beheer");
        let said = between(&page, "<p class=\"said\">", "</p>");
        assert!(said.ends_with("\n\nRegel drie") && !said.contains('<'), "{said}");
        for words in ["balie", "klant", "F. de Vries (mw042)", "nld", "e-mail", "https://www.waterdam.example/afvalpas"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(page.contains("rel=\"noreferrer\""), "{page}");
        assert!(page.contains(&format!("rel=\"next\" href=\"/beheer/contactmomenten/{}\"", uuid(&next))), "{page}");
        assert!(!page.contains("rel=\"prev\""), "{page}");
        assert!(page.contains(&format!("href=\"/beheer/klanten/{}\">Fenna Waterland", uuid(&one))), "{page}");
        assert!(page.contains("klant die er niet meer is") && page.contains("belanghebbende"), "{page}");
        assert!(page.contains("Kanaal gewijzigd") && page.contains("<del>telefoon</del>"), "{page}");
        assert!(page.contains("Contactmoment aangemaakt"), "{page}");
        for (words, count) in [("melding aanvaard", 1), ("melding wacht", 1)] {
            assert_eq!(page.matches(words).count(), count, "{words}: {page}");
        }
        assert!(!page.contains(BSN), "{page}");
        let page = text(&mut browser, &format!("{PAGE}/{}", uuid(&next))).await;
        assert!(page.contains(&format!("rel=\"prev\" href=\"/beheer/contactmomenten/{}\"", uuid(&url))), "{page}");
        assert!(page.contains("Er is niets genoteerd.") && page.contains("Er is geen zaak gekoppeld."), "{page}");
    }

    async fn changes_are_paged(app: App) {
        let url = contact(&app, &json!({})).await;
        for nr in 0..26 {
            app.client().patch(&url, &json!({"tekst": format!("versie {nr}.")})).await.is(200);
        }
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        let path = format!("{PAGE}/{}", uuid(&url));
        let page = text(&mut browser, &path).await;
        assert!(page.contains("versie 25.") && !page.contains("<ins>versie 0."), "{page}");
        let older = between(&page, "?voor=", "\"");
        let page = text(&mut browser, &format!("{path}?voor={older}")).await;
        assert!(page.contains("Contactmoment aangemaakt") && page.contains("<ins>versie 0."), "{page}");
        assert!(!page.contains("?voor="), "{page}");
        browser.get(&format!("{path}?voor=x")).await.is(404);
    }

    async fn what_is_gone_says_so_and_others_are_not_there(app: App) {
        let url = contact(&app, &json!({"tekst": "Over de afvalpas"})).await;
        app.client().delete(&url).await.is(204);
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        let page = browser.get(&format!("{PAGE}/{}", uuid(&url))).await.expect(410);
        assert!(page.text().contains("Dit contactmoment is verwijderd"), "{}", page.text());
        assert!(!page.text().contains("afvalpas"));
        browser.get(&format!("{PAGE}/{NOBODY}")).await.is(404);
        browser.get(&format!("{PAGE}/x")).await.is(404);
        let answer = browser.post("/beheer/zoeken", &[("zoek", &uuid(&url))]).await.expect(303);
        browser.follow(&answer).await.is(410);
    }

    async fn a_uuid_and_a_line_of_the_timeline_lead_to_the_page(app: App) {
        let url = contact(&app, &json!({"kanaal": "telefoon"})).await;
        let one = klant(&app, "K1", "Waterland").await;
        couple(&app, &url, &one).await;
        let path = format!("{PAGE}/{}", uuid(&url));
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        let answer = browser.post("/beheer/zoeken", &[("zoek", &uuid(&url))]).await.expect(303);
        assert_eq!(answer.header("location"), Some(path.as_str()));
        let page = browser.follow(&answer).await.expect(200);
        assert!(page.text().contains("Gevonden op uuid."), "{}", page.text());
        let page = text(&mut browser, &format!("/beheer/klanten/{}", uuid(&one))).await;
        assert!(page.contains(&format!("<a href=\"{path}\">Contact via telefoon</a>")), "{page}");
    }

    async fn who_looked_is_recorded_where_a_log_of_reads_is_kept(database: Database) {
        let settings = [("OPENKLANT_READ_LOG", "true"), ("OPENKLANT_READ_LOG_KEY", "een sleutel van meer dan genoeg tekens")];
        let app = App::start(&database, &settings).await;
        let url = contact(&app, &json!({"kanaal": "telefoon"})).await;
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        browser.get(&format!("{PAGE}?kanaal=telefoon")).await.is(200);
        browser.get(&format!("{PAGE}/{}", uuid(&url))).await.is(200);
        let rows = app.probe().texts("SELECT route || ' ' || filters FROM read_log WHERE client_id = 'beheer' ORDER BY id").await;
        assert_eq!(rows.len(), 2, "{rows:?}");
        assert!(rows[0].starts_with("/beheer/contactmomenten ") && rows[0].contains("kanaal") && !rows[0].contains("telefoon"), "{rows:?}");
        assert!(rows[1].starts_with("/beheer/contactmomenten/{uuid} "), "{rows:?}");
        let objects = app.probe().texts("SELECT CAST(object_uuid AS TEXT) FROM read_log WHERE client_id = 'beheer' AND object_uuid IS NOT NULL").await;
        assert_eq!(objects, [uuid(&url)]);
    }
}

/// What the pages ask of the database beside the session.
#[test]
fn the_pages_cost_few_statements() {
    openklant_tests::both::run(Kind::Postgres, async |database: Database| {
        let tap = Tap::before(&database.url()).await;
        let app = Setup::new().database_url(tap.url()).start(&database).await;
        let url = contact(&app, &json!({})).await;
        let klant = klant(&app, "K1", "Waterland").await;
        couple(&app, &url, &klant).await;
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        for (path, most) in [
            (PAGE.to_owned(), 3),
            (format!("{PAGE}?kanaal=x"), 3),
            (format!("{PAGE}/{}", uuid(&url)), 5),
        ] {
            browser.get(&path).await.is(200);
            tap.take();
            browser.get(&path).await.is(200);
            let statements = tap.take();
            let count = queries(&statements)
                .into_iter()
                .filter(|sql| !sql.contains("beheer_session"))
                .count();
            assert!(count <= most, "{path}: {count} {statements:#?}");
        }
    });
}
