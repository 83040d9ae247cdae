//! How the OpenAPI document describes the identification of a subject. For the document alone: `subject_input` reads it.
//! Descriptions are in Dutch because they are served.
//!
//! Which of the three shapes a klant has, its own `subjectType` says. poem-openapi cannot express a shape that hangs on
//! a sibling, so [`SubjectIdentificatie`] names the sibling as its discriminator and `zgw::document` turns the klant
//! that holds it into the family of schemas that the standard has.

use openklant_shared::domain::klant::{GESLACHTSAANDUIDINGEN, RECHTSVORMEN, SubjectType};
use poem_openapi::Object;
use poem_openapi::registry::{MetaDiscriminatorObject, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::Type;

use crate::zgw::schema::{Inline, Shape, choice};

/// The identification of a subject, in the shape that the klant's `subjectType` says.
#[derive(Debug)]
pub enum SubjectIdentificatie {}

impl Shape for SubjectIdentificatie {
    fn schema() -> MetaSchema {
        let shapes = SubjectType::ALL.map(|kind| (kind.name(), schema_of(kind)));
        let mapping = shapes.iter().filter_map(|(value, shape)| match shape {
            MetaSchemaRef::Reference(name) => {
                Some(((*value).to_owned(), format!("#/components/schemas/{name}")))
            }
            MetaSchemaRef::Inline(_) => None,
        });
        let discriminator = MetaDiscriminatorObject {
            property_name: "subjectType",
            mapping: mapping.collect(),
        };
        MetaSchema {
            one_of: shapes.into_iter().map(|(_, shape)| shape).collect(),
            discriminator: Some(discriminator),
            ..MetaSchema::ANY
        }
    }

    fn register(registry: &mut Registry) {
        NatuurlijkPersoon::register(registry);
        NietNatuurlijkPersoon::register(registry);
        Vestiging::register(registry);
    }
}

fn schema_of(kind: SubjectType) -> MetaSchemaRef {
    match kind {
        SubjectType::NatuurlijkPersoon => NatuurlijkPersoon::schema_ref(),
        SubjectType::NietNatuurlijkPersoon => NietNatuurlijkPersoon::schema_ref(),
        SubjectType::Vestiging => Vestiging::schema_ref(),
    }
}

/// How a person's sex is registered.
#[derive(Debug)]
pub enum Geslachtsaanduiding {}

impl Shape for Geslachtsaanduiding {
    fn schema() -> MetaSchema {
        choice(&GESLACHTSAANDUIDINGEN)
    }
}

/// The legal form of an organisation.
#[derive(Debug)]
pub enum Rechtsvorm {}

impl Shape for Rechtsvorm {
    fn schema() -> MetaSchema {
        choice(&RECHTSVORMEN)
    }
}

/// A trade name.
#[derive(Debug)]
pub enum Handelsnaam {}

impl Shape for Handelsnaam {
    fn schema() -> MetaSchema {
        MetaSchema {
            max_length: Some(625),
            ..MetaSchema::new("string")
        }
    }
}

/// Gegevens van een natuurlijk persoon.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub struct NatuurlijkPersoon {
    /// Burgerservicenummer: negen cijfers die aan de elfproef voldoen.
    #[oai(validator(max_length = 9))]
    pub inp_bsn: Option<String>,
    /// Nummer van een persoon die niet in de BRP staat.
    #[oai(validator(max_length = 17))]
    pub anp_identificatie: Option<String>,
    /// Administratienummer van de persoon.
    #[oai(
        rename = "inpANummer",
        validator(max_length = 10, pattern = "^[1-9][0-9]{9}$")
    )]
    pub inp_a_nummer: Option<String>,
    /// Achternaam bij geboorte.
    #[oai(validator(max_length = 200))]
    pub geslachtsnaam: Option<String>,
    /// Voorvoegsel van de achternaam bij geboorte.
    #[oai(validator(max_length = 80))]
    pub voorvoegsel_geslachtsnaam: Option<String>,
    /// Voorletters.
    #[oai(validator(max_length = 20))]
    pub voorletters: Option<String>,
    /// Alle voornamen.
    #[oai(validator(max_length = 200))]
    pub voornamen: Option<String>,
    /// Geslacht: man (`m`), vrouw (`v`) of onbekend (`o`). Leeg als het niet is opgegeven.
    pub geslachtsaanduiding: Option<Inline<Geslachtsaanduiding>>,
    /// Datum van geboorte als tekst, bij voorkeur jaar-maand-dag; mag onvolledig zijn.
    #[oai(validator(max_length = 18))]
    pub geboortedatum: Option<String>,
    /// Waar de persoon verblijft.
    #[oai(nullable)]
    pub verblijfsadres: Option<VerblijfsAdres>,
    /// Waar de persoon in het buitenland verblijft.
    #[oai(nullable)]
    pub sub_verblijf_buitenland: Option<SubVerblijfBuitenland>,
}

