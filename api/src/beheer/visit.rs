//! One request to the site, with everything a page needs to answer it: who it is, what was asked and typed, and the ways
//! to answer.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use openklant_shared::beheer::token::Token;
use openklant_shared::settings::Secret;
use openklant_shared::storage::beheer::{item, session};
use poem::Response;
use poem::http::{StatusCode, header};
use serde::{Deserialize, Serialize};

use super::filters::Around;
use super::form::Fields;
use super::language::{Language, Text};
use super::page::Page;
use super::problem::Problem;
use super::rights::{Needs, Right};
use super::session::Preferences;
use super::site::ROOT;
use crate::state::State;
use crate::zgw::links::Base;

/// Who is logged in.
#[derive(Debug)]
pub struct Person {
    /// The token of the session.
    pub token: Token,
    /// The session and its account.
    pub session: session::Session,
    /// What they prefer.
    pub preferences: Preferences,
}

/// A request to the site.
#[derive(Debug)]
pub struct Visit {
    /// The state of the server.
    pub state: Arc<State>,
    /// The language of the page.
    pub language: Language,
    /// When it came.
    pub now: DateTime<Utc>,
    /// Who it is; `None` when nobody is logged in.
    pub person: Option<Person>,
    /// The page of the list that was asked for; `None` when there is no such page.
    pub page: Option<&'static Page>,
    /// Path below the site, without query: `/klanten`.
    pub path: String,
    /// Our address as the visitor knows it, for the URLs of objects.
    pub base: Base,
    /// Address of the caller.
    pub origin: Option<IpAddr>,
    /// Identity of the request.
    pub request_id: String,
    /// Parked messages, for the menu of who may see the queue.
    pub(super) parked: i64,
    pub(super) root: String,
    pub(super) https: bool,
    pub(super) is_post: bool,
    /// Whether only the head of the answer is wanted: nobody sees the page.
    pub is_head: bool,
    pub(super) parameters: Vec<(&'static str, String)>,
    pub(super) query: Fields,
    pub(super) posted: Option<Fields>,
    pub(super) draft: Option<Fields>,
    pub(super) cookies: Cookies,
    pub(super) message_shown: AtomicBool,
}

/// The cookies of ours that came along.
#[derive(Debug, Default)]
pub struct Cookies {
    /// The session.
    pub session: Option<Token>,
    /// The draft of a form.
    pub draft: Option<Token>,
    /// A login at the provider that has begun, as the page that began it wrote it.
    pub login: Option<String>,
    /// What ends the session at the provider.
    pub logout: Option<Token>,
    /// The language.
    pub language: Option<Language>,
}

/// The line for the next page.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Message {
    /// `ok`, `info`, `warn` or `error`.
    pub kind: String,
    /// The line, in the language of who caused it.
    pub text: String,
}

impl Visit {
    /// A variable part of the path, such as `uuid`; empty when the page has no such part.
    pub fn parameter(&self, name: &str) -> &str {
        self.parameters
            .iter()
            .find(|(known, _)| *known == name)
            .map_or("", |(_, value)| value)
    }

    /// The uuid in the path.
    ///
    /// # Errors
    /// 404 when it is none.
    pub fn uuid(&self) -> Result<uuid::Uuid, Problem> {
        uuid::Uuid::try_parse(self.parameter("uuid")).map_err(|_| Problem::NotFound)
    }

    /// The query, in its order.
    pub fn query(&self) -> &Fields {
        &self.query
    }

