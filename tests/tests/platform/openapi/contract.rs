//! The document against the facts of the contract: paths, methods, scopes, parameters, fields, types, limits.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::differences::{CONTRACTS, MEANT_EVERYWHERE};
use super::{document, follow, keys, list, object, operations, text};

#[test]
fn documents_have_what_the_contracts_have() {
    for (api, contract, meant_here) in CONTRACTS {
        let contract: Value = serde_json::from_str(contract).expect("the facts are JSON");
        let (mut expected, mut found) = (BTreeMap::new(), BTreeMap::new());
        flatten(&contract, "", &mut expected);
        flatten(&facts(&document(api)), "", &mut found);
        let places = expected
            .keys()
            .chain(found.keys().filter(|place| !expected.contains_key(*place)));
        let different: Vec<&String> = places
            .filter(|place| expected.get(*place) != found.get(*place))
            .collect();
        let meant = || {
            MEANT_EVERYWHERE
                .iter()
                .chain(meant_here)
                .map(|(pattern, _)| *pattern)
        };
        let unmeant: Vec<String> = different
            .iter()
            .filter(|place| !meant().any(|pattern| covers(pattern, place)))
            .map(|place| {
                format!(
                    "{place}\n    contract {:?}\n    served   {:?}",
                    expected.get(*place),
                    found.get(*place)
                )
            })
            .collect();
        assert!(
            unmeant.is_empty(),
            "{api}: differences from the contract:\n{}",
            unmeant.join("\n")
        );
        let stale: Vec<&str> = meant()
            .filter(|pattern| !different.iter().any(|place| covers(pattern, place)))
            .collect();
        assert!(
            stale.is_empty(),
            "{api}: no longer different from the contract: {stale:?}"
        );
    }
}

/// The facts of a document, in the form of `openapi/contract/`.
fn facts(document: &Value) -> Value {
    let mut operation_facts = Map::new();
    for (path, method, operation) in operations(document) {
        let mut facts = Map::from_iter([
            ("operationId".to_owned(), operation["operationId"].clone()),
            (
                "scopes".to_owned(),
                operation["security"][0]["JWT-Claims"].clone(),
            ),
        ]);
        let mut parameters = Map::new();
        for parameter in list(&operation["parameters"]) {
            let mut fact = schema_facts(&parameter["schema"]);
            if parameter["required"] == true {
                fact["required"] = json!(true);
            }
            parameters.insert(
                format!("{} {}", text(&parameter["in"]), text(&parameter["name"])),
                fact,
            );
        }
        if !parameters.is_empty() {
            facts.insert("parameters".to_owned(), Value::Object(parameters));
        }
        if let Some(request) = operation.get("requestBody") {
            facts.insert("request".to_owned(), content_facts(follow(document, request)));
        }
        let mut responses = Map::new();
        for (status, response) in object(&operation["responses"]) {
            let response = follow(document, response);
            let mut fact = content_facts(response);
            fact["headers"] = json!(keys(&response["headers"]));
            responses.insert(status.clone(), fact);
        }
        facts.insert("responses".to_owned(), Value::Object(responses));
        operation_facts.insert(format!("{method} {path}"), Value::Object(facts));
    }
    let schemas: Map<String, Value> = object(&document["components"]["schemas"])
        .iter()
        .map(|(name, schema)| (name.clone(), schema_facts(schema)))
        .collect();
    json!({
        "title": document["info"]["title"],
        "version": document["info"]["version"],
        "server": document["servers"][0]["url"],
        "securitySchemes": document["components"]["securitySchemes"],
        "operations": operation_facts,
        "schemas": schemas,
    })
}

fn content_facts(of: &Value) -> Value {
    let content = of.get("content").map(object).into_iter().flatten();
    content
        .map(|(media_type, body)| (media_type.clone(), schema_facts(&body["schema"])))
        .collect::<Map<_, _>>()
        .into()
}

/// A reference is the name it refers to.
fn schema_facts(schema: &Value) -> Value {
    const KEPT: [&str; 10] = [
        "type",
        "format",
        "enum",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "pattern",
        "nullable",
        "readOnly",
    ];
    if let Some(reference) = schema["$ref"].as_str() {
        return json!(reference.rsplit('/').next());
    }
    let mut facts: Map<String, Value> = KEPT
        .iter()
        .filter_map(|key| schema.get(key).map(|value| ((*key).to_owned(), value.clone())))
        .collect();
    if let Some(items) = schema.get("items") {
        facts.insert("items".to_owned(), schema_facts(items));
    }
    if schema.get("required").is_some() {
        let mut required: Vec<&str> = list(&schema["required"])
            .iter()
            .filter_map(Value::as_str)
            .collect();
        required.sort_unstable();
        facts.insert("required".to_owned(), json!(required));
    }
    if schema.get("discriminator").is_some() {
        facts.insert(
            "discriminator".to_owned(),
            schema["discriminator"]["propertyName"].clone(),
        );
    }
    if schema.get("allOf").is_some() {
        facts.insert(
            "allOf".to_owned(),
            list(&schema["allOf"]).iter().map(schema_facts).collect(),
        );
    }
    if schema.get("properties").is_some() {
        let properties = object(&schema["properties"]).iter();
        let properties: Map<String, Value> = properties
            .map(|(name, schema)| (name.clone(), schema_facts(schema)))
            .collect();
        facts.insert("properties".to_owned(), Value::Object(properties));
    }
    Value::Object(facts)
}

fn flatten(value: &Value, place: &str, out: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                let place = if place.is_empty() {
                    key.clone()
                } else {
                    format!("{place} > {key}")
                };
                flatten(value, &place, out);
            }
        }
        leaf => {
            out.insert(place.to_owned(), leaf.to_string());
        }
    }
}

fn covers(pattern: &str, place: &str) -> bool {
    let mut steps = place.split(" > ");
    pattern
        .split(" > ")
        .all(|wanted| steps.next().is_some_and(|step| wanted == "*" || wanted == step))
}
