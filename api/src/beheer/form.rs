//! What was typed into a form, and what is wrong with it. Names of fields are those of the API, with dots.

use super::language::Text;
use super::visit::Visit;

/// Names of fields that are never kept or shown again.
const SECRET: [&str; 2] = ["wachtwoord", "code"];

/// Name of the field that proves that a form is ours.
pub const CSRF: &str = "csrf";

/// Fields with their values, in the order they came.
pub type Fields = Vec<(String, String)>;

/// Whether a field may be kept: no password, no code, nothing of the form's own.
pub fn may_be_kept(name: &str) -> bool {
    name != CSRF && !SECRET.iter().any(|secret| name.starts_with(secret))
}

/// A form as it is shown: values and errors.
#[derive(Clone, Debug, Default)]
pub struct Form {
    fields: Fields,
    errors: Vec<FieldError>,
}

/// Something wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field.
    pub field: String,
    /// What to do about it.
    pub text: Text,
}

impl Form {
    /// What somebody typed: posted just now, or before their session ended. Otherwise the values that are stored.
    pub fn of(visit: &Visit, stored: impl FnOnce() -> Fields) -> Self {
        Self {
            fields: visit.typed().cloned().unwrap_or_else(stored),
            errors: Vec::new(),
        }
    }

    /// A form with these values, whatever was typed.
    pub const fn with(fields: Fields) -> Self {
        Self {
            fields,
            errors: Vec::new(),
        }
    }

    /// An empty form, or what was typed into it.
    pub fn empty(visit: &Visit) -> Self {
        Self::of(visit, Vec::new)
    }

    /// The value of a field; empty when it was not sent. Without white space around it.
    pub fn value(&self, name: &str) -> &str {
        self.find(name).map_or("", str::trim)
    }

    /// The value of a field exactly as it was sent.
    pub fn raw(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// Every value of a field that may be given more than once.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether a choice was made.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.values(name).any(|given| given == value)
    }

    fn find(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    /// Notes that a field is wrong.
    pub fn refuse(&mut self, field: impl Into<String>, text: Text) {
        self.errors.push(FieldError {
            field: field.into(),
            text,
        });
    }

    /// What is wrong.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// Whether nothing is wrong.
    pub fn is_right(&self) -> bool {
        self.errors.is_empty()
    }

    /// What is wrong with a field.
    pub fn error(&self, name: &str) -> Option<&Text> {
        self.errors
            .iter()
            .find(|error| error.field == name)
            .map(|error| &error.text)
    }
}
