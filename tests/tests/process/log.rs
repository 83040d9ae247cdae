//! What the worker writes in its log: each attempt, each final failure as an error, and nothing about a person.

use openklant_tests::app::Setup;
use openklant_tests::fixtures::{KLANTEN, klant, natuurlijk_persoon};
use openklant_tests::listener::Reply;
use openklant_tests::logged::lines;
use openklant_tests::notificaties::{Notificaties, SECRET};
use openklant_tests::{Database, on_both, wait};
use serde_json::{Value, json};

use super::publishing;

/// Level and message of the warnings and errors, sorted. The kanalen are also a job, of each hour: what it says comes
/// when that hour is there.
fn loud(log: &str) -> Vec<String> {
    let mut lines: Vec<String> = lines(log)
        .iter()
        .filter(|line| ["WARN", "ERROR"].iter().any(|level| line["level"] == *level))
        .filter(|line| line["job"] != "kanalen")
        .map(|line| {
            let text = |field: &str| line[field].as_str().unwrap_or_default().to_owned();
            format!("{} {}", text("level"), text("message"))
        })
        .collect();
    lines.sort();
    lines
}

/// How many messages are in a state, as `outbox status` says.
fn depth(status: &str, state: &str) -> u32 {
    let line = status.lines().find_map(|line| line.strip_prefix(state));
    let count = line
        .and_then(|rest| rest.split_whitespace().next())
        .unwrap_or_default();
    count
        .parse()
        .unwrap_or_else(|error| panic!("{state}: {error}: {status}"))
}

on_both! {
    async fn a_final_failure_is_an_error_with_the_identity_of_the_message(database: Database) {
        let notificaties = Notificaties::start().await;
        let base = [("OPENKLANT_BASE_URL", "https://openklant.example.nl")];
        let app = Setup::new().with(base).in_real_time().start(&database).await;
        let body = natuurlijk_persoon("1");
        let url = app.client().post(KLANTEN, &body).await.expect(201).url();
        app.client().patch(&url, &body).await.is(200);
        notificaties.next([Reply::json(
            400,
            &json!({"actie": ["Fenna Waterland bestaat niet"]}),
        )]);
        let worker = publishing(&database, &notificaties)
            .with([("OPENKLANT_LOG_FORMAT", "json")])
            .start("worker");
        app.outbox_when("both messages are finished", |rows| {
            rows.iter()
                .map(|row| row.state.as_str())
                .eq(["parked", "delivered"])
        })
        .await;
        // The line is written before the outcome is recorded, but read by another task.
        wait::until_found("the log tells of both", async || {
            worker.stderr().contains("message delivered").then_some(())
        })
        .await;
        worker.terminate();
        let log = worker.end().await.stderr;
        let lines: Vec<Value> = log
            .lines()
            .map(|line| serde_json::from_str(line).expect("each line is JSON"))
            .collect();
        let errors: Vec<&Value> = lines.iter().filter(|line| line["level"] == "ERROR").collect();
        let [error] = errors[..] else {
            panic!("one error in {log}")
        };
        let uuids = database
            .probe()
            .texts("SELECT CAST(uuid AS TEXT) FROM outbox ORDER BY id")
            .await;
        assert!(
            error["message"]
                .as_str()
                .is_some_and(|text| text.contains("parked")),
            "{error}"
        );
        assert!(error.to_string().contains(&uuids[0]), "{error}");
        assert!(error.to_string().contains("400"), "{error}");
        for secret in [
            "Fenna",
            "Waterland",
            "111222333",
            "0612345678",
            "fenna@voorbeeld",
            "Bearer",
            SECRET,
        ] {
            assert!(!log.contains(secret), "{secret} in {log}");
        }
    }

    async fn a_wrong_secret_is_one_line_however_many_messages_wait(database: Database) {
        let notificaties = Notificaties::start().await;
        let base = [("OPENKLANT_BASE_URL", "https://openklant.example.nl")];
        let app = Setup::new().with(base).in_real_time().start(&database).await;
        for nr in 0..50 {
            app.client().post(KLANTEN, &klant(&nr.to_string())).await.is(201);
        }
        let program = publishing(&database, &notificaties).with([
            ("OPENKLANT_NOTIFICATIES_SECRET", "another secret"),
            ("OPENKLANT_NOTIFICATIES_PROBE_MAX_PAUSE", "100ms"),
            ("OPENKLANT_LOG_FORMAT", "json"),
        ]);
        let worker = program.start("worker");
        wait::until_found("it was tried many times, and the kanalen too", async || {
            (notificaties.offers() >= 30 && notificaties.kanaal_calls().len() >= 3).then_some(())
        })
        .await;
        let status = program.run("outbox status").await.well();
        assert_eq!(status.matches("OPENKLANT_NOTIFICATIES_SECRET").count(), 1, "{status}");
        // One may be on its way at that moment, to try whether it is right by now.
        let waiting: u32 = ["pending", "delivering"].into_iter().map(|state| depth(&status, state)).sum();
        assert_eq!(waiting, 50, "none is spent on it: {status}");
        worker.terminate();
        let log = worker.end().await.stderr;
        assert_eq!(loud(&log), [
            "ERROR delivery stopped: wrong client id or secret, or a missing autorisatie, at the Notificaties API; one \
             message now and then tries whether that has changed",
            "WARN message not delivered; tried again later",
            "WARN the kanalen are not registered yet; it is tried again",
        ], "{log}");
    }

    async fn each_opening_of_the_breaker_is_one_line(database: Database) {
        let notificaties = Notificaties::start().await;
        let base = [("OPENKLANT_BASE_URL", "https://openklant.example.nl")];
        let app = Setup::new().with(base).in_real_time().start(&database).await;
        let worker = publishing(&database, &notificaties)
            .with([
                ("OPENKLANT_NOTIFICATIES_PROBE_MAX_PAUSE", "100ms"),
                ("OPENKLANT_LOG_FORMAT", "json"),
            ])
            .start("worker");
        for opening in 1..=2 {
            notificaties.always(Some(Reply::html(404)));
            for nr in 0..10 {
                app.client().post(KLANTEN, &klant(&format!("{opening}{nr}"))).await.is(201);
            }
            let before = notificaties.offers();
            wait::until_found("it was tried many times", async || {
                (notificaties.offers() >= before + 20).then_some(())
            })
            .await;
            notificaties.always(None);
            app.all_delivered().await;
            wait::until_found("the end is logged", async || {
                (worker.stderr().matches("takes messages again").count() == opening).then_some(())
            })
            .await;
        }
        worker.terminate();
        let log = worker.end().await.stderr;
        let openings = loud(&log).into_iter().filter(|line| line.starts_with("ERROR")).collect::<Vec<_>>();
        assert_eq!(openings, [
            "ERROR delivery stopped: what answers is no Notificaties API: check OPENKLANT_NOTIFICATIES_API_ROOT; one \
             message now and then tries whether that has changed"; 2
        ], "{log}");
    }
}
