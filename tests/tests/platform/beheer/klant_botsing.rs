//! Two who change the same klant at the same time: nothing that either did is lost without being asked.

use openklant_shared::domain::beheer::Role;
use openklant_tests::beheer::{between, fields, title, typed};
use openklant_tests::fixtures::{BSN, OTHER_BSN, klant, natuurlijk_persoon};
use openklant_tests::{App, on_both};
use serde_json::json;

use super::klant_wijzigen::make;

on_both! {
    async fn three_values_of_what_both_changed_and_the_rest_is_put_together(app: App) {
        let (url, path) = make(&app, &natuurlijk_persoon("K1")).await;
        let other = app.person("b.smit", &[Role::Beheerder]).await;
        let mut smit = app.browser();
        smit.log_in(&app, &other).await;
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let form = browser.get(&path).await.expect(200);
        let mine = fields(form.text());
        let theirs = fields(smit.get(&path).await.expect(200).text());
        let over = [("telefoonnummer", "0601020304"), ("functie", "baas"), ("subjectIdentificatie.inpBsn", OTHER_BSN)];
        let mut without = typed(&theirs, &over);
        without.retain(|(name, _)| *name != "geverifieerd");
        smit.post_raw(&path, &without).await.is(303);

        let over = [("telefoonnummer", "0687654321"), ("emailadres", "f@voorbeeld.example"), ("toelichting", "belde")];
        let page = browser.post_raw(&path, &typed(&mine, &over)).await.expect(409);
        let text = page.text();
        assert_eq!(title(text), "Intussen gewijzigd: klant K1 – Open Klant beheer");
        assert!(text.contains("Naam van b.smit wijzigde 4 velden"), "{text}");
        let asked = between(text, "<legend>", "</fieldset>");
        for value in ["Telefoonnummer", "Stond er toen u begon: 0612345678", "0601020304", "0687654321", "van Naam van b.smit"] {
            assert!(asked.contains(value), "{value}: {asked}");
        }
        assert_eq!(text.matches("<legend>").count(), 1, "{text}");
        let together = between(text, "id=\"samen\"", "</section>");
        for value in ["f@voorbeeld.example <span class=\"soft\">uw wijziging", "baas <span class=\"soft\">wijziging van Naam van b.smit", "nee <span class=\"soft\">wijziging van Naam van b.smit"] {
            assert!(together.contains(value), "{value}: {together}");
        }
        assert!(!text.contains(BSN) && !text.contains(OTHER_BSN), "{text}");

        let choices = fields(text);
        assert!(choices.contains(&("keuze.telefoonnummer".to_owned(), "register".to_owned())), "{choices:?}");
        browser.post_raw(&path, &typed(&choices, &[("keuze.telefoonnummer", "eigen")])).await.is(303);
        let shown = app.client().get(&url).await.expect(200).json();
        assert_eq!(shown["telefoonnummer"], "0687654321");
        assert_eq!(shown["emailadres"], "f@voorbeeld.example");
        assert_eq!(shown["functie"], "baas");
        assert_eq!(shown["geverifieerd"], false);
        assert_eq!(shown["subjectIdentificatie"]["inpBsn"], OTHER_BSN);
        let reasons = app.probe().texts("SELECT toelichting FROM audittrail ORDER BY id").await;
        assert_eq!(reasons, ["", "", "belde"]);
    }

    async fn the_value_of_the_register_is_chosen_until_somebody_chooses(app: App) {
        let (url, path) = make(&app, &natuurlijk_persoon("K1")).await;
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let mine = fields(browser.get(&path).await.expect(200).text());
        app.client().patch(&url, &json!({"telefoonnummer": "07", "subjectIdentificatie": {"inpBsn": OTHER_BSN}})).await.is(200);
        let over = [("telefoonnummer", "06"), ("subjectIdentificatie.inpBsn", "999990019"), ("functie", "baas")];
        let page = browser.post_raw(&path, &typed(&mine, &over)).await.expect(409);
        assert!(!page.text().contains(OTHER_BSN) && page.text().contains("999990019"), "{}", page.text());
        // Once more, before it is saved.
        app.client().patch(&url, &json!({"functie": "knecht"})).await.is(200);
        let page = browser.post_raw(&path, &typed(&fields(page.text()), &[])).await.expect(409);
        assert_eq!(page.text().matches("<legend>").count(), 1, "what was chosen is not asked again: {}", page.text());
        assert!(page.text().contains("knecht"), "{}", page.text());
        let answer = browser.post_raw(&path, &typed(&fields(page.text()), &[])).await.expect(303);
        assert!(browser.follow(&answer).await.text().contains("Er is niets gewijzigd."));
        let shown = app.client().get(&url).await.expect(200).json();
        assert_eq!((&shown["telefoonnummer"], &shown["functie"]), (&json!("07"), &json!("knecht")));
        assert_eq!(shown["subjectIdentificatie"]["inpBsn"], OTHER_BSN);
        assert_eq!(app.probe().count("audittrail").await, 3);
    }

    async fn a_version_that_nobody_knows_is_asked_about_too(app: App) {
        let (url, path) = make(&app, &natuurlijk_persoon("K1")).await;
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let form = fields(browser.get(&path).await.expect(200).text());
        for version in ["", "-1", "x", "999999", "99999999999999999999"] {
            let page = browser.post_raw(&path, &typed(&form, &[("versie", version), ("functie", "baas")])).await.expect(409);
            assert!(page.text().contains("is niet meer bekend"), "{version}: {}", page.text());
            assert!(page.text().contains("meewerkend voorvrouw") && !page.text().contains("Stond er toen u begon"), "{}", page.text());
        }
        // The rows of long ago were removed: the klant is still as it was seen.
        app.probe().execute("DELETE FROM audittrail").await;
        browser.post_raw(&path, &typed(&form, &[("functie", "baas")])).await.is(303);
        assert_eq!(app.client().get(&url).await.expect(200).json()["functie"], "baas");
    }

    async fn of_two_at_the_same_moment_one_is_asked(app: App) {
        let (url, path) = make(&app, &klant("K1")).await;
        let mut one = app.logged_in(&[Role::Beheerder]).await;
        let mut other = app.logged_in(&[Role::Beheerder]).await;
        for round in 0..8 {
            let (mine, theirs) = (one.get(&path).await.expect(200), other.get(&path).await.expect(200));
            let (mine, theirs) = (fields(mine.text()), fields(theirs.text()));
            let (a, b) = (format!("06{round}"), format!("07{round}"));
            let over = [[("telefoonnummer", a.as_str())], [("telefoonnummer", b.as_str())]];
            let (mine, theirs) = (typed(&mine, &over[0]), typed(&theirs, &over[1]));
            let (first, second) = tokio::join!(one.post_raw(&path, &mine), other.post_raw(&path, &theirs));
            let mut statuses = [first.status(), second.status()];
            statuses.sort_unstable();
            assert_eq!(statuses, [303, 409]);
            let expected = if first.status() == 303 { &a } else { &b };
            assert_eq!(app.client().get(&url).await.expect(200).json()["telefoonnummer"], expected.as_str());
        }
        assert_eq!(app.probe().count("audittrail").await, 9);
    }

    async fn what_was_typed_for_a_klant_that_is_gone_can_be_copied(app: App) {
        let (url, path) = make(&app, &klant("K1")).await;
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let form = fields(browser.get(&path).await.expect(200).text());
        app.client().delete(&url).await.is(204);
        let page = browser.post_raw(&path, &typed(&form, &[("voornaam", "Fenna <i>")])).await.expect(410);
        assert!(page.text().contains("Deze klant is verwijderd") && page.text().contains("Fenna &#60;i&#62;"), "{}", page.text());
        browser.get(&path).await.is(410);
        assert_eq!(app.probe().count("klant").await, 0);
    }
}
