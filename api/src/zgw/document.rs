//! The OpenAPI document of an API: what poem-openapi generates from the code, put into the form the standard has.
//!
//! poem-openapi knows the paths, methods, bodies and answers. Added here are what it cannot know (errors and headers
//! that the layers below the handlers give, filters that a table holds) and what it writes otherwise than the standard
//! does. Nothing here knows a resource.

mod declared;
mod operations;
mod responses;
mod schemas;
mod served;
mod swagger;

use openklant_shared::settings::Contact;
use serde_json::{Map, Value, json};
use thiserror::Error;

use super::ApiDeclaration;

pub use declared::{Operation, declared};
pub use served::{Document, root};
pub use swagger::{asset as documentation_asset, page as documentation_page};

/// The version of the OpenAPI specification that documents follow.
pub const OPENAPI_VERSION: &str = "3.0.0";

/// The mark of everything that Open Klant has and the standard has not.
const AFWIJKING: &str = "**AFWIJKING**";

/// The name of the one security scheme of the standard.
const SECURITY_SCHEME: &str = "JWT-Claims";

/// A query parameter of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it selects, in Dutch.
    pub description: &'static str,
    /// Which values it takes.
    pub kind: Kind,
    /// Whether Open Klant has it and the standard has not.
    pub afwijking: bool,
}

/// Which values a query parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// A URL.
    Uri,
    /// One of these.
    Choice(&'static [&'static str]),
    /// A whole number.
    Integer,
    /// A moment.
    DateTime,
}

/// Why there is no document.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// What was generated is no JSON.
    #[error("the generated document cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// What was generated has not the form that poem-openapi 5.1 gives.
    #[error("the generated document has no {0}")]
    Missing(&'static str),
    /// The declaration names an operation that the code does not have.
    #[error("parameters are declared for the operation {0}, which does not exist")]
    UnknownOperation(&'static str),
}

/// Makes the document of `api` from what poem-openapi generated (`OpenApiService::spec`).
///
/// # Errors
/// Only when code and declaration do not fit each other, which every test of the document finds.
pub fn build(generated: &str, api: &ApiDeclaration, contact: &Contact) -> Result<Value, DocumentError> {
    let mut generated: Map<String, Value> = serde_json::from_str(generated)?;
    let mut paths = take_object(&mut generated, "paths")?;
    let mut components = take_object(&mut generated, "components")?;
    let mut schemas = take_object(&mut components, "schemas")?;
    schemas::complete(&mut schemas);
    operations::complete(&mut paths, api)?;
    let mut document = json!({
        "openapi": OPENAPI_VERSION,
        "info": info(api, contact),
        "servers": [{"url": api.base_path}],
        "tags": [{"name": api.name, "description": api.description}],
        "security": [{SECURITY_SCHEME: []}],
        "paths": paths,
        "components": {
            "responses": responses::shared(),
            "securitySchemes": {
                SECURITY_SCHEME: {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "Een token (JWT) met de claim `client_id`, ondertekend met het geheim van de \
                        applicatie (HS256, HS384 of HS512). De scopes staan niet in het token: ze horen bij de \
                        applicatie.",
                },
            },
            "schemas": schemas,
        },
    });
    schemas::tidy(&mut document);
    mark_deviations(&mut document);
    Ok(document)
}

fn take_object(
    from: &mut Map<String, Value>,
    key: &'static str,
) -> Result<Map<String, Value>, DocumentError> {
    match from.remove(key) {
        Some(Value::Object(object)) => Ok(object),
        _ => Err(DocumentError::Missing(key)),
    }
}

fn info(api: &ApiDeclaration, contact: &Contact) -> Value {
    json!({
        "title": api.title,
        "version": api.version,
        "description": api.description,
        "contact": {
            "name": contact.name.as_deref().unwrap_or("Beheer van Open Klant"),
            "email": contact.email.as_deref().unwrap_or("beheer@openklant.example"),
            "url": contact.url.as_ref().map_or("https://openklant.example/", |url| url.as_str()),
        },
        "license": {"name": "EUPL-1.2", "url": "https://joinup.ec.europa.eu/collection/eupl/eupl-text-eupl-12"},
    })
}

/// Makes the marks in descriptions readable for programs.
fn mark_deviations(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.values_mut().for_each(mark_deviations);
            let marked = object
                .get("description")
                .and_then(Value::as_str)
                .is_some_and(|text| text.starts_with(AFWIJKING));
            if marked {
                object.insert("x-afwijking".to_owned(), Value::Bool(true));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mark_deviations),
        _ => {}
    }
}
