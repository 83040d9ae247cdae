//! `POST /autorisaties/api/v1/callbacks`: the Notificaties API tells that rights changed in the Autorisaties API (kanaal
//! `autorisaties`). What was fetched of that application is forgotten, on every process. No document lists it: it is
//! for one caller, whose secret is that of the abonnement.

use openklant_shared::autorisaties::uuid_of;
use openklant_shared::domain::fault::Faults;
use openklant_shared::domain::notificatie::{AUTORISATIES_CALLBACK, AUTORISATIES_KANAAL};
use openklant_shared::settings::Secret;
use openklant_shared::storage::fetched_applicatie;
use poem::http::{StatusCode, header};
use poem::{IntoResponse, Request, RequestBody, Response};

use crate::state::State;
use crate::zgw::body::Payload;
use crate::zgw::error::Refusal;
use crate::zgw::fields::{Demand, Fields, Text};

/// The path.
pub const PATH: &str = AUTORISATIES_CALLBACK;

/// Takes a message.
///
/// # Errors
/// 403 without the secret; 400 for what is no message; 503 when the database fails, and the Notificaties API tries again.
pub async fn receive(state: &State, secret: &Secret, mut request: Request) -> Result<Response, Refusal> {
    let given = request.headers().get(header::AUTHORIZATION);
    let given = given.and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    if !given.is_some_and(|given| secret.is(given)) {
        return Err(Refusal::PermissionDenied("permission_denied"));
    }
    let mut body = RequestBody::new(request.take_body());
    let object = Payload::<()>::read(&request, &mut body).await.into_object()?;
    let mut faults = Faults::new();
    let mut fields = Fields::of(&object, &mut faults);
    fields.demand("kanaal", Demand::Required);
    let kanaal = fields.text("kanaal", Text::up_to(50).not_blank());
    let hoofd_object = fields.text("hoofdObject", Text::up_to(1000));
    faults.into_result()?;
    // A Notificaties API tries an abonnement with a message of kanaal `test`.
    if kanaal.as_deref() == Some(AUTORISATIES_KANAAL) {
        // Without a uuid nobody knows what changed: then anything may have.
        let uuid = hoofd_object.as_deref().and_then(uuid_of);
        let mut tx = state.db.begin().await?;
        let forgotten = fetched_applicatie::forget(&mut tx, uuid).await?;
        tx.commit().await?;
        // Not of which application: a URL that somebody sent may hold anything.
        tracing::info!(forgotten, "rights changed in the Autorisaties API");
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
