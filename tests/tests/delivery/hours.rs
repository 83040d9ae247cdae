//! What a worker counts per hour, for the charts of a day.

use std::time::Duration;

use chrono::TimeDelta;
use openklant_shared::domain::delivery_hour::{Hour, hour_of, hours};
use openklant_shared::steering;
use openklant_shared::storage::delivery_hour;
use openklant_shared::storage::operator_log;
use openklant_tests::listener::Reply;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::{App, Database, on_both};

use super::{make, publishing};

async fn last_day(app: &App) -> Vec<Hour> {
    let now = app.clock().now();
    let mut tx = app.db().snapshot().await.expect("a snapshot");
    let counts = delivery_hour::since(&mut tx, now - TimeDelta::hours(24))
        .await
        .expect("the counts can be read");
    tx.rollback().await.expect("it ends");
    hours(&counts, now, 24)
}

on_both! {
    async fn every_attempt_is_counted_in_its_hour(database: Database) {
        let notificaties = Notificaties::start().await;
        let app = publishing(&database, &notificaties, &[]).await;
        make(&app, "K0001").await;
        make(&app, "K0002").await;
        notificaties.next([Reply::answer(503, "text/plain", "even niet")]);
        openklant_worker::drain(app.worker_context()).await.expect("a round");
        app.clock().advance(TimeDelta::minutes(70));
        openklant_worker::drain(app.worker_context()).await.expect("a round");

        let hours = last_day(&app).await;
        let (before, now) = (hours[22], hours[23]);
        assert_eq!(now.start, hour_of(app.clock().now()));
        assert_eq!((before.accepted, before.failed), (1, 1));
        assert_eq!((now.accepted, now.failed), (1, 0));
        assert_eq!(hours[..22].iter().map(|hour| hour.accepted + hour.failed).sum::<i64>(), 0);
        let hour_later = now.median.expect("something was accepted");
        assert!(
            (Duration::from_mins(58)..Duration::from_mins(84)).contains(&hour_later),
            "{hour_later:?}"
        );
    }
}

on_both! {
    async fn something_under_way_is_stopped_between_two_batches(app: App) {
        make(&app, "K0001").await;
        app.probe().multiply_messages(500, app.clock().now()).await;
        let filter = openklant_shared::storage::outbox_filter::MessageFilter {
            states: vec![openklant_shared::domain::delivery::State::Pending],
            ..Default::default()
        };
        let action = steering::Action::Cancel(filter);
        let (matched, newest) = action.count(app.db()).await.expect("they can be counted");
        let now = app.clock().now();
        let mut run = steering::Run::new(
            action,
            "piet".to_owned(),
            (matched, newest.expect("there are messages")),
            now,
        );
        let ids = openklant_shared::clock::Ids::Random;
        let turn = run.batch(app.db(), app.clock(), &ids).await.expect("a batch");
        assert_eq!(turn, steering::Turn::Did(200));

        let mut tx = app.db().snapshot().await.expect("a snapshot");
        let under_way = operator_log::under_way(&mut tx, 5).await.expect("the log can be read");
        tx.rollback().await.expect("it ends");
        assert_eq!(under_way.len(), 1);
        assert_eq!((under_way[0].matched, under_way[0].done), (matched, 200));
        assert!(under_way[0].is_cut_off(now + TimeDelta::minutes(3)));
        assert!(steering::stop(app.db(), under_way[0].id, "marie", now).await.expect("it stops"));
        assert!(!steering::stop(app.db(), under_way[0].id, "marie", now).await.expect("it has stopped"));

        let turn = run.finish(app.db(), app.clock(), &ids, |_| {}).await.expect("it ends");
        assert_eq!((turn, run.done()), (steering::Turn::Stopped, 200));
        let cancelled = app.outbox().await.iter().filter(|row| row.state == "cancelled").count();
        assert_eq!(cancelled, 200, "what was done is done, and no more");
        assert_eq!(last_day(&app).await[23].cancelled, 200);
    }
}
