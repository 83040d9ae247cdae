//! Logboek, Wijzigingen: what was changed, by whom, also of what is gone.

use openklant_shared::domain::beheer::Role;
use openklant_tests::beheer::{Browser, between, title};
use openklant_tests::fixtures::{
    BSN, CONTACTMOMENTEN, KLANTEN, NOBODY, OTHER_BSN, contactmoment_with, klant_with,
};
use openklant_tests::{App, Response, on_both};
use serde_json::json;

const LIST: &str = "/beheer/logboek/wijzigingen";

/// Makes a klant; answers its URL in the API and its uuid.
async fn make(app: &App, klantnummer: &str) -> (String, String) {
    let changes = json!({"voornaam": "Fenna", "achternaam": "Waterland",
        "subjectIdentificatie": {"inpBsn": BSN, "inpANummer": "1234567890"}});
    let url = app
        .client()
        .post(KLANTEN, &klant_with(klantnummer, &changes))
        .await
        .expect(201)
        .url();
    let uuid = url.rsplit('/').next().expect("a uuid").to_owned();
    (url, uuid)
}

/// Types it into the form and follows; answers the address too.
async fn search(browser: &mut Browser, typed: &[(&str, &str)]) -> (String, Response) {
    let mut fields = vec![("vanaf", "2020-01-01")];
    fields.extend(typed);
    let answer = browser.post(LIST, &fields).await.expect(303);
    let to = answer.header("location").expect("an address").to_owned();
    let page = browser.follow(&answer).await.expect(200);
    (to, page)
}

/// How many changes a page shows.
fn count(page: &Response) -> usize {
    page.text().matches("href=\"/beheer/logboek/wijzigingen/").count()
}

