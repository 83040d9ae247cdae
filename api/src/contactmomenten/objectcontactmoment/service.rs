//! What can be done with objectcontactmomenten. The Zaken API has the last word on both making and removing; it is
//! asked before any transaction.

use openklant_shared::domain::codes::{self, Code, NON_FIELD_ERRORS};
use openklant_shared::domain::contactmoment::Objectcontactmoment;
use openklant_shared::domain::fault::Faults;
use openklant_shared::storage::objectcontactmoment::{self, ObjectcontactmomentFilter};
use openklant_shared::storage::{Constraint, StorageError, contactmoment};
use url::Url;
use uuid::Uuid;

use super::input;
use super::view::ObjectcontactmomentView;
use super::zaak::{self, Relation};
use crate::contactmomenten::contactmoment::view::url as contactmoment_url;
use crate::state::State;
use crate::zgw::body::JsonObject;
use crate::zgw::error::Refusal;
use crate::zgw::etag::IfMatch;
use crate::zgw::links::{Base, OwnLinks};
use crate::zgw::page::{self, Asked, Page};

/// The use cases, for one request.
pub struct Objectcontactmomenten<'a> {
    /// What they stand on.
    pub state: &'a State,
    /// Our address in this request.
    pub base: &'a Base,
    /// Recognises links to ourselves.
    pub links: OwnLinks<'a>,
}

impl Objectcontactmomenten<'_> {
    /// The JSON text of a relation.
    pub async fn find(&self, uuid: Uuid) -> Result<String, Refusal> {
        let relation = objectcontactmoment::find(&self.state.db.for_reads().await, uuid)
            .await?
            .ok_or(Refusal::NotFound)?;
        self.body_of(&relation)
    }

    /// A page of the relations that match, with the exact count, from one snapshot.
    pub async fn list(
        &self,
        filter: &ObjectcontactmomentFilter,
        asked: Asked,
    ) -> Result<(Page, Vec<Objectcontactmoment>), Refusal> {
        if filter.nothing {
            return Ok((asked.within(0)?, Vec::new()));
        }
        let mut tx = self.state.db.for_reads().await.snapshot().await?;
        let counted = objectcontactmoment::count(&mut tx, filter).await?;
        let page = asked.within(counted.rows)?;
        let place = counted.place(&mut tx, page.offset()).await?;
        let relations = objectcontactmoment::list(&mut tx, filter, place, page::SIZE).await?;
        Ok((page, relations))
    }

    /// Makes a relation: its JSON text and its URL. The checks come one after the other, each only when the one
    /// before passed: the fields, the object, what it is, whether its Zaken API knows the relation.
    pub async fn create(&self, body: &JsonObject) -> Result<(String, String), Refusal> {
        let mut faults = Faults::new();
        let given = input::read(body, self.links, &mut faults);
        if let Some(contactmoment) = given.contactmoment
            && contactmoment::find(&self.state.db, contactmoment)
                .await?
                .is_none()
        {
            faults.add("contactmoment", codes::DOES_NOT_EXIST);
        }
        faults.into_result()?;
        let (Some(contactmoment), Some(object), Some(object_type)) =
            (given.contactmoment, given.object, given.object_type)
        else {
            return Err(Refusal::Internal(
                "a required field was neither read nor refused".to_owned(),
            ));
        };
        if objectcontactmoment::exists(&self.state.db, contactmoment, &object).await? {
            return Err(fault(NON_FIELD_ERRORS, codes::OBJECTCONTACTMOMENT_UNIQUE));
        }
        let url = Url::parse(&object).map_err(|_| fault("object", codes::INVALID_URL))?;
        zaak::check(&self.state.remote, &url)
            .await?
            .map_err(|code| fault("object", code))?;
        match self.ask(&url, contactmoment).await? {
            Relation::Known => {}
            Relation::Unknown => return Err(fault(NON_FIELD_ERRORS, codes::INCONSISTENT_RELATION)),
            Relation::Unsaid => return Err(fault(NON_FIELD_ERRORS, codes::RELATION_VALIDATION)),
        }
        let relation = Objectcontactmoment {
            uuid: self.state.ids.next(),
            contactmoment,
            object,
            object_type,
        };
        let mut tx = self.state.db.begin().await?;
        let added = objectcontactmoment::insert(&mut tx, &relation, self.state.clock.now()).await;
        if !added.map_err(told_as_unique)? {
            return Err(fault("contactmoment", codes::DOES_NOT_EXIST));
        }
        tx.commit().await?;
        Ok((
            self.body_of(&relation)?,
            ObjectcontactmomentView::new(&relation, self.base).url(),
        ))
    }

    /// Removes a relation, once its Zaken API no longer has it.
    pub async fn delete(&self, uuid: Uuid, condition: &IfMatch) -> Result<(), Refusal> {
        let relation = objectcontactmoment::find(&self.state.db, uuid)
            .await?
            .ok_or(Refusal::NotFound)?;
        condition.demand(&self.body_of(&relation)?)?;
        let remote = match Url::parse(&relation.object) {
            Ok(url) => self.ask(&url, relation.contactmoment).await?,
            Err(_) => Relation::Unsaid,
        };
        match remote {
            Relation::Unknown => {}
            Relation::Known => return Err(fault(NON_FIELD_ERRORS, codes::REMOTE_RELATION)),
            Relation::Unsaid => return Err(fault(NON_FIELD_ERRORS, codes::RELATION_LOOKUP)),
        }
        let mut tx = self.state.db.begin().await?;
        if !objectcontactmoment::delete(&mut tx, uuid).await? {
            return Err(Refusal::NotFound);
        }
        tx.commit().await?;
        Ok(())
    }

    async fn ask(&self, object: &Url, contactmoment: Uuid) -> Result<Relation, Refusal> {
        zaak::relation(
            &self.state.remote,
            object,
            &contactmoment_url(self.base, contactmoment),
        )
        .await
    }

    fn body_of(&self, relation: &Objectcontactmoment) -> Result<String, Refusal> {
        serde_json::to_string(&ObjectcontactmomentView::new(relation, self.base))
            .map_err(|error| Refusal::Internal(error.to_string()))
    }
}

fn fault(name: &str, code: Code) -> Refusal {
    Faults::of(name, code).into()
}

fn told_as_unique(error: StorageError) -> Refusal {
    match error {
        StorageError::Unique(Constraint::Objectcontactmoment) => {
            fault(NON_FIELD_ERRORS, codes::OBJECTCONTACTMOMENT_UNIQUE)
        }
        StorageError::Missing => fault("contactmoment", codes::DOES_NOT_EXIST),
        other => other.into(),
    }
}
