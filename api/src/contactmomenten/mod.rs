//! Contactmomenten API 1.0: calls, mails and visits, the klanten who took part in them and the zaken they are about.

pub mod contactmoment;
pub mod klantcontactmoment;
pub mod objectcontactmoment;

use openklant_shared::domain::applicatie::Component;
use openklant_shared::domain::notificatie::CONTACTMOMENTEN;

use crate::zgw::auth::required_scopes;
use crate::zgw::{AUDITTRAILS_LEZEN, ApiDeclaration, Scope};

/// Scope for reading.
const LEZEN: &str = "contactmomenten.lezen";
/// Scope for making, and for changing a klantcontactmoment.
const AANMAKEN: &str = "contactmomenten.aanmaken";
/// Scope for changing a contactmoment.
const BIJWERKEN: &str = "contactmomenten.bijwerken";
/// Scope for removing.
const VERWIJDEREN: &str = "contactmomenten.verwijderen";

required_scopes! { Component::Cmc;
    Lezen = LEZEN;
    Aanmaken = AANMAKEN;
    Bijwerken = BIJWERKEN;
    Verwijderen = VERWIJDEREN;
    AudittrailLezen = AUDITTRAILS_LEZEN.name;
}

/// The API.
pub static API: ApiDeclaration = ApiDeclaration {
    name: "contactmomenten",
    title: "Contactmomenten API",
    description: "Een API om contactmomenten te benaderen: telefoongesprekken, e-mails en bezoeken, de klanten die \
                  eraan deelnamen en de zaken waar ze over gingen. Het gedrag volgt Open Klant 1.0; uitbreidingen op \
                  de standaard zijn gemarkeerd met **AFWIJKING**.",
    version: "1.0.0",
    base_path: "/contactmomenten/api/v1",
    collections: &["contactmomenten", "objectcontactmomenten", "klantcontactmomenten"],
    component: Component::Cmc,
    kanaal: &CONTACTMOMENTEN,
    scopes: &[
        Scope {
            name: LEZEN,
            description: "Contactmomenten en hun relaties opvragen en doorzoeken.",
        },
        Scope {
            name: AANMAKEN,
            description: "Contactmomenten en relaties aanmaken, en klantcontactmomenten bijwerken.",
        },
        Scope {
            name: BIJWERKEN,
            description: "Contactmomenten geheel of deels bijwerken.",
        },
        Scope {
            name: VERWIJDEREN,
            description: "Contactmomenten en relaties verwijderen.",
        },
        AUDITTRAILS_LEZEN,
    ],
    parameters: || {
        vec![
            ("contactmoment_list", contactmoment::filter::parameters()),
            ("contactmoment_read", contactmoment::expand::parameters()),
            (
                "klantcontactmoment_list",
                klantcontactmoment::filter::parameters(),
            ),
            (
                "objectcontactmoment_list",
                objectcontactmoment::filter::parameters(),
            ),
        ]
    },
};
