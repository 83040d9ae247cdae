//! What is known of a request before it is handled; the front door puts it there.

use std::sync::Arc;

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
    /// The paths we have, for telling what a link points at.
    pub routes: Arc<Routes>,
}

impl RequestInfo {
    /// The info of a request that came through the front door.
    pub fn of(request: &Request) -> Result<&Self, Refusal> {
        request
            .data::<Self>()
            .ok_or_else(|| Refusal::Internal("the front door is not mounted".to_owned()))
    }
}
