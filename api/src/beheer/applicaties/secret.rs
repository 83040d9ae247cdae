//! A new secret, shown once. Until then it is kept in the session of who made it, sealed, for at most ten minutes; the
//! database keeps it sealed as every secret, and nobody can read it back.

use std::sync::Arc;

use askama::Template;
use chrono::TimeDelta;
use openklant_shared::applicaties::Credential;
use poem::Response;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::words::{self, Rights};
use super::{own, path};
use crate::app::APIS;
use crate::beheer::filters;
use crate::beheer::language::Text;
use crate::beheer::page::Frame;
use crate::beheer::problem::Problem;
use crate::beheer::visit::Visit;

pub const TITLE: Text = Text::new("Geheim", "Secret");

/// How long it waits to be shown.
const KEPT_FOR: TimeDelta = TimeDelta::minutes(10);

/// Why there is a new secret.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Occasion {
    /// The application is new.
    New,
    /// The client id was given another.
    Replaced,
}

#[derive(Deserialize, Serialize)]
struct Kept {
    client_id: String,
    secret: String,
    occasion: Occasion,
}

fn name(uuid: Uuid) -> String {
    format!("geheim-{uuid}")
}

/// Keeps a secret, and leads to the page that shows it.
pub async fn keep(
    visit: &Visit,
    uuid: Uuid,
    credential: &Credential,
    occasion: Occasion,
) -> Result<Response, Problem> {
    let kept = Kept {
        client_id: credential.client_id.clone(),
        secret: credential.secret.clone(),
        occasion,
    };
    let kept = serde_json::to_string(&kept)
        .map_err(|error| Problem::Internal(format!("a secret cannot be kept: {error}")))?;
    visit.keep(&name(uuid), &kept, KEPT_FOR).await?;
    Ok(visit.go(&format!("{}/geheim", path(uuid))))
}

#[derive(Template)]
#[template(path = "beheer/applicaties/geheim.html")]
struct View {
    frame: Frame,
    path: String,
    label: String,
    /// `None`: it was shown.
    shown: Option<Kept>,
    addresses: Vec<String>,
    has_all: bool,
    rights: Vec<Rights>,
}

/// `/applicaties/{uuid}/geheim`.
pub async fn show(visit: Arc<Visit>) -> Result<Response, Problem> {
    let found = own(&visit).await?;
    let applicatie = &found.applicatie;
    // HEAD shows nothing, so it takes nothing.
    let taken = if visit.is_head {
        None
    } else {
        visit.take(&name(applicatie.uuid)).await?
    };
    let shown: Option<Kept> = taken
        .map(|taken| serde_json::from_str(taken.expose()))
        .transpose()
        .map_err(|_| Problem::Internal("what was kept of a secret cannot be read".to_owned()))?;
    let label = &applicatie.label;
    let heading = match shown.as_ref().map(|kept| kept.occasion) {
        Some(Occasion::New) => Text::made(
            format!("Applicatie “{label}” is aangemaakt"),
            format!("Application “{label}” was created"),
        ),
        Some(Occasion::Replaced) => Text::made(
            format!("Nieuw geheim voor “{label}”"),
            format!("New secret for “{label}”"),
        ),
        None => Text::new("Het geheim is al getoond", "The secret was shown already"),
    };
    let base = visit.state.settings.server.base().unwrap_or_default();
    visit.show(&View {
        frame: found
            .frame(&visit, &TITLE)
            .heading(heading.in_language(visit.language))
            .last_crumb(TITLE.in_language(visit.language))
            .narrow(),
        path: found.path(),
        label: label.clone(),
        shown,
        addresses: APIS
            .iter()
            .map(|api| format!("{base}{}", api.declaration.base_path))
            .collect(),
        has_all: applicatie.heeft_alle_autorisaties,
        rights: words::rights(applicatie),
    })
}
