//! The scheduled jobs by command.

use openklant_tests::listener::Reply;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::program::Program;
use openklant_tests::{Database, on_both, wait};
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
        for job in jobs {
            let name = job["name"].as_str().expect("a name");
            let text = program.run(&format!("jobs run {name} --dry-run --format json")).await.well();
            let foreseen: Value = serde_json::from_str(&text).expect("JSON");
            let counts = !matches!(name, "kanalen" | "upkeep");
            assert_eq!(foreseen["rows"].as_i64(), counts.then_some(0), "{foreseen}");
        }
        let text = program.run("jobs run messages --dry-run").await.well();
        assert!(text.contains("OPENKLANT_MESSAGE_RETENTION: 0 rows now."), "{text}");
        let logged = database.probe().texts("SELECT command FROM operator_log").await;
        assert_eq!(logged, vec!["jobs run"; jobs.len()]);
    }
}

on_both! {
    async fn a_run_that_is_cut_off_is_shown_as_interrupted(database: Database) {
        let notificaties = Notificaties::start().await;
        let program = Program::on(&database).with(notificaties.settings());
        program.run("migrate").await.well();
        let outcome = async |job: &str| {
            let text = program.run("jobs list").await.well();
            let line = text.lines().find(|line| line.starts_with(job)).expect("a line for each job");
            ["interrupted", "running", "done", "failed"].into_iter().find(|word| line.contains(word)).map(str::to_owned)
        };
        notificaties.next_for_kanalen([Reply::hang()]);
        let by_hand = program.start("jobs run kanalen --yes");
        wait::until_found("the job is under way", async || {
            (database.probe().count("job_run").await == 1).then_some(())
        })
        .await;
        assert_eq!(outcome("kanalen").await.as_deref(), Some("running"));
        by_hand.terminate();
        by_hand.end().await.complains(1, "kanalen was interrupted");
        assert_eq!(outcome("kanalen").await.as_deref(), Some("interrupted"));

        database
            .probe()
            .execute(
                "INSERT INTO job_run (job, tick, worker, started_at, detail) \
                 VALUES ('audit', '2026-01-05 02:30:00+00:00', 'killed', '2026-01-05 02:30:00+00:00', '')",
            )
            .await;
        assert_eq!(outcome("audit").await.as_deref(), Some("interrupted"));
    }
}

on_both! {
    async fn a_failure_is_logged_once_and_again_after_a_success(database: Database) {
        let notificaties = Notificaties::start().await;
        let right = Program::on(&database).with(notificaties.settings());
        let wrong = right.clone().with([("OPENKLANT_NOTIFICATIES_SECRET", "another secret")]);
        let errors = async |program: &Program| {
            let ended = program.run("jobs run kanalen --yes").await;
            ended.stderr.matches("job failed").count()
        };
        let counts = [errors(&wrong).await, errors(&wrong).await, errors(&right).await, errors(&wrong).await];
        assert_eq!(counts, [1, 0, 0, 1]);
        let outcomes = "SELECT outcome FROM job_run ORDER BY id";
        assert_eq!(database.probe().texts(outcomes).await, ["failed", "failed", "done", "failed"]);
    }
}

#[tokio::test]
async fn an_unknown_job_is_wrong_usage() {
    let ended = Program::new().run("jobs run everything").await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
}
