//! Recording a contactmoment, also with a klant or as what follows on another. The klant is coupled in the transaction that
//! makes it: it is recorded with its klant, or not at all.

use std::sync::Arc;

use openklant_shared::domain::applicatie::Component;
use openklant_shared::domain::contactmoment::KlantLink;
use openklant_shared::storage::contactmoment::{self, Stored};
use openklant_shared::storage::contactmoment_browse;
use openklant_shared::storage::klant_browse::{self, Browsed};
use poem::Response;
use serde_json::json;
use uuid::Uuid;

use super::super::actor::actor;
use super::super::form::{Fields, Form};
use super::super::klanten::kaart::gone;
use super::super::klanten::naam::naam;
use super::super::language::Text;
use super::super::page::Frame;
use super::super::problem::Problem;
use super::super::visit::Visit;
use super::formulier::{Around, contactmomenten, show, tell, toelichting};
use super::velden::{ACHTERNAAM, IDENTIFICATIE, MOMENT, body_of, changed, typed_moment};
use super::woorden::heading;
use super::{NEW, TITLE};
use crate::contactmomenten::contactmoment::COLLECTION;
use crate::contactmomenten::klantcontactmoment::KLANTEN;
use crate::zgw::body::JsonObject;
use crate::zgw::error::Refusal;

/// Names of the fields that go along.
const KLANT: &str = "klant";
const VORIG: &str = "vorig";
const ROL: &str = "rol";

/// Longest identification of an employee.
const LONGEST_IDENTIFICATIE: usize = 24;

/// What it is about.
struct Context {
    klant: Option<Browsed>,
    vorig: Option<Stored>,
}

