//! What another process commits is heard of without waiting for the next look, on a SQLite file too.

use openklant_tests::notificaties::Notificaties;
use openklant_tests::{Database, on_both};

use super::{make, publishing};

on_both! {
    async fn a_change_in_another_process_wakes_a_worker(database: Database) {
        let never = [("OPENKLANT_NOTIFICATIES_POLL_INTERVAL", "1h")];
        let notificaties = Notificaties::start().await;
        // Each has the database open for itself, as two processes have.
        let mut worker = publishing(&database, &notificaties, &never).await;
        let server = publishing(&database, &notificaties, &never).await;
        worker.start_worker();
        for nr in 0..5 {
            make(&server, &nr.to_string()).await;
            server.all_delivered().await;
        }
    }
}
