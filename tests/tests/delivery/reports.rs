//! The table of what others ran into, in `docs/delivery.md`, names tests that exist.

use std::collections::BTreeSet;
use std::path::Path;

/// The tests in the last column, in order.
fn named(document: &str) -> Vec<String> {
    document
        .lines()
        .skip_while(|line| !line.starts_with("| Report |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let last = line.trim_end_matches('|').rsplit('|').next().unwrap_or_default();
            last.trim().trim_matches('`').to_owned()
        })
        .collect()
}

/// Whether `binary::file::function` is a test.
fn exists(test: &str) -> bool {
    let [binary, file, function] = test.split("::").collect::<Vec<_>>()[..] else {
        return false;
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/{binary}/{file}.rs"));
    let source = std::fs::read_to_string(path).unwrap_or_default();
    let of_both = source.contains("on_both!")
        && source.contains(&format!("    async fn {function}(database: Database)"));
    of_both || source.contains(&format!("    async fn {function}(app: App)"))
}

#[test]
fn every_report_has_a_test_that_exists() {
    let named = named(include_str!("../../../docs/delivery.md"));
    let missing: Vec<_> = named.iter().filter(|test| !exists(test)).collect();
    assert!(missing.is_empty(), "no such tests: {missing:#?}");
    let different: BTreeSet<_> = named.iter().collect();
    assert_eq!(different.len(), named.len(), "a test that is named twice");
    assert!(named.len() >= 24, "the table is not read: {named:#?}");
    assert!(!exists("delivery::retries::no_such_test"));
}
