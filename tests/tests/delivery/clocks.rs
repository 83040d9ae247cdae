//! Clocks that are wrong: a worker two hours ahead leaves moments behind that lie two hours ahead for everyone else, and
//! delivery goes on all the same.

use chrono::TimeDelta;
use openklant_tests::listener::Reply;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::{Database, on_both, wait};
use serde_json::json;

use super::{make, publishing};

/// Further than any retry, lease or probe lies ahead.
const AHEAD: TimeDelta = TimeDelta::hours(2);

on_both! {
    async fn what_a_worker_ahead_put_off_is_tried_in_time(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut ahead = publishing(&database, &notificaties, &[]).await;
        let mut right = publishing(&database, &notificaties, &[]).await;
        make(&right, "1").await;
        notificaties.next([Reply::json(503, &json!({}))]);
        ahead.clock().advance(AHEAD);
        ahead.start_worker();
        let rows = right.outbox_when("it was tried", |rows| rows[0].attempts == 1 && rows[0].state == "pending").await;
        assert!(rows[0].next_attempt_at > right.clock().now() + TimeDelta::hours(1));
        ahead.stop_workers().await;

        right.start_worker();
        right.all_delivered().await;
    }

    async fn what_a_worker_ahead_took_to_its_grave_is_taken_over(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut right = publishing(&database, &notificaties, &[]).await;
        make(&right, "1").await;
        let taken = "UPDATE outbox SET state = 'delivering', attempts = 1, leased_by = 'gone', lease_until = $1";
        right.probe().move_moment(taken, right.clock().now() + AHEAD).await;
        right.start_worker();
        // It is let go at this moment, and a lease is over after its moment.
        wait::until_found("the lease is pulled back", async || {
            let state = right.outbox().await.remove(0).state;
            right.clock().advance(TimeDelta::milliseconds(1));
            (state == "delivered").then_some(())
        })
        .await;
    }

    async fn the_probe_of_a_worker_ahead_keeps_nobody_waiting(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut right = publishing(&database, &notificaties, &[]).await;
        make(&right, "1").await;
        right.probe().execute("UPDATE delivery_endpoint SET state = 'open', failures = 5").await;
        let probe = right.clock().now() + AHEAD;
        right
            .probe()
            .move_moment("UPDATE delivery_endpoint SET opened_at = $1, next_probe_at = $1", probe)
            .await;
        right.start_worker();
        right.all_delivered().await;
    }
}
