//! What is known of a request before it is handled; the front door puts it there.

use std::sync::{Arc, OnceLock};

use poem::Request;

use super::error::Refusal;
use super::links::Base;
use super::routes::Routes;

/// What is known of a request before it is handled.
#[derive(Clone, Debug)]
pub struct RequestInfo {
    /// Our address as this client knows it.
    pub base: Base,
    /// Identity of the request in the network, or our own.
    pub request_id: String,
    /// Who turned out to call.
    pub caller: Caller,
    /// The paths we have, for telling what a link points at.
    pub routes: Arc<Routes>,
}

/// The client id of the caller, once its token was verified. Clones are the same caller.
#[derive(Clone, Debug, Default)]
pub struct Caller(Arc<OnceLock<String>>);

impl Caller {
    /// Notes who calls, for the log too. Only of a token that was verified: anything else is the word of a stranger.
    pub fn is(&self, client_id: &str) {
        if self.0.set(client_id.to_owned()).is_ok() {
            tracing::Span::current().record("client.id", client_id);
        }
    }

    /// Who calls; `None` as long as nobody knows.
    pub fn client_id(&self) -> Option<&str> {
        self.0.get().map(String::as_str)
    }
}

impl RequestInfo {
    /// The info of a request that came through the front door.
    pub fn of(request: &Request) -> Result<&Self, Refusal> {
        request
            .data::<Self>()
            .ok_or_else(|| Refusal::Internal("the front door is not mounted".to_owned()))
    }
}
