//! Changing a contactmoment. The version is the number of the newest row of its audit trail: each change makes one, and
//! that row holds the contactmoment as it was then. So what somebody changed is known against what they saw.

use std::sync::Arc;

use openklant_shared::domain::applicatie::Component;
use openklant_shared::domain::audittrail::{Actie, AuditRow};
use openklant_shared::storage::{Tx, audittrail};
use poem::Response;
use serde_json::Value;
use uuid::Uuid;

use super::super::actor::actor;
use super::super::confirm::VERSION;
use super::super::form::{Fields, Form};
use super::super::klanten::tijdlijn::of_change;
use super::super::language::Text;
use super::super::list::ONE_MORE;
use super::super::problem::Problem;
use super::super::visit::Visit;
use super::formulier::{Around, Collision, Meanwhile, TOELICHTING, contactmomenten, show, tell, toelichting};
use super::kaart::{find, frame_below};
use super::velden::{FIELDS, body_of, changed, label_of, normal, of_body, value};
use crate::zgw::body::JsonObject;
use crate::zgw::error::Refusal;
use crate::zgw::etag::IfMatch;

/// GET: the form. POST: saves it.
pub async fn change(visit: Arc<Visit>) -> Result<Response, Problem> {
    match attempt(&visit).await {
        // Somebody was faster by a moment: now that is known, and told.
        Err(Problem::Conflict(_)) => attempt(&visit).await,
        outcome => outcome,
    }
}

async fn attempt(visit: &Visit) -> Result<Response, Problem> {
    let uuid = visit.uuid()?;
    let service = contactmomenten(visit);
    let shown = match service.current(uuid).await {
        Ok(shown) => shown,
        Err(Refusal::NotFound) => return gone(visit, uuid).await,
        Err(refusal) => return Err(refusal.into()),
    };
    let now = of_body(&object(&shown)?);
    let mut tx = visit.state.db.snapshot().await?;
    let stored = find(visit, &mut tx, uuid).await?;
    let rows = audittrail::list_back(&mut tx, Component::Cmc, uuid, i64::MAX, ONE_MORE).await?;
    let version = rows.first().map_or(0, |(number, _)| *number);
    let mut form = Form::of(visit, || now.clone());
    let mut around = Around {
        frame: frame_below(visit, &stored.contactmoment, &super::CHANGE),
        klant: None,
        vorig: None,
        version: version.to_string(),
        meanwhile: None,
        back: format!("/contactmomenten/{uuid}"),
    };
    if !visit.is_post() {
        tx.rollback().await?;
        // What comes back after a login was typed on what was seen then.
        if visit.is_restored() {
            around.version = form.value(VERSION).to_owned();
        }
        return show(visit, &around, &form);
    }
    let seen: i64 = form.value(VERSION).parse().unwrap_or(-1);
    // The rows of what nobody changed for long may have been removed: then there is no version.
    if seen != version && version != 0 {
        let base = seen_fields(&mut tx, uuid, seen).await?;
        tx.rollback().await?;
        let base = base.unwrap_or_else(|| now.clone());
        around.meanwhile = Some(meanwhile(&form, &base, &now, seen, &rows)?);
        return show(visit, &around, &merged(&form, &base, &now));
    }
    tx.rollback().await?;
    let why = toelichting(&mut form);
    let changed = changed(&form, &now);
    let body = body_of(&mut form, &changed);
    if !form.is_right() {
        return show(visit, &around, &form);
    }
    let path = around.back.clone();
    if body.is_empty() {
        let said = Text::new("Er is niets gewijzigd.", "Nothing was changed.");
        visit.say("info", &said).await?;
        return Ok(visit.go(&path));
    }
    let saved = service
        .update(
            &actor(visit, &why)?,
            Actie::PartialUpdate,
            uuid,
            || Ok(body),
            &IfMatch::as_shown(&shown),
        )
        .await;
    match saved {
        Ok(_) => {
            let said = Text::new("Het contactmoment is opgeslagen.", "The contactmoment is saved.");
            visit.go_and_say(&path, said).await
        }
        Err(Refusal::Invalid(faults)) => {
            tell(&mut form, &faults);
            show(visit, &around, &form)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

fn object(text: &str) -> Result<JsonObject, Problem> {
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Ok(object),
        _ => Err(Problem::Internal(
            "a contactmoment is shown as no object".to_owned(),
        )),
    }
}

/// The fields as somebody saw them who saw this version; `None` when that row is gone.
async fn seen_fields(tx: &mut Tx, uuid: Uuid, seen: i64) -> Result<Option<Fields>, Problem> {
    let before = seen.saturating_add(1);
    let rows = audittrail::list_back(tx, Component::Cmc, uuid, before, 1).await?;
    let row = rows.into_iter().find(|(number, _)| *number == seen);
    match row.and_then(|(_, row)| row.nieuw) {
        Some(body) => Ok(Some(of_body(&object(&body)?))),
        None => Ok(None),
    }
}

/// What others changed since, and what both changed.
fn meanwhile(
    form: &Form,
    base: &Fields,
    now: &Fields,
    seen: i64,
    rows: &[(i64, AuditRow)],
) -> Result<Meanwhile, Problem> {
    let mut lines = Vec::new();
    for (_, row) in rows.iter().filter(|(number, _)| *number > seen) {
        lines.push(of_change(row, "Contactmoment")?);
    }
    let collisions = changed(form, base)
        .into_iter()
        .map(|(name, typed)| (name, typed, normal(name, value(now, name))))
        .filter(|(name, typed, now)| typed != now && normal(name, value(base, name)) != *now)
        .map(|(name, typed, now)| Collision {
            label: label_of(name),
            was: value(base, name).to_owned(),
            now,
            typed,
        })
        .collect();
    Ok(Meanwhile { lines, collisions })
}

/// What stands there now, with what was typed otherwise than it was seen.
fn merged(form: &Form, base: &Fields, now: &Fields) -> Form {
    let changed = changed(form, base);
    let mut fields: Fields = FIELDS
        .into_iter()
        .map(|name| {
            let typed = changed.iter().find(|(changed, _)| *changed == name);
            let text = typed.map_or_else(|| value(now, name), |(_, typed)| typed);
            (name.to_owned(), text.to_owned())
        })
        .collect();
    fields.push((TOELICHTING.to_owned(), form.value(TOELICHTING).to_owned()));
    Form::with(fields)
}

/// It was deleted: says so, with what was typed, to be copied.
async fn gone(visit: &Visit, uuid: Uuid) -> Result<Response, Problem> {
    let mut tx = visit.state.db.snapshot().await?;
    match find(visit, &mut tx, uuid).await {
        Err(Problem::Gone { what, .. }) if visit.is_post() => super::weg::show(visit, &what),
        Err(problem) => Err(problem),
        // It was not there a moment ago, and nobody can make one with this uuid.
        Ok(_) => Err(Problem::NotFound),
    }
}
