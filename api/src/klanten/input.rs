//! The plain fields of a klant in a request: the first phase of the checks. The identification comes second, in
//! [`super::subject_input`], and only when nothing is wrong here (behaviour of Open Klant 1.0.0, section 3.2).

use openklant_shared::domain::codes;
use openklant_shared::domain::fault::Faults;
use openklant_shared::domain::klant::{Adres, Klant, SubjectType, SubjectTypeField};

use crate::zgw::body::JsonObject;
use crate::zgw::fields::{Demand, Fields, Text, email, rsin, set, weblink};

/// The plain fields that were given. One shape for POST, PUT and PATCH: what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct KlantInput {
    bronorganisatie: Option<String>,
    klantnummer: Option<String>,
    bedrijfsnaam: Option<String>,
    functie: Option<String>,
    website_url: Option<String>,
    voornaam: Option<String>,
    voorvoegsel_achternaam: Option<String>,
    achternaam: Option<String>,
    telefoonnummer: Option<String>,
    emailadres: Option<String>,
    adres: Option<AdresInput>,
    /// URL of the subject, still to be fetched.
    pub subject: Option<String>,
    /// The kind of subject.
    pub subject_type: Option<SubjectTypeField>,
    aanmaakkanaal: Option<String>,
    geverifieerd: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct AdresInput {
    straatnaam: Option<String>,
    huisnummer: Option<Option<i64>>,
    huisletter: Option<String>,
    huisnummertoevoeging: Option<String>,
    postcode: Option<String>,
    woonplaatsnaam: Option<String>,
    landcode: Option<String>,
}

/// Reads the plain fields of `body`, adding what is wrong with them to `faults`.
pub fn read(body: &JsonObject, demand: Demand, faults: &mut Faults) -> KlantInput {
    let mut fields = Fields::of(body, faults);
    fields.demand("bronorganisatie", demand);
    fields.demand("klantnummer", demand);
    let choices = SubjectType::ALL.map(SubjectType::name);
    KlantInput {
        bronorganisatie: fields.text("bronorganisatie", Text::up_to(9).not_blank().that_is(rsin)),
        klantnummer: fields.text("klantnummer", Text::up_to(8).not_blank()),
        bedrijfsnaam: fields.text("bedrijfsnaam", Text::up_to(200)),
        functie: fields.text("functie", Text::up_to(200)),
        website_url: fields.text("websiteUrl", Text::up_to(1000).that_is(weblink)),
        voornaam: fields.text("voornaam", Text::up_to(200)),
        voorvoegsel_achternaam: fields.text("voorvoegselAchternaam", Text::up_to(10)),
        achternaam: fields.text("achternaam", Text::up_to(200)),
        telefoonnummer: fields.text("telefoonnummer", Text::up_to(20)),
        emailadres: fields.text("emailadres", Text::up_to(254).that_is(email)),
        adres: fields
            .optional_object("adres", read_adres)
            .filter(|adres| *adres != AdresInput::default()),
        subject: fields.text("subject", Text::up_to(1000).that_is(weblink)),
        subject_type: fields
            .nullable_choice("subjectType", &choices)
            .and_then(|given| SubjectTypeField::from_text(given.as_deref())),
        aanmaakkanaal: fields.text("aanmaakkanaal", Text::up_to(50)),
        geverifieerd: fields.boolean("geverifieerd"),
    }
}

fn read_adres(fields: &mut Fields<'_>) -> AdresInput {
    AdresInput {
        straatnaam: fields.text("straatnaam", Text::up_to(100)),
        huisnummer: fields.nullable_integer("huisnummer", 0, 99_999),
        huisletter: fields.text("huisletter", Text::up_to(1)),
        huisnummertoevoeging: fields.text("huisnummertoevoeging", Text::up_to(4)),
        postcode: fields.text("postcode", Text::up_to(7)),
        woonplaatsnaam: fields.text("woonplaatsnaam", Text::up_to(80)),
        landcode: fields.text("landcode", Text::up_to(4)),
    }
}

impl KlantInput {
    /// On create the kind of subject must be told, but beside a subject nothing counts as null (defect 7 of 1.0.0).
    pub fn demand_subject_type(&mut self, body: &JsonObject, faults: &mut Faults) {
        let has_subject = self.subject.as_deref().is_some_and(|url| !url.is_empty());
        if self.subject_type.is_none() && !Fields::of(body, faults).has("subjectType") {
            if has_subject {
                self.subject_type = Some(SubjectTypeField::Null);
            } else {
                faults.add("subjectType", codes::REQUIRED);
            }
        }
    }

    /// The kind of subject never changes: a fault when another one is given.
    pub fn keep_subject_type(&self, stored: SubjectTypeField, faults: &mut Faults) {
        if self.subject_type.is_some_and(|given| given != stored) {
            faults.add("subjectType", codes::IMMUTABLE);
        }
    }

    /// Puts what was given over what is there.
    pub fn apply_to(self, klant: &mut Klant) {
        set(&mut klant.bronorganisatie, self.bronorganisatie);
        set(&mut klant.klantnummer, self.klantnummer);
        set(&mut klant.bedrijfsnaam, self.bedrijfsnaam);
        set(&mut klant.functie, self.functie);
        set(&mut klant.website_url, self.website_url);
        set(&mut klant.voornaam, self.voornaam);
        set(&mut klant.voorvoegsel_achternaam, self.voorvoegsel_achternaam);
        set(&mut klant.achternaam, self.achternaam);
        set(&mut klant.telefoonnummer, self.telefoonnummer);
        set(&mut klant.emailadres, self.emailadres);
        if let Some(given) = self.adres {
            let adres = klant.adres.get_or_insert_with(Adres::default);
            set(&mut adres.straatnaam, given.straatnaam);
            set(&mut adres.huisnummer, given.huisnummer);
            set(&mut adres.huisletter, given.huisletter);
            set(&mut adres.huisnummertoevoeging, given.huisnummertoevoeging);
            set(&mut adres.postcode, given.postcode);
            set(&mut adres.woonplaatsnaam, given.woonplaatsnaam);
            set(&mut adres.landcode, given.landcode);
        }
        set(&mut klant.subject, self.subject);
        set(&mut klant.subject_type, self.subject_type);
        set(&mut klant.aanmaakkanaal, self.aanmaakkanaal);
        set(&mut klant.geverifieerd, self.geverifieerd);
    }
}