/// GET: the form. POST: makes it.
pub async fn make(visit: Arc<Visit>) -> Result<Response, Problem> {
    let is_typed = visit.typed().is_some();
    let typed = Form::empty(&visit);
    let asked = |name: &str| {
        let text = if is_typed {
            typed.value(name)
        } else {
            visit.asked(name)
        };
        match text {
            "" => Ok(None),
            text => Uuid::try_parse(text).map(Some).map_err(|_| Problem::NotFound),
        }
    };
    let (klant, vorig) = (asked(KLANT)?, asked(VORIG)?);
    let context = read(&visit, klant, vorig, is_typed).await?;
    let mut form = Form::of(&visit, || prefilled(&visit, &context));
    let around = around(&visit, &context);
    if !visit.is_post() {
        return show(&visit, &around, &form);
    }
    if klant.is_some() && context.klant.is_none() {
        form.refuse(
            KLANT,
            Text::new(
                "Deze klant is intussen verwijderd. Sla opnieuw op om het contactmoment zonder klant vast te leggen",
                "This klant was deleted meanwhile. Save again to record the contactmoment without a klant",
            ),
        );
    }
    if vorig.is_some() && context.vorig.is_none() {
        form.refuse(
            "vorigContactmoment",
            Text::new(
                "Het vorige contactmoment is intussen verwijderd. Sla opnieuw op om dit zonder vorig contactmoment vast te leggen",
                "The previous contactmoment was deleted meanwhile. Save again to record this without a previous one",
            ),
        );
    }
    let why = toelichting(&mut form);
    let given = changed(&form, &Fields::new());
    let mut body = body_of(&mut form, &given);
    if !form.is_right() {
        return show(&visit, &around, &form);
    }
    if let Some(vorig) = vorig {
        let url = visit.base.object(COLLECTION, vorig);
        body.insert("vorigContactmoment".to_owned(), url.into());
    }
    let relation = klant.map(|klant| {
        let mut relation = JsonObject::new();
        relation.insert(KLANT.to_owned(), visit.base.object(KLANTEN, klant).into());
        relation.insert(ROL.to_owned(), json!(form.value(ROL)));
        relation
    });
    let made = contactmomenten(&visit)
        .create_with(&actor(&visit, &why)?, &body, relation)
        .await;
    match made {
        Ok((_, url)) => {
            let uuid = url.rsplit('/').next().unwrap_or_default();
            let said = Text::new(
                "Het contactmoment is vastgelegd.",
                "The contactmoment is recorded.",
            );
            visit.go_and_say(&format!("/contactmomenten/{uuid}"), said).await
        }
        Err(Refusal::Invalid(faults)) => {
            tell(&mut form, &faults);
            show(&visit, &around, &form)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// The klant and the contactmoment that it is about. Something that was asked for must be there; something that was typed
/// about may have gone meanwhile.
async fn read(
    visit: &Visit,
    klant: Option<Uuid>,
    vorig: Option<Uuid>,
    is_typed: bool,
) -> Result<Context, Problem> {
    let mut tx = visit.state.db.snapshot().await?;
    let found_vorig = match vorig {
        Some(uuid) => contactmoment::find_in(&mut tx, uuid).await?,
        None => None,
    };
    if vorig.is_some() && found_vorig.is_none() && !is_typed {
        return Err(Problem::NotFound);
    }
    let mut found_klant = match klant {
        Some(uuid) => klant_browse::find(&mut tx, uuid).await?,
        None => None,
    };
    if let (Some(uuid), None, false) = (klant, &found_klant, is_typed) {
        let what = Text::new("Deze klant is verwijderd", "This klant was deleted");
        return Err(gone(visit, &mut tx, Component::Kc, uuid, &what).await?);
    }
    // What follows on a contact is mostly with the same klant.
    if let (Some(vorig), None, false) = (&found_vorig, klant, is_typed) {
        let last = contactmoment_browse::participants(&mut tx, &[vorig.id], 1).await?;
        if let Some(KlantLink::Own(uuid)) = last.into_iter().next().map(|found| found.link) {
            found_klant = klant_browse::find(&mut tx, uuid).await?;
        }
    }
    tx.rollback().await?;
    Ok(Context {
        klant: found_klant,
        vorig: found_vorig,
    })
}

/// What is known already.
fn prefilled(visit: &Visit, context: &Context) -> Fields {
    let bron = match (&context.vorig, &context.klant) {
        (Some(vorig), _) => vorig.contactmoment.bronorganisatie.as_str(),
        (None, Some(klant)) => klant.klant.bronorganisatie.as_str(),
        (None, None) => "",
    };
    let mut fields = vec![
        (MOMENT, typed_moment(visit.now)),
        ("bronorganisatie", bron.to_owned()),
        (ROL, "gesprekspartner".to_owned()),
    ];
    if let Some(vorig) = &context.vorig {
        fields.push(("kanaal", vorig.contactmoment.kanaal.clone()));
    }
    if let Some(person) = &visit.person {
        let session = &person.session;
        if session.login.chars().count() <= LONGEST_IDENTIFICATIE {
            fields.push((IDENTIFICATIE, session.login.clone()));
        }
        fields.push((ACHTERNAAM, session.name.clone()));
    }
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn around(visit: &Visit, context: &Context) -> Around {
    let mut frame = Frame::new(visit, &NEW).crumb("/contactmomenten", TITLE.in_language(visit.language));
    let mut back = "/contactmomenten".to_owned();
    let vorig = context
        .vorig
        .as_ref()
        .map(|vorig| (heading(&vorig.contactmoment), vorig.contactmoment.uuid));
    let klant = context
        .klant
        .as_ref()
        .map(|klant| (naam(&klant.klant), klant.klant.uuid));
    if let Some((heading, uuid)) = &vorig {
        back = format!("/contactmomenten/{uuid}");
        frame = frame.crumb(back.clone(), heading.in_language(visit.language));
    } else if let Some((_, uuid)) = &klant {
        back = format!("/klanten/{uuid}");
    }
    Around {
        frame,
        klant,
        vorig,
        version: String::new(),
        meanwhile: None,
        back,
    }
}
