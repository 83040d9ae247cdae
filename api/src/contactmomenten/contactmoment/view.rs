//! A contactmoment as the API shows it: the keys and their order are the contract's.

use openklant_shared::domain::contactmoment::{Contactmoment, MedewerkerIdentificatie};
use openklant_shared::domain::contactmoment::{Klantcontactmoment, Objectcontactmoment};
use openklant_shared::domain::moment::format_moment;
use openklant_shared::storage::contactmoment::Stored;
use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::COLLECTION;
use super::expand::Expand;
use crate::contactmomenten::klantcontactmoment::view::KlantcontactmomentView;
use crate::contactmomenten::objectcontactmoment::view::ObjectcontactmomentView;
use crate::zgw::links::Base;

/// The relations of a contactmoment, newest first.
#[derive(Clone, Debug, Default)]
pub struct Relations {
    /// To klanten.
    pub klanten: Vec<Klantcontactmoment>,
    /// To objects.
    pub objecten: Vec<Objectcontactmoment>,
}

/// A contactmoment under the address of this request.
pub struct ContactmomentView<'a> {
    /// The contactmoment.
    pub stored: &'a Stored,
    /// Its relations.
    pub relations: &'a Relations,
    /// Our address.
    pub base: &'a Base,
    /// Which relations are shown in full.
    pub expand: Expand,
}

/// The URL of a contactmoment.
pub fn url(base: &Base, uuid: Uuid) -> String {
    base.object(COLLECTION, uuid)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    url: String,
    vorig_contactmoment: Option<String>,
    volgend_contactmoment: Option<String>,
    bronorganisatie: &'a str,
    registratiedatum: String,
    kanaal: &'a str,
    voorkeurskanaal: &'a str,
    voorkeurstaal: &'a str,
    tekst: &'a str,
    onderwerp_links: &'a [String],
    initiatiefnemer: &'a str,
    medewerker: &'a str,
    medewerker_identificatie: Option<&'a MedewerkerIdentificatie>,
    klantcontactmomenten: Vec<Related<KlantcontactmomentView<'a>>>,
    objectcontactmomenten: Vec<Related<ObjectcontactmomentView<'a>>>,
}

/// A relation by its URL or in full.
#[derive(Serialize)]
#[serde(untagged)]
enum Related<T> {
    Url(String),
    Full(T),
}

impl Serialize for ContactmomentView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let contactmoment = &self.stored.contactmoment;
        let klanten = self.relations.klanten.iter().map(|relation| {
            let view = KlantcontactmomentView::new(relation, self.base);
            if self.expand.klantcontactmomenten {
                Related::Full(view)
            } else {
                Related::Url(view.url())
            }
        });
        let objecten = self.relations.objecten.iter().map(|relation| {
            let view = ObjectcontactmomentView::new(relation, self.base);
            if self.expand.objectcontactmomenten {
                Related::Full(view)
            } else {
                Related::Url(view.url())
            }
        });
        Shown {
            url: url(self.base, contactmoment.uuid),
            vorig_contactmoment: contactmoment.vorig.map(|uuid| url(self.base, uuid)),
            volgend_contactmoment: self.stored.volgend.map(|uuid| url(self.base, uuid)),
            bronorganisatie: &contactmoment.bronorganisatie,
            registratiedatum: format_moment(contactmoment.registratiedatum),
            kanaal: &contactmoment.kanaal,
            voorkeurskanaal: &contactmoment.voorkeurskanaal,
            voorkeurstaal: &contactmoment.voorkeurstaal,
            tekst: &contactmoment.tekst,
            onderwerp_links: &contactmoment.onderwerp_links,
            initiatiefnemer: &contactmoment.initiatiefnemer,
            medewerker: &contactmoment.medewerker,
            medewerker_identificatie: contactmoment.medewerker_identificatie.as_ref(),
            klantcontactmomenten: klanten.collect(),
            objectcontactmomenten: objecten.collect(),
        }
        .serialize(serializer)
    }
}

/// The contactmoment in a few words, for the audit trail.
pub fn weergave(contactmoment: &Contactmoment) -> String {
    let medewerker = contactmoment
        .medewerker
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let moment = contactmoment.registratiedatum;
    let format = if moment.timestamp_subsec_micros() == 0 {
        "%Y-%m-%d %H:%M:%S+00:00"
    } else {
        "%Y-%m-%d %H:%M:%S%.6f+00:00"
    };
    format!(
        "{} {medewerker} at {} via {}",
        contactmoment.bronorganisatie,
        moment.format(format),
        contactmoment.kanaal
    )
}
