//! The program as processes that stop, start, and are killed at any moment: what a municipality's machines do to it.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod autorisaties;
mod bsn;
mod crash_points;
mod kills;
mod log;
mod memory;
mod metrics;
mod otlp;
mod revoked;
mod start_up;
mod steering;
mod stopping;
mod two_workers;

use openklant_tests::Database;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::program::Program;

/// What a receiver may take, and how long a worker that was killed keeps its messages: as short as the settings allow.
const SHORT: [(&str, &str); 3] = [
    ("OPENKLANT_NOTIFICATIES_REQUEST_TIMEOUT", "2s"),
    ("OPENKLANT_NOTIFICATIES_LEASE", "8s"),
    ("OPENKLANT_NOTIFICATIES_POLL_INTERVAL", "100ms"),
];

/// The program on a database, with a Notificaties API.
fn publishing(database: &Database, notificaties: &Notificaties) -> Program {
    Program::on(database).with(notificaties.settings()).with(SHORT)
}

/// Registers an application with every right, and answers a token of it.
async fn token(program: &Program) -> String {
    let added = program
        .run("applicatie add --label Balie --client-id balie --alle-autorisaties")
        .await;
    added.well();
    let printed = program.run("token --client-id balie").await.well();
    printed.trim().to_owned()
}
