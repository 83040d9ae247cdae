//! Looking at what stands under URLs that clients name (decision 12): with the credentials of the registered API that
//! the URL belongs to, if any; within time and size; never inside a transaction.

use chrono::{DateTime, Utc};
use openklant_shared::clock::{Clock, Ids};
use openklant_shared::domain::identifiers::without_bsn;
use openklant_shared::http::{Access, Answer, FetchError, Lookup, Outgoing};
use openklant_shared::jwt;
use openklant_shared::otlp;
use openklant_shared::settings::{ApiAccess, Secret};
use openklant_shared::storage::externe_api::{self, ExterneApi};
use openklant_shared::storage::{Db, StorageError};
use openklant_shared::trace::{self, TraceParent};
use openklant_shared::vault::VaultError;
use thiserror::Error;
use url::Url;

use super::error::Refusal;

/// The way out.
#[derive(Clone, Debug)]
pub struct Remote {
    db: Db,
    clock: Clock,
    ids: Ids,
    outgoing: Outgoing,
    configured: Option<ExterneApi>,
}

/// Why nothing was seen.
#[derive(Debug, Error)]
pub enum RemoteError {
    /// No answer, or none that we would read.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The credentials could not be looked up.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Our secret at this API does not open.
    #[error("our secret at {api_root} does not open: {error}")]
    Secret {
        /// The root of the API.
        api_root: String,
        /// Why.
        error: VaultError,
    },
    /// No token could be made.
    #[error(transparent)]
    Token(#[from] jwt::SignError),
}

impl Remote {
    /// A way out over `outgoing`; `configured` is the API that the settings name.
    pub fn new(db: Db, clock: Clock, ids: Ids, outgoing: Outgoing, configured: Option<&ApiAccess>) -> Self {
        let configured = configured.map(|api| ExterneApi {
            api_root: api.root.to_string(),
            identifier: None,
            api_type: externe_api::ANY_TYPE.to_owned(),
            label: String::new(),
            client_id: api.client_id.clone(),
            secret: Ok(api.secret.clone()),
            user_id: String::new(),
            user_representation: String::new(),
        });
        Self {
            db,
            clock,
            ids,
            outgoing,
            configured,
        }
    }

    /// Gets `url`, with these extra headers.
    pub async fn get(
        &self,
        url: &Url,
        headers: &[(&'static str, &'static str)],
    ) -> Result<Answer, RemoteError> {
        let api = self.api_of(url).await?;
        let access = match &api {
            Some(api) => Some(Access {
                root: &api.api_root,
                bearer: jwt::sign(
                    &api.client_id,
                    opened(api)?.expose(),
                    &api.user_id,
                    &api.user_representation,
                    self.clock.now(),
                )?,
            }),
            None => None,
        };
        let lookup = self.outgoing.get(Lookup { url, headers, access });
        let Some(request) = trace::current() else {
            return Ok(lookup.await?);
        };
        let (step, begun) = (request.child(&self.ids), self.clock.now());
        let answer = step.scope(lookup).await;
        otlp::record(|| span_of(step, request, begun, self.clock.now(), &answer));
        Ok(answer?)
    }

    /// The API that a URL belongs to: the longest root that the URL starts with; of two equal ones the registered.
    async fn api_of(&self, url: &Url) -> Result<Option<ExterneApi>, StorageError> {
        let registered = externe_api::list(&self.db).await?;
        let registered = registered.into_iter().filter(ExterneApi::is_for_lookups);
        let known = self.configured.iter().cloned().chain(registered);
        Ok(known
            .filter(|api| url.as_str().starts_with(&api.api_root))
            .max_by_key(|api| api.api_root.len()))
    }

    /// Whether `url` answers 200 in the end. What it answers is not looked at.
    pub async fn is_there(&self, url: &str) -> Result<bool, Refusal> {
        let Ok(url) = Url::parse(url) else {
            return Ok(false);
        };
        match self.get(&url, &[]).await {
            // A long body is not read to its end, and not looked at either.
            Ok(Answer { status, .. }) | Err(RemoteError::Fetch(FetchError::TooLarge { status, .. })) => {
                Ok(status == 200)
            }
            Err(RemoteError::Fetch(error)) => {
                // The client chose the host, and the cause may name it.
                tracing::info!(
                    host = url.host_str().map(without_bsn),
                    cause = without_bsn(&error.to_string()),
                    "a URL in a request was not reached"
                );
                Ok(false)
            }
            Err(RemoteError::Storage(error)) => Err(error.into()),
            Err(error @ RemoteError::Secret { .. }) => Err(Refusal::Unavailable(error.to_string())),
            Err(error @ RemoteError::Token(_)) => Err(Refusal::Internal(error.to_string())),
        }
    }
}

fn opened(api: &ExterneApi) -> Result<&Secret, RemoteError> {
    api.secret.as_ref().map_err(|error| RemoteError::Secret {
        api_root: api.api_root.clone(),
        error: error.clone(),
    })
}

/// A look-up as a step of the trace of its request. The client chose the URL: nothing of it is told.
fn span_of(
    step: TraceParent,
    request: TraceParent,
    begun: DateTime<Utc>,
    ended: DateTime<Utc>,
    answer: &Result<Answer, FetchError>,
) -> otlp::Span {
    let mut attributes = vec![("http.request.method", "GET".into())];
    if let Ok(answer) = answer {
        attributes.push(("http.response.status_code", answer.status.into()));
    }
    otlp::Span {
        name: "look-up".to_owned(),
        kind: otlp::Kind::Client,
        step,
        parent: Some(request),
        begun,
        ended,
        failed: answer.as_ref().map_or(true, |answer| answer.status >= 400),
        attributes,
    }
}
