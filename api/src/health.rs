//! Whether this process lives and can serve, and its metrics. No token, any `Host`; for operators there is [`status`].
//!
//! Ready means: the database answers within a second and has a schema this program can serve, also
//! one that a newer program added to. A Notificaties API that is
//! down does not matter: messages wait in the outbox and every request can be served (decision 17).

pub mod status;

use std::time::Duration;

use chrono::{DateTime, Utc};
use openklant_shared::metrics;
use openklant_shared::storage::Db;
use openklant_shared::storage::migrate::{Fit, SchemaError};
use poem::http::{StatusCode, header};
use poem::{Body, Response};
use serde_json::{Value, json};

/// The time a database has to answer; an orchestrator asks every few seconds and must not pile up questions.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);

/// The process runs. Looks at nothing else: an orchestrator restarts a process that fails here, and a restart mends no
/// database.
pub fn live() -> Response {
    answer(StatusCode::OK, &json!({"status": "ok"}))
}

/// Requests can be served, or 503 and which part is in the way.
pub async fn ready(db: &Db) -> Response {
    let (database, schema) = database(db).await;
    let (status, word) = if schema == "ok" {
        (StatusCode::OK, "ok")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
    };
    answer(
        status,
        &json!({"status": word, "checks": {"database": database, "schema": schema}}),
    )
}

/// How the database is, and its schema, in a word each.
async fn database(db: &Db) -> (&'static str, &'static str) {
    match tokio::time::timeout(ANSWER_WITHIN, db.check_schema()).await {
        Ok(Ok(Fit::Exact)) => ("ok", "ok"),
        Ok(Ok(Fit::Ahead(migration))) => {
            tracing::debug!(migration, "the database is ahead of this program");
            ("ok", "ok")
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            match error {
                SchemaError::Newer(_) | SchemaError::Behind(_) | SchemaError::Changed(_) => ("ok", "failed"),
                SchemaError::Failed(_) | SchemaError::Storage(_) => ("failed", "unknown"),
            }
        }
        Err(_) => {
            tracing::warn!("not ready: the database did not answer within a second");
            ("failed", "unknown")
        }
    }
}

/// Which program this is. The commit and the date are known when the build was told them.
pub fn version() -> Response {
    let mut body = json!({"name": "openklant", "version": env!("CARGO_PKG_VERSION")});
    for (name, told) in [
        ("gitCommit", option_env!("OPENKLANT_GIT_COMMIT")),
        ("buildDate", option_env!("OPENKLANT_BUILD_DATE")),
    ] {
        if let Some(told) = told.filter(|told| !told.is_empty()) {
            body[name] = json!(told);
        }
    }
    answer(StatusCode::OK, &body)
}

/// Longest the database may take for the metrics: they count messages.
const METRICS_WITHIN: Duration = Duration::from_secs(5);

/// The metrics, or 503 when the database does not tell.
pub async fn metrics(db: &Db, now: DateTime<Utc>) -> Response {
    let page = match tokio::time::timeout(METRICS_WITHIN, metrics::page(db, now)).await {
        Ok(Ok(page)) => page,
        Ok(Err(error)) => {
            tracing::warn!(%error, "no metrics: the database failed");
            return answer(StatusCode::SERVICE_UNAVAILABLE, &json!({"status": "unavailable"}));
        }
        Err(_) => {
            tracing::warn!("no metrics: the database did not answer in time");
            return answer(StatusCode::SERVICE_UNAVAILABLE, &json!({"status": "unavailable"}));
        }
    };
    Response::builder()
        .header(header::CONTENT_TYPE, metrics::MEDIA_TYPE)
        .header(header::CACHE_CONTROL, "no-store")
        .body(Body::from(page))
}

fn answer(status: StatusCode, body: &Value) -> Response {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CACHE_CONTROL, "no-store")
        .body(Body::from(body.to_string()))
}
