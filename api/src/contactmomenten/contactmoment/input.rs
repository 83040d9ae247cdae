//! The fields of a contactmoment in a request (behaviour of Open Klant 1.0.0, section 4.1).

use chrono::{DateTime, Utc};
use openklant_shared::domain::contactmoment::{Contactmoment, INITIATIEFNEMERS, MedewerkerIdentificatie};
use openklant_shared::domain::fault::Faults;
use uuid::Uuid;

use super::COLLECTION;
use crate::zgw::body::JsonObject;
use crate::zgw::fields::{Demand, Fields, Text, rsin, set, weblink};
use crate::zgw::links::OwnLinks;

/// The fields that were given. One shape for POST, PUT and PATCH: what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct ContactmomentInput {
    /// The contactmoment it follows on; the inner `None` is "on none".
    pub vorig: Option<Option<Uuid>>,
    bronorganisatie: Option<String>,
    registratiedatum: Option<DateTime<Utc>>,
    kanaal: Option<String>,
    voorkeurskanaal: Option<String>,
    voorkeurstaal: Option<String>,
    tekst: Option<String>,
    onderwerp_links: Option<Vec<String>>,
    initiatiefnemer: Option<String>,
    medewerker: Option<String>,
    medewerker_identificatie: Option<MedewerkerInput>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct MedewerkerInput {
    identificatie: Option<String>,
    achternaam: Option<String>,
    voorletters: Option<String>,
    voorvoegsel_achternaam: Option<String>,
}

/// Reads the fields of `body`, adding what is wrong with them to `faults`.
pub fn read(
    body: &JsonObject,
    demand: Demand,
    links: OwnLinks<'_>,
    faults: &mut Faults,
) -> ContactmomentInput {
    let mut fields = Fields::of(body, faults);
    fields.demand("bronorganisatie", demand);
    ContactmomentInput {
        vorig: fields.link("vorigContactmoment", links, COLLECTION),
        bronorganisatie: fields.text("bronorganisatie", Text::up_to(9).not_blank().that_is(rsin)),
        registratiedatum: fields.moment("registratiedatum"),
        kanaal: fields.text("kanaal", Text::up_to(50)),
        voorkeurskanaal: fields.text("voorkeurskanaal", Text::up_to(50)),
        voorkeurstaal: fields.text("voorkeurstaal", Text::up_to(3)),
        tekst: fields.text("tekst", Text::of_any_length()),
        onderwerp_links: fields.texts("onderwerpLinks", Text::up_to(1000).not_blank().that_is(weblink)),
        initiatiefnemer: fields.choice("initiatiefnemer", &INITIATIEFNEMERS),
        medewerker: fields.text("medewerker", Text::up_to(1000).that_is(weblink)),
        medewerker_identificatie: fields
            .optional_object("medewerkerIdentificatie", read_medewerker)
            .filter(|medewerker| *medewerker != MedewerkerInput::default()),
    }
}

fn read_medewerker(fields: &mut Fields<'_>) -> MedewerkerInput {
    MedewerkerInput {
        identificatie: fields.text("identificatie", Text::up_to(24)),
        achternaam: fields.text("achternaam", Text::up_to(200)),
        voorletters: fields.text("voorletters", Text::up_to(20)),
        voorvoegsel_achternaam: fields.text("voorvoegselAchternaam", Text::up_to(10)),
    }
}

impl ContactmomentInput {
    /// Puts what was given over what is there.
    pub fn apply_to(self, contactmoment: &mut Contactmoment) {
        set(&mut contactmoment.vorig, self.vorig);
        set(&mut contactmoment.bronorganisatie, self.bronorganisatie);
        set(&mut contactmoment.registratiedatum, self.registratiedatum);
        set(&mut contactmoment.kanaal, self.kanaal);
        set(&mut contactmoment.voorkeurskanaal, self.voorkeurskanaal);
        set(&mut contactmoment.voorkeurstaal, self.voorkeurstaal);
        set(&mut contactmoment.tekst, self.tekst);
        set(&mut contactmoment.onderwerp_links, self.onderwerp_links);
        set(&mut contactmoment.initiatiefnemer, self.initiatiefnemer);
        set(&mut contactmoment.medewerker, self.medewerker);
        if let Some(given) = self.medewerker_identificatie {
            let stored = contactmoment
                .medewerker_identificatie
                .get_or_insert_with(MedewerkerIdentificatie::default);
            set(&mut stored.identificatie, given.identificatie);
            set(&mut stored.achternaam, given.achternaam);
            set(&mut stored.voorletters, given.voorletters);
            set(&mut stored.voorvoegsel_achternaam, given.voorvoegsel_achternaam);
        }
    }
}
