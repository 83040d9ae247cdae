//! The image: what its build reads exists, and what it starts is there.

use std::collections::BTreeMap;

use super::{VERSION, are_settings, in_repository, is_a_command, read};

/// The instructions of the Dockerfile, with their arguments on one line.
fn instructions() -> Vec<(String, String)> {
    let text = read("Dockerfile");
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .collect();
    lines
        .join("\n")
        .replace("\\\n", " ")
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(name, rest)| (name.to_owned(), rest.trim().to_owned()))
        .collect()
}

fn arguments_of(name: &str) -> Vec<String> {
    let found: Vec<String> = instructions()
        .into_iter()
        .filter_map(|(instruction, rest)| (instruction == name).then_some(rest))
        .collect();
    assert!(!found.is_empty(), "the Dockerfile has no {name}");
    found
}

/// A command in the form of a JSON list.
fn list(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{text} is no list: {error}"))
}

/// What the build copies from the repository.
fn copied() -> Vec<String> {
    arguments_of("COPY")
        .into_iter()
        .filter(|rest| !rest.starts_with("--from"))
        .flat_map(|rest| {
            let mut words: Vec<String> = rest.split(' ').map(str::to_owned).collect();
            words.pop();
            words
        })
        .collect()
}

#[test]
fn what_the_build_copies_exists_and_is_not_held_back() {
    let ignored = read(".dockerignore");
    for path in copied() {
        assert!(in_repository(&path).exists(), "{path} is not there");
        assert!(
            ignored.lines().any(|line| line == format!("!{path}")),
            "{path} is held back by .dockerignore"
        );
    }
    let kept_from_it: Vec<&str> = ignored
        .lines()
        .filter_map(|line| line.strip_prefix('!'))
        .collect();
    assert_eq!(kept_from_it, copied(), "what is not copied need not be sent");
    assert!(ignored.lines().any(|line| line == "*"), "all else stays out");
}

#[test]
fn the_build_has_every_crate() {
    let manifest = read("Cargo.toml");
    let members = manifest
        .lines()
        .find_map(|line| line.strip_prefix("members = "))
        .expect("the workspace lists its members");
    for member in list(members) {
        assert!(copied().contains(&member), "{member} is not copied");
    }
}

/// Files that code outside of tests takes in at compile time must be in the build too.
#[test]
fn the_build_has_what_the_code_takes_in() {
    fn look(folder: &std::path::Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                look(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source file");
                let product = text.split("#[cfg(test)]").next().unwrap_or_default();
                for part in product.split("include_str!(\"").skip(1) {
                    let taken = part.split('"').next().unwrap_or_default();
                    found.push((path.display().to_string(), taken.to_owned()));
                }
            }
        }
    }
    let mut found = Vec::new();
    for member in ["api/src", "cli/src", "shared/src", "worker/src"] {
        look(&in_repository(member), &mut found);
    }
    assert!(!found.is_empty(), "the pages of the API take in their style");
    for (file, taken) in found {
        // Tests that stand in files of their own read the documents.
        if file.contains("/tests/") || file.ends_with("/tests.rs") {
            continue;
        }
        let outside =
            taken.contains("../../../") && !taken.contains("migrations") && !taken.contains("openapi");
        assert!(
            !outside,
            "{file} takes in {taken}, which the image's build has not"
        );
    }
}

#[tokio::test]
async fn what_it_starts_is_what_was_copied() {
    let entry = arguments_of("ENTRYPOINT");
    assert_eq!(list(&entry[0]), ["/usr/local/bin/openklant"]);
    let built = arguments_of("RUN").join(" ");
    assert!(
        built.contains("target/release/openklant /image/usr/local/bin/openklant"),
        "{built}"
    );
    assert!(arguments_of("COPY").contains(&"--from=build /image/ /".to_owned()));
    is_a_command("CMD", &list(&arguments_of("CMD")[0])).await;
    let check = arguments_of("HEALTHCHECK").join(" ");
    let check = list(check.split_once("CMD ").expect("a command").1);
    assert_eq!(check[0], "/usr/local/bin/openklant");
    is_a_command("HEALTHCHECK", &check[1..]).await;
}

#[test]
fn it_listens_where_it_says_as_nobody_special() {
    let settings: BTreeMap<String, String> = arguments_of("ENV")
        .iter()
        .map(|rest| rest.split_once('=').expect("a name and a value"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    are_settings("ENV of the Dockerfile", &settings);
    assert_eq!(settings["OPENKLANT_LISTEN"], "0.0.0.0:8000");
    assert_eq!(arguments_of("EXPOSE"), ["8000"]);
    assert_eq!(arguments_of("USER"), ["1000:1000"]);
    let [folder] = &arguments_of("WORKDIR")[1..] else {
        panic!("one folder of the running image")
    };
    // The embedded database of the settings, `data/openklant.db`, is then in the one folder that can be written.
    assert_eq!(arguments_of("VOLUME"), [format!("{folder}/data")]);
}

/// The names that the code asks the build for are those that the build gives.
#[test]
fn the_build_is_told_what_the_version_page_tells() {
    let page = read("api/src/health.rs");
    let asked: Vec<&str> = page
        .split("option_env!(\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert_eq!(asked, ["OPENKLANT_GIT_COMMIT", "OPENKLANT_BUILD_DATE"]);
    let build = arguments_of("RUN").join(" ");
    for (name, argument) in asked.iter().zip(["GIT_SHA", "BUILD_DATE"]) {
        assert!(build.contains(&format!("{name}=\"${{{argument}}}\"")), "{build}");
        let declared = arguments_of("ARG")
            .iter()
            .filter(|rest| **rest == format!("{argument}="))
            .count();
        assert_eq!(declared, 2, "{argument} is for the build and for the labels");
    }
}

#[test]
fn its_labels_tell_the_version() {
    assert!(arguments_of("ARG").contains(&format!("RELEASE={VERSION}")));
    let labels = arguments_of("LABEL").join(" ");
    for label in [
        "org.opencontainers.image.version=\"${RELEASE}\"",
        "org.opencontainers.image.licenses=\"EUPL-1.2\"",
        "org.label-schema.version=\"${RELEASE}\"",
    ] {
        assert!(labels.contains(label), "{label} is not in {labels}");
    }
}

#[test]
fn the_compiler_is_the_one_of_the_workspace() {
    let manifest = read("Cargo.toml");
    let version = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = \""))
        .expect("the workspace names its version of Rust")
        .trim_end_matches('"');
    let image = arguments_of("ARG").remove(0);
    assert!(image.contains(&format!("rust:{version}-")), "{image}");
}
