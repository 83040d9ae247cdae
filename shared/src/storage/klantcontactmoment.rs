//! Table `klantcontactmoment`.

use chrono::{DateTime, Utc};
use sqlx::{Database, Encode, QueryBuilder, Type};
use uuid::Uuid;

use super::contactmoment::many::Related;
use super::page_map::{Counted, List, Place, Table};
use super::{Db, Id, StorageError, Tx, execute, many, on_read, on_tx, page_map};
use crate::domain::contactmoment::{KlantLink, Klantcontactmoment};

macro_rules! columns {
    () => {
        "k.uuid, c.uuid AS contactmoment, k.contactmoment_id, k.klant_uuid, k.klant_url, k.rol, k.gelezen"
    };
}

macro_rules! from {
    () => {
        " FROM klantcontactmoment k JOIN contactmoment c ON c.id = k.contactmoment_id"
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    uuid: Id,
    contactmoment: Id,
    contactmoment_id: i64,
    klant_uuid: Option<Id>,
    klant_url: Option<String>,
    rol: String,
    gelezen: bool,
}

impl TryFrom<Row> for Klantcontactmoment {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, StorageError> {
        let klant = match (row.klant_uuid, row.klant_url) {
            (Some(uuid), None) => KlantLink::Own(uuid.into()),
            (None, Some(url)) => KlantLink::Other(url),
            _ => {
                return Err(StorageError::Corrupt {
                    table: "klantcontactmoment",
                    reason: "not exactly one of klant_uuid and klant_url is filled".to_owned(),
                });
            }
        };
        Ok(Self {
            uuid: row.uuid.into(),
            contactmoment: row.contactmoment.into(),
            klant,
            rol: row.rol,
            gelezen: row.gelezen,
        })
    }
}

const COUNT_OF_KLANT: &str = "SELECT CAST(count(*) AS BIGINT) FROM (SELECT DISTINCT registratiedatum, contactmoment_id \
     FROM klantcontactmoment WHERE klant_uuid = $1 LIMIT $2) r";

/// How many contactmomenten a klant of ours has, counted up to `most`.
pub async fn count_of_klant(db: &Db, klant: Uuid, most: i64) -> Result<i64, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_scalar(COUNT_OF_KLANT)
        .bind(Id(klant))
        .bind(most)
        .fetch_one(c)
        .await)?)
}

fn split(klant: &KlantLink) -> (Option<Id>, Option<&str>) {
    match klant {
        KlantLink::Own(uuid) => (Some(Id(*uuid)), None),
        KlantLink::Other(url) => (None, Some(url)),
    }
}

const FIND: &str = concat!("SELECT ", columns!(), from!(), " WHERE k.uuid = $1");

/// The relation with this uuid.
pub async fn find(db: &Db, uuid: Uuid) -> Result<Option<Klantcontactmoment>, StorageError> {
    on_read!(db, |c| sqlx::query_as::<_, Row>(FIND)
        .bind(Id(uuid))
        .fetch_optional(c)
        .await)?
    .map(Klantcontactmoment::try_from)
    .transpose()
}

const FIND_FOR_CHANGE_POSTGRES: &str = concat!(
    "SELECT ",
    columns!(),
    from!(),
    " WHERE k.uuid = $1 FOR UPDATE OF k"
);

/// The relation with this uuid, held until the transaction ends. SQLite has one writer at a time.
pub async fn find_for_change(tx: &mut Tx, uuid: Uuid) -> Result<Option<Klantcontactmoment>, StorageError> {
    let sql = if tx.is_postgres() {
        FIND_FOR_CHANGE_POSTGRES
    } else {
        FIND
    };
    on_tx!(tx, |c| sqlx::query_as::<_, Row>(sql)
        .bind(Id(uuid))
        .fetch_optional(c)
        .await)?
    .map(Klantcontactmoment::try_from)
    .transpose()
}

const INSERT: &str = "INSERT INTO klantcontactmoment (uuid, contactmoment_id, registratiedatum, klant_uuid, \
     klant_url, rol, gelezen, created_at) \
     SELECT $1, c.id, c.registratiedatum, $3, $4, $5, $6, $7 FROM contactmoment c WHERE c.uuid = $2";

/// Adds a relation; `false` when its contactmoment is gone. [`super::Constraint::Klantcontactmoment`] when there is
/// one of the same three already.
pub async fn insert(
    tx: &mut Tx,
    relation: &Klantcontactmoment,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let (klant_uuid, klant_url) = split(&relation.klant);
    let added = execute!(
        tx,
        sqlx::query(INSERT)
            .bind(Id(relation.uuid))
            .bind(Id(relation.contactmoment))
            .bind(klant_uuid)
            .bind(klant_url)
            .bind(&relation.rol)
            .bind(relation.gelezen)
            .bind(now)
    )?;
    Ok(added == 1)
}

