//! The API Design Rules of the Dutch government, version 2.2, held against the served API: a row per rule. What cannot be
//! tested is explained in `docs/adr.md`, which must give the same verdict for every rule.

use std::collections::BTreeMap;

use openklant_tests::fixtures::{BSN, KLANTEN, NOBODY, klant, klant_with};
use openklant_tests::{App, Database, Response, on_both};
use serde_json::{Value, json};

const BASE: &str = "/klanten/api/v1";
const ORIGIN: &str = "https://kcc.waterdam.example";

/// What we say of a rule.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Kept,
    /// The ZGW standard wins.
    Deviates,
    /// There is nothing it could be about.
    NotApplicable,
}

/// How it is known.
#[derive(Clone, Copy)]
enum Proof {
    Test(fn(&Evidence) -> Result<(), String>),
    Document,
}

use Proof::{Document, Test};
use Verdict::{Deviates, Kept, NotApplicable};

const RULES: [(&str, Verdict, Proof); 36] = [
    ("/core/naming-resources", Kept, Document),
    ("/core/naming-collections", Deviates, Document),
    ("/core/interface-language", Kept, Document),
    ("/core/no-trailing-slash", Kept, Test(no_trailing_slash)),
    ("/core/path-segments-kebab-case", Kept, Test(path_segments)),
    ("/core/query-keys-camel-case", Deviates, Test(query_keys)),
    ("/core/hide-implementation", Kept, Test(hide_implementation)),
    ("/core/date-time/format", Kept, Test(moments)),
    ("/core/date-time/timezone", Kept, Test(moments)),
    ("/core/date-time/date-omit-time-portion", Deviates, Document),
    ("/core/http-methods", Kept, Test(http_methods)),
    ("/core/http-safety", Kept, Test(http_safety)),
    ("/core/http-response-code", Kept, Test(http_response_code)),
    ("/core/stateless", Kept, Test(stateless)),
    ("/core/nested-child", Kept, Document),
    ("/core/resource-operations", Kept, Document),
    (
        "/core/error-handling/problem-details",
        Kept,
        Test(problem_details),
    ),
    ("/core/error-handling/invalid-input", Kept, Test(invalid_input)),
    ("/core/error-handling/all-errors", Kept, Test(all_errors)),
    ("/core/doc-openapi", Kept, Test(doc_openapi)),
    ("/core/doc-openapi-contact", Kept, Test(doc_openapi_contact)),
    ("/core/doc-language", Kept, Document),
    ("/core/publish-openapi", Kept, Test(publish_openapi)),
    ("/core/deprecation-schedule", Kept, Document),
    ("/core/transition-period", Kept, Document),
    ("/core/uri-version", Kept, Test(uri_version)),
    ("/core/changelog", Kept, Document),
    ("/core/semver", Kept, Test(semver)),
    ("/core/version-header", Kept, Test(version_header)),
    ("/core/transport/tls", Kept, Document),
    ("/core/transport/no-sensitive-uris", Deviates, Test(no_echo)),
    ("/core/transport/security-headers", Kept, Test(security_headers)),
    ("/core/transport/cors", Kept, Test(cors)),
    ("/core/modules/geospatial", NotApplicable, Document),
    ("/core/modules/signing", NotApplicable, Document),
    ("/core/modules/encryption", NotApplicable, Document),
];

on_both! {
    async fn the_api_keeps_the_rules(database: Database) {
        let app = App::start(&database, &[("OPENKLANT_CORS_ALLOWED_ORIGINS", ORIGIN)]).await;
        let evidence = Evidence::gather(&app).await;
        let broken: Vec<String> = RULES
            .iter()
            .filter_map(|(rule, _, proof)| match proof {
                Test(test) => test(&evidence).err().map(|complaint| format!("{rule}: {complaint}")),
                Document => None,
            })
            .collect();
        assert!(broken.is_empty(), "rules that are not kept:\n{}", broken.join("\n"));
    }
}

#[test]
fn the_documentation_gives_the_same_verdicts() {
    let documentation = include_str!("../../../docs/adr.md");
    let told: Vec<(&str, &str)> = documentation
        .lines()
        .filter_map(|line| line.strip_prefix("| `/core/"))
        .filter_map(|line| {
            let mut cells = line.split('|').map(str::trim);
            Some((cells.next()?.trim_end_matches('`'), cells.next()?))
        })
        .collect();
    let expected: Vec<(&str, &str)> = RULES
        .iter()
        .map(|(rule, verdict, _)| {
            let word = match verdict {
                Kept => "kept",
                Deviates => "deviates",
                NotApplicable => "not applicable",
            };
            (rule.trim_start_matches("/core/"), word)
        })
        .collect();
    assert_eq!(told, expected);
}

