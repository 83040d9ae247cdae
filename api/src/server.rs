//! Listening, serving and stopping.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

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
        let app = app::build(&State::new(context)?)?;
        Ok(Self {
            acceptor,
            address,
            app,
            shutdown_timeout,
        })
    }

    /// The address it listens on.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` is there, then finishes what is under way, within the time-out of the settings.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), ServerError> {
        poem::Server::new_with_acceptor(self.acceptor)
            .run_with_graceful_shutdown(self.app, stop, Some(self.shutdown_timeout))
            .await
            .map_err(ServerError::Stopped)
    }
}
