//! What the statements do to a message in each state is what the table of transitions says.

use chrono::TimeDelta;
use openklant_shared::domain::delivery::{Event, State};
use openklant_shared::storage::outbox::{self, Attempt, Next};
use openklant_shared::storage::outbox_filter::MessageFilter;
use openklant_shared::storage::outbox_steer::{self, Stretch};
use openklant_tests::notificaties::Notificaties;
use openklant_tests::{App, Database, on_both};

use super::{make, publishing};

const WORKER: &str = "worker-of-the-test";

/// The states in which a message has ended.
const FINISHED: [State; 3] = [State::Delivered, State::Parked, State::Cancelled];

/// Does to message `id` what an operator's command does.
async fn steer(app: &App, id: i64, event: Event) {
    let (filter, now) = (MessageFilter::default(), app.clock().now());
    let stretch = Stretch {
        after: 0,
        up_to: id,
        limit: 10,
    };
    let mut tx = app.db().begin().await.expect("a transaction");
    let batch = if event == Event::Retried {
        outbox_steer::retry(&mut tx, &filter, stretch, now).await
    } else {
        outbox_steer::cancel(&mut tx, &filter, stretch, now).await
    };
    batch.expect("the database answers");
    tx.commit().await.expect("it can be kept");
}

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
            outbox::let_go(db, WORKER, id, now)
                .await
                .expect("the database answers");
            return;
        }
        Event::Accepted => Next::Delivered,
        Event::Failed => Next::RetryAt(lease_until),
        Event::Held => Next::HeldUntil(lease_until),
        Event::GivenUp => Next::Parked,
        Event::Retried | Event::Cancelled => return steer(app, id, event).await,
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
    async fn every_state_under_every_event(database: Database) {
        let notificaties = Notificaties::start().await;
        let app = publishing(&database, &notificaties, &[]).await;
        make(&app, "1").await;
        let id = app.outbox().await[0].id;
        for from in State::ALL {
            for event in Event::ALL {
                let sql = format!(
                    "UPDATE outbox SET state = '{}', leased_by = '{WORKER}', lease_until = created_at, attempts = 3, \
                     next_attempt_at = created_at, finished_at = {}, last_class = NULL",
                    from.name(),
                    if FINISHED.contains(&from) { "created_at" } else { "NULL" },
                );
                app.probe().execute(&sql).await;
                cause(&app, id, event).await;
                let row = &app.outbox().await[0];
                let expected = from.after(event);
                assert_eq!(row.state, expected.unwrap_or(from).name(), "{from:?} {event:?}");
                let attempts = match (expected, event) {
                    (Some(_), Event::Claimed) => 4,
                    (Some(_), Event::GivenBack | Event::Held) => 2,
                    (Some(_), Event::Retried) => 0,
                    _ => 3,
                };
                assert_eq!(row.attempts, attempts, "{from:?} {event:?}");
                let finished = app.probe().texts("SELECT CASE WHEN finished_at IS NULL THEN 'no' ELSE 'yes' END FROM outbox").await;
                let expected_finish = if FINISHED.contains(&expected.unwrap_or(from)) { "yes" } else { "no" };
                assert_eq!(finished, [expected_finish], "{from:?} {event:?}");
                let recorded = matches!(event, Event::Accepted | Event::Failed | Event::Held | Event::GivenUp);
                let classes = app.probe().texts("SELECT COALESCE(last_class, '-') FROM outbox").await;
                let class = if recorded && expected.is_some() { "temporary" } else { "-" };
                assert_eq!(classes, [class], "{from:?} {event:?}");
            }
        }
    }
}
