//! The counts per state are those of the rows, at every moment and whoever writes.

use futures_util::future::join_all;
use openklant_shared::domain::delivery::State;
use openklant_shared::storage::outbox_depth;
use openklant_tests::listener::Reply;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::{Database, on_both, wait};
use openklant_worker::cleanup;
use serde_json::json;

use super::{make, publishing_in_real_time};

/// Writers at once, and what each makes.
const WRITERS: usize = 8;
const KLANTEN_EACH: usize = 12;

on_both! {
    async fn they_are_exact_while_writers_and_workers_compete(database: Database) {
        let notificaties = Notificaties::start().await;
        let quick = [("OPENKLANT_NOTIFICATIES_RETRY_MAX_DELAY", "1s")];
        let mut one = publishing_in_real_time(&database, &notificaties, &quick).await;
        let mut other = publishing_in_real_time(&database, &notificaties, &quick).await;
        let refused = Reply::json(400, &json!({"hoofdObject": ["onbekend"]}));
        let accepted = || Reply::json(201, &json!({}));
        notificaties.next([accepted(), refused, accepted(), Reply::json(503, &json!({})), accepted(), Reply::close()]);
        one.start_worker();
        other.start_worker();
        let writer = async |nr: usize| {
            for klant in 0..KLANTEN_EACH {
                let url = make(&one, &format!("{nr}-{klant}")).await;
                if klant.is_multiple_of(3) {
                    one.client().delete(&url).await.is(204);
                }
                assert_eq!(database.probe().wrong_depths().await, Vec::<String>::new());
            }
        };
        join_all((0..WRITERS).map(writer)).await;
        let parked = wait::until("one is parked and the others are delivered", async || {
            let left = outbox_depth::count(one.db(), &[State::Pending, State::Delivering]).await.ok()?;
            let parked = outbox_depth::count(one.db(), &[State::Parked]).await.ok()?;
            (left == 0 && parked > 0).then_some(parked)
        })
        .await;
        assert_eq!(parked, 1);
        assert_eq!(database.probe().wrong_depths().await, Vec::<String>::new());

        one.stop_workers().await;
        other.stop_workers().await;
        database
            .probe()
            .execute("UPDATE outbox SET finished_at = '2020-01-01 00:00:00+00:00' WHERE state = 'delivered'")
            .await;
        let context = one.worker_context();
        let job = cleanup::find("messages").expect("the job exists");
        cleanup::run(&context, "tester", job, context.clock.now()).await.expect("the database answers");
        assert_eq!(one.outbox().await.len(), 1, "the one that is parked stays");
        assert_eq!(database.probe().wrong_depths().await, Vec::<String>::new());
        let folds = [outbox_depth::fold(one.db()), outbox_depth::fold(other.db())];
        for folded in join_all(folds).await {
            folded.expect("the database answers");
        }
        outbox_depth::fold(one.db()).await.expect("the database answers");
        assert_eq!(database.probe().wrong_depths().await, Vec::<String>::new());
        assert!(database.probe().count("outbox_depth").await <= 5);
    }

    async fn a_count_that_is_wrong_is_noticed(database: Database) {
        let notificaties = Notificaties::start().await;
        let app = publishing_in_real_time(&database, &notificaties, &[]).await;
        make(&app, "1").await;
        database.probe().execute("UPDATE outbox_depth SET count = count + 1 WHERE state = 'pending'").await;
        assert_eq!(database.probe().wrong_depths().await, ["pending: kept 2, counted 1"]);
    }
}
