//! `cargo xtask sbom`: of which parts of others a release is made. The list is made by cargo-cyclonedx; the report of
//! licences is the same list, turned round.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process::{run, succeeds};
use crate::workspace::Workspace;

/// The version that makes the list; raised on purpose.
const CARGO_CYCLONEDX: &str = "cargo-cyclonedx@0.5.9";

/// The crate of the program: what it needs is what is shipped.
const PROGRAM: &str = "cli";

/// Name of the list, without its ending.
const NAME: &str = "openklant.cdx";

/// Writes the list and the report to `target/sbom/`.
pub fn write(workspace: &Workspace) -> Result<()> {
    if !succeeds(Command::new("cargo").args(["cyclonedx", "--version"])) {
        println!("{CARGO_CYCLONEDX} is not installed: installing it, which takes a few minutes");
        run(workspace
            .command("cargo")
            .args(["install", "--locked", CARGO_CYCLONEDX]))?;
    }
    let arguments = [
        "cyclonedx",
        "--manifest-path",
        "cli/Cargo.toml",
        "--format",
        "json",
        "--spec-version",
        "1.5",
        "--describe",
        "binaries",
        "--no-build-deps",
        "--quiet",
    ];
    run(workspace.command("cargo").args(arguments))?;
    let made = collect(workspace.root())?;
    let folder = workspace.target()?.join("sbom");
    fs::create_dir_all(&folder)?;
    let list: Value = serde_json::from_str(&made).context("the list is no JSON")?;
    let licences = licences(&list)?;
    let [list_file, report_file] =
        [format!("{NAME}.json"), "licences.md".to_owned()].map(|name| folder.join(name));
    fs::write(&list_file, made)?;
    fs::write(&report_file, report(&licences))?;
    let parts: BTreeSet<&String> = licences.values().flatten().collect();
    println!("{} parts under {} licences", parts.len(), licences.len());
    println!("{}\n{}", list_file.display(), report_file.display());
    Ok(())
}

/// Takes the lists away that the tool left beside each manifest, and answers that of the program.
fn collect(root: &Path) -> Result<String> {
    let mut found = None;
    for member in fs::read_dir(root)? {
        let member = member?.path();
        if !member.join("Cargo.toml").is_file() {
            continue;
        }
        for entry in fs::read_dir(&member)? {
            let path = entry?.path();
            if path.to_string_lossy().ends_with(".cdx.json") {
                if member.ends_with(PROGRAM) {
                    found = Some(fs::read_to_string(&path)?);
                }
                fs::remove_file(&path)?;
            }
        }
    }
    found.context("cargo-cyclonedx made no list of the program")
}

/// The parts under each licence.
fn licences(list: &Value) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let parts = list["components"]
        .as_array()
        .context("the list has no components")?;
    for part in parts {
        let text = |key: &str| part[key].as_str().unwrap_or_default();
        let licence = part["licenses"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|one| {
                let named = one["expression"]
                    .as_str()
                    .or_else(|| one["license"]["id"].as_str());
                named.or_else(|| one["license"]["name"].as_str())
            })
            .collect::<Vec<_>>()
            .join(" AND ");
        if licence.is_empty() {
            bail!("{} {} names no licence", text("name"), text("version"));
        }
        found
            .entry(licence)
            .or_default()
            .insert(format!("{} {}", text("name"), text("version")));
    }
    if found.is_empty() {
        bail!("the list is empty");
    }
    Ok(found)
}

fn report(licences: &BTreeMap<String, BTreeSet<String>>) -> String {
    let sections = licences.iter().map(|(licence, parts)| {
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        format!("\n## {licence}\n\n{}\n", parts.join(", "))
    });
    std::iter::once("# Licences of the parts of others in Open Klant\n".to_owned())
        .chain(sections)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parts_are_told_by_licence() {
        let list = json!({"components": [
            {"name": "a", "version": "1.0.0", "licenses": [{"expression": "MIT OR Apache-2.0"}]},
            {"name": "b", "version": "2.0.0", "licenses": [{"license": {"id": "MIT"}}]},
            {"name": "c", "version": "3.0.0", "licenses": [{"license": {"name": "MIT"}}]},
        ]});
        let report = report(&licences(&list).unwrap());
        assert!(report.contains("## MIT\n\nb 2.0.0, c 3.0.0\n"), "{report}");
        assert!(report.contains("## MIT OR Apache-2.0\n\na 1.0.0\n"), "{report}");
    }

    #[test]
    fn a_part_without_a_licence_is_a_fault() {
        for list in [
            json!({"components": [{"name": "a", "version": "1.0.0"}]}),
            json!({"components": []}),
            json!({}),
        ] {
            assert!(licences(&list).is_err(), "{list}");
        }
    }
}
