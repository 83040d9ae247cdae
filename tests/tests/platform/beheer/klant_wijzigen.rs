//! Changing a klant on the management site.

use chrono::TimeDelta;
use openklant_shared::domain::beheer::Role;
use openklant_tests::beheer::{fields, title, typed};
use openklant_tests::fixtures::{
    BSN, KLANTEN, NOBODY, OTHER_BSN, klant, natuurlijk_persoon, niet_natuurlijk_persoon, vestiging,
};
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

/// Makes a klant; answers its URL in the API and the path of its form.
pub(super) async fn make(app: &App, body: &Value) -> (String, String) {
    let url = app.client().post(KLANTEN, body).await.expect(201).url();
    let uuid = url.rsplit('/').next().expect("a uuid");
    let path = format!("/beheer/klanten/{uuid}/wijzigen");
    (url, path)
}

on_both! {
    async fn one_field_is_changed_and_nothing_else(app: App) {
        let person = app.person("f.devries", &[Role::Beheerder]).await;
        let mut browser = app.browser();
        browser.log_in(&app, &person).await;
        for body in [natuurlijk_persoon("K1"), niet_natuurlijk_persoon("K2"), vestiging("K3")] {
            let (url, path) = make(&app, &body).await;
            let before = app.client().get(&url).await.expect(200).json();
            let form = browser.get(&path).await.expect(200);
            assert!(!form.text().contains(BSN) && !form.text().contains("\"1234567890\""), "{}", form.text());
            let over = [("telefoonnummer", "0687654321"), ("toelichting", "belde zelf")];
            let answer = browser.post_raw(&path, &typed(&fields(form.text()), &over)).await.expect(303);
            let page = browser.follow(&answer).await.expect(200);
            assert!(page.text().contains("De klant is opgeslagen.") && page.text().contains("belde zelf"), "{}", page.text());
            let mut after = before.clone();
            after["telefoonnummer"] = json!("0687654321");
            assert_eq!(app.client().get(&url).await.expect(200).json(), after);
        }
        let rows = app.probe().texts(
            "SELECT actie || ' ' || gebruikers_weergave || ' ' || toelichting || ' ' || resource_url FROM audittrail WHERE actie <> 'create' ORDER BY id",
        ).await;
        assert_eq!(rows.len(), 3);
        let start = format!("partial_update Naam van f.devries belde zelf {}{KLANTEN}/", app.base());
        assert!(rows.iter().all(|row| row.starts_with(&start)), "{rows:?}");
        assert_eq!(app.outbox().await.len(), 6);
    }

    async fn what_is_stored_and_no_form_would_make_stays(app: App) {
        let (url, path) = make(&app, &vestiging("K1")).await;
        let (other, other_path) = make(&app, &niet_natuurlijk_persoon("K2")).await;
        app.client().patch(&url, &json!({"achternaam": "twee\nregels", "subjectIdentificatie": {"handelsnaam": ["a\nb", "", "c"]}})).await.is(200);
        let kind = if app.database().url().starts_with("postgres") { "JSONB" } else { "TEXT" };
        app.probe().execute(&format!(
            "UPDATE klant SET detail = CAST(REPLACE(CAST(detail AS TEXT), 'besloten_vennootschap', 'oude_vorm') AS {kind})"
        )).await;
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        for (url, path) in [(url, path), (other, other_path)] {
            let mut before = app.client().get(&url).await.expect(200).json();
            let form = browser.get(&path).await.expect(200);
            browser.post_raw(&path, &typed(&fields(form.text()), &[("functie", "baas")])).await.is(303);
            before["functie"] = json!("baas");
            assert_eq!(app.client().get(&url).await.expect(200).json(), before);
        }
    }

    async fn an_unchanged_form_leaves_no_trace(app: App) {
        let (url, path) = make(&app, &natuurlijk_persoon("K1")).await;
        let etag = app.client().get(&url).await.expect(200).header("etag").map(str::to_owned);
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let form = browser.get(&path).await.expect(200);
        let answer = browser.post_raw(&path, &typed(&fields(form.text()), &[("toelichting", "zomaar")])).await.expect(303);
        assert!(browser.follow(&answer).await.text().contains("Er is niets gewijzigd."));
        assert_eq!(app.client().get(&url).await.expect(200).header("etag").map(str::to_owned), etag);
        assert_eq!(app.probe().count("audittrail").await, 1);
        assert_eq!(app.outbox().await.len(), 1);
    }

    async fn a_bsn_is_replaced_and_never_shown(app: App) {
        let (url, path) = make(&app, &klant("K1")).await;
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let form = browser.get(&path).await.expect(200);
        assert!(form.text().contains("blijft ongewijzigd") && form.text().contains("BSN vervangen"), "{}", form.text());
        let sent = fields(form.text());
        let name = "subjectIdentificatie.inpBsn";
        let page = browser.post_raw(&path, &typed(&sent, &[(name, OTHER_BSN), ("emailadres", "x")])).await.expect(422);
        assert_eq!(title(page.text()), "Fout: Klant K1 wijzigen – Open Klant beheer");
        assert!(page.text().contains(OTHER_BSN), "what was typed comes back: {}", page.text());
        assert!(page.text().contains("<details open>"), "{}", page.text());
        let page = browser.post_raw(&path, &typed(&sent, &[(name, "111222334")])).await.expect(422);
        assert!(page.text().contains("Dit is geen geldig BSN"), "{}", page.text());
        browser.post_raw(&path, &typed(&sent, &[(name, OTHER_BSN)])).await.is(303);
        assert_eq!(app.client().get(&url).await.expect(200).json()["subjectIdentificatie"]["inpBsn"], OTHER_BSN);
        let page = browser.get(&path).await.expect(200);
        assert!(!page.text().contains(OTHER_BSN) && !page.text().contains(BSN), "{}", page.text());
    }

    async fn what_the_rules_refuse_is_said_and_nothing_changes(app: App) {
        let (url, path) = make(&app, &natuurlijk_persoon("K1")).await;
        app.client().post(KLANTEN, &klant("K2")).await.is(201);
        let before = app.client().get(&url).await.expect(200).json();
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let form = browser.get(&path).await.expect(200);
        let sent = fields(form.text());
        for (field, value, said) in [
            ("klantnummer", "", "Vul een klantnummer in"),
            ("klantnummer", "K2", "al van een andere klant: kies een ander"),
            ("adres.huisnummer", "x", "Het huisnummer is een getal"),
            ("subjectIdentificatie.verblijfsadres.gorOpenbareRuimteNaam", "", "Straat (verblijf): vul dit veld in"),
            ("subjectIdentificatie.subVerblijfBuitenland.lndLandcode", "", "Landcode (buitenland): vul dit veld in"),
        ] {
            let page = browser.post_raw(&path, &typed(&sent, &[(field, value), ("voornaam", "Anders")])).await.expect(422);
            assert!(page.text().contains(said), "{field}: {}", page.text());
            assert!(fields(page.text()).contains(&("voornaam".to_owned(), "Anders".to_owned())));
        }
        browser.post_raw(&path, &typed(&sent, &[("voornaam", &"v".repeat(1 << 20))])).await.is(413);
        browser.post_raw(&path, &typed(&sent, &[("voornaam", "\0")])).await.is(400);
        assert_eq!(app.client().get(&url).await.expect(200).json(), before);
        browser.get(&format!("/beheer/klanten/{NOBODY}/wijzigen")).await.is(404);
        browser.get("/beheer/klanten/x/wijzigen").await.is(404);
        for role in [Role::Lezer, Role::Operator] {
            let mut other = app.logged_in(&[role]).await;
            other.get(&path).await.is(403);
            other.post(&path, &[("voornaam", "Anders")]).await.is(403);
        }
        let mut reader = app.logged_in(&[Role::Lezer]).await;
        let klant = path.trim_end_matches("/wijzigen");
        assert!(!reader.get(klant).await.expect(200).text().contains("/wijzigen\""), "no button for a reader");
        assert!(browser.get(klant).await.expect(200).text().contains("/wijzigen\""));
    }

    async fn markup_in_a_name_is_text(app: App) {
        let mut body = klant("K1");
        body["voornaam"] = json!("<script>alert(1)</script>\"'");
        let (_, path) = make(&app, &body).await;
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let form = browser.get(&path).await.expect(200);
        assert!(!form.text().contains("<script>alert"), "{}", form.text());
        assert!(fields(form.text()).contains(&("voornaam".to_owned(), "<script>alert(1)</script>\"'".to_owned())));
        assert!(!title(form.text()).contains("script"));
    }

    async fn a_session_that_ends_loses_nothing(app: App) {
        let (url, path) = make(&app, &klant("K1")).await;
        let person = app.person("f.devries", &[Role::Beheerder]).await;
        let mut browser = app.browser();
        browser.log_in(&app, &person).await;
        let form = browser.get(&path).await.expect(200);
        let sent = fields(form.text());
        app.clock().advance(TimeDelta::minutes(45));
        app.client().patch(&url, &json!({"functie": "baas"})).await.is(200);
        let over = [("voornaam", "Fenna"), ("subjectIdentificatie.inpBsn", OTHER_BSN)];
        browser.post_raw(&path, &typed(&sent, &over)).await.is(303);
        let stored = app.probe().texts("SELECT sealed FROM beheer_draft").await;
        assert!(stored.len() == 1 && !stored[0].contains(OTHER_BSN) && !stored[0].contains("Fenna"), "{stored:?}");
        let answer = browser.log_in(&app, &person).await;
        let restored = browser.follow(&answer).await.expect(200);
        assert!(restored.text().contains("Uw invoer is teruggezet. Er is nog niets opgeslagen."), "{}", restored.text());
        assert_eq!(app.client().get(&url).await.expect(200).json()["voornaam"], "", "nothing is done by itself");
        let conflict = browser.post_raw(&path, &typed(&fields(restored.text()), &[])).await.expect(409);
        let answer = browser.post_raw(&path, &typed(&fields(conflict.text()), &[])).await.expect(303);
        assert!(browser.follow(&answer).await.text().contains("De klant is opgeslagen."));
        let shown = app.client().get(&url).await.expect(200).json();
        assert_eq!((&shown["voornaam"], &shown["functie"]), (&json!("Fenna"), &json!("baas")));
        assert_eq!(shown["subjectIdentificatie"]["inpBsn"], OTHER_BSN);
    }
}
