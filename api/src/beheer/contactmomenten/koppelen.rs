//! Coupling a klant to a contactmoment: searched for and picked on pages of its own, and taken off again. What was typed
//! stays in the session, as on the search page.

use std::sync::Arc;

use askama::Template;
use openklant_shared::domain::contactmoment::Contactmoment;
use openklant_shared::storage::contactmoment_browse::{self, Participant};
use poem::Response;
use serde_json::json;
use uuid::Uuid;

use super::super::confirm::Confirm;
use super::super::filters;
use super::super::form::Form;
use super::super::klanten::gevonden::Hit;
use super::super::klanten::zoeken;
use super::super::language::{Language, Text};
use super::super::page::Frame;
use super::super::problem::Problem;
use super::super::visit::Visit;
use super::formulier::{klantcontactmomenten, rollen, tell};
use super::kaart::{RELATED, find, frame_below};
use super::lijst::Klant;
use super::{COUPLE, UNCOUPLE};
use crate::contactmomenten::contactmoment::COLLECTION;
use crate::contactmomenten::klantcontactmoment::KLANTEN;
use crate::zgw::body::JsonObject;
use crate::zgw::error::Refusal;
use crate::zgw::etag::IfMatch;

/// Name of the field with the uuid of the klant who was picked.
const KLANT: &str = "klant";

async fn contact(visit: &Visit) -> Result<Contactmoment, Problem> {
    let mut tx = visit.state.db.snapshot().await?;
    let stored = find(visit, &mut tx, visit.uuid()?).await?;
    tx.rollback().await?;
    Ok(stored.contactmoment)
}

#[derive(Template)]
#[template(path = "beheer/contactmomenten/koppelen.html")]
struct View<'a> {
    frame: Frame,
    form: &'a Form,
    /// Where the search goes.
    search: String,
    /// What is searched for; empty: nothing yet.
    typed: String,
    wrong: Option<Text>,
    hits: Vec<Hit>,
    more: bool,
    rollen: Vec<(&'static str, String)>,
    back: String,
}

/// GET: the box. POST: keeps what was typed, and on to what is found.
pub async fn search(visit: Arc<Visit>) -> Result<Response, Problem> {
    let contact = contact(&visit).await?;
    let path = format!("/contactmomenten/{}", contact.uuid);
    let form = Form::empty(&visit);
    if visit.is_post() {
        let id = zoeken::keep(&visit, form.value("zoek")).await?;
        return Ok(visit.go(&format!("{path}/koppelen/{id}")));
    }
    visit.show(&View {
        frame: frame_below(&visit, &contact, &COUPLE).narrow(),
        form: &form,
        search: format!("{path}/koppelen"),
        typed: form.value("zoek").to_owned(),
        wrong: None,
        hits: Vec::new(),
        more: false,
        rollen: rollen(),
        back: path,
    })
}

/// GET: the klanten that were found. POST: couples the one that was picked.
pub async fn pick(visit: Arc<Visit>) -> Result<Response, Problem> {
    let contact = contact(&visit).await?;
    let path = format!("/contactmomenten/{}", contact.uuid);
    let mut form = Form::of(&visit, || vec![("rol".to_owned(), "gesprekspartner".to_owned())]);
    if visit.is_post() {
        if form.value(KLANT).is_empty() {
            form.refuse(KLANT, Text::new("Kies een klant", "Choose a klant"));
        } else {
            let klant = Uuid::try_parse(form.value(KLANT)).map_err(|_| Problem::NotFound)?;
            match couple(&visit, contact.uuid, klant, form.value("rol")).await {
                Ok(()) => {
                    let said = Text::new("De klant is gekoppeld.", "The klant is coupled.");
                    return visit.go_and_say(&path, said).await;
                }
                Err(Refusal::Invalid(faults)) => tell(&mut form, &faults),
                Err(refusal) => return Err(refusal.into()),
            }
        }
    }
    let kept = zoeken::kept(&visit, visit.parameter("zoek")).await?;
    let (typed, found) = match kept {
        Some(typed) => {
            let found = zoeken::klanten_for(&visit, &typed).await?;
            (typed, found)
        }
        None => (String::new(), zoeken::expired()),
    };
    let view = View {
        frame: frame_below(&visit, &contact, &COUPLE).narrow().about(&form),
        form: &form,
        search: format!("{path}/koppelen"),
        typed,
        wrong: found.wrong,
        hits: found.hits,
        more: found.more,
        rollen: rollen(),
        back: path,
    };
    visit.show_form(&form, &view)
}

async fn couple(visit: &Visit, contact: Uuid, klant: Uuid, rol: &str) -> Result<(), Refusal> {
    let mut body = JsonObject::new();
    body.insert(
        "contactmoment".to_owned(),
        visit.base.object(COLLECTION, contact).into(),
    );
    body.insert(KLANT.to_owned(), visit.base.object(KLANTEN, klant).into());
    body.insert("rol".to_owned(), json!(rol));
    klantcontactmomenten(visit).create(&body).await?;
    Ok(())
}

/// GET: asks. POST: takes a klant off.
pub async fn uncouple(visit: Arc<Visit>) -> Result<Response, Problem> {
    let uuid = visit.uuid()?;
    let relation = Uuid::try_parse(visit.parameter("relatie")).map_err(|_| Problem::NotFound)?;
    let mut tx = visit.state.db.snapshot().await?;
    let stored = find(&visit, &mut tx, uuid).await?;
    let found = contactmoment_browse::participants(&mut tx, &[stored.id], RELATED)
        .await?
        .into_iter()
        .find(|found| found.relation == relation)
        .ok_or(Problem::NotFound)?;
    tx.rollback().await?;
    let path = format!("/contactmomenten/{uuid}");
    if visit.is_post() {
        klantcontactmomenten(&visit)
            .delete(relation, &IfMatch::default())
            .await?;
        let said = Text::new("De koppeling is verwijderd.", "The coupling is removed.");
        return visit.go_and_say(&path, said).await;
    }
    question(&visit, &stored.contactmoment, &found, path).show(&visit, &Form::empty(&visit))
}

fn question(visit: &Visit, contact: &Contactmoment, found: &Participant, back: String) -> Confirm {
    let klant = Klant::of(found);
    let heading = Text::made(
        format!("{} loskoppelen?", klant.naam.in_language(Language::Nl)),
        format!("Uncouple {}?", klant.naam.in_language(Language::En)),
    );
    Confirm {
        frame: frame_below(visit, contact, &UNCOUPLE).heading(heading.in_language(visit.language)),
        what_happens: vec![
            Text::new(
                "Het contactmoment staat niet meer op de tijdlijn van deze klant.",
                "The contactmoment is no longer on the timeline of this klant.",
            ),
            Text::new(
                "De klant en het contactmoment blijven bestaan.",
                "The klant and the contactmoment stay.",
            ),
            Text::new(
                "Afnemers krijgen geen melding: dat is zo voor alle koppelingen.",
                "Subscribers get no notification: that is so for all couplings.",
            ),
        ],
        irreversible: None,
        asks_reason: false,
        yes: Text::new("Koppeling verwijderen", "Remove the coupling"),
        no: Text::new("Niet verwijderen", "Do not remove"),
        back,
        is_danger: true,
        hidden: Vec::new(),
    }
}
