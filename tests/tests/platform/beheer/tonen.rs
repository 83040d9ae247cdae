//! Showing a BSN or an A-nummer on the page of a klant: for two minutes, to one session, after the reason was written down.

use chrono::TimeDelta;
use openklant_shared::domain::beheer::Role;
use openklant_tests::beheer::{Browser, between};
use openklant_tests::fixtures::{BSN, KLANTEN, NOBODY, OTHER_BSN, klant_with, vestiging};
use openklant_tests::{App, on_both};
use serde_json::json;

const A_NUMMER: &str = "1234567890";

/// Makes a klant with both numbers; answers its page.
async fn make(app: &App) -> String {
    let numbers = json!({"subjectIdentificatie": {"inpBsn": BSN, "inpANummer": A_NUMMER}});
    let url = app
        .client()
        .post(KLANTEN, &klant_with("K1", &numbers))
        .await
        .expect(201)
        .url();
    format!("/beheer/klanten/{}", url.rsplit('/').next().expect("a uuid"))
}

/// What is written down of what was shown.
async fn lines(app: &App) -> Vec<String> {
    app.probe()
        .texts(
            "SELECT method || ' ' || route || ' ' || user_representation || ' ' || filters || ' ' || reason FROM read_log \
             WHERE reason IS NOT NULL ORDER BY id",
        )
        .await
}

async fn page(browser: &mut Browser, path: &str) -> String {
    browser.get(path).await.expect(200).text().to_owned()
}

on_both! {
    async fn a_number_is_shown_for_two_minutes_to_who_gave_a_reason(app: App) {
        let klant = make(&app).await;
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        let mut other = app.logged_in(&[Role::Beheerder]).await;
        let text = page(&mut browser, &klant).await;
        assert!(!text.contains(BSN) && text.contains("Waarvoor is het nummer nodig?"), "{text}");
        assert!(between(&text, "<p class=\"print-only\">", "</p>").contains("Bevat persoonsgegevens"), "{text}");
        let reveal = format!("{klant}/bsn-tonen");
        let answer = browser.post(&reveal, &[("nummer", "bsn"), ("reden", "Klant belt over adres")]).await.expect(303);
        assert!(answer.header("location").is_some_and(|to| to.ends_with(&klant)));
        let written = lines(&app).await;
        assert_eq!(written.len(), 1, "{written:?}");
        assert!(written[0].starts_with("POST /beheer/klanten/{uuid}/bsn-tonen Naam van"), "{written:?}");
        assert!(written[0].contains("inpBsn") && written[0].ends_with("Klant belt over adres") && !written[0].contains(BSN));
        let log = other.get("/beheer/logboek/inzage").await.expect(200);
        assert!(log.text().contains("Reden: Klant belt over adres"), "{}", log.text());
        for _ in 0..2 {
            let text = page(&mut browser, &klant).await;
            assert!(text.contains(BSN) && text.contains("Zichtbaar tot"), "{text}");
            assert!(!text.contains(A_NUMMER), "that is another number");
        }
        assert_eq!(lines(&app).await.len(), 1, "looking again is the same look");
        assert!(!page(&mut other, &klant).await.contains(BSN), "another session sees nothing");

        app.clock().advance(TimeDelta::seconds(90));
        browser.post(&reveal, &[("nummer", "a-nummer"), ("reden", "Verhuizing")]).await.is(303);
        let text = page(&mut browser, &klant).await;
        assert!(text.contains(BSN) && text.contains(A_NUMMER), "{text}");
        app.clock().advance(TimeDelta::seconds(31));
        let text = page(&mut browser, &klant).await;
        assert!(!text.contains(BSN) && text.contains(A_NUMMER), "each has its own two minutes: {text}");
        app.clock().advance(TimeDelta::seconds(90));
        assert!(!page(&mut browser, &klant).await.contains(A_NUMMER));
        let written = lines(&app).await;
        assert!(written.len() == 2 && written[1].contains("inpANummer"), "{written:?}");
    }

    async fn without_a_reason_nothing_is_shown_and_nothing_written(app: App) {
        let klant = make(&app).await;
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        let reveal = format!("{klant}/bsn-tonen");
        for reason in ["", "   ", &"x".repeat(1001)] {
            let answer = browser.post(&reveal, &[("nummer", "bsn"), ("reden", reason)]).await.expect(422);
            assert!(answer.text().contains("Fout:") && !answer.text().contains(BSN), "{}", answer.text());
        }
        browser.get(&reveal).await.is(200);
        browser.post(&reveal, &[("nummer", "rsin"), ("reden", "Zomaar")]).await.is(404);
        browser.post(&format!("/beheer/klanten/{NOBODY}/bsn-tonen"), &[("reden", "Zomaar")]).await.is(303);
        assert_eq!(lines(&app).await, [""; 0]);
        assert!(!page(&mut browser, &klant).await.contains(BSN));
        // A reason is no place for a number.
        let reason = format!("Is {OTHER_BSN} hetzelfde?");
        browser.post(&reveal, &[("nummer", "bsn"), ("reden", &reason)]).await.is(303);
        assert!(!lines(&app).await[0].contains(OTHER_BSN));
    }

    async fn what_cannot_be_written_down_is_not_shown(app: App) {
        let klant = make(&app).await;
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        app.probe().execute("ALTER TABLE read_log RENAME TO read_log_elders").await;
        let answer = browser.post(&format!("{klant}/bsn-tonen"), &[("nummer", "bsn"), ("reden", "Klant belt")]).await.expect(503);
        assert!(!answer.text().contains(BSN));
        app.probe().execute("ALTER TABLE read_log_elders RENAME TO read_log").await;
        assert!(!page(&mut browser, &klant).await.contains(BSN));
    }

    async fn who_has_no_such_number_has_none_to_show(app: App) {
        let url = app.client().post(KLANTEN, &vestiging("V1")).await.expect(201).url();
        let klant = format!("/beheer/klanten/{}", url.rsplit('/').next().expect("a uuid"));
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        assert!(!page(&mut browser, &klant).await.contains("bsn-tonen"));
        browser.post(&format!("{klant}/bsn-tonen"), &[("reden", "Klant belt")]).await.is(404);
        let mut operator = app.logged_in(&[Role::Operator]).await;
        operator.post(&format!("{klant}/bsn-tonen"), &[("reden", "Klant belt")]).await.is(403);
        assert_eq!(lines(&app).await, [""; 0]);
    }
}
