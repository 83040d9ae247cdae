//! What the list and the page of an application tell, and what that costs.

use chrono::TimeDelta;
use openklant_shared::storage::client_use;
use openklant_tests::app::Setup;
use openklant_tests::autorisaties::Autorisaties;
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::tap::Tap;
use openklant_tests::tokens::Credential;
use openklant_tests::{App, Database, Kind, on_both};
use openklant_worker::cleanup;
use serde_json::json;

use super::{PAGE, becomes, make, manager};

const UNUSED: &str = "een jaar niet gebruikt";

/// Closes the server, so that what it counted is in the database, and opens another.
async fn again(app: App, database: &Database) -> App {
    app.stop().await;
    App::start(database, &[]).await
}

on_both! {
    async fn use_and_refusals_are_counted_per_client_id(database: Database) {
        let app = App::start(&database, &[]).await;
        let mut browser = manager(&app).await;
        let made = make(&mut browser, "Website", "", &["kc:klanten.lezen"]).await;
        let list = browser.get(PAGE).await.expect(200);
        assert_eq!(list.text().matches("nog niet gezien").count(), 2, "{}", list.text());
        let client = made.client(&app);
        client.get(KLANTEN).await.is(200);
        client.get(format!("{KLANTEN}?klantnummer=GEHEIM")).await.is(200);
        client.delete("/klanten/api/v1/klanten/11111111-0000-4000-8000-000000000000").await.is(403);
        client.delete("/klanten/api/v1/klanten/22222222-0000-4000-8000-000000000000").await.is(403);
        let forged = Credential { client_id: "website".to_owned(), secret: "een ander geheim, ook lang".to_owned() };
        let forged = app.with_token(&forged.token(app.clock().now()));
        forged.get(KLANTEN).await.fault(403, "invalid-jwt-signature");
        for number in 0..5 {
            let stranger = Credential { client_id: format!("vreemde-{number}"), secret: "x".repeat(40) };
            let stranger = app.with_token(&stranger.token(app.clock().now()));
            stranger.get(KLANTEN).await.fault(403, "invalid-client-identifier");
        }
        app.anonymous().get(KLANTEN).await.is(403);
        assert_eq!(app.probe().count("client_use").await, 1, "nothing is written in the way of an answer");

        let app = again(app, &database).await;
        let mut browser = manager(&app).await;
        let page = browser.get(&made.page).await.expect(200);
        assert!(page.text().contains("Aanroepen in de laatste 24 uur: 4."), "{}", page.text());
        assert!(page.text().contains("DELETE /klanten/api/v1/klanten/{uuid}"), "{}", page.text());
        assert!(page.text().contains("het recht ontbreekt") && page.text().contains("ondertekend met een ander geheim"));
        for never in ["11111111-0000", "22222222-0000", "GEHEIM", "vreemde-"] {
            assert!(!page.text().contains(never), "{never}");
        }
        let rows = app.probe()
            .texts("SELECT client_id || ' ' || code || ' ' || method || ' ' || refusals FROM client_refusal ORDER BY code, client_id")
            .await;
        assert_eq!(rows, ["website invalid-jwt-signature GET 1", "website permission_denied DELETE 2"]);
        let list = browser.get(PAGE).await.expect(200);
        assert_eq!(list.text().matches("nog niet gezien").count(), 1, "{}", list.text());
        assert!(list.text().contains("vandaag 10:30"), "{}", list.text());
        assert!(list.text().contains("Klanten: lezen"), "{}", list.text());

        // Another process counts on.
        made.client(&app).get(KLANTEN).await.is(200);
        let app = again(app, &database).await;
        let mut browser = manager(&app).await;
        let page = browser.get(&made.page).await.expect(200);
        assert!(page.text().contains("Aanroepen in de laatste 24 uur: 5."), "{}", page.text());

        // A day later they are no longer of the last 24 hours, and in time they go.
        app.clock().advance(TimeDelta::days(2));
        let mut browser = manager(&app).await;
        let page = browser.get(&made.page).await.expect(200);
        assert!(page.text().contains("Aanroepen in de laatste 24 uur: 0."), "{}", page.text());
        assert!(page.text().contains("ondertekend met een ander geheim"));
        app.clock().advance(TimeDelta::days(6));
        let mut browser = manager(&app).await;
        let page = browser.get(&made.page).await.expect(200);
        assert!(page.text().contains("Er is niets geweigerd."), "{}", page.text());
        app.clock().advance(TimeDelta::days(1));
        let before = app.clock().now() - TimeDelta::days(8);
        assert_eq!(client_use::count_old(app.db(), before).await.expect("it can be counted"), 3);
        let history = cleanup::JOBS.iter().find(|job| job.name == "history").expect("there is such a job");
        cleanup::run(&app.worker_context(), "w", history, app.clock().now()).await.expect("it runs");
        assert_eq!(app.probe().count("client_use_hour").await, 0);
        assert_eq!(app.probe().count("client_refusal").await, 0);
        assert_eq!(app.probe().count("client_use").await, 2, "when it was last used stays known");
    }

    async fn a_revoked_client_that_goes_on_is_seen(database: Database) {
        let app = App::start(&database, &[]).await;
        let mut browser = manager(&app).await;
        let made = make(&mut browser, "Website", "", &["kc:klanten.lezen"]).await;
        app.probe().execute("DELETE FROM client_credential WHERE client_id = 'website'").await;
        becomes(&made.client(&app), 403).await;
        let app = again(app, &database).await;
        let mut browser = manager(&app).await;
        let page = browser.get(&made.page).await.expect(200);
        assert!(page.text().contains("de client-id heeft geen geheim"), "{}", page.text());
    }

    async fn what_was_not_used_for_a_year_is_told(app: App) {
        let mut browser = manager(&app).await;
        make(&mut browser, "Website", "", &["kc:klanten.lezen"]).await;
        let long_ago = app.clock().now() - TimeDelta::days(400);
        app.probe().move_moment("UPDATE applicatie SET created_at = $1", long_ago).await;
        let list = browser.get(PAGE).await.expect(200);
        assert!(!list.text().contains(UNUSED), "it is not counted that long");
        app.probe().move_moment("UPDATE client_use SET last_at = $1", long_ago).await;
        let list = browser.get(PAGE).await.expect(200);
        assert_eq!(list.text().matches(UNUSED).count(), 2, "{}", list.text());
        let lately = app.clock().now() - TimeDelta::days(300);
        app.probe().move_moment("INSERT INTO client_use (client_id, last_at) VALUES ('website', $1)", lately).await;
        let list = browser.get(PAGE).await.expect(200);
        assert_eq!(list.text().matches(UNUSED).count(), 1, "{}", list.text());
    }

    async fn the_list_has_pages_and_refuses_what_it_does_not_know(app: App) {
        let mut browser = manager(&app).await;
        for number in 0..29 {
            make(&mut browser, &format!("Applicatie {:02}", number % 28), &format!("nr-{number}"), &["kc:klanten.lezen"]).await;
        }
        let first = browser.get(PAGE).await.expect(200);
        assert_eq!(first.text().matches("role=\"rowheader\"").count(), 25);
        let next = openklant_tests::beheer::between(first.text(), "rel=\"next\" href=\"", "\"").to_owned();
        let second = browser.get(&next).await.expect(200);
        assert_eq!(second.text().matches("role=\"rowheader\"").count(), 5, "{}", second.text());
        assert!(second.text().contains("Balieportaal"), "the last by name");
        let previous = openklant_tests::beheer::between(second.text(), "rel=\"prev\" href=\"", "\"").to_owned();
        let back = browser.get(&previous).await.expect(200);
        assert_eq!(back.text().matches("role=\"rowheader\"").count(), 25);
        assert!(back.text().contains("nr-0,") || back.text().contains("nr-0<"), "{}", back.text());
        for query in ["naam=x", "na=onzin"] {
            let wrong = browser.get(&format!("{PAGE}?{query}")).await.expect(200);
            assert!(wrong.text().contains("Dit filter kennen we niet") && !wrong.text().contains("Balieportaal"));
        }
    }

    async fn an_application_that_is_kept_elsewhere_is_shown_and_not_changed(database: Database) {
        let autorisaties = Autorisaties::start().await;
        let url = autorisaties.allows("loket", "kc", &["klanten.lezen"]);
        let app = Setup::new().with(autorisaties.settings()).start(&database).await;
        let credential = Credential { client_id: "loket".to_owned(), secret: "geheim van het loket".to_owned() };
        let body = json!({"identifier": "loket", "secret": credential.secret});
        app.client().post("/klanten/api/v1/jwtsecret/", &body).await.is(201);
        let client = app.with_token(&credential.token(app.clock().now()));
        client.get(KLANTEN).await.is(200);
        let mut browser = manager(&app).await;
        let list = browser.get(PAGE).await.expect(200);
        assert!(list.text().contains("Uit de Autorisaties API") && list.text().contains("loket"), "{}", list.text());
        let uuid = url.rsplit('/').next().unwrap_or_default();
        let page = browser.get(&format!("{PAGE}/{uuid}")).await.expect(200);
        assert!(page.text().contains("u kunt haar hier niet wijzigen"), "{}", page.text());
        assert!(page.text().contains("klanten.lezen") && !page.text().contains("/rechten"));
        let why = browser.get(&format!("{PAGE}/{uuid}/waarom?handeling=kc:klant_delete")).await.expect(200);
        assert!(why.text().contains("Nee: klanten.verwijderen ontbreekt.") && !why.text().contains("erbij="));
        for action in ["rechten", "vernieuwen", "intrekken"] {
            browser.get(&format!("{PAGE}/{uuid}/{action}")).await.is(409);
            browser.post(&format!("{PAGE}/{uuid}/{action}"), &[("oud", "meteen")]).await.is(409);
        }
        client.get(KLANTEN).await.is(200);
        client.post(KLANTEN, &klant("1")).await.is(403);
    }
}

/// What the pages ask of the database beside the session.
#[test]
fn applications_cost_few_statements() {
    openklant_tests::both::run(Kind::Postgres, async |database: Database| {
        let tap = Tap::before(&database.url()).await;
        let app = Setup::new().database_url(tap.url()).start(&database).await;
        let mut browser = manager(&app).await;
        let made = make(&mut browser, "Website", "", &["kc:klanten.lezen"]).await;
        browser.get(PAGE).await.is(200);
        for (path, most) in [
            (PAGE.to_owned(), 2),
            (made.page.clone(), 4),
            (format!("{}/waarom", made.page), 2),
        ] {
            tap.take();
            browser.get(&path).await.is(200);
            let statements = tap.take();
            let counted: Vec<&String> = statements
                .iter()
                .filter(|sql| {
                    let is_frame = ["BEGIN", "COMMIT", "ROLLBACK"]
                        .iter()
                        .any(|word| sql.starts_with(word));
                    !is_frame && !sql.contains("beheer_session") && !sql.contains("authorisation_version")
                })
                .collect();
            assert!(counted.len() <= most, "{path}: {counted:#?}");
        }
    });
}
