//! Renders the table of settings for readers: the tables of `docs/settings.md`, the short one of `README.md`, and
//! `.env.example`.
//!
//! A test compares these files with what is rendered here, so that no setting is without its line.

use std::fmt::Write;

use super::family::{PARTS, SUCCEEDED};
use super::names::{ALL, Setting};

/// Titles of the sections, by the first part of the TOML key.
const TITLES: &[(&str, &str)] = &[
    ("database", "Database"),
    ("server", "HTTP server"),
    ("beheer", "The management site"),
    ("oidc", "Logging in to it through a provider"),
    ("tokens", "Tokens"),
    ("autorisaties", "Rights kept in an Autorisaties API"),
    ("notificaties", "Messages"),
    ("worker", "The worker as a process"),
    ("alert", "Alerts"),
    ("retention", "How long things are kept"),
    ("read_log", "The log of reads"),
    ("outgoing", "Look-ups of URLs that clients send"),
    ("otlp", "OpenTelemetry"),
    ("log", "Log"),
    ("setup", "Setup"),
];

/// The settings, the names of the family and their successors as Markdown tables.
pub fn markdown() -> String {
    let mut text = String::new();
    for (section, title) in TITLES {
        heading(&mut text, title);
        text.push_str("| variable | default | example | what it is | also read | TOML key |\n|---|---|---|---|---|---|\n");
        for setting in of_section(section) {
            let mut names: Vec<String> = setting.aliases.iter().map(|alias| code(alias)).collect();
            if setting.secret {
                names.insert(0, code(&format!("{}_FILE", setting.name)));
            }
            row(
                &mut text,
                &[
                    code(setting.name),
                    setting.default.map(code).unwrap_or_default(),
                    code(setting.example),
                    setting.about.to_owned(),
                    names.join(", "),
                    code(setting.key),
                ],
            );
        }
    }
    heading(&mut text, "Names of Open Klant 1.0 that are part of a setting");
    text.push_str("| variable | example | what it becomes |\n|---|---|---|\n");
    for part in PARTS {
        let file = part
            .secret
            .then(|| part.names.iter().map(|name| code(&format!("{name}_FILE"))));
        let names: Vec<String> = part
            .names
            .iter()
            .map(|name| code(name))
            .chain(file.into_iter().flatten())
            .collect();
        row(
            &mut text,
            &[names.join(", "), code(part.example), part.about.to_owned()],
        );
    }
    heading(&mut text, "Names that give a warning");
    text.push_str("| variable | instead |\n|---|---|\n");
    for (name, advice) in SUCCEEDED {
        row(&mut text, &[code(name), (*advice).to_owned()]);
    }
    text
}

/// Every setting in one Markdown table, short: for who reads about the product for the first time.
pub fn summary() -> String {
    let mut text = String::from("| variable | default | what it is |\n|---|---|---|\n");
    for setting in TITLES.iter().flat_map(|(section, _)| of_section(section)) {
        row(
            &mut text,
            &[
                code(setting.name),
                setting.default.map(code).unwrap_or_default(),
                setting.about.to_owned(),
            ],
        );
    }
    text
}

/// A `.env` file with every setting: what has a default is shown with it, the rest with its example, all switched off.
pub fn env_example() -> String {
    let mut text = String::from(
        "# Every setting of Open Klant. Copy this file to .env and take the # away from what you want to change.\n\
         # The environment wins from this file. A value with $, # or a quote in it stands between single quotes.\n",
    );
    for (section, title) in TITLES {
        text.push_str("\n# --- ");
        text.push_str(title);
        text.push_str("\n\n");
        for setting in of_section(section) {
            let value = setting.default.unwrap_or(setting.example);
            let known = if setting.default.is_some() {
                "default"
            } else {
                "example"
            };
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "# {} ({known})\n#{}={}",
                setting.about,
                setting.name,
                quoted(value)
            );
        }
    }
    text
}

fn of_section(section: &str) -> impl Iterator<Item = &'static Setting> {
    ALL.iter()
        .copied()
        .filter(move |setting| setting.section() == section)
}

fn heading(text: &mut String, title: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str("### ");
    text.push_str(title);
    text.push_str("\n\n");
}

fn row(text: &mut String, cells: &[String]) {
    text.push_str("| ");
    text.push_str(&cells.join(" | "));
    text.push_str(" |\n");
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn quoted(value: &str) -> String {
    if value.contains([' ', '#', '$', '"', '\\']) {
        format!("'{value}'")
    } else {
        value.to_owned()
    }
}
