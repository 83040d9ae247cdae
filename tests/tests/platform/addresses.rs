//! The URLs that the register makes: one public base URL when it is set, otherwise the address of the request, and
//! forwarded addresses only from proxies that are trusted (decision 24).

use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::{App, Database, on_both};
use serde_json::{Value, json};

const PUBLIC: &str = "https://openklant.example.nl";

/// Every text in a body that looks like a URL.
fn urls(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.starts_with("http") => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| urls(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| urls(field, found)),
        _ => {}
    }
}

on_both! {
    async fn without_a_base_url_the_address_of_the_request_is_used(app: App) {
        let port = app.address().port();
        for (nr, host) in [
            format!("127.0.0.1:{port}"),
            format!("localhost:{port}"),
            "openklant.intern".to_owned(),
        ]
        .into_iter()
        .enumerate()
        {
            let client = app.client().calling(&host);
            let made = client.post(KLANTEN, &klant(&format!("A{nr}"))).await.expect(201);
            assert!(
                made.url().starts_with(&format!("http://{host}{KLANTEN}/")),
                "{}",
                made.url()
            );
            assert_eq!(made.header("location"), Some(made.url().as_str()));
            assert_eq!(client.get(made.url()).await.url(), made.url());
            assert_eq!(
                client.get("/klanten/api/v1/").await.json()["klanten"],
                json!(format!("http://{host}{KLANTEN}"))
            );
        }
    }

    async fn one_base_url_is_used_whatever_name_was_called(database: Database) {
        let app = App::start(&database, &[("OPENKLANT_BASE_URL", PUBLIC)]).await;
        let (one, other) = (
            app.client(),
            app.client().calling("openklant.namespace.svc.cluster.local:8000"),
        );
        let made = other.post(KLANTEN, &klant("A1")).await.expect(201);
        let url = made.url();
        assert!(url.starts_with(&format!("{PUBLIC}{KLANTEN}/")), "{url}");
        assert_eq!(made.header("location"), Some(url.as_str()));
        assert_eq!(one.get(&url).await.json(), other.get(&url).await.json());
        assert_eq!(one.get(KLANTEN).await.json(), other.get(KLANTEN).await.json());
        let row = &one.get(format!("{url}/audittrail")).await.json()["results"][0];
        assert_eq!(
            (&row["hoofdObject"], &row["resourceUrl"]),
            (&json!(url), &json!(url))
        );
        let message = app.outbox().await[0].message();
        assert_eq!(
            (&message["hoofdObject"], &message["resourceUrl"]),
            (&json!(url), &json!(url))
        );
        let fault = other.get("/nergens").await.json();
        assert!(
            fault["type"]
                .as_str()
                .is_some_and(|kind| kind.starts_with(PUBLIC)),
            "{fault}"
        );
    }

    async fn a_base_url_may_have_a_path(database: Database) {
        let app = App::start(
            &database,
            &[("OPENKLANT_BASE_URL", "https://www.example.nl/register/")],
        )
        .await;
        let made = app.client().post(KLANTEN, &klant("A1")).await.expect(201);
        assert!(
            made.url()
                .starts_with(&format!("https://www.example.nl/register{KLANTEN}/")),
            "{}",
            made.url()
        );
    }

    async fn every_url_in_a_list_leads_to_the_same_object(app: App) {
        let client = app.client();
        for nr in 0..3 {
            client.post(KLANTEN, &klant(&format!("A{nr}"))).await.is(201);
        }
        let list = client.get(KLANTEN).await.json();
        let results = list["results"].as_array().expect("a list has results");
        assert_eq!(results.len(), 3);
        for item in results {
            let url = item["url"].as_str().expect("an item has a url");
            assert_eq!(client.get(url).await.json(), *item);
            let trail = client.get(format!("{url}/audittrail")).await.json();
            let mut found = Vec::new();
            urls(&trail, &mut found);
            assert!(
                !found.is_empty() && found.iter().all(|found| found == url),
                "{found:?} of {url}"
            );
        }
    }

    async fn forwarded_addresses_are_not_believed_from_strangers(app: App) {
        let made = app
            .client()
            .post(KLANTEN, &klant("A1"))
            .header("X-Forwarded-Proto", "https")
            .header("X-Forwarded-Host", "vals.example")
            .header("Forwarded", "host=vals.example;proto=https")
            .await
            .expect(201);
        assert!(made.url().starts_with(&app.base()), "{}", made.url());
        let message = app.outbox().await[0].message();
        assert_eq!(message["hoofdObject"], json!(made.url()));
    }

    async fn forwarded_addresses_are_believed_from_a_trusted_proxy(database: Database) {
        let app = App::start(&database, &[("OPENKLANT_TRUSTED_PROXIES", "127.0.0.0/8")]).await;
        let made = app
            .client()
            .post(KLANTEN, &klant("A1"))
            .header("X-Forwarded-Proto", "https")
            .header("X-Forwarded-Host", "openklant.example.nl")
            .await
            .expect(201);
        let url = made.url();
        assert!(url.starts_with(&format!("{PUBLIC}{KLANTEN}/")), "{url}");
        assert_eq!(made.header("location"), Some(url.as_str()));
        let message = app.outbox().await[0].message();
        assert_eq!(
            (&message["hoofdObject"], &message["resourceUrl"]),
            (&json!(url), &json!(url))
        );
        let scheme_only = app
            .client()
            .get(&url)
            .header("X-Forwarded-Proto", "https")
            .await
            .url();
        assert!(
            scheme_only.starts_with(&format!("https://{}/", app.address())),
            "{scheme_only}"
        );
    }

    async fn nonsense_from_a_trusted_proxy_never_ends_up_in_a_url(database: Database) {
        let app = App::start(&database, &[("OPENKLANT_TRUSTED_PROXIES", "127.0.0.0/8")]).await;
        for (header, value) in [
            ("X-Forwarded-Host", "evil.example/path?x="),
            ("X-Forwarded-Host", "<script>"),
            ("X-Forwarded-Host", ""),
            ("X-Forwarded-Proto", "javascript"),
            ("X-Forwarded-Proto", "ftp"),
        ] {
            let answer = app.client().get("/klanten/api/v1/").header(header, value).await;
            if answer.status() == 200 {
                let url = answer.field("klanten");
                let parsed = url::Url::parse(&url).unwrap_or_else(|error| panic!("{url}: {error}"));
                assert!(["http", "https"].contains(&parsed.scheme()), "{url}");
                assert_eq!((parsed.path(), parsed.query()), (KLANTEN, None), "{url}");
            } else {
                assert_eq!(
                    answer.check_fault_shape(),
                    Ok(()),
                    "{header}: {value}\n{}",
                    answer.describe()
                );
            }
        }
    }

    async fn a_host_that_cannot_be_one_is_not_echoed(app: App) {
        for host in [
            "evil.example/x",
            "a b",
            "<x>",
            "user@evil.example",
            "x:y",
            "x:99999",
            "[::1",
        ] {
            let answer = app.client().calling(host).get(KLANTEN).await;
            if answer.status() == 200 {
                let base = app
                    .client()
                    .calling(host)
                    .get("/klanten/api/v1/")
                    .await
                    .field("klanten");
                let parsed = url::Url::parse(&base).unwrap_or_else(|error| panic!("{base}: {error}"));
                assert_eq!(
                    (parsed.path(), parsed.username()),
                    (KLANTEN, ""),
                    "{host} gave {base}"
                );
            } else {
                assert!(
                    (400..500).contains(&answer.status()),
                    "{host}\n{}",
                    answer.describe()
                );
            }
        }
    }

    async fn only_allowed_hosts_are_served_when_there_is_a_list(database: Database) {
        let app = App::start(
            &database,
            &[("OPENKLANT_ALLOWED_HOSTS", "openklant.example.nl,.intern.example")],
        )
        .await;
        for host in [
            "openklant.example.nl",
            "OPENKLANT.example.nl:8000",
            "a.intern.example",
            "intern.example",
        ] {
            app.client().calling(host).get(KLANTEN).await.is(200);
        }
        for host in ["elders.example", "xopenklant.example.nl", "xintern.example"] {
            let answer = app.client().calling(host).get(KLANTEN).await;
            answer.is(400);
            assert_eq!(answer.check_fault_shape(), Ok(()));
        }
        app.anonymous()
            .calling("10.0.0.7:8000")
            .get("/health/live")
            .await
            .is(200);
    }
}
