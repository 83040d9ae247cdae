//! Reads the parts of a setup file, and keeps every mistake and every remark on the way.

use openklant_shared::settings::Source;

use super::document::{Entry, Node, Value};
use super::remark::{Place, Remark};

/// Least likeness (0 to 1) of a key that must be a misspelling of another in its namespace.
pub const LIKE_A_KEY: f64 = 0.7;

/// Reads parts.
pub struct Reader<'s> {
    source: &'s Source,
    /// What is wrong.
    pub mistakes: Vec<Remark>,
    /// What is not applied, and why.
    pub notes: Vec<Remark>,
}

/// A map of which the keys are known.
#[derive(Clone, Copy)]
pub struct Fields<'n> {
    /// Where it begins.
    pub place: Place,
    entries: &'n [Entry],
}

/// A value with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given<T> {
    /// Where it stands.
    pub place: Place,
    /// The value.
    pub value: T,
}

/// A value as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// Nothing, or `null`.
    Nothing,
    /// It is as if the key were not there: a variable that need not be set is not.
    LeftOut,
    /// A text.
    Text(String),
}

/// How a value is taken from a variable.
const VALUE_FROM: Keys = Keys {
    read: &["env", "default", "required"],
    unused: &[],
};

/// The keys of a map.
pub struct Keys {
    /// Those that are read.
    pub read: &'static [&'static str],
    /// Those that the family knows and that do nothing here.
    pub unused: &'static [&'static str],
}

impl<'s> Reader<'s> {
    /// A reader that takes variables from `source`.
    pub fn new(source: &'s Source) -> Self {
        Self {
            source,
            mistakes: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Keeps a mistake.
    pub fn mistake(&mut self, place: Place, text: impl Into<String>) {
        self.mistakes.push(Remark::new(place, text));
    }

    /// Keeps a note.
    pub fn note(&mut self, place: Place, text: impl Into<String>) {
        self.notes.push(Remark::new(place, text));
    }

    /// A map with these keys; says which others it has.
    pub fn fields<'n>(&mut self, node: &'n Node, keys: &Keys) -> Option<Fields<'n>> {
        let Value::Map(entries) = &node.value else {
            let text = format!("here belong keys: {}", keys.read.join(", "));
            self.mistake(node.place, text);
            return None;
        };
        for entry in entries
            .iter()
            .filter(|entry| !keys.read.contains(&entry.key.as_str()))
        {
            let key = &entry.key;
            let known = || keys.read.iter().chain(keys.unused).copied();
            if keys.unused.contains(&key.as_str()) {
                self.note(entry.place, format!("{key} does nothing here"));
            } else if let Some(meant) = nearest(key, known(), LIKE_A_KEY) {
                self.mistake(entry.place, format!("{key} is not known; did you mean {meant}?"));
            } else {
                self.note(entry.place, format!("{key} is not known, and does nothing"));
            }
        }
        Some(Fields {
            place: node.place,
            entries,
        })
    }

    /// The items of the list under `key`, which must be there.
    pub fn items<'n>(&mut self, fields: Fields<'n>, key: &str) -> &'n [Node] {
        if let Some(entry) = fields.get(key) {
            return self.list(entry);
        }
        self.mistake(fields.place, format!("{key} is missing"));
        &[]
    }

    /// The items of a list; a key without a value has none.
    pub fn list<'n>(&mut self, entry: &'n Entry) -> &'n [Node] {
        match &entry.node.value {
            Value::List(items) => items,
            Value::Nothing => &[],
            _ => {
                self.mistake(entry.node.place, format!("{} is a list", entry.key));
                &[]
            }
        }
    }

    /// A scalar, or the variable that it names. `None` after a mistake.
    pub fn scalar(&mut self, node: &Node) -> Option<Scalar> {
        match &node.value {
            Value::Nothing => Some(Scalar::Nothing),
            Value::Text(text) => Some(Scalar::Text(text.clone())),
            Value::Map(entries) if matches!(&entries[..], [one] if one.key == "value_from") => {
                self.variable(&entries[0].node)
            }
            _ => {
                self.mistake(node.place, "here belongs a value, or value_from: {env: NAME}");
                None
            }
        }
    }

    fn variable(&mut self, node: &Node) -> Option<Scalar> {
        let before = self.mistakes.len();
        let fields = self.fields(node, &VALUE_FROM)?;
        let text = |key| match fields.get(key).map(|entry| &entry.node.value) {
            Some(Value::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        let Some(name) = text("env") else {
            self.mistake(node.place, "write value_from: {env: NAME}");
            return None;
        };
        let required = text("required").map_or(Ok(true), switch);
        match required {
            Ok(_) if fields.get("default").is_some() && fields.get("required").is_some() => {
                self.mistake(node.place, "default and required do not go together");
            }
            Ok(_) => {}
            Err(why) => self.mistake(node.place, format!("required: {why}")),
        }
        if self.mistakes.len() > before {
            return None;
        }
        let found = self.variable_of(name).or_else(|| text("default"));
        match found {
            Some(found) => Some(Scalar::Text(found.to_owned())),
            None if required == Ok(false) => Some(Scalar::LeftOut),
            None => {
                self.mistake(node.place, format!("the variable {name} is not set, or empty"));
                None
            }
        }
    }

    /// The value of a variable of the environment.
    pub fn variable_of(&self, name: &str) -> Option<&str> {
        self.source.any_variable(name)
    }

    /// The value under `key`, if it is there and right.
    pub fn get<T, E: std::fmt::Display>(
        &mut self,
        fields: Fields<'_>,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Given<T>> {
        let entry = fields.get(key)?;
        match self.scalar(&entry.node)? {
            Scalar::Text(text) => self.parsed(&entry.node, key, &text, parse),
            Scalar::Nothing | Scalar::LeftOut => None,
        }
    }

    /// The value under `key`, which must be there.
    pub fn require<T, E: std::fmt::Display>(
        &mut self,
        fields: Fields<'_>,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Given<T>> {
        let before = self.mistakes.len();
        let found = self.get(fields, key, parse);
        if found.is_none() && self.mistakes.len() == before {
            self.mistake(fields.place, format!("{key} is missing"));
        }
        found
    }

    /// One value of a list.
    pub fn item<T, E: std::fmt::Display>(
        &mut self,
        node: &Node,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Given<T>> {
        match self.scalar(node)? {
            Scalar::Text(text) => self.parsed(node, key, &text, parse),
            Scalar::LeftOut => None,
            Scalar::Nothing => {
                self.mistake(node.place, format!("an item of {key} is empty"));
                None
            }
        }
    }

    fn parsed<T, E: std::fmt::Display>(
        &mut self,
        node: &Node,
        key: &str,
        text: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Given<T>> {
        match parse(text) {
            Ok(value) => Some(Given {
                place: node.place,
                value,
            }),
            Err(why) => {
                self.mistake(node.place, format!("{key}: {why}"));
                None
            }
        }
    }
}

impl<'n> Fields<'n> {
    /// The entry under a key.
    pub fn get(self, key: &str) -> Option<&'n Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

/// A switch, as YAML and pydantic write them.
pub fn switch(text: &str) -> Result<bool, &'static str> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => Err("it must be true or false"),
    }
}

/// The known key that another must be a misspelling of: the one most like it, and at least this much (0 to 1).
pub fn nearest<'k>(key: &str, known: impl Iterator<Item = &'k str>, least: f64) -> Option<&'k str> {
    known
        .map(|known| (strsim::normalized_damerau_levenshtein(key, known), known))
        .filter(|(likeness, _)| *likeness >= least)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known)
}
