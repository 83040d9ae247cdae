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

on_both! {
    async fn what_waits_is_listed_then_done(database: Database) {
        let program = Program::on(&database);
        let all = states(&program, "migrate").await;
        assert!(all.iter().all(|state| state == "applied"), "{all:?}");
        database.become_earlier(2).await;
        let expected = |rest: &'static str| [vec!["applied"; 2], vec![rest; all.len() - 2]].concat();
        for _ in 0..2 {
            assert_eq!(states(&program, "migrate --dry-run").await, expected("waiting"));
        }
        assert_eq!(states(&program, "migrate").await, expected("applied now"));
        assert_eq!(database.probe().count("outbox").await, 0);
    }

    async fn up_always_migrates(database: Database) {
        database.become_earlier(2).await;
        let up = Program::on(&database).start("up");
        up.address().await;
        up.terminate();
        up.end().await.well();
        assert_eq!(database.probe().count("outbox").await, 0);
    }

    async fn others_refuse_a_postgres_that_is_behind(database: Database) {
        database.become_earlier(2).await;
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
        database.become_earlier(2).await;
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
