//! Logging in through a provider of OpenID Connect: where to send a browser, and who it is that came back. Everything
//! a provider says is checked here by the crate `openidconnect`; what a page makes of it is the page's business.

mod claims;
mod metadata;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::{CoreAuthenticationFlow, CoreErrorResponseType, CoreIdToken, CoreTokenResponse};
use openidconnect::{
    AccessTokenHash, AuthType, AuthenticationContextClass, AuthorizationCode, CsrfToken, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    TokenResponse,
};
use thiserror::Error;
use url::Url;

use crate::beheer::token::Token;
use crate::http::{ApiClient, FetchError, OutgoingError};
use crate::settings::{Oidc, Secret};

pub use claims::Identity;

use metadata::{Cache, Client, Discovered};

/// How long a login may take, from the link to the way back.
pub const LOGIN_WITHIN: TimeDelta = TimeDelta::minutes(10);

/// Most bytes of an answer of the provider.
const MAX_ANSWER: usize = 1024 * 1024;

/// Why nobody is logged in. The texts hold nothing of a token, a code or a claim.
#[derive(Debug, Error)]
pub enum LoginError {
    /// It was begun too long ago, elsewhere, or was finished already.
    #[error("the login was not begun in this browser, or too long ago")]
    Late,
    /// The provider cannot be asked, or what it answers is no OpenID Connect.
    #[error("the provider cannot be used: {0}")]
    Unreachable(String),
    /// The provider knows our client id or its secret not, or does not let us do this.
    #[error("the provider refuses this client: check its client id, secret and redirect URI")]
    Client,
    /// What it says of the person does not stand up to the checks.
    #[error("the answer of the provider is not right: {0}")]
    Wrong(&'static str),
    /// The person was not checked as well as this installation asks.
    #[error("the login lacks a required acr or amr")]
    Weak,
}

/// What a browser keeps between the link and the way back. Everything else is derived from it, so that nothing is kept
/// here for somebody who never comes back.
#[derive(Clone, Debug)]
pub struct Begun<'a> {
    /// A token that only this browser has.
    pub token: &'a Token,
    /// When it began.
    pub at: DateTime<Utc>,
}

impl Begun<'_> {
    /// The time it began, and a proof that the browser with the token began it then.
    fn state(&self) -> String {
        let seconds = self.at.timestamp();
        format!("{seconds}.{}", self.token.derive(&purpose(seconds)))
    }

    fn nonce(&self) -> Nonce {
        Nonce::new(self.token.derive("oidc nonce"))
    }

    fn verifier(&self) -> PkceCodeVerifier {
        PkceCodeVerifier::new(self.token.derive("oidc verifier"))
    }
}

fn purpose(seconds: i64) -> String {
    format!("oidc state {seconds}")
}

/// The login that a state belongs to, if the browser with this token began it and not too long ago.
///
/// # Errors
/// [`LoginError::Late`].
pub fn begun<'a>(token: &'a Token, state: &str, now: DateTime<Utc>) -> Result<Begun<'a>, LoginError> {
    let (seconds, proof) = state.split_once('.').ok_or(LoginError::Late)?;
    let seconds: i64 = seconds.parse().map_err(|_| LoginError::Late)?;
    let at = DateTime::from_timestamp(seconds, 0).ok_or(LoginError::Late)?;
    // The state has no part of a second.
    let age = now.signed_duration_since(at);
    if !token.is_derived(&purpose(seconds), proof) || age > LOGIN_WITHIN || age < TimeDelta::zero() {
        return Err(LoginError::Late);
    }
    Ok(Begun { token, at })
}

/// A provider.
#[derive(Debug)]
pub struct Provider {
    settings: Oidc,
    client: ApiClient,
    cache: Cache,
    leeway: Duration,
}

impl Provider {
    /// The provider of these settings; `leeway` is how far its clock may differ from ours.
    ///
    /// # Errors
    /// TLS that cannot be set up.
    pub fn new(settings: &Oidc, leeway: Duration) -> Result<Self, OutgoingError> {
        Ok(Self {
            client: ApiClient::new(settings.timeout, settings.timeout)?.keeping(MAX_ANSWER),
            settings: settings.clone(),
            cache: Cache::default(),
            leeway,
        })
    }

