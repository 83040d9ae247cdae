//! The counters of a worker, of which each process has its own: exact where nothing else runs in it. And what no page of
//! metrics may hold.

use std::net::SocketAddr;

use openklant_tests::fixtures::{KLANTEN, natuurlijk_persoon};
use openklant_tests::listener::Reply;
use openklant_tests::metrics::value;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::program::{Process, Program};
use openklant_tests::tokens::bearer;
use openklant_tests::{Client, Database, on_both, wait};
use serde_json::{Value, json};

use super::{publishing, token};

/// A worker that shows its metrics, and where.
async fn showing(program: &Program) -> (Process, Client) {
    let worker = program.start("worker");
    let address: SocketAddr = wait::until_found("the worker says where it shows metrics", async || {
        let log = worker.stderr();
        let (_, rest) = log.split_once("showing metrics address=socket://")?;
        let (address, _) = rest.split_once('\n')?;
        address.parse().ok()
    })
    .await;
    (worker, Client::new(address, None))
}

async fn page(client: &Client) -> String {
    client.get("/metrics").await.expect(200).text().to_owned()
}

/// Waits until a series has this value.
async fn shows(client: &Client, series: &str, expected: f64) -> String {
    wait::until_found(&format!("{series} is {expected}"), async || {
        let page = page(client).await;
        (value(&page, series) == Some(expected)).then_some(page)
    })
    .await
}

fn measured(database: &Database, notificaties: &Notificaties) -> Program {
    publishing(database, notificaties).with([("OPENKLANT_WORKER_METRICS_LISTEN", "127.0.0.1:0")])
}

fn job_runs(job: &str, outcome: &str) -> String {
    format!("openklant_job_runs_total{{job=\"{job}\",outcome=\"{outcome}\"}}")
}

const TAKEOVERS: &str = "openklant_delivery_lease_takeovers_total";

