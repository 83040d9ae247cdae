//! What operators did can be read back.

use openklant_tests::program::Program;
use openklant_tests::{Database, on_both};
use serde_json::Value;

on_both! {
    async fn what_was_done_is_shown_newest_first(database: Database) {
        let program = Program::on(&database);
        program.run("migrate").await.well();
        let read = async |line: &str| {
            let text = program.run(&format!("{line} --format json")).await.well();
            serde_json::from_str::<Vec<Value>>(&text).expect("a list")
        };
        assert!(read("log").await.is_empty());
        for (line, operator) in [("outbox pause", "piet"), ("outbox resume", "jan"), ("jobs run leases --yes", "piet")] {
            program.run(&format!("{line} --operator {operator}")).await.well();
        }
        database
            .probe()
            .execute(
                "INSERT INTO operator_log (at, operator, command, detail) \
                 VALUES ('2020-01-01 00:00:00+00:00', 'lang geleden', 'outbox pause', 'delivery paused')",
            )
            .await;
        let told = |rows: &[Value]| -> Vec<String> {
            rows.iter()
                .map(|row| format!("{} {}", row["operator"].as_str().unwrap_or("?"), row["command"].as_str().unwrap_or("?")))
                .collect()
        };
        let all = read("log").await;
        assert_eq!(
            told(&all),
            ["piet jobs run", "jan outbox resume", "piet outbox pause", "lang geleden outbox pause"]
        );
        assert!(all[0]["detail"].as_str().is_some_and(|detail| detail.starts_with("leases: done")), "{all:?}");
        assert_eq!(told(&read("log --since 1h").await), told(&all[..3]));
        assert_eq!(told(&read("log --limit 1").await), ["piet jobs run"]);
        let text = program.run("log --since 1h").await.well();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.len() == 4 && lines[0].starts_with("WHEN") && lines[2].contains("delivery resumed"), "{text}");
    }
}
