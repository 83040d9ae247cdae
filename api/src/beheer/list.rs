//! Lists: 25 rows a page, with a cursor instead of a number of the page, and filters in the address. A filter that is
//! not known, or has a wrong value, shows no rows: a misspelt filter must never show everything.

use std::convert::Infallible;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openklant_shared::storage::StorageError;
use openklant_shared::vault::{Place, Sealed};
use url::form_urlencoded;

use super::form::Fields;
use super::language::Text;
use super::problem::Problem;
use super::visit::Visit;

/// Rows of a page.
pub const ROWS: usize = PAGE as usize;
const PAGE: u8 = 25;

/// Rows that the storage is asked for: one more than is shown tells that there is more.
pub const ONE_MORE: i64 = PAGE as i64 + 1;

/// Names in the address that are no filters.
const AFTER: &str = "na";
const BEFORE: &str = "voor";

/// Most bytes of a cursor.
const MAX_CURSOR: usize = 1024;

/// Where a page begins or ends: the key it is sorted by, and the number of the record, for keys that are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The key, as text.
    pub key: String,
    /// The number of the record.
    pub id: i64,
}

impl Cursor {
    /// For an address.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}:{}", self.id, self.key))
    }

    /// From an address; `None` when it is none of ours.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_CURSOR {
            return None;
        }
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (id, key) = text.split_once(':')?;
        Some(Self {
            key: key.to_owned(),
            id: id.parse().ok()?,
        })
    }
}

/// What seals the keys of cursors.
const SEALED: Place<'static> = Place {
    table: "cursor",
    row: "",
};

impl Cursor {
    /// The same with its key sealed for the session of this visit: a name or a number of a person stands in no address.
    fn sealed(&self, visit: &Visit) -> Result<Self, Problem> {
        let vault = visit.person()?.token.vault();
        let sealed = vault.seal(SEALED, &self.key).map_err(StorageError::from)?;
        Ok(Self {
            key: sealed.text,
            id: self.id,
        })
    }

    /// The key of a cursor that [`Rows::sealed`] made; `None` when it is of another session, or of nobody.
    ///
    /// # Errors
    /// Nobody is logged in.
    pub fn unsealed(&self, visit: &Visit) -> Result<Option<String>, Problem> {
        let vault = visit.person()?.token.vault();
        let key = vault.sealing_key().map_err(StorageError::from)?.to_owned();
        let sealed = Sealed {
            key: Some(key),
            text: self.key.clone(),
        };
        Ok(vault
            .open(SEALED, &sealed)
            .ok()
            .map(|key| key.expose().to_owned()))
    }
}

/// In which direction a page is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// From the beginning.
    First,
    /// What comes after this.
    After(Cursor),
    /// What comes before this; the storage reads it backwards.
    Before(Cursor),
}

/// What was asked of a list.
#[derive(Clone, Debug)]
pub struct Asked {
    filters: Vec<(String, String)>,
    start: Start,
    wrong: Option<Text>,
}

impl Asked {
    /// Reads the address of a list that knows these filters.
    pub fn of(visit: &Visit, known: &[&str]) -> Self {
        let mut asked = Self {
            filters: Vec::new(),
            start: Start::First,
            wrong: None,
        };
        for (name, value) in visit.query() {
            match name.as_str() {
                AFTER | BEFORE => match Cursor::parse(value) {
                    Some(cursor) if name == AFTER => asked.start = Start::After(cursor),
                    Some(cursor) => asked.start = Start::Before(cursor),
                    None => asked.refuse(name),
                },
                name if known.contains(&name) => {
                    if !value.trim().is_empty() {
                        asked.filters.push((name.to_owned(), value.trim().to_owned()));
                    }
                }
                name => asked.refuse(name),
            }
        }
        asked
    }

    /// The same of the fields of a form, of which those that are no filters are others.
    pub fn of_form(fields: &Fields, known: &[&str]) -> Self {
        let is_set =
            |(name, value): &&(String, String)| known.contains(&name.as_str()) && !value.trim().is_empty();
        Self {
            filters: fields
                .iter()
                .filter(is_set)
                .map(|(name, value)| (name.clone(), value.trim().to_owned()))
                .collect(),
            start: Start::First,
            wrong: None,
        }
    }

    /// Notes that a filter is not known, or has a value that it cannot have.
    pub fn refuse(&mut self, name: &str) {
        let name: String = name.chars().take(40).collect();
        self.refuse_because(Text::made(
            format!("Dit filter kennen we niet: {name}"),
            format!("We do not know this filter: {name}"),
        ));
    }

    /// Notes that filters do not go together; the sentence ends without a full stop.
    pub fn refuse_because(&mut self, why: Text) {
        self.wrong = Some(why);
    }

    /// Notes that the cursor is none of this list.
    pub fn refuse_start(&mut self) {
        let name = if matches!(self.start, Start::Before(_)) {
            BEFORE
        } else {
            AFTER
        };
        self.refuse(name);
    }

    /// What is wrong; then there are no rows.
    pub fn wrong(&self) -> Option<&Text> {
        self.wrong.as_ref()
    }

