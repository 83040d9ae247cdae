//! The document about the log lists every line that the program can write.

use std::fs;
use std::path::{Path, PathBuf};

const LEVELS: [&str; 5] = ["error", "warn", "info", "debug", "trace"];

/// The sources of the product, without the blocks of tests at their ends.
fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the repository");
    let mut folders: Vec<PathBuf> = ["api", "shared", "worker", "cli"]
        .map(|name| root.join(name).join("src"))
        .into();
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source is text");
                let product = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
                found.push((path, product.to_owned()));
            }
        }
    }
    found.sort();
    found
}

/// What stands between the parenthesis that `text` begins behind and the one that closes it.
fn arguments(text: &str) -> &str {
    let (mut depth, mut in_text, mut escaped) = (1, false, false);
    for (place, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            '(' if !in_text => depth += 1,
            ')' if !in_text => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[..place];
        }
    }
    text
}

/// The last text in the arguments of a call, as it is written in the log; up to where something is put in.
fn message(arguments: &str) -> Option<String> {
    let mut texts: Vec<String> = Vec::new();
    let mut current: Option<String> = None;
    let mut letters = arguments.chars().peekable();
    while let Some(letter) = letters.next() {
        match (&mut current, letter) {
            (None, '"') => current = Some(String::new()),
            (None, _) => {}
            (Some(_), '"') => texts.extend(current.take()),
            (Some(text), '\\') => match letters.next() {
                // A line that goes on: the blanks it begins with are not part of it.
                Some('\n') => while letters.next_if(|next| next.is_whitespace()).is_some() {},
                Some(next) => text.push(next),
                None => {}
            },
            (Some(text), letter) => text.push(letter),
        }
    }
    let last = texts.pop()?;
    Some(last.split('{').next().unwrap_or_default().trim_end().to_owned())
}

#[test]
fn every_line_is_in_the_document() {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/logging.md");
    let document = fs::read_to_string(document).expect("the document about the log");
    let (mut known, mut missing) = (0, Vec::new());
    for (path, text) in sources() {
        for level in LEVELS {
            let call = format!("{level}!(");
            for (place, _) in text.match_indices(&call) {
                let before = text[..place].chars().next_back();
                // Another macro whose name ends in the same way.
                if before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_') {
                    continue;
                }
                let Some(message) = message(arguments(&text[place + call.len()..])) else {
                    continue;
                };
                known += 1;
                if !message.is_empty() && !document.contains(&message) {
                    missing.push(format!("{level}: {message:?} ({})", path.display()));
                }
            }
        }
        // Lines whose level is chosen by a macro of their file: `line!(info, "…")`.
        for (place, _) in text.match_indices("line!(") {
            let call = arguments(&text[place + "line!(".len()..]);
            if LEVELS.iter().any(|level| call.trim_start().starts_with(level))
                && let Some(message) = message(call)
            {
                known += 1;
                if !document.contains(&message) {
                    missing.push(format!("{message:?} ({})", path.display()));
                }
            }
        }
    }
    assert!(known > 60, "the lines are found: {known}");
    assert!(
        missing.is_empty(),
        "not in docs/logging.md:\n{}",
        missing.join("\n")
    );
}

#[test]
fn a_message_is_found_in_its_call() {
    let call = "%error, host = f(\"x\"), \"it failed: \\\n      again (and {again})\") and more";
    assert_eq!(message(arguments(call)).as_deref(), Some("it failed: again (and"));
    assert_eq!(message("a, b"), None);
}
