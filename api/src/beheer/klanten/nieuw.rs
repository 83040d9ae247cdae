//! `/klanten/nieuw`: makes a klant. First the kind, which never changes; then the form; then, when there is a klant with the
//! same number or e-mail address, whether it is meant.

use std::sync::Arc;

use askama::Template;
use openklant_shared::domain::klant::{Klant, SubjectType};
use openklant_shared::domain::zoek::{Soort, Term, terms};
use openklant_shared::storage::klant_browse;
use openklant_shared::storage::klant_zoek::{self, Start};
use poem::Response;
use serde_json::Value;
use uuid::Uuid;

use super::super::actor::actor;
use super::super::filters;
use super::super::form::{CSRF, Form};
use super::super::language::Text;
use super::super::looked::{Looked, record};
use super::super::page::Frame;
use super::super::problem::Problem;
use super::super::visit::Visit;
use super::formulier;
use super::naam::{naam, soort};
use super::velden;
use crate::klanten::service::Klanten;
use crate::zgw::body::JsonObject;
use crate::zgw::error::Refusal;
use crate::zgw::fields::Demand;

const TITLE: Text = Text::new("Nieuwe klant", "New klant");

/// Name of the field with the kind.
const KIND: &str = "subjectType";

/// The button that makes a klant of whom there seems to be one already.
const ALL_THE_SAME: &str = "toch";

/// The button that leads back to the form.
const BACK: &str = "terug";

/// Most klanten that a warning names.
const MOST: i64 = 10;

/// GET shows the choice of a kind or the form, POST makes.
pub async fn create(visit: Arc<Visit>) -> Result<Response, Problem> {
    let mut form = Form::empty(&visit);
    let given = match visit.typed() {
        Some(_) => form.value(KIND),
        None => visit.asked(KIND),
    };
    let Some(kind) = SubjectType::from_name(given) else {
        if visit.is_post() || !visit.asked("verder").is_empty() {
            form.refuse(KIND, Text::new("Kies een soort klant", "Choose a kind of klant"));
        }
        return ask_kind(&visit, &form);
    };
    if !visit.is_post() || form.has(BACK, "ja") {
        return show(&visit, &form, kind);
    }
    let nothing = JsonObject::new();
    let mut body = velden::body_of(&velden::changes(&form, &nothing, Some(kind)), &nothing);
    body.insert(KIND.to_owned(), Value::from(kind.name()));
    let klant = formulier::judge(&mut form, &body, Some(kind), Demand::Required);
    let actor = actor(&visit, &formulier::toelichting(&mut form))?;
    if !form.is_right() {
        return show(&visit, &form, kind);
    }
    if !form.has(ALL_THE_SAME, "ja") {
        let same = same(&visit, &klant).await?;
        if !same.is_empty() {
            return warn(&visit, same);
        }
    }
    let klanten = Klanten {
        state: &visit.state,
        base: &visit.base,
    };
    match klanten.create(&actor, &body).await {
        Ok(made) => {
            let uuid = made.url.rsplit('/').next().unwrap_or_default();
            let said = Text::new("De klant is aangemaakt.", "The klant is made.");
            visit.go_and_say(&format!("/klanten/{uuid}"), said).await
        }
        Err(Refusal::Invalid(faults)) => {
            formulier::tell(&mut form, &faults, Some(kind));
            show(&visit, &form, kind)
        }
        Err(other) => Err(other.into()),
    }
}

#[derive(Template)]
#[template(path = "beheer/klanten/soort.html")]
struct Kinds<'a> {
    frame: Frame,
    form: &'a Form,
}

fn ask_kind(visit: &Visit, form: &Form) -> Result<Response, Problem> {
    let view = Kinds {
        frame: Frame::new(visit, &TITLE).narrow().about(form),
        form,
    };
    visit.show_form(form, &view)
}

fn show(visit: &Visit, form: &Form, kind: SubjectType) -> Result<Response, Problem> {
    let view = formulier::Page {
        frame: Frame::new(visit, &TITLE).narrow().about(form),
        groups: formulier::groups(visit, form, Some(kind), None),
        soort: soort(Some(kind)),
        hidden: vec![(KIND, kind.name().to_owned())],
        back: "/".to_owned(),
        is_change: false,
        form,
    };
    visit.show_form(form, &view)
}

/// A klant with a number or an address of the new one.
struct Same {
    uuid: Uuid,
    naam: String,
    klantnummer: String,
    by: Text,
}

#[derive(Template)]
#[template(path = "beheer/klanten/dubbel.html")]
struct Warning {
    frame: Frame,
    found: Vec<Same>,
    hidden: Vec<(String, String)>,
}

/// By what two klanten are likely to be one, with its name.
const fn word(soort: Soort) -> Option<Text> {
    Some(match soort {
        Soort::Bsn => Text::new("dit BSN", "this BSN"),
        Soort::Rsin => Text::new("dit RSIN", "this RSIN"),
        Soort::Vestigingsnummer => Text::new("dit vestigingsnummer", "this number of a branch"),
        Soort::Emailadres => Text::new("dit e-mailadres", "this e-mail address"),
        _ => return None,
    })
}

/// The klanten that are likely the same.
async fn same(visit: &Visit, klant: &Klant) -> Result<Vec<Same>, Problem> {
    let by: Vec<Term> = terms(klant)
        .into_iter()
        .filter(|term| word(term.soort).is_some())
        .collect();
    let mut tx = visit.state.db.snapshot().await?;
    let found = klant_zoek::find(&mut tx, &by, None, &Start::First, MOST).await?;
    let ids: Vec<i64> = found.iter().map(|found| found.id).collect();
    let klanten = klant_browse::list_by_ids(&mut tx, &ids).await?;
    tx.rollback().await?;
    let mut same: Vec<Same> = Vec::new();
    for found in found {
        let (Some(browsed), Some(by)) = (
            klanten.iter().find(|browsed| browsed.id == found.id),
            word(found.soort),
        ) else {
            continue;
        };
        if same.iter().all(|other| other.uuid != browsed.klant.uuid) {
            same.push(Same {
                uuid: browsed.klant.uuid,
                naam: naam(&browsed.klant),
                klantnummer: browsed.klant.klantnummer.clone(),
                by,
            });
        }
    }
    if !same.is_empty() {
        let looked = Looked {
            searched_by: by.iter().map(|term| term.soort.name()).collect(),
            hits: Some(same.len()),
            ..Looked::default()
        };
        record(visit, looked).await?;
    }
    Ok(same)
}

fn warn(visit: &Visit, found: Vec<Same>) -> Result<Response, Problem> {
    let mut by: Vec<&Text> = Vec::new();
    for same in &found {
        if !by.contains(&&same.by) {
            by.push(&same.by);
        }
    }
    let title = Text::in_both(|language| {
        let by: Vec<&str> = by.iter().map(|text| text.in_language(language)).collect();
        let by = by.join(language.pick(" of ", " or "));
        match language.pick("nl", "en") {
            "nl" => format!("Er is al een klant met {by}"),
            _ => format!("There is a klant with {by} already"),
        }
    });
    let is_ours = |name: &str| [CSRF, ALL_THE_SAME, BACK].contains(&name);
    let view = Warning {
        frame: Frame::new(visit, &title).narrow(),
        found,
        hidden: visit
            .typed()
            .into_iter()
            .flatten()
            .filter(|(name, _)| !is_ours(name))
            .cloned()
            .collect(),
    };
    visit.show(&view)
}
