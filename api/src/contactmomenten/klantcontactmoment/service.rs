//! What can be done with klantcontactmomenten. A klant of this installation is found in our own database, one from
//! elsewhere is looked up before any transaction.

use openklant_shared::domain::codes;
use openklant_shared::domain::contactmoment::{KlantLink, Klantcontactmoment};
use openklant_shared::domain::fault::Faults;
use openklant_shared::storage::klantcontactmoment::{self, KlantcontactmomentFilter};
use openklant_shared::storage::{Constraint, StorageError, contactmoment, klant};
use uuid::Uuid;

use super::input::{self, KlantcontactmomentInput};
use super::view::KlantcontactmomentView;
use super::{KLANTEN, klant_link};
use crate::contactmomenten::contactmoment::view as contactmoment_view;
use crate::state::State;
use crate::zgw::body::JsonObject;
use crate::zgw::error::Refusal;
use crate::zgw::etag::IfMatch;
use crate::zgw::fields::{Demand, set};
use crate::zgw::links::{Base, OwnLinks, Target};
use crate::zgw::page::{self, Asked, Page};

/// The use cases, for one request.
pub struct Klantcontactmomenten<'a> {
    /// What they stand on.
    pub state: &'a State,
    /// Our address in this request.
    pub base: &'a Base,
    /// Recognises links to ourselves.
    pub links: OwnLinks<'a>,
}