on_both! {
    async fn what_is_gone_is_found_by_url_uuid_and_number(app: App) {
        let (url, uuid) = make(&app, "K1").await;
        make(&app, "K2").await;
        app.client().patch(&url, &json!({"klantnummer": "K1b", "subjectIdentificatie": {"inpBsn": OTHER_BSN}})).await.is(200);
        app.client().delete(&url).await.is(204);
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        for (typed, expected) in [(url.as_str(), 3), (uuid.as_str(), 3), ("K1", 1), ("K1b", 2), ("K2", 1), ("K3", 0), (NOBODY, 0)] {
            let (to, page) = search(&mut browser, &[("object", typed)]).await;
            assert_eq!(count(&page), expected, "{typed} at {to}: {}", page.text());
            assert_eq!(page.text().contains("Niets gevonden in deze periode."), expected == 0, "{typed}");
        }
        let (_, page) = search(&mut browser, &[("object", &uuid)]).await;
        for words in ["Klant aangemaakt", "2 velden gewijzigd", "Klant verwijderd"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
    }

    async fn a_change_is_readable_and_numbers_of_persons_are_masked(app: App) {
        let (url, uuid) = make(&app, "K1").await;
        app.client().patch(&url, &json!({"telefoonnummer": "0600000001", "subjectIdentificatie": {"inpBsn": OTHER_BSN}})).await.is(200);
        app.client().delete(&url).await.is(204);
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let (_, page) = search(&mut browser, &[("object", &uuid)]).await;
        let links: Vec<String> = page
            .text()
            .split("href=\"/beheer/logboek/wijzigingen/")
            .skip(1)
            .map(|rest| format!("{LIST}/{}", rest.split('"').next().expect("an address")))
            .collect();
        assert_eq!(links.len(), 3);
        for link in &links {
            let page = browser.get(link).await.expect(200);
            let text = page.text();
            assert_eq!(title(text), "Wijziging – Open Klant beheer");
            assert!(text.contains("JSON ") && text.contains("•••••••"), "{text}");
            for number in [BSN, OTHER_BSN, "1234567890"] {
                assert!(!text.contains(number), "{number} at {link}: {text}");
            }
            assert!(!text.contains("/wachtrij/berichten/"), "the queue is for operators");
        }
        let page = browser.get(&links[1]).await.expect(200);
        assert!(page.text().contains("0600000001") && page.text().contains("2 velden gewijzigd"), "{}", page.text());
        let mut both = app.logged_in(&[Role::Beheerder, Role::Operator]).await;
        let page = both.get(&links[1]).await.expect(200);
        let message = between(page.text(), "/beheer/wachtrij/berichten/", "\"").to_owned();
        both.get(&format!("/beheer/wachtrij/berichten/{message}")).await.is(200);
        browser.get(&format!("{LIST}/{NOBODY}")).await.is(404);
        browser.get(&format!("{LIST}/x")).await.is(404);
    }

    async fn names_are_searched_for_and_stand_in_no_address(app: App) {
        let (url, _) = make(&app, "K1").await;
        app.probe().execute("UPDATE audittrail SET gebruikers_weergave = 'P. Anders', applicatie_weergave = 'Zaken & co'").await;
        app.client().patch(&url, &json!({"voornaam": "Bo"})).await.is(200);
        app.client().post(CONTACTMOMENTEN, &contactmoment_with(&json!({}))).await.is(201);
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let (to, page) = search(&mut browser, &[("persoon", "P. Anders")]).await;
        assert!(!to.contains("Anders"), "{to}");
        assert_eq!(count(&page), 1);
        assert!(page.text().contains("Alleen door P. Anders."), "{}", page.text());
        // The person stays chosen when the form is sent again.
        let van = between(page.text(), "name=\"van\" value=\"", "\"").to_owned();
        let (_, page) = search(&mut browser, &[("van", &van), ("actie", "verwijderd")]).await;
        assert_eq!(count(&page), 0);
        let (_, page) = search(&mut browser, &[("applicatie", "Zaken & co")]).await;
        assert_eq!(count(&page), 1);
        for (typed, expected) in [
            (&[("actie", "gewijzigd")][..], 1),
            (&[("actie", "aangemaakt")], 2),
            (&[("resultaat", "201")], 2),
            (&[("resultaat", "204")], 0),
            (&[("actie", "verwijderd"), ("resultaat", "201")], 0),
            (&[], 3),
        ] {
            let (to, page) = search(&mut browser, typed).await;
            assert_eq!(count(&page), expected, "{typed:?} at {to}");
        }
    }

    async fn what_is_typed_wrong_is_said_and_finds_nothing(app: App) {
        make(&app, "K1").await;
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        assert_eq!(count(&browser.get(LIST).await.expect(200)), 1, "the last seven days");
        for (fields, said) in [
            (&[("vanaf", "")][..], "waarop de periode begint"),
            (&[("vanaf", "gisteren")], "waarop de periode begint"),
            (&[("vanaf", "2026-01-05"), ("tot", "2026-01-04")], "eindigt voor zij begint"),
            (&[("vanaf", "2026-01-05"), ("tot", "x")], "laatste dag van de periode"),
            (&[("vanaf", "2020-01-01"), ("object", BSN)], "een klantnummer van hoogstens 8 tekens"),
            (&[("vanaf", "2020-01-01"), ("persoon", "Niemand")], "niemand met precies deze naam"),
        ] {
            let page = browser.post(LIST, fields).await.expect(422);
            assert!(page.text().contains(said), "{fields:?}: {}", page.text());
            assert!(title(page.text()).starts_with("Fout: "));
            assert_eq!(count(&page), 0);
        }
        for query in [
            "naam=x", "vanaf=x", "tot=2026-13-01", "vanaf=2026-01-05&tot=2026-01-04", "vanaf=-9999-01-01", "klant=x", "contactmoment=1",
            "klantnummer=123456789", "persoon=P.+Anders", "actie=x", "resultaat=500", "na=x", "voor=%00", "na=MTo5MjIzMzcyMDM2ODU0Nzc1ODA3",
            &format!("klant={NOBODY}&contactmoment={NOBODY}"),
        ] {
            let page = browser.get(&format!("{LIST}?{query}")).await.expect(200);
            assert_eq!(count(&page), 0, "{query}");
            assert!(page.text().contains("Filters wissen") && !page.text().contains("Niets gevonden"), "{query}: {}", page.text());
        }
    }

    async fn the_list_goes_to_the_end_and_back(app: App) {
        let (url, uuid) = make(&app, "K1").await;
        for nr in 0..59 {
            // All in one second: the number decides.
            app.client().patch(&url, &json!({"telefoonnummer": format!("06000000{nr:02}")})).await.is(200);
        }
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        for first in [LIST.to_owned(), format!("{LIST}?klant={uuid}"), format!("{LIST}?klantnummer=K1&actie=gewijzigd")] {
            let all = if first.contains("actie") { 59 } else { 60 };
            let (mut forth, mut path) = (Vec::new(), first.clone());
            loop {
                let page = browser.get(&path).await.expect(200);
                forth.push(rows(&page));
                if !page.text().contains("rel=\"next\"") {
                    break;
                }
                path = link(&page, "next");
            }
            assert_eq!(forth.iter().map(Vec::len).collect::<Vec<_>>(), [25, 25, all - 50], "{first}");
            let mut seen: Vec<&String> = forth.iter().flatten().collect();
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), all, "no row twice");
            for expected in [&forth[1], &forth[0]] {
                let page = browser.get(&path).await.expect(200);
                path = link(&page, "prev");
                assert_eq!(&rows(&browser.get(&path).await.expect(200)), expected, "{first}");
            }
        }
    }

    async fn the_logs_are_for_who_may_read_them(app: App) {
        make(&app, "K1").await;
        for (role, status) in [(Role::Beheerder, 200), (Role::Lezer, 403), (Role::Operator, 403), (Role::Applicatiebeheerder, 403)] {
            let mut browser = app.logged_in(&[role]).await;
            browser.get(LIST).await.is(status);
            browser.get(&format!("{LIST}/{NOBODY}")).await.is(if status == 200 { 404 } else { status });
        }
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let answer = browser.get("/beheer/logboek").await.expect(303);
        assert!(answer.header("location").is_some_and(|to| to.ends_with(LIST)));
    }
}

fn rows(page: &Response) -> Vec<String> {
    page.text()
        .split("href=\"/beheer/logboek/wijzigingen/")
        .skip(1)
        .map(|rest| rest.split('"').next().expect("an address").to_owned())
        .collect()
}

fn link(page: &Response, rel: &str) -> String {
    between(page.text(), &format!("rel=\"{rel}\" href=\""), "\"")
        .replace("&amp;", "&")
        .replace("&#38;", "&")
}
