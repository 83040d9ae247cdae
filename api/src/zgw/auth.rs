//! Who calls, and whether they may (behaviour of Open Klant 1.0.0, section 2; decisions 2 to 4). Every refusal is
//! 403; only its code differs.

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
use openklant_shared::storage::{Db, StorageError};
use poem::http::header;
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use super::error::Refusal;
use super::request::{Caller, RequestInfo};

/// The code of every refusal without a more precise one.
const PERMISSION_DENIED: &str = "permission_denied";

/// How long a look-up is believed: a change of rights is in force within this time on every process.
const LOOK_UP_LIVES: Duration = Duration::from_secs(1);

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
    credential: Credential,
    applicatie: Option<Applicatie>,
}

/// The door keeper: verifies tokens and looks up rights, with a short memory.
#[derive(Clone, Debug)]
pub struct Authorisation {
    db: Db,
    clock: Clock,
    rules: Rules,
    known: Cache<String, Option<Arc<Known>>>,
}

impl Authorisation {
    /// A door keeper that follows `tokens`.
    pub fn new(db: Db, clock: Clock, tokens: &Tokens) -> Self {
        let rules = Rules {
            leeway: tokens.leeway,
            max_age: tokens.max_age,
        };
        let known = Cache::builder()
            .max_capacity(LOOK_UPS)
            .time_to_live(LOOK_UP_LIVES)
            .build();
        Self {
            db,
            clock,
            rules,
            known,
        }
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
        let known = self.look_up(unverified.client_id()).await?;
        let known = known.ok_or(Refusal::PermissionDenied("invalid-client-identifier"))?;
        let now = self.clock.now();
        let secrets = known.credential.valid(now).map(Secret::expose);
        let claims = unverified.verify(secrets, &self.rules, now).map_err(refused)?;
        caller.is(&claims)?;
        match &known.applicatie {
            Some(applicatie) if applicatie.allows(component, scope) => Ok(actor(claims, applicatie)),
            _ => Err(Refusal::PermissionDenied(PERMISSION_DENIED)),
        }
    }

    async fn look_up(&self, client_id: &str) -> Result<Option<Arc<Known>>, Refusal> {
        if client_id.chars().count() > CLIENT_ID_MAX_LENGTH || client_id.contains('\0') {
            return Ok(None);
        }
        metrics::authorisation_asked();
        let looked_up = self
            .known
            .try_get_with(client_id.to_owned(), async {
                metrics::authorisation_read();
                let Some(credential) = applicatie::find_credential(&self.db, client_id).await? else {
                    return Ok(None);
                };
                let applicatie = applicatie::find_by_client(&self.db, client_id).await?;
                Ok(Some(Arc::new(Known {
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
        let door = request
            .data::<Arc<Authorisation>>()
            .ok_or_else(|| Refusal::Internal("the front door is not mounted".to_owned()))?;
        let info = RequestInfo::of(request)?;
        let mut actor = door
            .authorise(request, &info.caller, S::COMPONENT, S::SCOPE)
            .await?;
        actor.request_id.clone_from(&info.request_id);
        actor.toelichting = header_text(request, "X-Audit-Toelichting");
        Ok(Self {
            actor,
            scope: PhantomData,
        })
    }
}

/// The text of a header; bytes that are no UTF-8 are shown as such and U+0000 is dropped, which no database takes.
fn header_text(request: &Request, name: &str) -> String {
    request.headers().get(name).map_or_else(String::new, |value| {
        String::from_utf8_lossy(value.as_bytes()).trim().replace('\0', "")
    })
}
