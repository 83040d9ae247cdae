//! The operations of a document: security, parameters and answers in the form of the standard.

use poem::http::Method;
use serde_json::{Map, Value, json};

use super::responses::{self, Traits};
use super::{AFWIJKING, DocumentError, Kind, Parameter, SECURITY_SCHEME};
use crate::zgw::{ApiDeclaration, page};

/// Completes every operation under `paths`.
pub(super) fn complete(paths: &mut Map<String, Value>, api: &ApiDeclaration) -> Result<(), DocumentError> {
    let mut declared = (api.parameters)();
    for (path, item) in paths.iter_mut() {
        let item = item.as_object_mut().ok_or(DocumentError::Missing("path item"))?;
        for (method, operation) in item.iter_mut() {
            let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes())
                .map_err(|_| DocumentError::Missing("method"))?;
            let operation = operation
                .as_object_mut()
                .ok_or(DocumentError::Missing("operation"))?;
            let id = operation
                .get("operationId")
                .and_then(Value::as_str)
                .ok_or(DocumentError::Missing("operationId"))?;
            let mut filters = match declared.iter().position(|(operation, _)| *operation == id) {
                Some(place) => declared.swap_remove(place).1,
                None => Vec::new(),
            };
            let paged = gives_pages(operation);
            let audited = is_audited(path, &method, api);
            if paged && method == Method::GET && !filters.iter().any(|filter| filter.name == page::PARAMETER)
            {
                filters.push(page::parameter());
            }
            let traits = Traits {
                method: &method,
                names_object: path.contains('{'),
                paged,
            };
            operation.insert("tags".to_owned(), json!([api.name]));
            secure(operation);
            complete_responses(operation, traits);
            complete_parameters(operation, &method, audited, &filters);
            sort_keys(operation);
        }
    }
    match declared.first() {
        Some((operation, _)) => Err(DocumentError::UnknownOperation(operation)),
        None => Ok(()),
    }
}

/// Changes of the main resource are audited: the headers that go into an audit row mean something there.
fn is_audited(path: &str, method: &Method, api: &ApiDeclaration) -> bool {
    *method != Method::GET && !path.ends_with(SEARCH) && path.split('/').nth(1) == Some(api.kanaal.naam)
}

/// The end of the paths of searches by POST, which change nothing.
const SEARCH: &str = "/_zoek";

fn gives_pages(operation: &Map<String, Value>) -> bool {
    let schema = |responses: &Value| responses["200"]["content"]["application/json"]["schema"].clone();
    operation
        .get("responses")
        .is_some_and(|responses| schema(responses)["properties"].get("results").is_some())
}

/// The order in which people read an operation.
fn sort_keys(operation: &mut Map<String, Value>) {
    const ORDER: [&str; 8] = [
        "operationId",
        "summary",
        "description",
        "tags",
        "security",
        "parameters",
        "requestBody",
        "responses",
    ];
    for key in ORDER {
        if let Some(value) = operation.shift_remove(key) {
            operation.insert(key.to_owned(), value);
        }
    }
}

/// Our extractor gives the scope as the name of a scheme, the only thing poem-openapi lets it say.
fn secure(operation: &mut Map<String, Value>) {
    let scopes: Vec<String> = operation
        .get("security")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .flat_map(|scheme| scheme.keys().cloned())
        .collect();
    operation.insert("security".to_owned(), json!([{SECURITY_SCHEME: scopes}]));
}

fn complete_parameters(
    operation: &mut Map<String, Value>,
    method: &Method,
    audited: bool,
    filters: &[Parameter],
) {
    let generated = operation.remove("parameters");
    let path = generated
        .as_ref()
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|parameter| parameter["in"] == "path")
        .map(|parameter| {
            json!({
                "name": parameter["name"],
                "in": "path",
                "required": true,
                "description": "Unieke identificatie (UUID).",
                "schema": {"type": "string", "format": "uuid"},
            })
        });
    let gives_etag = operation
        .get("responses")
        .is_some_and(|responses| responses["200"]["headers"].get("ETag").is_some());
    let headers = headers(method, audited, gives_etag);
    let all: Vec<Value> = path.chain(headers).chain(filters.iter().map(query)).collect();
    if !all.is_empty() {
        operation.insert("parameters".to_owned(), Value::Array(all));
    }
}

