//! What can be done with klanten, and the rules that need the register: existence, what may not change, uniqueness.
//! A change, its audit row and its message are one transaction; no transaction waits for the network.

use openklant_shared::domain::audittrail::{Actie, Actor};
use openklant_shared::domain::codes;
use openklant_shared::domain::fault::Faults;
use openklant_shared::domain::klant::{Klant, SubjectTypeField};
use openklant_shared::domain::notificatie::KLANTEN;
use openklant_shared::journal::Mutation;
use openklant_shared::storage::klant_filter::KlantFilter;
use openklant_shared::storage::{Constraint, StorageError, Tx, klant};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::input::{self, KlantInput};
use super::subject_input::{self, SubjectInput};
use super::view::{KlantView, weergave};
use crate::state::State;
use crate::zgw::audittrail;
use crate::zgw::body::JsonObject;
use crate::zgw::error::Refusal;
use crate::zgw::etag::IfMatch;
use crate::zgw::fields::Demand;
use crate::zgw::links::Base;
use crate::zgw::page::{Asked, Page};

/// The use cases, for one request.
pub struct Klanten<'a> {
    /// What they stand on.
    pub state: &'a State,
    /// Our address in this request.
    pub base: &'a Base,
}

/// A klant and its JSON text.
pub struct Written {
    /// The text.
    pub body: String,
    /// Its URL.
    pub url: String,
}

