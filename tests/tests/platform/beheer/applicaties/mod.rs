//! Applications on the management site: making one, its secret, its rights, its end, and what is told of it.

mod look;
mod secrets;
mod waarom;

use std::time::{Duration, Instant};

use openklant_shared::domain::beheer::Role;
use openklant_tests::beheer::{Browser, between, hidden};
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::tokens::Credential;
use openklant_tests::{App, Client, Response, on_both};
use serde_json::json;

const PAGE: &str = "/beheer/applicaties";
const LABEL: &str = "Balie <script>alert(1)</script> & \"zo\"";
const ESCAPED: &str = "Balie &#60;script&#62;alert(1)&#60;/script&#62; &#38; &#34;zo&#34;";

async fn manager(app: &App) -> Browser {
    app.logged_in(&[Role::Applicatiebeheerder]).await
}

/// An application made on the site: where its pages are, and its credential.
struct Made {
    page: String,
    credential: Credential,
}

impl Made {
    fn client(&self, app: &App) -> Client {
        app.with_token(&self.credential.token(app.clock().now()))
    }
}

/// Makes an application with these rights.
async fn make(browser: &mut Browser, label: &str, client_id: &str, rights: &[&str]) -> Made {
    let mut fields = vec![("naam", label), ("clientId", client_id)];
    fields.extend(rights.iter().map(|right| ("recht", *right)));
    let answer = browser.post(&format!("{PAGE}/nieuw"), &fields).await;
    shown(browser, answer).await
}

/// What the page of the secret shows that an answer leads to.
async fn shown(browser: &mut Browser, answer: Response) -> Made {
    assert_eq!(answer.status(), 303, "{}", answer.text());
    let to = answer.header("location").unwrap_or_default();
    let page = to
        .strip_suffix("/geheim")
        .expect("it leads to the secret")
        .to_owned();
    let answer = browser.follow(&answer).await.expect(200);
    let code = |id: &str| between(answer.text(), &format!("<code id=\"{id}\">"), "</code>").to_owned();
    let credential = Credential {
        client_id: code("client-id"),
        secret: code("geheim"),
    };
    assert_eq!(credential.secret.len(), 64, "{}", answer.text());
    Made { page, credential }
}

/// The version that a form was shown with.
async fn version(browser: &mut Browser, page: &str) -> String {
    let form = browser.get(page).await.expect(200);
    hidden(form.text(), "versie").unwrap_or_else(|| panic!("{page} has a version: {}", form.text()))
}

