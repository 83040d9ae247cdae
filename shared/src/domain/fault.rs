//! Faults of a request, gathered: the client hears all of them at once.

use std::borrow::Cow;

use super::codes::{Code, NON_FIELD_ERRORS};

/// How many are told: a list of nothing but faults must not become an answer many times its size.
const TOLD: usize = 1000;

/// One refused field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field, camelCase, nested with dots, list items by index.
    pub name: String,
    /// The code of the standard.
    pub code: &'static str,
    /// A Dutch sentence.
    pub reason: Cow<'static, str>,
}

/// The faults found so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One fault of a field.
    pub fn of(name: impl Into<String>, code: Code) -> Self {
        let mut faults = Self::new();
        faults.add(name, code);
        faults
    }

    /// Adds a fault of a field.
    pub fn add(&mut self, name: impl Into<String>, code: Code) {
        self.push(Fault {
            name: name.into(),
            code: code.code,
            reason: Cow::Borrowed(code.reason),
        });
    }

    /// Adds a fault whose sentence names a limit. After the first thousand they are no longer told.
    pub fn push(&mut self, fault: Fault) {
        if self.0.len() < TOLD {
            self.0.push(fault);
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok` when nothing is wrong, the faults otherwise.
    pub fn into_result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }

    /// The faults, in the order they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter()
    }
}

impl From<Code> for Faults {
    /// One fault of the body as a whole.
    fn from(code: Code) -> Self {
        Self::of(NON_FIELD_ERRORS, code)
    }
}
