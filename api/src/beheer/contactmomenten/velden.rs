//! The fields of a contactmoment as a form has them. What is stored and what was typed are compared in one shape, so that
//! only what somebody changed is changed.

use chrono::{DateTime, Utc};
use openklant_shared::domain::moment::format_moment;
use serde_json::{Value, json};

use super::super::body::{get, put};
use super::super::form::{Fields, Form};
use super::super::klanten::woorden::label;
use super::super::language::Text;
use super::super::moment;
use crate::zgw::body::JsonObject;

/// When the contact was; typed on the clocks of Amsterdam.
pub const MOMENT: &str = "registratiedatum";
/// Pages about the subject, one on each line.
const LINKS: &str = "onderwerpLinks";
/// Identification of the employee.
pub const IDENTIFICATIE: &str = "medewerkerIdentificatie.identificatie";
/// Name of the employee.
pub const ACHTERNAAM: &str = "medewerkerIdentificatie.achternaam";

/// The fields, by their names in the API.
pub const FIELDS: [&str; 13] = [
    MOMENT,
    "kanaal",
    "initiatiefnemer",
    "tekst",
    "voorkeurskanaal",
    "voorkeurstaal",
    LINKS,
    IDENTIFICATIE,
    "medewerkerIdentificatie.voorletters",
    "medewerkerIdentificatie.voorvoegselAchternaam",
    ACHTERNAAM,
    "medewerker",
    "bronorganisatie",
];

/// A moment as its field has it.
pub fn typed_moment(at: DateTime<Utc>) -> String {
    moment::local(at).format("%Y-%m-%dT%H:%M").to_string()
}

/// The fields of a contactmoment as the API shows it.
pub fn of_body(body: &JsonObject) -> Fields {
    FIELDS
        .into_iter()
        .map(|name| {
            let text = match get(body, name) {
                Some(Value::String(text)) if name == MOMENT => text
                    .parse::<DateTime<Utc>>()
                    .map_or_else(|_| text.clone(), typed_moment),
                Some(Value::String(text)) => text.clone(),
                Some(Value::Array(items)) => {
                    let lines: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                    lines.join("\n")
                }
                _ => String::new(),
            };
            (name.to_owned(), text)
        })
        .collect()
}

/// The value of a field; empty when it is not there.
pub fn value<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields
        .iter()
        .find(|(known, _)| known == name)
        .map_or("", |(_, value)| value)
}

/// As values are compared: with the line ends of everybody but browsers, and without white space around it.
pub fn normal(name: &str, text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    if name == LINKS {
        let lines: Vec<&str> = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        return lines.join("\n");
    }
    text.trim().to_owned()
}

/// The fields that somebody typed otherwise than they saw them. A field that the form did not send is not among them.
pub fn changed(form: &Form, seen: &Fields) -> Vec<(&'static str, String)> {
    FIELDS
        .into_iter()
        .filter_map(|name| Some((name, normal(name, form.values(name).next()?))))
        .filter(|(name, typed)| *typed != normal(name, value(seen, name)))
        .collect()
}

/// The body that the API would get of these fields.
pub fn body_of(form: &mut Form, changed: &[(&'static str, String)]) -> JsonObject {
    let mut body = JsonObject::new();
    for (name, typed) in changed {
        let value = match *name {
            MOMENT => {
                let Some(at) = moment::typed(typed) else {
                    form.refuse(
                        MOMENT,
                        Text::new(
                            "Vul datum en tijd van het contact in, bijvoorbeeld 2026-11-25T09:30",
                            "Fill in date and time of the contact, such as 2026-11-25T09:30",
                        ),
                    );
                    continue;
                };
                json!(format_moment(at))
            }
            LINKS => json!(typed.lines().collect::<Vec<_>>()),
            _ => json!(typed),
        };
        put(&mut body, name, value);
    }
    body
}

/// The name of a field of these forms.
pub fn label_of(field: &str) -> Text {
    match field {
        "klant" => Text::new("Klant", "Klant"),
        "rol" => Text::new("Rol", "Role"),
        field => label(field),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn only_what_was_typed_otherwise_is_changed() {
        let Value::Object(body) = json!({
            "registratiedatum": "2026-11-25T08:30:59.250000Z", "tekst": "een\ntwee", "kanaal": "balie",
            "onderwerpLinks": ["https://a.example/", "https://b.example/"], "medewerkerIdentificatie": {"achternaam": "Vries"},
        }) else {
            panic!("an object")
        };
        let stored = of_body(&body);
        assert_eq!(value(&stored, MOMENT), "2026-11-25T09:30");
        let same = Form::with(fields(&[
            (MOMENT, "2026-11-25T09:30"),
            ("tekst", "een\r\ntwee\r\n"),
            (LINKS, " https://a.example/\r\n\r\nhttps://b.example/"),
            (ACHTERNAAM, "Vries"),
        ]));
        assert_eq!(changed(&same, &stored), []);
        let mut other = Form::with(fields(&[
            (MOMENT, "2026-11-25T09:31"),
            ("kanaal", ""),
            (ACHTERNAAM, "Bakker"),
        ]));
        let what = changed(&other, &stored);
        let body = Value::Object(body_of(&mut other, &what));
        assert_eq!(
            body,
            json!({"registratiedatum": "2026-11-25T08:31:00Z", "kanaal": "", "medewerkerIdentificatie": {"achternaam": "Bakker"}})
        );
        let mut wrong = Form::with(fields(&[(MOMENT, "")]));
        let what = changed(&wrong, &stored);
        assert!(body_of(&mut wrong, &what).is_empty() && wrong.error(MOMENT).is_some());
    }
}
