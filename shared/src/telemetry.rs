//! The log: lines to stderr, as text for people or JSON for machines. What is logged is decided where it happens;
//! nobody logs personal data.

use std::io::{self, IsTerminal};
use std::panic::{self, PanicHookInfo};

use thiserror::Error;
use tracing::{Subscriber, error};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use crate::settings::{Log, LogFormat};

/// Why the log could not be set up.
#[derive(Debug, Error)]
pub enum TelemetryError {
    /// The filter cannot be read.
    #[error("the log filter is not understood: {0}")]
    Filter(ParseError),
    /// This process has a log already.
    #[error("the log cannot be set up: {0}")]
    Taken(Box<dyn std::error::Error + Send + Sync>),
}

/// PostgreSQL's notices, such as "relation already exists, skipping": no news at `info`.
const QUIET: &str = "sqlx::postgres::notice=warn";

/// The libraries that speak HTTP tell of hosts and headers when they are asked for details. A client chooses the host of
/// what is looked up, and a header holds a token: neither belongs in a log, at any level.
const DISCREET: &str = "hyper_util=info,h2=info,reqwest=info";

/// Sends the log of this process to stderr. Works once per process.
pub fn start(log: &Log) -> Result<(), TelemetryError> {
    let filter = EnvFilter::builder()
        .parse(directives(&log.level))
        .map_err(TelemetryError::Filter)?;
    let registry = tracing_subscriber::registry().with(filter);
    match log.format {
        LogFormat::Text => {
            let lines = tracing_subscriber::fmt::layer()
                .with_writer(io::stderr)
                .with_ansi(io::stderr().is_terminal());
            registry.with(lines).try_init()
        }
        LogFormat::Json => registry.with(json_lines(io::stderr)).try_init(),
    }
    .map_err(|error| TelemetryError::Taken(error.into()))?;
    panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// One flat object per line: what is known of the request or the message stands beside what the line says, so that a
/// search for either needs no path.
fn json_lines<S, W>(writer: W) -> json_subscriber::fmt::Layer<S, W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    json_subscriber::fmt::layer()
        .with_writer(writer)
        .with_current_span(false)
        .with_span_list(false)
        .flatten_span_list_on_top_level(true)
        .flatten_event(true)
}

fn directives(level: &str) -> String {
    match level {
        "info" => format!("{level},{QUIET}"),
        "off" | "error" | "warn" => level.to_owned(),
        _ => format!("{level},{DISCREET}"),
    }
}

/// Says where a panic was, without its message: that may quote a value.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let (file, line) = panic
        .location()
        .map_or(("", 0), |place| (place.file(), place.line()));
    error!(
        panic.file = file,
        panic.line = line,
        "a part of the program panicked"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detailed_log_leaves_out_what_the_http_libraries_say() {
        assert_eq!(directives("info"), "info,sqlx::postgres::notice=warn");
        assert_eq!(directives("warn"), "warn");
        for detailed in ["debug", "trace", "info,hyper_util=trace"] {
            let text = directives(detailed);
            assert!(text.ends_with("hyper_util=info,h2=info,reqwest=info"), "{text}");
            let filter = EnvFilter::builder().parse(&text).expect("a filter").to_string();
            assert!(
                !filter.contains("hyper_util=trace"),
                "the last word counts: {filter}"
            );
        }
    }
}
