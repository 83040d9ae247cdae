//! What is known of a request before it is handled; the front door puts it there.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use openklant_shared::jwt::Claims;
use poem::Request;

use super::crowd::{Crowd, Place};
use super::error::Refusal;
use super::links::Base;
use super::routes::Routes;
use crate::usage::Standing;

/// What is known of a request before it is handled.
#[derive(Clone, Debug)]
pub struct RequestInfo {
    /// Our address as this client knows it.
    pub base: Base,
    /// Identity of the request in the network, or our own.
    pub request_id: String,
    /// Who turned out to call.
    pub caller: Caller,
    /// Where the body of a search is put for the log of reads, when one is kept.
    pub searched: Option<Arc<OnceLock<Bytes>>>,
    /// The paths we have, for telling what a link points at.
    pub routes: Arc<Routes>,
}

/// Who calls, once the token was verified, and the place of the request among others of the same client. Clones are
/// the same caller; the place is given back with the last of them.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    known: Arc<OnceLock<Known>>,
    claimed: Arc<OnceLock<(String, Standing)>>,
    crowd: Option<Arc<Crowd>>,
}

#[derive(Debug)]
struct Known {
    claims: Claims,
    _place: Option<Place>,
}

impl Caller {
    /// A caller that nobody knows yet; of each client only so many requests are let through as `crowd` says.
    pub fn among(crowd: Option<&Arc<Crowd>>) -> Self {
        Self {
            known: Arc::default(),
            claimed: Arc::default(),
            crowd: crowd.cloned(),
        }
    }

    /// Notes who calls, for the log too. Only of a token that was verified: anything else is the word of a stranger.
    ///
    /// # Errors
    /// The client has as many requests as it may.
    pub fn is(&self, claims: &Claims) -> Result<(), Refusal> {
        let client_id = claims.client_id.as_str();
        if self.known.get().is_some() {
            return Ok(());
        }
        tracing::Span::current().record("client.id", client_id);
        let place = match &self.crowd {
            Some(crowd) => Some(crowd.enter(client_id).ok_or(Refusal::TooManyRequests)?),
            None => None,
        };
        // Whoever was first keeps its place.
        let _already_known = self.known.set(Known {
            claims: claims.clone(),
            _place: place,
        });
        Ok(())
    }

    /// Notes who a token that was refused said to be, and whether such a client id has a secret here. Only for counting
    /// refusals: it is the word of a stranger.
    pub fn says(&self, client_id: &str, has_secret: bool) {
        let standing = if has_secret {
            Standing::Claimed
        } else {
            Standing::Stranger
        };
        // Whoever was first counts.
        let _already_said = self.claimed.set((client_id.to_owned(), standing));
    }

    /// The client id and how it is known; `None` when there was no token that names one.
    pub fn client_id(&self) -> Option<(&str, Standing)> {
        let claimed = self.claimed.get();
        self.known()
            .map(|claims| (claims.client_id.as_str(), Standing::Verified))
            .or_else(|| claimed.map(|(client_id, standing)| (client_id.as_str(), *standing)))
    }

    /// What the verified token said; `None` as long as nobody knows.
    pub fn known(&self) -> Option<&Claims> {
        self.known.get().map(|known| &known.claims)
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
