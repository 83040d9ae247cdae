//! The log of reads (AVG), for an installation that keeps one: which client and user read which object, or searched with
//! which filters. It is kept here and not in the handlers, so that none can forget it.
//!
//! A read is recorded after it succeeded and before its answer is sent. When it cannot be recorded, the answer is 503:
//! nobody sees what nobody can be asked about later. Values are there as keyed hashes, users with a BSN masked.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use openklant_shared::clock::Clock;
use openklant_shared::domain::audittrail::{cut, limits};
use openklant_shared::domain::identifiers::without_bsn;
use openklant_shared::keyed_hash::KeyedHash;
use openklant_shared::settings;
use openklant_shared::storage::{Db, read_log};
use poem::http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use url::form_urlencoded;
use uuid::Uuid;

use crate::zgw::error::Refusal;
use crate::zgw::request::Caller;
use crate::zgw::routes::Routes;

/// The end of a path that is searched by POST.
const SEARCH: &str = "/_zoek";

/// Most filters of one read that are recorded, and the longest name.
const MOST_FILTERS: usize = 100;
const NAME_LENGTH: usize = 100;

/// The log.
#[derive(Debug)]
pub struct Reads {
    db: Db,
    clock: Clock,
    hash: KeyedHash,
}

/// A request that reads, before it is handled.
#[derive(Debug)]
pub struct Read {
    method: &'static str,
    route: String,
    object: Option<Uuid>,
    query: String,
    searched: Option<Searched>,
}

/// The body of a search, once it was read.
pub type Searched = Arc<OnceLock<Bytes>>;

impl Reads {
    /// The log that the settings ask for, if they do.
    pub fn new(db: &Db, clock: &Clock, settings: &settings::ReadLog) -> Option<Arc<Self>> {
        let key = settings.key.clone().filter(|_| settings.enabled)?;
        Some(Arc::new(Self {
            db: db.clone(),
            clock: clock.clone(),
            hash: KeyedHash::new(key),
        }))
    }

    /// Records a read that succeeded.
    ///
    /// # Errors
    /// The database did not take it.
    pub async fn record(&self, read: &Read, caller: &Caller, request_id: &str) -> Result<(), Refusal> {
        let Some(user) = caller.known() else {
            return Err(Refusal::Internal("a resource was read by nobody".to_owned()));
        };
        let shown = |text: &str| cut(&without_bsn(text), limits::GEBRUIKER).to_owned();
        let recorded = read_log::Read {
            at: self.clock.now(),
            client_id: user.client_id.clone(),
            user_id: shown(&user.user_id),
            user_representation: shown(&user.user_representation),
            user_hash: if user.user_id.is_empty() {
                String::new()
            } else {
                self.hash.of(&user.user_id)
            },
            method: read.method.to_owned(),
            route: read.route.clone(),
            object: read.object,
            filters: self.filters(read).to_string(),
            request_id: request_id.to_owned(),
            key_id: self.hash.key_id(),
            reason: None,
        };
        read_log::insert(&self.db, &recorded)
            .await
            .map_err(|error| Refusal::Unavailable(format!("the read could not be recorded: {error}")))
    }

    /// Names with hashes, in their order.
    fn filters(&self, read: &Read) -> Value {
        let in_query = form_urlencoded::parse(read.query.trim_start_matches('?').as_bytes());
        let mut given: Vec<(String, String)> = in_query.into_owned().take(MOST_FILTERS).collect();
        let body = read.searched.as_ref().and_then(|searched| searched.get());
        // What was searched with was an object, or the search would not have succeeded.
        let body = body.and_then(|bytes| serde_json::from_slice::<Map<String, Value>>(bytes).ok());
        for (name, value) in body.unwrap_or_default() {
            match value {
                Value::Null => {}
                Value::String(text) => given.push((name, text)),
                Value::Array(items) => {
                    given.extend(items.into_iter().map(|item| (name.clone(), text_of(item))));
                }
                other => given.push((name, other.to_string())),
            }
        }
        given.truncate(MOST_FILTERS);
        given
            .into_iter()
            .map(|(name, value)| {
                json!({"name": cut(&without_bsn(&name), NAME_LENGTH), "hash": self.hash.of(value.trim())})
            })
            .collect()
    }
}

fn text_of(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

impl Read {
    /// The request as a read; `None` when it reads no resource.
    pub fn of(
        method: &Method,
        told_as: &'static str,
        path: &str,
        query: Option<&str>,
        routes: &Routes,
    ) -> Option<Self> {
        let is_search = *method == Method::POST && path.ends_with(SEARCH);
        let reads = matches!(*method, Method::GET | Method::HEAD) || is_search;
        if !reads || !routes.is_resource(path) {
            return None;
        }
        Some(Self {
            method: told_as,
            route: routes.route(path)?.to_owned(),
            object: path.split('/').find_map(|part| Uuid::try_parse(part).ok()),
            query: query.unwrap_or_default().to_owned(),
            searched: is_search.then(Searched::default),
        })
    }

    /// Where the body of a search is to be put.
    pub fn searched(&self) -> Option<Searched> {
        self.searched.clone()
    }

    /// Whether an answer with this status shows something.
    pub fn succeeded(status: StatusCode) -> bool {
        status.is_success() || status == StatusCode::NOT_MODIFIED
    }
}
