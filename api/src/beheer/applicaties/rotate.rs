//! Another secret for a client id. The old one ends at once, or is valid for another day, so that both work while the
//! application goes over.

use std::sync::Arc;

use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use openklant_shared::applicaties::{self, Credential};
use openklant_shared::storage::applicatie_browse::Client;
use poem::Response;
use uuid::Uuid;

use super::secret::{self, Occasion};
use super::{Found, by, hold_secrets, own, tell, version_shown};
use crate::beheer::confirm::VERSION;
use crate::beheer::filters;
use crate::beheer::form::Form;
use crate::beheer::language::Text;
use crate::beheer::page::Frame;
use crate::beheer::problem::Problem;
use crate::beheer::visit::Visit;

pub const TITLE: Text = Text::new("Nieuw geheim", "New secret");

const CLIENT_ID: &str = "clientId";
const OLD: &str = "oud";
const AT_ONCE: &str = "meteen";
const OVERLAP: &str = "24-uur";

/// How long the old secret stays valid when that is chosen.
const OVERLAP_LENGTH: TimeDelta = TimeDelta::hours(24);

#[derive(Template)]
#[template(path = "beheer/applicaties/vernieuwen.html")]
struct View<'a> {
    frame: Frame,
    form: &'a Form,
    path: String,
    last_used_at: Option<DateTime<Utc>>,
    requests: i64,
    has_secret: bool,
    clients: &'a [Client],
    version: String,
}

/// `/applicaties/{uuid}/vernieuwen`.
pub async fn rotate(visit: Arc<Visit>) -> Result<Response, Problem> {
    let found = own(&visit).await?;
    let mut form = Form::empty(&visit);
    if !visit.is_post() {
        return page(&visit, &found, &form);
    }
    let only = match found.clients.as_slice() {
        [only] => only.client_id.as_str(),
        _ => "",
    };
    let given = form.raw(CLIENT_ID);
    let chosen = if given.is_empty() { only } else { given };
    let chosen = found.clients.iter().find(|client| client.client_id == chosen);
    let Some(client) = chosen else {
        form.refuse(CLIENT_ID, Text::new("Kies een client-id", "Choose a client id"));
        return page(&visit, &found, &form);
    };
    let until = match form.value(OLD) {
        AT_ONCE => None,
        OVERLAP => Some(visit.now + OVERLAP_LENGTH),
        _ if !client.has_secret => None,
        _ => {
            form.refuse(
                OLD,
                Text::new(
                    "Kies wat er met het oude geheim gebeurt",
                    "Choose what becomes of the old secret",
                ),
            );
            return page(&visit, &found, &form);
        }
    };
    give(
        &visit,
        found.applicatie.uuid,
        &client.client_id,
        until,
        form.value(VERSION),
    )
    .await
}

/// Gives the client id another secret, or its first, when its secrets are as they were seen.
async fn give(
    visit: &Visit,
    uuid: Uuid,
    client_id: &str,
    until: Option<DateTime<Utc>>,
    seen: &str,
) -> Result<Response, Problem> {
    let new = Credential {
        client_id: client_id.to_owned(),
        secret: applicaties::new_secret()?,
    };
    let mut tx = visit.state.db.begin().await?;
    hold_secrets(&mut tx, uuid, seen).await?;
    let mut command = "applicatie secret rotate";
    if !applicaties::rotate_secret(&mut tx, &new, until, &by(visit, command)?).await? {
        command = "applicatie secret add";
        applicaties::add_secret(&mut tx, &new, &by(visit, command)?).await?;
    }
    tx.commit().await?;
    tell(visit, command, uuid)?;
    secret::keep(visit, uuid, &new, Occasion::Replaced).await
}

fn page(visit: &Visit, found: &Found, form: &Form) -> Result<Response, Problem> {
    let view = View {
        frame: found
            .frame(visit, &TITLE)
            .heading(visit.t("Nieuw geheim maken?", "Make a new secret?"))
            .last_crumb(TITLE.in_language(visit.language))
            .narrow()
            .about(form),
        form,
        path: found.path(),
        last_used_at: found.last_used_at(),
        requests: found.requests(),
        has_secret: found.clients.iter().any(|client| client.has_secret),
        clients: &found.clients,
        version: version_shown(&found.clients),
    };
    visit.show_form(form, &view)
}
