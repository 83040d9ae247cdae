//! Searching table `audittrail`, for the pages that people read: each search is a stretch of one index, newest first.

use sqlx::QueryBuilder;
use uuid::Uuid;

use super::audittrail::{NumberedRow, Row, columns};
use super::keyset::{self, Begin, Period, Place};
use super::{Id, StorageError, Tx, on_tx};
use crate::domain::applicatie::Component;
use crate::domain::audittrail::{Actie, AuditRow};

/// Which rows are wanted: all that is given must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditSearch {
    /// In this stretch of time.
    pub period: Period,
    /// Of this object, whether or not it is still there.
    pub object: Option<(Component, Uuid)>,
    /// Of a klant that had this number then.
    pub klantnummer: Option<String>,
    /// By the person whose name stands in this row.
    pub person: Option<Uuid>,
    /// Through the application with this name.
    pub application: Option<String>,
    /// One of these was done; empty: whatever.
    pub acties: Vec<Actie>,
}

const TIME: &str = "aanmaakdatum";
const SELECT: &str = concat!("SELECT id, ", columns!(), " FROM audittrail WHERE 1 = 1");

/// At most `limit` of the rows that match, each with its number; [`Begin::Before`] gives the oldest first.
pub async fn page(
    tx: &mut Tx,
    search: &AuditSearch,
    begin: Begin,
    limit: i64,
) -> Result<Vec<(i64, AuditRow)>, StorageError> {
    let rows = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(SELECT);
        if let Some((component, object)) = search.object {
            query
                .push(" AND component = ")
                .push_bind(component.name())
                .push(" AND object_uuid = ")
                .push_bind(Id(object));
        }
        if let Some(klantnummer) = &search.klantnummer {
            query.push(" AND klantnummer = ").push_bind(klantnummer.clone());
        }
        if let Some(row) = search.person {
            // The second condition says which index serves.
            query
                .push(" AND gebruikers_weergave = (SELECT gebruikers_weergave FROM audittrail WHERE uuid = ")
                .push_bind(Id(row))
                .push(") AND gebruikers_weergave <> ''");
        }
        if let Some(application) = &search.application {
            query
                .push(" AND applicatie_weergave = ")
                .push_bind(application.clone());
        }
        if !search.acties.is_empty() {
            // Names of ours.
            let names: Vec<String> = search
                .acties
                .iter()
                .map(|actie| format!("'{}'", actie.name()))
                .collect();
            query.push(format!(" AND actie IN ({})", names.join(", ")));
        }
        if search.object.is_some() {
            // Its index is by number, which for one object is the order of time.
            keyset::push_by_number(&mut query, TIME, search.period, begin, limit);
        } else {
            keyset::push(&mut query, TIME, search.period, begin, limit);
        }
        query.build_query_as::<NumberedRow>().fetch_all(c).await
    })?;
    rows.into_iter().map(NumberedRow::read).collect()
}

impl Place {
    /// The place of a row of the audit trail.
    pub const fn of_audit(id: i64, row: &AuditRow) -> Self {
        Self {
            at: row.aanmaakdatum,
            id,
        }
    }
}

const BY_PERSON: &str = "SELECT uuid FROM audittrail WHERE gebruikers_weergave = $1 AND gebruikers_weergave <> '' \
     ORDER BY aanmaakdatum DESC, id DESC LIMIT 1";

/// The newest row of the person with this name: what a search names the person by, as names do not belong in addresses.
pub async fn row_of_person(tx: &mut Tx, name: &str) -> Result<Option<Uuid>, StorageError> {
    let row: Option<Id> = on_tx!(tx, |c| sqlx::query_scalar(BY_PERSON)
        .bind(name)
        .fetch_optional(c)
        .await)?;
    Ok(row.map(Uuid::from))
}

const COMPONENT_OF: &str =
    "SELECT component FROM audittrail WHERE component IN ('kc', 'cmc') AND object_uuid = $1 LIMIT 1";

/// What kind of object this is or was; `None`: nothing is known of it.
pub async fn component_of(tx: &mut Tx, object: Uuid) -> Result<Option<Component>, StorageError> {
    let name: Option<String> = on_tx!(tx, |c| sqlx::query_scalar(COMPONENT_OF)
        .bind(Id(object))
        .fetch_optional(c)
        .await)?;
    Ok(name.and_then(|name| Component::from_name(&name)))
}

/// A row with the message that tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The row.
    pub row: AuditRow,
    /// The klant's number, when it is about one.
    pub klantnummer: Option<String>,
    /// Number of the message in the queue; `None`: there is none any more.
    pub message: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct FoundRow {
    klantnummer: Option<String>,
    message: Option<i64>,
    #[sqlx(flatten)]
    row: Row,
}

const FIND: &str = concat!(
    "SELECT klantnummer, (SELECT min(o.id) FROM outbox o WHERE o.audit_uuid = $1) AS message, ",
    columns!(),
    " FROM audittrail WHERE uuid = $1"
);

/// One row.
pub async fn find(tx: &mut Tx, uuid: Uuid) -> Result<Option<Found>, StorageError> {
    on_tx!(tx, |c| sqlx::query_as::<_, FoundRow>(FIND)
        .bind(Id(uuid))
        .fetch_optional(c)
        .await)?
    .map(|found| {
        Ok(Found {
            row: AuditRow::try_from(found.row)?,
            klantnummer: found.klantnummer,
            message: found.message,
        })
    })
    .transpose()
}
