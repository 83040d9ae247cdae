//! The committed `OpenAPI` documents: written from the binary, or compared with what it prints.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::workspace::Workspace;

/// The APIs that have a document, by the name `openklant openapi` knows them by.
const APIS: [&str; 2] = ["klanten", "contactmomenten"];

/// How many lines of a difference are shown of each side.
const SHOWN: usize = 6;

/// Which binary prints the documents.
#[derive(Clone, Copy)]
pub enum Binary {
    /// What cargo builds for this purpose.
    ByCargo,
    /// What an earlier step left in the target folder: cargo may choose other features for the binary alone, and
    /// would build the dependencies again.
    Built,
}

/// Writes all documents.
pub fn write(workspace: &Workspace, binary: Binary) -> Result<()> {
    for api in APIS {
        let document = document(workspace, binary, api)?;
        let file = file(api);
        let path = workspace.root().join(&file);
        fs::create_dir_all(workspace.root().join("openapi")).context("cannot make the folder openapi")?;
        fs::write(&path, document).with_context(|| format!("cannot write {file}"))?;
        println!("wrote {file}");
    }
    Ok(())
}

/// Fails when a document differs from what the binary prints.
pub fn check(workspace: &Workspace, binary: Binary) -> Result<()> {
    for api in APIS {
        let served = document(workspace, binary, api)?;
        let file = file(api);
        let committed = match fs::read_to_string(workspace.root().join(&file)) {
            Ok(text) => text,
            Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(fault) => return Err(fault).with_context(|| format!("cannot read {file}")),
        };
        if let Some(difference) = first_difference(&committed, &served) {
            println!("{file} (-) differs from the code (+):\n{difference}");
            bail!("{file} is not what the code serves: run `cargo xtask openapi` and review the change");
        }
        println!("{file} is what the code serves");
    }
    Ok(())
}

fn file(api: &str) -> String {
    format!("openapi/{api}.json")
}

fn document(workspace: &Workspace, binary: Binary, api: &str) -> Result<String> {
    let mut command = match binary {
        Binary::ByCargo => {
            let mut cargo = workspace.command("cargo");
            cargo.args([
                "run",
                "--quiet",
                "--locked",
                "--package",
                "openklant",
                "--bin",
                "openklant",
                "--",
            ]);
            cargo
        }
        Binary::Built => {
            let path = workspace.target()?.join("debug/openklant");
            if !path.is_file() {
                bail!("{} does not exist: `cargo xtask build` makes it", path.display());
            }
            let mut built = Command::new(path);
            built.current_dir(workspace.root());
            built
        }
    };
    let printed = process::capture(command.args(["openapi", api]))?;
    layout(&printed).with_context(|| format!("`openklant openapi {api}` did not print a JSON document"))
}

/// One layout whatever the binary's own: two spaces, keys in the order given, a newline at the end.
fn layout(printed: &str) -> Result<String> {
    let value: serde_json::Value = serde_json::from_str(printed)?;
    Ok(serde_json::to_string_pretty(&value)? + "\n")
}

/// The lines from the first one that differs, of both sides; nothing when the texts are equal.
fn first_difference(committed: &str, served: &str) -> Option<String> {
    if committed == served {
        return None;
    }
    let old: Vec<&str> = committed.split('\n').collect();
    let new: Vec<&str> = served.split('\n').collect();
    let at = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let mut shown = vec![format!("line {}:", at + 1)];
    shown.extend(old.iter().skip(at).take(SHOWN).map(|line| format!("- {line}")));
    shown.extend(new.iter().skip(at).take(SHOWN).map(|line| format!("+ {line}")));
    Some(shown.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_keeps_the_order_of_keys_and_ends_with_a_newline() {
        assert_eq!(
            layout("{\"b\":1,\"a\":[]}").unwrap(),
            "{\n  \"b\": 1,\n  \"a\": []\n}\n"
        );
        layout("").unwrap_err();
    }

    #[test]
    fn difference_starts_at_the_first_line_that_differs() {
        let cases = [
            ("a\nb\n", "a\nb\n", None),
            ("a\nb\n", "a\nc\n", Some("line 2:\n- b\n- \n+ c\n+ ")),
            ("", "a\n", Some("line 1:\n- \n+ a\n+ ")),
            ("a\n", "a", Some("line 2:\n- ")),
        ];
        for (committed, served, expected) in cases {
            assert_eq!(
                first_difference(committed, served).as_deref(),
                expected,
                "{committed:?} {served:?}"
            );
        }
    }
}
