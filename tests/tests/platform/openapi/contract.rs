//! The document against the facts of the contract: paths, methods, scopes, parameters, fields, types, limits.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{document, follow, keys, list, object, operations, text};

/// Differences from the contract that are meant, and why. A `*` stands for any one step; an entry covers all below it.
const MEANT: [(&str, &str); 18] = [
    ("operations > POST /klanten/_zoek", "AFWIJKING: search by POST"),
    (
        "operations > * > responses > 304",
        "decision 19: a conditional GET",
    ),
    (
        "operations > * > responses > 412",
        "decision 19: a conditional write",
    ),
    (
        "operations > * > parameters > header If-Match",
        "decision 19: a conditional write",
    ),
    (
        "operations > GET /klanten > responses > 404",
        "a page beyond the end, as 1.0.0",
    ),
    (
        "operations > GET /klanten/{klant_uuid}/audittrail > responses > 404",
        "an object without rows, as 1.0.0",
    ),
    (
        "operations > GET /klanten/{klant_uuid}/audittrail > responses > 200",
        "decision 14: pages",
    ),
    (
        "operations > GET /klanten/{klant_uuid}/audittrail > parameters > query page",
        "decision 14: pages",
    ),
    (
        "operations > GET /klanten/{klant_uuid}/audittrail > responses > 400",
        "API Design Rules: invalid input",
    ),
    (
        "operations > GET /klanten/{klant_uuid}/audittrail/{uuid} > responses > 400",
        "API Design Rules: invalid input",
    ),
    (
        "operations > GET /klanten/{uuid} > responses > 400",
        "API Design Rules: invalid input",
    ),
    (
        "operations > DELETE /klanten/{uuid} > responses > 400",
        "API Design Rules: invalid input",
    ),
    ("operations > * > responses > 413", "a body over 1 MiB"),
    ("operations > * > responses > 503", "no database"),
    (
        "schemas > ValidatieFout > properties > detail > minLength",
        "empty on the wire, as 1.0.0",
    ),
    (
        "schemas > Wijzigingen > properties > oud > nullable",
        "null when the object was made, as 1.0.0",
    ),
    (
        "schemas > Wijzigingen > properties > nieuw > nullable",
        "decision 15: null when the object was removed",
    ),
    ("securitySchemes > JWT-Claims > description", "our own words"),
];

#[test]
fn has_what_the_contract_has() {
    let contract: Value = serde_json::from_str(include_str!("../../../../openapi/contract/klanten.json"))
        .expect("the facts are JSON");
    let (mut expected, mut found) = (BTreeMap::new(), BTreeMap::new());
    flatten(&contract, "", &mut expected);
    flatten(&facts(&document()), "", &mut found);
    let places = expected
        .keys()
        .chain(found.keys().filter(|place| !expected.contains_key(*place)));
    let different: Vec<&String> = places
        .filter(|place| expected.get(*place) != found.get(*place))
        .collect();
    let unmeant: Vec<String> = different
        .iter()
        .filter(|place| !MEANT.iter().any(|(pattern, _)| covers(pattern, place)))
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
        "differences from the contract:\n{}",
        unmeant.join("\n")
    );
    let stale: Vec<&str> = MEANT
        .iter()
        .map(|(pattern, _)| *pattern)
        .filter(|pattern| !different.iter().any(|place| covers(pattern, place)))
        .collect();
    assert!(
        stale.is_empty(),
        "no longer different from the contract: {stale:?}"
    );
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