    /// The value of a filter; empty when it is not set.
    pub fn value(&self, name: &str) -> &str {
        self.filters
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value.as_str())
    }

    /// Every value of a filter.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.filters
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether a filter has a value.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.values(name).any(|given| given == value)
    }

    /// The value of a filter read as something; a value that cannot be read is noted as wrong.
    pub fn read<T>(&mut self, name: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let value = self.value(name).to_owned();
        if value.is_empty() {
            return None;
        }
        let read = read(&value);
        if read.is_none() {
            self.refuse(name);
        }
        read
    }

    /// The query of the first page with some filters set otherwise, `None` left out: `?soort=…`.
    pub fn with(&self, changed: &[(&str, Option<&str>)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.filters {
            if !changed.iter().any(|(other, _)| other == name) {
                query.append_pair(name, value);
            }
        }
        for (name, value) in changed {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        format!("?{}", query.finish())
    }

    /// Whether any filter is set.
    pub fn is_filtered(&self) -> bool {
        !self.filters.is_empty()
    }

    /// Where the page starts.
    pub fn start(&self) -> &Start {
        &self.start
    }

    /// The query of the page that starts elsewhere, with the same filters: `?soort=…&na=…`.
    fn query(&self, name: &str, cursor: &Cursor) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.filters {
            query.append_pair(name, value);
        }
        query.append_pair(name, &cursor.encode());
        format!("?{}", query.finish())
    }
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Rows<T> {
    /// Its rows.
    pub rows: Vec<T>,
    /// Query of the page before; empty: this is the first.
    pub previous: String,
    /// Query of the page after; empty: this is the last.
    pub next: String,
    /// What is wrong with what was asked.
    pub wrong: Option<Text>,
    /// Whether a filter is set.
    pub is_filtered: bool,
}

impl<T> Rows<T> {
    /// No rows: something is wrong with what was asked.
    pub fn none(asked: &Asked) -> Self {
        Self {
            rows: Vec::new(),
            previous: String::new(),
            next: String::new(),
            wrong: asked.wrong.clone(),
            is_filtered: asked.is_filtered(),
        }
    }

    /// A page made of what the storage found: one row more than [`ROWS`] says that there is more. For [`Start::Before`]
    /// the rows come backwards.
    pub fn of(asked: &Asked, found: Vec<T>, cursor: impl Fn(&T) -> Cursor) -> Self {
        let made = Self::made(asked, found, |row| Ok::<_, Infallible>(cursor(row)));
        made.unwrap_or_else(|never| match never {})
    }

    /// The same for a list that is sorted by something that may not stand in an address: the keys are sealed.
    ///
    /// # Errors
    /// Nobody is logged in.
    pub fn sealed(
        visit: &Visit,
        asked: &Asked,
        found: Vec<T>,
        cursor: impl Fn(&T) -> Cursor,
    ) -> Result<Self, Problem> {
        Self::made(asked, found, |row| cursor(row).sealed(visit))
    }

    fn made<E>(
        asked: &Asked,
        mut found: Vec<T>,
        cursor: impl Fn(&T) -> Result<Cursor, E>,
    ) -> Result<Self, E> {
        let more = found.len() > ROWS;
        found.truncate(ROWS);
        let backwards = matches!(asked.start, Start::Before(_));
        if backwards {
            found.reverse();
        }
        let (has_previous, has_next) = match asked.start {
            Start::First => (false, more),
            Start::After(_) => (true, more),
            Start::Before(_) => (more, true),
        };
        let link = |there: bool, name, row: Option<&T>| {
            Ok(match row {
                Some(row) if there => asked.query(name, &cursor(row)?),
                _ => String::new(),
            })
        };
        Ok(Self {
            previous: link(has_previous, BEFORE, found.first())?,
            next: link(has_next, AFTER, found.last())?,
            rows: found,
            wrong: asked.wrong.clone(),
            is_filtered: asked.is_filtered(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_nothing_else_is() {
        let cursor = Cursor {
            key: "2026-01-05T09:30:00+00:00: é".to_owned(),
            id: -7,
        };
        assert_eq!(Cursor::parse(&cursor.encode()), Some(cursor));
        for text in ["", "x", "MTIz", "%%%", &"A".repeat(1025)] {
            assert_eq!(Cursor::parse(text), None, "{text}");
        }
    }

    #[test]
    fn pages_know_whether_there_are_others() {
        let asked = |start| Asked {
            filters: vec![("soort".to_owned(), "a b".to_owned())],
            start,
            wrong: None,
        };
        let cursor = |id: &i64| Cursor {
            key: String::new(),
            id: *id,
        };
        let first = Rows::of(&asked(Start::First), (0..26).collect(), cursor);
        assert_eq!((first.rows.len(), first.previous.as_str()), (25, ""));
        assert_eq!(first.next, format!("?soort=a+b&na={}", cursor(&24).encode()));
        let before = Rows::of(&asked(Start::Before(cursor(&26))), vec![25, 24], cursor);
        assert_eq!(before.rows, [24, 25]);
        assert!(before.previous.is_empty() && !before.next.is_empty());
        let last = Rows::of(&asked(Start::After(cursor(&1))), vec![2], cursor);
        assert!(!last.previous.is_empty() && last.next.is_empty());
    }
}
