//! The one door for what a change leaves behind: its audit row and its message, in the transaction of the change.
//! Services of main resources come through here; nothing else writes the two tables, but for `openklant generate`, which
//! fills a register with rows of [`audit_row`].
//!
//! Call it **after** the row of the object was written: the database's lock on that row is what makes the order of
//! the messages of one object the order of its changes.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::clock::{Clock, Ids};
use crate::domain::audittrail::{Actie, Actor, AuditRow, cut, limits};
use crate::domain::moment::format_moment;
use crate::domain::notificatie::{Kanaal, Notificatie};
use crate::storage::outbox::{NewMessage, Origin};
use crate::storage::{StorageError, Tx, audittrail, outbox};

/// What the journal needs beside the change itself.
#[derive(Clone, Debug)]
pub struct Journal {
    /// Time of audit rows and messages.
    pub clock: Clock,
    /// Ids of audit rows and messages.
    pub ids: Ids,
    /// Whether messages are written at all (`NOTIFICATIONS_DISABLED`).
    pub notifications: bool,
    /// `source` of messages (`NOTIFICATIONS_SOURCE`).
    pub source: Option<String>,
}

/// One change of a main resource.
#[derive(Debug)]
pub struct Mutation<'a> {
    /// What was done.
    pub actie: Actie,
    /// The kanaal of the resource.
    pub kanaal: &'static Kanaal,
    /// The object.
    pub object: Uuid,
    /// Its absolute URL.
    pub url: &'a str,
    /// The object in a few words, as it was before the change (as it is now, when it was made).
    pub weergave: String,
    /// Number of the klant after the change, or before it was removed; `None` for what is no klant.
    pub klantnummer: Option<&'a str>,
    /// JSON text of the object before.
    pub oud: Option<String>,
    /// JSON text of the object after.
    pub nieuw: Option<String>,
    /// Values of the kanaal's kenmerken, in its order: after the change, or before a removal. Null is sent as the
    /// empty text.
    pub kenmerken: Vec<String>,
}

/// What a message says.
#[derive(Debug)]
pub struct Announcement<'a> {
    /// What was done.
    pub actie: Actie,
    /// The kanaal of the resource.
    pub kanaal: &'static Kanaal,
    /// The object.
    pub object: Uuid,
    /// Its absolute URL.
    pub url: &'a str,
    /// Values of the kanaal's kenmerken, in its order.
    pub kenmerken: Vec<String>,
    /// What makes the message.
    pub origin: Origin,
    /// The audit row of the change it tells of.
    pub audit: Option<Uuid>,
}

impl Journal {
    /// Writes the audit row and the message of a change.
    pub async fn record(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        mut mutation: Mutation<'_>,
    ) -> Result<(), StorageError> {
        let now = self.clock.now();
        let (actie, kanaal) = (mutation.actie, mutation.kanaal);
        let (object, url) = (mutation.object, mutation.url);
        let klantnummer = mutation.klantnummer;
        let kenmerken = std::mem::take(&mut mutation.kenmerken);
        let row = audit_row(self.ids.next(), now, actor, mutation);
        audittrail::insert(tx, &row, klantnummer).await?;
        let announcement = Announcement {
            actie,
            kanaal,
            object,
            url,
            kenmerken,
            origin: Origin::Change,
            audit: Some(row.uuid),
        };
        self.announce(tx, announcement, now).await
    }

    /// Writes a message, unless there are none: of a change, or of an object as it is stored.
    pub async fn announce(
        &self,
        tx: &mut Tx,
        announcement: Announcement<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        if !self.notifications {
            return Ok(());
        }
        let kanaal = announcement.kanaal;
        let kenmerken: Map<String, Value> = kanaal
            .kenmerken
            .iter()
            .zip(announcement.kenmerken)
            .map(|(name, value)| ((*name).to_owned(), Value::String(value)))
            .collect();
        let message = Notificatie {
            kanaal: kanaal.naam,
            source: self.source.as_deref(),
            hoofd_object: announcement.url,
            resource: kanaal.resource,
            resource_url: announcement.url,
            actie: announcement.actie.name(),
            aanmaakdatum: format_moment(now),
            kenmerken,
        };
        outbox::insert(
            tx,
            &NewMessage {
                uuid: self.ids.next(),
                kanaal: kanaal.naam,
                object_uuid: announcement.object,
                message: &message.to_json(),
                created_at: now,
                origin: announcement.origin,
                audit: announcement.audit,
            },
        )
        .await
    }
}

/// The audit row of a change, as it is kept.
pub fn audit_row(uuid: Uuid, now: DateTime<Utc>, actor: &Actor, mutation: Mutation<'_>) -> AuditRow {
    AuditRow {
        uuid,
        component: mutation.kanaal.component,
        object_uuid: mutation.object,
        actie: mutation.actie,
        resultaat: mutation.actie.resultaat(),
        actor: within_limits(actor),
        hoofd_object: mutation.url.to_owned(),
        resource: mutation.kanaal.resource.to_owned(),
        resource_url: mutation.url.to_owned(),
        resource_weergave: cut(&mutation.weergave, limits::WEERGAVE).to_owned(),
        aanmaakdatum: now,
        oud: mutation.oud,
        nieuw: mutation.nieuw,
    }
}

fn within_limits(actor: &Actor) -> Actor {
    Actor {
        applicatie_id: cut(&actor.applicatie_id, limits::APPLICATIE_ID).to_owned(),
        applicatie_weergave: cut(&actor.applicatie_weergave, limits::WEERGAVE).to_owned(),
        gebruikers_id: cut(&actor.gebruikers_id, limits::GEBRUIKER).to_owned(),
        gebruikers_weergave: cut(&actor.gebruikers_weergave, limits::GEBRUIKER).to_owned(),
        toelichting: cut(&actor.toelichting, limits::TOELICHTING).to_owned(),
        request_id: cut(&actor.request_id, limits::GEBRUIKER).to_owned(),
    }
}
