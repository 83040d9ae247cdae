//! What changed between two bodies of an object, field by field, for people: the rows of the audit trail hold the whole
//! object before and after. Numbers that identify a person are masked here, so that no page can forget it.

use serde_json::Value;

/// The last part of the name of a field that is masked, as the API writes it.
const MASKED: [&str; 2] = ["inpBsn", "inpANummer"];

/// Fields that are no property of the object: its address, and that of what belongs to it.
const LEFT_OUT: [&str; 4] = [
    "url",
    "klantcontactmomenten",
    "objectcontactmomenten",
    "volgendContactmoment",
];

/// Characters of a masked number that stay readable.
const READABLE: usize = 2;

/// Most characters of a value that are told.
const LONGEST: usize = 2000;

/// A field with another value than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Name of the field as in the API, nested with dots.
    pub field: String,
    /// The value before; empty when there was none.
    pub old: String,
    /// The value after; empty when there is none.
    pub new: String,
    /// Whether both are masked: dots but for the last two characters.
    pub masked: bool,
}

/// What cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an audit row holds no JSON object")]
pub struct NotAnObject;

/// The fields that differ, in the order of the object. `None` is an object that was not there. Null, absent and empty are
/// the same.
///
/// # Errors
/// A text that is no JSON object.
pub fn difference(old: Option<&str>, new: Option<&str>) -> Result<Vec<Change>, NotAnObject> {
    let old = flat(old)?;
    let new = flat(new)?;
    let value_in = |fields: &[(String, String)], name: &str| {
        fields
            .iter()
            .find(|(field, _)| field == name)
            .map_or_else(String::new, |(_, value)| value.clone())
    };
    let gone = old
        .iter()
        .filter(|(field, _)| !new.iter().any(|(other, _)| other == field));
    let fields = new.iter().chain(gone).map(|(field, _)| field);
    Ok(fields
        .map(|field| (field, value_in(&old, field), value_in(&new, field)))
        .filter(|(_, old, new)| old != new)
        .map(|(field, old, new)| {
            let masked = is_masked(field);
            Change {
                field: field.clone(),
                old: if masked { mask(&old) } else { shorten(old) },
                new: if masked { mask(&new) } else { shorten(new) },
                masked,
            }
        })
        .collect())
}

/// The fields of a body with their values as text, in its order; those without a value are not there.
///
/// # Errors
/// A text that is no JSON object.
pub fn values(body: &str) -> Result<Vec<(String, String)>, NotAnObject> {
    flat(Some(body))
}

/// Whether people see this field masked.
pub fn is_masked(field: &str) -> bool {
    let last = field.rsplit('.').next().unwrap_or(field);
    MASKED.contains(&last)
}

/// A body as it was kept, indented, with the masked fields masked.
///
/// # Errors
/// A text that is no JSON object.
pub fn masked_body(body: &str) -> Result<String, NotAnObject> {
    let mut body: Value = serde_json::from_str(body).map_err(|_| NotAnObject)?;
    if !body.is_object() {
        return Err(NotAnObject);
    }
    mask_within(&mut body);
    Ok(format!("{body:#}"))
}

fn mask_within(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                if is_masked(name) && !value.is_null() {
                    *value = Value::String(mask(&text(value)));
                } else {
                    mask_within(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask_within),
        _ => {}
    }
}

/// A number with dots but for its last two characters.
pub fn mask(number: &str) -> String {
    let length = number.chars().count();
    let hidden = length.saturating_sub(READABLE);
    // A number so short would be readable as a whole.
    let hidden = if length <= READABLE { length } else { hidden };
    number
        .chars()
        .enumerate()
        .map(|(at, letter)| if at < hidden { '•' } else { letter })
        .collect()
}

fn flat(body: Option<&str>) -> Result<Vec<(String, String)>, NotAnObject> {
    let mut fields = Vec::new();
    if let Some(body) = body {
        match serde_json::from_str(body) {
            Ok(Value::Object(object)) => {
                for (name, value) in object {
                    if !LEFT_OUT.contains(&name.as_str()) {
                        flatten(name, value, &mut fields);
                    }
                }
            }
            _ => return Err(NotAnObject),
        }
    }
    Ok(fields)
}

fn flatten(name: String, value: Value, fields: &mut Vec<(String, String)>) {
    match value {
        Value::Object(object) => {
            for (inner, value) in object {
                flatten(format!("{name}.{inner}"), value, fields);
            }
        }
        Value::Array(items) => {
            let texts: Vec<String> = items.iter().map(text).filter(|text| !text.is_empty()).collect();
            push(name, texts.join(", "), fields);
        }
        value => push(name, text(&value), fields),
    }
}

