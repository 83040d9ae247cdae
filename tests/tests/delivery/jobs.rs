//! The scheduled jobs, through the library of the worker and with a clock that stands still.

use chrono::TimeDelta;
use openklant_tests::app::Setup;
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::notificaties::Notificaties;
use openklant_tests::{App, Database, on_both};
use openklant_worker::cleanup::{self, JOBS, Job};

fn job(name: &str) -> &'static Job {
    cleanup::find(name).expect("a job of this name")
}

async fn detail_of(app: &App, name: &str) -> (String, String) {
    let context = app.worker_context();
    let run = cleanup::run(&context, "tester", job(name), context.clock.now())
        .await
        .expect("a run is recorded")
        .expect("nobody else runs it");
    (run.outcome.expect("it has ended"), run.detail)
}

/// Adds messages that were finished so many days ago, each with an attempt.
async fn finished(app: &App, state: &str, days: i64, count: usize) {
    let at = (app.clock().now() - TimeDelta::days(days)).format("%Y-%m-%d %H:%M:%S+00:00");
    let messages: Vec<String> = (0..count)
        .map(|_| {
            let uuid = app.worker_context().ids.next();
            format!("('{uuid}', 'klanten', '{uuid}', '{{}}', '{state}', 1, '{at}', '{at}', '{at}')")
        })
        .collect();
    let attempts = "INSERT INTO outbox_attempt (outbox_id, nr, started_at, duration_ms, status, class, answer) \
                    SELECT id, 1, created_at, 5, 201, 'delivered', '' FROM outbox \
                    WHERE NOT EXISTS (SELECT 1 FROM outbox_attempt WHERE outbox_id = outbox.id)";
    let insert = "INSERT INTO outbox (uuid, kanaal, object_uuid, message, state, attempts, next_attempt_at, created_at, \
                  finished_at) VALUES ";
    app.probe()
        .execute(&format!("{insert}{}", messages.join(", ")))
        .await;
    app.probe().execute(attempts).await;
}

on_both! {
    async fn one_of_two_workers_runs_a_tick(database: Database) {
        let first = Setup::new().start(&database).await;
        let second = Setup::new().start(&database).await;
        for tick in 1..=3 {
            let tick = first.clock().now() + TimeDelta::minutes(tick);
            let (one, other) = (first.worker_context(), second.worker_context());
            let (one, other) = tokio::join!(
                cleanup::run(&one, "one", job("leases"), tick),
                cleanup::run(&other, "other", job("leases"), tick),
            );
            let runs = [one, other].map(|run| run.expect("the database answers"));
            assert_eq!(runs.iter().flatten().count(), 1, "{runs:?}");
        }
        let outcomes = database.probe().texts("SELECT outcome FROM job_run ORDER BY id").await;
        assert_eq!(outcomes, ["done"; 3]);
    }

    async fn what_was_delivered_long_ago_is_removed_and_what_is_parked_is_kept(app: App) {
        // More than one batch.
        finished(&app, "delivered", 31, 1_100).await;
        finished(&app, "cancelled", 31, 1).await;
        finished(&app, "delivered", 29, 2).await;
        finished(&app, "parked", 400, 3).await;
        let done = ("done".to_owned(), "1101 messages removed".to_owned());
        assert_eq!(detail_of(&app, "messages").await, done);
        let left = app.probe().texts("SELECT state FROM outbox ORDER BY id").await;
        assert_eq!(left, ["delivered", "delivered", "parked", "parked", "parked"]);
        assert_eq!(app.probe().count("outbox_attempt").await, 5);
    }

    async fn audit_rows_are_kept_unless_a_setting_says_otherwise(database: Database) {
        let app = Setup::new().start(&database).await;
        let client = app.client();
        client.post(KLANTEN, &klant("1")).await.is(201);
        app.clock().advance(TimeDelta::days(400));
        client.post(KLANTEN, &klant("2")).await.is(201);
        let (_, detail) = detail_of(&app, "audit").await;
        assert!(detail.starts_with("off"), "{detail}");
        assert_eq!(database.probe().count("audittrail").await, 2);

        let tidy = Setup::new().with([("OPENKLANT_AUDIT_RETENTION", "365d")]).start(&database).await;
        tidy.clock().advance(TimeDelta::days(401));
        assert_eq!(detail_of(&tidy, "audit").await.1, "1 audit rows removed");
        assert_eq!(database.probe().count("audittrail").await, 1);
    }

    async fn a_job_that_fails_is_recorded_and_the_others_run(database: Database) {
        let notificaties = Notificaties::start().await;
        let app = Setup::new()
            .with(notificaties.settings())
            .with([("OPENKLANT_NOTIFICATIES_SECRET", "another secret")])
            .start(&database)
            .await;
        for job in &JOBS {
            detail_of(&app, job.name).await;
        }
        let sql = "SELECT job || ' ' || outcome FROM job_run ORDER BY id";
        let runs = database.probe().texts(sql).await;
        let expected: Vec<String> = JOBS
            .iter()
            .map(|job| format!("{} {}", job.name, if job.name == "kanalen" { "failed" } else { "done" }))
            .collect();
        assert_eq!(runs, expected);
        let why = database.probe().texts("SELECT detail FROM job_run WHERE job = 'kanalen'").await;
        assert!(why[0].contains("403"), "{why:?}");
    }

    async fn what_is_late_runs_at_the_start_and_only_that(app: App) {
        let context = app.worker_context();
        cleanup::run_late(&context, "tester").await;
        cleanup::run_late(&context, "tester").await;
        assert_eq!(app.probe().count("job_run").await, 5, "each once, but for the kanalen");
        app.clock().advance(TimeDelta::minutes(61));
        cleanup::run_late(&context, "tester").await;
        let again = app.probe().texts("SELECT job FROM job_run WHERE id > 5 ORDER BY id").await;
        assert_eq!(again, ["leases", "history"]);
        // A month later the first runs are forgotten, the last of each job are not.
        app.clock().advance(TimeDelta::days(31));
        let (_, detail) = detail_of(&app, "history").await;
        assert_eq!(detail, "3 runs and 0 workers removed");
    }

    async fn a_worker_shows_itself_while_it_lives(database: Database) {
        let mut app = Setup::new().in_real_time().start(&database).await;
        app.start_worker();
        openklant_tests::wait::until_found("the worker shows itself", async || {
            (database.probe().count("worker_heartbeat").await == 1).then_some(())
        })
        .await;
        app.stop_workers().await;
        assert_eq!(database.probe().count("worker_heartbeat").await, 0, "a worker that stopped is not dead");
    }
}
