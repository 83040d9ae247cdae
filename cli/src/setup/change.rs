//! What a setup file changed, for people, scripts and the operators' log. Values of secrets are not in it.

use openklant_shared::domain::applicatie::Applicatie;
use serde_json::{Value, json};

/// Stands for a secret.
const HIDDEN: &str = "***";

/// One thing that was added, changed or taken away.
#[derive(Debug, PartialEq, Eq)]
pub struct Change {
    /// What kind of thing.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// What was done.
    pub action: Action,
    /// What differs.
    pub fields: Vec<Field>,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is new.
    Add,
    /// It was there.
    Change,
    /// It is gone.
    Remove,
}

/// What differs in one field.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    name: &'static str,
    from: Option<String>,
    to: Option<String>,
}

impl Action {
    /// For scripts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Change => "change",
            Self::Remove => "remove",
        }
    }

    fn sign(self) -> char {
        match self {
            Self::Add => '+',
            Self::Change => '~',
            Self::Remove => '-',
        }
    }
}

impl Change {
    /// A change, if something differs.
    pub fn of(
        kind: &'static str,
        name: impl Into<String>,
        action: Action,
        fields: impl IntoIterator<Item = Option<Field>>,
    ) -> Option<Self> {
        let fields: Vec<Field> = fields.into_iter().flatten().collect();
        (!fields.is_empty()).then(|| Self {
            kind,
            name: name.into(),
            action,
            fields,
        })
    }

    /// For scripts.
    pub fn json(&self) -> Value {
        let fields: Vec<Value> = self
            .fields
            .iter()
            .map(|field| json!({"field": field.name, "from": field.from, "to": field.to}))
            .collect();
        json!({"action": self.action.name(), "kind": self.kind, "name": self.name, "fields": fields})
    }

    /// For people: a line, and one for each field.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let first = format!("{} {} {}", self.action.sign(), self.kind, self.name);
        std::iter::once(first).chain(self.fields.iter().map(|field| {
            let name = field.name;
            match (&field.from, &field.to) {
                (Some(from), Some(to)) => format!("    {name}: {from} -> {to}"),
                (Some(gone), None) => format!("    {name}: {gone} -> (nothing)"),
                (None, Some(new)) => format!("    {name}: {new}"),
                (None, None) => format!("    {name}"),
            }
        }))
    }

    /// For the operators' log: which fields, and no values.
    pub fn summary(&self) -> String {
        let done = match self.action {
            Action::Add => "added",
            Action::Change => "changed",
            Action::Remove => "removed",
        };
        let fields: Vec<&str> = self.fields.iter().map(|field| field.name).collect();
        format!("{} {} {done}: {}", self.kind, self.name, fields.join(", "))
    }
}

/// What differs between two texts; an empty text is nothing.
pub fn text(name: &'static str, from: Option<&str>, to: &str) -> Option<Field> {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let (from, to) = (from.and_then(some), some(to));
    (from != to).then_some(Field { name, from, to })
}

/// A secret that is new or differs.
pub fn secret(name: &'static str, from: Option<&str>, to: &str) -> Option<Field> {
    (from != Some(to)).then(|| Field {
        name,
        from: from.map(|_| HIDDEN.to_owned()),
        to: Some(HIDDEN.to_owned()),
    })
}

/// A secret that is there no longer.
pub fn gone(name: &'static str) -> Field {
    Field {
        name,
        from: Some(HIDDEN.to_owned()),
        to: None,
    }
}

/// The rights of an application, each once and in order, so that two can be compared.
pub fn rights(applicatie: &Applicatie) -> String {
    let mut rights: Vec<String> = applicatie
        .autorisaties
        .iter()
        .flat_map(|right| {
            let component = right.component.name();
            right
                .scopes
                .iter()
                .map(move |scope| format!("{component}:{scope}"))
        })
        .collect();
    rights.sort();
    rights.dedup();
    rights.join(" ")
}
