//! The schemas of a document in the form of the standard.

use poem_openapi::registry::Registry;
use poem_openapi::types::Type;
use serde_json::{Map, Value, json};

use crate::zgw::schema::{Fout, ValidatieFout};

const REFERENCE: &str = "#/components/schemas/";

/// Adds the schemas that no handler names, and rewrites those whose form hangs on a sibling.
pub(super) fn complete(schemas: &mut Map<String, Value>) {
    let mut errors = Registry::new();
    Fout::register(&mut errors);
    ValidatieFout::register(&mut errors);
    schemas.extend(
        errors
            .schemas
            .iter()
            .map(|(name, schema)| (name.clone(), json!(schema))),
    );
    hoist_nullable(schemas);
    let mut families = Map::new();
    for (name, schema) in schemas.iter_mut() {
        families.extend(split_family(name, schema));
    }
    schemas.extend(families);
}

/// Where a field is a reference that may be null, the standard writes a bare reference to a schema that may be null.
fn hoist_nullable(schemas: &mut Map<String, Value>) {
    let nullable: Vec<String> = schemas
        .values()
        .filter_map(|schema| schema["properties"].as_object())
        .flat_map(Map::values)
        .filter(|field| field["nullable"] == true)
        .filter_map(|field| field["allOf"][0]["$ref"].as_str())
        .filter_map(|reference| reference.strip_prefix(REFERENCE))
        .map(str::to_owned)
        .collect();
    for name in nullable {
        if let Some(schema) = schemas.get_mut(&name).and_then(Value::as_object_mut) {
            schema.insert("nullable".to_owned(), Value::Bool(true));
        }
    }
}

/// A field whose discriminator is a sibling: the field leaves the schema, the schema gets the discriminator, and per
/// value there is a schema of its own, named by the value, that adds the field in the shape of that value.
fn split_family(name: &str, schema: &mut Value) -> Map<String, Value> {
    let mut family = Map::new();
    let Some(fields) = schema["properties"].as_object_mut() else {
        return family;
    };
    let discriminated = fields.iter().find_map(|(field, value)| {
        let shape = with_discriminator(value)?;
        let sibling = shape["discriminator"]["propertyName"].as_str()?;
        Some((field.clone(), shape["discriminator"].clone(), sibling.to_owned()))
    });
    let Some((field, discriminator, sibling)) = discriminated else {
        return family;
    };
    if !fields.contains_key(&sibling) {
        return family;
    }
    fields.shift_remove(&field);
    for (value, shape) in discriminator["mapping"].as_object().into_iter().flatten() {
        let shape_name = shape
            .as_str()
            .and_then(|shape| shape.strip_prefix(REFERENCE))
            .unwrap_or(value);
        let part = format!("{}_{shape_name}", snake_case(&field));
        family.insert(
            value.clone(),
            json!({
                "type": "object",
                "allOf": [{"$ref": format!("{REFERENCE}{name}")}, {"$ref": format!("{REFERENCE}{part}")}],
            }),
        );
        family.insert(
            part,
            json!({"type": "object", "properties": {field.as_str(): {"$ref": shape}}}),
        );
    }
    schema["discriminator"] = json!({"propertyName": sibling});
    family
}

/// The schema of a field that has a discriminator. A description makes poem-openapi wrap it.
fn with_discriminator(field: &Value) -> Option<&Value> {
    let wrapped = field["allOf"].as_array().into_iter().flatten();
    std::iter::once(field)
        .chain(wrapped)
        .find(|schema| schema.get("discriminator").is_some())
}

fn snake_case(camel: &str) -> String {
    let mut snake = String::with_capacity(camel.len() + 4);
    for letter in camel.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// Takes away what poem-openapi writes and the standard does not: formats of whole numbers, limits of whole numbers
/// with a fraction, `false` for what is false by itself, and wrappers around references.
pub(super) fn tidy(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if let Some(reference) = wrapped_reference(object) {
                *object = Map::from_iter([("$ref".to_owned(), reference)]);
                return;
            }
            if object.get("deprecated") == Some(&Value::Bool(false)) {
                object.shift_remove("deprecated");
            }
            if object.get("type").and_then(Value::as_str) == Some("integer") {
                object.shift_remove("format");
                for limit in ["minimum", "maximum"] {
                    if let Some(whole) = object.get(limit).and_then(whole_number) {
                        object.insert(limit.to_owned(), whole);
                    }
                }
            }
            object.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

fn wrapped_reference(object: &Map<String, Value>) -> Option<Value> {
    match object.get("allOf")?.as_array()?.as_slice() {
        [reference, patch] if patch.get("$ref").is_none() => reference.get("$ref").cloned(),
        _ => None,
    }
}

fn whole_number(limit: &Value) -> Option<Value> {
    // Limits of the standard are small numbers; the text of a whole one reads back exactly.
    let number = limit.as_f64().filter(|number| number.fract() == 0.0)?;
    format!("{number:.0}").parse::<i64>().ok().map(Value::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_that_hangs_on_a_sibling_becomes_a_family() {
        let mut schemas = Map::new();
        schemas.insert(
            "Dier".to_owned(),
            json!({"type": "object", "properties": {
                "soort": {"type": "string"},
                "naamKenmerk": {"description": "x", "allOf": [
                    {"oneOf": [], "discriminator": {"propertyName": "soort", "mapping": {"kat": "#/components/schemas/Kat"}}},
                    {"description": "x"},
                ]},
            }}),
        );
        complete(&mut schemas);
        assert_eq!(
            schemas["Dier"],
            json!({"type": "object", "properties": {"soort": {"type": "string"}}, "discriminator": {"propertyName": "soort"}})
        );
        assert_eq!(
            schemas["kat"]["allOf"],
            json!([{"$ref": "#/components/schemas/Dier"}, {"$ref": "#/components/schemas/naam_kenmerk_Kat"}])
        );
        assert_eq!(
            schemas["naam_kenmerk_Kat"]["properties"],
            json!({"naamKenmerk": {"$ref": "#/components/schemas/Kat"}})
        );
    }

    #[test]
    fn a_reference_that_may_be_null_is_bare_and_its_schema_says_so() {
        let wrapped =
            json!({"allOf": [{"$ref": "#/components/schemas/B"}, {"nullable": true}], "nullable": true});
        let mut schemas = Map::from_iter([
            ("A".to_owned(), json!({"properties": {"b": wrapped}})),
            ("B".to_owned(), json!({"type": "object"})),
        ]);
        complete(&mut schemas);
        let mut schemas = Value::Object(schemas);
        tidy(&mut schemas);
        assert_eq!(
            schemas["A"]["properties"]["b"],
            json!({"$ref": "#/components/schemas/B"})
        );
        assert_eq!(schemas["B"]["nullable"], true);
    }

    #[test]
    fn whole_numbers_have_whole_limits_and_no_format() {
        let mut schema = json!({"type": "integer", "format": "int32", "maximum": 99999.0, "minimum": 0.0, "deprecated": false});
        tidy(&mut schema);
        assert_eq!(schema, json!({"type": "integer", "maximum": 99999, "minimum": 0}));
    }
}
