//! Table `objectcontactmoment`.

use chrono::{DateTime, Utc};
use sqlx::{Database, Encode, QueryBuilder, Type};
use uuid::Uuid;

use super::contactmoment::many::Related;
use super::page_map::{Counted, List, Place, Table};
use super::{Db, Id, StorageError, Tx, execute, many, on_read, on_tx, page_map};
use crate::domain::contactmoment::Objectcontactmoment;

macro_rules! columns {
    () => {
        "o.uuid, c.uuid AS contactmoment, o.contactmoment_id, o.object, o.object_type"
    };
}

macro_rules! from {
    () => {
        " FROM objectcontactmoment o JOIN contactmoment c ON c.id = o.contactmoment_id"
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    uuid: Id,
    contactmoment: Id,
    contactmoment_id: i64,
    object: String,
    object_type: String,
}

impl From<Row> for Objectcontactmoment {
    fn from(row: Row) -> Self {
        Self {
            uuid: row.uuid.into(),
            contactmoment: row.contactmoment.into(),
            object: row.object,
            object_type: row.object_type,
        }
    }
}

const FIND: &str = concat!("SELECT ", columns!(), from!(), " WHERE o.uuid = $1");

/// The relation with this uuid.
pub async fn find(db: &Db, uuid: Uuid) -> Result<Option<Objectcontactmoment>, StorageError> {
    let row = on_read!(db, |c| sqlx::query_as::<_, Row>(FIND)
        .bind(Id(uuid))
        .fetch_optional(c)
        .await)?;
    Ok(row.map(Objectcontactmoment::from))
}

const EXISTS: &str = "SELECT CAST(count(*) AS BIGINT) FROM objectcontactmoment o \
     JOIN contactmoment c ON c.id = o.contactmoment_id WHERE c.uuid = $1 AND o.object = $2";

/// Whether the contactmoment is linked to the object already.
pub async fn exists(db: &Db, contactmoment: Uuid, object: &str) -> Result<bool, StorageError> {
    let found: i64 = on_read!(db, |c| sqlx::query_scalar(EXISTS)
        .bind(Id(contactmoment))
        .bind(object)
        .fetch_one(c)
        .await)?;
    Ok(found > 0)
}

const INSERT: &str = "INSERT INTO objectcontactmoment (uuid, contactmoment_id, object, object_type, created_at) \
     SELECT $1, c.id, $3, $4, $5 FROM contactmoment c WHERE c.uuid = $2";

/// Adds a relation; `false` when its contactmoment is gone. [`super::Constraint::Objectcontactmoment`] when the two
/// are linked already.
pub async fn insert(
    tx: &mut Tx,
    relation: &Objectcontactmoment,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let added = execute!(
        tx,
        sqlx::query(INSERT)
            .bind(Id(relation.uuid))
            .bind(Id(relation.contactmoment))
            .bind(&relation.object)
            .bind(&relation.object_type)
            .bind(now)
    )?;
    Ok(added == 1)
}

/// Adds relations of contactmomenten that were made in the same transaction.
pub async fn insert_many(
    tx: &mut Tx,
    relations: &[Related<'_, Objectcontactmoment>],
) -> Result<(), StorageError> {
    for relations in relations.chunks(many::ROWS) {
        on_tx!(tx, DB, |c| {
            let mut query = QueryBuilder::<DB>::new(
                "INSERT INTO objectcontactmoment (uuid, contactmoment_id, object, object_type, created_at) ",
            );
            query.push_values(relations, |mut values, related| {
                values
                    .push_bind(Id(related.relation.uuid))
                    .push_bind(related.contactmoment)
                    .push_bind(&related.relation.object)
                    .push_bind(&related.relation.object_type)
                    .push_bind(related.made);
            });
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

const DELETE: &str = "DELETE FROM objectcontactmoment WHERE uuid = $1";

/// Removes the relation; `false` when there is none.
pub async fn delete(tx: &mut Tx, uuid: Uuid) -> Result<bool, StorageError> {
    Ok(execute!(tx, sqlx::query(DELETE).bind(Id(uuid)))? == 1)
}

/// Which relations a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectcontactmomentFilter {
    /// Of this contactmoment.
    pub contactmoment: Option<Uuid>,
    /// About this object.
    pub object: Option<String>,
    /// About this kind of object.
    pub object_type: Option<String>,
    /// None at all, whatever the others say.
    pub nothing: bool,
}

impl ObjectcontactmomentFilter {
    /// The list, when nothing but its facets is asked for.
    fn list(&self) -> Option<List> {
        let list = List::all(Table::Objectcontactmoment);
        if self.nothing || self.contactmoment.is_some() || self.object.is_some() {
            return None;
        }
        match &self.object_type {
            None => Some(list),
            Some(object_type) => list.only("object_type", object_type),
        }
    }

    fn push_to<DB>(&self, query: &mut QueryBuilder<DB>)
    where
        DB: Database,
        for<'q> String: Encode<'q, DB> + Type<DB>,
        for<'q> Id: Encode<'q, DB> + Type<DB>,
    {
        query.push(if self.nothing {
            " WHERE 1 = 0"
        } else {
            " WHERE 1 = 1"
        });
        if let Some(contactmoment) = self.contactmoment {
            query.push(" AND o.contactmoment_id = (SELECT id FROM contactmoment WHERE uuid = ");
            query.push_bind(Id(contactmoment)).push(")");
        }
        if let Some(object) = &self.object {
            query.push(" AND o.object = ").push_bind(object.clone());
        }
        if let Some(object_type) = &self.object_type {
            query.push(" AND o.object_type = ").push_bind(object_type.clone());
        }
    }
}

/// How many relations match.
pub async fn count(tx: &mut Tx, filter: &ObjectcontactmomentFilter) -> Result<Counted, StorageError> {
    let list = filter.list();
    if let Some(list) = &list
        && let Some(found) = page_map::count(tx, list).await?
    {
        return Ok(found);
    }
    let rows = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new("SELECT CAST(count(*) AS BIGINT) FROM objectcontactmoment o");
        filter.push_to(&mut query);
        query.build_query_scalar::<i64>().fetch_one(c).await
    })?;
    Ok(Counted::by_hand(tx, list, rows))
}

/// A stretch of the relations that match, newest first, from a place on.
pub async fn list(
    tx: &mut Tx,
    filter: &ObjectcontactmomentFilter,
    place: Place,
    limit: i64,
) -> Result<Vec<Objectcontactmoment>, StorageError> {
    let rows = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(concat!("SELECT ", columns!(), from!()));
        filter.push_to(&mut query);
        if let Some((_, id)) = place.before {
            query.push(" AND o.id < ").push_bind(id);
        }
        query
            .push(" ORDER BY o.id DESC LIMIT ")
            .push_bind(limit)
            .push(" OFFSET ")
            .push_bind(place.skip);
        query.build_query_as::<Row>().fetch_all(c).await
    })?;
    Ok(rows.into_iter().map(Objectcontactmoment::from).collect())
}

/// The relations of these contactmomenten (by the numbers of their rows), newest first, each with the number of its
/// contactmoment.
pub async fn list_of(
    tx: &mut Tx,
    contactmomenten: &[i64],
) -> Result<Vec<(i64, Objectcontactmoment)>, StorageError> {
    if contactmomenten.is_empty() {
        return Ok(Vec::new());
    }
    let rows = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(concat!(
            "SELECT ",
            columns!(),
            from!(),
            " WHERE o.contactmoment_id IN ("
        ));
        let mut ids = query.separated(", ");
        for id in contactmomenten {
            ids.push_bind(*id);
        }
        query.push(") ORDER BY o.id DESC");
        query.build_query_as::<Row>().fetch_all(c).await
    })?;
    Ok(rows
        .into_iter()
        .map(|row| (row.contactmoment_id, row.into()))
        .collect())
}
