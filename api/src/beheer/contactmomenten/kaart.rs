//! The page of a contactmoment: what was said, with whom, what came before and after, and how it was changed.

use std::sync::Arc;

use askama::Template;
use openklant_shared::domain::applicatie::Component;
use openklant_shared::domain::contactmoment::{Contactmoment, Objectcontactmoment};
use openklant_shared::storage::contactmoment::{self, Stored};
use openklant_shared::storage::contactmoment_browse::{self, Participant};
use openklant_shared::storage::objectcontactmoment::{self, ObjectcontactmomentFilter};
use openklant_shared::storage::page_map::Place;
use openklant_shared::storage::{Tx, audittrail, outbox_change};
use poem::Response;
use uuid::Uuid;

use super::super::filters;
use super::super::klanten::kaart::gone;
use super::super::klanten::tijdlijn::{Line, of_change};
use super::super::language::Text;
use super::super::list::{ONE_MORE, ROWS};
use super::super::looked::{Looked, record};
use super::super::page::Frame;
use super::super::problem::Problem;
use super::super::rights::Right;
use super::super::visit::Visit;
use super::TITLE;
use super::lijst::Klant;
use super::woorden::{heading, initiatief, medewerker, title};

/// Most klanten, and most zaken, that are shown.
pub const RELATED: i64 = 100;

/// A klant who took part.
struct Deelname {
    klant: Klant,
    found: Participant,
}

#[derive(Template)]
#[template(path = "beheer/contactmomenten/contactmoment.html")]
struct View {
    frame: Frame,
    stored: Stored,
    initiatief: Text,
    medewerker: String,
    klanten: Vec<Deelname>,
    zaken: Vec<Objectcontactmoment>,
    changes: Vec<Line>,
    is_first: bool,
    older: Option<String>,
    may_change: bool,
}

/// GET: the page. Five queries.
pub async fn show(visit: Arc<Visit>) -> Result<Response, Problem> {
    let uuid = visit.uuid()?;
    let before = match visit.asked("voor") {
        "" => i64::MAX,
        number => number.parse().map_err(|_| Problem::NotFound)?,
    };
    let mut tx = visit.state.db.for_reads().await.snapshot().await?;
    let stored = find(&visit, &mut tx, uuid).await?;
    let klanten = contactmoment_browse::participants(&mut tx, &[stored.id], RELATED).await?;
    let of_this = ObjectcontactmomentFilter {
        contactmoment: Some(uuid),
        ..ObjectcontactmomentFilter::default()
    };
    let zaken = objectcontactmoment::list(&mut tx, &of_this, Place::after(0), RELATED).await?;
    let (changes, older) = changes(&mut tx, uuid, before).await?;
    tx.rollback().await?;
    let looked = Looked {
        object: Some(uuid),
        ..Looked::default()
    };
    record(&visit, looked).await?;
    let shown = &stored.contactmoment;
    let view = View {
        frame: frame(&visit, shown),
        initiatief: initiatief(&shown.initiatiefnemer),
        medewerker: medewerker(&shown.medewerker, shown.medewerker_identificatie.as_ref()),
        klanten: klanten
            .into_iter()
            .map(|found| Deelname {
                klant: Klant::of(&found),
                found,
            })
            .collect(),
        zaken,
        changes,
        is_first: before == i64::MAX,
        older: older.map(|number| format!("/contactmomenten/{uuid}?voor={number}")),
        may_change: visit.may(Right::KlantenWijzigen),
        stored,
    };
    visit.show(&view)
}

/// The contactmoment, or why there is none.
pub async fn find(visit: &Visit, tx: &mut Tx, uuid: Uuid) -> Result<Stored, Problem> {
    if let Some(stored) = contactmoment::find_in(tx, uuid).await? {
        return Ok(stored);
    }
    let what = Text::new(
        "Dit contactmoment is verwijderd",
        "This contactmoment was deleted",
    );
    Err(gone(visit, tx, Component::Cmc, uuid, &what).await?)
}

/// The frame of the page of a contactmoment.
fn frame(visit: &Visit, contactmoment: &Contactmoment) -> Frame {
    Frame::new(visit, &title(contactmoment))
        .heading(heading(contactmoment).in_language(visit.language))
        .crumb("/contactmomenten", TITLE.in_language(visit.language))
}

/// The frame of a page below that of a contactmoment.
pub fn frame_below(visit: &Visit, contactmoment: &Contactmoment, what: &Text) -> Frame {
    let page = format!("/contactmomenten/{}", contactmoment.uuid);
    Frame::new(visit, what)
        .crumb("/contactmomenten", TITLE.in_language(visit.language))
        .crumb(page, heading(contactmoment).in_language(visit.language))
}

/// The changes from a place on with what became of their messages, newest first, and where the next page begins.
async fn changes(tx: &mut Tx, uuid: Uuid, before: i64) -> Result<(Vec<Line>, Option<i64>), Problem> {
    let mut rows = audittrail::list_back(tx, Component::Cmc, uuid, before, ONE_MORE).await?;
    let has_more = rows.len() > ROWS;
    rows.truncate(ROWS);
    let older = rows.last().filter(|_| has_more).map(|(number, _)| *number);
    let uuids: Vec<Uuid> = rows.iter().map(|(_, row)| row.uuid).collect();
    let told = outbox_change::list(tx, &uuids, &[]).await?;
    let mut lines = Vec::with_capacity(rows.len());
    for (_, row) in &rows {
        let mut line = of_change(row, "Contactmoment")?;
        line.told = told
            .iter()
            .find(|told| told.audit == row.uuid)
            .map(|told| told.state);
        lines.push(line);
    }
    Ok((lines, older))
}