    /// The first value of a name in the query; empty when it is not there.
    pub fn asked(&self, name: &str) -> &str {
        self.query
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value.as_str())
    }

    /// What somebody typed into the form of this page: posted just now, or before their session ended.
    pub fn typed(&self) -> Option<&Fields> {
        self.posted.as_ref().or(self.draft.as_ref())
    }

    /// Whether a form was posted.
    pub fn is_post(&self) -> bool {
        self.is_post
    }

    /// Whether this shows what was typed before a session ended.
    pub fn is_restored(&self) -> bool {
        self.draft.is_some()
    }

    /// Who is logged in.
    ///
    /// # Errors
    /// Nobody is; a page that [`Needs`] a login never sees that.
    pub fn person(&self) -> Result<&Person, Problem> {
        self.person.as_ref().ok_or(Problem::NotLoggedIn)
    }

    /// Whether this person has a right: for what a page shows. What a page may do stands in the list of pages.
    pub fn may(&self, right: Right) -> bool {
        self.meets(Needs::Right(right))
    }

    /// Whether this person may have a page with these needs.
    pub(super) fn meets(&self, needs: Needs) -> bool {
        match &self.person {
            Some(person) => needs.met_by(&person.session.roles),
            None => needs == Needs::Nothing,
        }
    }

    /// One of two texts, in the language of the page.
    pub fn t<'a>(&self, nl: &'a str, en: &'a str) -> &'a str {
        self.language.pick(nl, en)
    }

    /// The address of a page of the site: `/klanten` becomes `/beheer/klanten`.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.root)
    }

    /// The same with scheme and host, as the outside knows it.
    pub fn whole_address(&self, path: &str) -> String {
        format!("{}{ROOT}{path}", self.base.as_str())
    }

    /// What the filters of templates know.
    pub(super) fn around(&self) -> Around {
        Around {
            language: self.language,
            now: self.now,
            root: self.root.clone(),
        }
    }

    /// 303 to a page of the site: what every action ends with.
    pub fn go(&self, path: &str) -> Response {
        Response::builder()
            .status(StatusCode::SEE_OTHER)
            .header(header::LOCATION, self.at(path))
            .finish()
    }

    /// 303 to a page of the site, which says this once.
    pub async fn go_and_say(&self, path: &str, text: Text) -> Result<Response, Problem> {
        self.say("ok", &text).await?;
        Ok(self.go(path))
    }

    /// Has the next page say this once; `kind` is `ok`, `info`, `warn` or `error`.
    pub async fn say(&self, kind: &str, text: &Text) -> Result<(), Problem> {
        let message = Message {
            kind: kind.to_owned(),
            text: text.in_language(self.language).to_owned(),
        };
        let message = serde_json::to_string(&message)
            .map_err(|error| Problem::Internal(format!("a message cannot be kept: {error}")))?;
        let person = self.person()?;
        session::set_message(&self.state.db, person.session.id, Some(&message)).await?;
        Ok(())
    }

    /// The line for this page. Asked for by the frame, so that an answer without one leaves it to the next.
    pub(super) fn message(&self) -> Option<Message> {
        let message = self.person.as_ref()?.session.message.as_deref()?;
        self.message_shown.store(true, Ordering::Relaxed);
        serde_json::from_str(message).ok()
    }

    /// Keeps a text in the session, sealed, for a while: a search, a secret that is shown once. A name that is in use
    /// gets the new text.
    pub async fn keep(&self, name: &str, text: &str, how_long: TimeDelta) -> Result<(), Problem> {
        if text.len() > item::MAX_LENGTH {
            return Err(Problem::TooLarge);
        }
        let person = self.person()?;
        let session = (person.session.id, &person.token);
        item::put(&self.state.db, session, name, text, self.now + how_long).await?;
        Ok(())
    }

    /// What the session keeps under a name, and until when; `None` when there is nothing, or its time is over.
    pub async fn kept(&self, name: &str) -> Result<Option<(Secret, DateTime<Utc>)>, Problem> {
        let person = self.person()?;
        let session = (person.session.id, &person.token);
        Ok(item::find(&self.state.db, session, name, self.now).await?)
    }

    /// The same, and forgets it: what is shown once.
    pub async fn take(&self, name: &str) -> Result<Option<Secret>, Problem> {
        let found = self.kept(name).await?;
        let person = self.person()?;
        let was_there = item::remove(&self.state.db, person.session.id, name).await?;
        Ok(found.filter(|_| was_there).map(|(text, _)| text))
    }
}
