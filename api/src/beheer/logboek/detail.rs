//! One change: who, what, why, what was before and after.

use std::sync::Arc;

use askama::Template;
use openklant_shared::domain::audittrail::AuditRow;
use openklant_shared::domain::difference::masked_body;
use openklant_shared::domain::identifiers::without_bsn;
use openklant_shared::storage::audittrail_search;
use poem::Response;
use poem::http::Method;

use super::wijzigingen::{self, path_of_object, who};
use super::{CHANGES, TITLE, zoek};
use crate::beheer::filters;
use crate::beheer::klanten::tijdlijn::{Line, of_change};
use crate::beheer::language::Text;
use crate::beheer::page::{Frame, has_page};
use crate::beheer::problem::Problem;
use crate::beheer::rights::Right;
use crate::beheer::visit::Visit;

#[derive(Template)]
#[template(path = "beheer/logboek/wijziging.html")]
struct View {
    frame: Frame,
    row: AuditRow,
    who: String,
    why: String,
    request_id: String,
    page_of_object: Option<String>,
    of_object: String,
    of_person: Option<String>,
    message: Option<i64>,
    line: Line,
    before: Option<String>,
    after: Option<String>,
}

/// GET: the page.
pub async fn show(visit: Arc<Visit>) -> Result<Response, Problem> {
    let uuid = visit.uuid()?;
    let mut tx = visit.state.db.for_reads().await.snapshot().await?;
    let found = audittrail_search::find(&mut tx, uuid).await?;
    tx.rollback().await?;
    let found = found.ok_or(Problem::NotFound)?;
    let row = found.row;
    let line = of_change(&row, wijzigingen::noun(&row))?;
    let body = |text: &Option<String>| {
        text.as_deref()
            .map(masked_body)
            .transpose()
            .map_err(|error| Problem::Internal(error.to_string()))
    };
    let collection = if row.resource == "klant" {
        "/klanten"
    } else {
        "/contactmomenten"
    };
    let has_object_page =
        visit.may(Right::KlantenLezen) && has_page(&Method::GET, &format!("{collection}/{{uuid}}"));
    let title = Text::new("Wijziging", "Change");
    let view = View {
        frame: Frame::new(&visit, &title)
            .heading(line.heading.in_language(visit.language))
            .crumb("/logboek", TITLE.in_language(visit.language))
            .crumb(wijzigingen::PATH, CHANGES.in_language(visit.language))
            .last_crumb(title.in_language(visit.language)),
        who: who(&row),
        why: without_bsn(&row.actor.toelichting),
        request_id: without_bsn(&row.actor.request_id),
        page_of_object: has_object_page.then(|| format!("{collection}/{}", row.object_uuid)),
        of_object: path_of_object(&row),
        of_person: (!row.actor.gebruikers_weergave.is_empty()).then(|| {
            let since = zoek::year_of(row.aanmaakdatum);
            format!(
                "{}?persoon={}&{}={since}",
                wijzigingen::PATH,
                row.uuid,
                zoek::SINCE
            )
        }),
        message: found.message.filter(|_| visit.may(Right::Wachtrij)),
        before: body(&row.oud)?,
        after: body(&row.nieuw)?,
        line,
        row,
    };
    visit.show(&view)
}
