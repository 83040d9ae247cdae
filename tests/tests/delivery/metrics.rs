//! The metrics of a worker move with what it does. Counters belong to the process, which here runs other tests too:
//! they are seen to grow by at least what happened.

use std::net::{SocketAddr, TcpListener};

use openklant_tests::client::Client;
use openklant_tests::listener::Reply;
use openklant_tests::metrics::value;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::{Database, on_both, wait};
use serde_json::json;

use super::{make, publishing};

/// A free port at an address of the machine where no other test listens.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.2:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
}

async fn page(address: SocketAddr) -> String {
    let client = Client::new(address, None);
    wait::until_found("the worker shows metrics", async || {
        client.get("/metrics").attempt().await
    })
    .await
    .expect(200)
    .text()
    .to_owned()
}

const DELIVERED: &str = "openklant_delivery_attempts_total{class=\"delivered\"}";
const TEMPORARY: &str = "openklant_delivery_attempts_total{class=\"temporary\"}";
const REFUSED: &str = "openklant_delivery_attempts_total{class=\"refused\"}";
const ACCEPTED: &str = "openklant_delivery_seconds_count";
const WITHIN_A_WEEK: &str = "openklant_delivery_seconds_bucket{le=\"+Inf\"}";

on_both! {
    async fn they_move_with_deliveries_failures_and_parked_messages(database: Database) {
        let address = free_address();
        let listen = address.to_string();
        let notificaties = Notificaties::start().await;
        let settings = [("OPENKLANT_WORKER_METRICS_LISTEN", listen.as_str())];
        let mut app = publishing(&database, &notificaties, &settings).await;
        app.start_worker();
        let before = page(address).await;

        notificaties.next([Reply::json(503, &json!({}))]);
        let failed = make(&app, "1").await;
        let id = app.outbox().await[0].id;
        app.attempted(id, 1).await;
        notificaties.next([Reply::json(400, &json!({"code": "invalid", "status": 400}))]);
        make(&app, "2").await;
        app.outbox_when("the second is parked", |rows| rows[1].state == "parked")
            .await;
        make(&app, "3").await;
        app.outbox_when("the third is delivered", |rows| rows[2].state == "delivered")
            .await;

        let grew = |after: &str, series: &str| {
            value(after, series).unwrap_or(0.0) - value(&before, series).unwrap_or(0.0)
        };
        // The histogram is told right after the database is.
        let after = wait::until_found("the acceptance is counted", async || {
            let after = page(address).await;
            (grew(&after, ACCEPTED) >= 1.0).then_some(after)
        })
        .await;
        for series in [DELIVERED, TEMPORARY, REFUSED, WITHIN_A_WEEK] {
            assert!(grew(&after, series) >= 1.0, "{series} in {after}");
        }
        for state in ["pending", "parked", "delivered"] {
            let series = format!("openklant_outbox_messages{{state=\"{state}\"}}");
            assert_eq!(value(&after, &series), Some(1.0), "{after}");
        }
        // Nothing of what was changed: no URL, no uuid, no number.
        let uuid = failed.rsplit('/').next().expect("a URL ends in a uuid");
        for personal in [uuid, "bsn", "klantnummer", "://"] {
            assert!(!after.contains(personal), "{personal} in {after}");
        }
    }
}
