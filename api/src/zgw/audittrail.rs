//! The audit trail of an object, as every API shows it (behaviour of Open Klant 1.0.0, section 8; decisions 13 to
//! 15). An object that is gone has none to show; its rows stay for operators.

use openklant_shared::domain::audittrail::AuditRow;
use openklant_shared::domain::notificatie::format_moment;
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::error::Refusal;

/// A row as it is shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a> {
    uuid: Uuid,
    bron: &'static str,
    applicatie_id: &'a str,
    applicatie_weergave: &'a str,
    gebruikers_id: &'a str,
    gebruikers_weergave: &'a str,
    actie: &'static str,
    actie_weergave: &'static str,
    resultaat: i64,
    hoofd_object: &'a str,
    resource: &'a str,
    resource_url: &'a str,
    toelichting: &'a str,
    resource_weergave: &'a str,
    aanmaakdatum: String,
    wijzigingen: Wijzigingen,
}

#[derive(Serialize)]
struct Wijzigingen {
    oud: Option<Box<RawValue>>,
    nieuw: Option<Box<RawValue>>,
}

/// The JSON text of a row.
pub fn to_json(row: &AuditRow) -> Result<Box<RawValue>, Refusal> {
    let unreadable =
        |error: serde_json::Error| Refusal::Internal(format!("an audit row cannot be shown: {error}"));
    let stored = |text: &Option<String>| {
        text.clone()
            .map(RawValue::from_string)
            .transpose()
            .map_err(unreadable)
    };
    let view = View {
        uuid: row.uuid,
        bron: row.component.name(),
        applicatie_id: &row.actor.applicatie_id,
        applicatie_weergave: &row.actor.applicatie_weergave,
        gebruikers_id: &row.actor.gebruikers_id,
        gebruikers_weergave: &row.actor.gebruikers_weergave,
        actie: row.actie.name(),
        actie_weergave: row.actie.weergave(),
        resultaat: row.resultaat,
        hoofd_object: &row.hoofd_object,
        resource: &row.resource,
        resource_url: &row.resource_url,
        toelichting: &row.actor.toelichting,
        resource_weergave: &row.resource_weergave,
        aanmaakdatum: format_moment(row.aanmaakdatum),
        wijzigingen: Wijzigingen {
            oud: stored(&row.oud)?,
            nieuw: stored(&row.nieuw)?,
        },
    };
    serde_json::value::to_raw_value(&view).map_err(unreadable)
}
