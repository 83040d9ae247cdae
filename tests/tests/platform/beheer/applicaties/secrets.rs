//! Another secret, and the end of every secret.

use chrono::TimeDelta;
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::{App, on_both};

use super::{PAGE, becomes, log, make, manager, shown, version};

on_both! {
    async fn an_old_secret_ends_at_once_or_a_day_later(app: App) {
        let mut browser = manager(&app).await;
        let first = make(&mut browser, "Website", "", &["kc:klanten.lezen"]).await;
        let path = format!("{}/vernieuwen", first.page);
        let ask = browser.get(&path).await.expect(200);
        assert!(ask.text().contains("Aanroepen in de laatste 24 uur:"), "{}", ask.text());
        let seen = version(&mut browser, &path).await;
        let unchosen = browser.post(&path, &[("versie", &seen)]).await.expect(422);
        assert!(unchosen.text().contains("Kies wat er met het oude geheim gebeurt"));

        app.clock().advance(TimeDelta::seconds(1));
        let answer = browser.post(&path, &[("versie", &seen), ("oud", "24-uur")]).await;
        let second = shown(&mut browser, answer).await;
        assert_ne!(first.credential.secret, second.credential.secret);
        becomes(&second.client(&app), 200).await;
        first.client(&app).get(KLANTEN).await.is(200);
        let page = browser.get(&first.page).await.expect(200);
        assert!(page.text().contains("het vorige geldt nog tot") && page.text().contains("twee geheimen geldig"));
        assert!(!page.text().contains(&second.credential.secret) && !page.text().contains(&first.credential.secret));

        // Whoever saw the first secret does not replace the second unseen.
        browser.post(&path, &[("versie", &seen), ("oud", "meteen")]).await.is(409);
        browser.post(&path, &[("oud", "meteen")]).await.is(409);
        second.client(&app).get(KLANTEN).await.is(200);

        app.clock().advance(TimeDelta::hours(24));
        first.client(&app).get(KLANTEN).await.fault(403, "invalid-jwt-signature");
        second.client(&app).get(KLANTEN).await.is(200);

        let mut browser = manager(&app).await;
        let seen = version(&mut browser, &path).await;
        let answer = browser.post(&path, &[("versie", &seen), ("oud", "meteen")]).await;
        let third = shown(&mut browser, answer).await;
        becomes(&second.client(&app), 403).await;
        second.client(&app).get(KLANTEN).await.fault(403, "invalid-jwt-signature");
        third.client(&app).get(KLANTEN).await.is(200);
        let log = log(&app).await;
        assert!(log[1].contains("applicatie secret rotate client id website, the old secret ends 2026-"), "{log:?}");
        assert!(log[2].ends_with("applicatie secret rotate client id website, the old secret ends at once"), "{log:?}");
        for made in [first, second, third] {
            assert!(!log.join("\n").contains(&made.credential.secret));
        }
    }

    async fn a_revoked_application_is_refused_and_can_come_back(app: App) {
        let mut browser = manager(&app).await;
        let made = make(&mut browser, "Website", "", &["kc:klanten.lezen", "kc:klanten.aanmaken"]).await;
        let client = made.client(&app);
        let url = client.post(KLANTEN, &klant("1")).await.expect(201).url();
        let path = format!("{}/intrekken", made.page);
        let ask = browser.get(&path).await.expect(200);
        assert!(ask.text().contains("Aanroepen krijgen vanaf nu 403.") && ask.text().contains("Website intrekken?"));
        let seen = version(&mut browser, &path).await;
        browser.post(&path, &[]).await.is(409);
        client.get(KLANTEN).await.is(200);
        browser.post(&path, &[("versie", &seen)]).await.is(303);
        becomes(&client, 403).await;
        client.get(KLANTEN).await.fault(403, "invalid-client-identifier");
        let list = browser.get(PAGE).await.expect(200);
        assert!(list.text().contains("ingetrokken"), "{}", list.text());
        browser.get(&path).await.is(409);
        browser.post(&path, &[("versie", &seen)]).await.is(409);
        let trail = app.client().get(format!("{url}/audittrail")).await.expect(200);
        assert_eq!(trail.json()["results"][0]["applicatieWeergave"], "Website");

        let path = format!("{}/vernieuwen", made.page);
        let seen = version(&mut browser, &path).await;
        let answer = browser.post(&path, &[("versie", &seen)]).await;
        let again = shown(&mut browser, answer).await;
        becomes(&again.client(&app), 200).await;
        client.get(KLANTEN).await.fault(403, "invalid-jwt-signature");
        let log = log(&app).await;
        assert!(log[1].ends_with("applicatie secret revoke client id website, every secret"), "{log:?}");
        assert!(log[2].ends_with("applicatie secret add client id website"), "{log:?}");
        let page = browser.get(&made.page).await.expect(200);
        assert!(page.text().contains("geheim ingetrokken") && page.text().contains("geheim gegeven"));
    }

    async fn of_several_client_ids_one_is_chosen(app: App) {
        let mut browser = manager(&app).await;
        let made = make(&mut browser, "Website", "", &["kc:klanten.lezen"]).await;
        app.probe()
            .execute("INSERT INTO applicatie_client (client_id, applicatie_id) SELECT 'website-acc', max(id) FROM applicatie")
            .await;
        let path = format!("{}/vernieuwen", made.page);
        let seen = version(&mut browser, &path).await;
        let unchosen = browser.post(&path, &[("versie", &seen), ("oud", "meteen")]).await.expect(422);
        assert!(unchosen.text().contains("Kies een client-id"));
        browser.post(&path, &[("versie", &seen), ("oud", "meteen"), ("clientId", "balieportaal")]).await.is(422);
        app.client().get(KLANTEN).await.is(200);
        let answer = browser.post(&path, &[("versie", &seen), ("clientId", "website-acc")]).await;
        let other = shown(&mut browser, answer).await;
        becomes(&other.client(&app), 200).await;
        made.client(&app).get(KLANTEN).await.is(200);
    }
}
