//! Logging in through the provider of the organisation, which is a real one: `tests/provider/`.

use chrono::TimeDelta;
use openklant_tests::beheer::between;
use openklant_tests::provider::Provider;
use openklant_tests::{App, Browser, Database, on_both};
use serde_json::{Value, json};

const LATE: &str = "Het inloggen duurde te lang. Begin opnieuw.";
const UNREACHABLE: &str = "De inlogdienst is niet bereikbaar.";

/// Somebody at the desk.
fn desk() -> Value {
    json!({"name": "Fenna de Vries", "email": "f.devries@example.nl", "groups": ["balie", "iedereen"]})
}

/// What the account page says under a heading.
async fn said(browser: &mut Browser, heading: &str) -> String {
    let page = browser.get("/beheer/account").await.expect(200);
    let start = format!("<dt>{heading}</dt><dd>");
    between(page.text(), &start, "</dd>").to_owned()
}

/// Nobody is logged in, and the page says why.
async fn is_refused(browser: &mut Browser, back: &str, status: u16, why: &str) {
    let page = browser.get(back).await.expect(status);
    assert!(page.text().contains(why), "{why}: {}", page.text());
    assert!(page.text().contains("Inloggen bij Gemeente Voorbeeld"));
    assert_eq!(browser.cookie("openklant_beheer"), None);
    browser.get("/beheer/account").await.is(303);
}

