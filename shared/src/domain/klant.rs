//! A klant: a person, an organisation or a branch that turned to the municipality.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A klant as it stands in the register. Texts that nobody gave are empty, never absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Klant {
    /// Its identity in the API.
    pub uuid: Uuid,
    /// RSIN of the organisation that registered it.
    pub bronorganisatie: String,
    /// Unique within the bronorganisatie.
    pub klantnummer: String,
    /// Name of the company the klant speaks for.
    pub bedrijfsnaam: String,
    /// Role in that company.
    pub functie: String,
    /// Address of the klant's website; never fetched.
    pub website_url: String,
    /// First name.
    pub voornaam: String,
    /// Prefix of the surname.
    pub voorvoegsel_achternaam: String,
    /// Surname.
    pub achternaam: String,
    /// Telephone number, any format.
    pub telefoonnummer: String,
    /// E-mail address.
    pub emailadres: String,
    /// Postal address, when one was given.
    pub adres: Option<Adres>,
    /// URL of the subject in another register.
    pub subject: String,
    /// What kind of subject it is; never changes.
    pub subject_type: SubjectTypeField,
    /// Identification of the subject, of the kind that `subject_type` says.
    pub identificatie: Option<Identificatie>,
    /// Where the klant was first registered (AFWIJKING of Open Klant).
    pub aanmaakkanaal: String,
    /// Whether the klant's identity was verified (AFWIJKING of Open Klant).
    pub geverifieerd: bool,
}

impl Klant {
    /// A klant of whom nothing is known yet.
    pub fn new(uuid: Uuid) -> Self {
        Self {
            uuid,
            ..Self::default()
        }
    }
}

/// The kinds of subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectType {
    /// A person.
    NatuurlijkPersoon,
    /// An organisation.
    NietNatuurlijkPersoon,
    /// A branch of an organisation.
    Vestiging,
}

impl SubjectType {
    /// All kinds, in the order of the contract.
    pub const ALL: [Self; 3] = [
        Self::NatuurlijkPersoon,
        Self::NietNatuurlijkPersoon,
        Self::Vestiging,
    ];

    /// The name in the contract.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NatuurlijkPersoon => "natuurlijk_persoon",
            Self::NietNatuurlijkPersoon => "niet_natuurlijk_persoon",
            Self::Vestiging => "vestiging",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// The field `subjectType` as it was given: null and empty are both allowed beside a `subject` and are shown back
/// as they came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SubjectTypeField {
    /// Null.
    #[default]
    Null,
    /// The empty text.
    Blank,
    /// A kind.
    Of(SubjectType),
}

impl SubjectTypeField {
    /// The text of the field; `None` is null.
    pub const fn text(self) -> Option<&'static str> {
        match self {
            Self::Null => None,
            Self::Blank => Some(""),
            Self::Of(kind) => Some(kind.name()),
        }
    }

    /// Reads the text of the field; `None` when it is no kind.
    pub fn from_text(text: Option<&str>) -> Option<Self> {
        match text {
            None => Some(Self::Null),
            Some("") => Some(Self::Blank),
            Some(name) => SubjectType::from_name(name).map(Self::Of),
        }
    }

    /// The kind, if there is one.
    pub const fn kind(self) -> Option<SubjectType> {
        match self {
            Self::Of(kind) => Some(kind),
            Self::Null | Self::Blank => None,
        }
    }
}

/// Postal address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Adres {
    /// Street.
    pub straatnaam: String,
    /// House number, 0 to 99999.
    pub huisnummer: Option<i64>,
    /// House letter.
    pub huisletter: String,
    /// Addition to the house number.
    pub huisnummertoevoeging: String,
    /// Postcode, any format.
    pub postcode: String,
    /// Town.
    pub woonplaatsnaam: String,
    /// Country code of the BRP's table 34.
    pub landcode: String,
}

/// Identification of a subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Identificatie {
    /// Of a person.
    NatuurlijkPersoon(NatuurlijkPersoon),
    /// Of an organisation.
    NietNatuurlijkPersoon(NietNatuurlijkPersoon),
    /// Of a branch.
    Vestiging(Vestiging),
}

