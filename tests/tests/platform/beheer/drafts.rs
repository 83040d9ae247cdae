//! A session that ends in the middle of a form: nothing typed is lost, and nobody else gets it.

use chrono::TimeDelta;
use openklant_shared::domain::beheer::Role;
use openklant_tests::beheer::Person;
use openklant_tests::{App, Browser, on_both};

const FORM: &str = "/beheer/account/voorkeuren";

/// Somebody whose session ends while they fill in a form; they post it.
async fn late(app: &App) -> (Browser, Person) {
    let person = app.person("s.bakker", &[Role::Lezer]).await;
    let mut browser = app.browser();
    browser.log_in(app, &person).await;
    let csrf = browser.csrf().await;
    app.clock().advance(TimeDelta::minutes(45));
    let fields = [
        ("csrf", csrf.as_str()),
        ("taal", "en"),
        ("weergave", "dark"),
        ("wachtwoord", "getypt"),
    ];
    let answer = browser.post_raw(FORM, &fields).await.expect(303);
    assert_eq!(
        answer.header("location"),
        Some("/beheer/inloggen?verder=%2Faccount%2Fvoorkeuren")
    );
    let page = browser.follow(&answer).await.expect(200);
    assert!(
        page.text()
            .contains("U bent uitgelogd na 30 minuten zonder activiteit")
    );
    assert!(
        page.text()
            .contains("Wat u had ingevuld bij “Voorkeuren” is bewaard tot 11:45"),
        "{}",
        page.text()
    );
    (browser, person)
}

on_both! {
    async fn the_same_account_gets_its_form_back_and_nothing_is_done(app: App) {
        let (mut browser, person) = late(&app).await;
        let stored = app.probe().texts("SELECT sealed FROM beheer_draft").await;
        assert!(stored.len() == 1 && !stored[0].contains("dark"), "{stored:?}");
        let answer = browser.log_in(&app, &person).await;
        assert_eq!(answer.header("location"), Some(FORM));
        let form = browser.follow(&answer).await.expect(200);
        assert!(form.text().contains("Uw invoer is teruggezet. Er is nog niets opgeslagen."));
        assert!(form.text().contains("value=\"dark\" checked"), "{}", form.text());
        assert!(!form.text().contains("getypt"), "a password is not kept");
        assert!(!form.text().contains("data-theme"), "nothing was done by itself");
        let again = browser.get(FORM).await.expect(200);
        assert!(!again.text().contains("Uw invoer is teruggezet"), "it is given once");
        assert_eq!(browser.cookie("openklant_concept"), None);
        assert!(app.probe().texts("SELECT sealed FROM beheer_draft").await.is_empty());
    }

    async fn the_notice_names_a_form_of_one_object_too(app: App) {
        let person = app.person("s.bakker", &[Role::Operator]).await;
        let mut browser = app.browser();
        browser.log_in(&app, &person).await;
        let csrf = browser.csrf().await;
        app.clock().advance(TimeDelta::minutes(45));
        let answer = browser.post_raw("/beheer/taken/messages/nu", &[("csrf", csrf.as_str())]).await.expect(303);
        let page = browser.follow(&answer).await.expect(200);
        assert!(page.text().contains("Wat u had ingevuld bij “Nu uitvoeren” is bewaard"), "{}", page.text());
    }

    async fn another_account_destroys_it(app: App) {
        let (mut browser, _) = late(&app).await;
        let other = app.person("f.devries", &[Role::Lezer]).await;
        let answer = browser.log_in(&app, &other).await;
        assert_eq!(answer.header("location"), Some("/beheer/"));
        let page = browser.follow(&answer).await.expect(200);
        assert!(page.text().contains("De invoer van een ander account is weggegooid."));
        assert!(app.probe().texts("SELECT sealed FROM beheer_draft").await.is_empty());
        assert!(!browser.get(FORM).await.text().contains("Uw invoer is teruggezet"));
    }

    async fn it_is_gone_after_half_an_hour(app: App) {
        let (mut browser, person) = late(&app).await;
        app.clock().advance(TimeDelta::minutes(30));
        let answer = browser.log_in(&app, &person).await;
        assert_eq!(answer.header("location"), Some("/beheer/"));
        assert!(!browser.get(FORM).await.text().contains("Uw invoer is teruggezet"));
    }

    async fn without_the_token_of_the_session_nothing_is_kept(app: App) {
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        app.clock().advance(TimeDelta::minutes(45));
        browser.post_raw(FORM, &[("csrf", "onzin"), ("taal", "en")]).await.is(303);
        assert_eq!(browser.cookie("openklant_concept"), None);
        assert!(app.probe().texts("SELECT sealed FROM beheer_draft").await.is_empty());
    }

    async fn the_jobs_remove_what_is_over(app: App) {
        let _late = late(&app).await;
        app.clock().advance(TimeDelta::days(3));
        let job = openklant_worker::cleanup::find("sessions").expect("the job");
        let run = openklant_worker::cleanup::run(&app.worker_context(), "test", job, app.clock().now())
            .await
            .expect("the run is recorded")
            .expect("nobody else has it");
        assert_eq!(run.detail, "1 sessions and 1 drafts removed");
        assert!(app.probe().texts("SELECT token_hash FROM beheer_session").await.is_empty());
    }
}
