//! How the OpenAPI document describes a contactmoment. For the document alone. Descriptions are in Dutch because they
//! are served.

use chrono::{DateTime, Utc};
use openklant_shared::domain::contactmoment::INITIATIEFNEMERS;
use poem_openapi::Object;
use poem_openapi::registry::MetaSchema;

use super::filter;
use crate::zgw::schema::{Inline, Shape, Uri, choice, search};

/// Who began.
#[derive(Debug)]
pub enum InitiatiefnemerKeuze {}

impl Shape for InitiatiefnemerKeuze {
    fn schema() -> MetaSchema {
        choice(&INITIATIEFNEMERS)
    }
}

/// The body of a search.
#[derive(Debug)]
pub enum ContactmomentZoek {}

impl Shape for ContactmomentZoek {
    fn schema() -> MetaSchema {
        search(filter::parameters())
    }
}

/// A URL of limited length, as the items of a list have it.
#[derive(Debug)]
pub enum OnderwerpLink {}

impl Shape for OnderwerpLink {
    fn schema() -> MetaSchema {
        MetaSchema {
            max_length: Some(1000),
            min_length: Some(1),
            ..MetaSchema::new_with_format("string", "uri")
        }
    }
}

/// Een contactmoment: een telefoongesprek, e-mail, bezoek of ander contact tussen een klant en de gemeente.
#[derive(Object)]
#[oai(rename_all = "camelCase", rename = "ContactMoment")]
#[expect(clippy::struct_field_names, reason = "the names are the contract's")]
pub struct Contactmoment {
    /// Adres van het contactmoment in deze API; tevens de unieke identificatie.
    #[oai(read_only, validator(max_length = 1000, min_length = 1))]
    pub url: Option<Inline<Uri>>,
    /// Adres van het contactmoment waarop dit volgt. Op een contactmoment volgt hoogstens een ander.
    #[oai(nullable, validator(max_length = 1000, min_length = 1))]
    pub vorig_contactmoment: Option<Inline<Uri>>,
    /// Adres van het contactmoment dat op dit volgt.
    #[oai(read_only, nullable, validator(max_length = 1000, min_length = 1))]
    pub volgend_contactmoment: Option<Inline<Uri>>,
    /// RSIN van de organisatie die het contactmoment heeft geregistreerd: negen cijfers die aan de elfproef voldoen.
    #[oai(validator(max_length = 9, min_length = 1))]
    pub bronorganisatie: String,
    /// Moment van het contact; zonder opgave het moment van registreren.
    pub registratiedatum: Option<DateTime<Utc>>,
    /// Kanaal waarover het contact was.
    #[oai(validator(max_length = 50))]
    pub kanaal: Option<String>,
    /// Kanaal waarover de klant liever een antwoord krijgt.
    #[oai(validator(max_length = 50))]
    pub voorkeurskanaal: Option<String>,
    /// Taal waarin de klant liever een antwoord krijgt (ISO 639-2/B).
    #[oai(validator(max_length = 3))]
    pub voorkeurstaal: Option<String>,
    /// Wat er besproken is.
    pub tekst: Option<String>,
    /// Pagina's over het onderwerp.
    pub onderwerp_links: Option<Vec<Inline<OnderwerpLink>>>,
    /// Wie het contact zocht.
    pub initiatiefnemer: Option<Inline<InitiatiefnemerKeuze>>,
    /// Adres van de medewerker; wordt niet opgehaald. Dit of `medewerkerIdentificatie` is verplicht.
    #[oai(validator(max_length = 1000))]
    pub medewerker: Option<Inline<Uri>>,
    /// De medewerker, als die geen adres heeft.
    #[oai(nullable)]
    pub medewerker_identificatie: Option<Medewerker>,
    /// **AFWIJKING**: relaties met klanten, de nieuwste vooraan; met `expand` volledig.
    #[oai(read_only, validator(unique_items))]
    pub klantcontactmomenten: Option<Vec<Inline<Uri>>>,
    /// **AFWIJKING**: relaties met objecten, de nieuwste vooraan; met `expand` volledig.
    #[oai(read_only, validator(unique_items))]
    pub objectcontactmomenten: Option<Vec<Inline<Uri>>>,
}

/// Een medewerker van de organisatie.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub struct Medewerker {
    /// Identificatie van de medewerker binnen de organisatie.
    #[oai(validator(max_length = 24))]
    pub identificatie: Option<String>,
    /// Achternaam.
    #[oai(validator(max_length = 200))]
    pub achternaam: Option<String>,
    /// Voorletters.
    #[oai(validator(max_length = 20))]
    pub voorletters: Option<String>,
    /// Voorvoegsel van de achternaam.
    #[oai(validator(max_length = 10))]
    pub voorvoegsel_achternaam: Option<String>,
}
