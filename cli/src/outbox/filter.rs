//! Which messages a command is about: its arguments, and what they mean.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use openklant_shared::domain::delivery::{Class, State};
use openklant_shared::domain::notificatie::{KANALEN, Kanaal};
use openklant_shared::storage::outbox_filter::{MessageFilter, MessageRef, whole_second};
use uuid::Uuid;

use crate::exit::CannotStart;

/// Filters that every command has.
#[derive(Debug, clap::Args)]
pub struct SelectArgs {
    /// Only of this kanaal
    #[arg(long, value_name = "KANAAL", value_parser = kanaal)]
    pub kanaal: Option<&'static Kanaal>,
    /// Only about this object, by its URL or uuid
    #[arg(long, value_name = "URL|UUID", value_parser = object)]
    pub object: Option<Uuid>,
    /// Only made at this time or later: 2026-11-25T09:00:00Z, 2026-11-25, or so long ago: 90s, 30m, 2h, 7d
    #[arg(long, value_name = "TIME", value_parser = when)]
    pub since: Option<When>,
    /// Only made before this time, in the same form
    #[arg(long, value_name = "TIME", value_parser = when)]
    pub until: Option<When>,
}

impl SelectArgs {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.kanaal.is_none() && self.object.is_none() && self.since.is_none() && self.until.is_none()
    }

    /// The filter.
    ///
    /// # Errors
    /// When nothing can match.
    pub fn filter(&self, now: DateTime<Utc>) -> anyhow::Result<MessageFilter> {
        let filter = MessageFilter {
            kanaal: self.kanaal.map(|kanaal| kanaal.naam.to_owned()),
            object: self.object,
            since: self.since.map(|when| when.at(now)),
            until: self.until.map(|when| when.at(now)),
            ..MessageFilter::default()
        };
        if let (Some(since), Some(until)) = (filter.since, filter.until)
            && since >= until
        {
            return Err(CannotStart(format!("--since ({since}) is not before --until ({until})")).into());
        }
        Ok(filter)
    }
}

/// A moment as commands print it.
pub fn moment(at: DateTime<Utc>) -> String {
    whole_second(at)
}

/// A time as an operator gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// A moment.
    At(DateTime<Utc>),
    /// So long ago.
    Ago(TimeDelta),
}

impl When {
    /// The moment it means.
    pub fn at(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::At(moment) => moment,
            Self::Ago(length) => now.checked_sub_signed(length).unwrap_or(DateTime::UNIX_EPOCH),
        }
    }
}

/// Reads a time.
pub fn when(text: &str) -> Result<When, String> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Ok(When::At(moment.with_timezone(&Utc)));
    }
    if let Ok(date) = text.parse::<NaiveDate>() {
        return Ok(When::At(date.and_time(NaiveTime::MIN).and_utc()));
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => 0,
    };
    number
        .parse::<i64>()
        .ok()
        .filter(|number| seconds > 0 && *number <= 36_500 * 86_400 / seconds)
        .and_then(|number| TimeDelta::try_seconds(number * seconds))
        .map(When::Ago)
        .ok_or_else(|| {
            "not a time: give 2026-11-25T09:00:00Z, 2026-11-25 (UTC), or so long ago: 90s, 30m, 2h, 7d"
                .to_owned()
        })
}

/// Reads the name of a message.
pub fn message(text: &str) -> Result<MessageRef, String> {
    if let Some(id) = text.parse::<i64>().ok().filter(|id| *id > 0) {
        return Ok(MessageRef::Number(id));
    }
    text.parse()
        .map(MessageRef::Uuid)
        .map_err(|_| "neither a number of `outbox list` nor a uuid".to_owned())
}

/// Reads the URL or the uuid of an object.
pub fn object(text: &str) -> Result<Uuid, String> {
    let last = text.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    last.parse()
        .map_err(|_| "neither a uuid nor a URL that ends in one".to_owned())
}

/// Reads the name of a kanaal.
pub fn kanaal(text: &str) -> Result<&'static Kanaal, String> {
    KANALEN
        .into_iter()
        .find(|kanaal| kanaal.naam == text)
        .ok_or_else(|| {
            let known: Vec<_> = KANALEN.iter().map(|kanaal| kanaal.naam).collect();
            format!("no kanaal of ours: {}", known.join(", "))
        })
}

/// Reads a state.
pub fn state(text: &str) -> Result<State, String> {
    State::from_name(text).ok_or_else(|| format!("no state: {}", State::ALL.map(State::name).join(", ")))
}

/// Reads a state of messages that can be tried again and cancelled.
pub fn unfinished(text: &str) -> Result<State, String> {
    state(text)
        .ok()
        .filter(|state| changeable().contains(state))
        .ok_or_else(only_changeable)
}

/// The states of messages that operators change.
pub fn changeable() -> Vec<State> {
    State::unfinished()
}

/// That there are no others, for who names one.
pub fn only_changeable() -> String {
    let names: Vec<_> = changeable().into_iter().map(State::name).collect();
    format!("only {} messages can be changed", names.join(" and "))
}

/// Reads a class of outcomes.
pub fn class(text: &str) -> Result<Class, String> {
    Class::from_name(text).ok_or_else(|| {
        let known: Vec<_> = Class::ALL.iter().map(|class| class.name()).collect();
        format!("no class: {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_times() {
        let now: DateTime<Utc> = "2026-11-25T12:00:00Z".parse().expect("a moment");
        let table = [
            ("2026-11-25T09:30:00Z", Some("2026-11-25T09:30:00Z")),
            ("2026-11-25T10:30:00+01:00", Some("2026-11-25T09:30:00Z")),
            ("2026-11-25", Some("2026-11-25T00:00:00Z")),
            ("90s", Some("2026-11-25T11:58:30Z")),
            ("30m", Some("2026-11-25T11:30:00Z")),
            ("2h", Some("2026-11-25T10:00:00Z")),
            ("7d", Some("2026-11-18T12:00:00Z")),
            ("", None),
            ("7", None),
            ("d", None),
            ("-7d", None),
            ("7w", None),
            ("99999999999d", None),
            ("gisteren", None),
            ("2026-02-30", None),
        ];
        for (text, expected) in table {
            let read = when(text).ok().map(|when| moment(when.at(now)));
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn reads_objects_and_messages() {
        let uuid = "0b2a1d1e-8f0e-4a8e-9a53-0d2d7f0e1c11";
        let url = format!("https://openklant.example.nl/klanten/api/v1/klanten/{uuid}");
        assert_eq!(object(uuid).map(|uuid| uuid.to_string()), Ok(uuid.to_owned()));
        assert_eq!(object(&url), object(uuid));
        assert_eq!(object(&format!("{url}/")), object(uuid));
        assert!(object("https://openklant.example.nl/klanten").is_err());
        assert_eq!(message("42"), Ok(MessageRef::Number(42)));
        assert!(matches!(message(uuid), Ok(MessageRef::Uuid(_))));
        for wrong in ["0", "-1", "4.2", "x", ""] {
            assert!(message(wrong).is_err(), "{wrong}");
        }
    }
}
