//! The scheduled jobs, through the library of the worker and with a clock that stands still.

use chrono::TimeDelta;
use openklant_shared::storage::job_run::{self, BY_HAND};
use openklant_shared::storage::worker_heartbeat::{self, Heartbeat};
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

/// How many rows a run would touch.
async fn foreseen(app: &App, name: &str) -> Option<i64> {
    cleanup::preview(&app.worker_context(), job(name))
        .await
        .expect("the database answers")
}

/// Takes a tick of a job and does not finish it.
async fn begin(app: &App, name: &str, worker: &str) {
    let now = app.clock().now();
    job_run::begin(app.db(), name, now, worker, now)
        .await
        .expect("the database answers")
        .expect("nobody else has the tick");
}

/// What came of the last run, as operators are told at this moment.
async fn outcome(app: &App, name: &str) -> Option<String> {
    let run = job_run::last(app.db(), name)
        .await
        .expect("the database answers")
        .expect("a run");
    run.outcome(app.clock().now()).map(str::to_owned)
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
        assert_eq!(foreseen(&app, "messages").await, Some(1_101));
        let done = ("done".to_owned(), "1101 messages removed".to_owned());
        assert_eq!(detail_of(&app, "messages").await, done);
        let left = app.probe().texts("SELECT state FROM outbox ORDER BY id").await;
        assert_eq!(left, ["delivered", "delivered", "parked", "parked", "parked"]);
        assert_eq!(app.probe().count("outbox_attempt").await, 5);
        assert_eq!(foreseen(&app, "messages").await, Some(0));
    }

    async fn audit_rows_are_kept_unless_a_setting_says_otherwise(database: Database) {
        let app = Setup::new().start(&database).await;
        let client = app.client();
        client.post(KLANTEN, &klant("1")).await.is(201);
        app.clock().advance(TimeDelta::days(400));
        client.post(KLANTEN, &klant("2")).await.is(201);
        let (_, detail) = detail_of(&app, "audit").await;
        assert!(detail.starts_with("off"), "{detail}");
        assert_eq!(foreseen(&app, "audit").await, Some(0));
        assert_eq!(database.probe().count("audittrail").await, 2);

        let tidy = Setup::new().with([("OPENKLANT_AUDIT_RETENTION", "365d")]).start(&database).await;
        tidy.clock().advance(TimeDelta::days(401));
        assert_eq!(foreseen(&tidy, "audit").await, Some(1));
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
        let once = app.probe().texts("SELECT job FROM job_run ORDER BY id").await;
        let expected: Vec<&str> = JOBS.iter().map(|job| job.name).filter(|name| *name != "kanalen").collect();
        assert_eq!(once, expected, "each once, but for the kanalen");
        app.clock().advance(TimeDelta::minutes(61));
        cleanup::run_late(&context, "tester").await;
        let again = app.probe().texts("SELECT job FROM job_run ORDER BY id").await;
        assert_eq!(again[once.len()..], ["leases", "sessions", "history"]);
        // A month later the first runs are forgotten, the last of each job are not.
        app.clock().advance(TimeDelta::days(31));
        assert_eq!(foreseen(&app, "history").await, Some(3), "the run itself makes another one old");
        let (_, detail) = detail_of(&app, "history").await;
        assert_eq!(detail, "4 runs, 0 counts per hour and 0 workers removed");
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

    async fn the_operators_log_is_kept_for_two_years_or_as_a_setting_says(database: Database) {
        let app = Setup::new().start(&database).await;
        let days_ago = |days| (app.clock().now() - TimeDelta::days(days)).format("%Y-%m-%d %H:%M:%S+00:00");
        let row = |days| format!("('{}', 'piet', 'outbox pause', '{days}')", days_ago(days));
        // More than one batch.
        let rows: Vec<String> = [731; 600].into_iter().chain([729, 400, 1]).map(row).collect();
        let sql = format!("INSERT INTO operator_log (at, operator, command, detail) VALUES {}", rows.join(", "));
        app.probe().execute(&sql).await;
        assert_eq!(foreseen(&app, "operator-log").await, Some(600));
        assert_eq!(detail_of(&app, "operator-log").await.1, "600 rows removed");
        let left = "SELECT detail FROM operator_log ORDER BY id";
        assert_eq!(app.probe().texts(left).await, ["729", "400", "1"]);

        let with = async |kept| {
            let setting = [("OPENKLANT_OPERATOR_LOG_RETENTION", kept)];
            let app = Setup::new().with(setting).start(&database).await;
            // Another tick than that of the run before.
            app.clock().advance(TimeDelta::minutes(if kept == "off" { 1 } else { 2 }));
            (foreseen(&app, "operator-log").await, detail_of(&app, "operator-log").await.1)
        };
        let (rows, detail) = with("off").await;
        assert!(rows == Some(0) && detail.starts_with("off"), "{rows:?} {detail}");
        assert_eq!(with("365d").await, (Some(2), "2 rows removed".to_owned()));
        assert_eq!(app.probe().texts(left).await, ["1"]);
    }

    async fn what_a_run_would_touch_is_known_where_that_has_a_meaning(app: App) {
        for job in &JOBS {
            let none = matches!(job.name, "kanalen" | "upkeep");
            assert_eq!(foreseen(&app, job.name).await, (!none).then_some(0), "{}", job.name);
        }
        app.client().post(KLANTEN, &klant("1")).await.is(201);
        app.probe().execute("UPDATE outbox SET state = 'delivering', lease_until = created_at, leased_by = 'gone'").await;
        app.clock().advance(TimeDelta::seconds(1));
        assert_eq!(foreseen(&app, "leases").await, Some(1));
        assert_eq!(detail_of(&app, "leases").await.1, "1 messages given back");
        app.probe()
            .execute("INSERT INTO worker_heartbeat (worker, host, version, started_at, seen_at) \
                      SELECT 'gone', 'h', '1', created_at, '2020-01-01 00:00:00+00:00' FROM outbox")
            .await;
        assert_eq!(foreseen(&app, "history").await, Some(1));
        assert_eq!(detail_of(&app, "history").await.1, "0 runs, 0 counts per hour and 1 workers removed");
    }

    async fn a_run_whose_worker_is_gone_was_interrupted_and_runs_again(app: App) {
        cleanup::run_late(&app.worker_context(), "tester").await;
        let heartbeat = |worker: &str| Heartbeat {
            worker: worker.to_owned(),
            host: "h".to_owned(),
            version: "1".to_owned(),
            started_at: app.clock().now(),
            seen_at: app.clock().now(),
        };
        app.clock().advance(TimeDelta::seconds(1));
        begin(&app, "messages", "dies").await;
        begin(&app, "audit", "lives").await;
        begin(&app, "history", &format!("{BY_HAND}piet")).await;
        assert_eq!(outcome(&app, "messages").await, None, "it may have begun to live just now");
        app.clock().advance(TimeDelta::seconds(31));
        worker_heartbeat::beat(app.db(), &heartbeat("lives")).await.expect("the database answers");
        assert_eq!(outcome(&app, "messages").await.as_deref(), Some("interrupted"));
        for running in ["audit", "history"] {
            assert_eq!(outcome(&app, running).await, None, "{running}");
        }
        app.clock().advance(TimeDelta::seconds(40));
        assert_eq!(outcome(&app, "audit").await.as_deref(), Some("interrupted"), "it fell silent");

        let before = app.probe().count("job_run").await;
        cleanup::run_late(&app.worker_context(), "tester").await;
        let again = format!("SELECT job FROM job_run WHERE id > {before} ORDER BY id");
        assert_eq!(app.probe().texts(&again).await, ["messages", "audit", "leases"]);
        assert_eq!(outcome(&app, "messages").await.as_deref(), Some("done"));
        app.clock().advance(TimeDelta::days(1));
        assert_eq!(outcome(&app, "history").await.as_deref(), Some("interrupted"), "nobody waits for so long");
    }

    async fn a_stop_records_the_run_that_it_cuts_off(database: Database) {
        let mut app = Setup::new().in_real_time().start(&database).await;
        app.start_worker();
        let worker = openklant_tests::wait::until_found("the worker shows itself", async || {
            database.probe().texts("SELECT worker FROM worker_heartbeat").await.pop()
        })
        .await;
        begin(&app, "messages", &worker).await;
        begin(&app, "audit", "another").await;
        app.stop_workers().await;
        let runs = database
            .probe()
            .texts("SELECT job || ' ' || COALESCE(outcome, '-') FROM job_run WHERE job IN ('messages', 'audit') ORDER BY id")
            .await;
        assert_eq!(runs, ["messages interrupted", "audit -"]);
    }
}
