//! The body that the API would get, made of a form: what a page changes goes through the rules of the API.

use serde_json::{Map, Value};

use crate::zgw::body::JsonObject;

/// Puts a value in its place: `adres.huisnummer` into the object `adres`, which is made when it is not there.
pub fn put(body: &mut JsonObject, name: &str, value: Value) {
    match name.split_once('.') {
        None => {
            body.insert(name.to_owned(), value);
        }
        Some((outer, rest)) => {
            let place = body.entry(outer).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = place {
                put(inner, rest, value);
            }
        }
    }
}

/// The value in this place.
pub fn get<'a>(body: &'a JsonObject, name: &str) -> Option<&'a Value> {
    match name.split_once('.') {
        None => body.get(name),
        Some((outer, rest)) => get(body.get(outer)?.as_object()?, rest),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_with_dots_leads_into_objects() {
        let mut body = Map::new();
        put(&mut body, "voornaam", json!("Fenna"));
        put(&mut body, "adres.huisnummer", json!(12));
        put(&mut body, "adres.postcode", json!("1234AB"));
        put(&mut body, "a.b.c", json!([]));
        assert_eq!(
            Value::Object(body.clone()),
            json!({"voornaam": "Fenna", "adres": {"huisnummer": 12, "postcode": "1234AB"}, "a": {"b": {"c": []}}})
        );
        assert_eq!(get(&body, "adres.huisnummer"), Some(&json!(12)));
        for nothing in ["adres.x", "voornaam.x", "x", "x.y", "a.b.c.d"] {
            assert_eq!(get(&body, nothing), None, "{nothing}");
        }
    }
}
