//! Storing what was made, many at a time, each batch in a transaction.

use std::time::{Duration, Instant};

use anyhow::Context;
use chrono::{DateTime, Utc};
use indicatif::{ProgressBar, ProgressStyle};
use openklant_api::contactmomenten::contactmoment::expand::Expand;
use openklant_api::contactmomenten::contactmoment::view as contactmoment_view;
use openklant_api::klanten::view as klant_view;
use openklant_api::zgw::links::Base;
use openklant_shared::domain::audittrail::{Actie, Actor, AuditRow};
use openklant_shared::domain::klant::Klant;
use openklant_shared::domain::notificatie::{CONTACTMOMENTEN, KLANTEN};
use openklant_shared::journal::{Mutation, audit_row};
use openklant_shared::settings::Server;
use openklant_shared::storage::contactmoment::many::{Made as MadeContactmoment, Related};
use openklant_shared::storage::contactmoment::{self, Stored};
use openklant_shared::storage::klant::{self, many::Made as MadeKlant};
use openklant_shared::storage::{Db, StorageError, audittrail, klantcontactmoment, objectcontactmoment};
use tracing::info;
use uuid::Uuid;

use super::contactmomenten::{Complete, Contactmomenten};
use super::dice::Dice;
use super::klanten::Klanten;
use super::words::MEDEWERKERS;

/// Most objects to a transaction: the pages of the indexes they fall on are written once for all of them. There are at
/// least twenty batches, since a contactmoment follows on one of an earlier batch.
const BATCH: u64 = 25_000;
const BATCHES: u64 = 20;
/// How often the log says how far it is.
const TELL_EVERY: Duration = Duration::from_secs(10);
/// The application that the audit rows name.
const APPLICATIE: &str = "Klantcontactsysteem (fictief)";

/// How many there are of each.
#[derive(Clone, Copy, Debug, Default)]
pub struct Made {
    /// Klanten.
    pub klanten: u64,
    /// Contactmomenten.
    pub contactmomenten: u64,
    /// Klanten of contactmomenten.
    pub klantcontactmomenten: u64,
    /// Zaken of contactmomenten.
    pub objectcontactmomenten: u64,
    /// Rows of the audit trail.
    pub audit_rows: u64,
}

/// Where it goes.
pub struct Store<'a> {
    db: &'a Db,
    base: Base,
    audit: Option<Audit>,
    bar: ProgressBar,
    told: Instant,
    total: u64,
    batch: usize,
    made: Made,
}

impl<'a> Store<'a> {
    /// With this chance for the audit rows, or without those; `total` objects are to come.
    pub fn new(db: &'a Db, server: &Server, audit: Option<Dice>, total: u64) -> Self {
        let bar = ProgressBar::new(total);
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len}  {per_sec}  {eta} to go") {
            bar.set_style(style);
        }
        Self {
            db,
            base: Base::configured(server),
            audit: audit.map(Audit::new),
            bar,
            told: Instant::now(),
            total,
            batch: usize::try_from((total / BATCHES).clamp(1, BATCH)).unwrap_or(1),
            made: Made::default(),
        }
    }

    /// Stores klanten; answers their uuids.
    pub async fn klanten(&mut self, mut klanten: Klanten) -> anyhow::Result<Vec<Uuid>> {
        let mut uuids = Vec::new();
        loop {
            let batch: Vec<MadeKlant> = klanten.by_ref().take(self.batch).collect();
            if batch.is_empty() {
                return Ok(uuids);
            }
            let mut audit = Vec::new();
            if let Some(made) = &mut self.audit {
                for (klant, at) in &batch {
                    audit.push((
                        made.klant(klant, &self.base, *at)?,
                        Some(klant.klantnummer.as_str()),
                    ));
                }
            }
            let mut tx = self.db.begin().await?;
            klant::many::insert(&mut tx, &batch).await?;
            audittrail::insert_many(&mut tx, &audit).await?;
            tx.commit().await?;
            uuids.extend(batch.iter().map(|(klant, _)| klant.uuid));
            self.made.klanten += count(&batch);
            self.made.audit_rows += count(&audit);
            self.show(batch.len());
        }
    }

    /// Stores contactmomenten and their relations.
    pub async fn contactmomenten(&mut self, mut contactmomenten: Contactmomenten) -> anyhow::Result<()> {
        loop {
            let batch: Vec<Complete> = contactmomenten.by_ref().take(self.batch).collect();
            if batch.is_empty() {
                return Ok(());
            }
            let rows: Vec<MadeContactmoment> = batch
                .iter()
                .map(|complete| (complete.contactmoment.clone(), complete.vorig, complete.made))
                .collect();
            let mut audit = Vec::new();
            if let Some(made) = &mut self.audit {
                for complete in &batch {
                    audit.push((made.contactmoment(complete, &self.base)?, None));
                }
            }
            let mut tx = self.db.begin().await?;
            let numbers = contactmoment::many::insert(&mut tx, &rows).await?;
            let number = |complete: &Complete| {
                let uuid = complete.contactmoment.uuid;
                numbers.get(&uuid).copied().ok_or(StorageError::Missing)
            };
            let (mut klanten, mut zaken, mut stored) = (Vec::new(), Vec::new(), Vec::new());
            for complete in &batch {
                let row = number(complete)?;
                stored.push((complete, row));
                klanten.extend(complete.klanten.iter().map(|klant| related(klant, complete, row)));
                zaken.extend(complete.zaken.iter().map(|zaak| related(zaak, complete, row)));
            }
            klantcontactmoment::insert_many(&mut tx, &klanten).await?;
            objectcontactmoment::insert_many(&mut tx, &zaken).await?;
            audittrail::insert_many(&mut tx, &audit).await?;
            tx.commit().await?;
            self.made.contactmomenten += count(&batch);
            self.made.klantcontactmomenten += count(&klanten);
            self.made.objectcontactmomenten += count(&zaken);
            self.made.audit_rows += count(&audit);
            contactmomenten.stored(stored.into_iter());
            self.show(batch.len());
        }
    }

    /// What was made.
    pub fn finish(self) -> Made {
        self.bar.finish_and_clear();
        self.made
    }

    /// On a terminal, and now and then in the log.
    fn show(&mut self, more: usize) {
        self.bar.inc(u64::try_from(more).unwrap_or_default());
        if self.told.elapsed() >= TELL_EVERY {
            self.told = Instant::now();
            let made = self.made.klanten + self.made.contactmomenten;
            info!(made, total = self.total, "fictional data is being made");
        }
    }
}

