//! `/klanten/{uuid}/wijzigen`: changes a klant. Only what was typed otherwise than it stands is sent through the service of
//! the API, on the condition that the klant still stands as it was seen.

use std::sync::Arc;

use askama::Template;
use openklant_shared::domain::audittrail::Actie;
use poem::Response;
use poem::http::StatusCode;
use uuid::Uuid;

use super::super::actor::actor;
use super::super::confirm::VERSION;
use super::super::filters;
use super::super::form::{Fields, Form};
use super::super::language::Text;
use super::super::looked::{Looked, record};
use super::super::page::Frame;
use super::super::problem::Problem;
use super::super::visit::Visit;
use super::botsing;
use super::formulier::{self, TOELICHTING};
use super::kaart;
use super::naam::{naam, soort};
use super::stand::{Stand, seen};
use super::velden;
use super::woorden::label;
use crate::klanten::service::Klanten;
use crate::zgw::error::Refusal;
use crate::zgw::fields::Demand;

/// GET shows the form, POST saves.
pub async fn change(visit: Arc<Visit>) -> Result<Response, Problem> {
    let uuid = visit.uuid()?;
    let typed = visit.typed().map(botsing::chosen);
    let Some(now) = Stand::find(&visit.state.db, uuid).await? else {
        return gone(&visit, uuid, typed).await;
    };
    record(
        &visit,
        Looked {
            object: Some(uuid),
            ..Looked::default()
        },
    )
    .await?;
    let mut form = Form::with(typed.unwrap_or_else(|| {
        let mut fields = velden::filled(&now.body, now.kind());
        fields.push((VERSION.to_owned(), now.version.to_string()));
        fields
    }));
    if !visit.is_post() {
        return show(&visit, &form, &now);
    }
    if !now.is_as_seen(seen(&form)) {
        return botsing::show(&visit, &form, &now).await;
    }
    let changes = velden::changes(&form, &now.body, now.kind());
    if changes.is_empty() {
        return nothing_changed(&visit, uuid).await;
    }
    let body = velden::body_of(&changes, &now.body);
    formulier::judge(&mut form, &body, now.kind(), Demand::Nothing);
    let actor = actor(&visit, &formulier::toelichting(&mut form))?;
    if !form.is_right() {
        return show(&visit, &form, &now);
    }
    let klanten = Klanten {
        state: &visit.state,
        base: &visit.base,
    };
    let condition = now.unchanged(&visit.base)?;
    let saved = klanten.update(&actor, Actie::PartialUpdate, uuid, || Ok(body), &condition);
    match saved.await {
        Ok(_) => {
            visit
                .go_and_say(
                    &format!("/klanten/{uuid}"),
                    Text::new("De klant is opgeslagen.", "The klant is saved."),
                )
                .await
        }
        Err(Refusal::Invalid(faults)) => {
            formulier::tell(&mut form, &faults, now.kind());
            show(&visit, &form, &now)
        }
        Err(Refusal::PreconditionFailed) => match Stand::find(&visit.state.db, uuid).await? {
            Some(now) => botsing::show(&visit, &form, &now).await,
            None => gone(&visit, uuid, visit.typed().map(botsing::chosen)).await,
        },
        Err(Refusal::NotFound) => gone(&visit, uuid, visit.typed().map(botsing::chosen)).await,
        Err(other) => Err(other.into()),
    }
}

/// To the klant, who is as before.
pub async fn nothing_changed(visit: &Visit, uuid: Uuid) -> Result<Response, Problem> {
    let text = Text::new("Er is niets gewijzigd.", "Nothing was changed.");
    visit.say("info", &text).await?;
    Ok(visit.go(&format!("/klanten/{uuid}")))
}

/// The frame of every page about changing this klant.
pub fn frame(visit: &Visit, now: &Stand) -> Frame {
    let number = &now.klant.klantnummer;
    let title = Text::made(
        format!("Klant {number} wijzigen"),
        format!("Change klant {number}"),
    );
    let naam = naam(&now.klant);
    let heading = match visit.t("nl", "en") {
        "nl" => format!("{naam} wijzigen"),
        _ => format!("Change {naam}"),
    };
    Frame::new(visit, &title)
        .heading(heading)
        .crumb("/klanten", "Klanten")
        .crumb(format!("/klanten/{}", now.klant.uuid), naam)
        .last_crumb(visit.t("Wijzigen", "Change"))
        .narrow()
}

fn show(visit: &Visit, form: &Form, now: &Stand) -> Result<Response, Problem> {
    let view = formulier::Page {
        frame: frame(visit, now).about(form),
        groups: formulier::groups(visit, form, now.kind(), Some(&now.body)),
        soort: soort(now.kind()),
        hidden: vec![(VERSION, form.value(VERSION).to_owned())],
        back: format!("/klanten/{}", now.klant.uuid),
        is_change: true,
        form,
    };
    visit.show_form(form, &view)
}

#[derive(Template)]
#[template(path = "beheer/klanten/weg.html")]
struct Gone {
    frame: Frame,
    what: Text,
    typed: Vec<(Text, String)>,
}

/// The klant is not there: 410 with what was typed, to be copied, or 404.
async fn gone(visit: &Visit, uuid: Uuid, typed: Option<Fields>) -> Result<Response, Problem> {
    let (what, typed) = match (kaart::gone_klant(visit, uuid).await?, typed) {
        (Problem::Gone { what, .. }, Some(typed)) => (what, typed),
        (problem, _) => return Err(problem),
    };
    let is_shown = |name: &str| name == TOELICHTING || velden::is_veld(name);
    let view = Gone {
        frame: Frame::new(visit, &Text::new("Verwijderd", "Deleted")).narrow(),
        what,
        typed: typed
            .into_iter()
            .filter(|(name, text)| is_shown(name) && !text.trim().is_empty())
            .map(|(name, text)| (label(&name), text))
            .collect(),
    };
    visit.show_as(StatusCode::GONE, &view)
}
