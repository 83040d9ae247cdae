//! Listening, serving and stopping.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use openklant_shared::storage::page_map;
use poem::listener::TcpAcceptor;

use crate::connection::BoundedAcceptor;
use crate::state::State;
use crate::{Context, ServerError, app};

/// A server that has its address and waits to be run.
pub struct Server {
    acceptor: BoundedAcceptor<TcpAcceptor>,
    address: SocketAddr,
    app: poem::endpoint::BoxEndpoint<'static, poem::Response>,
    shutdown_timeout: Duration,
    state: Arc<State>,
}

impl Server {
    /// Takes the address the settings name; port 0 takes a free one.
    pub fn bind(context: Context) -> Result<Self, ServerError> {
        let wanted = context.settings.server.listen;
        let shutdown_timeout = context.settings.server.shutdown_timeout;
        let refused = |source| ServerError::Bind {
            address: wanted,
            source,
        };
        let listener = std::net::TcpListener::bind(wanted).map_err(refused)?;
        listener.set_nonblocking(true).map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let acceptor = TcpAcceptor::from_std(listener).map_err(refused)?;
        let acceptor = BoundedAcceptor::new(acceptor, context.settings.server.connection_timeout);
        let state = State::new(context)?;
        let app = app::build(&state)?;
        Ok(Self {
            acceptor,
            address,
            app,
            shutdown_timeout,
            state,
        })
    }

    /// The address it listens on.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` is there, then finishes what is under way, within the time-out of the settings.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), ServerError> {
        let state = Arc::clone(&self.state);
        let stop = async move {
            stop.await;
            // Streams have no end of their own.
            state.queue.stop();
        };
        let served = poem::Server::new_with_acceptor(self.acceptor).run_with_graceful_shutdown(
            self.app,
            stop,
            Some(self.shutdown_timeout),
        );
        let outcome = tokio::select! {
            served = served => served.map_err(ServerError::Stopped),
            () = self.state.authorisation.keep_up() => Ok(()),
            () = page_map::keep(&self.state.db, &self.state.clock) => Ok(()),
            () = self.state.usage.keep(&self.state.db) => Ok(()),
        };
        self.state.usage.flush(&self.state.db).await;
        outcome
    }
}