fn query(parameter: &Parameter) -> Value {
    let schema = match parameter.kind {
        Kind::Text => json!({"type": "string"}),
        Kind::Uri => json!({"type": "string", "format": "uri"}),
        Kind::Choice(values) => json!({"type": "string", "enum": values}),
        Kind::Integer => json!({"type": "integer"}),
        Kind::DateTime => json!({"type": "string", "format": "date-time"}),
    };
    let description = if parameter.afwijking {
        format!("{AFWIJKING}: extra parameter. {}", parameter.description)
    } else {
        parameter.description.to_owned()
    };
    json!({
        "name": parameter.name,
        "in": "query",
        "required": false,
        "description": description,
        "schema": schema,
    })
}

/// The request headers that an operation looks at.
fn headers(method: &Method, audited: bool, gives_etag: bool) -> Vec<Value> {
    let text = |name: &str, description: &str| json!({"name": name, "in": "header", "required": false, "description": description, "schema": {"type": "string"}});
    let mut headers = Vec::new();
    if gives_etag {
        headers.push(text(
            "If-None-Match",
            "Versies (ETag) die de client al heeft; is de huidige erbij, dan volgt 304 zonder inhoud.",
        ));
    }
    if matches!(*method, Method::POST | Method::PUT | Method::PATCH) {
        headers.push(json!({
            "name": "Content-Type",
            "in": "header",
            "required": true,
            "description": "Soort van de inhoud.",
            "schema": {"type": "string", "enum": ["application/json"]},
        }));
    }
    if audited {
        headers.push(text(
            "X-NLX-Logrecord-ID",
            "Kenmerk van de aanvraag in het netwerk; wordt bij de regel van het audittrail bewaard.",
        ));
        headers.push(text(
            "X-Audit-Toelichting",
            "Toelichting bij de wijziging, voor het audittrail.",
        ));
    }
    if matches!(*method, Method::PUT | Method::PATCH | Method::DELETE) {
        let description = format!(
            "{AFWIJKING}: extra header. De versie (ETag) die de client wijzigt; is die niet meer de huidige, dan volgt 412."
        );
        headers.push(text("If-Match", &description));
    }
    headers
}

fn complete_responses(operation: &mut Map<String, Value>, traits: Traits<'_>) {
    let mut responses = match operation.remove("responses") {
        Some(Value::Object(responses)) => responses,
        _ => Map::new(),
    };
    for response in responses.values_mut().filter_map(Value::as_object_mut) {
        let mut headers = Map::from_iter([("API-version".to_owned(), responses::api_version())]);
        if let Some(Value::Object(generated)) = response.remove("headers") {
            headers.extend(generated.keys().map(|name| known_header(name)));
        }
        response.insert("headers".to_owned(), Value::Object(headers));
    }
    if responses
        .get("200")
        .is_some_and(|found| found["headers"].get("ETag").is_some())
    {
        let not_modified = json!({
            "description": "De client heeft de huidige versie al.",
            "headers": Map::from_iter([("API-version".to_owned(), responses::api_version()), known_header("ETag")]),
        });
        responses.insert("304".to_owned(), not_modified);
    }
    responses.extend(responses::of_operation(traits));
    operation.insert("responses".to_owned(), Value::Object(responses));
}

/// A header of an answer under the name the standard spells; poem-openapi may write it in capitals.
fn known_header(name: &str) -> (String, Value) {
    if name.eq_ignore_ascii_case("ETag") {
        ("ETag".to_owned(), responses::header("De versie van het object."))
    } else if name.eq_ignore_ascii_case("Location") {
        let schema = json!({"type": "string", "format": "uri"});
        (
            "Location".to_owned(),
            json!({"description": "Het adres van het nieuwe object.", "schema": schema}),
        )
    } else {
        (name.to_owned(), responses::header(""))
    }
}
