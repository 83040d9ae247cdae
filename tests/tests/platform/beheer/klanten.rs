//! The list of klanten on the management site: filters, orders, pages, columns, and what it costs.

use chrono::TimeDelta;
use openklant_shared::domain::beheer::Role;
use openklant_tests::app::Setup;
use openklant_tests::beheer::{Browser, between, title};
use openklant_tests::fixtures::{BSN, KLANTEN, OTHER_BSN, OTHER_RSIN, klant_with, vestiging};
use openklant_tests::tap::{Tap, queries};
use openklant_tests::{App, Database, Kind, on_both};
use serde_json::{Value, json};

/// Makes a klant; answers its path in the API.
async fn make(app: &App, klantnummer: &str, changes: &Value) -> String {
    let url = app
        .client()
        .post(KLANTEN, &klant_with(klantnummer, changes))
        .await
        .expect(201)
        .url();
    url.strip_prefix(&app.base()).expect("ours").to_owned()
}

/// The klantnummers of a page, in its order.
async fn numbers(browser: &mut Browser, path: &str) -> Vec<String> {
    let page = browser.get(path).await.expect(200);
    page.text()
        .split("data-label=\"Klantnummer\">")
        .skip(1)
        .filter_map(|rest| rest.split('<').next())
        .map(str::to_owned)
        .collect()
}

/// Fills the tables with klanten as they would be at scale: filters that nearly all have, and ones that hardly any has.
pub async fn many(app: &App, count: u32) {
    let numbers = match app.database().kind() {
        Kind::Postgres => format!("generate_series(1, {count}) AS n(i)"),
        Kind::Sqlite => format!(
            "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT i FROM n) AS n"
        ),
    };
    let uuid = match app.database().kind() {
        Kind::Postgres => "gen_random_uuid()",
        Kind::Sqlite => "printf('00000000-0000-4000-8000-%012d', i)",
    };
    app.probe()
        .execute(&format!(
            "INSERT INTO klant (uuid, bronorganisatie, klantnummer, bedrijfsnaam, functie, website_url, voornaam, \
             voorvoegsel_achternaam, achternaam, telefoonnummer, emailadres, subject, subject_type, aanmaakkanaal, \
             geverifieerd, detail, created_at, changed_at) SELECT {uuid}, '517439943', 'M' || CAST(i AS TEXT), '', '', '', \
             'Fenna', '', 'Waterland', '', '', 'https://elders.example/' || CAST(i AS TEXT), 'natuurlijk_persoon', \
             CASE WHEN i % 2000 = 1 THEN 'zeldzaam' ELSE 'balie' END, i % 2 = 0, '{{}}', \
             '2026-01-05T09:30:00+00:00', '2026-01-05T09:30:00+00:00' FROM {numbers}; \
             INSERT INTO klant_zoek (klant_id, soort, waarde) SELECT id, 'volgorde', 'waterland ' || klantnummer FROM klant; \
             INSERT INTO klant_zoek (klant_id, soort, waarde) SELECT id, 'naam', 'waterland' FROM klant; ANALYZE"
        ))
        .await;
}

