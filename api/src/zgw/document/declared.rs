//! The operations of an API as its document has them, each with the right it asks for.

use openklant_shared::domain::applicatie::Component;
use serde_json::Value;

use super::SECURITY_SCHEME;
use crate::zgw::ApiDeclaration;

/// An operation and the right it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The component whose rights count.
    pub component: Component,
    /// Its name in the document, such as `klant_list`.
    pub id: String,
    /// Its method.
    pub method: &'static str,
    /// The declared path, with that of the API.
    pub path: String,
    /// What it does, in Dutch.
    pub summary: String,
    /// The scope it asks for.
    pub scope: String,
}

const METHODS: [(&str, &str); 5] = [
    ("get", "GET"),
    ("post", "POST"),
    ("put", "PUT"),
    ("patch", "PATCH"),
    ("delete", "DELETE"),
];

/// The operations of `document`, the document of `api`, in its order.
pub fn declared(api: &ApiDeclaration, document: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, operations) in document["paths"].as_object().into_iter().flatten() {
        for (name, method) in METHODS {
            let operation = &operations[name];
            let scope = operation["security"][0][SECURITY_SCHEME][0].as_str();
            let (Some(id), Some(scope)) = (operation["operationId"].as_str(), scope) else {
                continue;
            };
            found.push(Operation {
                component: api.component,
                id: id.to_owned(),
                method,
                path: format!("{}{path}", api.base_path),
                summary: operation["summary"].as_str().unwrap_or_default().to_owned(),
                scope: scope.to_owned(),
            });
        }
    }
    found
}
