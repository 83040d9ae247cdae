//! Coupling klanten to a contactmoment on the management site, and taking them off.

use openklant_shared::domain::beheer::Role;
use openklant_tests::fixtures::{BSN, KLANTCONTACTMOMENTEN, NOBODY};
use openklant_tests::{App, Browser, Response, on_both};
use serde_json::json;

use super::contactmomenten::{PAGE, contact, couple, klant, text, uuid};

/// Searches on the page; answers where that led, and the page there.
async fn search(browser: &mut Browser, path: &str, typed: &str) -> (String, Response) {
    let answer = browser.post(path, &[("zoek", typed)]).await.expect(303);
    let to = answer.header("location").expect("an address").to_owned();
    let page = browser.follow(&answer).await;
    (to, page)
}

on_both! {
    async fn a_klant_is_searched_for_picked_and_coupled(app: App) {
        let url = contact(&app, &json!({"kanaal": "telefoon"})).await;
        let one = klant(&app, "K1", "Waterland").await;
        let other = klant(&app, "K2", "Waterdam").await;
        let path = format!("{PAGE}/{}/koppelen", uuid(&url));
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        assert!(text(&mut browser, &path).await.contains("Welke klant?"));
        let (to, page) = search(&mut browser, &path, "water").await;
        assert!(!to.contains("water"), "what is typed stands in no address: {to}");
        let page = page.expect(200);
        for klant in [&one, &other] {
            assert!(page.text().contains(&format!("value=\"{}\"", uuid(klant))), "{}", page.text());
        }
        assert!(!page.text().contains(BSN) && page.text().contains("afgeschermd"), "{}", page.text());
        let page = browser.post(&to, &[("rol", "belanghebbende")]).await.expect(422);
        assert!(page.text().contains("Kies een klant") && page.text().contains("href=\"#klant\""), "{}", page.text());
        let klant = uuid(&one);
        let page = browser.post(&to, &[("klant", &klant), ("rol", "buurman")]).await.expect(422);
        assert!(page.text().contains("kies een van de waarden") && page.text().contains(&format!("value=\"{klant}\" checked")), "{}", page.text());
        assert_eq!(app.probe().count("klantcontactmoment").await, 0);
        let answer = browser.post(&to, &[("klant", &klant), ("rol", "belanghebbende")]).await.expect(303);
        let page = browser.follow(&answer).await.expect(200);
        assert!(page.text().contains("De klant is gekoppeld.") && page.text().contains("Fenna Waterland"), "{}", page.text());
        let relations = app.client().get(format!("{KLANTCONTACTMOMENTEN}?contactmoment={url}")).await.expect(200).json();
        assert_eq!(relations["count"], json!(1));
        assert_eq!((&relations["results"][0]["klant"], &relations["results"][0]["rol"]), (&json!(one), &json!("belanghebbende")));
        let page = browser.post(&to, &[("klant", &klant), ("rol", "belanghebbende")]).await.expect(422);
        assert!(page.text().contains("<div class=\"alert error\""), "twice the same: {}", page.text());
        assert_eq!(app.probe().count("klantcontactmoment").await, 1);
    }

    async fn nothing_found_and_searches_that_are_over_say_so(app: App) {
        let url = contact(&app, &json!({})).await;
        let one = klant(&app, "K1", "Waterland").await;
        let path = format!("{PAGE}/{}/koppelen", uuid(&url));
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        for (typed, said) in [
            ("", "Typ minstens 2 letters."),
            ("111222334", "Dit is geen geldig BSN of RSIN"),
            (&"w".repeat(1001), "Deze zoekopdracht is te lang."),
            ("molenaar", "Er is niets gevonden."),
            (NOBODY, "Er is niets gevonden."),
            ("https://elders.example/1", "Er is niets gevonden."),
        ] {
            let (_, page) = search(&mut browser, &path, typed).await;
            assert!(page.expect(200).text().contains(said), "{typed}");
        }
        for typed in [uuid(&one).as_str(), one.as_str(), "K1", BSN] {
            let (_, page) = search(&mut browser, &path, typed).await;
            assert!(page.expect(200).text().contains("Fenna Waterland"), "{typed}");
        }
        for address in [format!("{path}/x"), format!("{path}/{}", "0".repeat(32))] {
            assert!(text(&mut browser, &address).await.contains("verlopen"));
        }
        let (to, _) = search(&mut browser, &path, "waterl").await;
        let mut other = app.logged_in(&[Role::Beheerder]).await;
        let page = text(&mut other, &to).await;
        assert!(page.contains("verlopen") && !page.contains("Waterland"), "{page}");
        let klant = uuid(&one);
        app.client().delete(&one).await.is(204);
        let page = browser.post(&to, &[("klant", &klant), ("rol", "belanghebbende")]).await.expect(422);
        assert!(page.text().contains("href=\"#klant\""), "{}", page.text());
        browser.post(&to, &[("klant", "x"), ("rol", "belanghebbende")]).await.is(404);
    }

    async fn a_klant_is_taken_off_after_a_question(app: App) {
        let url = contact(&app, &json!({})).await;
        let other = contact(&app, &json!({})).await;
        let one = klant(&app, "K1", "Waterland").await;
        couple(&app, &url, &one).await;
        let relations = app.client().get(format!("{KLANTCONTACTMOMENTEN}?contactmoment={url}")).await.expect(200).json();
        let relation = uuid(relations["results"][0]["url"].as_str().expect("a relation"));
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let path = format!("{PAGE}/{}/ontkoppelen/{relation}", uuid(&url));
        assert!(text(&mut browser, &format!("{PAGE}/{}", uuid(&url))).await.contains(&path));
        let page = text(&mut browser, &path).await;
        assert!(page.contains("<h1>Fenna Waterland loskoppelen?</h1>"), "{page}");
        browser.get(&format!("{PAGE}/{}/ontkoppelen/{relation}", uuid(&other))).await.is(404);
        browser.post(&format!("{PAGE}/{}/ontkoppelen/{relation}", uuid(&other)), &[]).await.is(404);
        assert_eq!(app.probe().count("klantcontactmoment").await, 1);
        let answer = browser.post(&path, &[]).await.expect(303);
        assert!(browser.follow(&answer).await.text().contains("De koppeling is verwijderd."));
        assert_eq!(app.probe().count("klantcontactmoment").await, 0);
        app.client().get(&one).await.is(200);
        browser.post(&path, &[]).await.is(404);
    }

    async fn a_lezer_may_not_couple(app: App) {
        let url = contact(&app, &json!({})).await;
        let one = klant(&app, "K1", "Waterland").await;
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        let path = format!("{PAGE}/{}/koppelen", uuid(&url));
        browser.get(&path).await.is(403);
        browser.post(&path, &[("zoek", "waterland")]).await.is(403);
        browser.post(&format!("{path}/{}", "0".repeat(32)), &[("klant", &uuid(&one)), ("rol", "belanghebbende")]).await.is(403);
        assert_eq!(app.probe().count("klantcontactmoment").await, 0);
    }
}
