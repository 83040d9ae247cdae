//! What the product is shipped with, held against the product: `Dockerfile`, `compose.yaml` and `deploy/`. Nothing here
//! builds an image or starts a cluster; what these files say of paths, ports, settings, commands and versions is checked.

mod compose;
mod image;
mod kubernetes;
mod systemd;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use openklant_shared::settings::{Source, load};
use openklant_tests::program::Program;

/// The version everything is shipped as.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A key for secrets: 32 bytes in base64.
const A_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// A file or folder of the repository.
fn in_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(in_repository(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Fails unless the product takes these settings without a complaint or a warning: each name exists, each value is right.
fn are_settings(place: &str, settings: &BTreeMap<String, String>) {
    assert!(!settings.is_empty(), "{place} names no setting");
    match load(&Source::from_pairs(settings.clone())) {
        Ok(loaded) => {
            let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
            assert!(warnings.is_empty(), "{place}: {warnings:?}");
        }
        Err(error) => panic!("{place}: {error}"),
    }
}

/// Fails unless the program knows this command with these arguments.
async fn is_a_command(place: &str, arguments: &[String]) {
    let ended = Program::new()
        .run(&format!("{} --help", arguments.join(" ")))
        .await;
    assert_eq!(ended.code, Some(0), "{place}: {arguments:?}: {ended:?}");
    // A name that is no command would show the help of the program as a whole.
    let shown = arguments.first().expect("a command");
    assert!(
        ended.stdout.contains(&format!("Usage: openklant {shown}")),
        "{place}: {ended:?}"
    );
}

#[tokio::test]
async fn the_procfile_names_commands() {
    let lines = read("Procfile");
    let mut names = Vec::new();
    for line in lines.lines() {
        let (name, command) = line.split_once(": openklant ").expect("a name and a command");
        names.push(name);
        is_a_command("Procfile", &[command.to_owned()]).await;
    }
    assert_eq!(names, ["release", "api", "worker"]);
}
