//! Reading a log of JSON lines.

use serde_json::Value;
use uuid::Uuid;

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

/// The log without its moments and identities, which hold every short number sooner or later.
pub fn without_chance(log: &str) -> String {
    let is_chance =
        |word: &str| Uuid::try_parse(word).is_ok() || chrono::DateTime::parse_from_rfc3339(word).is_ok();
    let mut kept = String::with_capacity(log.len());
    for line in log.lines() {
        let words = line
            .split([' ', '"', '=', '{', '}', ','])
            .filter(|word| !is_chance(word));
        kept.push_str(&words.collect::<Vec<_>>().join(" "));
        kept.push('\n');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::without_chance;

    #[test]
    fn only_moments_and_identities_go() {
        let log = "2026-11-25T07:40:58.205010Z INFO x{trace.id=\"719baa38a648417ba1cd4237e2315010\"}: 5010 Oude Dijk";
        let kept = without_chance(log);
        assert_eq!(kept.matches("5010").count(), 1, "{kept}");
        assert!(kept.contains("5010 Oude Dijk"), "{kept}");
    }
}
