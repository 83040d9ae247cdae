//! How long a session lasts, and what it protects.

use chrono::TimeDelta;
use openklant_shared::domain::beheer::Role;
use openklant_tests::app::Setup;
use openklant_tests::beheer::PASSWORD;
use openklant_tests::{App, Database, on_both};

on_both! {
    async fn a_session_ends_when_it_is_not_used(app: App) {
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        for _ in 0..3 {
            app.clock().advance(TimeDelta::minutes(29));
            browser.get("/beheer/").await.is(200);
        }
        app.clock().advance(TimeDelta::minutes(30));
        let answer = browser.get("/beheer/account").await.expect(303);
        assert_eq!(answer.header("location"), Some("/beheer/inloggen?verder=%2Faccount"));
        let page = browser.follow(&answer).await.expect(200);
        assert!(page.text().contains("U bent uitgelogd na 30 minuten zonder activiteit"));
        assert!(page.text().contains("name=\"verder\" value=\"/account\""));
    }

    async fn a_session_ends_after_a_day_of_work_however_much_it_is_used(app: App) {
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        for _ in 0..29 {
            app.clock().advance(TimeDelta::minutes(20));
            browser.get("/beheer/").await.is(200);
        }
        app.clock().advance(TimeDelta::minutes(20));
        let answer = browser.get("/beheer/").await.expect(303);
        let page = browser.follow(&answer).await.expect(200);
        assert!(page.text().contains("uw sessie duurde zo lang als mag"));
    }

    async fn behind_https_the_cookie_is_for_https_only(database: Database) {
        let app = App::start(&database, &[("OPENKLANT_BASE_URL", "https://openklant.example/klant")]).await;
        let person = app.person("s.bakker", &[Role::Lezer]).await;
        let answer = app.browser().log_in(&app, &person).await;
        let cookie = answer.header("set-cookie").expect("a cookie");
        assert!(cookie.contains("Secure") && cookie.contains("Path=/klant/beheer"), "{cookie}");
        assert_eq!(answer.header("location"), Some("/klant/beheer/"));
    }

    async fn a_form_without_the_token_of_its_session_is_refused(app: App) {
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        let own = browser.csrf().await;
        let foreign = app.logged_in(&[Role::Operator]).await.csrf().await;
        assert!(!own.is_empty() && own != foreign);
        for fields in [vec![], vec![("csrf", "")], vec![("csrf", "onzin")], vec![("csrf", foreign.as_str())]] {
            let page = browser.post_raw("/beheer/account/overal-uitloggen", &fields).await.expect(403);
            assert!(page.text().contains("Er is niets gedaan"));
        }
        let fields = [("csrf", own.as_str())];
        browser
            .post_with("/beheer/account/overal-uitloggen", &[("Sec-Fetch-Site", "cross-site")], &fields)
            .await
            .is(403);
        browser.get("/beheer/").await.is(200);
    }

    async fn logging_out_everywhere_ends_every_session(app: App) {
        let person = app.person("s.bakker", &[Role::Lezer]).await;
        let (mut one, mut other) = (app.browser(), app.browser());
        one.log_in(&app, &person).await;
        other.log_in(&app, &person).await;
        one.post("/beheer/account/overal-uitloggen", &[]).await.is(303);
        one.get("/beheer/").await.is(303);
        other.get("/beheer/").await.is(303);
    }

    async fn another_password_ends_the_other_sessions(app: App) {
        let person = app.person("s.bakker", &[Role::Lezer]).await;
        let (mut one, mut other) = (app.browser(), app.browser());
        one.log_in(&app, &person).await;
        other.log_in(&app, &person).await;
        for (old, new, again) in [
            ("niet het oude", "een heel ander wachtwoord", "een heel ander wachtwoord"),
            (PASSWORD, "een heel ander wachtwoord", "iets anders"),
            (PASSWORD, "te kort", "te kort"),
            (PASSWORD, "wachtwoord1234", "wachtwoord1234"),
        ] {
            let fields = [("wachtwoord", old), ("wachtwoord-nieuw", new), ("wachtwoord-herhaald", again)];
            one.post("/beheer/account/wachtwoord", &fields).await.is(422);
            other.get("/beheer/").await.is(200);
        }
        let new = "een heel ander wachtwoord";
        let fields = [("wachtwoord", PASSWORD), ("wachtwoord-nieuw", new), ("wachtwoord-herhaald", new)];
        let answer = one.post("/beheer/account/wachtwoord", &fields).await.expect(303);
        let page = one.follow(&answer).await.expect(200);
        assert!(page.text().contains("Uw wachtwoord is gewijzigd."));
        let page = one.get("/beheer/account").await.expect(200);
        assert!(!page.text().contains("Uw wachtwoord is gewijzigd."), "a message is shown once");
        other.get("/beheer/").await.is(303);
    }

    async fn preferences_are_kept(app: App) {
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        let fields = [("taal", "fr"), ("weergave", "paars")];
        browser.post("/beheer/account/voorkeuren", &fields).await.is(422);
        let fields = [("taal", "en"), ("weergave", "dark")];
        browser.post("/beheer/account/voorkeuren", &fields).await.is(303);
        let page = browser.get("/beheer/account").await.expect(200);
        assert!(page.text().contains("<html lang=\"en\" data-theme=\"dark\">"));
        assert!(page.text().contains("Your account"));
        let back = browser.get("/beheer/taal/nl?terug=/account").await.expect(303);
        assert_eq!(back.header("location"), Some("/beheer/account"));
        assert!(browser.follow(&back).await.text().contains("lang=\"nl\""));
    }

    async fn the_site_can_be_switched_off(database: Database) {
        let app = Setup::new().with([("OPENKLANT_BEHEER", "false")]).start(&database).await;
        app.browser().get("/beheer/inloggen").await.fault(404, "not_found");
    }
}
