//! Every page and action of the site with every role, and what every answer has.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use openklant_api::beheer::pages;
use openklant_api::beheer::rights::Needs;
use openklant_shared::domain::beheer::Role;
use openklant_tests::beheer::title;
use openklant_tests::{App, Response, on_both};
use serde_json::Value;

/// The path of a page with something in its variable parts that is never there.
fn address(path: &str) -> String {
    let segments: Vec<&str> = path
        .split('/')
        .map(|segment| {
            if segment.starts_with('{') {
                "00000000-0000-4000-8000-000000000000"
            } else {
                segment
            }
        })
        .collect();
    format!("/beheer{}", segments.join("/"))
}

/// Statuses of a page that somebody may have, whatever it found.
fn is_let_in(status: u16) -> bool {
    matches!(status, 200 | 303 | 404 | 409 | 410 | 422)
}

#[track_caller]
fn has_the_headers(answer: &Response) {
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
}

on_both! {
    async fn every_page_and_action_asks_for_its_right(app: App) {
        let mut sets: Vec<Vec<Role>> = Role::ALL.iter().map(|role| vec![*role]).collect();
        sets.push(Vec::new());
        for roles in sets {
            for page in pages() {
                // What ends the session comes after the others.
                if page.path.ends_with("uitloggen") {
                    continue;
                }
                let mut browser = app.logged_in(&roles).await;
                let address = address(page.path);
                let answer = if page.is_post() {
                    browser.post(&address, &[]).await
                } else {
                    browser.get(&address).await
                };
                let may = page.needs.met_by(&roles);
                let what = format!("{} {address} as {roles:?}: {}", page.method, answer.status());
                if may {
                    assert!(is_let_in(answer.status()), "{what}");
                } else {
                    assert_eq!(answer.status(), 403, "{what}");
                    assert!(answer.text().contains("<nav class=\"main-nav\"") || roles.is_empty(), "{what}");
                    let in_menu = format!("href=\"/beheer{}\"", page.path);
                    let menu = openklant_tests::beheer::between(answer.text(), "<nav class=\"main-nav\"", "</nav>");
                    assert!(!menu.contains(&in_menu), "the menu has what is refused: {what}");
                }
            }
        }
    }

    async fn without_a_login_every_page_leads_to_it(app: App) {
        for page in pages().filter(|page| page.needs != Needs::Nothing) {
            let mut browser = app.browser();
            let address = address(page.path);
            let answer = if page.is_post() {
                browser.post_raw(&address, &[]).await
            } else {
                browser.get(&address).await
            };
            assert_eq!(answer.status(), 303, "{address}");
            let to = answer.header("location").unwrap_or_default();
            assert!(to.starts_with("/beheer/inloggen"), "{address}: {to}");
            has_the_headers(&answer);
        }
    }

    async fn who_has_no_role_is_told_so(app: App) {
        let mut browser = app.logged_in(&[]).await;
        let page = browser.get("/beheer/").await.expect(403);
        assert!(page.text().contains("U bent ingelogd, maar hebt nog geen rol"));
        browser.get("/beheer/account").await.is(200);
    }

    async fn an_unknown_address_is_a_page(app: App) {
        for mut browser in [app.browser(), app.logged_in(&[Role::Lezer]).await] {
            for path in ["/beheer/nergens", "/beheer/inloggen/", "/beheer//", "/beheer/%00", "/beheer/../klanten/"] {
                let page = browser.get(path).await.expect(404);
                assert_eq!(title(page.text()), "Niet gevonden – Open Klant beheer");
                assert!(page.text().contains("<header class=\"site-header\">"));
                has_the_headers(&page);
            }
        }
        app.browser().get("/beheerder").await.fault(404, "not_found");
        let mut browser = app.logged_in(&[Role::Operator]).await;
        let page = browser.post("/beheer/account", &[]).await.expect(405);
        assert_eq!(page.header("allow"), Some("GET, HEAD"));
        browser.get("/beheer/uitloggen").await.is(405);
    }

    async fn too_much_is_refused(app: App) {
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        let long = "x".repeat(70_000);
        let page = browser.post("/beheer/account/voorkeuren", &[("taal", &long)]).await.expect(413);
        assert!(page.text().contains("64 KiB"));
        has_the_headers(&page);
        let address = format!("/beheer/account?x={}", "y".repeat(9000));
        browser.get(&address).await.is(413);
        browser.post("/beheer/account/voorkeuren", &[("taal", "\0")]).await.is(400);
    }

    async fn files_of_the_look_are_kept_by_browsers(app: App) {
        let page = app.browser().get("/beheer/inloggen").await.expect(200);
        has_the_headers(&page);
        for (start, kind) in [("<link rel=\"stylesheet\" href=\"", "text/css"), ("<script src=\"", "text/javascript")] {
            let address = openklant_tests::beheer::between(page.text(), start, "\"");
            let file = app.browser().get(address).await.expect(200);
            assert!(file.header("content-type").unwrap_or_default().starts_with(kind));
            assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"));
        }
        app.browser().get("/beheer/statisch/beheer.000000000000.css").await.is(404);
    }

    async fn head_is_get_without_the_body(app: App) {
        let answer = app.anonymous().head("/beheer/inloggen").await.expect(200);
        assert!(answer.bytes().is_empty());
        has_the_headers(&answer);
    }
}

/// What `tests/browser/visits.json` says: the addresses at which the tests in a browser see each page.
#[test]
fn the_browser_visits_every_page() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/visits.json");
    let visits = fs::read_to_string(file).expect("the visits of the browser");
    let visits: BTreeMap<String, Value> = serde_json::from_str(&visits).expect("pages and their addresses");
    let visited: BTreeSet<&str> = visits.keys().map(String::as_str).collect();
    let shown: BTreeSet<&str> = pages()
        .filter(|page| !page.is_post())
        .map(|page| page.path)
        .collect();
    let unseen: Vec<&&str> = shown.difference(&visited).collect();
    assert!(
        unseen.is_empty(),
        "give {unseen:?} an address in tests/browser/visits.json"
    );
    let gone: Vec<&&str> = visited.difference(&shown).collect();
    assert!(
        gone.is_empty(),
        "{gone:?} in tests/browser/visits.json are no pages"
    );
    for (page, addresses) in &visits {
        let is_told = addresses
            .as_array()
            .map_or_else(|| addresses.is_string(), |addresses| !addresses.is_empty());
        assert!(is_told, "{page}: addresses, or why there are none");
    }
}
