//! Deleting a klant on the management site.

use openklant_shared::domain::beheer::Role;
use openklant_tests::beheer::{fields, title, typed};
use openklant_tests::fixtures::{
    CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, NOBODY, contactmoment, klant, klantcontactmoment,
    natuurlijk_persoon,
};
use openklant_tests::{App, on_both};
use serde_json::json;

use super::klant_wijzigen::make;

on_both! {
    async fn it_is_asked_with_what_will_happen_and_then_done(app: App) {
        let (url, path) = make(&app, &natuurlijk_persoon("K1")).await;
        let contact = app.client().post(CONTACTMOMENTEN, &contactmoment()).await.expect(201).url();
        app.client().post(KLANTCONTACTMOMENTEN, &klantcontactmoment(&contact, &url)).await.is(201);
        let path = path.replace("/wijzigen", "/verwijderen");
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let question = browser.get(&path).await.expect(200);
        let text = question.text();
        assert_eq!(title(text), "Klant K1 verwijderen – Open Klant beheer");
        for said in [
            "<h1>Fenna van Waterland verwijderen?</h1>", "1 contactmoment: dat blijft bestaan", "De geschiedenis blijft in het logboek",
            "Afnemers krijgen een melding", "Klant verwijderen", "Niet verwijderen", "kan niet ongedaan",
        ] {
            assert!(text.contains(said), "{said}: {text}");
        }
        let form = fields(text);
        browser.post_raw(&path, &typed(&form, &[])).await.is(422);
        app.client().get(&url).await.is(200);
        let answer = browser.post_raw(&path, &typed(&form, &[("reden", "dubbel")])).await.expect(303);
        assert!(browser.follow(&answer).await.expect(200).text().contains("De klant is verwijderd."));
        app.client().get(&url).await.is(404);
        app.client().get(&contact).await.is(200);
        let rows = app.probe().texts("SELECT actie || ' ' || applicatie_weergave || ' ' || toelichting FROM audittrail WHERE component = 'klanten' OR component = 'kc' ORDER BY id").await;
        assert!(rows.contains(&"destroy Open Klant beheer dubbel".to_owned()), "{rows:?}");
        let messages = app.outbox().await;
        assert_eq!(messages.last().map(|message| message.message()["actie"].clone()), Some(json!("destroy")));
        browser.get(&path).await.is(410);
        browser.post_raw(&path, &typed(&form, &[("reden", "dubbel")])).await.is(410);
    }

    async fn a_klant_that_changed_since_is_not_deleted(app: App) {
        let (url, path) = make(&app, &klant("K1")).await;
        let path = path.replace("/wijzigen", "/verwijderen");
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let form = fields(browser.get(&path).await.expect(200).text());
        app.client().patch(&url, &json!({"functie": "baas"})).await.is(200);
        let page = browser.post_raw(&path, &typed(&form, &[("reden", "dubbel")])).await.expect(409);
        assert!(page.text().contains("Er is niets verwijderd"), "{}", page.text());
        browser.post_raw(&path, &typed(&form, &[("versie", "x"), ("reden", "dubbel")])).await.is(409);
        app.client().get(&url).await.is(200);
    }

    async fn many_contactmomenten_are_not_counted_to_the_end(app: App) {
        let (url, path) = make(&app, &klant("K1")).await;
        for _ in 0..101 {
            let contact = app.client().post(CONTACTMOMENTEN, &contactmoment()).await.expect(201).url();
            app.client().post(KLANTCONTACTMOMENTEN, &klantcontactmoment(&contact, &url)).await.is(201);
        }
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let question = browser.get(&path.replace("/wijzigen", "/verwijderen")).await.expect(200);
        assert!(question.text().contains("Meer dan 100 contactmomenten."), "{}", question.text());
    }

    async fn only_who_may_change_deletes(app: App) {
        let (url, path) = make(&app, &klant("K1")).await;
        let path = path.replace("/wijzigen", "/verwijderen");
        for role in [Role::Lezer, Role::Operator, Role::Applicatiebeheerder] {
            let mut browser = app.logged_in(&[role]).await;
            browser.get(&path).await.is(403);
            browser.post(&path, &[("reden", "dubbel"), ("versie", "1")]).await.is(403);
        }
        app.client().get(&url).await.is(200);
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        browser.get(&format!("/beheer/klanten/{NOBODY}/verwijderen")).await.is(404);
    }
}