/// Gegevens van een niet-natuurlijk persoon, zoals een vennootschap of vereniging.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub struct NietNatuurlijkPersoon {
    /// RSIN: negen cijfers die aan de elfproef voldoen.
    #[oai(validator(max_length = 9))]
    pub inn_nnp_id: Option<String>,
    /// Nummer van een organisatie die niet in het Handelsregister staat.
    #[oai(validator(max_length = 17))]
    pub ann_identificatie: Option<String>,
    /// Naam volgens de statuten.
    #[oai(validator(max_length = 500))]
    pub statutaire_naam: Option<String>,
    /// Rechtsvorm. Leeg als die niet is opgegeven.
    pub inn_rechtsvorm: Option<Inline<Rechtsvorm>>,
    /// Bezoekadres als tekst.
    #[oai(validator(max_length = 1000))]
    pub bezoekadres: Option<String>,
    /// Waar de organisatie in het buitenland gevestigd is.
    #[oai(nullable)]
    pub sub_verblijf_buitenland: Option<SubVerblijfBuitenland>,
}

/// Gegevens van een vestiging.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub struct Vestiging {
    /// Nummer van de vestiging in het Handelsregister.
    #[oai(validator(max_length = 24))]
    pub vestigings_nummer: Option<String>,
    /// Namen waaronder de vestiging handelt.
    pub handelsnaam: Option<Vec<Inline<Handelsnaam>>>,
    /// Waar de vestiging is.
    #[oai(nullable)]
    pub verblijfsadres: Option<VerblijfsAdres>,
    /// Waar de vestiging in het buitenland is.
    #[oai(nullable)]
    pub sub_verblijf_buitenland: Option<SubVerblijfBuitenland>,
}

/// Adres in Nederland, met de namen van het RSGB.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub struct VerblijfsAdres {
    /// Unieke identificatie van het adresseerbare object.
    #[oai(validator(max_length = 100, min_length = 1))]
    pub aoa_identificatie: String,
    /// Woonplaats.
    #[oai(validator(max_length = 80))]
    pub wpl_woonplaats_naam: Option<String>,
    /// Straat of andere openbare ruimte.
    #[oai(validator(max_length = 80, min_length = 1))]
    pub gor_openbare_ruimte_naam: String,
    /// Postcode.
    #[oai(validator(max_length = 7))]
    pub aoa_postcode: Option<String>,
    /// Huisnummer.
    #[oai(nullable, validator(maximum(value = 99999.0), minimum(value = 0.0)))]
    pub aoa_huisnummer: Option<i32>,
    /// Letter achter het huisnummer.
    #[oai(validator(max_length = 1))]
    pub aoa_huisletter: Option<String>,
    /// Toevoeging achter huisnummer en huisletter.
    #[oai(validator(max_length = 4))]
    pub aoa_huisnummertoevoeging: Option<String>,
    /// Omschrijving van een plaats zonder adres.
    #[oai(validator(max_length = 1000))]
    pub inp_locatiebeschrijving: Option<String>,
}

/// Adres in het buitenland.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub struct SubVerblijfBuitenland {
    /// Code van het land.
    #[oai(validator(max_length = 4, min_length = 1))]
    pub lnd_landcode: String,
    /// Naam van het land.
    #[oai(validator(max_length = 40, min_length = 1))]
    pub lnd_landnaam: String,
    /// Eerste regel van het adres.
    #[oai(rename = "subAdresBuitenland1", validator(max_length = 35))]
    pub sub_adres_buitenland_1: Option<String>,
    /// Tweede regel van het adres.
    #[oai(rename = "subAdresBuitenland2", validator(max_length = 35))]
    pub sub_adres_buitenland_2: Option<String>,
    /// Derde regel van het adres.
    #[oai(rename = "subAdresBuitenland3", validator(max_length = 35))]
    pub sub_adres_buitenland_3: Option<String>,
}
