//! What a provider says of itself and its keys: asked for once an hour, again at once when a key is new, and
//! every few seconds at most while it does not answer.

use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod, CoreGrantType,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
    CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{
    AdditionalProviderMetadata, ClientId, ClientSecret, DiscoveryError, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, IssuerUrl, ProviderMetadata,
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use url::Url;

use super::{LoginError, unreachable};
use crate::http::{ApiClient, FetchError};
use crate::settings::Oidc;

/// How long what it said holds.
const FRESH_FOR: Duration = Duration::from_hours(1);
/// Least time between a question that failed and the next.
const PAUSE: Duration = Duration::from_secs(5);

/// Our client, as the provider's document makes it.
pub type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

type Document = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// What other standards than the first say a provider may tell of itself.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct More {
    /// RP-Initiated Logout 1.0.
    end_session_endpoint: Option<Url>,
    /// RFC 9207.
    authorization_response_iss_parameter_supported: Option<bool>,
}

impl AdditionalProviderMetadata for More {}

/// What a provider says of itself.
#[derive(Clone, Debug)]
pub struct Discovered(Arc<Document>);

impl Deref for Discovered {
    type Target = Document;

    fn deref(&self) -> &Document {
        &self.0
    }
}

impl Discovered {
    /// Where a browser ends its session there.
    pub fn end_session_endpoint(&self) -> Option<&Url> {
        self.additional_metadata().end_session_endpoint.as_ref()
    }

    /// Whether it names itself when it sends a browser back.
    pub fn names_itself(&self) -> bool {
        self.additional_metadata()
            .authorization_response_iss_parameter_supported
            .unwrap_or(false)
    }

    /// Whether our secret goes into a header; else it goes into the body.
    pub fn takes_basic(&self) -> bool {
        self.token_endpoint_auth_methods_supported()
            .is_none_or(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretBasic))
    }
}

/// Our client at a provider.
pub fn client(settings: &Oidc, discovered: &Discovered) -> Client {
    CoreClient::from_provider_metadata(
        discovered.0.as_ref().clone(),
        ClientId::new(settings.client_id.clone()),
        Some(ClientSecret::new(settings.client_secret.expose().to_owned())),
    )
}

/// Signatures that are taken: by a key that only the provider has. Not `none`, and not HMAC, whose key is our secret.
pub fn algorithms() -> [CoreJwsSigningAlgorithm; 9] {
    [
        CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
        CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
        CoreJwsSigningAlgorithm::RsaSsaPssSha256,
        CoreJwsSigningAlgorithm::RsaSsaPssSha384,
        CoreJwsSigningAlgorithm::RsaSsaPssSha512,
        CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        CoreJwsSigningAlgorithm::EcdsaP384Sha384,
        CoreJwsSigningAlgorithm::EdDsa,
    ]
}

/// What a provider last said, or that it said nothing.
#[derive(Debug, Default)]
pub struct Cache(Mutex<Option<Last>>);

#[derive(Debug)]
struct Last {
    at: Instant,
    said: Result<Discovered, String>,
}

impl Cache {
    /// What the provider says of itself; `anew`: what it said before is not good enough.
    pub async fn get(&self, issuer: &str, client: &ApiClient, anew: bool) -> Result<Discovered, LoginError> {
        let mut last = self.0.lock().await;
        if let Some(Last { at, said }) = last.as_ref() {
            let enough = match said {
                Err(_) => PAUSE,
                Ok(_) if anew => Duration::ZERO,
                Ok(_) => FRESH_FOR,
            };
            if at.elapsed() < enough {
                return said.clone().map_err(LoginError::Unreachable);
            }
        }
        // Noted first: whoever waits behind a question that is given up must not ask it again.
        *last = Some(Last {
            at: Instant::now(),
            said: Err(FetchError::Timeout.to_string()),
        });
        let said = discover(issuer.to_owned(), client.clone()).await;
        *last = Some(Last {
            at: Instant::now(),
            said: said.clone(),
        });
        said.map_err(LoginError::Unreachable)
    }
}

/// Asks. Whether an issuer ends in a slash is the provider's to say.
fn discover(issuer: String, client: ApiClient) -> Asked<Result<Discovered, String>> {
    Box::pin(async move {
        let http = sender(client);
        let mut outcome = Err(String::new());
        for end in ["", "/"] {
            let url = IssuerUrl::new(format!("{issuer}{end}")).map_err(|error| error.to_string())?;
            outcome = match Document::discover_async(url, &http).await {
                Ok(document) => return Ok(Discovered(Arc::new(document))),
                Err(DiscoveryError::Validation(why)) => Err(why),
                Err(error) => return Err(words(error)),
            };
        }
        outcome
    })
}

/// Something the crate asks, with all it needs: the compiler cannot see that what it borrows may go to another thread.
pub type Asked<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Our client in the form that the crate calls.
pub fn sender(client: ApiClient) -> impl Fn(HttpRequest) -> Asked<Result<HttpResponse, FetchError>> {
    move |request| {
        let client = client.clone();
        Box::pin(async move { client.send(request).await })
    }
}

/// Why there is nothing to be had, without what was answered.
fn words(error: DiscoveryError<FetchError>) -> String {
    match error {
        DiscoveryError::Request(error) => match unreachable(&error) {
            LoginError::Unreachable(why) => why,
            other => other.to_string(),
        },
        DiscoveryError::Response(status, ..) => {
            format!("its document or its keys: status {}", status.as_u16())
        }
        DiscoveryError::Parse(error) => format!("its document or its keys: {} is not right", error.path()),
        _ => "its document or its keys are not right".to_owned(),
    }
}
