//! Who calls, and whether they may (behaviour of Open Klant 1.0.0, section 2; decisions 2 to 4). Every refusal is
//! 403; only its code differs.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use openklant_shared::clock::Clock;
use openklant_shared::domain::applicatie::{Applicatie, CLIENT_ID_MAX_LENGTH, Component};
use openklant_shared::domain::audittrail::Actor;
use openklant_shared::jwt::{self, Claims, Rules};
use openklant_shared::metrics::http as metrics;
use openklant_shared::settings::{Secret, Tokens};
use openklant_shared::storage::applicatie::{self, Credential};
use openklant_shared::storage::{Db, SeenVersion, StorageError};
use poem::http::header;
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use tokio::sync::{Mutex, watch};

use super::error::Refusal;
use super::fetched::FetchedRights;
use super::request::{Caller, RequestInfo};

/// The code of every refusal without a more precise one.
const PERMISSION_DENIED: &str = "permission_denied";

/// How long it is believed that nothing changed since it was last looked: a change of rights is in force within this
/// time on every process, whatever becomes of the watch.
const BELIEVED: Duration = Duration::from_secs(1);

/// Pause before watching again after that failed.
const PAUSE: Duration = Duration::from_secs(1);

/// How many client ids are remembered, known or not.
const LOOK_UPS: u64 = 10_000;

/// A right that an operation asks for, as a type: an operation cannot forget to check what its argument says.
pub trait RequiredScope: Send + Sync + 'static {
    /// The scope.
    const SCOPE: &'static str;
    /// The component whose rights count.
    const COMPONENT: Component;
}

/// Declares types for the scopes of one component: `required_scopes! { Component::Kc; Lezen = "klanten.lezen"; }`.
macro_rules! required_scopes {
    ($component:expr; $($name:ident = $scope:expr;)*) => {
        $(
            #[doc = concat!("Asks for the scope `", stringify!($name), "`.")]
            pub struct $name;

            impl $crate::zgw::auth::RequiredScope for $name {
                const SCOPE: &'static str = $scope;
                const COMPONENT: openklant_shared::domain::applicatie::Component = $component;
            }
        )*
    };
}
pub(crate) use required_scopes;

/// The caller of an operation that asks for the scope `S`, checked.
#[derive(Debug)]
pub struct Authorised<S> {
    /// Who the audit trail names.
    pub actor: Actor,
    scope: PhantomData<fn() -> S>,
}

/// What is known of a client id.
#[derive(Debug)]
struct Known {
    client_id: String,
    credential: Credential,
    applicatie: Option<Applicatie>,
}

/// The door keeper: verifies tokens and looks up rights, with a short memory.
#[derive(Clone, Debug)]
pub struct Authorisation {
    db: Db,
    clock: Clock,
    rules: Rules,
    /// By client id and the version of authorisation it was looked up at: of another version it is not asked any more.
    known: Cache<(String, i64), Option<Arc<Known>>>,
    /// What an Autorisaties API says of clients that have no application here; `None`: none is asked.
    fetched: Option<FetchedRights>,
    seen: watch::Sender<Option<SeenVersion>>,
    /// Held by the request that looks for all when the watch does not.
    looking: Arc<Mutex<()>>,
}

impl Authorisation {
    /// A door keeper that follows `tokens`.
    pub fn new(db: Db, clock: Clock, tokens: &Tokens, fetched: Option<FetchedRights>) -> Self {
        let rules = Rules {
            leeway: tokens.leeway,
            max_age: tokens.max_age,
        };
        let known = Cache::builder().max_capacity(LOOK_UPS).build();
        Self {
            db,
            clock,
            rules,
            known,
            fetched,
            seen: watch::Sender::new(None),
            looking: Arc::default(),
        }
    }

