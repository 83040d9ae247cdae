//! What can be done with contactmomenten, and the rules that need the register: existence, chains without forks and
//! loops. A change, its audit row and its message are one transaction.

use std::collections::HashMap;

use openklant_shared::domain::audittrail::{Actie, Actor};
use openklant_shared::domain::codes::{self, Code};
use openklant_shared::domain::contactmoment::Contactmoment;
use openklant_shared::domain::fault::Faults;
use openklant_shared::domain::notificatie::CONTACTMOMENTEN;
use openklant_shared::journal::Mutation;
use openklant_shared::storage::contactmoment::{self, Stored};
use openklant_shared::storage::{Constraint, StorageError, Tx, klantcontactmoment, objectcontactmoment};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::expand::Expand;
use super::filter;
use super::input;
use super::view::{self, ContactmomentView, Relations, weergave};
use crate::contactmomenten::klantcontactmoment::service::{Klantcontactmomenten, told_as_unique};
use crate::state::State;
use crate::zgw::audittrail;
use crate::zgw::body::JsonObject;
use crate::zgw::error::Refusal;
use crate::zgw::etag::IfMatch;
use crate::zgw::fields::Demand;
use crate::zgw::links::{Base, OwnLinks};
use crate::zgw::page::{self, Asked, Page};

/// Name of the link to the one before.
const VORIG: &str = "vorigContactmoment";

/// The use cases, for one request.
pub struct Contactmomenten<'a> {
    /// What they stand on.
    pub state: &'a State,
    /// Our address in this request.
    pub base: &'a Base,
    /// Recognises links to ourselves.
    pub links: OwnLinks<'a>,
}

/// A contactmoment with its relations.
pub struct Complete {
    stored: Stored,
    relations: Relations,
}

impl Complete {
    /// How it is shown.
    pub fn view<'a>(&'a self, base: &'a Base, expand: Expand) -> ContactmomentView<'a> {
        ContactmomentView {
            stored: &self.stored,
            relations: &self.relations,
            base,
            expand,
        }
    }
}

