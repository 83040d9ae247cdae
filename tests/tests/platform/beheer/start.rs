//! The first page by role, the number of parked messages in the menu, and what somebody prefers.

use openklant_shared::domain::beheer::Role;
use openklant_tests::beheer::between;
use openklant_tests::fixtures::{KLANTEN, klant_with};
use openklant_tests::{App, on_both};
use serde_json::json;

/// Makes a klant with this surname; answers its URL in the API and its uuid.
async fn make(app: &App, klantnummer: &str, achternaam: &str) -> (String, String) {
    let body = klant_with(klantnummer, &json!({"achternaam": achternaam}));
    let url = app.client().post(KLANTEN, &body).await.expect(201).url();
    let uuid = url.rsplit('/').next().expect("a uuid").to_owned();
    (url, uuid)
}

on_both! {
    async fn what_was_viewed_last_is_on_the_first_page(app: App) {
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        let page = browser.get("/beheer/").await.expect(200);
        assert!(page.text().contains("U hebt nog geen klanten bekeken."), "{}", page.text());
        let mut made = Vec::new();
        for nr in 0..12 {
            let klant = make(&app, &format!("K{nr}"), &format!("Waterland{nr}a")).await;
            browser.get(&format!("/beheer/klanten/{}", klant.1)).await.is(200);
            made.push(klant);
        }
        // Again, and gone.
        browser.get(&format!("/beheer/klanten/{}", made[5].1)).await.is(200);
        app.client().delete(&made[6].0).await.is(204);
        app.client().patch(&made[7].0, &json!({"achternaam": "Molenaar"})).await.is(200);
        let page = browser.get("/beheer/").await.expect(200);
        let shown: Vec<usize> = (0..12).filter(|nr| page.text().contains(&made[*nr].1)).collect();
        assert_eq!(shown, [2, 3, 4, 5, 7, 8, 9, 10, 11], "ten are kept, and one of them is gone: {}", page.text());
        let list = between(page.text(), "Laatst bekeken", "</ul>");
        let at = |nr: usize| list.find(&made[nr].1).expect("it is there");
        assert!(at(5) < at(11) && at(11) < at(10), "the last first: {list}");
        assert!(list.contains("Molenaar") && !list.contains("Waterland7a"), "names are those of now: {list}");
        let kept = app.probe().texts("SELECT preferences FROM beheer_account WHERE preferences <> '{}'").await;
        assert!(kept.len() == 1 && !kept[0].contains("Water") && !kept[0].contains("K1"), "uuids only: {kept:?}");
        // Another account has its own; one that may not read klanten has none.
        assert!(app.logged_in(&[Role::Lezer]).await.get("/beheer/").await.text().contains("nog geen klanten bekeken"));
        let page = app.logged_in(&[Role::Operator]).await.get("/beheer/").await.expect(200);
        assert!(!page.text().contains("Laatst bekeken"), "{}", page.text());
    }

    async fn the_menu_of_an_operator_counts_parked_messages(app: App) {
        make(&app, "K1", "Waterland").await;
        make(&app, "K2", "Waterland").await;
        app.probe().execute("UPDATE outbox SET state = 'parked'").await;
        for (role, is_there) in [(Role::Operator, true), (Role::Beheerder, false), (Role::Applicatiebeheerder, false)] {
            let page = app.logged_in(&[role]).await.get("/beheer/account").await.expect(200);
            let menu = between(page.text(), "<nav class=\"main-nav\"", "</nav>");
            assert_eq!(menu.contains("<span class=\"badge error\">2<span class=\"vh\"> geparkeerd</span></span>"), is_there, "{role}: {menu}");
        }
    }

    async fn refusals_of_a_day_and_old_secrets_are_for_who_decides_on_applications(app: App) {
        let probe = app.probe();
        for (client_id, at, refusals) in [("zaken", "2026-01-05T07", 7), ("zaken", "2026-01-05T06", 3), ("oud", "2025-12-20T06", 9)] {
            let sql = format!(
                "INSERT INTO client_refusal (client_id, hour, code, method, route, refusals, last_at) VALUES \
                 ('{client_id}', '{at}:00:00.000000+00:00', 'permission_denied', 'GET', '/klanten', {refusals}, '{at}:30:00.000000+00:00')"
            );
            probe.execute(&sql).await;
        }
        let page = app.logged_in(&[Role::Applicatiebeheerder]).await.get("/beheer/").await.expect(200);
        let list = between(page.text(), "Geweigerd in de laatste 24 uur", "</ul>");
        assert!(list.contains("zaken: 10") && !list.contains("oud"), "{list}");
        assert!(!page.text().contains("Geheimen ouder dan een jaar"), "{}", page.text());
        probe
            .execute("UPDATE client_credential SET created_at = '2024-06-01T08:00:00.000000+00:00', secret_at = '2024-12-01T08:00:00.000000+00:00'")
            .await;
        let page = app.logged_in(&[Role::Applicatiebeheerder]).await.get("/beheer/").await.expect(200);
        let list = between(page.text(), "Geheimen ouder dan een jaar", "</ul>");
        assert!(list.contains("sinds <time") && list.contains("1 december 2024"), "{list}");
        assert!(list.contains("href=\"/beheer/applicaties/"), "it leads to its application: {list}");
        let page = app.logged_in(&[Role::Beheerder]).await.get("/beheer/").await.expect(200);
        assert!(!page.text().contains("Geweigerd in"), "{}", page.text());
    }

    async fn a_menu_without_parked_messages_has_no_number(app: App) {
        let page = app.logged_in(&[Role::Operator]).await.get("/beheer/").await.expect(200);
        let menu = between(page.text(), "<nav class=\"main-nav\"", "</nav>");
        assert!(!menu.contains("badge"), "{menu}");
    }

    async fn live_numbers_can_be_left_off(app: App) {
        let mut browser = app.logged_in(&[Role::Operator]).await;
        let page = browser.get("/beheer/wachtrij").await.expect(200);
        assert!(page.text().contains("Live bijwerken: aan</button>") && !page.text().contains("data-waits"), "{}", page.text());
        assert!(browser.get("/beheer/account/voorkeuren").await.text().contains("name=\"live\" value=\"true\" checked"));
        let fields = [("taal", "nl"), ("weergave", "")];
        browser.post("/beheer/account/voorkeuren", &fields).await.is(303);
        let page = browser.get("/beheer/wachtrij").await.expect(200);
        assert!(page.text().contains("Live bijwerken: uit</button>") && page.text().contains("data-waits"), "{}", page.text());
        let fields = [("taal", "nl"), ("weergave", ""), ("live", "true")];
        browser.post("/beheer/account/voorkeuren", &fields).await.is(303);
        assert!(!browser.get("/beheer/wachtrij").await.text().contains("data-waits"));
        // Who has no queue is not asked, and keeps what they had.
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        let page = browser.get("/beheer/account/voorkeuren").await.expect(200);
        assert!(page.text().contains("type=\"hidden\" name=\"live\" value=\"true\"") && !page.text().contains("type=\"checkbox\""), "{}", page.text());
    }
}
