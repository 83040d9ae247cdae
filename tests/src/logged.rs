//! Reading a log of JSON lines.

use serde_json::Value;

/// The lines; each must be one object.
pub fn lines(log: &str) -> Vec<Value> {
    log.lines()
        .map(|line| {
            serde_json::from_str(line).unwrap_or_else(|error| panic!("a line is JSON: {error}\n{line}"))
        })
        .collect()
}

/// The lines of the requests that were answered.
pub fn requests(log: &str) -> Vec<Value> {
    lines(log)
        .into_iter()
        .filter(|line| line["message"] == "request answered")
        .collect()
}