fn push(name: String, value: String, fields: &mut Vec<(String, String)>) {
    if !value.is_empty() {
        fields.push((name, value));
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(true) => "ja".to_owned(),
        Value::Bool(false) => "nee".to_owned(),
        other => other.to_string(),
    }
}

fn shorten(text: String) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(old: Option<&str>, new: Option<&str>) -> Vec<String> {
        difference(old, new)
            .unwrap()
            .into_iter()
            .map(|change| format!("{}: {:?} → {:?}", change.field, change.old, change.new))
            .collect()
    }

    #[test]
    fn only_what_differs_is_told_and_numbers_of_persons_are_masked() {
        let old = r#"{"url":"http://a/1","voornaam":"Jan","functie":"","adres":null,"geverifieerd":false,
            "subjectIdentificatie":{"inpBsn":"111222333","inpANummer":"1234567890","handelsnaam":["a","b"],"verblijfsadres":{"aoaHuisnummer":1}}}"#;
        let new = r#"{"url":"http://b/1","voornaam":"Piet","functie":null,"adres":{"straatnaam":"Molenpad","huisnummer":12},"geverifieerd":true,
            "subjectIdentificatie":{"inpBsn":"123456782","inpANummer":"1234567890","handelsnaam":["a"],"verblijfsadres":{"aoaHuisnummer":2}}}"#;
        assert_eq!(
            told(Some(old), Some(new)),
            [
                r#"voornaam: "Jan" → "Piet""#,
                r#"adres.straatnaam: "" → "Molenpad""#,
                r#"adres.huisnummer: "" → "12""#,
                r#"geverifieerd: "nee" → "ja""#,
                r#"subjectIdentificatie.inpBsn: "•••••••33" → "•••••••82""#,
                r#"subjectIdentificatie.handelsnaam: "a, b" → "a""#,
                r#"subjectIdentificatie.verblijfsadres.aoaHuisnummer: "1" → "2""#,
            ]
        );
        assert!(told(Some(old), Some(old)).is_empty());
    }

    #[test]
    fn what_was_made_or_removed_has_all_of_its_fields() {
        let body = r#"{"voornaam":"Jan","functie":"","subjectIdentificatie":{"inpBsn":"111222333"}}"#;
        assert_eq!(
            told(None, Some(body)),
            [
                r#"voornaam: "" → "Jan""#,
                r#"subjectIdentificatie.inpBsn: "" → "•••••••33""#
            ]
        );
        assert_eq!(told(Some(body), None).len(), 2);
        assert_eq!(told(None, None).len(), 0);
        assert_eq!(told(Some(body), Some(r#"{"functie":"x"}"#)).len(), 3);
    }

    #[test]
    fn two_masked_numbers_that_end_the_same_still_differ() {
        let body = |bsn: &str| format!(r#"{{"subjectIdentificatie":{{"inpBsn":"{bsn}"}}}}"#);
        let changes = difference(Some(&body("111222333")), Some(&body("999999933"))).unwrap();
        assert_eq!(changes.len(), 1);
        assert!(changes[0].masked && changes[0].old == "•••••••33" && changes[0].new == "•••••••33");
    }

    #[test]
    fn masking_leaves_two_characters_of_a_long_number_only() {
        for (number, expected) in [
            ("111222333", "•••••••33"),
            ("123", "•23"),
            ("12", "••"),
            ("1", "•"),
            ("", ""),
        ] {
            assert_eq!(mask(number), expected);
        }
    }

    #[test]
    fn a_whole_body_is_masked_wherever_the_field_is() {
        let body = r#"{"a":"x","subjectIdentificatie":{"inpBsn":"111222333","inpANummer":null},"n":[{"inpANummer":1234567890}]}"#;
        let shown = masked_body(body).unwrap();
        assert!(!shown.contains("1112223") && !shown.contains("12345"), "{shown}");
        assert!(
            shown.contains("\"inpBsn\": \"•••••••33\"") && shown.contains("\"a\": \"x\""),
            "{shown}"
        );
        assert_eq!(masked_body("[]"), Err(NotAnObject));
    }

    #[test]
    fn a_long_text_is_cut_and_what_is_no_object_is_refused() {
        let body = format!(r#"{{"tekst":"{}"}}"#, "é".repeat(3000));
        assert_eq!(
            difference(None, Some(&body)).unwrap()[0].new.chars().count(),
            LONGEST + 1
        );
        for text in ["", "[]", "1", "{"] {
            assert_eq!(difference(Some(text), None), Err(NotAnObject));
        }
    }
}
