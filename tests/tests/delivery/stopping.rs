//! Stopping finishes what is in flight and gives back the rest.

use futures_util::future::join;
use openklant_tests::listener::{Gate, Reply};
use openklant_tests::notificaties::Notificaties;
use openklant_tests::{Database, on_both, wait};
use serde_json::json;

use super::{make, publishing};

const WAITING: usize = 40;

on_both! {
    async fn what_is_in_flight_is_finished_and_the_rest_given_back(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(&database, &notificaties, &[]).await;
        for nr in 0..WAITING {
            make(&app, &nr.to_string()).await;
        }
        let gate = Gate::closed();
        notificaties.always(Some(Reply::json(201, &json!({})).behind(&gate)));
        app.start_worker();
        wait::until_found("the worker is as busy as it may be", async || {
            (notificaties.deliveries().len() == 4).then_some(())
        })
        .await;
        // Told to stop first; only then may what is in flight go on.
        join(app.stop_workers(), async { gate.open() }).await;

        let rows = app.outbox().await;
        let offered = notificaties.deliveries().len();
        let delivered = rows
            .iter()
            .filter(|row| row.state == "delivered" && row.attempts == 1)
            .count();
        let untouched = rows
            .iter()
            .filter(|row| row.state == "pending" && row.attempts == 0 && row.leased_by.is_none())
            .count();
        assert_eq!((delivered, untouched), (offered, WAITING - offered), "{rows:#?}");
        assert!(
            untouched > WAITING / 2,
            "a worker that was told to stop went on: {untouched}"
        );

        app.start_worker();
        app.all_delivered().await;
        assert_eq!(notificaties.deliveries().len(), WAITING, "nothing was sent twice");
    }

    async fn a_receiver_that_hangs_does_not_keep_the_worker(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(
            &database,
            &notificaties,
            &[("OPENKLANT_NOTIFICATIES_REQUEST_TIMEOUT", "2s")],
        )
        .await;
        notificaties.always(Some(Reply::hang()));
        make(&app, "1").await;
        app.start_worker();
        wait::until_found("the message is offered", async || {
            (notificaties.deliveries().len() == 1).then_some(())
        })
        .await;
        app.stop_workers().await;
        let row = app.outbox().await.remove(0);
        assert_eq!((row.state.as_str(), row.attempts), ("pending", 1));
        assert_eq!(app.probe().attempts(row.id).await[0].class, "temporary");
    }
}
