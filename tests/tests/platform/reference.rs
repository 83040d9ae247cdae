//! The pages for people: every link leads somewhere, nothing comes from elsewhere, and they read well on a phone.

use std::collections::BTreeSet;

use openklant_tests::{App, Response, on_both};
use url::Url;

const PAGES: [&str; 9] = [
    "/",
    "/klanten/",
    "/contactmomenten/",
    "/ref/scopes/",
    "/ref/kanalen/",
    "/ref/fouten/",
    "/ref/fouten/ValidationError/",
    "/klanten/api/v1/schema/",
    "/contactmomenten/api/v1/schema/",
];

on_both! {
    async fn pages_are_dutch_and_fit_a_phone(app: App) {
        for path in PAGES {
            let page = app.anonymous().get(path).await.expect(200);
            let html = page.text();
            assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
            assert!(html.starts_with("<!DOCTYPE html><html lang=\"nl\">"), "{path}: {html}");
            assert!(html.contains("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"), "{path}");
            let title = between(html, "<title>", "</title>");
            assert!(!title.is_empty(), "{path} has a title");
            assert_eq!(html.matches("<main").count(), 1, "{path} has one main part");
            // Marks of the texts that OpenAPI documents and pages share.
            assert!(!html.contains("**") && !html.contains('`'), "{path} shows marks");
        }
        for path in &PAGES[..7] {
            let page = app.anonymous().get(path).await;
            assert_eq!(page.text().matches("<h1>").count(), 1, "{path} has one heading of the first level");
        }
    }

    async fn pages_load_nothing_from_elsewhere_and_run_no_script_of_their_own(app: App) {
        for path in PAGES {
            let page = app.anonymous().get(path).await.expect(200);
            for target in targets(page.text()) {
                assert!(!target.contains("://") && !target.starts_with("//"), "{path} refers to {target}");
            }
            assert!(!page.text().contains("<script>") && !page.text().contains("style=\""), "{path} has inline code");
            let policy = page.header("content-security-policy").unwrap_or_default();
            assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
            let script = policy.split(';').find(|part| part.trim().starts_with("script-src"));
            assert!(script.is_none_or(|part| part.trim() == "script-src 'self'"), "{path}: {policy}");
            assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        }
        let start = app.anonymous().get("/klanten/api/v1/schema/swagger-ui-start.js").await.expect(200);
        assert!(start.text().contains("validatorUrl: null"), "the validator of Swagger UI lives on another server");
        assert!(!start.text().contains("://"), "{}", start.text());
    }

    async fn every_link_leads_somewhere(app: App) {
        let client = app.anonymous();
        let mut waiting = vec![Url::parse(&app.base()).expect("the address of the server")];
        let mut seen = BTreeSet::new();
        while let Some(url) = waiting.pop() {
            if !seen.insert(url.to_string()) {
                continue;
            }
            let answer = client.get(url.path()).await;
            assert_eq!(answer.status(), 200, "{url}\n{}", answer.describe());
            if !is_html(&answer) {
                continue;
            }
            if let Some(anchor) = url.fragment() {
                assert!(answer.text().contains(&format!("id=\"{anchor}\"")), "{url} has no such place");
            }
            for target in targets(answer.text()).filter(|target| !target.starts_with("data:")) {
                waiting.push(url.join(target).expect("a link is a URL"));
            }
        }
        let paths: BTreeSet<&str> = seen.iter().filter_map(|url| url.strip_prefix(&app.base())).collect();
        for expected in PAGES.iter().chain(&[
            "/ref/kanalen/#klanten",
            "/ref/kanalen/#contactmomenten",
            "/ref/scopes/#klanten",
            "/ref/scopes/#contactmomenten",
            "/health/ready",
        ]) {
            assert!(paths.contains(expected), "{expected} is found from the landing page: {paths:?}");
        }
    }

    async fn every_kind_of_fault_has_a_page_that_explains_it(app: App) {
        let list = app.anonymous().get("/ref/fouten/").await.expect(200);
        let names: Vec<&str> = targets(list.text()).filter(|target| target.starts_with(char::is_uppercase)).collect();
        assert!(names.len() >= 11, "{names:?}");
        for name in names {
            let page = app.anonymous().get(format!("/ref/fouten/{name}")).await.expect(200);
            assert!(page.text().contains("<dt>Status</dt>"), "{name}");
            assert!(!page.text().contains("{}"), "{name} has a place that is not filled in");
        }
    }

    async fn the_name_of_an_api_leads_to_its_page(app: App) {
        for api in ["klanten", "contactmomenten"] {
            let answer = app.anonymous().get(format!("/{api}")).await.expect(301);
            assert_eq!(answer.header("location"), Some(format!("{}/{api}/", app.base()).as_str()));
        }
    }

    async fn the_documentation_page_has_its_program(app: App) {
        for (name, kind, least) in [
            ("swagger-ui.css", "text/css; charset=utf-8", 50_000),
            ("swagger-ui-bundle.js", "text/javascript; charset=utf-8", 500_000),
            ("swagger-ui-start.js", "text/javascript; charset=utf-8", 50),
        ] {
            let file = app.anonymous().get(format!("/klanten/api/v1/schema/{name}")).await.expect(200);
            assert_eq!(file.header("content-type"), Some(kind), "{name}");
            assert!(file.bytes().len() >= least, "{name}: {}", file.bytes().len());
            let control = file.header("cache-control").unwrap_or_default();
            assert!(control.contains("max-age"), "{name} is kept by browsers: {control}");
        }
        app.anonymous().get("/klanten/api/v1/schema/anders.js").await.fault(404, "not_found");
    }

    async fn a_browser_may_ask_for_what_it_likes_best(app: App) {
        for (path, accept) in [
            ("/klanten/api/v1/schema/", "text/html"),
            ("/klanten/api/v1/schema/swagger-ui.css", "text/css"),
            ("/klanten/api/v1/schema/openapi.yaml", "application/yaml"),
            ("/ref/kanalen/", "text/html"),
        ] {
            app.anonymous().get(path).header("Accept", accept).await.is(200);
        }
    }
}

fn is_html(answer: &Response) -> bool {
    answer
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("text/html"))
}

fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    text.split_once(begin)
        .and_then(|(_, rest)| rest.split_once(end))
        .map_or("", |(inner, _)| inner)
}

/// Everything a page refers to.
fn targets(html: &str) -> impl Iterator<Item = &str> {
    ["href=\"", "src=\""]
        .into_iter()
        .flat_map(|attribute| html.split(attribute).skip(1))
        .filter_map(|rest| rest.split('"').next())
}
