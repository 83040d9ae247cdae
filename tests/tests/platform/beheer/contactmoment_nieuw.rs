//! Recording a contactmoment on the management site.

use chrono::TimeDelta;
use openklant_shared::domain::beheer::Role;
use openklant_tests::beheer::{hidden, title};
use openklant_tests::fixtures::{CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, NOBODY, RSIN};
use openklant_tests::{App, on_both};
use serde_json::json;

use super::contactmomenten::{PAGE, contact, couple, klant, text, uuid};

const FORM: &str = "/beheer/contactmomenten/nieuw";

on_both! {
    async fn a_contactmoment_is_recorded_with_its_klant(app: App) {
        let one = klant(&app, "K1", "Waterland").await;
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let link = format!("{FORM}?klant={}", uuid(&one));
        assert!(text(&mut browser, &format!("/beheer/klanten/{}", uuid(&one))).await.contains(&link));
        let form = text(&mut browser, &link).await;
        assert_eq!(title(&form), "Contactmoment vastleggen – Open Klant beheer");
        assert!(form.contains("Fenna Waterland") && form.contains(&format!("name=\"klant\" value=\"{}\"", uuid(&one))), "{form}");
        assert_eq!(hidden(&form, "klant"), Some(uuid(&one)));
        assert!(form.contains(&format!("value=\"{RSIN}\"")), "of the klant: {form}");
        assert!(form.contains("value=\"2026-01-05T10:30\""), "now: {form}");
        assert!(form.contains("value=\"Naam van wie-"), "the employee is who is logged in: {form}");
        let klant = uuid(&one);
        let fields = [
            ("klant", klant.as_str()), ("rol", "gesprekspartner"), ("registratiedatum", "2026-01-05T09:15"),
            ("kanaal", "telefoon"), ("initiatiefnemer", "klant"), ("tekst", "Vraag over\r\nde afvalpas"),
            ("onderwerpLinks", "https://a.example/1\r\nhttps://a.example/2"), ("bronorganisatie", RSIN),
            ("medewerkerIdentificatie.identificatie", "mw042"), ("medewerkerIdentificatie.achternaam", "Vries"),
            ("toelichting", "Gebeld aan de balie"),
        ];
        let answer = browser.post(FORM, &fields).await.expect(303);
        let to = answer.header("location").expect("an address").to_owned();
        let page = browser.follow(&answer).await.expect(200);
        assert!(page.text().contains("Het contactmoment is vastgelegd.") && page.text().contains("Fenna Waterland"), "{}", page.text());

        let stored = app.client().get(format!("{CONTACTMOMENTEN}/{}", uuid(&to))).await.expect(200).json();
        for (key, value) in [
            ("registratiedatum", json!("2026-01-05T08:15:00Z")), ("kanaal", json!("telefoon")), ("initiatiefnemer", json!("klant")),
            ("tekst", json!("Vraag over\nde afvalpas")), ("onderwerpLinks", json!(["https://a.example/1", "https://a.example/2"])),
            ("bronorganisatie", json!(RSIN)), ("volgendContactmoment", json!(null)),
        ] {
            assert_eq!(stored[key], value, "{key}");
        }
        assert_eq!(stored["medewerkerIdentificatie"]["achternaam"], json!("Vries"));
        let relation = stored["klantcontactmomenten"][0].as_str().expect("a relation");
        let relation = app.client().get(relation).await.expect(200).json();
        assert_eq!((&relation["klant"], &relation["rol"]), (&json!(one), &json!("gesprekspartner")));

        let audit = app.client().get(format!("{CONTACTMOMENTEN}/{}/audittrail", uuid(&to))).await.expect(200).json();
        let row = if audit.is_array() { &audit[0] } else { &audit["results"][0] };
        assert_eq!(row["actie"], json!("create"));
        assert!(row["gebruikersWeergave"].as_str().expect("a name").starts_with("Naam van wie-"), "{row}");
        assert_eq!(row["applicatieWeergave"], json!("Open Klant beheer"));
        assert_eq!(row["toelichting"], json!("Gebeld aan de balie"));
        assert_eq!(row["wijzigingen"]["nieuw"]["klantcontactmomenten"], stored["klantcontactmomenten"], "one transaction");
        let last = app.outbox().await.pop().expect("a message");
        assert_eq!((last.kanaal.as_str(), last.object.to_string()), ("contactmomenten", uuid(&to)));
    }

    async fn what_is_wrong_is_said_and_nothing_is_made(app: App) {
        let one = klant(&app, "K1", "Waterland").await;
        let klant = uuid(&one);
        let messages = app.outbox().await.len();
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let right = [("bronorganisatie", RSIN), ("medewerkerIdentificatie.identificatie", "mw042")];
        let long = "x".repeat(1001);
        for (fields, field, said) in [
            (vec![], "bronorganisatie", "Vul het RSIN van de bronorganisatie in"),
            (vec![("bronorganisatie", "111222334"), right[1]], "bronorganisatie", "Dit is geen geldig RSIN"),
            (vec![right[0]], "medewerkerIdentificatie.identificatie", "Vul in wie de medewerker was"),
            (vec![right[0], right[1], ("registratiedatum", "gisteren")], "registratiedatum", "Vul datum en tijd"),
            (vec![right[0], right[1], ("initiatiefnemer", "iemand")], "initiatiefnemer", "Initiatief: kies een van de waarden"),
            (vec![right[0], right[1], ("voorkeurstaal", "nederlands")], "voorkeurstaal", "Voorkeurstaal is te lang: hoogstens 3 tekens"),
            (vec![right[0], right[1], ("onderwerpLinks", "https://a.example/\r\ngeen adres")], "onderwerpLinks", "Onderwerpen"),
            (vec![right[0], right[1], ("klant", &klant), ("rol", "buurman")], "rol", "kies een van de waarden"),
            (vec![right[0], right[1], ("toelichting", &long)], "toelichting", "te lang"),
        ] {
            let page = browser.post(FORM, &fields).await.expect(422);
            let page = page.text();
            assert!(title(page).starts_with("Fout: "), "{field}: {}", title(page));
            assert!(page.contains(&format!("<li><a href=\"#{field}\">")) && page.contains(said), "{field}: {page}");
            assert!(page.contains(&format!("id=\"{field}\"")), "the summary leads somewhere: {field}: {page}");
        }
        let page = browser.post(FORM, &[("tekst", "<b>Getypt</b>"), ("kanaal", "\"><script>")]).await.expect(422);
        assert!(page.text().contains("b&#62;Getypt") && !page.text().contains("<b>Getypt") && !page.text().contains("<script>"), "{}", page.text());
        assert_eq!(app.outbox().await.len(), messages, "nothing was made");
        assert_eq!(app.probe().count("contactmoment").await, 0);
        assert_eq!(app.probe().count("klantcontactmoment").await, 0);
    }

    async fn a_klant_who_went_meanwhile_is_told_of_and_then_left_out(app: App) {
        let one = klant(&app, "K1", "Waterland").await;
        let klant = uuid(&one);
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        browser.get(&format!("{FORM}?klant={klant}")).await.is(200);
        app.client().delete(&one).await.is(204);
        let fields = [("klant", klant.as_str()), ("rol", "gesprekspartner"), ("bronorganisatie", RSIN), ("medewerkerIdentificatie.identificatie", "mw042")];
        let page = browser.post(FORM, &fields).await.expect(422);
        assert!(page.text().contains("Deze klant is intussen verwijderd"), "{}", page.text());
        assert_eq!(hidden(page.text(), "klant"), None);
        assert_eq!(app.probe().count("contactmoment").await, 0);
        browser.post(FORM, &fields[2..]).await.is(303);
        assert_eq!(app.probe().count("contactmoment").await, 1);
        browser.get(&format!("{FORM}?klant={klant}")).await.is(410);
        browser.get(&format!("{FORM}?klant={NOBODY}")).await.is(404);
        browser.get(&format!("{FORM}?klant=x")).await.is(404);
        browser.get(&format!("{FORM}?vorig={NOBODY}")).await.is(404);
    }

    async fn what_follows_is_linked_and_only_one_follows(app: App) {
        let first = contact(&app, &json!({"kanaal": "telefoon"})).await;
        let one = klant(&app, "K1", "Waterland").await;
        couple(&app, &first, &one).await;
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let link = format!("{FORM}?vorig={}", uuid(&first));
        assert!(text(&mut browser, &format!("{PAGE}/{}", uuid(&first))).await.contains(&link));
        let form = text(&mut browser, &link).await;
        assert!(form.contains("Vervolg op") && form.contains("Fenna Waterland") && form.contains("value=\"telefoon\""), "{form}");
        let (vorig, klant) = (uuid(&first), uuid(&one));
        let fields = [
            ("vorig", vorig.as_str()), ("klant", klant.as_str()), ("rol", "belanghebbende"), ("bronorganisatie", RSIN),
            ("medewerkerIdentificatie.identificatie", "mw042"),
        ];
        let answer = browser.post(FORM, &fields).await.expect(303);
        let next = answer.header("location").expect("an address").to_owned();
        let page = text(&mut browser, &format!("{PAGE}/{vorig}")).await;
        assert!(page.contains(&format!("rel=\"next\" href=\"{next}\"")), "{page}");
        assert!(!page.contains("?vorig="), "nothing else can follow: {page}");
        let page = browser.post(FORM, &fields).await.expect(422);
        assert!(page.text().contains("href=\"#vorigContactmoment\"") && page.text().contains("id=\"vorigContactmoment\""), "{}", page.text());
        let relations = app.client().get(format!("{KLANTCONTACTMOMENTEN}?klant={one}")).await.expect(200).json();
        assert_eq!(relations["count"], json!(2), "nothing of the second was made");
    }

    async fn a_lezer_may_not(app: App) {
        let one = contact(&app, &json!({})).await;
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        browser.post(FORM, &[("bronorganisatie", RSIN), ("medewerkerIdentificatie.identificatie", "mw042")]).await.is(403);
        let klant = klant(&app, "K1", "Waterland").await;
        for path in [PAGE.to_owned(), format!("{PAGE}/{}", uuid(&one)), format!("/beheer/klanten/{}", uuid(&klant))] {
            let page = text(&mut browser, &path).await;
            for word in ["/wijzigen", "/verwijderen", "/koppelen", "/nieuw"] {
                assert!(!page.contains(word), "{path} has {word}: {page}");
            }
        }
        assert_eq!(app.probe().count("contactmoment").await, 1);
    }

    async fn a_session_that_ends_keeps_what_was_typed(app: App) {
        let one = klant(&app, "K1", "Waterland").await;
        let klant = uuid(&one);
        let person = app.person("s.bakker", &[Role::Beheerder]).await;
        let mut browser = app.browser();
        browser.log_in(&app, &person).await;
        let csrf = browser.csrf().await;
        app.clock().advance(TimeDelta::minutes(45));
        let fields = [
            ("csrf", csrf.as_str()), ("klant", klant.as_str()), ("rol", "belanghebbende"), ("tekst", "Lang verhaal"),
            ("bronorganisatie", RSIN), ("medewerkerIdentificatie.identificatie", "mw042"),
        ];
        browser.post_raw(FORM, &fields).await.is(303);
        assert_eq!(app.probe().count("contactmoment").await, 0);
        let answer = browser.log_in(&app, &person).await;
        assert_eq!(answer.header("location"), Some(FORM));
        let form = browser.follow(&answer).await.expect(200);
        assert!(form.text().contains("Uw invoer is teruggezet.") && form.text().contains("Lang verhaal"), "{}", form.text());
        assert!(form.text().contains("Fenna Waterland"), "{}", form.text());
        assert!(form.text().contains("value=\"belanghebbende\" selected"), "{}", form.text());
        browser.post(FORM, &fields[1..]).await.is(303);
        assert_eq!(app.probe().count("klantcontactmoment").await, 1);
    }
}
