//! How the OpenAPI document describes an objectcontactmoment. For the document alone. Descriptions are in Dutch because
//! they are served.

use openklant_shared::domain::contactmoment::OBJECT_TYPES;
use poem_openapi::Object;
use poem_openapi::registry::MetaSchema;

use crate::zgw::schema::{Inline, Shape, Uri, choice};

/// A kind of object.
#[derive(Debug)]
pub enum ObjectTypeKeuze {}

impl Shape for ObjectTypeKeuze {
    fn schema() -> MetaSchema {
        choice(&OBJECT_TYPES)
    }
}

/// De zaak waar een contactmoment over gaat. De Zaken API is de eigenaar van deze relatie; hier staat het spiegelbeeld.
#[derive(Object)]
#[oai(rename_all = "camelCase", rename = "ObjectContactMoment")]
pub struct Objectcontactmoment {
    /// Adres van de relatie in deze API; tevens de unieke identificatie.
    #[oai(read_only, validator(max_length = 1000, min_length = 1))]
    pub url: Option<Inline<Uri>>,
    /// Adres van het contactmoment.
    #[oai(validator(max_length = 1000, min_length = 1))]
    pub contactmoment: Inline<Uri>,
    /// Adres van het object; wordt opgehaald.
    #[oai(validator(max_length = 1000, min_length = 1))]
    pub object: Inline<Uri>,
    /// Soort van het object.
    pub object_type: Inline<ObjectTypeKeuze>,
}
