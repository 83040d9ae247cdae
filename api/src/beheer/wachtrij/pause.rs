//! Pausing and resuming delivery, for every worker.

use std::sync::Arc;

use openklant_shared::steering;
use openklant_shared::storage::delivery_endpoint;
use poem::Response;

use super::TITLE;
use crate::beheer::confirm::{self, Confirm};
use crate::beheer::form::Form;
use crate::beheer::language::Text;
use crate::beheer::page::Frame;
use crate::beheer::problem::Problem;
use crate::beheer::visit::Visit;

/// `/wachtrij/pauzeren`.
pub async fn pause(visit: Arc<Visit>) -> Result<Response, Problem> {
    let db = &visit.state.db;
    let mut form = Form::empty(&visit);
    if visit.is_post() {
        let reason = confirm::reason(&mut form);
        if form.is_right() {
            let session = &visit.person()?.session;
            if !steering::pause(db, &session.name, Some(&reason), visit.now).await? {
                return Err(already_paused());
            }
            tracing::info!(account = %session.account, command = "outbox pause", "beheer: the queue was steered");
            let said = Text::new("De verzending is gepauzeerd.", "Sending is paused.");
            return visit.go_and_say("/wachtrij", said).await;
        }
    } else if delivery_endpoint::find(db).await?.paused_at.is_some() {
        return Err(already_paused());
    }
    let title = Text::new("Verzending pauzeren?", "Pause sending?");
    Confirm {
        frame: Frame::new(&visit, &title).crumb("/wachtrij", TITLE.in_language(visit.language)),
        what_happens: vec![
            Text::new(
                "Geen enkele werker neemt nog berichten. Wat nu verzonden wordt, wordt afgemaakt.",
                "No worker takes messages any more. What is being sent now is finished.",
            ),
            Text::new(
                "Nieuwe wijzigingen blijven berichten maken; die wachten en gaan niet verloren.",
                "New changes still make messages; they wait and are not lost.",
            ),
            Text::new(
                "Afnemers horen van wijzigingen pas na hervatten.",
                "Subscribers hear of changes only after resuming.",
            ),
            Text::new(
                "Uw naam en reden staan zolang op de pagina Wachtrij.",
                "Your name and reason are shown on the page Queue meanwhile.",
            ),
        ],
        irreversible: None,
        asks_reason: true,
        yes: Text::new("Verzending pauzeren", "Pause sending"),
        no: Text::new("Niet pauzeren", "Do not pause"),
        back: "/wachtrij".to_owned(),
        is_danger: true,
        hidden: Vec::new(),
    }
    .show(&visit, &form)
}

fn already_paused() -> Problem {
    Problem::Conflict(Text::new(
        "De verzending is al gepauzeerd. Er is niets gedaan.",
        "Sending is paused already. Nothing was done.",
    ))
}

/// `/wachtrij/hervatten`.
pub async fn resume(visit: Arc<Visit>) -> Result<Response, Problem> {
    let db = &visit.state.db;
    if visit.is_post() {
        let session = &visit.person()?.session;
        if !steering::resume(db, &session.name, None, visit.now).await? {
            return Err(not_paused());
        }
        tracing::info!(account = %session.account, command = "outbox resume", "beheer: the queue was steered");
        let said = Text::new("De verzending gaat door.", "Sending goes on.");
        return visit.go_and_say("/wachtrij", said).await;
    }
    if delivery_endpoint::find(db).await?.paused_at.is_none() {
        return Err(not_paused());
    }
    let title = Text::new("Verzending hervatten?", "Resume sending?");
    Confirm {
        frame: Frame::new(&visit, &title).crumb("/wachtrij", TITLE.in_language(visit.language)),
        what_happens: vec![Text::new(
            "De werkers nemen weer berichten: alles wat wacht, op volgorde per object.",
            "The workers take messages again: everything that waits, in the order of each object.",
        )],
        irreversible: None,
        asks_reason: false,
        yes: Text::new("Verzending hervatten", "Resume sending"),
        no: Text::new("Niet hervatten", "Do not resume"),
        back: "/wachtrij".to_owned(),
        is_danger: false,
        hidden: Vec::new(),
    }
    .show(&visit, &Form::empty(&visit))
}

fn not_paused() -> Problem {
    Problem::Conflict(Text::new(
        "De verzending is niet gepauzeerd. Er is niets gedaan.",
        "Sending is not paused. Nothing was done.",
    ))
}
