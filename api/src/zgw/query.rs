//! Reading query strings. A list never ignores a parameter that it does not know: a misspelt filter must not answer
//! with every citizen (decision 5).

use std::borrow::Cow;

use openklant_shared::domain::codes::{self, NON_FIELD_ERRORS, UNKNOWN_PARAMETERS};
use openklant_shared::domain::fault::{Fault, Faults};
use poem::Request;
use url::form_urlencoded;

/// The most parameters one request may have.
const MAX_PARAMETERS: usize = 1000;

/// How many unknown names are told back.
const MAX_NAMES_TOLD: usize = 20;

/// The parameters of a request, in the order they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// The parameters of `request`. Question marks at the beginning are dropped: a client in use sends two.
    pub fn of(request: &Request) -> Self {
        Self::parse(request.uri().query().unwrap_or_default())
    }

    fn parse(text: &str) -> Self {
        let text = text.trim_start_matches('?');
        Self(
            form_urlencoded::parse(text.as_bytes())
                .into_owned()
                .take(MAX_PARAMETERS + 1)
                .collect(),
        )
    }

    /// The value of a parameter; the last one when it is repeated.
    pub fn last(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .rev()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The last value of the parameters whose name `is_meant`: one filter may have several spellings.
    pub fn last_of(&self, is_meant: impl Fn(&str) -> bool) -> Option<&str> {
        self.0
            .iter()
            .rev()
            .find(|(key, _)| is_meant(key))
            .map(|(_, value)| value.as_str())
    }

    /// The parameters, in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Adds a fault for the names that `known` does not know, and whatever [`Query::check_values`] finds.
    pub fn check(&self, known: impl Fn(&str) -> bool, faults: &mut Faults) {
        let unknown = self.unknown(&known);
        if !unknown.is_empty() || self.0.len() > MAX_PARAMETERS {
            let told: Vec<&str> = unknown.into_iter().take(MAX_NAMES_TOLD).collect();
            faults.push(Fault {
                name: NON_FIELD_ERRORS.to_owned(),
                code: UNKNOWN_PARAMETERS.code,
                reason: Cow::Owned(format!("{} {}", UNKNOWN_PARAMETERS.reason, told.join(", "))),
            });
        }
        self.check_values(known, faults);
    }

    /// Adds a fault for U+0000 in the value of a known parameter: no database takes it.
    pub fn check_values(&self, known: impl Fn(&str) -> bool, faults: &mut Faults) {
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

#[cfg(test)]
mod tests {
    use super::*;

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