/// Identification of a person, in the order of the contract.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NatuurlijkPersoon {
    /// Burgerservicenummer.
    pub inp_bsn: String,
    /// Identification of another natural person.
    pub anp_identificatie: String,
    /// Administratienummer.
    #[serde(rename = "inpANummer")]
    pub inp_a_nummer: String,
    /// Surname at birth.
    pub geslachtsnaam: String,
    /// Its prefix.
    pub voorvoegsel_geslachtsnaam: String,
    /// Initials.
    pub voorletters: String,
    /// First names.
    pub voornamen: String,
    /// `m`, `v`, `o` or empty.
    pub geslachtsaanduiding: String,
    /// Free text: incomplete dates of birth exist.
    pub geboortedatum: String,
    /// Where the person lives.
    pub verblijfsadres: Option<Verblijfsadres>,
    /// Where the person lives abroad.
    pub sub_verblijf_buitenland: Option<SubVerblijfBuitenland>,
}

/// Identification of an organisation, in the order of the contract.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NietNatuurlijkPersoon {
    /// RSIN.
    pub inn_nnp_id: String,
    /// Identification of another organisation.
    pub ann_identificatie: String,
    /// Name in the statutes.
    pub statutaire_naam: String,
    /// One of [`RECHTSVORMEN`] or empty.
    pub inn_rechtsvorm: String,
    /// Visiting address as text.
    pub bezoekadres: String,
    /// Where the organisation is abroad.
    pub sub_verblijf_buitenland: Option<SubVerblijfBuitenland>,
}

/// Identification of a branch, in the order of the contract.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Vestiging {
    /// Number of the branch.
    pub vestigings_nummer: String,
    /// Trade names.
    pub handelsnaam: Vec<String>,
    /// Where it is.
    pub verblijfsadres: Option<Verblijfsadres>,
    /// Where it is abroad.
    pub sub_verblijf_buitenland: Option<SubVerblijfBuitenland>,
}

/// Address after the model of RSGB.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verblijfsadres {
    /// Identification of the addressable object.
    pub aoa_identificatie: String,
    /// Town.
    pub wpl_woonplaats_naam: String,
    /// Street.
    pub gor_openbare_ruimte_naam: String,
    /// Postcode.
    pub aoa_postcode: String,
    /// House number, 0 to 99999.
    pub aoa_huisnummer: Option<i64>,
    /// House letter.
    pub aoa_huisletter: String,
    /// Addition to the house number.
    pub aoa_huisnummertoevoeging: String,
    /// Description of a place without an address.
    pub inp_locatiebeschrijving: String,
}

/// Address abroad.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubVerblijfBuitenland {
    /// Country code.
    pub lnd_landcode: String,
    /// Country name.
    pub lnd_landnaam: String,
    /// First line.
    #[serde(rename = "subAdresBuitenland1")]
    pub sub_adres_buitenland_1: String,
    /// Second line.
    #[serde(rename = "subAdresBuitenland2")]
    pub sub_adres_buitenland_2: String,
    /// Third line.
    #[serde(rename = "subAdresBuitenland3")]
    pub sub_adres_buitenland_3: String,
}

/// Values of `geslachtsaanduiding`.
pub const GESLACHTSAANDUIDINGEN: [&str; 3] = ["m", "v", "o"];

/// Values of `innRechtsvorm`, spelt as the contract spells them.
pub const RECHTSVORMEN: [&str; 19] = [
    "besloten_vennootschap",
    "cooperatie_europees_economische_samenwerking",
    "europese_cooperatieve_venootschap",
    "europese_naamloze_vennootschap",
    "kerkelijke_organisatie",
    "naamloze_vennootschap",
    "onderlinge_waarborg_maatschappij",
    "overig_privaatrechtelijke_rechtspersoon",
    "stichting",
    "vereniging",
    "vereniging_van_eigenaars",
    "publiekrechtelijke_rechtspersoon",
    "vennootschap_onder_firma",
    "maatschap",
    "rederij",
    "commanditaire_vennootschap",
    "kapitaalvennootschap_binnen_eer",
    "overige_buitenlandse_rechtspersoon_vennootschap",
    "kapitaalvennootschap_buiten_eer",
];
