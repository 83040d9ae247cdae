//! The words of the queue: states, classes, events and lengths of time for people.

use std::time::Duration;

use openklant_shared::domain::delivery::{Class, State};
use openklant_shared::storage::outbox_look::Row;
use serde_json::Value;

use crate::beheer::language::{Language, Text};
use crate::beheer::moment as times;

/// A state with its look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    /// Class of the style sheet.
    pub kind: &'static str,
    /// What it says.
    pub text: Text,
}

/// How addresses name the states.
pub const STATES: [(&str, State); 5] = [
    ("wacht", State::Pending),
    ("verzending", State::Delivering),
    ("geparkeerd", State::Parked),
    ("aanvaard", State::Delivered),
    ("geannuleerd", State::Cancelled),
];

/// The name of a state.
pub const fn state(state: State) -> Text {
    match state {
        State::Pending => Text::new("wacht", "waiting"),
        State::Delivering => Text::new("wordt verzonden", "being sent"),
        State::Delivered => Text::new("aanvaard", "accepted"),
        State::Parked => Text::new("geparkeerd", "parked"),
        State::Cancelled => Text::new("geannuleerd", "cancelled"),
    }
}

/// The badge of a message.
pub fn badge(row: &Row) -> Badge {
    let (kind, text) = match row.state() {
        Some(State::Pending) if row.is_behind() => (
            "info",
            Text::new("wacht op voorganger", "waiting for an earlier one"),
        ),
        Some(State::Pending) if row.attempts > 0 => (
            "info",
            Text::new("wacht op nieuwe poging", "waiting for another attempt"),
        ),
        Some(known @ (State::Pending | State::Delivering)) => ("info", state(known)),
        Some(State::Delivered) => ("ok", state(State::Delivered)),
        Some(State::Parked) => ("error", state(State::Parked)),
        Some(State::Cancelled) => ("", state(State::Cancelled)),
        None => ("", Text::new("onbekend", "unknown")),
    };
    Badge { kind, text }
}

/// How addresses name the classes of failures.
pub const CLASSES: [(&str, Class); 6] = [
    ("tijdelijk", Class::Temporary),
    ("geweigerd", Class::Refused),
    ("toegang", Class::Denied),
    ("adres", Class::Endpoint),
    ("kanaal", Class::Kanaal),
    ("klok", Class::Clock),
];

/// What an attempt came to.
pub const fn class(class: Class) -> Text {
    match class {
        Class::Delivered => Text::new("aanvaard", "accepted"),
        Class::Temporary => Text::new("geen verbinding of te druk", "no connection, or too busy"),
        Class::Clock => Text::new("onze klok loopt voor", "our clock is ahead"),
        Class::Kanaal => Text::new("kanaal onbekend", "unknown kanaal"),
        Class::Denied => Text::new("geen toegang", "no access"),
        Class::Endpoint => Text::new("verkeerd adres", "wrong address"),
        Class::Refused => Text::new("geweigerd", "refused"),
    }
}

/// The name of a stored class; empty: there was no attempt yet.
pub fn stored_class(name: Option<&str>) -> Text {
    match name.and_then(Class::from_name) {
        Some(known) => class(known),
        None => Text::same(name.unwrap_or_default()),
    }
}

/// What happened, as a message says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// `klant gewijzigd`.
    pub text: Text,
    /// The word of the standard.
    pub actie: String,
    /// The object it happened to.
    pub hoofdobject: String,
}

/// Reads a message; one that cannot be read is named by its kanaal.
pub fn event(row: &Row) -> Event {
    let message: Value = serde_json::from_str(&row.message).unwrap_or_default();
    let field = |name: &str| message.get(name).and_then(Value::as_str).unwrap_or_default();
    let (resource, actie) = (field("resource"), field("actie"));
    let (nl, en) = match actie {
        "create" => ("gemaakt", "created"),
        "update" | "partial_update" => ("gewijzigd", "changed"),
        "destroy" => ("verwijderd", "deleted"),
        other => (other, other),
    };
    let text = if resource.is_empty() {
        Text::same(row.kanaal.clone())
    } else {
        Text::made(format!("{resource} {nl}"), format!("{resource} {en}"))
    };
    Event {
        text,
        actie: actie.to_owned(),
        hoofdobject: field("hoofdObject").to_owned(),
    }
}

/// A length of time: `50 ms`, `12 s`, `14 minuten`.
pub fn took(time: Duration, language: Language) -> String {
    match time.as_secs() {
        0 => format!("{} ms", time.as_millis()),
        seconds @ 1..60 => format!("{seconds} s"),
        seconds => times::span(i64::try_from(seconds).unwrap_or(i64::MAX), language),
    }
}

/// An age: under a second is `0 s`, whatever the machine measured.
pub fn age(time: Duration, language: Language) -> String {
    if time.as_secs() == 0 {
        "0 s".to_owned()
    } else {
        took(time, language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_words() {
        for (ms, expected) in [
            (0, "0 ms"),
            (999, "999 ms"),
            (12_999, "12 s"),
            (60_000, "1 minuut"),
            (840_000, "14 minuten"),
            (7_200_000, "2 uur"),
            (86_400_000, "1 dag"),
        ] {
            assert_eq!(took(Duration::from_millis(ms), Language::Nl), expected);
        }
    }
}
