//! Two workers on one database share the work, and nothing is sent twice.

use openklant_tests::account::assert_tells_all;
use openklant_tests::listener::Reply;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::{Database, on_both, wait};
use serde_json::json;

use super::{publishing, token};
use openklant_tests::writers::{Plan, Writers};

on_both! {
    async fn share_the_work_and_keep_the_order(database: Database) {
        let notificaties = Notificaties::start().await;
        let program = publishing(&database, &notificaties);
        let token = token(&program).await;
        let api = program.start("api");
        let workers = [program.start("worker"), program.start("worker")];
        for worker in &workers {
            worker.prints("delivers messages").await;
        }
        let writers = Writers::start(Plan::restless(4), api.address().await, &token);
        let busy = |worker: &openklant_tests::program::Process| {
            worker.stderr().matches("message delivered").count() >= 10
        };
        wait::until_found("both workers deliver", async || {
            workers.iter().all(busy).then_some(())
        })
        .await;
        notificaties.next([Reply::json(503, &json!({})), Reply::close(), Reply::html(502)]);
        wait::until_found("failures happened in between", async || {
            let failed = notificaties
                .deliveries()
                .iter()
                .filter(|delivery| delivery.status != Some(201))
                .count();
            (failed == 3).then_some(())
        })
        .await;
        let written = writers.finish().await;
        assert!(written.surprises.is_empty(), "{:?}", written.surprises);
        database
            .probe()
            .outbox_when("every message is delivered", |rows| {
                rows.iter().all(|row| row.state == "delivered")
            })
            .await;
        let changes = database.probe().changes().await;
        assert_tells_all(&notificaties.accepted(), &changes);
        assert_eq!(
            notificaties.accepted().len(),
            changes.len(),
            "nothing was sent twice"
        );
        for process in workers.into_iter().chain([api]) {
            process.terminate();
            process.end().await.well();
        }
    }
}
