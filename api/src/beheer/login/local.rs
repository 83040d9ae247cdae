//! Logging in with an account of this server itself: name, password and second factor. Every cause of a failure has the
//! same answer, and an account that does not exist takes as long as one that does.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use openklant_shared::beheer::{password, totp};
use openklant_shared::settings::Secret;
use openklant_shared::storage::beheer::account::{self, Account};
use openklant_shared::storage::beheer::lockout;
use poem::Response;
use poem::http::StatusCode;
use tokio::sync::Semaphore;

use super::{Entry, enter, page, record};
use crate::beheer::form::Form;
use crate::beheer::language::Text;
use crate::beheer::problem::Problem;
use crate::beheer::visit::Visit;

/// Failures after which a name is locked out.
pub const LOCKED_AFTER: i64 = 5;

/// How long a name is locked out after its last failure.
pub const LOCKED_FOR: TimeDelta = TimeDelta::minutes(15);

/// Most characters of a name.
const NAME_MAX_LENGTH: usize = 100;

/// Passwords that are checked at the same time: each takes 19 MiB and tens of milliseconds.
static CHECKING: Semaphore = Semaphore::const_new(2);

/// Longest wait for a place among them.
const PATIENCE: Duration = Duration::from_secs(5);

/// `POST /inloggen`.
pub async fn log_in(visit: Arc<Visit>) -> Result<Response, Problem> {
    let mut form = Form::empty(&visit);
    let name = form.value("gebruiker").to_lowercase();
    let wanted = form.value("verder").to_owned();
    let given = Secret::new(form.raw("wachtwoord"));
    if name.is_empty() || given.expose().is_empty() {
        form.refuse("gebruiker", wrong());
        return page(&visit, &form, &wanted, None, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    if name.chars().count() > NAME_MAX_LENGTH || given.expose().chars().count() > password::MAX_LENGTH {
        form.refuse("gebruiker", wrong());
        return page(&visit, &form, &wanted, None, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let db = &visit.state.db;
    let found = account::find_local(db, &name)
        .await?
        .filter(|account| !account.disabled);
    let known = found.as_ref().map(|account| (account.id, account.uuid));
    if !may_try(&visit, &name).await? {
        record(&visit, known, "locked").await?;
        form.refuse(
            "gebruiker",
            Text::new(
                "Te vaak geprobeerd. Over 15 minuten kunt u het opnieuw proberen.",
                "Tried too often. You can try again in 15 minutes.",
            ),
        );
        return page(&visit, &form, &wanted, None, StatusCode::TOO_MANY_REQUESTS).await;
    }
    if !is_right(&visit, found.as_ref(), given, form.value("code")).await? {
        record(&visit, known, "failed").await?;
        form.refuse("gebruiker", wrong());
        return page(&visit, &form, &wanted, None, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let Some(account) = found else {
        return Err(Problem::Internal(
            "a login without an account was right".to_owned(),
        ));
    };
    forget_failures(&visit, &name).await?;
    record(&visit, known, "in").await?;
    let entry = Entry {
        account_id: account.id,
        roles: None,
        groups: "",
        id_token: None,
    };
    enter(&visit, &entry, &wanted).await
}

/// Whether a password of this name may be looked at now; counts as a failure until [`forget_failures`]. Counted before
/// the password is looked at: of many attempts at the same time no more than five get through.
///
/// # Errors
/// The database.
pub async fn may_try(visit: &Visit, name: &str) -> Result<bool, Problem> {
    let (db, since) = (&visit.state.db, visit.now - LOCKED_FOR);
    Ok(lockout::failures(db, name, since).await? < LOCKED_AFTER
        && lockout::failed(db, name, visit.now, since).await? <= LOCKED_AFTER)
}

/// The password of this name was right.
///
/// # Errors
/// The database.
pub async fn forget_failures(visit: &Visit, name: &str) -> Result<(), Problem> {
    Ok(lockout::clear(&visit.state.db, name).await?)
}

fn wrong() -> Text {
    Text::new(
        "Gebruikersnaam, wachtwoord of code klopt niet",
        "User name, password or code is not right",
    )
}

/// Whether password and code are right. The password is looked at in any case, and the code of a step once.
async fn is_right(
    visit: &Visit,
    account: Option<&Account>,
    given: Secret,
    code: &str,
) -> Result<bool, Problem> {
    let hash = account.and_then(|account| account.password_hash.clone());
    let password_is_right = check(given, hash).await?;
    let Some((account, totp)) = account.and_then(|account| Some((account, account.totp.as_ref()?))) else {
        return Ok(false);
    };
    let step = totp::step_of(totp, code, visit.now).map_err(|error| Problem::Internal(error.to_string()))?;
    match step {
        Some(step) if password_is_right => {
            Ok(account::use_totp_step(&visit.state.db, account.id, step).await?)
        }
        _ => Ok(false),
    }
}

/// Looks at a password, away from the threads that serve.
///
/// # Errors
/// Too many are looked at already.
pub async fn check(given: Secret, hash: Option<String>) -> Result<bool, Problem> {
    let busy = || {
        Problem::TooMany(Text::new(
            "Er loggen nu te veel mensen tegelijk in. Probeer het zo opnieuw.",
            "Too many people are logging in just now. Try again in a moment.",
        ))
    };
    let place = tokio::time::timeout(PATIENCE, CHECKING.acquire())
        .await
        .map_err(|_| busy())?
        .map_err(|_| busy())?;
    let right = tokio::task::spawn_blocking(move || password::is_right(&given, hash.as_deref()))
        .await
        .map_err(|error| Problem::Internal(format!("a password could not be checked: {error}")))?;
    drop(place);
    Ok(right)
}