/// Answers of every kind, and what was in the database around them.
struct Evidence {
    document: Value,
    answers: BTreeMap<&'static str, Response>,
    before_reading: [i64; 3],
    after_reading: [i64; 3],
    after_deleting: [i64; 3],
    after_deleting_again: [i64; 3],
}

impl Evidence {
    async fn gather(app: &App) -> Self {
        let client = app.client();
        let mut answers = BTreeMap::new();
        let made = client.post(KLANTEN, &klant("A1")).await.expect(201);
        let url = made.url();
        let trail = format!("{url}/audittrail");
        answers.insert("made", made);
        let before_reading = app.probe().traces().await;
        answers.insert("list", client.get(KLANTEN).await);
        answers.insert("list, head", client.head(KLANTEN).await);
        let read = client.get(&url).await;
        let tag = read.header("etag").unwrap_or_default().to_owned();
        answers.insert("read", read);
        answers.insert("read, head", client.head(&url).await);
        answers.insert(
            "not modified",
            client.get(&url).header("If-None-Match", &tag).await,
        );
        answers.insert("audit trail", client.get(&trail).await);
        answers.insert("options", client.options(KLANTEN).await);
        answers.insert(
            "from an allowed page",
            client.get(&url).header("Origin", ORIGIN).await,
        );
        answers.insert(
            "from another page",
            client.get(&url).header("Origin", "https://elders.example").await,
        );
        let after_reading = app.probe().traces().await;
        answers.insert("patched", client.patch(&url, &json!({"voornaam": "Fen"})).await);
        answers.insert("put", client.put(&url, &klant("A1")).await);
        answers.insert(
            "other version",
            client.patch(&url, &json!({})).header("If-Match", "\"x\"").await,
        );
        answers.insert("wrong method", client.delete(KLANTEN).await);
        answers.insert("unknown method", client.request("BREW", KLANTEN).await);
        answers.insert("trailing slash", client.get(format!("{KLANTEN}/")).await);
        answers.insert("unknown path", client.get(format!("{BASE}/nergens")).await);
        answers.insert("unknown object", client.get(format!("{KLANTEN}/{NOBODY}")).await);
        answers.insert("no token", app.anonymous().get(KLANTEN).await);
        answers.insert("no page", client.get(format!("{KLANTEN}?page=7")).await);
        answers.insert(
            "not acceptable",
            client.get(KLANTEN).header("Accept", "text/html").await,
        );
        answers.insert(
            "no JSON",
            client
                .request("POST", KLANTEN)
                .content("application/json", "{")
                .await,
        );
        answers.insert(
            "wrong kind",
            client.request("POST", KLANTEN).content("text/plain", "x").await,
        );
        let large = " ".repeat(1024 * 1024 + 1);
        answers.insert(
            "too large",
            client
                .request("POST", KLANTEN)
                .content("application/json", large)
                .await,
        );
        let faulty = klant_with(
            "A2",
            &json!({"voornaam": ["x"], "emailadres": "x", "bronorganisatie": BSN.repeat(2)}),
        );
        answers.insert("invalid", client.post(KLANTEN, &faulty).await);
        let misspelt = format!("{KLANTEN}?subjectNatuurlijkPersoon__bsn={BSN}");
        answers.insert("unknown filter", client.get(misspelt).await);
        answers.insert("removed", client.delete(&url).await);
        let after_deleting = app.probe().traces().await;
        answers.insert("removed again", client.delete(&url).await);
        let after_deleting_again = app.probe().traces().await;
        answers.insert("root", app.anonymous().get(format!("{BASE}/")).await);
        let document = app.anonymous().get(format!("{BASE}/openapi.json")).await;
        let described = document.json();
        answers.insert("document", document);
        answers.insert(
            "document, YAML",
            app.anonymous().get(format!("{BASE}/openapi.yaml")).await,
        );
        Self {
            document: described,
            answers,
            before_reading,
            after_reading,
            after_deleting,
            after_deleting_again,
        }
    }

    fn answer(&self, name: &str) -> &Response {
        self.answers
            .get(name)
            .unwrap_or_else(|| panic!("no answer {name:?}"))
    }

    fn paths(&self) -> impl Iterator<Item = &String> {
        self.document["paths"]
            .as_object()
            .into_iter()
            .flat_map(|paths| paths.keys())
    }

    fn operations(&self) -> impl Iterator<Item = (&String, &Value)> {
        let items = self.document["paths"]
            .as_object()
            .into_iter()
            .flat_map(|paths| paths.values());
        items.filter_map(Value::as_object).flatten()
    }

    /// Asks something of every answer.
    fn of_every_answer(&self, question: impl Fn(&Response) -> Result<(), String>) -> Result<(), String> {
        for (name, answer) in &self.answers {
            question(answer).map_err(|complaint| format!("{name}: {complaint}\n{}", answer.describe()))?;
        }
        Ok(())
    }
}

