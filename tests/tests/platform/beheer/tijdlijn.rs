//! The timeline of a klant: what it shows, what somebody chose, and the zaken.

use chrono::TimeDelta;
use openklant_shared::domain::beheer::Role;
use openklant_tests::app::Setup;
use openklant_tests::beheer::between;
use openklant_tests::fixtures::{
    BSN, CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, KLANTEN, contactmoment_with, klant_with, klantcontactmoment,
};
use openklant_tests::tap::{Tap, queries};
use openklant_tests::{App, Database, Kind, on_both};
use serde_json::json;

const ZAAK: &str = "https://zaken.elders.example/api/v1/zaken/5c2b1d1e-8f0e-4a8e-9a53-0d2d7f0e77aa";

/// A klant who was changed, had contact twice, once about a zaak, with a minute between; answers the uuid.
async fn story(app: &App) -> String {
    let client = app.client();
    let numbers = json!({"subjectIdentificatie": {"inpBsn": BSN}});
    let url = client
        .post(KLANTEN, &klant_with("K1", &numbers))
        .await
        .expect(201)
        .url();
    app.clock().advance(TimeDelta::minutes(1));
    client
        .patch(&url, &json!({"telefoonnummer": "0600000001"}))
        .await
        .is(200);
    for kanaal in ["Balie", "Telefoon"] {
        app.clock().advance(TimeDelta::minutes(1));
        let contact = client
            .post(CONTACTMOMENTEN, &contactmoment_with(&json!({"kanaal": kanaal})))
            .await
            .expect(201)
            .url();
        client
            .post(KLANTCONTACTMOMENTEN, &klantcontactmoment(&contact, &url))
            .await
            .is(201);
    }
    app.clock().advance(TimeDelta::minutes(1));
    let at = app.clock().now().to_rfc3339();
    // As the Zaken API would have had it written.
    app.probe()
        .execute(&format!(
            "INSERT INTO objectcontactmoment (uuid, contactmoment_id, object, object_type, created_at) \
             SELECT '0b2a1d1e-8f0e-4a8e-9a53-0d2d7f0e1c77', max(id), '{ZAAK}', 'zaak', '{at}' FROM contactmoment"
        ))
        .await;
    url.rsplit('/').next().expect("a uuid").to_owned()
}

/// The headings of the lines, without what is in them.
fn headings(page: &str) -> Vec<String> {
    page.split("<h4>")
        .skip(1)
        .map(|rest| {
            let heading = rest.split("</h4>").next().unwrap_or_default();
            let text = heading.split('>').next_back().unwrap_or_default();
            let inner = heading
                .strip_suffix("</a>")
                .and_then(|link| link.rsplit('>').next());
            inner.unwrap_or(text).to_owned()
        })
        .collect()
}

