//! The texts an operator gives for an application: client id, label and rights.

use std::str::FromStr;
use std::time::Duration;

use openklant_shared::domain::applicatie::{
    Autorisatie, CLIENT_ID_MAX_LENGTH, Component, LABEL_MAX_LENGTH, TextFault, check_text,
};
use openklant_shared::settings;

/// The longest scope (behaviour of Open Klant 1.0.0, section 2.3).
const SCOPE_MAX_LENGTH: usize = 100;

/// Reads a client id.
pub fn client_id(text: &str) -> Result<String, String> {
    fitting(text, CLIENT_ID_MAX_LENGTH)
}

/// Reads a label.
pub fn label(text: &str) -> Result<String, String> {
    fitting(text, LABEL_MAX_LENGTH)
}

/// Reads how long two secrets are valid side by side.
pub fn overlap(text: &str) -> Result<Duration, String> {
    settings::duration("1s", "90d")(text).map_err(|fault| format!("it {fault}"))
}

/// A text of one to `longest` characters, none of them a control character.
pub fn fitting(text: &str, longest: usize) -> Result<String, String> {
    match check_text(text, longest) {
        Ok(()) => Ok(text.to_owned()),
        Err(TextFault::Empty) => Err("it is empty".to_owned()),
        Err(TextFault::Control) => Err("it holds a control character".to_owned()),
        Err(TextFault::TooLong(longest)) => Err(format!("it has more than {longest} characters")),
    }
}

/// One right: a scope within a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Right {
    component: Component,
    scope: String,
}

impl FromStr for Right {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = || Component::ALL.map(Component::name).join(", ");
        let Some((component, scope)) = text.split_once(':') else {
            return Err("write COMPONENT:SCOPE, such as kc:klanten.lezen".to_owned());
        };
        let component = Component::from_name(component)
            .ok_or_else(|| format!("{component} is no component; known are {}", known()))?;
        if scope.chars().any(char::is_whitespace) {
            return Err("a scope holds no spaces".to_owned());
        }
        let scope = fitting(scope, SCOPE_MAX_LENGTH)?;
        check_known(component, &scope)?;
        Ok(Self { component, scope })
    }
}

/// Refuses a scope that no operation asks for: a misspelt right would only show as a refusal later. Of a component
/// without an API here any scope is taken, so that rights can be given before the API comes.
fn check_known(component: Component, scope: &str) -> Result<(), String> {
    let known: Vec<&str> = openklant_api::scopes(component).collect();
    if known.is_empty() || known.contains(&scope) {
        Ok(())
    } else {
        Err(format!(
            "{} has no scope {scope}; it has {}",
            component.name(),
            known.join(", ")
        ))
    }
}

/// Rights per component, in the order given, each once.
pub fn grouped(rights: &[Right]) -> Vec<Autorisatie> {
    with(Vec::new(), rights)
}

/// Rights, and these less.
pub fn without(mut autorisaties: Vec<Autorisatie>, rights: &[Right]) -> Vec<Autorisatie> {
    for autorisatie in &mut autorisaties {
        autorisatie.scopes.retain(|scope| {
            !rights
                .iter()
                .any(|right| right.component == autorisatie.component && right.scope == *scope)
        });
    }
    autorisaties.retain(|autorisatie| !autorisatie.scopes.is_empty());
    autorisaties
}

/// Rights, and these more.
pub fn with(mut autorisaties: Vec<Autorisatie>, rights: &[Right]) -> Vec<Autorisatie> {
    for right in rights {
        let known = autorisaties
            .iter()
            .position(|autorisatie| autorisatie.component == right.component);
        let scopes = if let Some(index) = known {
            &mut autorisaties[index].scopes
        } else {
            autorisaties.push(Autorisatie {
                component: right.component,
                scopes: Vec::new(),
            });
            let last = autorisaties.len() - 1;
            &mut autorisaties[last].scopes
        };
        if !scopes.contains(&right.scope) {
            scopes.push(right.scope.clone());
        }
    }
    autorisaties
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_rights() {
        let cases = [
            ("kc:klanten.lezen", true),
            ("cmc:contactmomenten.lezen", true),
            ("kc:audittrails.lezen", true),
            ("kc:klanten.lzen", false),
            ("cmc:contactmomenten.lzen", false),
            ("cmc:klanten.lezen", false),
            ("klanten.lezen", false),
            ("zrc:zaken.lezen", false),
            ("kc:", false),
            ("kc: klanten.lezen", false),
            (":klanten.lezen", false),
            ("KC:klanten.lezen", false),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<Right>().is_ok(), expected, "{text}");
        }
    }

    #[test]
    fn groups_rights_by_component() {
        let rights = [
            "kc:klanten.lezen",
            "cmc:contactmomenten.lezen",
            "kc:klanten.aanmaken",
            "kc:klanten.lezen",
        ]
        .map(|text| text.parse().unwrap());
        let autorisatie = |component, scopes: &[&str]| Autorisatie {
            component,
            scopes: scopes.iter().map(ToString::to_string).collect(),
        };
        assert_eq!(
            grouped(&rights),
            [
                autorisatie(Component::Kc, &["klanten.lezen", "klanten.aanmaken"]),
                autorisatie(Component::Cmc, &["contactmomenten.lezen"]),
            ]
        );
    }
}
