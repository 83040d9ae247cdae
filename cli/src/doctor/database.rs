//! The database: whether it opens, takes changes, is sound, and has the schema this program can serve.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use openklant_shared::clock::Clock;
use openklant_shared::storage::migrate::{Fit, SchemaError};
use openklant_shared::storage::secrets::Locked;
use openklant_shared::storage::{Db, inspect};

use super::finding::Finding;
use crate::migrate::text_of;

/// How far the clock of a server may differ before tokens and leases suffer.
pub const CLOCK_TOLERANCE: TimeDelta = TimeDelta::seconds(10);

/// The most owners of secrets that one finding names.
const MOST_NAMED: usize = 5;

/// It does not open.
pub fn not_open(error: &anyhow::Error) -> Finding {
    Finding::fault(
        "database",
        format!("{error:#}"),
        "correct OPENKLANT_DATABASE_URL, or bring the database back; nothing else of it could be looked at",
    )
}

/// Whether it takes changes.
pub async fn writable(db: &Db) -> anyhow::Result<Vec<Finding>> {
    Ok(match db.check_writable().await {
        Ok(()) => Vec::new(),
        Err(error) => vec![Finding::fault(
            "database writable",
            error.to_string(),
            "free or add disk space and look at the rights of the file and its folder; on PostgreSQL use the address \
             of the primary",
        )],
    })
}

/// Whether what it holds is sound.
pub async fn integrity(db: &Db) -> anyhow::Result<Vec<Finding>> {
    let pages = inspect::faults_in_pages(db).await?.into_iter().map(|fault| {
        let todo = match db.kind() {
            "sqlite" => {
                "stop the program, keep the file, and restore a backup; see Restore in docs/operations.md"
            }
            _ => "rebuild it: REINDEX INDEX CONCURRENTLY",
        };
        Finding::fault("database integrity", fault, todo)
    });
    let rows = inspect::bad_rows(db).await?;
    let rows = rows.iter().map(|row| {
        Finding::fault(
            "database integrity",
            text_of(row),
            "somebody wrote past the program, or a restore was cut off: remove the row, or restore a backup",
        )
    });
    Ok(pages.chain(rows).collect())
}

/// Whether its replica answers, when it has one.
pub async fn replica(db: &Db) -> anyhow::Result<Vec<Finding>> {
    Ok(match db.replica_answers().await {
        Some(false) => vec![Finding::warning(
            "database replica",
            "the read replica does not answer; all requests read from the primary",
            "bring it back, or correct OPENKLANT_DATABASE_READ_URL",
        )],
        Some(true) | None => Vec::new(),
    })
}

/// Whether its server has our time.
pub async fn clock(db: &Db) -> anyhow::Result<Vec<Finding>> {
    let before = Clock::System.now();
    let Some(theirs) = inspect::clock(db).await? else {
        return Ok(Vec::new());
    };
    let after = Clock::System.now();
    Ok(skew(
        "database clock",
        "the server of the database",
        before,
        theirs,
        after,
    ))
}

/// A finding when `theirs` lies further than the tolerance outside of `before` to `after`.
pub fn skew(
    check: &'static str,
    who: &str,
    before: chrono::DateTime<chrono::Utc>,
    theirs: chrono::DateTime<chrono::Utc>,
    after: chrono::DateTime<chrono::Utc>,
) -> Vec<Finding> {
    let (amount, word) = if theirs > after {
        (theirs - after, "ahead of")
    } else {
        (before - theirs, "behind")
    };
    if amount <= CLOCK_TOLERANCE {
        return Vec::new();
    }
    vec![Finding::warning(
        check,
        format!("the clock of {who} is {} s {word} ours", amount.num_seconds()),
        "have both machines keep time (NTP): tokens are refused and messages wait when clocks differ",
    )]
}

/// How the schema stands to this program, and whether the rest can be looked at.
pub async fn schema(db: &Db) -> (Option<Finding>, bool) {
    let found = match db.check_schema().await {
        Ok(Fit::Exact) => None,
        Ok(Fit::Ahead(migration)) => Some((
            Finding::warning(
                "schema",
                format!("the database has migration {migration}, of a newer version than this program"),
                "finish the upgrade: run the newer version everywhere",
            ),
            true,
        )),
        Err(error @ SchemaError::Behind(_)) => Some((
            Finding::fault("schema", error.to_string(), "run `openklant migrate`"),
            false,
        )),
        Err(error) => Some((
            Finding::fault(
                "schema",
                error.to_string(),
                "run the version of openklant that fits the database",
            ),
            false,
        )),
    };
    match found {
        None => (None, true),
        Some((finding, fits)) => (Some(finding), fits),
    }
}

/// Whether all that the migrations made is there.
pub async fn parts(db: &Db) -> anyhow::Result<Vec<Finding>> {
    Ok(inspect::missing_parts(db)
        .await?
        .into_iter()
        .map(|part| {
            let todo = if part.starts_with("index ") {
                "make it again as the migration of its name does: lists that filter by it read the whole table"
            } else {
                "restore a backup: somebody changed the schema past the program"
            };
            Finding::fault("schema", format!("{part} is missing"), todo)
        })
        .collect())
}

/// The secrets that do not open with the keys there are: one finding for each cause.
pub async fn secrets(db: &Db) -> anyhow::Result<Vec<Finding>> {
    let mut owners: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for Locked { row, error } in db.locked_secrets().await? {
        owners.entry(error.to_string()).or_default().push(row);
    }
    let finding = |(error, rows): (String, Vec<String>)| {
        let named = rows.iter().take(MOST_NAMED).map(String::as_str);
        let named: Vec<&str> = named
            .chain((rows.len() > MOST_NAMED).then_some("others"))
            .collect();
        Finding::fault(
            "secrets",
            format!("{error}; it belongs to {}", named.join(", ")),
            "put the key in place (`openklant secrets status` shows which keys are in use), or give the secret anew",
        )
    };
    Ok(owners.into_iter().map(finding).collect())
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;

    #[test]
    fn a_small_difference_of_clocks_is_none() {
        let at =
            |seconds: i64| DateTime::<Utc>::from_timestamp(1_700_000_000 + seconds, 0).unwrap_or_default();
        for (theirs, expected) in [
            (0, None),
            (12, None),
            (-10, None),
            (13, Some("ahead of")),
            (-11, Some("behind")),
        ] {
            let found = skew("clock", "x", at(0), at(theirs), at(2));
            assert_eq!(found.len(), usize::from(expected.is_some()), "{theirs}");
            if let Some(word) = expected {
                assert!(found[0].row()[2].contains(word), "{found:?}");
            }
        }
    }
}