impl Klanten<'_> {
    /// The JSON text of a klant.
    pub async fn find(&self, uuid: Uuid) -> Result<String, Refusal> {
        let klant = klant::find(&self.state.db.for_reads().await, uuid)
            .await?
            .ok_or(Refusal::NotFound)?;
        self.body_of(&klant)
    }

    /// A page of the klanten that match, with the exact count, from one snapshot.
    pub async fn list(&self, filter: &KlantFilter, asked: Asked) -> Result<(Page, Vec<Klant>), Refusal> {
        if filter.matches_nothing() {
            return Ok((asked.within(0)?, Vec::new()));
        }
        let mut tx = self.state.db.for_reads().await.snapshot().await?;
        let counted = klant::count(&mut tx, filter).await?;
        let page = asked.within(counted.rows)?;
        let place = counted.place(&mut tx, page.offset()).await?;
        let klanten = klant::list(&mut tx, filter, place, crate::zgw::page::SIZE).await?;
        Ok((page, klanten))
    }

    /// Makes a klant.
    pub async fn create(&self, actor: &Actor, body: &JsonObject) -> Result<Written, Refusal> {
        let mut faults = Faults::new();
        let mut plain = input::read(body, Demand::Required, &mut faults);
        // After the other fields: a request without anything is told what every klant needs, as 1.0.0 does.
        if faults.is_empty() {
            plain.demand_subject_type(body, &mut faults);
        }
        self.check_subject(&plain, &mut faults).await?;
        faults.into_result()?;
        let subject = read_identification(body, plain.subject_type.unwrap_or_default())?;

        let mut klant = Klant::new(self.state.ids.next());
        plain.apply_to(&mut klant);
        if let Some(subject) = subject {
            subject.apply_to(&mut klant.identificatie);
        }
        let mut tx = self.state.db.begin().await?;
        klant::insert(&mut tx, klant.clone(), self.state.clock.now())
            .await
            .map_err(told_as_unique)?;
        demand_subject(&klant)?;
        let written = self.written(&klant)?;
        self.record(&mut tx, actor, Actie::Create, &klant, None, Some(&written))
            .await?;
        tx.commit().await?;
        Ok(written)
    }

    /// Changes a klant: `Actie::Update` for PUT, `Actie::PartialUpdate` for PATCH. Both put what is given over what
    /// is stored; PUT also demands the required keys. `body` is read only when the klant exists.
    pub async fn update(
        &self,
        actor: &Actor,
        actie: Actie,
        uuid: Uuid,
        body: impl FnOnce() -> Result<JsonObject, Refusal>,
        condition: &IfMatch,
    ) -> Result<Written, Refusal> {
        let seen = klant::find(&self.state.db, uuid)
            .await?
            .ok_or(Refusal::NotFound)?;
        let body = body()?;
        let demand = if actie == Actie::Update {
            Demand::Required
        } else {
            Demand::Nothing
        };
        let mut faults = Faults::new();
        let mut plain = input::read(&body, demand, &mut faults);
        plain.keep_subject_type(seen.subject_type, &mut faults);
        self.check_subject(&plain, &mut faults).await?;
        faults.into_result()?;
        // The kind of subject never changes, so what was seen outside the transaction is what is inside it.
        plain.subject_type = None;
        let subject = read_identification(&body, seen.subject_type)?;

        let mut tx = self.state.db.begin().await?;
        let stored = klant::find_for_change(&mut tx, uuid)
            .await?
            .ok_or(Refusal::NotFound)?;
        let before = self.body_of(&stored)?;
        condition.demand(&before)?;
        let mut klant = stored.clone();
        plain.apply_to(&mut klant);
        if let Some(subject) = subject {
            subject.apply_to(&mut klant.identificatie);
        }
        klant::update(&mut tx, &stored, klant.clone(), self.state.clock.now())
            .await
            .map_err(told_as_unique)?;
        demand_subject(&klant)?;
        let written = self.written(&klant)?;
        self.record(
            &mut tx,
            actor,
            actie,
            &klant,
            Some((&stored, before)),
            Some(&written),
        )
        .await?;
        tx.commit().await?;
        Ok(written)
    }

    /// Removes a klant. Its audit rows stay; contactmomenten that name it keep its URL.
    pub async fn delete(&self, actor: &Actor, uuid: Uuid, condition: &IfMatch) -> Result<(), Refusal> {
        let mut tx = self.state.db.begin().await?;
        let stored = klant::find_for_change(&mut tx, uuid)
            .await?
            .ok_or(Refusal::NotFound)?;
        let before = self.body_of(&stored)?;
        condition.demand(&before)?;
        klant::delete(&mut tx, uuid).await?;
        self.record(
            &mut tx,
            actor,
            Actie::Destroy,
            &stored,
            Some((&stored, before)),
            None,
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// A page of the audit trail of a klant.
    pub async fn audittrail(&self, uuid: Uuid, asked: Asked) -> Result<(Page, Vec<Box<RawValue>>), Refusal> {
        let mut tx = self.state.db.for_reads().await.snapshot().await?;
        demand_existence(&mut tx, uuid).await?;
        audittrail::page(&mut tx, KLANTEN.component, uuid, asked).await
    }

    /// One row of the audit trail of a klant, as JSON text.
    pub async fn audit_row(&self, uuid: Uuid, row: Uuid) -> Result<String, Refusal> {
        let mut tx = self.state.db.for_reads().await.snapshot().await?;
        demand_existence(&mut tx, uuid).await?;
        audittrail::row(&mut tx, KLANTEN.component, uuid, row).await
    }

    /// A subject must answer 200, followed through redirects (section 3.5). Its content is not looked at.
    async fn check_subject(&self, plain: &KlantInput, faults: &mut Faults) -> Result<(), Refusal> {
        if let Some(subject) = plain.subject.as_deref().filter(|url| !url.is_empty())
            && !self.state.remote.is_there(subject).await?
        {
            faults.add("subject", codes::BAD_URL);
        }
        Ok(())
    }

    fn body_of(&self, klant: &Klant) -> Result<String, Refusal> {
        serde_json::to_string(&KlantView::new(klant, self.base))
            .map_err(|error| Refusal::Internal(error.to_string()))
    }

    fn written(&self, klant: &Klant) -> Result<Written, Refusal> {
        Ok(Written {
            body: self.body_of(klant)?,
            url: KlantView::new(klant, self.base).url(),
        })
    }

    async fn record(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        actie: Actie,
        klant: &Klant,
        before: Option<(&Klant, String)>,
        after: Option<&Written>,
    ) -> Result<(), StorageError> {
        let described = before.as_ref().map_or(klant, |(stored, _)| stored);
        let mutation = Mutation {
            actie,
            kanaal: &KLANTEN,
            object: klant.uuid,
            url: &KlantView::new(klant, self.base).url(),
            weergave: weergave(described),
            klantnummer: Some(&klant.klantnummer),
            oud: before.map(|(_, body)| body),
            nieuw: after.map(|written| written.body.clone()),
            kenmerken: vec![klant.subject_type.text().unwrap_or_default().to_owned()],
        };
        self.state.journal.record(tx, actor, mutation).await
    }
}

/// Second phase of the checks; without a kind of subject there is no identification to read.
fn read_identification(
    body: &JsonObject,
    subject_type: SubjectTypeField,
) -> Result<Option<SubjectInput>, Faults> {
    let Some(kind) = subject_type.kind() else {
        return Ok(None);
    };
    let mut faults = Faults::new();
    let subject = subject_input::read(body, kind, &mut faults);
    faults.into_result()?;
    Ok(subject)
}

/// The last check, after uniqueness: a klant needs a subject or an identification of one.
fn demand_subject(klant: &Klant) -> Result<(), Faults> {
    if klant.subject.is_empty() && klant.identificatie.is_none() {
        return Err(Faults::from(codes::INVALID_SUBJECT));
    }
    Ok(())
}

async fn demand_existence(tx: &mut Tx, uuid: Uuid) -> Result<(), Refusal> {
    if klant::exists(tx, uuid).await? {
        Ok(())
    } else {
        Err(Refusal::NotFound)
    }
}

fn told_as_unique(error: StorageError) -> Refusal {
    match error {
        StorageError::Unique(Constraint::KlantKlantnummer) => Faults::from(codes::KLANT_UNIQUE).into(),
        other => other.into(),
    }
}
