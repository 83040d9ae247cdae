//! The lengths that an OpenAPI document promises.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Paths of the texts that can be written in a schema of this name, with the length the document gives them; items of
/// a list are `name.0`.
pub fn documented(document: &Value, schema: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    lengths(
        document,
        &document["components"]["schemas"][schema],
        "",
        &mut found,
    );
    found
}

/// The schema that a reference or a list of one means.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return &document["components"]["schemas"][name];
    }
    match schema["allOf"].as_array().map(Vec::as_slice) {
        Some([one]) => resolved(document, one),
        _ => schema,
    }
}

fn lengths(document: &Value, schema: &Value, path: &str, found: &mut BTreeMap<String, usize>) {
    let schema = resolved(document, schema);
    if schema["readOnly"] == json!(true) || schema.get("enum").is_some() {
        return;
    }
    if let Some(length) = schema["maxLength"].as_u64() {
        found.insert(path.to_owned(), usize::try_from(length).expect("a length fits"));
    }
    if schema["items"].is_object() {
        lengths(document, &schema["items"], &format!("{path}.0"), found);
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        lengths(document, property, &path, found);
    }
}

/// A value nested as its path says.
pub fn nested(path: &str, value: Value) -> Value {
    path.rsplit('.').fold(value, |value, key| match key {
        "0" => json!([value]),
        _ => json!({key: value}),
    })
}
