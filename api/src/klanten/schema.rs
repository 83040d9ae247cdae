//! How the OpenAPI document describes a klant. For the document alone: `input` reads bodies and `view` writes answers.
//! Descriptions are in Dutch because they are served.

use openklant_shared::domain::klant::SubjectType;
use poem_openapi::Object;
use poem_openapi::registry::MetaSchema;

use super::filter;
use super::subject_schema::SubjectIdentificatie;
use crate::zgw::schema::{Inline, Shape, Uri, choice, search};

/// The kind of subject.
#[derive(Debug)]
pub enum SubjectTypeKeuze {}

impl Shape for SubjectTypeKeuze {
    fn schema() -> MetaSchema {
        MetaSchema {
            nullable: true,
            ..choice(&SubjectType::ALL.map(SubjectType::name))
        }
    }
}

/// The body of a search.
#[derive(Debug)]
pub enum KlantZoek {}

impl Shape for KlantZoek {
    fn schema() -> MetaSchema {
        search(filter::parameters())
    }
}

/// An e-mail address.
#[derive(Debug)]
pub enum Emailadres {}

impl Shape for Emailadres {
    fn schema() -> MetaSchema {
        MetaSchema::new_with_format("string", "email")
    }
}

/// Een klant: een persoon, organisatie of vestiging die zich tot de gemeente wendde. De vorm van `subjectIdentificatie`
/// hangt af van `subjectType`.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub struct Klant {
    /// Adres van de klant in deze API; tevens de unieke identificatie.
    #[oai(read_only, validator(max_length = 1000, min_length = 1))]
    pub url: Option<Inline<Uri>>,
    /// RSIN van de organisatie die de klant heeft geregistreerd: negen cijfers die aan de elfproef voldoen.
    #[oai(validator(max_length = 9, min_length = 1))]
    pub bronorganisatie: String,
    /// Nummer van de klant, uniek binnen de bronorganisatie.
    #[oai(validator(max_length = 8, min_length = 1))]
    pub klantnummer: String,
    /// Naam van het bedrijf waarvoor de klant optreedt.
    #[oai(validator(max_length = 200))]
    pub bedrijfsnaam: Option<String>,
    /// Functie van de klant bij dat bedrijf.
    #[oai(validator(max_length = 200))]
    pub functie: Option<String>,
    /// **AFWIJKING**: niet verplicht. Adres van de website van de klant; wordt niet opgehaald.
    #[oai(validator(max_length = 1000))]
    pub website_url: Option<Inline<Uri>>,
    /// Voornaam, zoals de klant die opgaf.
    #[oai(validator(max_length = 200))]
    pub voornaam: Option<String>,
    /// Voorvoegsel van de achternaam.
    #[oai(validator(max_length = 10))]
    pub voorvoegsel_achternaam: Option<String>,
    /// Achternaam, zoals de klant die opgaf.
    #[oai(validator(max_length = 200))]
    pub achternaam: Option<String>,
    /// Telefoonnummer waarop de klant bereikbaar is.
    #[oai(validator(max_length = 20))]
    pub telefoonnummer: Option<String>,
    /// E-mailadres waarop de klant bereikbaar is.
    #[oai(validator(max_length = 254))]
    pub emailadres: Option<Inline<Emailadres>>,
    /// Postadres van de klant.
    #[oai(nullable)]
    pub adres: Option<KlantAdres>,
    /// Adres van het subject in een ander register. Moet bij het opslaan met status 200 antwoorden.
    #[oai(validator(max_length = 1000))]
    pub subject: Option<Inline<Uri>>,
    /// Soort subject. Kan na het aanmaken niet veranderen.
    pub subject_type: Option<Inline<SubjectTypeKeuze>>,
    /// **AFWIJKING**: extra veld. Kanaal waarlangs de klant is aangemaakt.
    #[oai(validator(max_length = 50))]
    pub aanmaakkanaal: Option<String>,
    /// **AFWIJKING**: extra veld. Of de identiteit van de klant is vastgesteld; `false` als het niet is opgegeven.
    pub geverifieerd: Option<bool>,
    /// Gegevens waarmee het subject te identificeren is.
    pub subject_identificatie: Option<Inline<SubjectIdentificatie>>,
}

/// Postadres van een klant.
#[derive(Object)]
pub struct KlantAdres {
    /// Straat.
    #[oai(validator(max_length = 100))]
    pub straatnaam: Option<String>,
    /// Huisnummer.
    #[oai(nullable, validator(maximum(value = 99999.0), minimum(value = 0.0)))]
    pub huisnummer: Option<i32>,
    /// Letter achter het huisnummer.
    #[oai(validator(max_length = 1))]
    pub huisletter: Option<String>,
    /// Toevoeging achter huisnummer en huisletter.
    #[oai(validator(max_length = 4))]
    pub huisnummertoevoeging: Option<String>,
    /// Postcode; ook van buiten Nederland.
    #[oai(validator(max_length = 7))]
    pub postcode: Option<String>,
    /// Woonplaats.
    #[oai(validator(max_length = 80))]
    pub woonplaatsnaam: Option<String>,
    /// Code van het land, uit de landentabel van de BRP.
    #[oai(validator(max_length = 4))]
    pub landcode: Option<String>,
}