impl Klantcontactmomenten<'_> {
    /// The JSON text of a relation.
    pub async fn find(&self, uuid: Uuid) -> Result<String, Refusal> {
        let relation = klantcontactmoment::find(&self.state.db.for_reads().await, uuid)
            .await?
            .ok_or(Refusal::NotFound)?;
        self.body_of(&relation)
    }

    /// A page of the relations that match, with the exact count, from one snapshot.
    pub async fn list(
        &self,
        filter: &KlantcontactmomentFilter,
        asked: Asked,
    ) -> Result<(Page, Vec<Klantcontactmoment>), Refusal> {
        if filter.nothing {
            return Ok((asked.within(0)?, Vec::new()));
        }
        let mut tx = self.state.db.for_reads().await.snapshot().await?;
        let counted = klantcontactmoment::count(&mut tx, filter).await?;
        let page = asked.within(counted.rows)?;
        let place = counted.place(&mut tx, page.offset()).await?;
        let relations = klantcontactmoment::list(&mut tx, filter, place, page::SIZE).await?;
        Ok((page, relations))
    }

    /// Makes a relation: its JSON text and its URL.
    pub async fn create(&self, body: &JsonObject) -> Result<(String, String), Refusal> {
        let mut faults = Faults::new();
        let given = input::read(body, Demand::Required, self.links, &mut faults);
        let klant = self.check(&given, &mut faults).await?;
        faults.into_result()?;
        let relation = self.made_of(given, klant).ok_or_else(neither_read_nor_refused)?;
        let contactmoment = relation.contactmoment;
        let mut tx = self.state.db.begin().await?;
        contactmoment::hold(&mut tx, contactmoment).await?;
        let added = klantcontactmoment::insert(&mut tx, &relation, self.state.clock.now()).await;
        if !added.map_err(told_as_unique)? {
            return Err(contactmoment_gone());
        }
        tx.commit().await?;
        Ok((
            self.body_of(&relation)?,
            KlantcontactmomentView::new(&relation, self.base).url(),
        ))
    }

    /// The relation that `body` makes with a contactmoment that is about to be made, and so is not there yet.
    pub async fn with_new(
        &self,
        contactmoment: Uuid,
        mut body: JsonObject,
        faults: &mut Faults,
    ) -> Result<Option<Klantcontactmoment>, Refusal> {
        let url = contactmoment_view::url(self.base, contactmoment);
        body.insert("contactmoment".to_owned(), url.into());
        let mut given = input::read(&body, Demand::Required, self.links, faults);
        // Not to be looked for.
        given.contactmoment = None;
        let klant = self.check(&given, faults).await?;
        given.contactmoment = Some(contactmoment);
        Ok(self.made_of(given, klant))
    }

    fn made_of(
        &self,
        given: KlantcontactmomentInput,
        klant: Option<KlantLink>,
    ) -> Option<Klantcontactmoment> {
        Some(Klantcontactmoment {
            uuid: self.state.ids.next(),
            contactmoment: given.contactmoment?,
            klant: klant?,
            rol: given.rol?,
            gelezen: given.gelezen.unwrap_or_default(),
        })
    }

    /// Changes a relation (AFWIJKING of Open Klant): what is given goes over what is stored. `body` is read only when
    /// the relation exists.
    pub async fn update(
        &self,
        demand: Demand,
        uuid: Uuid,
        body: impl FnOnce() -> Result<JsonObject, Refusal>,
        condition: &IfMatch,
    ) -> Result<String, Refusal> {
        klantcontactmoment::find(&self.state.db, uuid)
            .await?
            .ok_or(Refusal::NotFound)?;
        let body = body()?;
        let mut faults = Faults::new();
        let given = input::read(&body, demand, self.links, &mut faults);
        let klant = self.check(&given, &mut faults).await?;
        faults.into_result()?;

        let mut tx = self.state.db.begin().await?;
        // Before the relation itself: a change of the contactmoment takes the two in this order too.
        if let Some(contactmoment) = given.contactmoment {
            contactmoment::hold(&mut tx, contactmoment).await?;
        }
        let mut relation = klantcontactmoment::find_for_change(&mut tx, uuid)
            .await?
            .ok_or(Refusal::NotFound)?;
        condition.demand(&self.body_of(&relation)?)?;
        set(&mut relation.contactmoment, given.contactmoment);
        set(&mut relation.klant, klant);
        set(&mut relation.rol, given.rol);
        set(&mut relation.gelezen, given.gelezen);
        if !klantcontactmoment::update(&mut tx, &relation)
            .await
            .map_err(told_as_unique)?
        {
            return Err(contactmoment_gone());
        }
        tx.commit().await?;
        self.body_of(&relation)
    }

    /// Removes a relation.
    pub async fn delete(&self, uuid: Uuid, condition: &IfMatch) -> Result<(), Refusal> {
        let mut tx = self.state.db.begin().await?;
        let relation = klantcontactmoment::find_for_change(&mut tx, uuid)
            .await?
            .ok_or(Refusal::NotFound)?;
        condition.demand(&self.body_of(&relation)?)?;
        klantcontactmoment::delete(&mut tx, uuid).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Both ends must be there; gives the klant when one was named.
    async fn check(
        &self,
        given: &KlantcontactmomentInput,
        faults: &mut Faults,
    ) -> Result<Option<KlantLink>, Refusal> {
        if let Some(contactmoment) = given.contactmoment
            && contactmoment::find(&self.state.db, contactmoment)
                .await?
                .is_none()
        {
            faults.add("contactmoment", codes::DOES_NOT_EXIST);
        }
        let Some(url) = given.klant.as_deref() else {
            return Ok(None);
        };
        let is_there = match self.links.target(url, KLANTEN) {
            Target::Object(Some(uuid)) => klant::find(&self.state.db, uuid).await?.is_some(),
            Target::Object(None) | Target::OtherResource => false,
            Target::Elsewhere => self.state.remote.is_there(url).await?,
        };
        if !is_there {
            faults.add("klant", codes::BAD_URL);
        }
        Ok(Some(klant_link(url, self.links)))
    }

    fn body_of(&self, relation: &Klantcontactmoment) -> Result<String, Refusal> {
        serde_json::to_string(&KlantcontactmomentView::new(relation, self.base))
            .map_err(|error| Refusal::Internal(error.to_string()))
    }
}

/// Never happens: what is missing was refused.
fn neither_read_nor_refused() -> Refusal {
    Refusal::Internal("a required field was neither read nor refused".to_owned())
}

/// The contactmoment went between the check and the write.
fn contactmoment_gone() -> Refusal {
    Faults::of("contactmoment", codes::DOES_NOT_EXIST).into()
}

/// What the schema refused of a new relation, told like what the checks would have found.
pub fn told_as_unique(error: StorageError) -> Refusal {
    match error {
        StorageError::Unique(Constraint::Klantcontactmoment) => {
            Faults::from(codes::KLANTCONTACTMOMENT_UNIQUE).into()
        }
        StorageError::Missing => contactmoment_gone(),
        other => other.into(),
    }
}
