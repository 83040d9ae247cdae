//! The scheduled jobs by command.

use openklant_tests::program::Program;
use openklant_tests::{Database, on_both};
use serde_json::Value;

on_both! {
    async fn a_job_is_run_by_hand_and_seen(database: Database) {
        let program = Program::on(&database);
        let list = async || {
            let text = program.run("jobs list --format json").await.well();
            serde_json::from_str::<Value>(&text).expect("JSON")
        };
        let before = list().await;
        let jobs = before.as_array().expect("a list");
        assert!(jobs.len() >= 6 && jobs.iter().all(|job| job["lastRun"].is_null()), "{before}");
        program.run("jobs run messages").await.complains(2, "add --yes");
        for job in jobs {
            let name = job["name"].as_str().expect("a name");
            program.run(&format!("jobs run {name} --yes --operator piet")).await.well();
        }
        let after = list().await;
        for job in after.as_array().expect("a list") {
            assert_eq!(job["lastRun"]["outcome"], "done", "{job}");
            assert_eq!(job["lastRun"]["worker"], "by hand: piet", "{job}");
            assert!(job["lastRun"]["durationMs"].is_number(), "{job}");
        }
        let logged = database.probe().texts("SELECT command FROM operator_log").await;
        assert_eq!(logged, vec!["jobs run"; jobs.len()]);
    }
}

#[tokio::test]
async fn an_unknown_job_is_wrong_usage() {
    let ended = Program::new().run("jobs run everything").await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
}
