//! `cargo xtask layers`: the direction of imports, where SQL may stand, and what no file may name. Reads text only;
//! the compiler already holds what it can hold (a crate cannot import one it does not depend on).

mod imports;
mod places;
mod source;
mod sql;

use std::fs;

use anyhow::{Context, Result, bail};

use self::source::Source;
use crate::workspace::Workspace;

/// Crates of the product. The tests and these tasks may look at the database as they like.
const PRODUCT: [&str; 4] = ["api/", "cli/", "shared/", "worker/"];

/// Something that stands where it may not.
struct Offence {
    line: usize,
    sentence: String,
}

/// Checks every file of the repository.
pub fn check(workspace: &Workspace) -> Result<()> {
    let files = workspace.files()?;
    let mut faults = Vec::new();
    for file in &files {
        let bytes = fs::read(workspace.root().join(file)).with_context(|| format!("cannot read {file}"))?;
        let Ok(text) = String::from_utf8(bytes) else {
            continue;
        };
        let found = offences(file, &text).with_context(|| format!("cannot read {file} as Rust"))?;
        faults.extend(
            found
                .into_iter()
                .map(|offence| format!("{file}:{}: {}", offence.line, offence.sentence)),
        );
    }
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    println!("{} files in order", files.len());
    Ok(())
}

fn offences(file: &str, text: &str) -> Result<Vec<Offence>> {
    let mut found = places::offences(text);
    let is_rust = file.rsplit_once('.').is_some_and(|(_, ending)| ending == "rs");
    if is_rust && is_product(file) {
        let source = Source::read(text, &source::module_of(file))?;
        found.extend(imports::offences(file, &source));
        found.extend(sql::offences(file, &source));
    }
    found.sort_by_key(|offence| offence.line);
    Ok(found)
}

fn is_product(file: &str) -> bool {
    PRODUCT.iter().any(|folder| file.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_found_in_product_files_only_and_in_order() {
        let text = "fn f() { sqlx::query(\"SELECT 1\"); }\nuse sqlx::Row;";
        let found = |file| {
            offences(file, text)
                .unwrap()
                .iter()
                .map(|offence| offence.line)
                .collect::<Vec<_>>()
        };
        assert_eq!(found("api/src/klanten/service.rs"), [1, 1, 2]);
        assert_eq!(found("tests/src/database.rs"), [0_usize; 0]);
        assert_eq!(found("docs/sql.md"), [0_usize; 0]);
    }

    #[test]
    fn text_that_is_not_rust_is_an_error() {
        assert!(offences("api/src/lib.rs", "fn f( {").is_err());
    }
}
