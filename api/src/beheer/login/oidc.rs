//! Logging in through the provider of the organisation: a link leads there, and the way back says who it is. What is
//! checked of it stands in `openklant_shared::oidc`.
//!
//! Between the two nothing is kept here. The browser has a token in a cookie, from which state, nonce and the verifier
//! of PKCE are derived: a way back that another browser began, or that began too long ago, fits nothing.

use std::sync::Arc;

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use openklant_shared::beheer::token::Token;
use openklant_shared::oidc::{self, Begun, Identity, LoginError, Provider};
use openklant_shared::settings::Secret;
use openklant_shared::storage::beheer::account::{self, FromProvider};
use openklant_shared::storage::beheer::draft::{self, Draft};
use openklant_shared::storage::beheer::{item, session as stored};
use poem::Response;
use poem::http::{HeaderValue, StatusCode, header};

use super::{Entry, Notice, enter, page, record, safe};
use crate::beheer::filters;
use crate::beheer::form::Form;
use crate::beheer::language::Text;
use crate::beheer::page::Frame;
use crate::beheer::problem::Problem;
use crate::beheer::session::{self, Kept};
use crate::beheer::visit::Visit;

/// Where the provider sends a browser after a login: what is registered there as redirect URI.
const BACK: &str = "/inloggen/oidc/terug";
/// Where it sends one after a logout: what is registered there as post-logout redirect URI.
const OUT: &str = "/inloggen/oidc/uit";

/// Under which name a session keeps the token that ends the one at the provider.
const ID_TOKEN: &str = "oidc id_token";

/// How long what ends the session at the provider is kept after the one here ended.
const LOGOUT_WITHIN: TimeDelta = TimeDelta::minutes(5);

/// Why somebody who came back is not logged in.
enum Refusal {
    /// As the checks say.
    Checks(LoginError),
    /// The provider does not let them in.
    Denied,
    /// Their account was closed here.
    Closed,
}

impl From<LoginError> for Refusal {
    fn from(error: LoginError) -> Self {
        Self::Checks(error)
    }
}

/// What the link to the provider says; `None`: there is no provider.
pub fn link(visit: &Visit) -> Option<Text> {
    visit.state.oidc.as_ref()?;
    Some(match &visit.state.settings.beheer.organisation {
        Some(name) => Text::made(format!("Inloggen bij {name}"), format!("Log in at {name}")),
        None => Text::new("Inloggen met uw werkaccount", "Log in with your work account"),
    })
}

fn provider(visit: &Visit) -> Result<&Provider, Problem> {
    visit.state.oidc.as_ref().ok_or(Problem::NotFound)
}

/// `GET /inloggen/oidc`.
pub async fn begin(visit: Arc<Visit>) -> Result<Response, Problem> {
    let provider = provider(&visit)?;
    let wanted = safe(visit.asked("verder")).unwrap_or("/");
    if visit.person.is_some() {
        return Ok(visit.go(wanted));
    }
    let token = Token::random()?;
    let begun = Begun {
        token: &token,
        at: visit.now,
    };
    match provider.authorize(&begun, &visit.whole_address(BACK)).await {
        Ok(url) => {
            let mut answer = away(url.as_str())?;
            let cookie = format!("{}.{}", token.expose(), URL_SAFE_NO_PAD.encode(wanted));
            session::set(&visit, &mut answer, Kept::Login, &cookie)?;
            Ok(answer)
        }
        Err(error) => refuse(&visit, error.into(), wanted).await,
    }
}

/// 303 to another site.
fn away(url: &str) -> Result<Response, Problem> {
    let url = HeaderValue::from_str(url)
        .map_err(|_| Problem::Internal("an address of the provider does not fit in a header".to_owned()))?;
    Ok(Response::builder()
        .status(StatusCode::SEE_OTHER)
        .header(header::LOCATION, url)
        .finish())
}

/// The token of a login that this browser began, and where it wants to go after it.
fn kept(visit: &Visit) -> Option<(Token, String)> {
    let (token, wanted) = visit.cookies.login.as_deref()?.split_once('.')?;
    let wanted = URL_SAFE_NO_PAD.decode(wanted).ok()?;
    Some((Token::parse(token)?, String::from_utf8(wanted).ok()?))
}