/// Waits until a client gets this answer; a change of rights is promised within a second.
async fn becomes(client: &Client, status: u16) {
    let begun = Instant::now();
    while client.get(KLANTEN).await.status() != status {
        assert!(begun.elapsed() < Duration::from_secs(3), "it becomes {status}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn log(app: &App) -> Vec<String> {
    app.probe()
        .texts("SELECT operator || ' ' || command || ' ' || detail FROM operator_log ORDER BY id")
        .await
}

on_both! {
    async fn a_new_application_works_at_once_and_its_secret_is_shown_once(app: App) {
        let mut browser = manager(&app).await;
        let made = make(&mut browser, LABEL, "", &["kc:klanten.lezen"]).await;
        assert_eq!(made.credential.client_id, "balie-script-alert-1-script-zo");
        let client = made.client(&app);
        client.get(KLANTEN).await.is(200);
        client.post(KLANTEN, &klant("1")).await.fault(403, "permission_denied");

        let again = browser.get(&format!("{}/geheim", made.page)).await.expect(200);
        assert!(again.text().contains("Het geheim is al getoond.") && again.text().contains("Nieuw geheim maken"));
        let pages = ["", "/geheim", "/rechten", "/vernieuwen", "/intrekken", "/waarom"]
            .map(|page| format!("{}{page}", made.page));
        for page in pages.iter().map(String::as_str).chain([PAGE, "/beheer/"]) {
            let answer = browser.get(page).await.expect(200);
            assert!(!answer.text().contains(&made.credential.secret), "{page} shows the secret");
            assert!(!answer.text().contains("<script>"), "{page}: {}", answer.text());
            if page != "/beheer/" {
                assert!(answer.text().contains(ESCAPED), "{page}: {}", answer.text());
            }
            assert!(!between(answer.text(), "<title>", "</title>").contains("Balie"), "{page}");
        }
        let log = log(&app).await;
        assert_eq!(log.len(), 1, "{log:?}");
        assert!(log[0].contains("applicatie add") && log[0].contains("may do kc:klanten.lezen"), "{log:?}");
        assert!(log[0].starts_with("Naam van wie-"), "who did it: {log:?}");
        assert!(!log[0].contains(&made.credential.secret));
        let history = browser.get(&made.page).await.expect(200);
        assert!(history.text().contains("aangemaakt") && history.text().contains("Naam van wie-"));
    }

    async fn a_secret_waits_ten_minutes_and_only_for_who_made_it(app: App) {
        let (mut browser, mut other) = (manager(&app).await, manager(&app).await);
        let fields = [("naam", "Website"), ("recht", "kc:klanten.lezen")];
        let answer = browser.post(&format!("{PAGE}/nieuw"), &fields).await;
        let page = answer.header("location").unwrap_or_default().to_owned();
        let elsewhere = other.get(&page).await.expect(200);
        assert!(elsewhere.text().contains("Het geheim is al getoond.") && !elsewhere.text().contains("id=\"geheim\""));
        app.clock().advance(chrono::TimeDelta::minutes(11));
        let late = browser.follow(&answer).await.expect(200);
        assert!(late.text().contains("Het geheim is al getoond."), "{}", late.text());
        assert!(!late.text().contains("id=\"geheim\""));
    }

    async fn a_form_that_is_not_right_makes_nothing(app: App) {
        let mut browser = manager(&app).await;
        let path = format!("{PAGE}/nieuw");
        let everything = app.client();
        let body = json!({"identifier": "al-geregistreerd", "secret": "geheim dat een programma kent"});
        everything.post("/klanten/api/v1/jwtsecret/", &body).await.is(201);
        let right = ("recht", "kc:klanten.lezen");
        let long = "x".repeat(51);
        for (fields, at, words) in [
            (vec![right], "naam", "Vul een naam in"),
            (vec![("naam", "X"), ("clientId", "balieportaal"), right], "clientId", "balieportaal is al in gebruik"),
            (vec![("naam", "Balieportaal"), right], "clientId", "balieportaal is al in gebruik"),
            (vec![("naam", "X"), ("clientId", "al-geregistreerd"), right], "clientId", "is al in gebruik"),
            (vec![("naam", "X"), ("clientId", &long), right], "clientId", "hoogstens 50 tekens"),
            (vec![("naam", "!!"), right], "clientId", "van deze naam is er geen te maken"),
            (vec![("naam", "X")], "recht", "Kies ten minste een recht"),
            (vec![("naam", "X"), ("recht", "kc:klanten.alles")], "recht", "kennen we niet"),
        ] {
            let page = browser.post(&path, &fields).await.expect(422);
            assert!(between(page.text(), "<title>", "</title>").starts_with("Fout:"), "{fields:?}");
            assert!(page.text().contains(&format!("<a href=\"#{at}\">")), "{fields:?}: {}", page.text());
            assert!(page.text().contains(words), "{fields:?}: {}", page.text());
        }
        assert_eq!(app.probe().count("applicatie").await, 1);
        let known = openklant_shared::storage::applicatie::find_credential(app.db(), "al-geregistreerd").await;
        let known = known.expect("it can be read").expect("it is there");
        assert_eq!(known.secret.expose(), "geheim dat een programma kent");
    }

    async fn every_right_is_confirmed_once_more(app: App) {
        let mut browser = manager(&app).await;
        let path = format!("{PAGE}/nieuw");
        let ask = browser.post(&path, &[("naam", "Alles"), ("alle", "true")]).await.expect(200);
        assert!(ask.text().contains("Alle rechten geven?"), "{}", ask.text());
        assert_eq!(app.probe().count("applicatie").await, 1, "nothing was made yet");
        let fields: Vec<(String, String)> = ["naam", "clientId", "alle", "bevestigd"]
            .map(|name| (name.to_owned(), hidden(ask.text(), name).expect("it comes back")))
            .into();
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = browser.post(&path, &fields).await;
        let made = shown(&mut browser, answer).await;
        made.client(&app).post(KLANTEN, &klant("1")).await.is(201);
        let list = browser.get(PAGE).await.expect(200);
        assert_eq!(list.text().matches("<span class=\"badge warn\">alle rechten</span>").count(), 2);

        let some = make(&mut browser, "Wat minder", "", &["kc:klanten.bijwerken"]).await;
        let rights = format!("{}/rechten", some.page);
        let seen = version(&mut browser, &rights).await;
        let ask = browser.post(&rights, &[("versie", seen.as_str()), ("alle", "true")]).await.expect(200);
        assert!(ask.text().contains("Alle rechten geven?"));
        some.client(&app).post(KLANTEN, &klant("2")).await.is(403);
        let fields = [("versie", seen.as_str()), ("alle", "true"), ("bevestigd", "alle rechten")];
        browser.post(&rights, &fields).await.is(303);
        becomes(&some.client(&app), 200).await;
        some.client(&app).post(KLANTEN, &klant("2")).await.is(201);
    }

    async fn other_rights_count_within_a_second(app: App) {
        let mut browser = manager(&app).await;
        let made = make(&mut browser, "Website", "", &["kc:klanten.lezen"]).await;
        let client = made.client(&app);
        client.get(KLANTEN).await.is(200);
        let rights = format!("{}/rechten", made.page);
        let form = browser.get(&rights).await.expect(200);
        let boxed = between(form.text(), "name=\"recht\" value=\"kc:klanten.lezen\"", ">");
        assert!(boxed.contains("checked"), "{}", form.text());
        let seen = version(&mut browser, &rights).await;
        let fields = [("versie", seen.as_str()), ("recht", "kc:klanten.aanmaken")];
        browser.post(&rights, &fields).await.is(303);
        becomes(&client, 403).await;
        client.post(KLANTEN, &klant("1")).await.is(201);

        // What was shown is no longer so.
        browser.post(&rights, &fields).await.is(409);
        browser.post(&rights, &[("recht", "kc:klanten.lezen")]).await.is(409);
        client.post(KLANTEN, &klant("2")).await.is(201);
        let log = log(&app).await;
        assert!(log.len() == 2 && log[1].contains("applicatie change") && log[1].ends_with("may do kc:klanten.aanmaken"), "{log:?}");
        let page = browser.get(&made.page).await.expect(200);
        assert!(page.text().contains("gewijzigd") && page.text().contains("klanten.aanmaken"));
    }

    async fn a_right_that_this_server_does_not_know_stays(app: App) {
        let mut browser = manager(&app).await;
        let made = make(&mut browser, "Website", "", &["kc:klanten.lezen"]).await;
        app.probe().execute("UPDATE autorisatie SET scopes = '[\"klanten.lezen\",\"klanten.nieuw\"]'").await;
        let rights = format!("{}/rechten", made.page);
        let form = browser.get(&rights).await.expect(200);
        assert!(form.text().contains("<code>kc:klanten.nieuw</code>"), "{}", form.text());
        let seen = version(&mut browser, &rights).await;
        browser.post(&rights, &[("versie", seen.as_str()), ("recht", "cmc:contactmomenten.lezen")]).await.is(303);
        let log = log(&app).await;
        assert!(log[1].ends_with("may do kc:klanten.nieuw cmc:contactmomenten.lezen"), "{log:?}");
    }
}
