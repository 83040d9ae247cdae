//! How the OpenAPI document describes a klantcontactmoment. For the document alone. Descriptions are in Dutch because
//! they are served.

use openklant_shared::domain::contactmoment::ROLLEN;
use poem_openapi::Object;
use poem_openapi::registry::MetaSchema;

use crate::zgw::schema::{Inline, Shape, Uri, choice};

/// A role.
#[derive(Debug)]
pub enum RolKeuze {}

impl Shape for RolKeuze {
    fn schema() -> MetaSchema {
        choice(&ROLLEN)
    }
}

/// De deelname van een klant aan een contactmoment.
#[derive(Object)]
#[oai(rename_all = "camelCase", rename = "KlantContactMoment")]
pub struct Klantcontactmoment {
    /// Adres van de relatie in deze API; tevens de unieke identificatie.
    #[oai(read_only, validator(max_length = 1000, min_length = 1))]
    pub url: Option<Inline<Uri>>,
    /// Adres van het contactmoment.
    #[oai(validator(max_length = 1000, min_length = 1))]
    pub contactmoment: Inline<Uri>,
    /// Adres van de klant; moet bestaan.
    #[oai(validator(max_length = 1000, min_length = 1))]
    pub klant: Inline<Uri>,
    /// Rol van de klant.
    pub rol: Inline<RolKeuze>,
    /// **AFWIJKING**: of de klant het contactmoment gelezen heeft.
    pub gelezen: Option<bool>,
}
