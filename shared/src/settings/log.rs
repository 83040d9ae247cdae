//! Settings of the log: what is written, and in which form.

use tracing_subscriber::EnvFilter;

use super::names;
use super::reader::Reader;
use super::value::{ValueError, switch};

/// Settings of the log.
#[derive(Debug, Clone)]
pub struct Log {
    /// A level or a tracing filter, for `tracing_subscriber::EnvFilter`.
    pub level: String,
    /// The form of a line.
    pub format: LogFormat,
    /// Whether each request has a line at level `info`; otherwise it is at `debug`.
    pub requests: bool,
}

/// The form of a line in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one JSON object per line.
    Json,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<Log> {
    let level = reader.get(&names::LOG_LEVEL, level);
    let format = reader.get(&names::LOG_FORMAT, format);
    let requests = reader.get(&names::LOG_REQUESTS, switch);
    Some(Log {
        level: level?,
        format: format?,
        requests: requests?,
    })
}

fn level(text: &str) -> Result<String, ValueError> {
    if text.contains(['=', ',', '[']) {
        return match EnvFilter::builder().parse(text) {
            Ok(_) => Ok(text.to_owned()),
            Err(_) => Err(ValueError::LogFilter),
        };
    }
    // A single word that is no level would be the name of a module, and silence everything else.
    match text.to_ascii_lowercase().as_str() {
        known @ ("error" | "warn" | "info" | "debug" | "trace" | "off") => Ok(known.to_owned()),
        // Names of the levels in Python's logging.
        "warning" => Ok("warn".to_owned()),
        "critical" | "fatal" => Ok("error".to_owned()),
        _ => Err(ValueError::LogFilter),
    }
}

fn format(text: &str) -> Result<LogFormat, ValueError> {
    match text.to_ascii_lowercase().as_str() {
        "json" => Ok(LogFormat::Json),
        "text" | "plain" | "console" | "plain_console" => Ok(LogFormat::Text),
        _ => Err(ValueError::Choice("text, json")),
    }
}
