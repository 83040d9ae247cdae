//! The cookies of the site, with the flags that each of them has.

use cookie::{Cookie, SameSite};
use openklant_shared::beheer::token::Token;
use openklant_shared::oidc::LOGIN_WITHIN;
use poem::Request;
use poem::Response;
use poem::http::{HeaderValue, header};

use crate::beheer::language::Language;
use crate::beheer::problem::Problem;
use crate::beheer::visit::{Cookies, Visit};

/// A cookie of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The session, until the browser is closed.
    Session,
    /// The draft of a form, half an hour.
    Draft,
    /// A login at the provider that has begun, as long as it may take.
    Login,
    /// What ends the session at the provider, five minutes.
    Logout,
    /// The language, a year.
    Language,
}

impl Kept {
    const fn name(self) -> &'static str {
        match self {
            Self::Session => "openklant_beheer",
            Self::Draft => "openklant_concept",
            Self::Login => "openklant_inloggen",
            Self::Logout => "openklant_uitloggen",
            Self::Language => "openklant_taal",
        }
    }

    const fn seconds(self) -> Option<i64> {
        match self {
            Self::Session => None,
            Self::Draft => Some(30 * 60),
            Self::Login => Some(LOGIN_WITHIN.num_seconds()),
            Self::Logout => Some(5 * 60),
            Self::Language => Some(365 * 24 * 60 * 60),
        }
    }
}

/// The cookies of a request. One that is not ours, or not whole, is none.
pub fn read(request: &Request) -> Cookies {
    let mut found = Cookies::default();
    let headers = request.headers().get_all(header::COOKIE);
    for text in headers.iter().filter_map(|value| value.to_str().ok()) {
        for cookie in Cookie::split_parse(text).flatten() {
            let value = cookie.value();
            match cookie.name() {
                name if name == Kept::Session.name() => found.session = Token::parse(value),
                name if name == Kept::Draft.name() => found.draft = Token::parse(value),
                name if name == Kept::Login.name() => found.login = Some(value.to_owned()),
                name if name == Kept::Logout.name() => found.logout = Token::parse(value),
                name if name == Kept::Language.name() => found.language = Language::parse(value),
                _ => {}
            }
        }
    }
    found
}

/// Gives the browser a cookie.
///
/// # Errors
/// The value cannot stand in a header.
pub fn set(visit: &Visit, answer: &mut Response, which: Kept, value: &str) -> Result<(), Problem> {
    add(visit, answer, which, value, which.seconds())
}

/// Takes a cookie from the browser.
///
/// # Errors
/// None in practice: the value is empty.
pub fn unset(visit: &Visit, answer: &mut Response, which: Kept) -> Result<(), Problem> {
    add(visit, answer, which, "", Some(0))
}

fn add(
    visit: &Visit,
    answer: &mut Response,
    which: Kept,
    value: &str,
    seconds: Option<i64>,
) -> Result<(), Problem> {
    let mut cookie = Cookie::build((which.name(), value))
        .path(visit.root.clone())
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(visit.https);
    if let Some(seconds) = seconds {
        cookie = cookie.max_age(cookie::time::Duration::seconds(seconds));
    }
    let header = HeaderValue::from_str(&cookie.to_string())
        .map_err(|_| Problem::Internal("a cookie cannot be sent".to_owned()))?;
    answer.headers_mut().append(header::SET_COOKIE, header);
    Ok(())
}
