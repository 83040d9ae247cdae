//! Schemas that every ZGW API describes: errors, the audit trail, the page of a list, and the kinds of text that
//! Rust has no type for.
//!
//! These types exist for the OpenAPI documents alone: bodies are read by `body` and `fields`, and answers are written
//! by the views. Descriptions are in Dutch because they are served.

use std::borrow::Cow;
use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde_json::Value;
use uuid::Uuid;

use super::document::{Kind, Parameter};

/// What a value looks like when its schema stands inside the field that holds it: the standard has no named schemas for
/// texts and enumerations, and poem-openapi's own enumerations would make them.
pub trait Shape: 'static {
    /// The schema.
    fn schema() -> MetaSchema;

    /// Registers the schemas it refers to.
    fn register(_: &mut Registry) {}
}

/// A value of the shape `S`.
#[derive(Debug)]
pub struct Inline<S>(Value, PhantomData<fn() -> S>);

impl<S: Shape> Type for Inline<S> {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        Cow::Borrowed(std::any::type_name::<S>())
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(S::schema()))
    }

    fn register(registry: &mut Registry) {
        S::register(registry);
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl<S: Shape> ParseFromJSON for Inline<S> {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        value
            .map(|value| Self(value, PhantomData))
            .ok_or_else(ParseError::expected_input)
    }
}

impl<S: Shape> ToJSON for Inline<S> {
    fn to_json(&self) -> Option<Value> {
        Some(self.0.clone())
    }
}

impl<S> AsRef<str> for Inline<S> {
    fn as_ref(&self) -> &str {
        self.0.as_str().unwrap_or_default()
    }
}

/// A URL.
#[derive(Debug)]
pub enum Uri {}

impl Shape for Uri {
    fn schema() -> MetaSchema {
        MetaSchema::new_with_format("string", "uri")
    }
}

/// An object of any shape, or null.
#[derive(Debug)]
pub enum AnyObject {}

impl Shape for AnyObject {
    fn schema() -> MetaSchema {
        MetaSchema {
            nullable: true,
            ..MetaSchema::new("object")
        }
    }
}

/// The component of an audit row.
#[derive(Debug)]
pub enum Bron {}

impl Shape for Bron {
    fn schema() -> MetaSchema {
        choice(&BRONNEN)
    }
}

/// The components of the standard, as `bron` lists them.
const BRONNEN: [&str; 8] = ["ac", "nrc", "zrc", "ztc", "drc", "brc", "cmc", "kc"];

/// The schema of a text that is one of `values`.
pub(crate) fn choice(values: &[&str]) -> MetaSchema {
    MetaSchema {
        enum_items: values.iter().map(|value| Value::from(*value)).collect(),
        ..MetaSchema::new("string")
    }
}

/// De fout die de API geeft als een aanvraag niet uitgevoerd is.
#[derive(Object)]
pub struct Fout {
    /// Adres van de pagina die de soort fout uitlegt.
    pub r#type: Option<String>,
    /// Code van de fout, bedoeld voor programma's.
    #[oai(validator(min_length = 1))]
    pub code: String,
    /// Algemene omschrijving van de soort fout.
    #[oai(validator(min_length = 1))]
    pub title: String,
    /// Status van het antwoord.
    pub status: i32,
    /// Omschrijving van deze fout.
    #[oai(validator(min_length = 1))]
    pub detail: String,
    /// Uniek kenmerk van deze fout; dezelfde waarde staat in het logboek van de server.
    #[oai(validator(min_length = 1))]
    pub instance: String,
}

/// De fout die de API geeft als velden of parameters van een aanvraag niet voldoen. Alle fouten van de aanvraag worden
/// samen gemeld.
#[derive(Object)]
pub struct ValidatieFout {
    /// Adres van de pagina die de soort fout uitlegt.
    pub r#type: Option<String>,
    /// Code van de fout, bedoeld voor programma's.
    #[oai(validator(min_length = 1))]
    pub code: String,
    /// Algemene omschrijving van de soort fout.
    #[oai(validator(min_length = 1))]
    pub title: String,
    /// Status van het antwoord.
    pub status: i32,
    /// Omschrijving van deze fout; leeg als `invalidParams` alles zegt.
    pub detail: String,
    /// Uniek kenmerk van deze fout; dezelfde waarde staat in het logboek van de server.
    #[oai(validator(min_length = 1))]
    pub instance: String,
    /// De velden en parameters die niet voldoen.
    #[oai(rename = "invalidParams")]
    pub invalid_params: Vec<FieldValidationError>,
}

/// Eén veld of parameter die niet voldoet.
#[derive(Object)]
pub struct FieldValidationError {
    /// Naam van het veld of de parameter. Geneste velden staan achter een punt (`adres.huisnummer`), plaatsen in een lijst
    /// tellen vanaf nul (`handelsnaam.0`), en fouten van het geheel heten `nonFieldErrors`.
    #[oai(validator(min_length = 1))]
    pub name: String,
    /// Code van de fout, bedoeld voor programma's.
    #[oai(validator(min_length = 1))]
    pub code: String,
    /// Uitleg van de fout, bedoeld voor mensen.
    #[oai(validator(min_length = 1))]
    pub reason: String,
}

