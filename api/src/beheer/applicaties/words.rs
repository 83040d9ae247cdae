//! Rights, operations, refusals and what operators did, in words.

use openklant_shared::domain::applicatie::{Applicatie, Component};

use crate::Operation;
use crate::beheer::language::{Language, Text};

/// A component.
pub fn component(component: Component) -> Text {
    match component {
        Component::Kc => Text::new("Klanten", "Klanten"),
        Component::Cmc => Text::new("Contactmomenten", "Contactmomenten"),
        Component::Ac => Text::new("Autorisaties", "Authorisation"),
    }
}

/// A scope, within its component; one that is not ours stays as it is.
pub fn scope(name: &str) -> Text {
    match name {
        "klanten.lezen" | "contactmomenten.lezen" => Text::new("lezen", "read"),
        "klanten.aanmaken" | "contactmomenten.aanmaken" => Text::new("aanmaken", "create"),
        "klanten.bijwerken" | "contactmomenten.bijwerken" => Text::new("bijwerken", "update"),
        "klanten.verwijderen" | "contactmomenten.verwijderen" => Text::new("verwijderen", "delete"),
        "audittrails.lezen" => Text::new("audittrail lezen", "read the audit trail"),
        "autorisaties.credentials-registreren" => Text::new("client-ids registreren", "register client ids"),
        other => Text::same(other),
    }
}

/// The rights within one component.
pub struct Rights {
    /// The component.
    pub component: Text,
    /// In words: `lezen, bijwerken`.
    pub words: Text,
    /// The scopes themselves.
    pub scopes: String,
}

/// What an application may do, per component; empty when it may do nothing. Several rows of one component are one.
pub fn rights(applicatie: &Applicatie) -> Vec<Rights> {
    Component::ALL
        .into_iter()
        .filter_map(|known| {
            let mut scopes: Vec<&str> = Vec::new();
            for right in applicatie
                .autorisaties
                .iter()
                .filter(|right| right.component == known)
            {
                for has in &right.scopes {
                    if !scopes.contains(&has.as_str()) {
                        scopes.push(has);
                    }
                }
            }
            (!scopes.is_empty()).then(|| Rights {
                component: component(known),
                words: Text::in_both(|language| {
                    let words: Vec<String> = scopes
                        .iter()
                        .map(|name| scope(name).in_language(language).to_owned())
                        .collect();
                    words.join(", ")
                }),
                scopes: scopes.join(" "),
            })
        })
        .collect()
}

/// What an operation does.
pub fn operation(operation: &Operation) -> Text {
    let nl = operation.summary.trim_end_matches('.');
    Text::made(nl.to_owned(), english(operation).unwrap_or(nl).to_owned())
}

fn english(operation: &Operation) -> Option<&'static str> {
    let of_klant = operation.component == Component::Kc;
    Some(match operation.id.as_str() {
        "klant_list" => "List klanten",
        "klant_create" => "Create a klant",
        "klant_zoek" => "Search klanten without values in the address",
        "klant_read" => "Read a klant",
        "klant_update" => "Update a klant as a whole",
        "klant_partial_update" => "Update a klant in part",
        "klant_delete" => "Delete a klant",
        "audittrail_list" if of_klant => "Read the audit trail of a klant",
        "audittrail_read" if of_klant => "Read a row of the audit trail of a klant",
        "audittrail_list" => "Read the audit trail of a contactmoment",
        "audittrail_read" => "Read a row of the audit trail of a contactmoment",
        "contactmoment_list" => "List contactmomenten",
        "contactmoment_create" => "Create a contactmoment",
        "contactmoment_zoek" => "Search contactmomenten without values in the address",
        "contactmoment_read" => "Read a contactmoment",
        "contactmoment_update" => "Update a contactmoment as a whole",
        "contactmoment_partial_update" => "Update a contactmoment in part",
        "contactmoment_delete" => "Delete a contactmoment",
        "klantcontactmoment_list" => "List relations between klanten and contactmomenten",
        "klantcontactmoment_create" => "Relate a klant to a contactmoment",
        "klantcontactmoment_read" => "Read a relation between klant and contactmoment",
        "klantcontactmoment_update" => "Update a relation between klant and contactmoment as a whole",
        "klantcontactmoment_partial_update" => "Update a relation between klant and contactmoment in part",
        "klantcontactmoment_delete" => "End the relation of a klant to a contactmoment",
        "objectcontactmoment_list" => "List relations between objects and contactmomenten",
        "objectcontactmoment_create" => "Relate an object to a contactmoment",
        "objectcontactmoment_read" => "Read a relation between object and contactmoment",
        "objectcontactmoment_delete" => "End the relation of an object to a contactmoment",
        "jwtsecret_create" => "Register a client id with its secret",
        _ => return None,
    })
}

/// Why a request was refused, by the code that it was answered with.
pub fn refusal(code: &str) -> Text {
    match code {
        "permission_denied" => Text::new("het recht ontbreekt", "the right is missing"),
        "invalid-client-identifier" => {
            Text::new("de client-id heeft geen geheim", "the client id has no secret")
        }
        "invalid-jwt-signature" => {
            Text::new("ondertekend met een ander geheim", "signed with another secret")
        }
        "jwt-expired" => Text::new("het token is verlopen", "the token has expired"),
        "jwt-not-yet-valid" => Text::new(
            "het token is nog niet geldig: de klok van de afzender loopt voor",
            "the token is not valid yet: the clock of the sender is fast",
        ),
        "not_authenticated_for_ac" => Text::new(
            "de Autorisaties API gaf te lang geen antwoord",
            "the Autorisaties API gave no answer for too long",
        ),
        "jwt-decode-error" => Text::new("het token is onleesbaar", "the token cannot be read"),
        other => Text::same(other),
    }
}

/// What was done to an application, by the command that does it.
pub fn deed(command: &str) -> Text {
    match command {
        "applicatie add" | "up" | "demo" => Text::new("aangemaakt", "created"),
        "applicatie change" => Text::new("gewijzigd", "changed"),
        "applicatie remove" => Text::new("verwijderd", "removed"),
        "applicatie secret add" => Text::new("geheim gegeven", "secret given"),
        "applicatie secret rotate" => Text::new("nieuw geheim", "new secret"),
        "applicatie secret revoke" => Text::new("geheim ingetrokken", "secret revoked"),
        other => Text::same(other),
    }
}

/// The operations that a right opens, in one sentence each.
pub fn opens(operations: &[Operation], component: Component, scope: &str) -> Text {
    Text::in_both(|language: Language| {
        operations
            .iter()
            .filter(|known| known.component == component && known.scope == scope)
            .map(|known| format!("{}.", operation(known).in_language(language)))
            .collect::<Vec<_>>()
            .join(" ")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations;

    #[test]
    fn every_operation_and_right_is_told_in_both_languages() {
        // Those of the two documents, and registering a secret.
        assert_eq!(operations().len(), 29);
        for known in operations() {
            assert!(!known.summary.is_empty() && english(known).is_some(), "{known:?}");
        }
        for component in Component::ALL {
            for name in crate::scopes(component) {
                let words = scope(name);
                assert_ne!(words.in_language(Language::Nl), name);
                assert!(
                    !opens(operations(), component, name)
                        .in_language(Language::Nl)
                        .is_empty(),
                    "{name}"
                );
            }
        }
    }
}
