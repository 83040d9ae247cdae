//! Reading query strings. A list never ignores a parameter that it does not know: a misspelt filter must not answer
//! with every citizen (decision 5).

use std::borrow::Cow;

use openklant_shared::domain::codes::{self, NON_FIELD_ERRORS, UNKNOWN_PARAMETERS};
use openklant_shared::domain::fault::{Fault, Faults};
use percent_encoding::percent_decode_str;
use poem::Request;
use serde_json::Value;
use url::form_urlencoded;

use super::body::JsonObject;
use super::filter::{LinkFilter, Rule, link_filter};
use super::links::OwnLinks;

/// The most parameters one request may have.
const MAX_PARAMETERS: usize = 1000;

/// How many unknown names are told back.
const MAX_NAMES_TOLD: usize = 20;

/// The parameters of a request, in the order they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pairs: Vec<(String, String)>,
    /// Names of the parameters that are not percent-encoded UTF-8: what they mean to say cannot be known.
    garbled: Vec<String>,
}

impl Query {
    /// The parameters of `request`. Question marks at the beginning are dropped: a client in use sends two.
    pub fn of(request: &Request) -> Self {
        Self::parse(request.uri().query().unwrap_or_default())
    }

    fn parse(text: &str) -> Self {
        let text = text.trim_start_matches('?');
        let pairs: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes())
            .into_owned()
            .take(MAX_PARAMETERS + 1)
            .collect();
        let garbled = text
            .split('&')
            .filter(|piece| !piece.is_empty())
            .zip(&pairs)
            .filter(|(piece, _)| !is_well_encoded(piece))
            .map(|(_, (name, _))| name.clone())
            .collect();
        Self { pairs, garbled }
    }

    /// The parameters in a body (search by POST): texts and numbers as they are, null as not given; a list of texts for
    /// the names in `lists`.
    pub fn of_body(body: JsonObject, lists: &[&str], faults: &mut Faults) -> Self {
        let mut parameters = Vec::with_capacity(body.len());
        for (name, value) in body {
            let text = match value {
                Value::Null => continue,
                Value::String(text) => Some(text),
                Value::Number(number) => Some(number.to_string()),
                Value::Array(items) if lists.contains(&name.as_str()) => items
                    .iter()
                    .map(Value::as_str)
                    .collect::<Option<Vec<_>>>()
                    .map(|texts| texts.join(",")),
                Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
            };
            match text {
                Some(text) => parameters.push((name, text)),
                None => faults.add(name, codes::INVALID_TEXT),
            }
        }
        Self {
            pairs: parameters,
            garbled: Vec::new(),
        }
    }

    /// The value of a parameter; the last one when it is repeated.
    pub fn last(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .rev()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The last value of the parameters whose name `is_meant`: one filter may have several spellings.
    pub fn last_of(&self, is_meant: impl Fn(&str) -> bool) -> Option<&str> {
        self.pairs
            .iter()
            .rev()
            .find(|(key, _)| is_meant(key))
            .map(|(_, value)| value.as_str())
    }

    /// The value of a filter that follows `rule`; an empty one is no filter, a wrong one a fault.
    pub fn checked(&self, name: &'static str, rule: Rule, faults: &mut Faults) -> Option<&str> {
        let value = self.last(name).map(str::trim).filter(|value| !value.is_empty())?;
        match rule.check(value) {
            Ok(()) => Some(value),
            Err(code) => {
                faults.add(name, code);
                None
            }
        }
    }

    /// The object of ours that a link filter names; see [`link_filter`] for what else it may come down to.
    pub fn checked_link(
        &self,
        name: &'static str,
        links: OwnLinks<'_>,
        collection: &str,
        faults: &mut Faults,
    ) -> Option<LinkFilter> {
        match link_filter(self.last(name)?.trim(), links, collection) {
            Ok(found) => Some(found),
            Err(code) => {
                faults.add(name, code);
                None
            }
        }
    }

    /// Every value of a parameter that may be repeated, commas taken as repetition.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.iter()
            .filter(move |(key, _)| *key == name)
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
    }

    /// The parameters, in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Adds a fault for the names that `known` does not know, and whatever [`Query::check_values`] finds.
    pub fn check(&self, known: impl Fn(&str) -> bool, faults: &mut Faults) {
        let unknown = self.unknown(&known);
        if self.pairs.len() > MAX_PARAMETERS {
            faults.push(Fault {
                name: NON_FIELD_ERRORS.to_owned(),
                code: UNKNOWN_PARAMETERS.code,
                reason: Cow::Owned(format!("Meer dan {MAX_PARAMETERS} parameters.")),
            });
        } else if !unknown.is_empty() {
            let told: Vec<&str> = unknown.into_iter().take(MAX_NAMES_TOLD).collect();
            faults.push(Fault {
                name: NON_FIELD_ERRORS.to_owned(),
                code: UNKNOWN_PARAMETERS.code,
                reason: Cow::Owned(format!("{} {}", UNKNOWN_PARAMETERS.reason, told.join(", "))),
            });
        }
        self.check_values(known, faults);
    }

    /// Adds a fault for the value of a known parameter that is no text or holds U+0000: no database takes it.
    pub fn check_values(&self, known: impl Fn(&str) -> bool, faults: &mut Faults) {
        for name in self.garbled.iter().filter(|name| known(name)) {
            faults.add(name.as_str(), codes::INVALID_TEXT);
        }
        for (name, value) in self.iter() {
            if value.contains('\0') && known(name) {
                faults.add(name, codes::NULL_CHARACTERS);
            }
        }
    }

    /// The names that `known` does not know.
    pub fn unknown(&self, known: impl Fn(&str) -> bool) -> Vec<&str> {
        self.iter()
            .map(|(name, _)| name)
            .filter(|name| !known(name))
            .collect()
    }

    /// The query string for another page of the same list, with its question mark; page 1 has no `page`.
    pub fn for_page(&self, number: i64) -> String {
        let mut serializer = form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.iter().filter(|(name, _)| *name != "page") {
            serializer.append_pair(name, value);
        }
        if number > 1 {
            serializer.append_pair("page", &number.to_string());
        }
        let query = serializer.finish();
        if query.is_empty() {
            query
        } else {
            format!("?{query}")
        }
    }
}

