//! `/klanten/{uuid}/verwijderen`: asks, with what will happen, and removes a klant that is still as it was seen.

use std::sync::Arc;

use openklant_shared::storage::klantcontactmoment;
use poem::Response;

use super::super::actor::actor;
use super::super::confirm::{self, Confirm, VERSION};
use super::super::form::Form;
use super::super::language::{Language, Text};
use super::super::page::Frame;
use super::super::problem::Problem;
use super::super::visit::Visit;
use super::kaart;
use super::naam::naam;
use super::stand::{Stand, seen};
use crate::klanten::service::Klanten;
use crate::zgw::error::Refusal;

/// Most contactmomenten that are counted.
const MOST: i64 = 100;

/// GET asks, POST removes.
pub async fn delete(visit: Arc<Visit>) -> Result<Response, Problem> {
    let uuid = visit.uuid()?;
    let Some(now) = Stand::find(&visit.state.db, uuid).await? else {
        return Err(kaart::gone_klant(&visit, uuid).await?);
    };
    let mut form = Form::empty(&visit);
    if !visit.is_post() {
        return ask(&visit, &form, &now).await;
    }
    if !now.is_as_seen(seen(&form)) {
        return Err(changed());
    }
    let reason = confirm::reason(&mut form);
    if !form.is_right() {
        return ask(&visit, &form, &now).await;
    }
    let klanten = Klanten {
        state: &visit.state,
        base: &visit.base,
    };
    let condition = now.unchanged(&visit.base)?;
    match klanten.delete(&actor(&visit, &reason)?, uuid, &condition).await {
        Ok(()) => {
            let said = Text::new("De klant is verwijderd.", "The klant is deleted.");
            visit.go_and_say("/klanten", said).await
        }
        Err(Refusal::PreconditionFailed) => Err(changed()),
        Err(Refusal::NotFound) => Err(kaart::gone_klant(&visit, uuid).await?),
        Err(other) => Err(other.into()),
    }
}

async fn ask(visit: &Visit, form: &Form, now: &Stand) -> Result<Response, Problem> {
    let uuid = now.klant.uuid;
    let linked = klantcontactmoment::count_of_klant(&visit.state.db, uuid, MOST + 1).await?;
    let number = &now.klant.klantnummer;
    let title = Text::made(
        format!("Klant {number} verwijderen"),
        format!("Delete klant {number}"),
    );
    let naam = naam(&now.klant);
    let heading = match visit.language {
        Language::Nl => format!("{naam} verwijderen?"),
        Language::En => format!("Delete {naam}?"),
    };
    let back = format!("/klanten/{uuid}");
    let version = if form.value(VERSION).is_empty() {
        now.version.to_string()
    } else {
        form.value(VERSION).to_owned()
    };
    let question = Confirm {
        frame: Frame::new(visit, &title)
            .heading(heading)
            .crumb("/klanten", "Klanten")
            .crumb(back.clone(), naam)
            .last_crumb(visit.t("Verwijderen", "Delete")),
        what_happens: vec![
            contacts(linked),
            Text::new(
                "De geschiedenis blijft in het logboek.",
                "The history stays in the log.",
            ),
            Text::new("Afnemers krijgen een melding.", "Subscribers get a notification."),
        ],
        irreversible: Some(Text::new(
            "Verwijderen kan niet ongedaan gemaakt worden.",
            "Deleting cannot be undone.",
        )),
        asks_reason: true,
        yes: Text::new("Klant verwijderen", "Delete klant"),
        no: Text::new("Niet verwijderen", "Do not delete"),
        back,
        is_danger: true,
        hidden: vec![(VERSION, version)],
    };
    question.show(visit, form)
}

/// What becomes of the contactmomenten.
fn contacts(linked: i64) -> Text {
    match linked {
        0 => Text::new(
            "Er zijn geen contactmomenten van deze klant.",
            "There are no contactmomenten of this klant.",
        ),
        1 => Text::new(
            "1 contactmoment: dat blijft bestaan en verwijst dan naar een klant die er niet meer is.",
            "1 contactmoment: it stays, and then refers to a klant that is no longer there.",
        ),
        _ if linked > MOST => Text::new(
            "Meer dan 100 contactmomenten. De contactmomenten blijven bestaan en verwijzen dan naar een klant die er niet meer is.",
            "More than 100 contactmomenten. The contactmomenten stay, and then refer to a klant that is no longer there.",
        ),
        _ => Text::made(
            format!(
                "{linked} contactmomenten. De contactmomenten blijven bestaan en verwijzen dan naar een klant die er niet meer is."
            ),
            format!(
                "{linked} contactmomenten. The contactmomenten stay, and then refer to a klant that is no longer there."
            ),
        ),
    }
}

fn changed() -> Problem {
    Problem::Conflict(Text::new(
        "Deze klant is gewijzigd nadat u de vraag zag. Er is niets verwijderd. Bekijk de klant eerst opnieuw.",
        "This klant was changed after you saw the question. Nothing was deleted. Look at the klant again first.",
    ))
}
