//! Table `audittrail`. Rows are only ever added here; nothing changes one, and only
//! [`super::retention`] removes some, when a setting says so.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{Id, StorageError, Tx, execute, many, on_tx};
use crate::domain::applicatie::Component;
use crate::domain::audittrail::{Actie, Actor, AuditRow};

macro_rules! columns {
    () => {
        "uuid, component, object_uuid, actie, resultaat, applicatie_id, applicatie_weergave, gebruikers_id, \
         gebruikers_weergave, hoofd_object, resource, resource_url, resource_weergave, toelichting, request_id, \
         aanmaakdatum, oud, nieuw"
    };
}

pub(super) use columns;

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    uuid: Id,
    component: String,
    object_uuid: Id,
    actie: String,
    resultaat: i64,
    applicatie_id: String,
    applicatie_weergave: String,
    gebruikers_id: String,
    gebruikers_weergave: String,
    hoofd_object: String,
    resource: String,
    resource_url: String,
    resource_weergave: String,
    toelichting: String,
    request_id: String,
    aanmaakdatum: DateTime<Utc>,
    oud: Option<String>,
    nieuw: Option<String>,
}

impl TryFrom<Row> for AuditRow {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, StorageError> {
        let corrupt = |reason: &str| StorageError::Corrupt {
            table: "audittrail",
            reason: reason.to_owned(),
        };
        Ok(Self {
            uuid: row.uuid.into(),
            component: Component::from_name(&row.component)
                .ok_or_else(|| corrupt("component is not known"))?,
            object_uuid: row.object_uuid.into(),
            actie: Actie::from_name(&row.actie).ok_or_else(|| corrupt("actie is not known"))?,
            resultaat: row.resultaat,
            actor: Actor {
                applicatie_id: row.applicatie_id,
                applicatie_weergave: row.applicatie_weergave,
                gebruikers_id: row.gebruikers_id,
                gebruikers_weergave: row.gebruikers_weergave,
                toelichting: row.toelichting,
                request_id: row.request_id,
            },
            hoofd_object: row.hoofd_object,
            resource: row.resource,
            resource_url: row.resource_url,
            resource_weergave: row.resource_weergave,
            aanmaakdatum: row.aanmaakdatum,
            oud: row.oud,
            nieuw: row.nieuw,
        })
    }
}

macro_rules! insert_into {
    () => {
        concat!("INSERT INTO audittrail (", columns!(), ", klantnummer) ")
    };
}

/// Puts in every column: `bind` of a query, `push_bind` of one that is being built.
macro_rules! bound {
    ($query:expr, $bind:ident, $row:ident) => {
        $query
            .$bind(Id($row.uuid))
            .$bind($row.component.name())
            .$bind(Id($row.object_uuid))
            .$bind($row.actie.name())
            .$bind($row.resultaat)
            .$bind(&$row.actor.applicatie_id)
            .$bind(&$row.actor.applicatie_weergave)
            .$bind(&$row.actor.gebruikers_id)
            .$bind(&$row.actor.gebruikers_weergave)
            .$bind(&$row.hoofd_object)
            .$bind(&$row.resource)
            .$bind(&$row.resource_url)
            .$bind(&$row.resource_weergave)
            .$bind(&$row.actor.toelichting)
            .$bind(&$row.actor.request_id)
            .$bind($row.aanmaakdatum)
            .$bind(&$row.oud)
            .$bind(&$row.nieuw)
    };
}

const INSERT: &str = concat!(
    insert_into!(),
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)"
);

/// Adds a row; one of a klant with the number by which it is found, also when the klant is gone.
pub async fn insert(tx: &mut Tx, row: &AuditRow, klantnummer: Option<&str>) -> Result<(), StorageError> {
    execute!(tx, bound!(sqlx::query(INSERT), bind, row).bind(klantnummer))?;
    Ok(())
}

/// Adds rows, in their order, each as [`insert`] does.
pub async fn insert_many(tx: &mut Tx, rows: &[(AuditRow, Option<&str>)]) -> Result<(), StorageError> {
    for rows in rows.chunks(many::ROWS) {
        on_tx!(tx, DB, |c| {
            let mut query = QueryBuilder::<DB>::new(insert_into!());
            query.push_values(rows, |mut values, (row, klantnummer)| {
                bound!(values, push_bind, row).push_bind(*klantnummer);
            });
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

const COUNT: &str =
    "SELECT CAST(count(*) AS BIGINT) FROM audittrail WHERE component = $1 AND object_uuid = $2";

/// How many rows an object has.
pub async fn count(tx: &mut Tx, component: Component, object: Uuid) -> Result<i64, StorageError> {
    Ok(on_tx!(tx, |c| sqlx::query_scalar(COUNT)
        .bind(component.name())
        .bind(Id(object))
        .fetch_one(c)
        .await)?)
}

const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM audittrail WHERE component = $1 AND object_uuid = $2 ORDER BY id LIMIT $3 OFFSET $4"
);

/// A stretch of the rows of an object, oldest first.
pub async fn list(
    tx: &mut Tx,
    component: Component,
    object: Uuid,
    limit: i64,
    offset: i64,
) -> Result<Vec<AuditRow>, StorageError> {
    let rows = on_tx!(tx, |c| sqlx::query_as::<_, Row>(LIST)
        .bind(component.name())
        .bind(Id(object))
        .bind(limit)
        .bind(offset)
        .fetch_all(c)
        .await)?;
    rows.into_iter().map(AuditRow::try_from).collect()
}

const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM audittrail WHERE uuid = $1 AND component = $2 AND object_uuid = $3"
);

/// One row of an object.
pub async fn find(
    tx: &mut Tx,
    component: Component,
    object: Uuid,
    uuid: Uuid,
) -> Result<Option<AuditRow>, StorageError> {
    on_tx!(tx, |c| sqlx::query_as::<_, Row>(FIND)
        .bind(Id(uuid))
        .bind(component.name())
        .bind(Id(object))
        .fetch_optional(c)
        .await)?
    .map(AuditRow::try_from)
    .transpose()
}

#[derive(sqlx::FromRow)]
pub(super) struct NumberedRow {
    id: i64,
    #[sqlx(flatten)]
    row: Row,
}

impl NumberedRow {
    /// The number, and the row.
    pub(super) fn read(self) -> Result<(i64, AuditRow), StorageError> {
        Ok((self.id, AuditRow::try_from(self.row)?))
    }
}

const LIST_BACK: &str = concat!(
    "SELECT id, ",
    columns!(),
    " FROM audittrail WHERE component = $1 AND object_uuid = $2 AND id < $3 ORDER BY id DESC LIMIT $4"
);

/// At most `limit` rows of an object with a lower number than `before`, newest first, each with its number.
pub async fn list_back(
    tx: &mut Tx,
    component: Component,
    object: Uuid,
    before: i64,
    limit: i64,
) -> Result<Vec<(i64, AuditRow)>, StorageError> {
    let rows = on_tx!(tx, |c| sqlx::query_as::<_, NumberedRow>(LIST_BACK)
        .bind(component.name())
        .bind(Id(object))
        .bind(before)
        .bind(limit)
        .fetch_all(c)
        .await)?;
    rows.into_iter().map(NumberedRow::read).collect()
}
