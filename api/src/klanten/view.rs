//! A klant as the API shows it: the keys and their order are the contract's.

use openklant_shared::domain::klant::{Adres, Identificatie, Klant};
use serde::{Serialize, Serializer};

use super::COLLECTION;
use crate::zgw::links::Base;

/// A klant under the address of this request.
pub struct KlantView<'a> {
    klant: &'a Klant,
    base: &'a Base,
}

impl<'a> KlantView<'a> {
    /// `klant` as `base` shows it.
    pub fn new(klant: &'a Klant, base: &'a Base) -> Self {
        Self { klant, base }
    }

    /// The URL of the klant.
    pub fn url(&self) -> String {
        self.base.object(COLLECTION, self.klant.uuid)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    url: String,
    bronorganisatie: &'a str,
    klantnummer: &'a str,
    bedrijfsnaam: &'a str,
    functie: &'a str,
    website_url: &'a str,
    voornaam: &'a str,
    voorvoegsel_achternaam: &'a str,
    achternaam: &'a str,
    telefoonnummer: &'a str,
    emailadres: &'a str,
    adres: Option<&'a Adres>,
    subject: &'a str,
    subject_type: Option<&'static str>,
    aanmaakkanaal: &'a str,
    geverifieerd: bool,
    /// Absent without a kind of subject, null without an identification.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject_identificatie: Option<Option<&'a Identificatie>>,
}

impl Serialize for KlantView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let klant = self.klant;
        Shown {
            url: self.url(),
            bronorganisatie: &klant.bronorganisatie,
            klantnummer: &klant.klantnummer,
            bedrijfsnaam: &klant.bedrijfsnaam,
            functie: &klant.functie,
            website_url: &klant.website_url,
            voornaam: &klant.voornaam,
            voorvoegsel_achternaam: &klant.voorvoegsel_achternaam,
            achternaam: &klant.achternaam,
            telefoonnummer: &klant.telefoonnummer,
            emailadres: &klant.emailadres,
            adres: klant.adres.as_ref(),
            subject: &klant.subject,
            subject_type: klant.subject_type.text(),
            aanmaakkanaal: &klant.aanmaakkanaal,
            geverifieerd: klant.geverifieerd,
            subject_identificatie: klant.subject_type.kind().map(|_| klant.identificatie.as_ref()),
        }
        .serialize(serializer)
    }
}

/// The klant in a few words, for the audit trail.
pub fn weergave(klant: &Klant) -> String {
    format!("{} - {}", klant.bronorganisatie, klant.klantnummer)
}
