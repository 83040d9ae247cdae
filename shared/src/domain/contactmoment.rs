//! A contactmoment and its relations to klanten and zaken.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

/// A contactmoment as it stands in the register: a call, a mail, a visit. Texts that nobody gave are empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contactmoment {
    /// Its identity in the API.
    pub uuid: Uuid,
    /// The contactmoment it follows on; at most one follows on each.
    pub vorig: Option<Uuid>,
    /// RSIN of the organisation that registered it.
    pub bronorganisatie: String,
    /// When the contact was.
    pub registratiedatum: DateTime<Utc>,
    /// Over which kanaal it came.
    pub kanaal: String,
    /// Over which kanaal the klant would rather have an answer.
    pub voorkeurskanaal: String,
    /// In which language.
    pub voorkeurstaal: String,
    /// What was said.
    pub tekst: String,
    /// Pages about the subject.
    pub onderwerp_links: Vec<String>,
    /// Who began: one of [`INITIATIEFNEMERS`] or empty.
    pub initiatiefnemer: String,
    /// URL of the employee; never fetched.
    pub medewerker: String,
    /// The employee, when they have no URL.
    pub medewerker_identificatie: Option<MedewerkerIdentificatie>,
}

/// An employee, in the order of the contract.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MedewerkerIdentificatie {
    /// Their identification within the organisation.
    pub identificatie: String,
    /// Surname.
    pub achternaam: String,
    /// Initials.
    pub voorletters: String,
    /// Prefix of the surname.
    pub voorvoegsel_achternaam: String,
}

/// Values of `initiatiefnemer`.
pub const INITIATIEFNEMERS: [&str; 2] = ["gemeente", "klant"];

/// A klant in a contactmoment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Klantcontactmoment {
    /// Its identity in the API.
    pub uuid: Uuid,
    /// The contactmoment.
    pub contactmoment: Uuid,
    /// The klant.
    pub klant: KlantLink,
    /// In which role: one of [`ROLLEN`].
    pub rol: String,
    /// Whether the klant has read it (AFWIJKING of Open Klant).
    pub gelezen: bool,
}

/// A klant of this installation, or one from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum KlantLink {
    /// Ours, by its uuid: shown under whatever address the client knows us by.
    Own(Uuid),
    /// Another's, by its URL.
    Other(String),
}

/// Values of `rol`.
pub const ROLLEN: [&str; 2] = ["belanghebbende", "gesprekspartner"];

/// A zaak that a contactmoment is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objectcontactmoment {
    /// Its identity in the API.
    pub uuid: Uuid,
    /// The contactmoment.
    pub contactmoment: Uuid,
    /// URL of the object.
    pub object: String,
    /// What kind of object: one of [`OBJECT_TYPES`].
    pub object_type: String,
}

/// Values of `objectType`.
pub const OBJECT_TYPES: [&str; 1] = ["zaak"];

impl Contactmoment {
    /// A contactmoment of now, of which nothing else is known yet.
    pub fn new(uuid: Uuid, now: DateTime<Utc>) -> Self {
        Self {
            uuid,
            vorig: None,
            bronorganisatie: String::new(),
            registratiedatum: now,
            kanaal: String::new(),
            voorkeurskanaal: String::new(),
            voorkeurstaal: String::new(),
            tekst: String::new(),
            onderwerp_links: Vec::new(),
            initiatiefnemer: String::new(),
            medewerker: String::new(),
            medewerker_identificatie: None,
        }
    }
}