impl Contactmomenten<'_> {
    /// The JSON text of a contactmoment.
    pub async fn find(
        &self,
        uuid: Uuid,
        expand: impl FnOnce() -> Result<Expand, Refusal>,
    ) -> Result<String, Refusal> {
        let mut tx = self.state.db.for_reads().await.snapshot().await?;
        let stored = contactmoment::find_in(&mut tx, uuid)
            .await?
            .ok_or(Refusal::NotFound)?;
        let expand = expand()?;
        let complete = with_relations(&mut tx, stored).await?;
        self.body_of(&complete, expand)
    }

    /// A page of the contactmomenten that match, with the exact count, from one snapshot.
    pub async fn list(&self, wanted: &filter::Asked, asked: Asked) -> Result<(Page, Vec<Complete>), Refusal> {
        if wanted.filter.matches_nothing() {
            return Ok((asked.within(0)?, Vec::new()));
        }
        let mut tx = self.state.db.for_reads().await.snapshot().await?;
        let counted = contactmoment::count(&mut tx, &wanted.filter).await?;
        let page = asked.within(counted.rows)?;
        let rows = contactmoment::list(
            &mut tx,
            &wanted.filter,
            &wanted.order,
            &counted,
            page::SIZE,
            page.offset(),
        )
        .await?;
        let mut relations = relations_of(&mut tx, &rows).await?;
        let complete = rows
            .into_iter()
            .map(|stored| Complete {
                relations: relations.remove(&stored.id).unwrap_or_default(),
                stored,
            })
            .collect();
        Ok((page, complete))
    }

    /// The JSON text of a contactmoment as a change finds it: what a condition compares.
    pub async fn current(&self, uuid: Uuid) -> Result<String, Refusal> {
        let mut tx = self.state.db.snapshot().await?;
        let stored = contactmoment::find_in(&mut tx, uuid)
            .await?
            .ok_or(Refusal::NotFound)?;
        let complete = with_relations(&mut tx, stored).await?;
        self.body_of(&complete, Expand::default())
    }

    /// Makes a contactmoment: its JSON text and its URL.
    pub async fn create(&self, actor: &Actor, body: &JsonObject) -> Result<(String, String), Refusal> {
        self.create_with(actor, body, None).await
    }

    /// Makes a contactmoment and, in the same transaction, its relation to a klant; `relation` is the body of one, without
    /// the contactmoment.
    pub async fn create_with(
        &self,
        actor: &Actor,
        body: &JsonObject,
        relation: Option<JsonObject>,
    ) -> Result<(String, String), Refusal> {
        let mut faults = Faults::new();
        let given = input::read(body, Demand::Required, self.links, &mut faults);
        let vorig = given.vorig.flatten();
        if let Some(vorig) = vorig {
            let mut tx = self.state.db.snapshot().await?;
            self.check_vorig(&mut tx, vorig, None, &mut faults).await?;
        }
        let uuid = self.state.ids.next();
        let relation = match relation {
            Some(relation) => {
                let service = Klantcontactmomenten {
                    state: self.state,
                    base: self.base,
                    links: self.links,
                };
                service.with_new(uuid, relation, &mut faults).await?
            }
            None => None,
        };
        faults.into_result()?;
        let now = self.state.clock.now();
        let mut contactmoment = Contactmoment::new(uuid, now);
        given.apply_to(&mut contactmoment);
        demand_medewerker(&contactmoment)?;

        let mut tx = self.state.db.begin().await?;
        let vorig_id = self.vorig_id(&mut tx, vorig).await?;
        contactmoment::insert(&mut tx, &contactmoment, vorig_id, now)
            .await
            .map_err(told_about_vorig)?;
        if let Some(relation) = &relation {
            klantcontactmoment::insert(&mut tx, relation, now)
                .await
                .map_err(told_as_unique)?;
        }
        let complete = self.reload(&mut tx, contactmoment.uuid).await?;
        let written = self.body_of(&complete, Expand::default())?;
        self.record(
            &mut tx,
            actor,
            Actie::Create,
            &complete,
            None,
            Some(written.clone()),
        )
        .await?;
        tx.commit().await?;
        Ok((written, view::url(self.base, contactmoment.uuid)))
    }

    /// Changes a contactmoment: `Actie::Update` for PUT, `Actie::PartialUpdate` for PATCH. Both put what is given
    /// over what is stored; PUT also demands the required keys. `body` is read only when the contactmoment exists.
    pub async fn update(
        &self,
        actor: &Actor,
        actie: Actie,
        uuid: Uuid,
        body: impl FnOnce() -> Result<JsonObject, Refusal>,
        condition: &IfMatch,
    ) -> Result<String, Refusal> {
        let seen = contactmoment::find(&self.state.db, uuid)
            .await?
            .ok_or(Refusal::NotFound)?;
        let body = body()?;
        let demand = if actie == Actie::Update {
            Demand::Required
        } else {
            Demand::Nothing
        };
        let mut faults = Faults::new();
        let given = input::read(&body, demand, self.links, &mut faults);
        if let Some(Some(vorig)) = given.vorig {
            let mut tx = self.state.db.snapshot().await?;
            self.check_vorig(&mut tx, vorig, Some(&seen), &mut faults).await?;
        }
        faults.into_result()?;

        let mut tx = self.state.db.begin().await?;
        let relinks = given.vorig.is_some();
        if relinks {
            contactmoment::hold_chains(&mut tx).await?;
        }
        let stored = contactmoment::find_for_change(&mut tx, uuid)
            .await?
            .ok_or(Refusal::NotFound)?;
        let before = with_relations(&mut tx, stored).await?;
        let body_before = self.body_of(&before, Expand::default())?;
        condition.demand(&body_before)?;
        let mut contactmoment = before.stored.contactmoment.clone();
        given.apply_to(&mut contactmoment);
        demand_medewerker(&contactmoment)?;
        if let Some(vorig) = contactmoment.vorig.filter(|_| relinks) {
            // Again, now that nobody else links: two changes that were fine alone could make a loop together.
            let mut faults = Faults::new();
            self.check_vorig(&mut tx, vorig, Some(&before.stored), &mut faults)
                .await?;
            faults.into_result()?;
        }
        let vorig_id = self.vorig_id(&mut tx, contactmoment.vorig).await?;
        let now = self.state.clock.now();
        contactmoment::update(&mut tx, before.stored.id, &contactmoment, vorig_id, now)
            .await
            .map_err(told_about_vorig)?;
        let after = self.reload(&mut tx, uuid).await?;
        let written = self.body_of(&after, Expand::default())?;
        self.record(
            &mut tx,
            actor,
            actie,
            &after,
            Some((&before, body_before)),
            Some(written.clone()),
        )
        .await?;
        tx.commit().await?;
        Ok(written)
    }

    /// Removes a contactmoment and its relations. The one that followed on it then follows on nothing.
    pub async fn delete(&self, actor: &Actor, uuid: Uuid, condition: &IfMatch) -> Result<(), Refusal> {
        let mut tx = self.state.db.begin().await?;
        let stored = contactmoment::find_for_change(&mut tx, uuid)
            .await?
            .ok_or(Refusal::NotFound)?;
        let before = with_relations(&mut tx, stored).await?;
        let body_before = self.body_of(&before, Expand::default())?;
        condition.demand(&body_before)?;
        contactmoment::delete(&mut tx, uuid).await?;
        self.record(
            &mut tx,
            actor,
            Actie::Destroy,
            &before,
            Some((&before, body_before)),
            None,
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// A page of the audit trail of a contactmoment.
    pub async fn audittrail(&self, uuid: Uuid, asked: Asked) -> Result<(Page, Vec<Box<RawValue>>), Refusal> {
        let mut tx = self.state.db.for_reads().await.snapshot().await?;
        contactmoment::find_id(&mut tx, uuid)
            .await?
            .ok_or(Refusal::NotFound)?;
        audittrail::page(&mut tx, CONTACTMOMENTEN.component, uuid, asked).await
    }

    /// One row of the audit trail of a contactmoment, as JSON text.
    pub async fn audit_row(&self, uuid: Uuid, row: Uuid) -> Result<String, Refusal> {
        let mut tx = self.state.db.for_reads().await.snapshot().await?;
        contactmoment::find_id(&mut tx, uuid)
            .await?
            .ok_or(Refusal::NotFound)?;
        audittrail::row(&mut tx, CONTACTMOMENTEN.component, uuid, row).await
    }

    /// A predecessor must exist, have no other successor, and not come after `successor` itself.
    async fn check_vorig(
        &self,
        tx: &mut Tx,
        vorig: Uuid,
        successor: Option<&Stored>,
        faults: &mut Faults,
    ) -> Result<(), StorageError> {
        let Some(vorig_id) = contactmoment::find_id(tx, vorig).await? else {
            faults.add(VORIG, codes::DOES_NOT_EXIST);
            return Ok(());
        };
        let follower = contactmoment::find_successor(tx, vorig).await?;
        if follower.is_some() && follower != successor.map(|stored| stored.contactmoment.uuid) {
            faults.add(VORIG, codes::VORIG_UNIQUE);
        }
        if let Some(successor) = successor
            && contactmoment::is_before(tx, successor.id, vorig_id).await?
        {
            faults.add(VORIG, codes::VORIG_LOOP);
        }
        Ok(())
    }

    async fn vorig_id(&self, tx: &mut Tx, vorig: Option<Uuid>) -> Result<Option<i64>, Refusal> {
        match vorig {
            None => Ok(None),
            Some(uuid) => match contactmoment::find_id(tx, uuid).await? {
                Some(id) => Ok(Some(id)),
                None => Err(vorig_fault(codes::DOES_NOT_EXIST)),
            },
        }
    }

    async fn reload(&self, tx: &mut Tx, uuid: Uuid) -> Result<Complete, Refusal> {
        let gone = || Refusal::Internal("a contactmoment is gone within its own transaction".to_owned());
        let stored = contactmoment::find_in(tx, uuid).await?.ok_or_else(gone)?;
        Ok(with_relations(tx, stored).await?)
    }

    fn body_of(&self, complete: &Complete, expand: Expand) -> Result<String, Refusal> {
        serde_json::to_string(&complete.view(self.base, expand))
            .map_err(|error| Refusal::Internal(error.to_string()))
    }

    async fn record(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        actie: Actie,
        current: &Complete,
        before: Option<(&Complete, String)>,
        nieuw: Option<String>,
    ) -> Result<(), StorageError> {
        let described = before.as_ref().map_or(current, |(before, _)| before);
        let contactmoment = &current.stored.contactmoment;
        let mutation = Mutation {
            actie,
            kanaal: &CONTACTMOMENTEN,
            object: contactmoment.uuid,
            url: &view::url(self.base, contactmoment.uuid),
            weergave: weergave(&described.stored.contactmoment),
            klantnummer: None,
            oud: before.map(|(_, body)| body),
            nieuw,
            kenmerken: vec![
                contactmoment.bronorganisatie.clone(),
                contactmoment.kanaal.clone(),
            ],
        };
        self.state.journal.record(tx, actor, mutation).await
    }
}

async fn with_relations(tx: &mut Tx, stored: Stored) -> Result<Complete, StorageError> {
    let mut relations = relations_of(tx, std::slice::from_ref(&stored)).await?;
    Ok(Complete {
        relations: relations.remove(&stored.id).unwrap_or_default(),
        stored,
    })
}

/// The relations of a page: one query for each of the two kinds.
async fn relations_of(tx: &mut Tx, rows: &[Stored]) -> Result<HashMap<i64, Relations>, StorageError> {
    let ids: Vec<i64> = rows.iter().map(|stored| stored.id).collect();
    let mut relations: HashMap<i64, Relations> = HashMap::with_capacity(ids.len());
    for (id, relation) in klantcontactmoment::list_of(tx, &ids).await? {
        relations.entry(id).or_default().klanten.push(relation);
    }
    for (id, relation) in objectcontactmoment::list_of(tx, &ids).await? {
        relations.entry(id).or_default().objecten.push(relation);
    }
    Ok(relations)
}

/// The last check: somebody of the organisation took part.
fn demand_medewerker(contactmoment: &Contactmoment) -> Result<(), Faults> {
    if contactmoment.medewerker.is_empty() && contactmoment.medewerker_identificatie.is_none() {
        return Err(Faults::from(codes::INVALID_MEDEWERKER));
    }
    Ok(())
}

fn vorig_fault(code: Code) -> Refusal {
    Faults::of(VORIG, code).into()
}

/// Two requests raced: what the schema refused is told like what the checks would have found.
fn told_about_vorig(error: StorageError) -> Refusal {
    match error {
        StorageError::Unique(Constraint::ContactmomentVorig) => vorig_fault(codes::VORIG_UNIQUE),
        StorageError::Missing => vorig_fault(codes::DOES_NOT_EXIST),
        other => other.into(),
    }
}
