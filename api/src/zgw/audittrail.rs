//! The audit trail of an object, as every API shows it (behaviour of Open Klant 1.0.0, section 8; decisions 13 to
//! 15). An object that is gone has none to show; its rows stay for operators.

use openklant_shared::domain::applicatie::Component;
use openklant_shared::domain::audittrail::AuditRow;
use openklant_shared::domain::moment::format_moment;
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use openklant_shared::storage::{Tx, audittrail};

use super::error::Refusal;
use super::page::{self, Asked, Page};

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
fn to_json(row: &AuditRow) -> Result<Box<RawValue>, Refusal> {
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

/// A page of the audit trail of an object that exists, oldest row first. An object without rows has no trail.
pub async fn page(
    tx: &mut Tx,
    component: Component,
    object: Uuid,
    asked: Asked,
) -> Result<(Page, Vec<Box<RawValue>>), Refusal> {
    let count = audittrail::count(tx, component, object).await?;
    if count == 0 {
        return Err(Refusal::NotFound);
    }
    let page = asked.within(count)?;
    let rows = audittrail::list(tx, component, object, page::SIZE, page.offset()).await?;
    let shown = rows.iter().map(to_json).collect::<Result<_, _>>()?;
    Ok((page, shown))
}

/// One row of the audit trail of an object that exists, as JSON text.
pub async fn row(tx: &mut Tx, component: Component, object: Uuid, uuid: Uuid) -> Result<String, Refusal> {
    let row = audittrail::find(tx, component, object, uuid)
        .await?
        .ok_or(Refusal::NotFound)?;
    Ok(to_json(&row)?.get().to_owned())
}
