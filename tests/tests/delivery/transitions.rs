//! What the statements do to a message in each state is what the table of transitions says.

use chrono::TimeDelta;
use openklant_shared::domain::delivery::{Event, State};
use openklant_shared::storage::outbox::{self, Attempt, Next};
use openklant_tests::notificaties::Notificaties;
use openklant_tests::{App, Database, on_both};

use super::{make, publishing};

const WORKER: &str = "worker-of-the-test";

/// Does to message `id` what makes this happen to it.
async fn cause(app: &App, id: i64, event: Event) {
    let (db, now) = (app.db(), app.clock().now());
    let lease_until = now + TimeDelta::seconds(60);
    let next = match event {
        Event::Claimed => {
            outbox::claim(db, WORKER, now, lease_until, 10)
                .await
                .expect("the database answers");
            return;
        }
        Event::LeaseExpired => {
            outbox::release_expired(db, lease_until)
                .await
                .expect("the database answers");
            return;
        }
        Event::GivenBack => {
            outbox::let_go(db, WORKER, id)
                .await
                .expect("the database answers");
            return;
        }
        Event::Accepted => Next::Delivered,
        Event::Failed => Next::RetryAt(lease_until),
        Event::Held => Next::HeldUntil(lease_until),
        Event::GivenUp => Next::Parked,
        Event::Retried | Event::Cancelled => unreachable!("operators' events are tested with their commands"),
    };
    assert_eq!(next.event(), event);
    let attempt = Attempt {
        nr: 1,
        started_at: now,
        duration_ms: 1,
        status: None,
        class: "temporary".to_owned(),
        answer: String::new(),
    };
    let mut tx = db.begin().await.expect("a transaction");
    outbox::record(&mut tx, WORKER, id, &attempt, next, now)
        .await
        .expect("the database answers");
    tx.commit().await.expect("it can be kept");
}

on_both! {
    async fn every_state_under_every_event_of_a_worker(database: Database) {
        let notificaties = Notificaties::start().await;
        let app = publishing(&database, &notificaties, &[]).await;
        make(&app, "1").await;
        let id = app.outbox().await[0].id;
        for from in State::ALL {
            for event in Event::ALL {
                if matches!(event, Event::Retried | Event::Cancelled) {
                    continue;
                }
                let sql = format!(
                    "UPDATE outbox SET state = '{}', leased_by = '{WORKER}', lease_until = created_at, attempts = 3, \
                     next_attempt_at = created_at, last_class = NULL",
                    from.name()
                );
                app.probe().execute(&sql).await;
                cause(&app, id, event).await;
                let row = &app.outbox().await[0];
                let expected = from.after(event);
                assert_eq!(row.state, expected.unwrap_or(from).name(), "{from:?} {event:?}");
                let attempts = match (expected, event) {
                    (Some(_), Event::Claimed) => 4,
                    (Some(_), Event::GivenBack | Event::Held) => 2,
                    _ => 3,
                };
                assert_eq!(row.attempts, attempts, "{from:?} {event:?}");
                let recorded = matches!(event, Event::Accepted | Event::Failed | Event::Held | Event::GivenUp);
                let classes = app.probe().texts("SELECT COALESCE(last_class, '-') FROM outbox").await;
                let class = if recorded && expected.is_some() { "temporary" } else { "-" };
                assert_eq!(classes, [class], "{from:?} {event:?}");
            }
        }
    }
}