fn related<'a, T>(relation: &'a T, complete: &Complete, row: i64) -> Related<'a, T> {
    Related {
        relation,
        contactmoment: row,
        registratiedatum: complete.contactmoment.registratiedatum,
        made: complete.made,
    }
}

fn count<T>(of: &[T]) -> u64 {
    u64::try_from(of.len()).unwrap_or(u64::MAX)
}

/// Makes the audit row of each object, as its POST would have left it.
struct Audit {
    dice: Dice,
    applicatie: Uuid,
}

impl Audit {
    fn new(mut dice: Dice) -> Self {
        Self {
            applicatie: dice.uuid(),
            dice,
        }
    }

    fn actor(&mut self) -> Actor {
        let (identificatie, voorletters, voorvoegsel, achternaam) = self.dice.skewed(&MEDEWERKERS);
        Actor {
            applicatie_id: self.applicatie.to_string(),
            applicatie_weergave: APPLICATIE.to_owned(),
            gebruikers_id: (*identificatie).to_owned(),
            gebruikers_weergave: format!("{voorletters} {voorvoegsel} {achternaam}").replace("  ", " "),
            toelichting: String::new(),
            request_id: self.dice.uuid().to_string(),
        }
    }

    fn klant(&mut self, klant: &Klant, base: &Base, at: DateTime<Utc>) -> anyhow::Result<AuditRow> {
        let view = klant_view::KlantView::new(klant, base);
        let mutation = Mutation {
            actie: Actie::Create,
            kanaal: &KLANTEN,
            object: klant.uuid,
            url: &view.url(),
            weergave: klant_view::weergave(klant),
            oud: None,
            nieuw: Some(serde_json::to_string(&view).context("a klant has no JSON text")?),
            kenmerken: Vec::new(),
            klantnummer: Some(&klant.klantnummer),
        };
        let actor = self.actor();
        Ok(audit_row(self.dice.uuid(), at, &actor, mutation))
    }

    fn contactmoment(&mut self, complete: &Complete, base: &Base) -> anyhow::Result<AuditRow> {
        let stored = Stored {
            id: 0,
            volgend: None,
            contactmoment: complete.contactmoment.clone(),
        };
        // Relations are made after the contactmoment.
        let view = contactmoment_view::ContactmomentView {
            stored: &stored,
            relations: &contactmoment_view::Relations::default(),
            base,
            expand: Expand::default(),
        };
        let mutation = Mutation {
            actie: Actie::Create,
            kanaal: &CONTACTMOMENTEN,
            object: stored.contactmoment.uuid,
            url: &contactmoment_view::url(base, stored.contactmoment.uuid),
            weergave: contactmoment_view::weergave(&stored.contactmoment),
            oud: None,
            nieuw: Some(serde_json::to_string(&view).context("a contactmoment has no JSON text")?),
            kenmerken: Vec::new(),
            klantnummer: None,
        };
        let actor = self.actor();
        Ok(audit_row(self.dice.uuid(), complete.made, &actor, mutation))
    }
}
