//! Other rights for an application.

use std::sync::Arc;

use askama::Template;
use openklant_shared::applicaties;
use openklant_shared::domain::applicatie::{Applicatie, Component};
use openklant_shared::storage::applicatie;
use poem::Response;

use super::choice::{self, Group};
use super::create::{SURE, sure};
use super::{Found, by, changed_meanwhile, own, tell};
use crate::beheer::confirm::VERSION;
use crate::beheer::filters;
use crate::beheer::form::Form;
use crate::beheer::language::Text;
use crate::beheer::page::Frame;
use crate::beheer::problem::Problem;
use crate::beheer::visit::Visit;

pub const TITLE: Text = Text::new("Rechten wijzigen", "Change rights");

/// Name in the address of a right to begin with, such as `kc:klanten.lezen`.
pub const WANTED: &str = "erbij";

#[derive(Template)]
#[template(path = "beheer/applicaties/rechten.html")]
struct View<'a> {
    frame: Frame,
    form: &'a Form,
    path: String,
    groups: Vec<Group>,
    others: Vec<String>,
    version: String,
}

/// `/applicaties/{uuid}/rechten`.
pub async fn edit(visit: Arc<Visit>) -> Result<Response, Problem> {
    let found = own(&visit).await?;
    let stored = &found.applicatie;
    let mut form = Form::of(&visit, || {
        let mut fields = choice::fields(stored.heeft_alle_autorisaties, &stored.autorisaties);
        if !visit.asked(WANTED).is_empty() {
            fields.push((choice::RIGHT.to_owned(), visit.asked(WANTED).to_owned()));
        }
        fields
    });
    if !visit.is_post() {
        return page(&visit, &found, &form);
    }
    if form.value(VERSION) != applicaties::rights(stored) {
        return Err(changed_meanwhile());
    }
    let has_all = form.has(choice::ALL, "true");
    let chosen = choice::chosen(&mut form, &stored.autorisaties);
    if !form.is_right() {
        return page(&visit, &found, &form);
    }
    if has_all && !stored.heeft_alle_autorisaties && !form.has(SURE.0, SURE.1) {
        let hidden = vec![
            (choice::ALL, "true".to_owned()),
            (VERSION, form.value(VERSION).to_owned()),
            (SURE.0, SURE.1.to_owned()),
        ];
        let frame = found
            .frame(&visit, &TITLE)
            .heading(visit.t("Alle rechten geven?", "Give all rights?"));
        return sure(frame, format!("{}/rechten", found.path()), hidden).show(&visit, &Form::empty(&visit));
    }
    let mut tx = visit.state.db.begin().await?;
    let held = applicatie::hold(&mut tx, stored.uuid)
        .await?
        .ok_or(Problem::NotFound)?;
    if applicaties::rights(&held) != form.value(VERSION) {
        return Err(changed_meanwhile());
    }
    let changed = Applicatie {
        heeft_alle_autorisaties: has_all,
        autorisaties: if has_all { Vec::new() } else { chosen },
        ..held
    };
    applicaties::change(&mut tx, &changed, &[], &[], &by(&visit, "applicatie change")?).await?;
    tx.commit().await?;
    tell(&visit, "applicatie change", changed.uuid)?;
    let said = Text::new(
        "De rechten zijn gewijzigd. Ze gelden binnen een seconde.",
        "The rights were changed. They count within a second.",
    );
    visit.go_and_say(&found.path(), said).await
}

fn page(visit: &Visit, found: &Found, form: &Form) -> Result<Response, Problem> {
    let stored = &found.applicatie;
    // What was typed before a session ended belongs to the rights as they were then.
    let version = if form.value(VERSION).is_empty() {
        applicaties::rights(stored)
    } else {
        form.value(VERSION).to_owned()
    };
    let view = View {
        frame: found.frame(visit, &TITLE).narrow().about(form),
        form,
        path: found.path(),
        groups: choice::groups(),
        others: Component::ALL
            .into_iter()
            .flat_map(|component| {
                let others = choice::others(&stored.autorisaties, component);
                others
                    .into_iter()
                    .map(move |scope| choice::value(component, &scope))
            })
            .collect(),
        version,
    };
    visit.show_form(form, &view)
}
