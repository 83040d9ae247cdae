//! Who a person of the site is for the audit trail.

use openklant_shared::domain::audittrail::Actor;

use super::problem::Problem;
use super::visit::Visit;

/// What stands in the place of the application.
pub const APPLICATIE: &str = "Open Klant beheer";

/// The person of this visit as the one who makes a change, with what they say about it. An account is no application, so
/// `applicatie_id` stays empty.
///
/// # Errors
/// Nobody is logged in.
pub fn actor(visit: &Visit, toelichting: &str) -> Result<Actor, Problem> {
    let session = &visit.person()?.session;
    Ok(Actor {
        applicatie_id: String::new(),
        applicatie_weergave: APPLICATIE.to_owned(),
        gebruikers_id: session.account.to_string(),
        gebruikers_weergave: session.name.clone(),
        toelichting: toelichting.to_owned(),
        request_id: visit.request_id.clone(),
    })
}
