//! Changing a contactmoment on the management site.

use chrono::TimeDelta;
use openklant_shared::domain::beheer::Role;
use openklant_tests::beheer::{hidden, title};
use openklant_tests::fixtures::{CONTACTMOMENTEN, RSIN, whole_contactmoment};
use openklant_tests::{App, Browser, on_both};
use serde_json::{Value, json};

use super::contactmomenten::{PAGE, contact, couple, klant, text, uuid};

/// The fields as a browser sends the form back that nobody touched.
fn fields(form: &str, whole: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().replace('\n', "\r\n");
    let mut fields = vec![("versie".to_owned(), hidden(form, "versie").expect("a version"))];
    for name in [
        "kanaal",
        "initiatiefnemer",
        "tekst",
        "voorkeurskanaal",
        "voorkeurstaal",
        "medewerker",
        "bronorganisatie",
    ] {
        fields.push((name.to_owned(), text(&whole[name])));
    }
    for name in [
        "identificatie",
        "voorletters",
        "voorvoegselAchternaam",
        "achternaam",
    ] {
        fields.push((
            format!("medewerkerIdentificatie.{name}"),
            text(&whole["medewerkerIdentificatie"][name]),
        ));
    }
    let links: Vec<&str> = whole["onderwerpLinks"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    fields.push(("onderwerpLinks".to_owned(), links.join("\r\n")));
    fields.push(("registratiedatum".to_owned(), "2025-12-31T23:15".to_owned()));
    fields.push(("toelichting".to_owned(), String::new()));
    fields
}

/// The same with another value.
fn with(fields: &[(String, String)], name: &str, value: &str) -> Vec<(String, String)> {
    let mut fields = fields.to_vec();
    let found = fields.iter_mut().find(|(known, _)| known == name);
    value.clone_into(&mut found.expect("a field of the form").1);
    fields
}

async fn post(browser: &mut Browser, path: &str, fields: &[(String, String)]) -> openklant_tests::Response {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.post(path, &fields).await
}

/// A contactmoment with everything in it: its URL, and its form.
async fn whole(app: &App) -> (String, Value) {
    let whole = whole_contactmoment();
    let url = app.client().post(CONTACTMOMENTEN, &whole).await.expect(201).url();
    (url, whole)
}

async fn rows(app: &App) -> i64 {
    app.probe().count("audittrail").await
}

on_both! {
    async fn what_is_changed_is_saved_and_nothing_else(app: App) {
        let (url, whole) = whole(&app).await;
        let path = format!("{PAGE}/{}/wijzigen", uuid(&url));
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let form = text(&mut browser, &path).await;
        assert_eq!(title(&form), "Contactmoment wijzigen – Open Klant beheer");
        let same = fields(&form, &whole);
        for (name, value) in &same {
            let shown = value.replace("\r\n", "\n");
            assert!(form.contains(&shown), "{name} = {shown}: {form}");
        }
        let mut changed = with(&same, "kanaal", "balie");
        changed = with(&changed, "medewerkerIdentificatie.achternaam", "Bakker");
        changed = with(&changed, "toelichting", "Verkeerd genoteerd");
        let answer = post(&mut browser, &path, &changed).await.expect(303);
        assert_eq!(answer.header("location"), Some(format!("{PAGE}/{}", uuid(&url)).as_str()));
        let page = browser.follow(&answer).await.expect(200);
        assert!(page.text().contains("Het contactmoment is opgeslagen.") && page.text().contains("Verkeerd genoteerd"), "{}", page.text());
        assert!(page.text().contains("2 velden gewijzigd"), "{}", page.text());
        let stored = app.client().get(&url).await.expect(200).json();
        for (key, value) in whole.as_object().expect("an object") {
            match key.as_str() {
                "kanaal" => assert_eq!(stored[key], json!("balie")),
                "medewerkerIdentificatie" => {
                    assert_eq!(stored[key]["achternaam"], json!("Bakker"));
                    assert_eq!(stored[key]["voorletters"], value["voorletters"]);
                }
                _ => assert_eq!(stored[key], *value, "{key}"),
            }
        }
        let who = app.probe().texts("SELECT gebruikers_weergave || '|' || actie || '|' || toelichting FROM audittrail ORDER BY id DESC LIMIT 1").await.remove(0);
        assert!(who.starts_with("Naam van wie-") && who.ends_with("|partial_update|Verkeerd genoteerd"), "{who}");
        let last = app.outbox().await.pop().expect("a message");
        assert_eq!(last.message()["actie"], json!("partial_update"));
    }

    async fn a_form_that_nobody_touched_changes_nothing(app: App) {
        let (url, whole) = whole(&app).await;
        let path = format!("{PAGE}/{}/wijzigen", uuid(&url));
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let form = text(&mut browser, &path).await;
        let (before, messages) = (rows(&app).await, app.outbox().await.len());
        let answer = post(&mut browser, &path, &fields(&form, &whole)).await.expect(303);
        assert!(browser.follow(&answer).await.text().contains("Er is niets gewijzigd."));
        assert_eq!((rows(&app).await, app.outbox().await.len()), (before, messages));
        assert_eq!(app.client().get(&url).await.expect(200).json()["registratiedatum"], whole["registratiedatum"], "to the microsecond");
    }

    async fn what_is_wrong_is_said_and_typed_again(app: App) {
        let (url, whole) = whole(&app).await;
        let path = format!("{PAGE}/{}/wijzigen", uuid(&url));
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let form = text(&mut browser, &path).await;
        let same = fields(&form, &whole);
        let before = rows(&app).await;
        for (name, value, said) in [
            ("bronorganisatie", "", "Vul het RSIN"),
            ("bronorganisatie", "123", "Dit is geen geldig RSIN"),
            ("registratiedatum", "", "Vul datum en tijd"),
            ("registratiedatum", "2026-03-29T02:30", "Vul datum en tijd"),
            ("kanaal", &"k".repeat(51), "Kanaal is te lang: hoogstens 50 tekens"),
            ("medewerker", "geen adres", "Dit is geen webadres"),
            ("medewerkerIdentificatie.voorletters", &"v".repeat(21), "te lang: hoogstens 20 tekens"),
        ] {
            let mut wrong = with(&same, name, value);
            wrong = with(&wrong, "tekst", "<i>Nieuwe tekst</i>");
            let page = post(&mut browser, &path, &wrong).await.expect(422);
            assert!(title(page.text()).starts_with("Fout: "));
            assert!(page.text().contains(&format!("<li><a href=\"#{name}\">")) && page.text().contains(said), "{name}: {}", page.text());
            assert!(page.text().contains("Nieuwe tekst") && !page.text().contains("<i>"), "{name}");
        }
        assert_eq!(rows(&app).await, before);
    }

    async fn who_was_second_sees_what_the_first_changed(app: App) {
        let (url, whole) = whole(&app).await;
        let path = format!("{PAGE}/{}/wijzigen", uuid(&url));
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let form = text(&mut browser, &path).await;
        let mut mine = with(&fields(&form, &whole), "tekst", "Mijn tekst");
        mine = with(&mine, "voorkeurstaal", "eng");
        app.client().patch(&url, &json!({"kanaal": "balie", "tekst": "Hun tekst"})).await.is(200);
        let page = post(&mut browser, &path, &mine).await.expect(409);
        let page = page.text();
        assert!(page.contains("Iemand anders heeft dit intussen gewijzigd"), "{page}");
        for words in ["F. de Vries", "2 velden gewijzigd", "Deze velden veranderde u allebei", "Hun tekst", "Mijn tekst"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert_eq!(app.client().get(&url).await.expect(200).json()["tekst"], json!("Hun tekst"), "nothing was saved");
        // What only the other changed is in the form as it is now.
        assert!(page.contains("name=\"kanaal\" type=\"text\" value=\"balie\""), "{page}");
        assert!(page.contains("value=\"eng\""), "{page}");
        let mut again = with(&mine, "kanaal", "balie");
        again = with(&again, "versie", &hidden(page, "versie").expect("the new version"));
        post(&mut browser, &path, &again).await.is(303);
        let stored = app.client().get(&url).await.expect(200).json();
        assert_eq!([&stored["tekst"], &stored["kanaal"], &stored["voorkeurstaal"]], [&json!("Mijn tekst"), &json!("balie"), &json!("eng")]);
    }

    async fn a_version_that_nobody_saw_is_a_conflict(app: App) {
        let (url, whole) = whole(&app).await;
        let path = format!("{PAGE}/{}/wijzigen", uuid(&url));
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let form = text(&mut browser, &path).await;
        let mine = with(&fields(&form, &whole), "kanaal", "balie");
        for version in ["", "x", "-1", "0", "999999", "99999999999999999999"] {
            post(&mut browser, &path, &with(&mine, "versie", version)).await.is(409);
        }
        assert_eq!(app.client().get(&url).await.expect(200).json()["kanaal"], whole["kanaal"]);
    }

    async fn a_klant_who_was_coupled_meanwhile_is_no_conflict(app: App) {
        let (url, whole) = whole(&app).await;
        let path = format!("{PAGE}/{}/wijzigen", uuid(&url));
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let form = text(&mut browser, &path).await;
        let one = klant(&app, "K1", "Waterland").await;
        couple(&app, &url, &one).await;
        post(&mut browser, &path, &with(&fields(&form, &whole), "kanaal", "balie")).await.is(303);
    }

    async fn what_was_deleted_meanwhile_says_so_with_what_was_typed(app: App) {
        let (url, whole) = whole(&app).await;
        let path = format!("{PAGE}/{}/wijzigen", uuid(&url));
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let form = text(&mut browser, &path).await;
        let mine = with(&fields(&form, &whole), "tekst", "Een <b>lang</b> verhaal");
        app.client().delete(&url).await.is(204);
        let page = post(&mut browser, &path, &mine).await.expect(410);
        assert!(page.text().contains("Dit contactmoment is verwijderd") && page.text().contains("verhaal"), "{}", page.text());
        assert!(!page.text().contains("<b>lang"), "{}", page.text());
        browser.get(&path).await.is(410);
    }

    async fn a_lezer_may_not_change(app: App) {
        let url = contact(&app, &json!({})).await;
        let path = format!("{PAGE}/{}/wijzigen", uuid(&url));
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        browser.get(&path).await.is(403);
        browser.post(&path, &[("kanaal", "balie")]).await.is(403);
        assert_eq!(app.client().get(&url).await.expect(200).json()["kanaal"], json!(""));
    }

    async fn a_session_that_ends_keeps_what_was_typed_and_the_version(app: App) {
        let url = contact(&app, &json!({"kanaal": "telefoon"})).await;
        let path = format!("{PAGE}/{}/wijzigen", uuid(&url));
        let person = app.person("s.bakker", &[Role::Beheerder]).await;
        let mut browser = app.browser();
        browser.log_in(&app, &person).await;
        let form = text(&mut browser, &path).await;
        let version = hidden(&form, "versie").expect("a version");
        let csrf = browser.csrf().await;
        app.clock().advance(TimeDelta::minutes(45));
        let fields = [("csrf", csrf.as_str()), ("versie", &version), ("kanaal", "balie"), ("bronorganisatie", RSIN)];
        browser.post_raw(&path, &fields).await.is(303);
        app.client().patch(&url, &json!({"tekst": "Van een ander"})).await.is(200);
        let answer = browser.log_in(&app, &person).await;
        assert_eq!(answer.header("location"), Some(path.as_str()));
        let form = browser.follow(&answer).await.expect(200);
        assert!(form.text().contains("Uw invoer is teruggezet.") && form.text().contains("value=\"balie\""), "{}", form.text());
        assert_eq!(hidden(form.text(), "versie"), Some(version.clone()), "what was seen then");
        let fields = [("versie", version.as_str()), ("kanaal", "balie")];
        let page = browser.post(&path, &fields).await.expect(409);
        assert!(page.text().contains("Van een ander"), "{}", page.text());
    }
}
