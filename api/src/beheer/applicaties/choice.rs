//! The rights that can be chosen, with the operations that each opens: those that the APIs of this server ask for.

use openklant_shared::domain::applicatie::{Autorisatie, Component};

use super::words;
use crate::beheer::form::{Fields, Form};
use crate::beheer::language::Text;

/// Name of the boxes.
pub const RIGHT: &str = "recht";

/// Name of the box for every right.
pub const ALL: &str = "alle";

/// The rights of one component.
pub struct Group {
    /// Its name.
    pub name: Text,
    /// Its code, such as `kc`.
    pub code: &'static str,
    /// The rights.
    pub rights: Vec<Choice>,
}

/// A right to choose.
pub struct Choice {
    /// Of its box; that of the first is [`RIGHT`], so that the summary of errors leads there.
    pub id: String,
    /// Such as `kc:klanten.lezen`.
    pub value: String,
    /// The scope.
    pub scope: &'static str,
    /// In words.
    pub name: Text,
    /// The operations that it opens.
    pub opens: Text,
}

/// A right as its box names it.
pub fn value(component: Component, scope: &str) -> String {
    format!("{}:{scope}", component.name())
}

/// Every right there is to choose.
pub fn groups() -> Vec<Group> {
    let mut number = 0;
    let mut groups = Vec::new();
    for component in Component::ALL {
        let rights: Vec<Choice> = crate::scopes(component)
            .map(|scope| {
                number += 1;
                Choice {
                    id: if number == 1 {
                        RIGHT.to_owned()
                    } else {
                        format!("{RIGHT}-{number}")
                    },
                    value: value(component, scope),
                    scope,
                    name: words::scope(scope),
                    opens: words::opens(crate::operations(), component, scope),
                }
            })
            .collect();
        groups.push(Group {
            name: words::component(component),
            code: component.name(),
            rights,
        });
    }
    groups
}

/// The rights that were chosen, and with them those of `kept` that no box is for: rights that a later version or another
/// server knows. A right that is not known is noted as wrong.
pub fn chosen(form: &mut Form, kept: &[Autorisatie]) -> Vec<Autorisatie> {
    let groups = groups();
    let is_known = |value: &str| {
        groups
            .iter()
            .flat_map(|group| &group.rights)
            .any(|right| right.value == value)
    };
    if !form.values(RIGHT).all(is_known) {
        form.refuse(
            RIGHT,
            Text::new(
                "Een van deze rechten kennen we niet",
                "One of these rights is not known",
            ),
        );
    }
    Component::ALL
        .into_iter()
        .filter_map(|component| {
            let mut scopes: Vec<String> = crate::scopes(component)
                .filter(|scope| form.has(RIGHT, &value(component, scope)))
                .map(str::to_owned)
                .collect();
            scopes.extend(others(kept, component));
            (!scopes.is_empty()).then_some(Autorisatie { component, scopes })
        })
        .collect()
}

/// The scopes within a component that no box is for, each once.
pub fn others(rights: &[Autorisatie], component: Component) -> Vec<String> {
    let mut others: Vec<String> = Vec::new();
    for right in rights.iter().filter(|right| right.component == component) {
        for scope in &right.scopes {
            if !crate::scopes(component).any(|known| known == scope) && !others.contains(scope) {
                others.push(scope.clone());
            }
        }
    }
    others
}

/// The fields of a form in which these rights are chosen.
pub fn fields(has_all: bool, rights: &[Autorisatie]) -> Fields {
    let mut fields: Fields = rights
        .iter()
        .flat_map(|right| {
            right
                .scopes
                .iter()
                .map(|scope| (RIGHT.to_owned(), value(right.component, scope)))
        })
        .collect();
    if has_all {
        fields.push((ALL.to_owned(), "true".to_owned()));
    }
    fields
}