on_both! {
    async fn what_was_chosen_is_shown_and_nothing_else(app: App) {
        let uuid = story(&app).await;
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        let page = format!("/beheer/klanten/{uuid}");
        for (query, expected) in [
            ("", &["Gekoppeld aan een zaak", "Contact via Telefoon", "Contact via Balie", "Telefoonnummer gewijzigd", "Klant aangemaakt"][..]),
            ("?toon=contact", &["Contact via Telefoon", "Contact via Balie"]),
            ("?toon=wijziging&toon=zaak", &["Gekoppeld aan een zaak", "Telefoonnummer gewijzigd", "Klant aangemaakt"]),
            ("?toon=inzage", &[]),
            ("?toon=alles", &[]),
            ("?tonen=contact", &[]),
        ] {
            let text = browser.get(&format!("{page}{query}")).await.expect(200).text().to_owned();
            assert_eq!(headings(&text), expected, "{query}: {text}");
            assert_eq!(text.contains("Dit filter kennen we niet"), expected.is_empty(), "{query}");
        }
        let text = browser.get(&page).await.text().to_owned();
        let link = format!("<a href=\"{ZAAK}\" rel=\"noreferrer\">Zaak 5c2b…77aa</a>");
        assert_eq!(text.matches(&link).count(), 2, "in the block and in the line: {text}");
        assert!(text.contains("zaken.elders.example") && text.contains("Zaken via contactmomenten"), "{text}");
        assert!(!text.contains("id=\"toon-inzage\""), "that is for who may read the log");
    }

    async fn who_looked_is_for_a_beheerder_who_asks_for_it(database: Database) {
        let settings = [("OPENKLANT_READ_LOG", "true"), ("OPENKLANT_READ_LOG_KEY", "een sleutel van meer dan genoeg tekens")];
        let app = App::start(&database, &settings).await;
        let uuid = story(&app).await;
        let page = format!("/beheer/klanten/{uuid}");
        let mut reader = app.logged_in(&[Role::Lezer]).await;
        reader.get(&page).await.is(200);
        app.clock().advance(TimeDelta::minutes(1));
        reader.post(&format!("{page}/bsn-tonen"), &[("nummer", "bsn"), ("reden", "Klant belt")]).await.is(303);
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let text = browser.get(&page).await.expect(200).text().to_owned();
        assert!(text.contains("id=\"toon-inzage\"") && !text.contains("Bekeken door"), "{text}");
        let text = browser.get(&format!("{page}?toon=inzage")).await.expect(200).text().to_owned();
        let headings = headings(&text);
        assert!(headings.iter().any(|heading| heading.starts_with("BSN getoond aan Naam van")), "{headings:?}");
        assert!(headings.iter().any(|heading| heading.starts_with("Bekeken door Naam van")), "{headings:?}");
        assert!(text.contains("Klant belt") && !text.contains(BSN), "{text}");
    }

    async fn a_chosen_timeline_goes_on_as_it_was_chosen(app: App) {
        let uuid = story(&app).await;
        let url = format!("{KLANTEN}/{uuid}");
        for nr in 0..27 {
            app.clock().advance(TimeDelta::minutes(1));
            app.client().patch(&url, &json!({"telefoonnummer": format!("06000001{nr:02}")})).await.is(200);
        }
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        let first = browser.get(&format!("/beheer/klanten/{uuid}?toon=wijziging&toon=zaak")).await.expect(200);
        assert_eq!(headings(first.text()).len(), 25);
        let older = between(first.text(), "?toon=wijziging&", "\"").to_owned();
        let older = older.replace("#38;", "").replace("amp;", "");
        let text = browser.get(&format!("/beheer/klanten/{uuid}?toon=wijziging&{older}")).await.expect(200).text().to_owned();
        assert_eq!(headings(&text), ["Telefoonnummer gewijzigd", "Telefoonnummer gewijzigd", "Gekoppeld aan een zaak", "Telefoonnummer gewijzigd", "Klant aangemaakt"], "{older}: {text}");
    }
}

#[test]
fn the_page_of_a_klant_takes_six_queries() {
    openklant_tests::both::run(Kind::Postgres, async |database: Database| {
        let tap = Tap::before(&database.url()).await;
        let app = Setup::new().database_url(tap.url()).start(&database).await;
        let uuid = story(&app).await;
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        for (query, most) in [("", 6), ("?toon=contact&toon=wijziging&toon=zaak&toon=inzage", 7)] {
            browser.get("/beheer/account").await.is(200);
            tap.take();
            browser
                .get(&format!("/beheer/klanten/{uuid}{query}"))
                .await
                .is(200);
            let asked: Vec<String> = queries(&tap.take())
                .into_iter()
                // The session, and what is written: the log of reads, and who was viewed last.
                .filter(|sql| sql.starts_with("SELECT") && !sql.contains("FROM beheer_session s"))
                .cloned()
                .collect();
            assert!(asked.len() <= most, "{query}: {asked:#?}");
        }
    });
}