/// Eén regel van het audittrail: wie heeft wanneer wat gewijzigd.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub struct AuditTrail {
    /// Unieke identificatie van de regel.
    pub uuid: Option<Uuid>,
    /// De component waarin de wijziging plaatsvond.
    pub bron: Inline<Bron>,
    /// Unieke identificatie van de applicatie die de wijziging deed.
    #[oai(validator(max_length = 100))]
    pub applicatie_id: Option<String>,
    /// Naam van die applicatie.
    #[oai(validator(max_length = 200))]
    pub applicatie_weergave: Option<String>,
    /// Identificatie van de gebruiker, zoals de applicatie die opgaf.
    #[oai(validator(max_length = 255))]
    pub gebruikers_id: Option<String>,
    /// Naam van die gebruiker.
    #[oai(validator(max_length = 255))]
    pub gebruikers_weergave: Option<String>,
    /// Wat er gedaan is: `create`, `update`, `partial_update` of `destroy`.
    #[oai(validator(max_length = 50, min_length = 1))]
    pub actie: String,
    /// Hetzelfde als een zin.
    #[oai(validator(max_length = 200))]
    pub actie_weergave: Option<String>,
    /// De HTTP-status waarmee de wijziging beantwoord is.
    #[oai(validator(minimum(value = 100.0), maximum(value = 599.0)))]
    pub resultaat: i32,
    /// Adres van het hoofdobject.
    #[oai(validator(max_length = 1000, min_length = 1))]
    pub hoofd_object: Inline<Uri>,
    /// Soort van het gewijzigde object.
    #[oai(validator(max_length = 50, min_length = 1))]
    pub resource: String,
    /// Adres van het gewijzigde object.
    #[oai(validator(max_length = 1000, min_length = 1))]
    pub resource_url: Inline<Uri>,
    /// Toelichting bij de wijziging, uit de header `X-Audit-Toelichting`.
    pub toelichting: Option<String>,
    /// Het gewijzigde object in een paar woorden.
    #[oai(validator(max_length = 200, min_length = 1))]
    pub resource_weergave: String,
    /// Wanneer de wijziging gedaan is, in UTC.
    #[oai(read_only)]
    pub aanmaakdatum: Option<DateTime<Utc>>,
    /// Het object voor en na de wijziging.
    pub wijzigingen: Wijzigingen,
}

/// Het object zoals het voor en na een wijziging was.
#[derive(Object)]
pub struct Wijzigingen {
    /// Het object voor de wijziging; `null` als het toen is aangemaakt.
    pub oud: Option<Inline<AnyObject>>,
    /// Het object na de wijziging; `null` als het toen is verwijderd.
    pub nieuw: Option<Inline<AnyObject>>,
}

/// One page of a list of `T`.
#[derive(Debug)]
pub struct Page<T>(PhantomData<fn() -> T>);

/// The fields of a page besides its results.
#[derive(Object)]
struct Envelope {
    /// Aantal objecten in de hele lijst.
    count: i32,
    /// Adres van de volgende pagina, als die er is.
    #[oai(nullable)]
    next: Option<Inline<Uri>>,
    /// Adres van de vorige pagina, als die er is.
    #[oai(nullable)]
    previous: Option<Inline<Uri>>,
}

impl<T: Type + 'static> Shape for Page<T> {
    fn schema() -> MetaSchema {
        let mut page = Registry::new().create_fake_schema::<Envelope>();
        let results = MetaSchema {
            description: Some("De objecten op deze pagina."),
            items: Some(Box::new(T::schema_ref())),
            ..MetaSchema::new("array")
        };
        page.description = None;
        page.required.push("results");
        page.properties
            .push(("results", MetaSchemaRef::Inline(Box::new(results))));
        page
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

/// The body of a search by POST: the parameters of a list, as the keys of an object.
pub fn search(parameters: Vec<Parameter>) -> MetaSchema {
    let property = |parameter: Parameter| {
        let schema = match parameter.kind {
            Kind::Text => MetaSchema::new("string"),
            Kind::Uri => MetaSchema::new_with_format("string", "uri"),
            Kind::Choice(choices) => choice(choices),
            Kind::Integer => MetaSchema::new("integer"),
            Kind::DateTime => MetaSchema::new_with_format("string", "date-time"),
        };
        let schema = MetaSchema {
            description: Some(parameter.description),
            ..schema
        };
        (parameter.name, MetaSchemaRef::Inline(Box::new(schema)))
    };
    MetaSchema {
        properties: parameters.into_iter().map(property).collect(),
        ..MetaSchema::new("object")
    }
}