    /// Where to send a browser that begins to log in; it comes back to `redirect`.
    ///
    /// # Errors
    /// The provider cannot be used.
    pub async fn authorize(&self, begun: &Begun<'_>, redirect: &str) -> Result<Url, LoginError> {
        let discovered = self.in_time(self.discovered(false)).await?;
        let client = self.client_at(&discovered, redirect)?;
        let (state, nonce) = (CsrfToken::new(begun.state()), begun.nonce());
        let mut request = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || state, || nonce)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&begun.verifier()))
            .add_scopes(self.settings.scopes.iter().cloned().map(Scope::new));
        for acr in &self.settings.acr_values {
            request = request.add_auth_context_value(AuthenticationContextClass::new(acr.clone()));
        }
        Ok(request.url().0)
    }

    /// Whether an answer that names `issuer` may be one to us: a provider that says it names itself does so.
    ///
    /// # Errors
    /// [`LoginError::Wrong`] for another issuer, or none where there must be one; the provider cannot be used.
    pub async fn check_issuer(&self, issuer: Option<&str>) -> Result<(), LoginError> {
        let discovered = self.in_time(self.discovered(false)).await?;
        match issuer {
            Some(issuer) if issuer == discovered.issuer().as_str() => Ok(()),
            None if !discovered.names_itself() => Ok(()),
            Some(_) | None => Err(LoginError::Wrong("it comes from another issuer")),
        }
    }

    /// Who it is that came back with this code.
    ///
    /// # Errors
    /// As [`LoginError`] says.
    pub async fn identify(
        &self,
        begun: &Begun<'_>,
        code: &str,
        redirect: &str,
        now: DateTime<Utc>,
    ) -> Result<Identity, LoginError> {
        self.in_time(self.identified(begun, code, redirect, now)).await
    }

    async fn identified(
        &self,
        begun: &Begun<'_>,
        code: &str,
        redirect: &str,
        now: DateTime<Utc>,
    ) -> Result<Identity, LoginError> {
        let discovered = self.discovered(false).await?;
        let tokens = self.exchange(&discovered, begun, code, redirect).await?;
        let id_token = tokens.id_token().ok_or(LoginError::Wrong("it has no id_token"))?;
        let checked = self.check(&discovered, id_token, &tokens, begun, now);
        match checked {
            Err(Check::Key) => {
                // Its keys may be others by now.
                let discovered = self.discovered(true).await?;
                self.check(&discovered, id_token, &tokens, begun, now)?;
            }
            checked => checked?,
        }
        let mut said = claims::of_token(id_token)?;
        claims::check_strength(&self.settings, &said)?;
        if !claims::has_all(&self.settings, &said)
            && let Some(endpoint) = discovered.userinfo_endpoint()
        {
            let more = claims::ask(&self.client, endpoint.url(), tokens.access_token().secret()).await?;
            claims::add(&mut said, more)?;
        }
        claims::identity(&self.settings, &said, Secret::new(id_token.to_string()))
    }

    async fn exchange(
        &self,
        discovered: &Discovered,
        begun: &Begun<'_>,
        code: &str,
        redirect: &str,
    ) -> Result<CoreTokenResponse, LoginError> {
        let client = self.client_at(discovered, redirect)?;
        let (code, verifier) = (AuthorizationCode::new(code.to_owned()), begun.verifier());
        let http = metadata::sender(self.client.clone());
        let asked: metadata::Asked<_> = Box::pin(async move {
            let request = match client.exchange_code(code) {
                Ok(request) => request.set_pkce_verifier(verifier),
                Err(error) => return Err(RequestTokenError::Other(error.to_string())),
            };
            request.request_async(&http).await
        });
        asked.await.map_err(|error| match error {
            RequestTokenError::ServerResponse(refusal) => match refusal.error() {
                CoreErrorResponseType::InvalidGrant => LoginError::Late,
                CoreErrorResponseType::InvalidClient | CoreErrorResponseType::UnauthorizedClient => {
                    LoginError::Client
                }
                _ => LoginError::Unreachable("its token endpoint refuses".to_owned()),
            },
            RequestTokenError::Request(error) => unreachable(&error),
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                LoginError::Unreachable("its token endpoint answers nothing usable".to_owned())
            }
        })
    }

    /// Issuer, audience, times, nonce, signature, and that the access token belongs to it.
    fn check(
        &self,
        discovered: &Discovered,
        id_token: &CoreIdToken,
        tokens: &CoreTokenResponse,
        begun: &Begun<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), Check> {
        let leeway = TimeDelta::from_std(self.leeway).unwrap_or(TimeDelta::zero());
        let client = metadata::client(&self.settings, discovered);
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs(metadata::algorithms())
            .set_time_fn(move || now - leeway);
        let claims = id_token.claims(&verifier, &begun.nonce())?;
        if let Some(expected) = claims.access_token_hash() {
            let wrong = |_| Check::Other("its access token is of another login");
            let algorithm = id_token.signing_alg().map_err(wrong)?;
            let key = id_token.signing_key(&verifier).map_err(wrong)?;
            let given = AccessTokenHash::from_token(tokens.access_token(), algorithm, key)
                .map_err(|_| Check::Other("its access token is of another login"))?;
            if given != *expected {
                return Err(Check::Other("its access token is of another login"));
            }
        }
        Ok(())
    }

    /// Where to send a browser whose session here ended; it comes back to `redirect`. `None`: the provider has no such
    /// place, or cannot be used.
    pub async fn logout(&self, id_token: &Secret, redirect: &str) -> Option<Url> {
        let discovered = self.in_time(self.discovered(false)).await.ok()?;
        let mut url = discovered.end_session_endpoint()?.clone();
        url.query_pairs_mut()
            .append_pair("id_token_hint", id_token.expose())
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("post_logout_redirect_uri", redirect);
        Some(url)
    }

    /// Asks the provider anew who it is.
    ///
    /// # Errors
    /// It cannot be used.
    pub async fn look(&self) -> Result<(), LoginError> {
        self.in_time(self.discovered(true)).await.map(|_| ())
    }

    /// The issuer, for accounts.
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    async fn discovered(&self, anew: bool) -> Result<Discovered, LoginError> {
        self.cache.get(&self.settings.issuer, &self.client, anew).await
    }

    fn client_at(&self, discovered: &Discovered, redirect: &str) -> Result<Client, LoginError> {
        let redirect = RedirectUrl::new(redirect.to_owned())
            .map_err(|_| LoginError::Wrong("it cannot come back here"))?;
        let auth_type = if discovered.takes_basic() {
            AuthType::BasicAuth
        } else {
            AuthType::RequestBody
        };
        Ok(metadata::client(&self.settings, discovered)
            .set_redirect_uri(redirect)
            .set_auth_type(auth_type))
    }

    async fn in_time<T>(&self, asked: impl Future<Output = Result<T, LoginError>>) -> Result<T, LoginError> {
        tokio::time::timeout(self.settings.timeout, asked)
            .await
            .unwrap_or_else(|_| Err(unreachable(&FetchError::Timeout)))
    }
}

