//! Rights that are kept in an Autorisaties API: who is asked and when, what its answers do and how long they count,
//! and what a message about changed rights does.

mod answers;
mod callback;
mod outage;

use chrono::TimeDelta;
use openklant_tests::app::Setup;
use openklant_tests::autorisaties::Autorisaties;
use openklant_tests::tokens::Credential;
use openklant_tests::{App, Client, Database};
use serde_json::json;

/// The client id of these tests.
const LOKET: &str = "loket";

/// A server that asks this stand-in.
async fn asking(database: &Database, autorisaties: &Autorisaties) -> App {
    Setup::new().with(autorisaties.settings()).start(database).await
}

/// A client that has a secret here, and no application.
async fn loket(app: &App) -> Client {
    with_secret_only(app, LOKET).await
}

async fn with_secret_only(app: &App, client_id: &str) -> Client {
    let credential = credential(client_id);
    let body = json!({"identifier": client_id, "secret": credential.secret});
    app.client()
        .post("/klanten/api/v1/jwtsecret/", &body)
        .await
        .is(201);
    app.with_token(&credential.token(app.clock().now()))
}

fn credential(client_id: &str) -> Credential {
    Credential {
        client_id: client_id.to_owned(),
        secret: format!("geheim van {client_id}"),
    }
}

/// So much time passes.
fn pass(app: &App, minutes: i64) {
    app.clock().advance(TimeDelta::minutes(minutes));
}
