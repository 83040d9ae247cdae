//! The page with the metrics of a worker, on a port of its own. What is measured is in `openklant_shared::metrics`.

use std::future::pending;
use std::time::Duration;

use openklant_shared::metrics;
use poem::http::{StatusCode, header};
use poem::listener::{Acceptor, Listener, TcpAcceptor, TcpListener};
use poem::web::Data;
use poem::{Endpoint, EndpointExt, IntoResponse, Response, Route, Server, get, handler};

use crate::{Context, WorkerError};

/// Longest the database may take for a page.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// The listener, or `None` when the settings ask for none.
///
/// # Errors
/// An address that cannot be listened on.
pub(crate) async fn listen(context: &Context) -> Result<Option<TcpAcceptor>, WorkerError> {
    let Some(address) = context.settings.worker.metrics_listen else {
        return Ok(None);
    };
    let acceptor = TcpListener::bind(address)
        .into_acceptor()
        .await
        .map_err(WorkerError::Metrics)?;
    for address in acceptor.local_addr() {
        tracing::info!(address = %address, "showing metrics");
    }
    Ok(Some(acceptor))
}

/// Serves the page, until dropped; a server that ends is no reason to stop delivering.
pub(crate) async fn serve(context: &Context, acceptor: Option<TcpAcceptor>) {
    if let Some(acceptor) = acceptor
        && let Err(error) = Server::new_with_acceptor(acceptor)
            .run(pages(context.clone()))
            .await
    {
        tracing::error!(%error, "metrics are not shown any more");
    }
    pending::<()>().await;
}

fn pages(context: Context) -> impl Endpoint {
    Route::new().at("/metrics", get(page)).data(context)
}

#[handler]
async fn page(Data(context): Data<&Context>) -> Response {
    let page = metrics::page(&context.db, context.clock.now());
    match tokio::time::timeout(ANSWER_WITHIN, page).await {
        Ok(Ok(page)) => page
            .with_header(header::CONTENT_TYPE, metrics::MEDIA_TYPE)
            .into_response(),
        Ok(Err(error)) => {
            tracing::warn!(%error, "no metrics: the database failed");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        Err(_) => {
            tracing::warn!("no metrics: the database did not answer in time");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