/// `GET /inloggen/oidc/terug`.
pub async fn come_back(visit: Arc<Visit>) -> Result<Response, Problem> {
    let provider = provider(&visit)?;
    if visit.person.is_some() {
        // A way back that was gone before: nothing is left to do.
        return Ok(visit.go("/"));
    }
    let (token, wanted) = kept(&visit).unzip();
    let wanted = wanted.unwrap_or_default();
    let begun = token
        .as_ref()
        .ok_or(LoginError::Late)
        .and_then(|token| oidc::begun(token, visit.asked("state"), visit.now));
    let begun = match begun {
        Ok(begun) => begun,
        // The login that this browser may be at goes on: whoever sent it here does not end it.
        Err(error) => return refuse(&visit, error.into(), &wanted).await,
    };
    let mut answer = match identify(&visit, provider, &begun).await {
        Ok(identity) => welcome(&visit, provider, &identity, &wanted).await?,
        Err(refusal) => refuse(&visit, refusal, &wanted).await?,
    };
    session::unset(&visit, &mut answer, Kept::Login)?;
    Ok(answer)
}

async fn identify(visit: &Visit, provider: &Provider, begun: &Begun<'_>) -> Result<Identity, Refusal> {
    let issuer = Some(visit.asked("iss")).filter(|issuer| !issuer.is_empty());
    provider.check_issuer(issuer).await?;
    match visit.asked("error") {
        "" => {}
        "server_error" | "temporarily_unavailable" => {
            return Err(LoginError::Unreachable("it says that it cannot log anybody in".to_owned()).into());
        }
        "invalid_request" | "unauthorized_client" | "unsupported_response_type" | "invalid_scope" => {
            return Err(LoginError::Client.into());
        }
        "unmet_authentication_requirements" => return Err(LoginError::Weak.into()),
        _ => return Err(Refusal::Denied),
    }
    let back = visit.whole_address(BACK);
    Ok(provider
        .identify(begun, visit.asked("code"), &back, visit.now)
        .await?)
}

/// Begins the session of who came back.
async fn welcome(
    visit: &Visit,
    provider: &Provider,
    identity: &Identity,
    wanted: &str,
) -> Result<Response, Problem> {
    let said = FromProvider {
        issuer: provider.issuer(),
        username: &identity.username,
        name: &identity.name,
        email: &identity.email,
    };
    let account =
        account::put_from_provider(&visit.state.db, visit.state.ids.next(), said, visit.now).await?;
    if account.disabled {
        record(visit, Some((account.id, account.uuid)), "failed").await?;
        return tell(visit, &Refusal::Closed, wanted).await;
    }
    record(visit, Some((account.id, account.uuid)), "in").await?;
    let entry = Entry {
        account_id: account.id,
        roles: Some(&identity.roles),
        groups: &identity.groups,
        id_token: Some(&identity.id_token),
    };
    enter(visit, &entry, wanted).await
}

/// Notes in the log that nobody was logged in, and says so.
async fn refuse(visit: &Visit, refusal: Refusal, wanted: &str) -> Result<Response, Problem> {
    let why = match &refusal {
        Refusal::Checks(error) => error.to_string(),
        Refusal::Denied => "the provider does not let this person in".to_owned(),
        Refusal::Closed => "the account was closed".to_owned(),
    };
    let origin = visit
        .origin
        .map(|address| address.to_string())
        .unwrap_or_default();
    tracing::warn!(origin, why, "beheer: login through the provider failed");
    tell(visit, &refusal, wanted).await
}

