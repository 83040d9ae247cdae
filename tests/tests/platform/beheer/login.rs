//! Logging in with a local account.

use chrono::TimeDelta;
use openklant_shared::domain::beheer::Role;
use openklant_tests::beheer::{PASSWORD, title};
use openklant_tests::{App, on_both};

/// What the login page says for every cause.
const WRONG: &str = "Gebruikersnaam, wachtwoord of code klopt niet";
const TOO_OFTEN: &str = "Te vaak geprobeerd. Over 15 minuten kunt u het opnieuw proberen.";

on_both! {
    async fn without_an_account_the_page_says_what_to_do(app: App) {
        let page = app.browser().get("/beheer/inloggen").await.expect(200);
        assert!(page.text().contains("openklant beheerder add"));
        assert!(!page.text().contains("name=\"wachtwoord\""));
    }

    async fn a_person_logs_in_and_out(app: App) {
        let person = app.person("s.bakker", &[Role::Operator]).await;
        let mut browser = app.browser();
        let answer = browser.log_in(&app, &person).await;
        assert_eq!(answer.header("location"), Some("/beheer/"));
        let cookie = answer.header("set-cookie").expect("a cookie").to_owned();
        for flag in ["HttpOnly", "SameSite=Lax", "Path=/beheer"] {
            assert!(cookie.contains(flag), "{flag}: {cookie}");
        }
        assert!(!cookie.contains("Secure") && !cookie.contains("Max-Age"), "{cookie}");
        let start = browser.follow(&answer).await.expect(200);
        assert!(start.text().contains("Naam van s.bakker"));
        let old = browser.cookie("openklant_beheer").expect("a session").to_owned();

        let out = browser.post("/beheer/uitloggen", &[]).await.expect(303);
        assert_eq!(browser.cookie("openklant_beheer"), None);
        let page = browser.follow(&out).await.expect(200);
        assert!(page.text().contains("U bent uitgelogd"));
        browser.set_cookie("openklant_beheer", &old);
        browser.get("/beheer/").await.is(303);
    }

    async fn every_cause_of_a_failure_has_the_same_answer(app: App) {
        let person = app.person("s.bakker", &[Role::Operator]).await;
        let code = person.code(&app);
        let other = if code == "000000" { "111111" } else { "000000" };
        for (login, password, code) in [
            ("s.bakker", "een ander wachtwoord", code.as_str()),
            ("s.bakker", PASSWORD, other),
            ("s.bakker", PASSWORD, ""),
            ("niemand", PASSWORD, code.as_str()),
            ("", "", ""),
        ] {
            let fields = [("gebruiker", login), ("wachtwoord", password), ("code", code)];
            let page = app.browser().post_raw("/beheer/inloggen", &fields).await.expect(422);
            assert!(page.text().contains(WRONG));
            assert_eq!(title(page.text()), "Fout: Inloggen – Open Klant beheer");
            assert!(!page.text().contains(PASSWORD), "a password is not shown again");
            assert_eq!(page.header("set-cookie"), None);
        }
    }

    async fn a_code_is_taken_once(app: App) {
        let person = app.person("s.bakker", &[Role::Operator]).await;
        let code = person.code(&app);
        let fields = [("gebruiker", "S.Bakker "), ("wachtwoord", PASSWORD), ("code", code.as_str())];
        app.browser().post_raw("/beheer/inloggen", &fields).await.is(303);
        app.browser().post_raw("/beheer/inloggen", &fields).await.is(422);
    }

    async fn five_failures_lock_a_name_whether_or_not_it_exists(app: App) {
        let person = app.person("s.bakker", &[Role::Operator]).await;
        for login in ["s.bakker", "niemand"] {
            let wrong = [("gebruiker", login), ("wachtwoord", "fout"), ("code", "123456")];
            for _ in 0..5 {
                app.browser().post_raw("/beheer/inloggen", &wrong).await.is(422);
            }
            let page = app.browser().post_raw("/beheer/inloggen", &wrong).await.expect(429);
            assert!(page.text().contains(TOO_OFTEN));
        }
        let code = person.code(&app);
        let right = [("gebruiker", "s.bakker"), ("wachtwoord", PASSWORD), ("code", code.as_str())];
        app.browser().post_raw("/beheer/inloggen", &right).await.is(429);
        app.clock().advance(TimeDelta::minutes(15));
        app.browser().log_in(&app, &person).await;
    }

    async fn nobody_is_led_to_another_site(app: App) {
        let person = app.person("s.bakker", &[Role::Operator]).await;
        for (wanted, to) in [
            ("/account", "/beheer/account"),
            ("//kwaad.example/", "/beheer/"),
            ("https://kwaad.example/", "/beheer/"),
            ("/\\kwaad.example", "/beheer/"),
        ] {
            app.clock().advance(TimeDelta::seconds(30));
            let code = person.code(&app);
            let fields = [
                ("gebruiker", "s.bakker"),
                ("wachtwoord", PASSWORD),
                ("code", code.as_str()),
                ("verder", wanted),
            ];
            let answer = app.browser().post_raw("/beheer/inloggen", &fields).await.expect(303);
            assert_eq!(answer.header("location"), Some(to), "{wanted}");
        }
        let answer = app.browser().get("/beheer/taal/en?terug=//kwaad.example").await.expect(303);
        assert_eq!(answer.header("location"), Some("/beheer/"));
    }

    async fn another_site_cannot_log_a_browser_in(app: App) {
        let person = app.person("s.bakker", &[Role::Operator]).await;
        let code = person.code(&app);
        let fields = [("gebruiker", "s.bakker"), ("wachtwoord", PASSWORD), ("code", code.as_str())];
        for header in [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"), ("Origin", "https://kwaad.example"), ("Origin", "null")] {
            app.browser().post_with("/beheer/inloggen", &[header], &fields).await.is(403);
        }
        let own = app.base();
        app.browser().post_with("/beheer/inloggen", &[("Origin", &own)], &fields).await.is(303);
    }

    async fn a_login_renews_the_session(app: App) {
        let person = app.person("s.bakker", &[Role::Operator]).await;
        let mut browser = app.browser();
        browser.log_in(&app, &person).await;
        let first = browser.cookie("openklant_beheer").expect("a session").to_owned();
        let mut other = app.browser();
        other.set_cookie("openklant_beheer", &first);
        app.clock().advance(TimeDelta::minutes(31));
        other.log_in(&app, &person).await;
        assert_ne!(other.cookie("openklant_beheer"), Some(first.as_str()));
        browser.get("/beheer/").await.is(303);
    }
}