on_both! {
    /// Public report B70: a login through a provider failed on cookies that did not come back with the browser.
    async fn b70_a_login_through_the_provider_goes_round(database: Database) {
        let provider = Provider::start("sub-1", desk()).await;
        let app = provider.app(&database, &[]).await;
        let mut browser = app.browser();
        let asked = browser.get("/beheer/klanten").await;
        let wanted = asked.header("location").map_or_else(String::new, str::to_owned);
        let page = browser.get("/beheer/inloggen?verder=/account").await.expect(200);
        let link = between(page.text(), "<a class=\"button\" href=\"", "\"");
        assert!(page.text().contains("Inloggen bij Gemeente Voorbeeld"), "{wanted}");
        let away = browser.get(link).await.expect(303);
        let cookie = away.header("set-cookie").expect("a cookie");
        for flag in ["openklant_inloggen=", "HttpOnly", "SameSite=Lax", "Path=/beheer", "Max-Age=600"] {
            assert!(cookie.contains(flag), "{flag}: {cookie}");
        }
        let to = away.header("location").expect("a way there").to_owned();
        let back = provider.walk(&mut provider.browser(), &to).await;
        let answer = browser.get(&back).await.expect(303);
        assert_eq!(answer.header("location"), Some("/beheer/account"));
        assert_eq!(browser.cookie("openklant_inloggen"), None, "it is used once");
        let page = browser.follow(&answer).await.expect(200);
        for text in ["Fenna de Vries", "f.devries@example.nl", "uw werkaccount"] {
            assert!(page.text().contains(text), "{text}");
        }
        assert!(!page.text().contains("Wachtwoord wijzigen"));
        assert_eq!(said(&mut browser, "Rollen").await, "lezer");
        assert_eq!(said(&mut browser, "Via groepen").await, "balie");
        let asked = &provider.seen().await["authorize"][0];
        assert_eq!(asked["scope"], "openid profile email");
        assert_eq!(asked["code_challenge_method"], "S256");
        for name in ["state", "nonce", "code_challenge"] {
            assert!(asked[name].as_str().is_some_and(|text| text.len() >= 43), "{name}");
        }
    }

    async fn the_provider_is_not_there_unless_it_is_set(app: App) {
        let page = app.browser().get("/beheer/inloggen").await.expect(200);
        assert!(!page.text().contains("Met uw werkaccount"));
        for path in ["oidc", "oidc/terug", "oidc/uit"] {
            app.browser().get(&format!("/beheer/inloggen/{path}")).await.is(404);
        }
    }

    async fn other_groups_give_other_roles_at_the_next_login(database: Database) {
        let provider = Provider::start("sub-1", desk()).await;
        let app = provider.app(&database, &[]).await;
        let mut first = app.browser();
        provider.log_in(&mut first, "/").await.is(303);
        let claims = json!({"name": "Fenna Bakker", "email": "f@example.nl", "groups": ["techniek", "beheer"]});
        provider.be(json!({"claims": claims})).await;
        let mut second = app.browser();
        provider.log_in(&mut second, "/").await.is(303);
        assert_eq!(said(&mut second, "Rollen").await, "beheerder, operator");
        assert_eq!(said(&mut second, "Naam").await, "Fenna Bakker");
        assert_eq!(said(&mut first, "Rollen").await, "lezer", "a session keeps what it began with");
        let page = second.get("/beheer/account").await.expect(200);
        assert_eq!(page.text().matches("Begonnen").count(), 2, "it is one account");
    }

    async fn groups_may_lie_deep_and_give_every_role(database: Database) {
        let claims = json!({"given_name": "Fenna", "family_name": "Vries", "realm_access": {"roles": ["hoofd", "x"]}});
        let provider = Provider::start("sub-1", claims).await;
        let app = provider
            .app(&database, &[
                ("OPENKLANT_BEHEER_OIDC_GROUPS_CLAIM", "realm_access.roles"),
                ("OPENKLANT_BEHEER_OIDC_EVERY_ROLE_GROUPS", "hoofd"),
                ("OPENKLANT_BEHEER_OIDC_NAME_CLAIMS", "given_name,family_name"),
            ])
            .await;
        let mut browser = app.browser();
        provider.log_in(&mut browser, "/").await.is(303);
        assert_eq!(said(&mut browser, "Rollen").await, "lezer, beheerder, operator, applicatiebeheerder");
        assert_eq!(said(&mut browser, "Naam").await, "Fenna Vries");
    }

    async fn who_has_no_role_yet_sees_name_and_groups(database: Database) {
        let claims = json!({"name": "Fenna de Vries", "groups": ["iedereen", "<b>anders</b>"]});
        let provider = Provider::start("sub-1", claims).await;
        let app = provider.app(&database, &[]).await;
        let mut browser = app.browser();
        let answer = provider.log_in(&mut browser, "/").await.expect(303);
        let page = browser.follow(&answer).await.expect(403);
        for text in ["U bent ingelogd, maar hebt nog geen rol", "Fenna de Vries", "iedereen, &#60;b&#62;anders"] {
            assert!(page.text().contains(text), "{text}: {}", page.text());
        }
        provider.be(json!({"claims": {}})).await;
        let mut other = app.browser();
        let answer = provider.log_in(&mut other, "/").await.expect(303);
        other.follow(&answer).await.is(403);
        assert_eq!(said(&mut other, "Naam").await, "sub-1", "an account without a name has its own");
    }

    async fn logging_out_ends_the_session_at_the_provider(database: Database) {
        let provider = Provider::start("sub-1", desk()).await;
        let app = provider.app(&database, &[]).await;
        let mut browser = app.browser();
        provider.log_in(&mut browser, "/").await.is(303);
        let out = browser.post("/beheer/uitloggen", &[]).await.expect(303);
        assert_eq!(out.header("location"), Some("/beheer/inloggen/oidc/uit"));
        assert_eq!(browser.cookie("openklant_beheer"), None);
        let page = browser.follow(&out).await.expect(200);
        let to = between(page.text(), "content=\"0; url=", "\"").replace("&#38;", "&");
        assert!(to.starts_with(&format!("{}/session/end?", provider.issuer())), "{to}");
        let mut there = provider.browser();
        let question = there.get(&to).await.expect(200);
        let xsrf = between(question.text(), "name=\"xsrf\" value=\"", "\"").to_owned();
        let answer = there.post_raw("/session/end/confirm", &[("xsrf", &xsrf), ("logout", "yes")]).await;
        let back = answer.header("location").expect("a way back").to_owned();
        assert_eq!(back, format!("{}/beheer/inloggen/oidc/uit", app.base()));
        let end = browser.get(&back).await.expect(303);
        let page = browser.follow(&end).await.expect(200);
        assert!(page.text().contains("U bent uitgelogd"));
    }

    async fn a_provider_that_is_down_leaves_the_local_form(database: Database) {
        let provider = Provider::start("sub-1", desk()).await;
        let app = provider.app(&database, &[]).await;
        app.person("s.bakker", &[]).await;
        provider.be(json!({"down": true})).await;
        let mut browser = app.browser();
        let page = browser.get("/beheer/inloggen/oidc?verder=/account").await.expect(503);
        assert!(page.text().contains(UNREACHABLE) && page.text().contains("name=\"wachtwoord\""));
        assert!(page.text().contains("name=\"verder\" value=\"/account\""));
    }

    async fn a_provider_that_goes_down_on_the_way_is_told_of(database: Database) {
        let provider = Provider::start("sub-1", desk()).await;
        let app = provider.app(&database, &[]).await;
        let mut browser = app.browser();
        let back = provider.log_in_as_far_as_back(&mut browser, "/").await;
        provider.be(json!({"down": true})).await;
        is_refused(&mut browser, &back, 503, UNREACHABLE).await;
    }

    async fn who_says_no_at_the_provider_is_not_let_in(database: Database) {
        let provider = Provider::start("sub-1", desk()).await;
        let app = provider.app(&database, &[]).await;
        provider.be(json!({"refuse": true})).await;
        let mut browser = app.browser();
        let back = provider.log_in_as_far_as_back(&mut browser, "/").await;
        assert!(back.contains("error=access_denied"), "{back}");
        is_refused(&mut browser, &back, 403, "De inlogdienst geeft u geen toegang.").await;
    }

    async fn a_way_back_belongs_to_the_browser_that_began_it(database: Database) {
        let provider = Provider::start("sub-1", desk()).await;
        let app = provider.app(&database, &[]).await;
        let mut browser = app.browser();
        let back = provider.log_in_as_far_as_back(&mut browser, "/").await;
        is_refused(&mut app.browser(), &back, 400, LATE).await;
        let mut other = app.browser();
        provider.log_in_as_far_as_back(&mut other, "/").await;
        is_refused(&mut other, &back, 400, LATE).await;
        for wrong in ["state=1", "state=x", "state=1.x", "stat="] {
            let back = back.replace("state=", wrong);
            is_refused(&mut browser, &back, 400, LATE).await;
        }
        assert_eq!(provider.seen().await["token"], 0, "no code is used for them");
        browser.get(&back).await.is(303);
        assert_eq!(said(&mut browser, "Naam").await, "Fenna de Vries");
    }

    async fn a_code_is_taken_once(database: Database) {
        let provider = Provider::start("sub-1", desk()).await;
        let app = provider.app(&database, &[]).await;
        let mut browser = app.browser();
        let back = provider.log_in_as_far_as_back(&mut browser, "/").await;
        let begun = browser.cookie("openklant_inloggen").expect("a login began").to_owned();
        browser.get(&back).await.is(303);
        let again = browser.get(&back).await.expect(303);
        assert_eq!(again.header("location"), Some("/beheer/"), "for who is in there is nothing to do");
        is_refused(&mut app.browser(), &back, 400, LATE).await;
        let mut thief = app.browser();
        thief.set_cookie("openklant_inloggen", &begun);
        is_refused(&mut thief, &back, 400, LATE).await;
    }

    async fn a_login_takes_ten_minutes_at_most(app: App) {
        let provider = Provider::start("sub-1", desk()).await;
        let database = app.database().clone();
        let app = openklant_tests::app::Setup::new().with(provider.settings()).start(&database).await;
        provider.know(&app).await;
        let mut browser = app.browser();
        let back = provider.log_in_as_far_as_back(&mut browser, "/").await;
        app.clock().advance(TimeDelta::seconds(601));
        is_refused(&mut browser, &back, 400, LATE).await;
        let back = provider.log_in_as_far_as_back(&mut browser, "/").await;
        app.clock().advance(TimeDelta::seconds(599));
        browser.get(&back).await.is(303);
    }

    async fn a_login_is_as_strong_as_is_asked(database: Database) {
        let provider = Provider::start("sub-1", desk()).await;
        let strong = [("OPENKLANT_BEHEER_OIDC_ACR_VALUES", "hoog"), ("OPENKLANT_BEHEER_OIDC_AMR_VALUES", "otp,hwk")];
        let app = provider.app(&database, &strong).await;
        for (acr, amr) in [(json!("laag"), json!(["otp"])), (json!("hoog"), json!(["pwd"])), (Value::Null, json!(["otp"])), (json!("hoog"), Value::Null)] {
            provider.be(json!({"acr": acr, "amr": amr})).await;
            let mut browser = app.browser();
            let back = provider.log_in_as_far_as_back(&mut browser, "/").await;
            is_refused(&mut browser, &back, 403, "niet zo zeker herkend").await;
        }
        provider.be(json!({"acr": "hoog", "amr": ["pwd", "otp"]})).await;
        provider.log_in(&mut app.browser(), "/").await.is(303);
        assert_eq!(provider.seen().await["authorize"][0]["acr_values"], "hoog");
    }

    async fn keys_may_change(database: Database) {
        let provider = Provider::start("sub-1", desk()).await;
        let app = provider.app(&database, &[]).await;
        provider.log_in(&mut app.browser(), "/").await.is(303);
        provider.be(json!({"rotate": true})).await;
        provider.log_in(&mut app.browser(), "/").await.is(303);
    }

    async fn nobody_is_led_to_another_site(database: Database) {
        let provider = Provider::start("sub-1", desk()).await;
        let app = provider.app(&database, &[]).await;
        for (wanted, to) in [("/account", "/beheer/account"), ("//kwaad.example/", "/beheer/"), ("https://kwaad.example/", "/beheer/"), ("/\\kwaad.example", "/beheer/")] {
            let answer = provider.log_in(&mut app.browser(), wanted).await.expect(303);
            assert_eq!(answer.header("location"), Some(to), "{wanted}");
        }
    }

    async fn what_was_typed_comes_back(database: Database) {
        let provider = Provider::start("sub-1", desk()).await;
        let app = openklant_tests::app::Setup::new().with(provider.settings()).start(&database).await;
        provider.know(&app).await;
        let mut browser = app.browser();
        provider.log_in(&mut browser, "/").await.is(303);
        let csrf = browser.csrf().await;
        app.clock().advance(TimeDelta::minutes(31));
        let fields = [("csrf", csrf.as_str()), ("taal", "en"), ("weergave", "dark")];
        browser.post_raw("/beheer/account/voorkeuren", &fields).await.is(303);
        let answer = provider.log_in(&mut browser, "/").await.expect(303);
        assert_eq!(answer.header("location"), Some("/beheer/account/voorkeuren"));
        let page = browser.follow(&answer).await.expect(200);
        assert!(page.text().contains("Uw invoer is teruggezet"), "{}", page.text());
    }

    async fn a_client_that_is_not_known_is_told_apart(database: Database) {
        let provider = Provider::start("sub-1", desk()).await;
        let app = provider.app(&database, &[("OPENKLANT_BEHEER_OIDC_CLIENT_SECRET", "een ander geheim")]).await;
        let mut browser = app.browser();
        let back = provider.log_in_as_far_as_back(&mut browser, "/").await;
        is_refused(&mut browser, &back, 503, "De inlogdienst laat Open Klant niet toe").await;
    }
}
