//! Asking a running process how it is: what a container does every few seconds.

use std::net::TcpListener;

use openklant_tests::program::Program;
use openklant_tests::{Database, on_both};

/// An address that nobody listens on, for a moment.
fn free() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it has an address").to_string()
}

on_both! {
    async fn an_api_is_healthy_until_its_schema_is_another(database: Database) {
        let api = Program::on(&database).start("api");
        let asking = Program::on(&database).with([("OPENKLANT_LISTEN", api.address().await.to_string())]);
        assert_eq!(asking.run("health").await.well(), "healthy\n");
        assert_eq!(asking.run("health --live").await.well(), "healthy\n");
        let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
            SELECT 9999, 'contract 9998 column', TRUE, checksum, 1 FROM _sqlx_migrations WHERE version = 1";
        database.probe().execute(newer).await;
        asking.run("health").await.complains(1, "/health/ready answers 503");
        asking.run("health --live").await.well();
    }

    async fn a_worker_is_healthy_while_it_reaches_its_database(database: Database) {
        let program = Program::on(&database).with([("OPENKLANT_WORKER_METRICS_LISTEN", free())]);
        program.run("health --worker").await.complains(1, "does not answer");
        let worker = program.start("worker");
        worker.logs("showing metrics").await;
        assert_eq!(program.run("health --worker").await.well(), "healthy\n");
        worker.terminate();
        worker.end().await.well();
    }
}

#[tokio::test]
async fn nobody_there_is_not_healthy() {
    let program = Program::new().with([("OPENKLANT_LISTEN", free())]);
    program.run("health").await.complains(1, "does not answer");
    // The rest of what a Notificaties API needs may be in the database, which is not looked at here.
    let root = ("OPENKLANT_NOTIFICATIES_API_ROOT", "https://n.example.nl/api/v1/");
    program
        .with([root])
        .run("health")
        .await
        .complains(1, "does not answer");
}

#[tokio::test]
async fn a_worker_without_an_address_cannot_be_asked() {
    Program::new()
        .run("health --worker")
        .await
        .complains(2, "OPENKLANT_WORKER_METRICS_LISTEN");
}
