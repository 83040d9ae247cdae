//! Settings of the token check.

use std::time::Duration;

use super::names;
use super::reader::Reader;
use super::value::{duration, duration_or_off};

/// Settings of the token check.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// How far the clocks of a client and of ours may differ.
    pub leeway: Duration,
    /// Oldest token that is accepted, by its `iat`; `None` is no limit.
    pub max_age: Option<Duration>,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<Tokens> {
    let leeway = reader.get(&names::JWT_LEEWAY, duration("0s", "10m"));
    let max_age = reader.get(&names::JWT_MAX_AGE, duration_or_off("1s", "365d"));
    Some(Tokens {
        leeway: leeway?,
        max_age: max_age.flatten(),
    })
}
