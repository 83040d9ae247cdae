//! Settings of the log of reads.

use std::time::Duration;

use super::reader::Reader;
use super::value::{ValueError, duration_or_off, switch};
use super::{Secret, names};

/// Fewest characters of the key.
const KEY_MIN_LENGTH: usize = 32;

/// Settings of the log of reads.
#[derive(Debug, Clone)]
pub struct ReadLog {
    /// Whether reads are recorded.
    pub enabled: bool,
    /// What values are hashed with; always there when reads are recorded.
    pub key: Option<Secret>,
    /// How long a row is kept; `None`: always.
    pub retention: Option<Duration>,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<ReadLog> {
    let enabled = reader.get(&names::READ_LOG, switch);
    let key = reader.get(&names::READ_LOG_KEY, |text| {
        if text.chars().count() < KEY_MIN_LENGTH {
            return Err(ValueError::Short(KEY_MIN_LENGTH));
        }
        Ok(Secret::new(text))
    });
    let retention = reader.get(&names::READ_LOG_RETENTION, duration_or_off("1d", "36500d"));
    if enabled == Some(true) && key.is_none() && !reader.is_set(&names::READ_LOG_KEY) {
        let setting = &names::READ_LOG_KEY;
        reader.at_odds(
            setting,
            ValueError::Missing("OPENKLANT_READ_LOG is true"),
            setting.example,
        );
    }
    Some(ReadLog {
        enabled: enabled?,
        key,
        retention: retention?,
    })
}
