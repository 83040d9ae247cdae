//! What the documents say of this repository: tests they name exist, files they and the licences name are there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The names of all tests, those beside the code too, and of the files they stand in.
fn tests() -> BTreeSet<String> {
    fn look(folder: &Path, mark: &str, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder of tests") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                look(&path, mark, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let mut names = text
                .split(mark)
                .skip(1)
                .filter_map(|part| part.trim_start().split('(').next())
                .peekable();
            if names.peek().is_some() {
                let file = path.file_stem().unwrap_or_default().to_string_lossy();
                found.insert(file.into_owned());
            }
            found.extend(names.map(str::to_owned));
        }
    }
    let mut found = BTreeSet::new();
    look(&root().join("tests/tests"), "fn ", &mut found);
    for code in ["api/src", "shared/src", "worker/src", "cli/src"] {
        look(&root().join(code), "#[test]\n    fn ", &mut found);
    }
    found
}

/// What stands between backticks in the last cell of each row of the tables in `document`.
fn named_in_last_cells(document: &str) -> Vec<String> {
    document
        .lines()
        .filter_map(|line| line.strip_prefix('|')?.trim_end().strip_suffix('|'))
        .filter_map(|row| row.rsplit('|').next())
        .flat_map(|cell| {
            cell.split('`')
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn tests_that_threats_and_hosting_name_exist() {
    let known = tests();
    for document in ["docs/security.md", "docs/hosting.md"] {
        let named = named_in_last_cells(&read(document));
        assert!(named.len() > 15, "{document} names tests: {named:?}");
        let missing: Vec<&String> = named.iter().filter(|name| !known.contains(*name)).collect();
        assert!(
            missing.is_empty(),
            "{document} names tests that are not there: {missing:?}"
        );
    }
}

#[test]
fn every_file_has_a_licence() {
    let reuse = read("REUSE.toml");
    let text = |key: &str| {
        reuse
            .lines()
            .filter_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('='))
            .map(|value| value.trim().trim_matches('"').to_owned())
            .collect::<Vec<_>>()
    };
    assert!(text("path").contains(&"**".to_owned()), "every file is covered");
    assert!(!text("SPDX-FileCopyrightText").is_empty());
    let named: BTreeSet<String> = text("SPDX-License-Identifier").into_iter().collect();
    let there: BTreeSet<String> = std::fs::read_dir(root().join("LICENSES"))
        .expect("the texts of the licences")
        .map(|entry| entry.expect("an entry").path())
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    assert_eq!(named, there);
    assert_eq!(read("LICENSE"), read("LICENSES/EUPL-1.2.txt"));
    assert!(read("Cargo.toml").contains("license = \"EUPL-1.2\""));
}

#[test]
fn the_catalogue_tells_this_version() {
    let code: serde_yaml_ng::Value = serde_yaml_ng::from_str(&read("publiccode.yml")).expect("YAML");
    assert_eq!(code["softwareVersion"].as_str(), Some(VERSION));
    assert_eq!(code["legal"]["license"].as_str(), Some("EUPL-1.2"));
    for key in [
        "publiccodeYmlVersion",
        "name",
        "developmentStatus",
        "softwareType",
    ] {
        assert!(code[key].is_string(), "{key}");
    }
    let url = code["url"].as_str().expect("where the code is");
    assert!(
        url::Url::parse(url).is_ok_and(|url| url.scheme() == "https"),
        "{url}"
    );
    assert!(code["platforms"].as_sequence().is_some_and(|all| !all.is_empty()));
    assert!(code["localisation"]["localisationReady"].is_bool());
    assert!(code["localisation"]["availableLanguages"].is_sequence());
    // Who keeps it as a community has to be reachable.
    assert_eq!(code["maintenance"]["type"].as_str(), Some("community"));
    let contact = &code["maintenance"]["contacts"][0];
    assert!(
        contact["name"].is_string() && contact["email"].is_string(),
        "{contact:?}"
    );
    for language in ["nl", "en"] {
        let about = &code["description"][language];
        let short = about["shortDescription"].as_str().unwrap_or_default();
        assert!((1..=150).contains(&short.chars().count()), "{language}: {short}");
        let long = about["longDescription"].as_str().unwrap_or_default();
        assert!(
            (150..=10_000).contains(&long.chars().count()),
            "{language}: {long}"
        );
        assert!(
            about["features"]
                .as_sequence()
                .is_some_and(|features| !features.is_empty())
        );
    }
}

#[test]
fn a_newcomer_finds_what_public_code_needs() {
    let readme = read("README.md");
    for file in [
        "CONTRIBUTING.md",
        "GOVERNANCE.md",
        "SECURITY.md",
        "CHANGELOG.md",
        "docs/security.md",
        "docs/hosting.md",
    ] {
        assert!(!read(file).is_empty());
        assert!(
            readme.contains(&format!("({file})")),
            "README.md does not lead to {file}"
        );
    }
}
