//! Deleting a contactmoment, after a question that names what goes with it.

use std::sync::Arc;

use openklant_shared::domain::applicatie::Component;
use openklant_shared::storage::contactmoment;
use openklant_shared::storage::objectcontactmoment::{self, ObjectcontactmomentFilter};
use openklant_shared::storage::page_map::Place;
use openklant_shared::storage::{audittrail, contactmoment_browse};
use poem::Response;

use super::super::actor::actor;
use super::super::confirm::{self, Confirm, VERSION};
use super::super::form::Form;
use super::super::language::{Language, Text};
use super::super::problem::Problem;
use super::super::visit::Visit;
use super::DELETE;
use super::formulier::contactmomenten;
use super::kaart::{RELATED, find, frame_below};
use super::woorden::heading;
use crate::zgw::etag::IfMatch;

/// GET: asks. POST: deletes.
pub async fn delete(visit: Arc<Visit>) -> Result<Response, Problem> {
    let uuid = visit.uuid()?;
    let path = format!("/contactmomenten/{uuid}");
    let mut tx = visit.state.db.snapshot().await?;
    let stored = find(&visit, &mut tx, uuid).await?;
    let klanten = contactmoment_browse::participants(&mut tx, &[stored.id], RELATED)
        .await?
        .len();
    let of_this = ObjectcontactmomentFilter {
        contactmoment: Some(uuid),
        ..ObjectcontactmomentFilter::default()
    };
    let zaken = objectcontactmoment::list(&mut tx, &of_this, Place::after(0), RELATED)
        .await?
        .len();
    let volgend = match stored.volgend {
        Some(volgend) => contactmoment::find_in(&mut tx, volgend).await?,
        None => None,
    };
    let rows = audittrail::list_back(&mut tx, Component::Cmc, uuid, i64::MAX, 1).await?;
    tx.rollback().await?;
    let version = rows.first().map_or(0, |(number, _)| *number).to_string();
    let mut what_happens = vec![Text::made(
        format!("{} verdwijnen mee.", coupled(klanten, zaken, Language::Nl)),
        format!("{} go with it.", coupled(klanten, zaken, Language::En)),
    )];
    if let Some(volgend) = volgend {
        let next = heading(&volgend.contactmoment);
        what_happens.push(Text::made(
            format!(
                "Het vervolg ({}) verliest zijn verwijzing hiernaar.",
                next.in_language(Language::Nl)
            ),
            format!(
                "The one that follows ({}) loses its reference to this.",
                next.in_language(Language::En)
            ),
        ));
    }
    what_happens.push(Text::new(
        "De geschiedenis blijft in het logboek.",
        "The history stays in the log.",
    ));
    what_happens.push(Text::new(
        "Afnemers krijgen een melding.",
        "Subscribers get a notification.",
    ));
    let name = heading(&stored.contactmoment);
    let question = Text::made(
        format!("{} verwijderen?", name.in_language(Language::Nl)),
        format!("Delete {}?", name.in_language(Language::En)),
    );
    let ask = Confirm {
        frame: frame_below(&visit, &stored.contactmoment, &DELETE)
            .heading(question.in_language(visit.language)),
        what_happens,
        irreversible: Some(Text::new(
            "Dit kan niet ongedaan worden gemaakt.",
            "This cannot be undone.",
        )),
        asks_reason: true,
        yes: Text::new("Contactmoment verwijderen", "Delete the contactmoment"),
        no: Text::new("Niet verwijderen", "Do not delete"),
        back: path,
        is_danger: true,
        hidden: vec![(VERSION, version.clone())],
    };
    let mut form = Form::empty(&visit);
    if !visit.is_post() {
        return ask.show(&visit, &form);
    }
    if form.value(VERSION) != version {
        return Err(Problem::Conflict(Text::new(
            "Iemand anders heeft dit contactmoment intussen gewijzigd. Er is niets verwijderd.",
            "Somebody else has changed this contactmoment meanwhile. Nothing was deleted.",
        )));
    }
    let reason = confirm::reason(&mut form);
    if !form.is_right() {
        return ask.show(&visit, &form);
    }
    contactmomenten(&visit)
        .delete(&actor(&visit, &reason)?, uuid, &IfMatch::default())
        .await?;
    let said = Text::new(
        "Het contactmoment is verwijderd.",
        "The contactmoment is deleted.",
    );
    visit.go_and_say("/contactmomenten", said).await
}

/// `De koppelingen met 2 klanten en 1 zaak`.
fn coupled(klanten: usize, zaken: usize, language: Language) -> String {
    let most = usize::try_from(RELATED).unwrap_or(usize::MAX);
    let counted = |count: usize, one: &str, many: &str| match count {
        1 => format!("1 {one}"),
        count if count >= most => format!("{count} {} {many}", language.pick("of meer", "or more")),
        count => format!("{count} {many}"),
    };
    format!(
        "{} {} {} {}",
        language.pick("De koppelingen met", "The couplings with"),
        counted(klanten, "klant", "klanten"),
        language.pick("en", "and"),
        counted(zaken, "zaak", "zaken"),
    )
}
