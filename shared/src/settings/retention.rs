//! Settings of what is kept, and for how long.

use std::time::Duration;

use super::names;
use super::reader::Reader;
use super::value::{duration, duration_or_off};

/// How long things are kept.
#[derive(Debug, Clone)]
pub struct Retention {
    /// Messages, after they were delivered or cancelled.
    pub messages: Duration,
    /// Audit rows; `None`: always.
    pub audit: Option<Duration>,
    /// Rows of the operators' log; `None`: always.
    pub operator_log: Option<Duration>,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<Retention> {
    let messages = reader.get(&names::MESSAGE_RETENTION, duration("1d", "3650d"));
    let audit = reader.get(&names::AUDIT_RETENTION, duration_or_off("30d", "36500d"));
    let operator_log = reader.get(&names::OPERATOR_LOG_RETENTION, duration_or_off("30d", "36500d"));
    Some(Retention {
        messages: messages?,
        audit: audit.flatten(),
        operator_log: operator_log.flatten(),
    })
}
