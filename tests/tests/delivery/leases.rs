//! A worker owns a message for the length of its lease, and no longer.

use chrono::TimeDelta;
use openklant_tests::listener::{Gate, Reply};
use openklant_tests::notificaties::Notificaties;
use openklant_tests::{Database, on_both, wait};
use serde_json::json;

use super::{make, publishing};

on_both! {
    async fn a_message_is_taken_over_when_its_lease_has_run_out(database: Database) {
        let notificaties = Notificaties::start().await;
        // Two clocks: what one worker still waits for is over and done with for the other.
        let patient = [("OPENKLANT_NOTIFICATIES_REQUEST_TIMEOUT", "50s")];
        let mut slow = publishing(&database, &notificaties, &patient).await;
        let mut other = publishing(&database, &notificaties, &patient).await;
        let gate = Gate::closed();
        notificaties.next([Reply::json(503, &json!({})).behind(&gate)]);
        let url = make(&slow, "1").await;
        slow.client()
            .patch(&url, &json!({"voornaam": "Bo"}))
            .await
            .is(200);
        slow.start_worker();
        wait::until_found("the first worker offers the message", async || {
            (notificaties.deliveries().len() == 1).then_some(())
        })
        .await;

        // While the lease runs the message is left alone, and so is what waits behind it.
        other.start_worker();
        make(&slow, "2").await;
        let rows = other
            .outbox_when("another klant goes on", |rows| rows[2].state == "delivered")
            .await;
        let states: Vec<(&str, i64)> = rows
            .iter()
            .map(|row| (row.state.as_str(), row.attempts))
            .collect();
        assert_eq!(states, [("delivering", 1), ("pending", 0), ("delivered", 1)]);
        let holder = rows[0].leased_by.clone();
        assert!(holder.is_some());

        other.clock().advance(TimeDelta::seconds(61));
        other.all_delivered().await;
        let deliveries = notificaties.deliveries();
        assert_eq!(
            deliveries[0].request.body, deliveries[2].request.body,
            "the same bytes again"
        );

        // The answer that comes too late is kept, and changes nothing.
        gate.open();
        let (row, attempts) = other.attempted(rows[0].id, 2).await;
        assert_eq!((row.state.as_str(), row.attempts), ("delivered", 2));
        let recorded: Vec<(i64, Option<i64>)> = attempts
            .iter()
            .map(|attempt| (attempt.nr, attempt.status))
            .collect();
        assert_eq!(recorded, [(2, Some(201)), (1, Some(503))]);
        slow.stop_workers().await;
        other.all_delivered().await;
        assert_eq!(notificaties.deliveries().len(), 4);
    }
}
