//! Migrating: listed, done, and refused where it is a step of its own.

use openklant_tests::program::Program;
use openklant_tests::{Database, Kind, on_both};
use serde_json::Value;

async fn states(program: &Program, command: &str) -> Vec<String> {
    let listed = program.run(&format!("{command} --format json")).await.well();
    let listed: Vec<Value> = serde_json::from_str(&listed).expect("a list");
    listed
        .iter()
        .filter_map(|step| step["state"].as_str().map(ToOwned::to_owned))
        .collect()
}

/// The tables of the first two migrations, and the notes on what ran.
const FIRST_TWO: [&str; 6] = [
    "_sqlx_migrations",
    "client_credential",
    "applicatie",
    "applicatie_client",
    "autorisatie",
    "klant",
];

/// Takes all migrations but the first two back: the tables they made, what they added to those of the first two, and the
/// notes that they ran.
async fn take_back(database: &Database) {
    let (tables, how) = match database.kind() {
        Kind::Sqlite => (
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
            "",
        ),
        Kind::Postgres => (
            "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()",
            "CASCADE",
        ),
    };
    let mut undo = String::from("DELETE FROM _sqlx_migrations WHERE version > 2;");
    match database.kind() {
        Kind::Sqlite => {
            let triggers = "SELECT name FROM sqlite_schema WHERE type = 'trigger'";
            for trigger in database.probe().texts(triggers).await {
                undo += &["DROP TRIGGER ", &trigger, ";"].concat();
            }
        }
        Kind::Postgres => {
            let functions = "SELECT CAST(proname AS TEXT) FROM pg_proc WHERE pronamespace = current_schema()::regnamespace";
            for function in database.probe().texts(functions).await {
                undo += &["DROP FUNCTION ", &function, " CASCADE;"].concat();
            }
        }
    }
    for table in database.probe().texts(tables).await {
        if !FIRST_TWO.contains(&table.as_str()) {
            undo += &["DROP TABLE ", &table, " ", how, ";"].concat();
        }
    }
    for column in [
        "secret_key",
        "previous_secret",
        "previous_secret_key",
        "previous_until",
    ] {
        undo += &["ALTER TABLE client_credential DROP COLUMN ", column, ";"].concat();
    }
    database.probe().execute(&undo).await;
}

on_both! {
    async fn what_waits_is_listed_then_done(database: Database) {
        let program = Program::on(&database);
        let all = states(&program, "migrate").await;
        assert!(all.iter().all(|state| state == "applied"), "{all:?}");
        take_back(&database).await;
        let expected = |rest: &'static str| [vec!["applied"; 2], vec![rest; all.len() - 2]].concat();
        for _ in 0..2 {
            assert_eq!(states(&program, "migrate --dry-run").await, expected("waiting"));
        }
        assert_eq!(states(&program, "migrate").await, expected("applied now"));
        assert_eq!(database.probe().count("outbox").await, 0);
    }

    async fn up_always_migrates(database: Database) {
        take_back(&database).await;
        let up = Program::on(&database).start("up");
        up.address().await;
        up.terminate();
        up.end().await.well();
        assert_eq!(database.probe().count("outbox").await, 0);
    }

    async fn others_refuse_a_postgres_that_is_behind(database: Database) {
        take_back(&database).await;
        let program = Program::on(&database);
        for command in ["worker --drain", "applicatie list", "token --client-id l"] {
            let ended = program.run(command).await;
            match database.kind() {
                Kind::Postgres => ended.complains(2, "run `openklant migrate` first"),
                Kind::Sqlite => assert!(!ended.stderr.contains("run `openklant migrate`"), "{ended:?}"),
            }
        }
    }
}

#[test]
fn servers_refuse_a_postgres_that_is_behind() {
    openklant_tests::both::run(Kind::Postgres, async |database: Database| {
        take_back(&database).await;
        for command in ["api", "worker"] {
            Program::on(&database)
                .run(command)
                .await
                .complains(2, "run `openklant migrate` first");
        }
    });
}

#[tokio::test]
async fn listing_makes_no_database() {
    let program = Program::new();
    let listed = states(&program, "migrate --dry-run").await;
    assert!(
        listed.len() >= 3 && listed.iter().all(|state| state == "waiting"),
        "{listed:?}"
    );
    assert!(!program.folder().join("data").exists());
}

#[tokio::test]
async fn commands_that_make_the_same_database_at_once_agree() {
    for _ in 0..5 {
        let program = Program::new();
        let all = tokio::join!(
            program.run("applicatie list"),
            program.run("migrate"),
            program.run("outbox status"),
            program.run("applicatie list"),
        );
        for ended in [all.0, all.1, all.2, all.3] {
            ended.well();
        }
    }
}
