//! Sessions: whose a request is, how long that holds, and the cookies it stands on. What a cookie holds is a random
//! token; the database knows its hash.

mod cookie;
pub mod draft;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use openklant_shared::beheer::token::Token;
use openklant_shared::settings::Beheer;
use openklant_shared::storage::beheer::session::{self, Session};
use openklant_shared::storage::{Db, StorageError};
use serde::{Deserialize, Serialize};

pub use cookie::{Kept, read, set, unset};

use super::problem::Problem;
use super::visit::Person;

/// How exactly the last use of a session is kept: not every request writes.
const SEEN: TimeDelta = TimeDelta::minutes(1);

/// What an account prefers. What cannot be read is not preferred.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub struct Preferences {
    /// `light`, `dark`, or empty: as the device.
    pub theme: String,
    /// Numbers of the queue do not follow by themselves.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub not_live: bool,
    /// The klanten that were looked at last, the last first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recent: Vec<uuid::Uuid>,
    /// Columns that were chosen, by list.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub columns: std::collections::BTreeMap<String, Vec<String>>,
}

impl Preferences {
    /// As stored.
    pub fn parse(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// To store.
    ///
    /// # Errors
    /// They cannot be written as JSON.
    pub fn text(&self) -> Result<String, Problem> {
        serde_json::to_string(self)
            .map_err(|error| Problem::Internal(format!("preferences cannot be kept: {error}")))
    }

    /// The theme as the page names it.
    pub fn theme(&self) -> &'static str {
        match self.theme.as_str() {
            "light" => "light",
            "dark" => "dark",
            _ => "",
        }
    }
}

/// What became of a session.
#[derive(Debug)]
pub enum Found {
    /// There is none, or its account was closed.
    Nothing,
    /// It ended by itself; whose it was still matters for what they typed.
    Ended(Box<Session>),
    /// It holds.
    Open(Box<Person>),
}

/// The session of a token.
pub async fn find(
    db: &Db,
    token: Option<&Token>,
    settings: &Beheer,
    now: DateTime<Utc>,
) -> Result<Found, StorageError> {
    let Some(token) = token else {
        return Ok(Found::Nothing);
    };
    let Some(session) = session::find(db, token).await? else {
        return Ok(Found::Nothing);
    };
    if session.disabled {
        return Ok(Found::Nothing);
    }
    if !holds(&session, settings, now) {
        return Ok(Found::Ended(Box::new(session)));
    }
    if now - session.seen_at >= SEEN {
        session::see(db, session.id, now).await?;
    }
    Ok(Found::Open(Box::new(Person {
        token: token.clone(),
        preferences: Preferences::parse(&session.preferences),
        session,
    })))
}

/// Whether it holds, without that being a use of it.
pub fn holds(session: &Session, settings: &Beheer, now: DateTime<Utc>) -> bool {
    now < session.seen_at + delta(settings.idle_timeout)
        && end(session, settings).is_some_and(|end| now < end)
}

/// When a session ends at the latest.
pub fn end(session: &Session, settings: &Beheer) -> Option<DateTime<Utc>> {
    session
        .started_at
        .checked_add_signed(delta(settings.session_lifetime))
}

/// A length of time of the settings, which are at most days.
pub fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::zero())
}
