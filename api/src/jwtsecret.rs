//! `POST …/jwtsecret/`: an application that may do so registers a client id and its secret (behaviour of Open Klant 1.0.0,
//! section 2.6). Rights come apart, by command. Every API has it, and no document lists it: that of 1.0.0 does not either.

use openklant_shared::domain::applicatie::{CLIENT_ID_MAX_LENGTH, Component, SECRET_MAX_LENGTH};
use openklant_shared::domain::codes;
use openklant_shared::domain::fault::Faults;
use openklant_shared::storage::operator_log::{self, Entry};
use openklant_shared::storage::{Constraint, StorageError, applicatie};
use poem::http::{StatusCode, header};
use poem::{Request, RequestBody, Response};
use serde_json::json;

use crate::state::State;
use crate::zgw::Scope;
use crate::zgw::auth::{authorised, required_scopes};
use crate::zgw::body::{JsonObject, Payload};
use crate::zgw::document::Operation;
use crate::zgw::error::Refusal;
use crate::zgw::fields::{Demand, Fields, Text};

/// The path below that of an API.
pub const PATH: &str = "/jwtsecret/";

/// The scope it asks for, within component `ac`.
pub const REGISTREREN: Scope = Scope {
    name: "autorisaties.credentials-registreren",
    description: "Een client-id met zijn secret registreren (`POST …/jwtsecret/`).",
};

required_scopes! { Component::Ac;
    Registreren = REGISTREREN.name;
}

/// What it is among the operations.
pub fn operation() -> Operation {
    Operation {
        component: Component::Ac,
        id: "jwtsecret_create".to_owned(),
        method: "POST",
        path: format!("{}{PATH}", crate::klanten::API.base_path),
        summary: REGISTREREN.description.to_owned(),
        scope: REGISTREREN.name.to_owned(),
    }
}

/// Registers a client id.
pub async fn register(state: &State, mut request: Request) -> Result<Response, Refusal> {
    let actor = authorised::<Registreren>(&request).await?;
    let mut body = RequestBody::new(request.take_body());
    let object = Payload::<()>::read(&request, &mut body).await.into_object()?;
    let (identifier, secret) = read(&object)?;
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    applicatie::insert_credential(&mut tx, &identifier, &secret, now)
        .await
        .map_err(told_as_unique)?;
    let entry = Entry {
        at: now,
        operator: &format!("{} ({})", actor.applicatie_weergave, actor.applicatie_id),
        command: "POST jwtsecret",
        detail: &format!("client id {identifier}"),
    };
    operator_log::insert(&mut tx, &entry).await?;
    tx.commit().await?;
    let shown = json!({"identifier": identifier, "secret": secret});
    Ok(Response::builder()
        .status(StatusCode::CREATED)
        .header(header::CONTENT_TYPE, "application/json")
        .body(shown.to_string()))
}

fn read(body: &JsonObject) -> Result<(String, String), Faults> {
    let mut faults = Faults::new();
    let mut fields = Fields::of(body, &mut faults);
    fields.demand("identifier", Demand::Required);
    fields.demand("secret", Demand::Required);
    let identifier = fields.text("identifier", Text::up_to(CLIENT_ID_MAX_LENGTH).not_blank());
    let secret = fields.text("secret", Text::up_to(SECRET_MAX_LENGTH).not_blank());
    faults.into_result()?;
    // Both are there, or there was a fault.
    Ok((identifier.unwrap_or_default(), secret.unwrap_or_default()))
}

fn told_as_unique(error: StorageError) -> Refusal {
    match error {
        StorageError::Unique(Constraint::ClientCredential) => {
            Faults::of("identifier", codes::CLIENT_ID_UNIQUE).into()
        }
        other => other.into(),
    }
}