    /// Keeps up with changes that any process makes. Never ends.
    pub(crate) async fn keep_up(&self) {
        loop {
            let Err(error) = self.follow().await;
            tracing::warn!(%error, "stopped hearing of changed rights; requests look for them instead");
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn follow(&self) -> Result<Infallible, StorageError> {
        let mut changes = self.db.authorisation_watch().await?;
        loop {
            self.now_seen(changes.next().await?);
        }
    }

    fn now_seen(&self, new: SeenVersion) {
        let before = self.seen.send_replace(Some(new));
        if before.is_some_and(|before| before.version != new.version) {
            // Nobody asks for those any more: only for the memory they take.
            self.known.invalidate_all();
            if let Some(fetched) = &self.fetched {
                fetched.forget();
            }
        }
    }

    fn version_if_fresh(&self) -> Option<i64> {
        self.seen
            .borrow()
            .filter(|seen| seen.at.elapsed() < BELIEVED)
            .map(|seen| seen.version)
    }

    /// The version that holds: as the watch saw it, or, when that did not look for a second, asked for once by one
    /// request for all.
    async fn version(&self) -> Result<i64, StorageError> {
        if let Some(version) = self.version_if_fresh() {
            return Ok(version);
        }
        let _looking = self.looking.lock().await;
        if let Some(version) = self.version_if_fresh() {
            return Ok(version);
        }
        let seen = self.db.authorisation_version().await?;
        self.now_seen(seen);
        Ok(seen.version)
    }

    /// The caller of `request` when it may do what `scope` of `component` allows.
    async fn authorise(
        &self,
        request: &Request,
        caller: &Caller,
        component: Component,
        scope: &str,
    ) -> Result<Actor, Refusal> {
        let token = bearer_token(request).ok_or(Refusal::PermissionDenied(PERMISSION_DENIED))?;
        let refused = |error: jwt::TokenError| Refusal::PermissionDenied(error.code());
        let unverified = jwt::peek(token).map_err(refused)?;
        let version = self.version().await?;
        let known = self.look_up(unverified.client_id(), version).await?;
        let Some(known) = known else {
            if is_possible(unverified.client_id()) {
                caller.says(unverified.client_id(), false);
            }
            return Err(Refusal::PermissionDenied("invalid-client-identifier"));
        };
        let now = self.clock.now();
        let secrets = known.credential.valid(now).map(Secret::expose);
        let verified = unverified.verify(secrets, &self.rules, now);
        let claims = verified
            .inspect_err(|_| caller.says(&known.client_id, true))
            .map_err(refused)?;
        caller.is(&claims)?;
        // Only now: a stranger must not make us ask others.
        let fetched = match (&known.applicatie, &self.fetched) {
            (None, Some(fetched)) => Some(fetched.find(&claims.client_id, version).await?),
            _ => None,
        };
        let fetched = fetched.as_ref().and_then(|fetched| fetched.applicatie.as_ref());
        match known.applicatie.as_ref().or(fetched) {
            Some(applicatie) if applicatie.allows(component, scope) => Ok(actor(claims, applicatie)),
            _ => Err(Refusal::PermissionDenied(PERMISSION_DENIED)),
        }
    }

    async fn look_up(&self, client_id: &str, version: i64) -> Result<Option<Arc<Known>>, Refusal> {
        if !is_possible(client_id) {
            return Ok(None);
        }
        metrics::authorisation_asked();
        let looked_up = self
            .known
            .try_get_with((client_id.to_owned(), version), async {
                metrics::authorisation_read();
                let Some(credential) = applicatie::find_credential(&self.db, client_id).await? else {
                    return Ok(None);
                };
                let applicatie = applicatie::find_by_client(&self.db, client_id).await?;
                Ok(Some(Arc::new(Known {
                    client_id: client_id.to_owned(),
                    credential,
                    applicatie,
                })))
            })
            .await;
        looked_up.map_err(|error: Arc<StorageError>| match *error {
            StorageError::Unavailable(_) | StorageError::Vault(_) => Refusal::Unavailable(error.to_string()),
            _ => Refusal::Internal(error.to_string()),
        })
    }
}

/// Whether a client id can be one of ours.
fn is_possible(client_id: &str) -> bool {
    client_id.chars().count() <= CLIENT_ID_MAX_LENGTH && !client_id.contains('\0')
}

/// The token of a request. The word and the blank are taken to the letter, as 1.0.0 does.
pub(crate) fn bearer_token(request: &Request) -> Option<&str> {
    request
        .headers()
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Bearer ")
}

fn actor(claims: Claims, applicatie: &Applicatie) -> Actor {
    Actor {
        applicatie_id: applicatie.uuid.to_string(),
        applicatie_weergave: applicatie.label.clone(),
        gebruikers_id: claims.user_id,
        gebruikers_weergave: claims.user_representation,
        toelichting: String::new(),
        request_id: String::new(),
    }
}

impl<'a, S: RequiredScope> ApiExtractor<'a> for Authorised<S> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        registry.create_security_scheme(
            S::SCOPE,
            MetaSecurityScheme {
                ty: "http",
                description: None,
                name: None,
                key_in: None,
                scheme: Some("bearer"),
                bearer_format: Some("JWT"),
                flows: None,
                openid_connect_url: None,
            },
        );
    }

    /// The scope stands in for the scheme's name; the document is put right afterwards (see `document`).
    fn security_schemes() -> Vec<&'static str> {
        vec![S::SCOPE]
    }

    async fn from_request(
        request: &'a Request,
        _: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let actor = authorised::<S>(request).await?;
        Ok(Self {
            actor,
            scope: PhantomData,
        })
    }
}

/// The caller of `request`, which is an operation that asks for the scope `S`.
pub(crate) async fn authorised<S: RequiredScope>(request: &Request) -> Result<Actor, Refusal> {
    let door = request
        .data::<Arc<Authorisation>>()
        .ok_or_else(|| Refusal::Internal("the front door is not mounted".to_owned()))?;
    let info = RequestInfo::of(request)?;
    let mut actor = door
        .authorise(request, &info.caller, S::COMPONENT, S::SCOPE)
        .await?;
    actor.request_id.clone_from(&info.request_id);
    actor.toelichting = header_text(request, "X-Audit-Toelichting");
    Ok(actor)
}

/// The text of a header; bytes that are no UTF-8 are shown as such and U+0000 is dropped, which no database takes.
fn header_text(request: &Request, name: &str) -> String {
    request.headers().get(name).map_or_else(String::new, |value| {
        String::from_utf8_lossy(value.as_bytes()).trim().replace('\0', "")
    })
}