on_both! {
    async fn each_filter_leaves_the_others_out_and_they_go_together(app: App) {
        make(&app, "K1", &json!({"aanmaakkanaal": "balie", "geverifieerd": true})).await;
        make(&app, "K2", &json!({"aanmaakkanaal": "website", "geverifieerd": false})).await;
        make(&app, "K3", &json!({"aanmaakkanaal": "balie", "geverifieerd": false, "bronorganisatie": OTHER_RSIN})).await;
        app.client().post(KLANTEN, &vestiging("V4")).await.is(201);
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        for (query, expected) in [
            ("", &["V4", "K3", "K2", "K1"][..]),
            ("?soort=vestiging", &["V4"]),
            ("?soort=natuurlijk_persoon", &["K3", "K2", "K1"]),
            ("?aanmaakkanaal=balie&soort=natuurlijk_persoon", &["K3", "K1"]),
            ("?aanmaakkanaal=balie&geverifieerd=ja&soort=", &["V4", "K1"]),
            ("?geverifieerd=nee&aanmaakkanaal=website", &["K2"]),
            (&format!("?bronorganisatie={OTHER_RSIN}"), &["K3"]),
            ("?aanmaakkanaal=Balie", &[]),
            ("?gewijzigd=2020-01-01&aanmaakkanaal=website", &["K2"]),
            ("?gewijzigd=2999-01-01", &[]),
            ("?volgorde=nieuwste&geverifieerd=ja&aanmaakkanaal=balie&soort=natuurlijk_persoon", &["K1"]),
        ] {
            assert_eq!(numbers(&mut browser, &format!("/beheer/klanten{query}")).await, expected, "{query}");
        }
        let page = browser.get("/beheer/klanten?aanmaakkanaal=balie&soort=natuurlijk_persoon").await.expect(200);
        assert!(page.text().contains("<p class=\"soft\">2 klanten</p>"), "{}", page.text());
        assert_eq!(title(page.text()), "Klanten – Open Klant beheer");
        assert!(!page.text().contains(BSN) && page.text().contains("afgeschermd, eindigt op"), "a BSN is masked");
        let page = browser.get("/beheer/klanten?geverifieerd=ja").await.expect(200);
        assert!(page.text().contains("<p class=\"soft\">2 klanten</p>"), "{}", page.text());
    }

    async fn a_filter_that_is_not_known_or_wrong_shows_nobody(app: App) {
        make(&app, "K1", &json!({})).await;
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        for query in [
            "achternaam=Waterland", "soort=mens", "geverifieerd=true", "gewijzigd=gisteren", "bronorganisatie=1",
            "volgorde=achternaam", "na=x", "voor=x", "na=MTo", "aanmaakkanaal=%00", "soorten=vestiging&soort=natuurlijk_persoon",
        ] {
            let page = browser.get(&format!("/beheer/klanten?{query}")).await.expect(200);
            let text = page.text();
            assert!(text.contains("Dit filter kennen we niet") && text.contains("Filters wissen"), "{query}: {text}");
            assert!(!text.contains("data-label"), "{query}: {text}");
        }
    }

    async fn each_order_is_walked_to_the_end_and_back(app: App) {
        // Twice each name, so that a page ends between two that are the same; the others are changed in another order.
        let mut made = Vec::new();
        for nr in 0..60 {
            app.clock().advance(TimeDelta::seconds(1));
            let changes = json!({"achternaam": format!("Ná{:02}", (nr * 7 % 60) / 2), "voornaam": "", "geverifieerd": nr % 2 == 0});
            made.push((make(&app, &format!("K{nr:02}"), &changes).await, nr));
        }
        for (path, nr) in made.iter().rev().filter(|(_, nr)| nr % 3 == 0) {
            app.clock().advance(TimeDelta::seconds(1));
            app.client().patch(path, &json!({"functie": format!("functie {nr}")})).await.is(200);
        }
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        let mut by_name: Vec<i32> = (0..60).collect();
        by_name.sort_by_key(|nr| (nr * 7 % 60) / 2);
        let newest: Vec<i32> = (0..60).rev().collect();
        let mut by_change: Vec<i32> = (0..60).filter(|nr| nr % 3 == 0).collect();
        by_change.extend((0..60).rev().filter(|nr| nr % 3 != 0));
        let even = |numbers: &[i32]| numbers.iter().copied().filter(|nr| nr % 2 == 0).collect::<Vec<i32>>();
        for (query, expected) in [
            ("", newest.clone()),
            ("volgorde=naam", by_name.clone()),
            ("gewijzigd=2020-01-01", by_change.clone()),
            ("geverifieerd=ja", even(&newest)),
            ("geverifieerd=ja&volgorde=naam", even(&by_name)),
            ("geverifieerd=ja&gewijzigd=2020-01-01", even(&by_change)),
        ] {
            let expected: Vec<String> = expected.into_iter().map(|nr| format!("K{nr:02}")).collect();
            let mut seen = Vec::new();
            let mut path = format!("/beheer/klanten?{query}");
            loop {
                assert!(path.len() < 400 && !path.contains("na0"), "no name in an address: {path}");
                seen.extend(numbers(&mut browser, &path).await);
                let page = browser.get(&path).await;
                let next = between(page.text(), "rel=\"next\" href=\"", "\"").replace("&#38;", "&").replace("&amp;", "&");
                if next.is_empty() {
                    break;
                }
                path = next;
            }
            assert_eq!(seen, expected, "{query}");
            let page = browser.get(&path).await;
            let back = between(page.text(), "rel=\"prev\" href=\"", "\"").replace("&#38;", "&").replace("&amp;", "&");
            let before = numbers(&mut browser, &back).await;
            let end = expected.len() - (expected.len() - 1) % 25 - 1;
            assert_eq!(before, expected[end - 25..end], "{query}");
        }
        // A place in the list is of the session that was given it.
        let page = browser.get("/beheer/klanten?volgorde=naam").await;
        let next = between(page.text(), "rel=\"next\" href=\"", "\"").replace("&#38;", "&").replace("&amp;", "&");
        let mut other = app.logged_in(&[Role::Lezer]).await;
        assert!(numbers(&mut other, &next).await.is_empty());
        assert!(numbers(&mut browser, &next.replace("volgorde=naam", "volgorde=nieuwste")).await.is_empty());
    }

    async fn an_empty_list_says_why(app: App) {
        let mut browser = app.logged_in(&[Role::Beheerder]).await;
        let page = browser.get("/beheer/klanten").await.expect(200);
        assert!(page.text().contains("Er zijn nog geen klanten. Ze komen binnen via de Klanten API of u maakt er zelf een aan."));
        let page = browser.get("/beheer/klanten?soort=vestiging").await.expect(200);
        assert!(page.text().contains("Geen klanten met deze filters.") && page.text().contains("Filters wissen"));
        assert!(browser.get("/beheer/").await.text().contains("/beheer/klanten\""), "it is in the menu");
    }

    async fn columns_are_of_the_account(app: App) {
        make(&app, "K1", &json!({"telefoonnummer": "0600000001", "emailadres": "fenna@voorbeeld.example"})).await;
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        let text = browser.get("/beheer/klanten").await.expect(200).text().to_owned();
        assert!(!text.contains("0600000001") && !text.contains("fenna@voorbeeld"), "{text}");
        let fields = [("kolom", "telefoon"), ("kolom", "gewijzigd"), ("kolom", "bsn"), ("soort", "natuurlijk_persoon"), ("x", "y")];
        let answer = browser.post("/beheer/klanten/kolommen", &fields).await.expect(303);
        assert!(answer.header("location").is_some_and(|to| to.ends_with("/beheer/klanten?soort=natuurlijk_persoon")));
        let text = browser.follow(&answer).await.expect(200).text().to_owned();
        assert!(text.contains("0600000001") && text.contains("data-label=\"Gewijzigd\"") && !text.contains("fenna@"), "{text}");
        assert!(!text.contains(BSN), "a BSN is no column");
        let mut other = app.logged_in(&[Role::Lezer]).await;
        assert!(!other.get("/beheer/klanten").await.text().contains("0600000001"));
        let none = browser.post("/beheer/klanten/kolommen", &[]).await.expect(303);
        assert!(!browser.follow(&none).await.text().contains("0600000001"));
    }

    async fn reading_the_list_is_recorded_by_the_names_of_its_filters(database: Database) {
        let settings = [("OPENKLANT_READ_LOG", "true"), ("OPENKLANT_READ_LOG_KEY", "een sleutel van meer dan genoeg tekens")];
        let app = App::start(&database, &settings).await;
        make(&app, "K1", &json!({"subjectIdentificatie": {"inpBsn": OTHER_BSN}, "aanmaakkanaal": "balie"})).await;
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        browser.get("/beheer/klanten?aanmaakkanaal=balie").await.is(200);
        browser.get("/beheer/klanten?aanmaakkanalen=balie").await.is(200);
        let rows = app.probe().texts("SELECT route || ' ' || filters FROM read_log WHERE client_id = 'beheer'").await;
        assert_eq!(rows.len(), 1, "what shows nobody is not recorded: {rows:?}");
        assert!(rows[0].starts_with("/beheer/klanten ") && rows[0].contains("aanmaakkanaal") && !rows[0].contains("balie"), "{rows:?}");
        app.probe().execute("DROP TABLE read_log").await;
        let page = browser.get("/beheer/klanten").await;
        assert!(page.status() >= 500 && !page.text().contains("data-label"), "unrecorded is unseen: {}", page.status());
    }

    async fn more_than_a_thousand_are_not_counted_on(app: App) {
        many(&app, 4001).await;
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        for (query, said) in [
            ("geverifieerd=ja", "meer dan 1.000 klanten"),
            ("geverifieerd=ja&soort=natuurlijk_persoon", "meer dan 1.000 klanten"),
            ("aanmaakkanaal=zeldzaam", "3 klanten"),
            ("aanmaakkanaal=zeldzaam&geverifieerd=nee&volgorde=naam", "3 klanten"),
            ("aanmaakkanaal=zeldzaam&gewijzigd=2020-01-01", "3 klanten"),
        ] {
            let page = browser.get(&format!("/beheer/klanten?{query}")).await.expect(200);
            assert!(page.text().contains(&format!("<p class=\"soft\">{said}</p>")), "{query}: {}", page.text());
        }
        assert_eq!(numbers(&mut browser, "/beheer/klanten?aanmaakkanaal=zeldzaam&volgorde=naam").await, ["M1", "M2001", "M4001"]);
    }
}

