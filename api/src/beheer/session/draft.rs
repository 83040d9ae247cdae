//! What was typed into a form whose session had ended: kept for half an hour, sealed with a token that only this browser
//! gets, and given back once, to the same account.

use chrono::TimeDelta;
use openklant_shared::beheer::token::Token;
use openklant_shared::settings::Secret;
use openklant_shared::storage::beheer::draft::{self, Draft};
use poem::Response;
use poem::http::Method;

use super::{Kept, cookie};
use crate::beheer::form::{self, Fields};
use crate::beheer::page;
use crate::beheer::problem::Problem;
use crate::beheer::visit::Visit;

/// How long a draft is kept.
const KEPT: TimeDelta = TimeDelta::minutes(30);

/// Keeps what was posted, when the page has a form to show it in again; `answer` gives the browser the token.
///
/// # Errors
/// The database.
pub async fn keep(visit: &Visit, answer: &mut Response, account_id: i64) -> Result<(), Problem> {
    let (Some(posted), Some(page)) = (&visit.posted, visit.page) else {
        return Ok(());
    };
    if !page::has_page(&Method::GET, page.path) {
        return Ok(());
    }
    let kept: Fields = posted
        .iter()
        .filter(|(name, _)| form::may_be_kept(name))
        .cloned()
        .collect();
    let fields = serde_json::to_string(&kept)
        .map_err(|error| Problem::Internal(format!("a draft cannot be kept: {error}")))?;
    let token = Token::random()?;
    let draft = Draft {
        account_id,
        path: visit.path.clone(),
        fields: Secret::new(fields),
        until: visit.now + KEPT,
    };
    draft::insert(&visit.state.db, &token, &draft).await?;
    cookie::set(visit, answer, Kept::Draft, token.expose())
}

/// The draft of this browser, without taking it.
///
/// # Errors
/// The database.
pub async fn waiting(visit: &Visit) -> Result<Option<Draft>, Problem> {
    match &visit.cookies.draft {
        Some(token) => Ok(draft::find(&visit.state.db, token, visit.now).await?),
        None => Ok(None),
    }
}

/// Destroys the draft of this browser.
///
/// # Errors
/// The database.
pub async fn destroy(visit: &Visit, answer: &mut Response) -> Result<(), Problem> {
    if let Some(token) = &visit.cookies.draft {
        draft::remove(&visit.state.db, token).await?;
        cookie::unset(visit, answer, Kept::Draft)?;
    }
    Ok(())
}

/// What belongs into the form of this page: the draft of this account for this address. It is given once.
///
/// # Errors
/// The database, or a draft that cannot be read.
pub async fn take(visit: &Visit) -> Result<Option<Fields>, Problem> {
    let (Some(token), Some(person)) = (&visit.cookies.draft, &visit.person) else {
        return Ok(None);
    };
    let Some(draft) = draft::find(&visit.state.db, token, visit.now).await? else {
        return Ok(None);
    };
    if draft.account_id != person.session.account_id || draft.path != visit.path {
        return Ok(None);
    }
    if !draft::remove(&visit.state.db, token).await? {
        return Ok(None);
    }
    // Not the words of the parser: they may quote what was typed.
    serde_json::from_str(draft.fields.expose())
        .map(Some)
        .map_err(|_| Problem::Internal("a draft cannot be read".to_owned()))
}
