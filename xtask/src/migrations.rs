//! Migrations come in pairs: the same number and name for both databases, without a gap. One that takes something away
//! says so in its name, by which older programs know whether they can serve the database. That both make the same schema
//! is a test's business, not this one's.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

const FOLDERS: [&str; 2] = ["migrations/sqlite", "migrations/postgres"];

/// Checks the two migration folders.
pub fn check(workspace: &Workspace) -> Result<()> {
    let mut names = Vec::new();
    let mut contracting = Vec::new();
    for folder in FOLDERS {
        let mut found = BTreeSet::new();
        let entries =
            fs::read_dir(workspace.root().join(folder)).with_context(|| format!("cannot read {folder}"))?;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let sql =
                fs::read_to_string(entry.path()).with_context(|| format!("cannot read {folder}/{name}"))?;
            contracting.extend(uncalled(&name, &sql).map(|what| {
                format!("{folder}/{name}: {what} is called NNNN_contract_MMMM_what: see docs/adding-a-migration.md")
            }));
            found.insert(name);
        }
        names.push(found);
    }
    let mut faults = faults(&names[0], &names[1]);
    faults.extend(contracting);
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    println!("{} migrations, each for both databases", names[0].len());
    Ok(())
}

fn faults(sqlite: &BTreeSet<String>, postgres: &BTreeSet<String>) -> Vec<String> {
    let mut faults: Vec<String> = sqlite
        .symmetric_difference(postgres)
        .map(|name| {
            let [has, lacks] = if sqlite.contains(name) {
                FOLDERS
            } else {
                [FOLDERS[1], FOLDERS[0]]
            };
            format!("{name} is in {has} but not in {lacks}")
        })
        .collect();
    let all: BTreeSet<&String> = sqlite.union(postgres).collect();
    let mut expected = 1;
    for name in all {
        match number(name) {
            None => faults.push(format!(
                "{name} is not named NNNN_name.sql (lower case, digits and underscores)"
            )),
            Some(number) => {
                if number != expected {
                    faults.push(format!("{name}: expected number {expected:04}"));
                }
                expected = number + 1;
            }
        }
    }
    if expected == 1 && faults.is_empty() {
        faults.push("there is no migration".to_owned());
    }
    faults
}

/// The number of a well-named migration.
fn number(name: &str) -> Option<u32> {
    let (digits, rest) = name.strip_suffix(".sql")?.split_once('_')?;
    let named = !rest.is_empty()
        && rest
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let numbered = digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit());
    if named && numbered {
        digits.parse().ok()
    } else {
        None
    }
}

/// What takes away or tightens what a program of before may use.
const CONTRACTING: [&str; 7] = [
    "DROP TABLE",
    "DROP COLUMN",
    "DROP VIEW",
    " RENAME ",
    "SET NOT NULL",
    "ADD CONSTRAINT",
    " TYPE ",
];

/// What a migration takes away although its name does not say so.
fn uncalled(name: &str, sql: &str) -> Option<String> {
    if since(name).is_some() {
        return None;
    }
    let code: Vec<&str> = sql
        .lines()
        .filter_map(|line| line.split("--").next())
        .flat_map(str::split_whitespace)
        .collect();
    let code = code.join(" ").to_ascii_uppercase();
    code.split(';').find_map(|statement| {
        let statement = statement.trim_start();
        let changes = statement.starts_with("ALTER TABLE") || statement.starts_with("DROP ");
        let found = CONTRACTING.iter().find(|phrase| statement.contains(**phrase))?;
        changes.then(|| format!("what does {}", found.trim()))
    })
}

/// The migration since which nobody uses what this one takes away.
fn since(name: &str) -> Option<u32> {
    let (number, rest) = (number(name)?, name.get(5..)?.strip_prefix("contract_")?);
    let (since, what) = rest.split_once('_')?;
    let since = since.parse().ok()?;
    (since < number && !what.is_empty()).then_some(since)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn accepts_pairs_without_a_gap() {
        let names = set(&["0001_klanten.sql", "0002_journal.sql"]);
        assert_eq!(faults(&names, &names), Vec::<String>::new());
    }

    #[test]
    fn what_takes_away_says_so_in_its_name() {
        let cases = [
            ("0002_a.sql", "ALTER TABLE klant\n  DROP COLUMN naam;", true),
            ("0002_a.sql", "drop table klant;", true),
            (
                "0002_a.sql",
                "ALTER TABLE klant RENAME COLUMN naam TO namen;",
                true,
            ),
            (
                "0002_a.sql",
                "ALTER TABLE klant ALTER COLUMN naam SET NOT NULL;",
                true,
            ),
            ("0002_contract.sql", "DROP TABLE klant;", true),
            ("0002_contract_0002_a.sql", "DROP TABLE klant;", true),
            ("0002_contract_0001_a.sql", "DROP TABLE klant;", false),
            (
                "0002_a.sql",
                "-- DROP TABLE klant\nDROP INDEX klant_by_naam;",
                false,
            ),
            (
                "0002_a.sql",
                "CREATE TABLE b (type TEXT NOT NULL); ALTER TABLE klant ADD COLUMN b TEXT;",
                false,
            ),
        ];
        for (name, sql, expected) in cases {
            assert_eq!(uncalled(name, sql).is_some(), expected, "{name} {sql}");
        }
    }

    #[test]
    fn names_each_fault() {
        let cases: &[(&[&str], &[&str], &str)] = &[
            (
                &["0001_a.sql"],
                &[],
                "0001_a.sql is in migrations/sqlite but not in migrations/postgres",
            ),
            (
                &[],
                &["0001_a.sql"],
                "0001_a.sql is in migrations/postgres but not in migrations/sqlite",
            ),
            (
                &["0002_a.sql"],
                &["0002_a.sql"],
                "0002_a.sql: expected number 0001",
            ),
            (
                &["0001_a.sql", "0003_b.sql"],
                &["0001_a.sql", "0003_b.sql"],
                "0003_b.sql: expected number 0002",
            ),
            (
                &["0001_a.sql", "0001_b.sql"],
                &["0001_a.sql", "0001_b.sql"],
                "0001_b.sql: expected number 0002",
            ),
            (
                &["1_a.sql"],
                &["1_a.sql"],
                "1_a.sql is not named NNNN_name.sql (lower case, digits and underscores)",
            ),
            (
                &["0001_A.sql"],
                &["0001_A.sql"],
                "0001_A.sql is not named NNNN_name.sql (lower case, digits and underscores)",
            ),
            (&[], &[], "there is no migration"),
        ];
        for (sqlite, postgres, fault) in cases {
            assert_eq!(
                faults(&set(sqlite), &set(postgres)),
                [*fault],
                "{sqlite:?} {postgres:?}"
            );
        }
    }
}
