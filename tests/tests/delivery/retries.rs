//! When a message is tried again: on a schedule that is kept in the database, with a fresh token and the same bytes.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use openklant_tests::listener::Reply;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::{Database, on_both};
use serde_json::json;

use super::{close_breaker, make, publishing, publishing_in_real_time};

fn unavailable() -> Reply {
    Reply::json(503, &json!({"detail": "even niet"}))
}

on_both! {
    async fn five_failures_then_accepted(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(&database, &notificaties, &[]).await;
        notificaties.next(std::iter::repeat_n(unavailable(), 5));
        app.start_worker();
        make(&app, "1").await;
        let id = app.outbox().await[0].id;
        for nr in 1..=5_u32 {
            let (row, _) = app.attempted(id, nr as usize).await;
            assert_eq!((row.state.as_str(), row.attempts), ("pending", i64::from(nr)));
            let delay = (row.next_attempt_at - app.clock().now()).as_seconds_f64();
            let usual = f64::from(2_u32.pow(nr - 1));
            assert!(
                (usual * 0.799..=usual * 1.201).contains(&delay),
                "{delay} s after attempt {nr}"
            );
            app.advance_to(&row);
            // Tokens tell time in whole seconds.
            app.clock().advance(TimeDelta::seconds(1));
        }
        let (row, attempts) = app.attempted(id, 6).await;
        assert_eq!((row.state.as_str(), row.attempts), ("delivered", 6));
        assert!(attempts.iter().map(|attempt| attempt.nr).eq(1..=6));
        let statuses: Vec<Option<i64>> = attempts.iter().map(|attempt| attempt.status).collect();
        assert_eq!(statuses, [503, 503, 503, 503, 503, 201].map(Some));
        assert!(
            attempts[..5]
                .iter()
                .all(|attempt| attempt.class == "temporary" && attempt.answer.contains("even niet"))
        );
        assert_eq!(attempts[5].class, "delivered");

        let deliveries = notificaties.deliveries();
        let bodies: BTreeSet<&[u8]> = deliveries
            .iter()
            .map(|delivery| delivery.request.body.as_slice())
            .collect();
        assert!(
            bodies.into_iter().eq([row.text.as_bytes()]),
            "the bytes are the same on every attempt"
        );
        let tokens: BTreeSet<_> = deliveries
            .iter()
            .map(|delivery| delivery.request.header("authorization"))
            .collect();
        assert_eq!(tokens.len(), 6, "each attempt has a token of its own");
        for (delivery, attempt) in deliveries.iter().zip(&attempts) {
            assert_eq!(delivery.claims()["iat"], json!(attempt.started_at.timestamp()));
        }
    }

    async fn a_message_is_tried_for_a_week_over_restarts_and_then_parked(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(
            &database,
            &notificaties,
            &[("OPENKLANT_NOTIFICATIES_RETRY_MAX_DELAY", "1d")],
        )
        .await;
        notificaties.always(Some(unavailable()));
        app.start_worker();
        make(&app, "1").await;
        let id = app.outbox().await[0].id;
        let mut on_the_first_day = 0;
        for nr in 1.. {
            let (row, _) = app.attempted(id, nr).await;
            let age = app.clock().now() - row.created_at;
            on_the_first_day += usize::from(age < TimeDelta::days(1));
            if row.state == "parked" {
                assert!(age >= TimeDelta::days(7), "parked after {age}");
                break;
            }
            assert!(
                row.state == "pending" && age < TimeDelta::days(7),
                "{age}: {row:?}"
            );
            app.stop_workers().await;
            // Other messages get through: this one alone is the trouble.
            close_breaker(&app).await;
            app.start_worker();
            app.advance_to(&row);
        }
        assert!(
            on_the_first_day > 12,
            "{on_the_first_day} attempts on the first day"
        );
    }

    async fn a_restart_hurries_nothing(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(&database, &notificaties, &[]).await;
        notificaties.next([unavailable()]);
        app.start_worker();
        make(&app, "1").await;
        let id = app.outbox().await[0].id;
        let (waiting, _) = app.attempted(id, 1).await;
        app.stop_workers().await;

        app.start_worker();
        make(&app, "2").await;
        let rows = app
            .outbox_when("the new worker works", |rows| rows[1].state == "delivered")
            .await;
        assert_eq!((rows[0].state.as_str(), rows[0].attempts), ("pending", 1));
        assert_eq!(rows[0].next_attempt_at, waiting.next_attempt_at);
        app.advance_to(&waiting);
        app.all_delivered().await;
        assert_eq!(notificaties.deliveries().len(), 3);
    }

    async fn as_long_as_asked_is_waited(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(&database, &notificaties, &[]).await;
        notificaties.next([
            Reply::json(429, &json!({})).header("Retry-After", "120"),
            Reply::json(503, &json!({})).header("Retry-After", "Mon, 05 Jan 2026 10:00:00 GMT"),
            Reply::json(503, &json!({})).header("Retry-After", "0"),
            Reply::json(503, &json!({})).header("Retry-After", "31536000"),
        ]);
        app.start_worker();
        make(&app, "1").await;
        let id = app.outbox().await[0].id;
        // Until ten o'clock: the clock says half past nine, two minutes later.
        for (nr, least, most) in [
            (1, 120.0, 120.0),
            (2, 1679.8, 1680.0),
            (3, 3.1, 4.9),
            (4, 3600.0, 3600.0),
        ] {
            let (row, _) = app.attempted(id, nr).await;
            let delay = (row.next_attempt_at - app.clock().now()).as_seconds_f64();
            assert!((least..=most).contains(&delay), "{delay} s after attempt {nr}");
            app.advance_to(&row);
        }
        app.all_delivered().await;
    }

    async fn the_next_attempt_comes_by_itself(database: Database) {
        let notificaties = Notificaties::start().await;
        let never = [("OPENKLANT_NOTIFICATIES_POLL_INTERVAL", "1h")];
        let mut app = publishing_in_real_time(&database, &notificaties, &never).await;
        notificaties.next([unavailable(), Reply::close()]);
        app.start_worker();
        make(&app, "1").await;
        app.all_delivered().await;
        let deliveries = notificaties.deliveries();
        let pause = deliveries[1].request.at - deliveries[0].request.at;
        assert!(pause.as_millis() >= 790, "{pause:?}");
    }
}