/// Every filter, and pairs of one that hardly any klant has with one that most have, in every order, first page and next.
fn questions() -> Vec<String> {
    let filters = [
        "",
        "soort=natuurlijk_persoon",
        "soort=vestiging",
        "bronorganisatie=517439943",
        "aanmaakkanaal=zeldzaam",
        "aanmaakkanaal=balie",
        "geverifieerd=ja",
        "gewijzigd=2020-01-01",
        "gewijzigd=2027-01-01",
        "aanmaakkanaal=zeldzaam&geverifieerd=nee",
        "aanmaakkanaal=balie&geverifieerd=ja",
        "aanmaakkanaal=zeldzaam&gewijzigd=2020-01-01",
        "aanmaakkanaal=balie&soort=natuurlijk_persoon&geverifieerd=ja&bronorganisatie=517439943&gewijzigd=2020-01-01",
        "aanmaakkanaal=balie&gewijzigd=2027-01-01",
    ];
    filters
        .iter()
        .flat_map(|filter| ["", "&volgorde=naam"].map(|order| format!("/beheer/klanten?{filter}{order}")))
        .collect()
}

#[test]
fn every_filter_in_every_order_walks_an_index_on_both_databases() {
    openklant_tests::both::run(Kind::Postgres, async |database: Database| {
        let tap = Tap::before(&database.url()).await;
        let app = Setup::new().database_url(tap.url()).start(&database).await;
        let embedded_database = Database::create(Kind::Sqlite).await;
        let embedded = Setup::new().start(&embedded_database).await;
        many(&app, 20_000).await;
        many(&embedded, 20_000).await;
        let mut browser = app.logged_in(&[Role::Lezer]).await;
        for first in questions() {
            let mut path = first.clone();
            for _ in 0..2 {
                browser.get("/beheer/account").await.is(200);
                tap.take();
                let page = browser.get(&path).await.expect(200);
                let statements: Vec<String> = queries(&tap.take()).into_iter().cloned().collect();
                let asked: Vec<&String> = statements.iter().filter(|sql| !sql.contains("beheer_")).collect();
                assert!(asked.len() <= 3, "rows, counts and last contact: {asked:#?}");
                for statement in asked {
                    for app in [&app, &embedded] {
                        let plan = app.probe().plan(statement).await;
                        let walks = |step: &&String| {
                            step.contains("Seq Scan on klant ")
                                || step.contains("Seq Scan on klant_zoek ")
                                || ["SCAN c", "SCAN k", "SCAN z"]
                                    .iter()
                                    .any(|walk| step.starts_with(walk))
                        };
                        // The newest of all: the table itself is in that order.
                        let is_all = first.ends_with('?');
                        let bad = plan
                            .iter()
                            .find(walks)
                            .filter(|step| !(is_all && *step == "SCAN k"));
                        assert_eq!(bad, None, "{path}\n{statement}\n{plan:#?}");
                    }
                }
                path = between(page.text(), "rel=\"next\" href=\"", "\"")
                    .replace("&#38;", "&")
                    .replace("&amp;", "&");
                if path.is_empty() {
                    break;
                }
            }
        }
        embedded_database.remove().await;
    });
}
