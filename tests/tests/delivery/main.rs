//! Delivery of messages to the Notificaties API, as the API sees it and as the database remembers it: server and
//! worker in the process of the test. What happens to processes that are killed is tested apart.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod alert;
mod breaker;
mod clocks;
mod cloudevents;
mod depth;
mod exactly_one;
mod hostile_endpoint;
mod hours;
mod jobs;
mod kanalen;
mod leases;
mod metrics;
mod order;
mod outages;
mod outcomes;
mod payload;
mod reports;
mod retries;
mod stopping;
mod trace;
mod transitions;
mod unconfigured;
mod waking;
mod watching;

use openklant_tests::app::Setup;
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::notificaties::Notificaties;
use openklant_tests::{App, Database};

/// The product with a Notificaties API, usual settings and these.
async fn publishing(database: &Database, notificaties: &Notificaties, settings: &[(&str, &str)]) -> App {
    usual(notificaties, settings).start(database).await
}

/// The same in the time of the machine, for what must happen by itself after a while.
async fn publishing_in_real_time(
    database: &Database,
    notificaties: &Notificaties,
    settings: &[(&str, &str)],
) -> App {
    usual(notificaties, settings).in_real_time().start(database).await
}

fn usual(notificaties: &Notificaties, settings: &[(&str, &str)]) -> Setup {
    Setup::new()
        .with(notificaties.settings())
        .with(settings.iter().copied())
}

/// Makes a klant, and so a message; answers its URL.
async fn make(app: &App, klantnummer: &str) -> String {
    app.client()
        .post(KLANTEN, &klant(klantnummer))
        .await
        .expect(201)
        .url()
}

/// Closes the breaker, as a message that gets through would.
async fn close_breaker(app: &App) {
    app.probe()
        .execute("UPDATE delivery_endpoint SET state = 'closed', failures = 0, opened_at = NULL, next_probe_at = NULL")
        .await;
}
