//! Deleting a contactmoment on the management site.

use openklant_shared::domain::beheer::Role;
use openklant_tests::beheer::hidden;
use openklant_tests::fixtures::NOBODY;
use openklant_tests::{App, on_both};
use serde_json::json;

use super::contactmomenten::{PAGE, contact, couple, klant, text, uuid};

on_both! {
    async fn the_question_names_what_goes_with_it(app: App) {
        let first = contact(&app, &json!({"kanaal": "telefoon", "registratiedatum": "2026-01-02T09:30:00Z"})).await;
        let next = contact(&app, &json!({"kanaal": "balie", "registratiedatum": "2026-01-03T09:30:00Z", "vorigContactmoment": first})).await;
        for nr in 0..2 {
            couple(&app, &first, &klant(&app, &format!("K{nr}"), "Waterland").await).await;
        }
        let path = format!("{PAGE}/{}/verwijderen", uuid(&first));
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let page = text(&mut browser, &path).await;
        for words in [
            "<h1>Telefoongesprek, 2 januari 2026 10:30 verwijderen?</h1>",
            "De koppelingen met 2 klanten en 0 zaken verdwijnen mee.",
            "Het vervolg (Bezoek aan de balie, 3 januari 2026 10:30) verliest zijn verwijzing hiernaar.",
            "Afnemers krijgen een melding.",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let version = hidden(&page, "versie").expect("a version");
        let page = browser.post(&path, &[("versie", &version), ("reden", " ")]).await.expect(422);
        assert!(page.text().contains("Vul een reden in"), "{}", page.text());
        app.client().get(&first).await.is(200);
        let answer = browser.post(&path, &[("versie", &version), ("reden", "Dubbel vastgelegd")]).await.expect(303);
        assert_eq!(answer.header("location"), Some(PAGE));
        assert!(browser.follow(&answer).await.text().contains("Het contactmoment is verwijderd."));
        app.client().get(&first).await.is(404);
        assert_eq!(app.client().get(&next).await.expect(200).json()["vorigContactmoment"], json!(null));
        assert_eq!(app.probe().count("klantcontactmoment").await, 0);
        let who = app.probe().texts("SELECT gebruikers_weergave || '|' || actie || '|' || toelichting FROM audittrail ORDER BY id DESC LIMIT 1").await.remove(0);
        assert!(who.starts_with("Naam van wie-") && who.ends_with("|destroy|Dubbel vastgelegd"), "{who}");
        let last = app.outbox().await.pop().expect("a message");
        assert_eq!((last.message()["actie"].clone(), last.object.to_string()), (json!("destroy"), uuid(&first)));
        browser.get(&path).await.is(410);
        browser.post(&path, &[("versie", &version), ("reden", "Nog eens")]).await.is(410);
        browser.get(&format!("{PAGE}/{NOBODY}/verwijderen")).await.is(404);
    }

    async fn what_was_changed_meanwhile_is_not_deleted(app: App) {
        let url = contact(&app, &json!({})).await;
        let path = format!("{PAGE}/{}/verwijderen", uuid(&url));
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let version = hidden(&text(&mut browser, &path).await, "versie").expect("a version");
        app.client().patch(&url, &json!({"kanaal": "balie"})).await.is(200);
        let page = browser.post(&path, &[("versie", &version), ("reden", "Dubbel")]).await.expect(409);
        assert!(page.text().contains("Er is niets verwijderd."), "{}", page.text());
        browser.post(&path, &[("reden", "Dubbel")]).await.is(409);
        app.client().get(&url).await.is(200);
    }

    async fn a_lezer_may_not_delete(app: App) {
        let url = contact(&app, &json!({})).await;
        let path = format!("{PAGE}/{}/verwijderen", uuid(&url));
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        browser.get(&path).await.is(403);
        browser.post(&path, &[("reden", "Dubbel")]).await.is(403);
        app.client().get(&url).await.is(200);
    }
}
