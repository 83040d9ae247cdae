//! From the text of a value to its type: times, switches, lists, numbers. Hosts and URLs are in `address.rs`.
//!
//! Faults name what is wrong and never hold the value, which may be a secret.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use super::address::AddressError;
use crate::vault::NotAKey;

/// What is wrong with a value. Reads on after the name of the variable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Needed, and not set.
    #[error("is missing: {0}")]
    Missing(&'static str),
    /// None of the choices.
    #[error("must be one of: {0}")]
    Choice(&'static str),
    /// Not a whole number.
    #[error("is not a whole number")]
    Number,
    /// Not a length of time.
    #[error("is not a length of time: a number with ms, s, m, h or d behind it, or a number of seconds")]
    Duration,
    /// Too small or too large.
    #[error("must be between {min} and {max}")]
    Range {
        /// The smallest that is right.
        min: String,
        /// The largest that is right.
        max: String,
    },
    /// A fault in one item of a list.
    #[error("has an item ({item}) that {problem}")]
    Item {
        /// The item, or `***` if there may be a password in it.
        item: String,
        /// What is wrong with it.
        problem: Box<ValueError>,
    },
    /// A fault in a URL, host or address.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// Not a key to secrets.
    #[error(transparent)]
    Key(#[from] NotAKey),
    /// Not an e-mail address.
    #[error("is not an e-mail address")]
    Email,
    /// Not a URI that somebody can be reached at.
    #[error("is not a URI that begins with mailto:, https:// or tel:")]
    Contact,
    /// Not a moment.
    #[error("is not a moment with date, time and zone")]
    Moment,
    /// Not a tracing filter.
    #[error("is neither a level (error, warn, info, debug, trace, off) nor a tracing filter")]
    LogFilter,
    /// White space or control characters where they cannot be meant.
    #[error("has white space or control characters in it")]
    Space,
    /// Not a list of names with values.
    #[error("is not a list such as name=value,name=value")]
    Pairs,
    /// A secret that could be guessed.
    #[error("is too short: at least {0} characters")]
    Short(usize),
    /// Two settings that contradict each other; says which and why.
    #[error("{0}")]
    Combination(&'static str),
    /// Bytes that are not text.
    #[error("is not valid UTF-8")]
    Utf8,
    /// A file that cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// A file with a mistake in its form, on a line.
    #[error("has a mistake on line {line}: {what}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// What the mistake is, without the text of the line.
        what: String,
    },
    /// A value of the TOML file that is not text, a number, true/false or a list of those.
    #[error("must be text, a number, true or false, or a list of those")]
    TomlKind,
}

/// A switch.
pub(super) fn switch(text: &str) -> Result<bool, ValueError> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" | "y" | "t" => Ok(true),
        "false" | "no" | "off" | "0" | "n" | "f" => Ok(false),
        _ => Err(ValueError::Choice("true, false, yes, no, on, off, 1, 0")),
    }
}

/// A whole number between two bounds, both included.
pub(super) fn number<T>(min: T, max: T) -> impl Fn(&str) -> Result<T, ValueError>
where
    T: FromStr + PartialOrd + Display + Copy,
{
    move |text| {
        let number = text.parse::<T>().map_err(|_| match text.parse::<i128>() {
            Ok(_) => range(min, max),
            Err(_) => ValueError::Number,
        })?;
        if (min..=max).contains(&number) {
            Ok(number)
        } else {
            Err(range(min, max))
        }
    }
}

fn range(min: impl Display, max: impl Display) -> ValueError {
    ValueError::Range {
        min: min.to_string(),
        max: max.to_string(),
    }
}

/// A length of time between two bounds, both included. The bounds are written as an operator would.
pub fn duration(min: &'static str, max: &'static str) -> impl Fn(&str) -> Result<Duration, ValueError> {
    move |text| {
        let length = any_duration(text)?;
        if (any_duration(min)?..=any_duration(max)?).contains(&length) {
            Ok(length)
        } else {
            Err(range(min, max))
        }
    }
}

fn any_duration(text: &str) -> Result<Duration, ValueError> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let millis: u64 = match unit.trim_start() {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(ValueError::Duration),
    };
    let number: u64 = number.parse().map_err(|_| ValueError::Duration)?;
    number
        .checked_mul(millis)
        .map(Duration::from_millis)
        .ok_or(ValueError::Duration)
}

/// A length of time, or none: `off` and 0 mean none.
pub(super) fn duration_or_off(
    min: &'static str,
    max: &'static str,
) -> impl Fn(&str) -> Result<Option<Duration>, ValueError> {
    move |text| {
        if text.eq_ignore_ascii_case("off") || any_duration(text).is_ok_and(|length| length.is_zero()) {
            Ok(None)
        } else {
            duration(min, max)(text).map(Some)
        }
    }
}

/// A comma list; empty items are skipped, order is kept.
pub(super) fn list<T>(
    item: impl Fn(&str) -> Result<T, ValueError>,
) -> impl Fn(&str) -> Result<Vec<T>, ValueError> {
    move |text| {
        text.split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| {
                item(part).map_err(|problem| ValueError::Item {
                    item: if part.contains('@') { "***" } else { part }.to_owned(),
                    problem: Box::new(problem),
                })
            })
            .collect()
    }
}

/// Text without white space or control characters.
pub(super) fn word(text: &str) -> Result<String, ValueError> {
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        Err(ValueError::Space)
    } else {
        Ok(text.to_owned())
    }
}

/// Any text on one line.
pub(super) fn line(text: &str) -> Result<String, ValueError> {
    if text.chars().any(char::is_control) {
        Err(ValueError::Space)
    } else {
        Ok(text.to_owned())
    }
}

/// An e-mail address.
pub(super) fn email(text: &str) -> Result<String, ValueError> {
    if crate::domain::emailadres::is_emailadres(text) {
        Ok(text.to_owned())
    } else {
        Err(ValueError::Email)
    }
}
