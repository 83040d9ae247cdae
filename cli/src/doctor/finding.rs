//! One thing that was found, how bad it is, and what to do about it.

use serde_json::{Value, json};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weight {
    /// Something does not work.
    Fault,
    /// Something will not work, or a person has to look.
    Warning,
    /// Good to know; nothing is wrong.
    Note,
}

impl Weight {
    fn name(self) -> &'static str {
        match self {
            Self::Fault => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A finding.
#[derive(Clone, Debug)]
pub struct Finding {
    check: &'static str,
    weight: Weight,
    what: String,
    todo: String,
}

impl Finding {
    /// Something does not work.
    pub fn fault(check: &'static str, what: impl Into<String>, todo: impl Into<String>) -> Self {
        Self::new(check, Weight::Fault, what, todo)
    }

    /// Something will not work, or a person has to look.
    pub fn warning(check: &'static str, what: impl Into<String>, todo: impl Into<String>) -> Self {
        Self::new(check, Weight::Warning, what, todo)
    }

    /// Good to know.
    pub fn note(check: &'static str, what: impl Into<String>, todo: impl Into<String>) -> Self {
        Self::new(check, Weight::Note, what, todo)
    }

    fn new(check: &'static str, weight: Weight, what: impl Into<String>, todo: impl Into<String>) -> Self {
        Self {
            check,
            weight,
            what: what.into(),
            todo: todo.into(),
        }
    }

    /// Whether something has to be done.
    pub fn is_wrong(&self) -> bool {
        self.weight != Weight::Note
    }

    /// For scripts.
    pub fn view(&self) -> Value {
        json!({"check": self.check, "severity": self.weight.name(), "finding": self.what, "todo": self.todo})
    }

    /// For people.
    pub fn row(&self) -> [String; 4] {
        [
            self.check.to_owned(),
            self.weight.name().to_owned(),
            self.what.clone(),
            self.todo.clone(),
        ]
    }
}
