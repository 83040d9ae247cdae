//! Which messages an operator means: conditions on table `outbox`, each on an index.

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
