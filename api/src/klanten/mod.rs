//! Klanten API 1.0: the klanten of a municipality and the audit trail of each.

pub mod filter;
pub mod input;
pub mod resource;
mod schema;
pub mod service;
pub mod subject_input;
mod subject_schema;
pub mod view;

use openklant_shared::domain::applicatie::Component;
use openklant_shared::domain::notificatie::KLANTEN;

use crate::zgw::{AUDITTRAILS_LEZEN, ApiDeclaration, Scope};

/// Path of the collection.
pub const COLLECTION: &str = KLANTEN.collection;

/// The API.
pub static API: ApiDeclaration = ApiDeclaration {
    name: "klanten",
    title: "Klanten API",
    description: "Een API om klanten te benaderen: personen, organisaties en vestigingen die contact hebben met de \
                  gemeente. Het gedrag volgt Open Klant 1.0; uitbreidingen op de standaard zijn gemarkeerd met \
                  **AFWIJKING**.",
    version: "1.0.0",
    base_path: "/klanten/api/v1",
    collections: &["klanten"],
    component: Component::Kc,
    kanaal: &KLANTEN,
    scopes: &[
        Scope {
            name: resource::LEZEN,
            description: "Klanten opvragen en doorzoeken.",
        },
        Scope {
            name: resource::AANMAKEN,
            description: "Klanten aanmaken.",
        },
        Scope {
            name: resource::BIJWERKEN,
            description: "Klanten geheel of deels bijwerken.",
        },
        Scope {
            name: resource::VERWIJDEREN,
            description: "Klanten verwijderen.",
        },
        AUDITTRAILS_LEZEN,
    ],
    parameters: || vec![("klant_list", filter::parameters())],
};