/// The login page, which says why they are here again.
async fn tell(visit: &Visit, refusal: &Refusal, wanted: &str) -> Result<Response, Problem> {
    let (status, heading) = match refusal {
        Refusal::Checks(LoginError::Late) => (
            StatusCode::BAD_REQUEST,
            Text::new(
                "Het inloggen duurde te lang. Begin opnieuw.",
                "Logging in took too long. Begin again.",
            ),
        ),
        Refusal::Checks(LoginError::Unreachable(_)) => (
            StatusCode::SERVICE_UNAVAILABLE,
            Text::new(
                "De inlogdienst is niet bereikbaar.",
                "The login service cannot be reached.",
            ),
        ),
        Refusal::Checks(LoginError::Client) => (
            StatusCode::SERVICE_UNAVAILABLE,
            Text::new(
                "De inlogdienst laat Open Klant niet toe. Meld dit aan de beheerder van de server.",
                "The login service does not accept Open Klant. Tell whoever runs the server.",
            ),
        ),
        Refusal::Checks(LoginError::Wrong(_)) => (
            StatusCode::BAD_REQUEST,
            Text::new(
                "Het antwoord van de inlogdienst klopt niet. Begin opnieuw.",
                "The answer of the login service is not right. Begin again.",
            ),
        ),
        Refusal::Checks(LoginError::Weak) => (
            StatusCode::FORBIDDEN,
            Text::new(
                "De inlogdienst heeft u niet zo zeker herkend als hier nodig is. Log in met een tweede factor.",
                "The login service did not recognise you as surely as is needed here. Log in with a second factor.",
            ),
        ),
        Refusal::Denied => (
            StatusCode::FORBIDDEN,
            Text::new(
                "De inlogdienst geeft u geen toegang.",
                "The login service does not let you in.",
            ),
        ),
        Refusal::Closed => (
            StatusCode::FORBIDDEN,
            Text::new("Dit account is gesloten.", "This account is closed."),
        ),
    };
    let notice = Notice {
        kind: "error",
        heading,
        text: None,
    };
    page(visit, &Form::empty(visit), wanted, Some(notice), status).await
}

/// Keeps what ends the session at the provider, in the session that begins here.
pub async fn keep_id_token(visit: &Visit, token: &Token, id_token: &Secret) -> Result<(), Problem> {
    let db = &visit.state.db;
    if id_token.expose().len() > item::MAX_LENGTH {
        return Ok(());
    }
    if let Some(begun) = stored::find(db, token).await? {
        let until = visit.now + session::delta(visit.state.settings.beheer.session_lifetime);
        item::put(db, (begun.id, token), ID_TOKEN, id_token.expose(), until).await?;
    }
    Ok(())
}

/// What ends the session at the provider, if this one began there.
pub async fn take_id_token(visit: &Visit) -> Result<Option<Secret>, Problem> {
    if visit.state.oidc.is_none() || visit.person()?.session.origin == account::LOCAL {
        return Ok(None);
    }
    visit.take(ID_TOKEN).await
}

/// 303 to the page that leads on to the provider. Not to the provider itself: browsers follow no form to another site.
pub async fn go_and_leave(visit: &Visit, id_token: Secret) -> Result<Response, Problem> {
    let token = Token::random()?;
    let kept = Draft {
        account_id: visit.person()?.session.account_id,
        path: OUT.to_owned(),
        fields: id_token,
        until: visit.now + LOGOUT_WITHIN,
    };
    draft::insert(&visit.state.db, &token, &kept).await?;
    let mut answer = visit.go(OUT);
    session::set(visit, &mut answer, Kept::Logout, token.expose())?;
    Ok(answer)
}

#[derive(Template)]
#[template(path = "beheer/uitloggen.html")]
struct Leaving {
    frame: Frame,
    to: String,
    link: Text,
}

/// `GET /inloggen/oidc/uit`: on the way to the provider, and back from it.
pub async fn leave(visit: Arc<Visit>) -> Result<Response, Problem> {
    let provider = provider(&visit)?;
    let Some(to) = way_out(&visit, provider).await? else {
        return Ok(visit.go("/inloggen?uit=1"));
    };
    let view = Leaving {
        frame: Frame::new(&visit, &Text::new("Uitloggen", "Log out")).narrow(),
        to,
        link: match &visit.state.settings.beheer.organisation {
            Some(name) => Text::made(format!("Uitloggen bij {name}"), format!("Log out at {name}")),
            None => Text::new("Uitloggen bij de inlogdienst", "Log out at the login service"),
        },
    };
    let mut answer = visit.show(&view)?;
    session::unset(&visit, &mut answer, Kept::Logout)?;
    Ok(answer)
}

/// Where the session at the provider ends, once.
async fn way_out(visit: &Visit, provider: &Provider) -> Result<Option<String>, Problem> {
    let db = &visit.state.db;
    let Some(token) = &visit.cookies.logout else {
        return Ok(None);
    };
    let found = draft::find(db, token, visit.now).await?;
    let Some(id_token) = found.filter(|draft| draft.path == OUT).map(|draft| draft.fields) else {
        return Ok(None);
    };
    if !draft::remove(db, token).await? {
        return Ok(None);
    }
    let url = provider.logout(&id_token, &visit.whole_address(OUT)).await;
    Ok(url.map(|url| url.to_string()))
}
