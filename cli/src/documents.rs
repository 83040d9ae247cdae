//! What the documents tell people to type is a command: each `openklant …` in a block of shell code. One that a sentence
//! names may leave out what it takes.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Parser;
use clap::error::ErrorKind;

use crate::args::Cli;

/// What calls the program: itself, and the service of compose.
const CALLS: [&str; 2] = ["openklant ", "docker compose run --rm web "];

/// Where a call ends, outside of quotes.
const ENDS: [char; 7] = ['|', '<', '>', ')', ';', '&', '#'];

fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files: Vec<PathBuf> = fs::read_dir(root.join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    files.push(root.join("README.md"));
    files.push(root.join("compose.yaml"));
    files.sort();
    files
}

/// The calls in the blocks of shell code (or, outside of Markdown, in comments), which are whole, and those in the text,
/// which need not be.
fn calls(file: &Path) -> Vec<(String, bool)> {
    let text = fs::read_to_string(file).unwrap().replace("\\\n", " ");
    let mut found = Vec::new();
    let (mut block, mut shell) = (false, false);
    let markdown = file.extension().is_some_and(|extension| extension == "md");
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            block = !block;
            shell = block && line.trim() == "```sh";
        } else if shell {
            found.extend(in_line(line).into_iter().map(|call| (call, true)));
        } else if !markdown && line.starts_with('#') {
            let line = line.trim_start_matches('#');
            found.extend(in_line(line).into_iter().map(|call| (call, true)));
        } else if !block {
            let spans = line.split('`').skip(1).step_by(2);
            found.extend(
                spans
                    .filter(|span| {
                        span.starts_with("openklant ")
                            && !span.contains(['…', '[', '<'])
                            && !has_a_placeholder(span)
                    })
                    .flat_map(in_line)
                    .map(|call| (call, false)),
            );
        }
    }
    found
}

/// Whether a word stands for another: `NAME`.
fn has_a_placeholder(span: &str) -> bool {
    span.split(' ')
        .any(|word| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_uppercase()))
}

fn in_line(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for call in CALLS {
        for (at, _) in line.match_indices(call) {
            if begins_a_call(&line[..at]) {
                found.push(up_to_its_end(&line[at + call.len()..]));
            }
        }
    }
    found
}

/// Whether a command can begin behind this: at the beginning, behind settings, or where another command hands over.
/// Elsewhere the word is an argument, a path or a comment.
fn begins_a_call(before: &str) -> bool {
    let commented = before.trim_start().starts_with('#') || before.contains(" # ");
    let hands_over = ["$(", "| ", "&& ", "-- "].iter().any(|end| before.ends_with(end));
    let settings = before.split_whitespace().all(|word| word.contains('='));
    !commented && (hands_over || (settings && !before.ends_with(['=', '/'])))
}

fn up_to_its_end(text: &str) -> String {
    let mut quote = None;
    text.chars()
        .take_while(|c| {
            match quote {
                Some(open) if *c == open => quote = None,
                None if matches!(c, '"' | '\'') => quote = Some(*c),
                None if ENDS.contains(c) => return false,
                _ => {}
            }
            true
        })
        .collect()
}

fn leaves_out_what_it_takes(error: &clap::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::MissingRequiredArgument | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    )
}

#[test]
fn every_command_in_the_documents_is_one() {
    let mut secret = tempfile::NamedTempFile::new().unwrap();
    secret.write_all(b"a secret\n").unwrap();
    let secret = secret.path().to_str().unwrap();
    let mut count = 0;
    let mut wrong = Vec::new();
    for file in documents() {
        for (call, whole) in calls(&file) {
            let mut words = shlex::split(&call).unwrap_or_else(|| panic!("quotes in {call}"));
            // The only argument that is read while the command line is.
            if let Some(at) = words.iter().position(|word| word == "--secret-file") {
                secret.clone_into(&mut words[at + 1]);
            }
            count += 1;
            let line = std::iter::once("openklant".to_owned()).chain(words);
            if let Err(error) = Cli::try_parse_from(line)
                && error.exit_code() != 0
                && (whole || !leaves_out_what_it_takes(&error))
            {
                wrong.push(format!("{}: openklant {call}: {error}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 40, "only {count} commands were found");
}

#[test]
fn calls_are_found_in_what_surrounds_them() {
    for (line, expected) in [
        ("DB=x openklant up", vec!["up"]),
        (
            "TOKEN=$(openklant token --client-id a)",
            vec!["token --client-id a"],
        ),
        ("openklant config check   # openklant up", vec!["config check   "]),
        ("docker compose run --rm web migrate", vec!["migrate"]),
        ("openklant api | tee log", vec!["api "]),
        ("kubectl exec api -- openklant jobs list", vec!["jobs list"]),
        ("kubectl -n openklant get pods", vec![]),
        ("install target/openklant /usr/local/bin/openklant", vec![]),
        ("openklant log --since '2h' > x", vec!["log --since '2h' "]),
    ] {
        let found = in_line(line);
        assert_eq!(found, expected, "{line}");
    }
}
