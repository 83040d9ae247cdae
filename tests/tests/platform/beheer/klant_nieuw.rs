//! Making a klant on the management site.

use openklant_shared::domain::beheer::Role;
use openklant_tests::beheer::{fields, hidden, title, typed};
use openklant_tests::fixtures::{BSN, KLANTEN, OTHER_BSN, OTHER_RSIN, RSIN, klant};
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

const NEW: &str = "/beheer/klanten/nieuw";

/// Fields with what is typed into them.
type Typed = &'static [(&'static str, &'static str)];

/// Kind, fields that are typed, and what the API then shows below `subjectIdentificatie`.
fn kinds() -> [(&'static str, Typed, Value); 3] {
    [
        (
            "natuurlijk_persoon",
            &[
                ("subjectIdentificatie.inpBsn", BSN),
                ("subjectIdentificatie.geslachtsaanduiding", "v"),
                ("subjectIdentificatie.verblijfsadres.aoaIdentificatie", "0999"),
                (
                    "subjectIdentificatie.verblijfsadres.gorOpenbareRuimteNaam",
                    "Molenpad",
                ),
                ("subjectIdentificatie.verblijfsadres.aoaHuisnummer", "12"),
            ],
            json!({"inpBsn": BSN, "geslachtsaanduiding": "v", "subVerblijfBuitenland": null,
                "verblijfsadres": {"aoaIdentificatie": "0999", "gorOpenbareRuimteNaam": "Molenpad", "aoaHuisnummer": 12}}),
        ),
        (
            "niet_natuurlijk_persoon",
            &[
                ("subjectIdentificatie.innNnpId", OTHER_RSIN),
                ("subjectIdentificatie.innRechtsvorm", "stichting"),
                ("subjectIdentificatie.bezoekadres", "Kade 1\r\nWaterdam"),
            ],
            json!({"innNnpId": OTHER_RSIN, "innRechtsvorm": "stichting", "bezoekadres": "Kade 1\nWaterdam"}),
        ),
        (
            "vestiging",
            &[
                ("subjectIdentificatie.vestigingsNummer", "000012345678"),
                ("subjectIdentificatie.handelsnaam", "Bakker\r\n\r\nBroodhuis\r\n"),
            ],
            json!({"vestigingsNummer": "000012345678", "handelsnaam": ["Bakker", "Broodhuis"]}),
        ),
    ]
}

#[track_caller]
fn holds(shown: &Value, expected: &Value) {
    match expected {
        Value::Object(keys) => keys.iter().for_each(|(key, value)| holds(&shown[key], value)),
        value => assert_eq!(shown, value),
    }
}

on_both! {
    async fn each_kind_is_made_by_its_form_with_an_audit_row_and_a_message(app: App) {
        let person = app.person("f.devries", &[Role::Beheerder]).await;
        let mut browser = app.browser();
        browser.log_in(&app, &person).await;
        let choice = browser.get(NEW).await.expect(200);
        assert_eq!(title(choice.text()), "Nieuwe klant – Open Klant beheer");
        for (nr, (kind, identification, expected)) in kinds().into_iter().enumerate() {
            assert!(choice.text().contains(&format!("value=\"{kind}\"")), "{}", choice.text());
            let form = browser.get(&format!("{NEW}?verder=ja&subjectType={kind}")).await.expect(200);
            let klantnummer = format!("K{nr}");
            let mut over = vec![
                ("bronorganisatie", RSIN), ("klantnummer", klantnummer.as_str()), ("voornaam", " Fenna "),
                ("adres.huisnummer", "7"), ("emailadres", ""), ("toelichting", "aan de balie"),
            ];
            over.extend_from_slice(identification);
            let answer = browser.post_raw(NEW, &typed(&fields(form.text()), &over)).await.expect(303);
            let page = browser.follow(&answer).await.expect(200);
            assert!(page.text().contains("De klant is aangemaakt."), "{}", page.text());
            assert!(page.text().contains("aan de balie"), "{}", page.text());
            let uuid = answer.header("location").and_then(|to| to.rsplit('/').next()).expect("a uuid").to_owned();
            let shown = app.client().get(format!("{KLANTEN}/{uuid}")).await.expect(200).json();
            holds(&shown, &json!({"klantnummer": klantnummer, "voornaam": "Fenna", "geverifieerd": false,
                "subjectType": kind, "adres": {"huisnummer": 7}, "subjectIdentificatie": expected}));
        }
        let rows = app.probe().texts(
            "SELECT actie || ' ' || applicatie_weergave || ' ' || gebruikers_weergave || ' ' || toelichting FROM audittrail ORDER BY id",
        ).await;
        assert_eq!(rows, vec!["create Open Klant beheer Naam van f.devries aan de balie"; 3]);
        let messages: Vec<Value> = app.outbox().await.iter().map(openklant_tests::probe::Queued::message).collect();
        let told: Vec<&Value> = messages.iter().map(|message| &message["kenmerken"]["subjectType"]).collect();
        assert_eq!(told, ["natuurlijk_persoon", "niet_natuurlijk_persoon", "vestiging"]);
        assert!(messages.iter().all(|message| message["actie"] == "create"), "{messages:?}");
    }

    async fn what_is_wrong_is_said_and_what_was_typed_is_kept(app: App) {
        app.client().post(KLANTEN, &klant("K1")).await.is(201);
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let form = browser.get(&format!("{NEW}?subjectType=natuurlijk_persoon")).await.expect(200);
        let form = fields(form.text());
        let long = "x".repeat(201);
        let number = "subjectIdentificatie.inpBsn";
        let right = [("bronorganisatie", RSIN), ("klantnummer", "K2"), (number, OTHER_BSN)];
        for (field, value, said) in [
            ("bronorganisatie", "", "Vul het RSIN van de bronorganisatie in"),
            ("bronorganisatie", "123456789", "Dit is geen geldig RSIN"),
            ("klantnummer", "", "Vul een klantnummer in"),
            ("klantnummer", "K1", "al van een andere klant: kies een ander"),
            ("klantnummer", "123456789", "Klantnummer is te lang: hoogstens 8 tekens"),
            ("voornaam", &long, "Voornaam is te lang: hoogstens 200 tekens"),
            ("emailadres", "fenna.example", "Dit is geen e-mailadres"),
            ("websiteUrl", "waterdam", "Dit is geen webadres"),
            ("adres.huisnummer", "12a", "Het huisnummer is een getal van 0 tot en met 99999"),
            ("adres.huisnummer", "100000", "Het huisnummer is een getal van 0 tot en met 99999"),
            ("adres.landcode", "60300", "hoogstens 4 tekens"),
            (number, "111222334", "Dit is geen geldig BSN"),
            (number, "", "waaraan de klant te herkennen is"),
            ("subjectIdentificatie.inpANummer", "0123", "Een A-nummer heeft tien cijfers"),
            ("subjectIdentificatie.geslachtsaanduiding", "x", "kies een van de waarden"),
            ("subjectIdentificatie.verblijfsadres.aoaPostcode", "1234AB", "vul dit veld in"),
            ("toelichting", &"y".repeat(1001), "De toelichting is te lang"),
        ] {
            let mut over: Vec<_> = right.iter().copied().filter(|(name, _)| *name != field).collect();
            over.push((field, value));
            let page = browser.post_raw(NEW, &typed(&form, &over)).await.expect(422);
            assert!(page.text().contains(said), "{field}={value}: {}", page.text());
            assert_eq!(title(page.text()), "Fout: Nieuwe klant – Open Klant beheer");
            let anchor = page.text().split("id=\"fouten\"").nth(1).and_then(|rest| rest.split("href=\"#").nth(1));
            let id = anchor.and_then(|rest| rest.split('"').next()).unwrap_or_default();
            assert!(page.text().contains(&format!("id=\"{id}\"")), "the summary leads to {id}");
            let kept = fields(page.text());
            for (name, value) in over {
                assert!(kept.contains(&(name.to_owned(), value.to_owned())), "{name}={value} is gone: {kept:?}");
            }
        }
        // Both phases of the rules at once.
        let page = browser.post_raw(NEW, &typed(&form, &[(number, "1")])).await.expect(422);
        assert!(page.text().contains("Vul een klantnummer in") && page.text().contains("Dit is geen geldig BSN"), "{}", page.text());
        let page = browser.post(NEW, &[("klantnummer", "K2")]).await.expect(422);
        assert!(page.text().contains("Kies een soort klant"), "{}", page.text());
        browser.get(&format!("{NEW}?verder=ja&subjectType=alles")).await.is(422);
        browser.post_raw(NEW, &typed(&form, &[("voornaam", &"v".repeat(1 << 20))])).await.is(413);
        assert_eq!(app.probe().count("klant").await, 1, "nothing was made");
        assert_eq!(app.outbox().await.len(), 1);
    }

    async fn a_klant_that_seems_to_be_there_is_shown_first(app: App) {
        let mut body = klant("K1");
        body["emailadres"] = json!("Fenna@Voorbeeld.example");
        body["voornaam"] = json!("Fenna <b>");
        app.client().post(KLANTEN, &body).await.is(201);
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let form = browser.get(&format!("{NEW}?subjectType=natuurlijk_persoon")).await.expect(200);
        let form = fields(form.text());
        let over = [
            ("bronorganisatie", RSIN), ("klantnummer", "K2"), ("subjectIdentificatie.inpBsn", OTHER_BSN),
            ("emailadres", "fenna@voorbeeld.example"), ("voornaam", "\"Fenna\" <script>alert(1)</script>"),
        ];
        let warning = browser.post_raw(NEW, &typed(&form, &over)).await.expect(200);
        assert!(warning.text().contains("<h1>Er is al een klant met dit e-mailadres</h1>"), "{}", warning.text());
        assert!(warning.text().contains("Fenna &#60;b&#62;") && !warning.text().contains("<script>alert"), "{}", warning.text());
        assert_eq!(app.probe().count("klant").await, 1, "nothing was made yet");
        let again = fields(warning.text());
        let back = browser.post_raw(NEW, &typed(&again, &[("terug", "ja")])).await.expect(200);
        assert!(fields(back.text()).contains(&("klantnummer".to_owned(), "K2".to_owned())), "{}", back.text());
        let made = browser.post_raw(NEW, &typed(&again, &[("toch", "ja")])).await.expect(303);
        let page = browser.follow(&made).await.expect(200);
        assert!(page.text().contains("&#60;script&#62;") && !page.text().contains("<script>alert"), "{}", page.text());
        let over = [("bronorganisatie", RSIN), ("klantnummer", "K3"), ("subjectIdentificatie.inpBsn", BSN), ("emailadres", "fenna@voorbeeld.example")];
        let warning = browser.post_raw(NEW, &typed(&form, &over)).await.expect(200);
        assert!(title(warning.text()).contains("dit BSN of dit e-mailadres"), "{}", title(warning.text()));
    }

    async fn only_who_may_change_makes_one(app: App) {
        for role in [Role::Lezer, Role::Operator, Role::Applicatiebeheerder] {
            let mut browser = app.logged_in(&[role]).await;
            if role == Role::Lezer {
                let answer = browser.post("/beheer/zoeken", &[("zoek", "nergens")]).await;
                assert!(!browser.follow(&answer).await.expect(200).text().contains(NEW), "no button for a reader");
            }
            browser.get(NEW).await.is(403);
            browser.post(NEW, &[("subjectType", "vestiging")]).await.is(403);
        }
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let answer = browser.post("/beheer/zoeken", &[("zoek", "nergens")]).await;
        assert!(browser.follow(&answer).await.expect(200).text().contains(NEW));
        let form = browser.get(&format!("{NEW}?subjectType=vestiging")).await.expect(200);
        assert!(hidden(form.text(), "csrf").is_some());
        browser.post_raw(NEW, &[("subjectType", "vestiging")]).await.is(403);
    }
}
