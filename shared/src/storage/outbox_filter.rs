//! Which messages an operator means: conditions on table `outbox`, each on an index.

use std::fmt;

use chrono::{DateTime, Utc};
use sqlx::{Database, Encode, QueryBuilder, Type};
use uuid::Uuid;

use super::Id;
use crate::domain::delivery::{Class, State};

/// One message, as operators name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageRef {
    /// By its number in the queue, which `outbox list` shows.
    Number(i64),
    /// By its uuid, which the log shows.
    Uuid(Uuid),
}

impl fmt::Display for MessageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(id) => id.fmt(f),
            Self::Uuid(uuid) => uuid.fmt(f),
        }
    }
}

/// A moment as operators read it in the log.
pub fn whole_second(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Conditions that must all hold; one that is absent or empty holds for every message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageFilter {
    /// One of these messages.
    pub messages: Vec<MessageRef>,
    /// In one of these states.
    pub states: Vec<State>,
    /// On this kanaal.
    pub kanaal: Option<String>,
    /// About this object.
    pub object: Option<Uuid>,
    /// Made at this time or later.
    pub since: Option<DateTime<Utc>>,
    /// Made before this time.
    pub until: Option<DateTime<Utc>>,
    /// Whose last attempt had this class.
    pub class: Option<Class>,
}

impl MessageFilter {
    /// The filter in words, for questions and the operators' log.
    pub fn words(&self) -> String {
        let mut words: Vec<String> = self.messages.iter().map(ToString::to_string).collect();
        words.extend(self.states.iter().map(|state| format!("state={}", state.name())));
        words.extend(self.kanaal.iter().map(|kanaal| format!("kanaal={kanaal}")));
        words.extend(self.object.iter().map(|object| format!("object={object}")));
        words.extend(
            self.since
                .iter()
                .map(|since| format!("since={}", whole_second(*since))),
        );
        words.extend(
            self.until
                .iter()
                .map(|until| format!("until={}", whole_second(*until))),
        );
        words.extend(self.class.iter().map(|class| format!("class={}", class.name())));
        if words.is_empty() {
            "all".to_owned()
        } else {
            words.join(" ")
        }
    }

    pub(super) fn push_to<DB>(&self, query: &mut QueryBuilder<DB>)
    where
        DB: Database,
        for<'q> String: Encode<'q, DB> + Type<DB>,
        for<'q> i64: Encode<'q, DB> + Type<DB>,
        for<'q> Id: Encode<'q, DB> + Type<DB>,
        for<'q> DateTime<Utc>: Encode<'q, DB> + Type<DB>,
    {
        query.push(" WHERE 1 = 1");
        if !self.messages.is_empty() {
            query.push(" AND (1 = 0");
            for message in &self.messages {
                match message {
                    MessageRef::Number(id) => query.push(" OR id = ").push_bind(*id),
                    MessageRef::Uuid(uuid) => query.push(" OR uuid = ").push_bind(Id(*uuid)),
                };
            }
            query.push(")");
        }
        if !self.states.is_empty() {
            query.push(" AND ").push(in_states(&self.states));
        }
        if let Some(kanaal) = &self.kanaal {
            query.push(" AND kanaal = ").push_bind(kanaal.clone());
        }
        if let Some(object) = self.object {
            query.push(" AND object_uuid = ").push_bind(Id(object));
        }
        if let Some(since) = self.since {
            query.push(" AND created_at >= ").push_bind(since);
        }
        if let Some(until) = self.until {
            query.push(" AND created_at < ").push_bind(until);
        }
        if let Some(class) = self.class {
            query
                .push(" AND last_class = ")
                .push_bind(class.name().to_owned());
        }
    }
}

/// The condition that a message is in one of these states. Their names are words of ours, and written out: a planner
/// knows then which partial index serves.
pub(super) fn in_states(states: &[State]) -> String {
    let names: Vec<String> = states.iter().map(|state| format!("'{}'", state.name())).collect();
    format!("state IN ({})", names.join(", "))
}