on_both! {
    async fn a_worker_that_died_is_seen_and_what_it_had_is_counted(database: Database) {
        let notificaties = Notificaties::start().await;
        let program = measured(&database, &notificaties);
        let token = token(&program).await;
        let api = program.start("api");
        let client = Client::new(api.address().await, Some(bearer(&token)));
        let status = async || -> Value {
            let text = program.run("outbox status --format json").await.well();
            serde_json::from_str(&text).expect("JSON")
        };
        let alive = |status: &Value| -> Vec<bool> {
            let workers = status["workers"].as_array().expect("a list");
            workers.iter().filter_map(|worker| worker["alive"].as_bool()).collect()
        };

        let (dying, metrics) = showing(&program).await;
        assert_eq!(value(&page(&metrics).await, TAKEOVERS), Some(0.0), "there before the first");
        notificaties.next([Reply::hang(), Reply::hang()]);
        for klantnummer in ["1", "2"] {
            client.post(KLANTEN, &natuurlijk_persoon(klantnummer)).await.is(201);
        }
        wait::until_found("both messages are on their way", async || {
            (notificaties.offers() == 2).then_some(())
        })
        .await;
        wait::until_found("the worker is seen", async || {
            (alive(&status().await) == [true]).then_some(())
        })
        .await;
        dying.kill();
        dying.end().await;

        let (worker, metrics) = showing(&program).await;
        shows(&metrics, TAKEOVERS, 2.0).await;
        database
            .probe()
            .outbox_when("both are delivered by the other", |rows| {
                rows.iter().all(|row| row.state == "delivered")
            })
            .await;
        // As if it had been silent for half a minute: who lives shows itself again.
        let long_ago = "UPDATE worker_heartbeat SET seen_at = '2026-01-05 09:30:00.000000+00:00' \
                        WHERE started_at = (SELECT min(started_at) FROM worker_heartbeat)";
        database.probe().execute(long_ago).await;
        let after = status().await;
        assert_eq!(alive(&after), [true, false], "{after}");
        let text = program.run("outbox status").await.well();
        assert!(text.contains("workers    1 alive, 1 dead"), "{text}");
        assert_eq!(text.matches(", dead, last seen ").count(), 1, "{text}");
        let kept = page(&metrics).await;
        assert_eq!(value(&kept, TAKEOVERS), Some(2.0), "each counted once");
        for process in [worker, api] {
            process.terminate();
            process.end().await.well();
        }
    }

    async fn runs_of_jobs_are_counted_by_what_came_of_them(database: Database) {
        let notificaties = Notificaties::start().await;
        let program = measured(&database, &notificaties).with([("OPENKLANT_AUDIT_RETENTION", "30d")]);
        program.run("outbox status").await.well();
        let cut_off = "INSERT INTO job_run (job, tick, worker, started_at, detail) \
             VALUES ('leases', '2026-01-05 02:30:00+00:00', 'killed', '2026-01-05 02:30:00+00:00', '')";
        database.probe().execute(cut_off).await;
        database.probe().execute("ALTER TABLE audittrail RENAME TO audittrail_elders").await;
        let (worker, metrics) = showing(&program).await;
        // There from the start: an increase from nothing to one is none for who watches increases.
        let first = page(&metrics).await;
        for job in ["messages", "audit", "leases", "kanalen", "upkeep", "history"] {
            for outcome in ["done", "failed", "interrupted"] {
                assert!(value(&first, &job_runs(job, outcome)).is_some(), "{job} {outcome} in {first}");
            }
        }
        shows(&metrics, &job_runs("audit", "failed"), 1.0).await;
        let page = shows(&metrics, &job_runs("messages", "done"), 1.0).await;
        assert_eq!(value(&page, &job_runs("audit", "done")), Some(0.0), "{page}");
        assert_eq!(value(&page, &job_runs("messages", "failed")), Some(0.0), "{page}");
        assert_eq!(value(&page, &job_runs("messages", "interrupted")), Some(0.0), "{page}");
        shows(&metrics, &job_runs("leases", "interrupted"), 1.0).await;
        worker.terminate();
        worker.end().await.well();
    }

    async fn they_hold_nothing_about_a_person(database: Database) {
        let notificaties = Notificaties::start().await;
        let program = measured(&database, &notificaties);
        let token = token(&program).await;
        let api = program.start("api");
        let address = api.address().await;
        let client = Client::new(address, Some(bearer(&token)));
        let (worker, metrics) = showing(&program).await;
        // In what is stored, asked for, refused by us, and answered by others.
        let body = natuurlijk_persoon("GEHEIM01");
        let answer = json!({"actie": ["Fenna Waterland, 111222333"]});
        notificaties.next([Reply::json(400, &answer), Reply::json(503, &answer)]);
        let url = client.post(KLANTEN, &body).await.expect(201).url();
        client.patch(&url, &json!({"voornaam": "Fenna"})).await.is(200);
        client.get(format!("{KLANTEN}?subjectNatuurlijkPersoon__inpBsn=111222333")).await.is(200);
        client.get(format!("{KLANTEN}?inpBsn=111222333")).await.is(400);
        client.post(KLANTEN, &body).await.is(400);
        database
            .probe()
            .outbox_when("both messages are finished", |rows| {
                rows.iter().map(|row| row.state.as_str()).eq(["parked", "delivered"])
            })
            .await;
        let of_worker = shows(&metrics, "openklant_delivery_attempts_total{class=\"delivered\"}", 1.0).await;
        let of_api = page(&Client::new(address, None)).await;
        assert_eq!(value(&of_worker, "openklant_delivery_attempts_total{class=\"refused\"}"), Some(1.0));
        assert_eq!(value(&of_api, "openklant_outbox_messages{state=\"parked\"}"), Some(1.0), "{of_api}");
        let uuid = url.rsplit('/').next().expect("a URL ends in a uuid");
        for page in [of_worker, of_api] {
            for personal in ["111222333", "Fenna", "Waterland", "GEHEIM01", "fenna@", "0612345678", uuid] {
                assert!(!page.contains(personal), "{personal} in {page}");
            }
        }
        for process in [worker, api] {
            process.terminate();
            process.end().await.well();
        }
    }
}
