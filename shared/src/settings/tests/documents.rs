//! `docs/settings.md`, `README.md` and `.env.example` say what the table says.
//!
//! `OPENKLANT_WRITE_DOCS=1 cargo test -p openklant-shared settings` writes them anew.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::settings::document;

const START: &str = "<!-- settings: start, made from the code -->\n";
const END: &str = "<!-- settings: end -->\n";

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

/// Compares a file with what it should hold, or writes it when told so.
fn compare(name: &str, right: &str) {
    if std::env::var_os("OPENKLANT_WRITE_DOCS").is_some() {
        fs::write(path(name), right).unwrap();
    }
    assert!(
        fs::read_to_string(path(name)).unwrap() == right,
        "{name} differs from the table of settings; write it anew with \
         OPENKLANT_WRITE_DOCS=1 cargo test -p openklant-shared settings"
    );
}

/// Compares what a page has between the marks.
fn compare_part(name: &str, right: &str) {
    let page = fs::read_to_string(path(name)).unwrap();
    let (before, rest) = page.split_once(START).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    compare(name, &format!("{before}{START}\n{right}\n{END}{after}"));
}

#[test]
fn the_page_of_settings_holds_the_table() {
    compare_part("docs/settings.md", &document::markdown());
}

#[test]
fn the_readme_holds_the_short_table() {
    compare_part("README.md", &document::summary());
}

#[test]
fn the_example_file_holds_every_setting() {
    compare(".env.example", &document::env_example());
}

#[test]
fn the_example_file_is_right_when_everything_in_it_is_switched_on() {
    let on: String = document::env_example()
        .lines()
        .map(|line| {
            line.strip_prefix('#')
                .filter(|rest| !rest.starts_with(' '))
                .unwrap_or(line)
        })
        .fold(String::new(), |text, line| text + line + "\n");
    let loaded = load(&Source::default().with_dotenv(&on)).unwrap();
    assert_eq!(loaded.warnings, []);
    assert!(
        loaded.rows.iter().all(|row| row.origin == ".env"),
        "{:?}",
        loaded.rows
    );
}