fn unreachable(error: &FetchError) -> LoginError {
    LoginError::Unreachable(error.to_string())
}

/// Why a token is not taken.
enum Check {
    /// Its signature: perhaps the keys are old.
    Key,
    /// Anything else.
    Other(&'static str),
}

impl From<Check> for LoginError {
    fn from(check: Check) -> Self {
        match check {
            Check::Key => Self::Wrong("its signature is not right"),
            Check::Other(why) => Self::Wrong(why),
        }
    }
}

impl From<openidconnect::ClaimsVerificationError> for Check {
    /// Not the words of the crate: they quote the claims.
    fn from(error: openidconnect::ClaimsVerificationError) -> Self {
        use openidconnect::ClaimsVerificationError as E;
        match error {
            E::SignatureVerification(
                openidconnect::SignatureVerificationError::NoMatchingKey
                | openidconnect::SignatureVerificationError::CryptoError(_),
            ) => Self::Key,
            E::SignatureVerification(_) => Self::Other("its signature is not one that is taken"),
            E::Expired(_) => Self::Other("it has expired, or the clocks differ"),
            E::InvalidAudience(_) => Self::Other("it is for another client"),
            E::InvalidIssuer(_) => Self::Other("it is of another issuer"),
            E::InvalidNonce(_) => Self::Other("it is of another login"),
            _ => Self::Other("its claims are not right"),
        }
    }
}