/// Adds relations of contactmomenten that were made in the same transaction.
pub async fn insert_many(
    tx: &mut Tx,
    relations: &[Related<'_, Klantcontactmoment>],
) -> Result<(), StorageError> {
    for relations in relations.chunks(many::ROWS) {
        on_tx!(tx, DB, |c| {
            let mut query = QueryBuilder::<DB>::new(
                "INSERT INTO klantcontactmoment (uuid, contactmoment_id, registratiedatum, klant_uuid, klant_url, rol, \
                 gelezen, created_at) ",
            );
            query.push_values(relations, |mut values, related| {
                let (klant_uuid, klant_url) = split(&related.relation.klant);
                values
                    .push_bind(Id(related.relation.uuid))
                    .push_bind(related.contactmoment)
                    .push_bind(related.registratiedatum)
                    .push_bind(klant_uuid)
                    .push_bind(klant_url)
                    .push_bind(&related.relation.rol)
                    .push_bind(related.relation.gelezen)
                    .push_bind(related.made);
            });
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

const UPDATE: &str = "UPDATE klantcontactmoment SET contactmoment_id = c.id, registratiedatum = c.registratiedatum, \
     klant_uuid = $3, klant_url = $4, rol = $5, gelezen = $6 \
     FROM contactmoment c WHERE c.uuid = $2 AND klantcontactmoment.uuid = $1";

/// Writes a relation over its row; `false` when it or its contactmoment is gone. Errors as [`insert`].
pub async fn update(tx: &mut Tx, relation: &Klantcontactmoment) -> Result<bool, StorageError> {
    let (klant_uuid, klant_url) = split(&relation.klant);
    let changed = execute!(
        tx,
        sqlx::query(UPDATE)
            .bind(Id(relation.uuid))
            .bind(Id(relation.contactmoment))
            .bind(klant_uuid)
            .bind(klant_url)
            .bind(&relation.rol)
            .bind(relation.gelezen)
    )?;
    Ok(changed == 1)
}

const DELETE: &str = "DELETE FROM klantcontactmoment WHERE uuid = $1";

/// Removes the relation; `false` when there is none.
pub async fn delete(tx: &mut Tx, uuid: Uuid) -> Result<bool, StorageError> {
    Ok(execute!(tx, sqlx::query(DELETE).bind(Id(uuid)))? == 1)
}

/// Which relations a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KlantcontactmomentFilter {
    /// Of this contactmoment.
    pub contactmoment: Option<Uuid>,
    /// With this klant.
    pub klant: Option<KlantLink>,
    /// In this role.
    pub rol: Option<String>,
    /// None at all, whatever the others say.
    pub nothing: bool,
}

impl KlantcontactmomentFilter {
    /// The list, when nothing but its facets is asked for.
    fn list(&self) -> Option<List> {
        let list = List::all(Table::Klantcontactmoment);
        if self.nothing || self.contactmoment.is_some() || self.klant.is_some() {
            return None;
        }
        match &self.rol {
            None => Some(list),
            Some(rol) => list.only("rol", rol),
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
            query.push(" AND k.contactmoment_id = (SELECT id FROM contactmoment WHERE uuid = ");
            query.push_bind(Id(contactmoment)).push(")");
        }
        match &self.klant {
            Some(KlantLink::Own(uuid)) => {
                query.push(" AND k.klant_uuid = ").push_bind(Id(*uuid));
            }
            Some(KlantLink::Other(url)) => {
                query.push(" AND k.klant_url = ").push_bind(url.clone());
            }
            None => {}
        }
        if let Some(rol) = &self.rol {
            query.push(" AND k.rol = ").push_bind(rol.clone());
        }
    }
}

/// How many relations match.
pub async fn count(tx: &mut Tx, filter: &KlantcontactmomentFilter) -> Result<Counted, StorageError> {
    let list = filter.list();
    if let Some(list) = &list
        && let Some(found) = page_map::count(tx, list).await?
    {
        return Ok(found);
    }
    let rows = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new("SELECT CAST(count(*) AS BIGINT) FROM klantcontactmoment k");
        filter.push_to(&mut query);
        query.build_query_scalar::<i64>().fetch_one(c).await
    })?;
    Ok(Counted::by_hand(tx, list, rows))
}

/// A stretch of the relations that match, newest first, from a place on.
pub async fn list(
    tx: &mut Tx,
    filter: &KlantcontactmomentFilter,
    place: Place,
    limit: i64,
) -> Result<Vec<Klantcontactmoment>, StorageError> {
    let rows = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(concat!("SELECT ", columns!(), from!()));
        filter.push_to(&mut query);
        if let Some((_, id)) = place.before {
            query.push(" AND k.id < ").push_bind(id);
        }
        query
            .push(" ORDER BY k.id DESC LIMIT ")
            .push_bind(limit)
            .push(" OFFSET ")
            .push_bind(place.skip);
        query.build_query_as::<Row>().fetch_all(c).await
    })?;
    rows.into_iter().map(Klantcontactmoment::try_from).collect()
}

/// The relations of these contactmomenten (by the numbers of their rows), newest first, each with the number of its
/// contactmoment.
pub async fn list_of(
    tx: &mut Tx,
    contactmomenten: &[i64],
) -> Result<Vec<(i64, Klantcontactmoment)>, StorageError> {
    if contactmomenten.is_empty() {
        return Ok(Vec::new());
    }
    let rows = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(concat!(
            "SELECT ",
            columns!(),
            from!(),
            " WHERE k.contactmoment_id IN ("
        ));
        let mut ids = query.separated(", ");
        for id in contactmomenten {
            ids.push_bind(*id);
        }
        query.push(") ORDER BY k.id DESC");
        query.build_query_as::<Row>().fetch_all(c).await
    })?;
    rows.into_iter()
        .map(|row| Ok((row.contactmoment_id, Klantcontactmoment::try_from(row)?)))
        .collect()
}