fn demand(condition: bool, complaint: impl Into<String>) -> Result<(), String> {
    if condition { Ok(()) } else { Err(complaint.into()) }
}

fn no_trailing_slash(evidence: &Evidence) -> Result<(), String> {
    for path in evidence.paths() {
        demand(!path.ends_with('/'), path)?;
    }
    evidence.answer("trailing slash").check_fault(404, "not_found")
}

fn path_segments(evidence: &Evidence) -> Result<(), String> {
    let kebab = |segment: &str| {
        segment.starts_with('{')
            || segment
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    for path in evidence.paths() {
        demand(path.split('/').all(kebab), path)?;
    }
    Ok(())
}

/// The names of ZGW have two underscores; no other name may have one.
fn query_keys(evidence: &Evidence) -> Result<(), String> {
    for (_, operation) in evidence.operations() {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or_default();
            if parameter["in"] == "query" && !name.contains("__") {
                let first = name.starts_with(|first: char| first.is_ascii_lowercase());
                demand(
                    first && name.bytes().all(|byte| byte.is_ascii_alphanumeric()),
                    name,
                )?;
            }
        }
    }
    Ok(())
}

fn hide_implementation(evidence: &Evidence) -> Result<(), String> {
    evidence.of_every_answer(|answer| {
        for header in ["server", "x-powered-by", "via"] {
            demand(answer.header(header).is_none(), header)?;
        }
        if answer.status() < 400 {
            return Ok(());
        }
        let body = answer.text().to_lowercase();
        for word in [
            "sqlite", "postgres", "sqlx", "poem", "serde", "panicked", "select ", ".rs", "stack",
        ] {
            demand(!body.contains(word), word)?;
        }
        Ok(())
    })
}

fn moments(evidence: &Evidence) -> Result<(), String> {
    let rows = evidence.answer("audit trail").json()["results"].clone();
    let rows = rows.as_array().ok_or("no rows")?;
    demand(!rows.is_empty(), "no rows")?;
    for row in rows {
        let moment = row["aanmaakdatum"].as_str().unwrap_or_default();
        let read = chrono::DateTime::parse_from_rfc3339(moment);
        demand(
            read.is_ok() && moment.contains('T') && moment.ends_with('Z'),
            moment,
        )?;
    }
    Ok(())
}

fn http_methods(evidence: &Evidence) -> Result<(), String> {
    for (method, _) in evidence.operations() {
        demand(
            ["get", "post", "put", "patch", "delete"].contains(&method.as_str()),
            method,
        )?;
    }
    for (get, head) in [("list", "list, head"), ("read", "read, head")] {
        let (get, head) = (evidence.answer(get), evidence.answer(head));
        demand(
            head.status() == 200 && head.bytes().is_empty(),
            "HEAD has status 200 and no body",
        )?;
        for name in ["content-type", "etag", "cache-control", "allow", "api-version"] {
            demand(
                get.header(name) == head.header(name),
                format!("HEAD has another {name}"),
            )?;
        }
    }
    for name in ["wrong method", "unknown method"] {
        let answer = evidence.answer(name);
        answer.check_fault(405, "method_not_allowed")?;
        let allow = answer.header("allow").unwrap_or_default();
        demand(
            allow.contains("GET") && allow.contains("POST"),
            format!("Allow: {allow}"),
        )?;
    }
    Ok(())
}

fn http_safety(evidence: &Evidence) -> Result<(), String> {
    demand(
        evidence.before_reading == evidence.after_reading,
        "reading wrote something",
    )?;
    demand(
        evidence.after_deleting == evidence.after_deleting_again,
        "a second DELETE changed something",
    )
}

fn http_response_code(evidence: &Evidence) -> Result<(), String> {
    const EXPECTED: [(&str, u16); 23] = [
        ("made", 201),
        ("list", 200),
        ("read", 200),
        ("not modified", 304),
        ("options", 204),
        ("patched", 200),
        ("put", 200),
        ("other version", 412),
        ("wrong method", 405),
        ("trailing slash", 404),
        ("unknown path", 404),
        ("unknown object", 404),
        ("no token", 403),
        ("no page", 404),
        ("not acceptable", 406),
        ("no JSON", 400),
        ("wrong kind", 415),
        ("too large", 413),
        ("invalid", 400),
        ("unknown filter", 400),
        ("removed", 204),
        ("removed again", 404),
        ("root", 200),
    ];
    for (name, status) in EXPECTED {
        let found = evidence.answer(name).status();
        demand(found == status, format!("{name}: {found} instead of {status}"))?;
    }
    Ok(())
}

fn stateless(evidence: &Evidence) -> Result<(), String> {
    evidence.of_every_answer(|answer| demand(answer.header("set-cookie").is_none(), "a cookie"))
}

