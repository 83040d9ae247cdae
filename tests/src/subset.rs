//! Comparing JSON with what a test cares about: named keys of objects, lists whole and in order.

use serde_json::Value;

/// Where `actual` does not hold what `expected` says, as a path with both values; `None` when it does. Keys that
/// `expected` does not name may hold anything; lists have the same length, and their items are compared likewise.
pub fn difference(expected: &Value, actual: &Value) -> Option<String> {
    at("", expected, actual)
}

fn at(path: &str, expected: &Value, actual: &Value) -> Option<String> {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => expected.iter().find_map(|(key, value)| {
            let path = format!("{path}.{key}");
            match actual.get(key) {
                Some(found) => at(&path, value, found),
                None => Some(format!("{path}: missing, expected {value}")),
            }
        }),
        (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => expected
            .iter()
            .zip(actual)
            .enumerate()
            .find_map(|(index, (expected, actual))| at(&format!("{path}[{index}]"), expected, actual)),
        _ if expected == actual => None,
        _ => Some(format!("{path}: {actual}, expected {expected}")),
    }
}

/// Demands that `actual` holds what `expected` says.
#[track_caller]
pub fn assert_holds(actual: &Value, expected: &Value) {
    if let Some(difference) = difference(expected, actual) {
        panic!("{difference}\nin {actual}");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::difference;

    #[test]
    fn named_keys_count_and_lists_count_whole() {
        for (expected, actual, same) in [
            (json!({"a": 1}), json!({"a": 1, "b": 2}), true),
            (json!({"a": {"b": null}}), json!({"a": {"b": null}}), true),
            (json!({"a": null}), json!({}), false),
            (json!([{"a": 1}]), json!([{"a": 1, "b": 2}]), true),
            (json!([]), json!([1]), false),
            (json!("1"), json!(1), false),
        ] {
            assert_eq!(
                difference(&expected, &actual).is_none(),
                same,
                "{expected} in {actual}"
            );
        }
    }
}
