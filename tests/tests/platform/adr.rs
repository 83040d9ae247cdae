//! The API Design Rules of the Dutch government, version 2.2, held against both served APIs: a row per rule. What cannot be
//! tested is explained in `docs/adr.md`, which must give the same verdict for every rule.

mod evidence;
mod rules;

use openklant_tests::{App, Database, on_both};

use self::evidence::{Evidence, ORIGIN, questions};
use self::rules as ask;

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
    ("/core/no-trailing-slash", Kept, Test(ask::no_trailing_slash)),
    ("/core/path-segments-kebab-case", Kept, Test(ask::path_segments)),
    ("/core/query-keys-camel-case", Deviates, Test(ask::query_keys)),
    ("/core/hide-implementation", Kept, Test(ask::hide_implementation)),
    ("/core/date-time/format", Kept, Test(ask::moments)),
    ("/core/date-time/timezone", Kept, Test(ask::moments)),
    ("/core/date-time/date-omit-time-portion", Deviates, Document),
    ("/core/http-methods", Kept, Test(ask::http_methods)),
    ("/core/http-safety", Kept, Test(ask::http_safety)),
    ("/core/http-response-code", Kept, Test(ask::http_response_code)),
    ("/core/stateless", Kept, Test(ask::stateless)),
    ("/core/nested-child", Kept, Document),
    ("/core/resource-operations", Kept, Document),
    (
        "/core/error-handling/problem-details",
        Kept,
        Test(ask::problem_details),
    ),
    (
        "/core/error-handling/invalid-input",
        Kept,
        Test(ask::invalid_input),
    ),
    ("/core/error-handling/all-errors", Kept, Test(ask::all_errors)),
    ("/core/doc-openapi", Kept, Test(ask::doc_openapi)),
    ("/core/doc-openapi-contact", Kept, Test(ask::doc_openapi_contact)),
    ("/core/doc-language", Kept, Document),
    ("/core/publish-openapi", Kept, Test(ask::publish_openapi)),
    ("/core/deprecation-schedule", Kept, Document),
    ("/core/transition-period", Kept, Document),
    ("/core/uri-version", Kept, Test(ask::uri_version)),
    ("/core/changelog", Kept, Document),
    ("/core/semver", Kept, Test(ask::semver)),
    ("/core/version-header", Kept, Test(ask::version_header)),
    ("/core/transport/tls", Kept, Document),
    ("/core/transport/no-sensitive-uris", Deviates, Test(ask::no_echo)),
    (
        "/core/transport/security-headers",
        Kept,
        Test(ask::security_headers),
    ),
    ("/core/transport/cors", Kept, Test(ask::cors)),
    ("/core/modules/geospatial", NotApplicable, Document),
    ("/core/modules/signing", NotApplicable, Document),
    ("/core/modules/encryption", NotApplicable, Document),
];

on_both! {
    async fn the_apis_keep_the_rules(database: Database) {
        let app = App::start(&database, &[("OPENKLANT_CORS_ALLOWED_ORIGINS", ORIGIN)]).await;
        for questions in questions() {
            let base = questions.base;
            let evidence = Evidence::gather(&app, questions).await;
            let broken: Vec<String> = RULES
                .iter()
                .filter_map(|(rule, _, proof)| match proof {
                    Test(test) => test(&evidence)
                        .err()
                        .map(|complaint| format!("{rule}: {complaint}")),
                    Document => None,
                })
                .collect();
            assert!(
                broken.is_empty(),
                "{base}: rules that are not kept:\n{}",
                broken.join("\n")
            );
        }
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
