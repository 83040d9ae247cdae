//! One trace from the request to the delivery of its message, however late that is.

use std::collections::BTreeSet;

use openklant_tests::fixtures::{KLANTEN, klant, klant_with};
use openklant_tests::listener::Reply;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::remote::Remote;
use openklant_tests::{Database, on_both};
use serde_json::json;

use super::publishing;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

/// Trace and step of a `traceparent`.
fn parts(traceparent: &str) -> (String, String) {
    let parts: Vec<&str> = traceparent.split('-').collect();
    let ["00", trace, span, "01"] = parts[..] else {
        panic!("a traceparent: {traceparent}")
    };
    assert!(trace.len() == 32 && span.len() == 16, "{traceparent}");
    (trace.to_owned(), span.to_owned())
}

on_both! {
    async fn a_trace_goes_on_in_look_ups_the_outbox_and_every_attempt(database: Database) {
        let (notificaties, remote) = (Notificaties::start().await, Remote::start().await);
        let mut app = publishing(&database, &notificaties, &[]).await;
        let given = format!("00-{TRACE}-{SPAN}-01");
        app.client()
            .post(KLANTEN, &klant_with("1", &json!({"subject": remote.url("/omleiding")})))
            .header("traceparent", &given)
            .header("tracestate", "balie=999993653")
            .await
            .is(201);
        let kept = app.probe().texts("SELECT trace_parent FROM outbox").await;
        let (trace, request) = parts(&kept[0]);
        assert_eq!(trace, TRACE);
        let mut steps = BTreeSet::from([SPAN.to_owned()]);
        assert!(steps.insert(request), "the request is a step of its own");

        let looked_up = remote.seen();
        assert_eq!(looked_up.len(), 2, "the look-up followed a redirect");
        for asked in &looked_up {
            let (trace, step) = parts(asked.header("traceparent").expect("a look-up tells its trace"));
            assert_eq!(trace, TRACE);
            steps.insert(step);
            assert_eq!(asked.header("tracestate"), None);
        }
        assert_eq!(steps.len(), 3, "the look-up is a step of its own");

        notificaties.next([Reply::json(503, &json!({}))]);
        app.start_worker();
        let id = app.outbox().await[0].id;
        app.attempted(id, 1).await;
        app.clock().advance(chrono::TimeDelta::hours(1));
        app.outbox_when("the message is delivered", |rows| rows[0].state == "delivered").await;
        for delivery in notificaties.deliveries() {
            let told = delivery.request.header("traceparent").expect("a delivery tells its trace");
            let (trace, step) = parts(told);
            assert_eq!(trace, TRACE);
            assert!(steps.insert(step), "each attempt is a step of its own");
            assert_eq!(delivery.request.header("tracestate"), None);
        }
        assert_eq!(steps.len(), 5);
    }

    async fn without_one_or_with_rubbish_a_trace_begins_here(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(&database, &notificaties, &[]).await;
        app.client().post(KLANTEN, &klant("1")).await.is(201);
        for (nr, rubbish) in [(2, "999993653"), (3, "00-0-0-01")] {
            let call = app.client().post(KLANTEN, &klant(&nr.to_string()));
            call.header("traceparent", rubbish).await.is(201);
        }
        // A row of before there were traces, or of an operator who had a message made.
        app.probe().execute("UPDATE outbox SET trace_parent = NULL WHERE id = 3").await;
        app.start_worker();
        app.outbox_when("all are delivered", |rows| rows.iter().all(|row| row.state == "delivered"))
            .await;
        let traces: BTreeSet<String> = notificaties
            .deliveries()
            .iter()
            .map(|delivery| parts(delivery.request.header("traceparent").expect("a trace")).0)
            .collect();
        assert_eq!(traces.len(), 3, "each its own");
    }
}