fn problem_details(evidence: &Evidence) -> Result<(), String> {
    for (_, operation) in evidence.operations() {
        for (status, response) in operation["responses"].as_object().into_iter().flatten() {
            if !status.starts_with(['4', '5']) {
                continue;
            }
            let pointer = response["$ref"]
                .as_str()
                .unwrap_or_default()
                .trim_start_matches('#');
            let shared = evidence
                .document
                .pointer(pointer)
                .ok_or("an error that is not shared")?;
            demand(
                shared["content"].get("application/problem+json").is_some(),
                format!("{status}: {shared}"),
            )?;
        }
    }
    evidence.of_every_answer(|answer| {
        if answer.status() < 400 {
            Ok(())
        } else {
            answer.check_fault_shape()
        }
    })
}

fn invalid_input(evidence: &Evidence) -> Result<(), String> {
    for (_, operation) in evidence.operations() {
        let responses = &operation["responses"];
        demand(
            responses.get("400").is_some() && responses.get("422").is_none(),
            operation["operationId"].to_string(),
        )?;
    }
    Ok(())
}

fn all_errors(evidence: &Evidence) -> Result<(), String> {
    let mut names: Vec<String> = evidence
        .answer("invalid")
        .invalid_params()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    names.dedup();
    demand(
        names == ["bronorganisatie", "emailadres", "voornaam"],
        format!("{names:?}"),
    )
}

fn doc_openapi(evidence: &Evidence) -> Result<(), String> {
    let version = evidence.document["openapi"].as_str().unwrap_or_default();
    demand(version.starts_with("3."), version)
}

fn doc_openapi_contact(evidence: &Evidence) -> Result<(), String> {
    for part in ["name", "email", "url"] {
        let text = evidence.document["info"]["contact"][part]
            .as_str()
            .unwrap_or_default();
        demand(!text.is_empty(), format!("info.contact has no {part}"))?;
    }
    Ok(())
}

fn publish_openapi(evidence: &Evidence) -> Result<(), String> {
    for name in ["document", "document, YAML"] {
        let answer = evidence.answer(name);
        demand(answer.status() == 200, format!("{name}: {}", answer.status()))?;
        let open = answer.header("access-control-allow-origin") == Some("*");
        demand(open, format!("{name} is not open to every page"))?;
    }
    let yaml: Value =
        serde_yaml_ng::from_str(evidence.answer("document, YAML").text()).map_err(|e| e.to_string())?;
    demand(yaml == evidence.document, "YAML and JSON differ")
}

fn uri_version(evidence: &Evidence) -> Result<(), String> {
    let url = evidence.document["servers"][0]["url"]
        .as_str()
        .unwrap_or_default();
    demand(url.ends_with("/klanten/api/v1"), url)
}

fn semver(evidence: &Evidence) -> Result<(), String> {
    let version = evidence.document["info"]["version"].as_str().unwrap_or_default();
    let numbers = version
        .split('.')
        .filter(|part| part.parse::<u32>().is_ok())
        .count();
    demand(numbers == 3, version)
}

fn version_header(evidence: &Evidence) -> Result<(), String> {
    let version = evidence.document["info"]["version"].as_str();
    evidence
        .of_every_answer(|answer| demand(answer.header("api-version") == version, "another version or none"))
}

/// The BSN in a query is the contract; nothing of it may come back or stay anywhere.
fn no_echo(evidence: &Evidence) -> Result<(), String> {
    demand(
        !evidence.answer("unknown filter").text().contains(BSN),
        "the value of a filter comes back",
    )
}

fn security_headers(evidence: &Evidence) -> Result<(), String> {
    evidence.of_every_answer(|answer| {
        let header = |name: &str| answer.header(name).unwrap_or_default();
        demand(
            header("content-security-policy").contains("frame-ancestors 'none'"),
            "content-security-policy",
        )?;
        demand(
            header("x-content-type-options") == "nosniff",
            "x-content-type-options",
        )?;
        demand(header("x-frame-options") == "DENY", "x-frame-options")?;
        demand(
            answer.bytes().is_empty() || !header("content-type").is_empty(),
            "content-type",
        )?;
        let expected = if answer.header("x-oas-version").is_some() {
            "public, no-cache"
        } else if answer.header("etag").is_some() {
            "private, no-cache"
        } else {
            "no-store"
        };
        demand(
            header("cache-control") == expected,
            format!("cache-control, expected {expected}"),
        )
    })
}

fn cors(evidence: &Evidence) -> Result<(), String> {
    let allowed = |name: &str| evidence.answer(name).header("access-control-allow-origin");
    demand(
        allowed("from an allowed page") == Some(ORIGIN),
        "a page on the list is not allowed",
    )?;
    demand(
        allowed("from another page").is_none(),
        "a page that is not on the list is allowed",
    )?;
    demand(allowed("read").is_none(), "a request that comes from no page")
}
