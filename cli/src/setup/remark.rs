//! Something to say about a place in a setup file: a mistake, or what is not applied. Never holds a value of the file,
//! which may be a secret.

use std::fmt;

/// A place in the file; both numbers begin at 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

/// A sentence about a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Where.
    pub place: Place,
    /// What there is to say.
    pub text: String,
}

impl Remark {
    /// A remark.
    pub fn new(place: Place, text: impl Into<String>) -> Self {
        Self {
            place,
            text: text.into(),
        }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.place.line, self.place.column, self.text
        )
    }
}

/// Every mistake in a file; nothing was written.
#[derive(Debug, thiserror::Error)]
pub struct Mistakes {
    /// The file.
    pub file: String,
    /// The mistakes, at least one.
    pub mistakes: Vec<Remark>,
}

impl Mistakes {
    /// The mistakes of a file, in the order of its lines.
    pub fn new(file: &str, mut mistakes: Vec<Remark>) -> Self {
        mistakes.sort_by_key(|mistake| mistake.place);
        Self {
            file: file.to_owned(),
            mistakes,
        }
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = match self.mistakes.len() {
            1 => "a mistake".to_owned(),
            several => format!("{several} mistakes"),
        };
        write!(f, "{} has {count}, and nothing was written:", self.file)?;
        self.mistakes
            .iter()
            .try_for_each(|mistake| write!(f, "\n  {mistake}"))
    }
}