/// Whether every percent sign begins the code of a byte, and the bytes are UTF-8.
fn is_well_encoded(text: &str) -> bool {
    let codes_are_whole = text.split('%').skip(1).all(|rest| {
        let code = rest.as_bytes().get(..2);
        code.is_some_and(|code| code.iter().all(u8::is_ascii_hexdigit))
    });
    codes_are_whole && percent_decode_str(text).decode_utf8().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_no_text_is_a_fault() {
        for (value, good) in [
            ("a%20b", true),
            ("%C3%A9", true),
            ("%c3%a9", true),
            ("%", false),
            ("%2", false),
            ("%zz", false),
            ("%ff", false),
            ("%ed%a0%80", false),
        ] {
            let mut faults = Faults::new();
            Query::parse(&format!("&x=%zz&klantnummer={value}"))
                .check_values(|name| name == "klantnummer", &mut faults);
            assert_eq!(faults.is_empty(), good, "{value}");
        }
    }

    #[test]
    fn the_last_value_counts_and_stray_question_marks_do_not() {
        let query = Query::parse("??klantnummer=a&klantnummer=b&achternaam=de+Vries%20%26%20zn&x");
        assert_eq!(query.last("klantnummer"), Some("b"));
        assert_eq!(query.last("achternaam"), Some("de Vries & zn"));
        assert_eq!(query.last("x"), Some(""));
        assert_eq!(query.last("y"), None);
    }

    #[test]
    fn another_page_keeps_the_filter() {
        let query = Query::parse("achternaam=de%20Vries&page=2");
        assert_eq!(query.for_page(3), "?achternaam=de+Vries&page=3");
        assert_eq!(query.for_page(1), "?achternaam=de+Vries");
        assert_eq!(Query::parse("page=2").for_page(1), "");
    }

    #[test]
    fn unknown_names_and_null_characters_are_faults() {
        let mut faults = Faults::new();
        Query::parse("inpBsn=x&kleur=y&klantnummer=%00").check(|name| name == "klantnummer", &mut faults);
        let told: Vec<_> = faults
            .iter()
            .map(|fault| (fault.name.as_str(), fault.code, fault.reason.as_ref()))
            .collect();
        assert_eq!(
            told[0],
            (
                "nonFieldErrors",
                "unknown-parameters",
                "Onbekende parameters. inpBsn, kleur"
            )
        );
        assert_eq!(told[1].1, "null_characters_not_allowed");
        assert_eq!(told.len(), 2);
    }
}
