//! Table `contactmoment`.

pub mod many;

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use sqlx::{Database, Encode, QueryBuilder, Type};
use uuid::Uuid;

use super::contactmoment_filter::{ContactmomentFilter, Direction, Order, push_relations};
use super::page_map::{Counted, Place as PagePlace};
use super::{Db, Id, StorageError, Tx, execute, on_read, on_tx, page_map};
use crate::domain::contactmoment::{Contactmoment, MedewerkerIdentificatie};

macro_rules! columns {
    () => {
        "c.id, c.uuid, v.uuid AS vorig, n.uuid AS volgend, c.bronorganisatie, c.registratiedatum, c.kanaal, \
         c.voorkeurskanaal, c.voorkeurstaal, c.tekst, c.onderwerp_links, c.initiatiefnemer, c.medewerker, \
         c.mi_identificatie, c.mi_achternaam, c.mi_voorletters, c.mi_voorvoegsel_achternaam"
    };
}

// Predecessor and successor come along: their keys are unique, so each join finds at most one row.
macro_rules! neighbours {
    () => {
        " LEFT JOIN contactmoment v ON v.id = c.vorig_id LEFT JOIN contactmoment n ON n.vorig_id = c.id"
    };
}

/// A contactmoment as read: with its number in the database and its successor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Number of the row, which relations refer to.
    pub id: i64,
    /// The contactmoment that follows on it.
    pub volgend: Option<Uuid>,
    /// The contactmoment itself.
    pub contactmoment: Contactmoment,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    uuid: Id,
    vorig: Option<Id>,
    volgend: Option<Id>,
    bronorganisatie: String,
    registratiedatum: DateTime<Utc>,
    kanaal: String,
    voorkeurskanaal: String,
    voorkeurstaal: String,
    tekst: String,
    onderwerp_links: Json<Vec<String>>,
    initiatiefnemer: String,
    medewerker: String,
    mi_identificatie: Option<String>,
    mi_achternaam: Option<String>,
    mi_voorletters: Option<String>,
    mi_voorvoegsel_achternaam: Option<String>,
}

impl TryFrom<Row> for Stored {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, StorageError> {
        let missing = || StorageError::Corrupt {
            table: "contactmoment",
            reason: "the columns of the medewerkerIdentificatie are not null together".to_owned(),
        };
        let medewerker_identificatie = match row.mi_identificatie {
            None => None,
            Some(identificatie) => Some(MedewerkerIdentificatie {
                identificatie,
                achternaam: row.mi_achternaam.ok_or_else(missing)?,
                voorletters: row.mi_voorletters.ok_or_else(missing)?,
                voorvoegsel_achternaam: row.mi_voorvoegsel_achternaam.ok_or_else(missing)?,
            }),
        };
        Ok(Self {
            id: row.id,
            volgend: row.volgend.map(Uuid::from),
            contactmoment: Contactmoment {
                uuid: row.uuid.into(),
                vorig: row.vorig.map(Uuid::from),
                bronorganisatie: row.bronorganisatie,
                registratiedatum: row.registratiedatum,
                kanaal: row.kanaal,
                voorkeurskanaal: row.voorkeurskanaal,
                voorkeurstaal: row.voorkeurstaal,
                tekst: row.tekst,
                onderwerp_links: row.onderwerp_links.0,
                initiatiefnemer: row.initiatiefnemer,
                medewerker: row.medewerker,
                medewerker_identificatie,
            },
        })
    }
}

const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM contactmoment c",
    neighbours!(),
    " WHERE c.uuid = $1"
);

/// The contactmoment with this uuid.
pub async fn find(db: &Db, uuid: Uuid) -> Result<Option<Stored>, StorageError> {
    on_read!(db, |c| sqlx::query_as::<_, Row>(FIND)
        .bind(Id(uuid))
        .fetch_optional(c)
        .await)?
    .map(Stored::try_from)
    .transpose()
}

/// The contactmoment with this uuid, within a transaction.
pub async fn find_in(tx: &mut Tx, uuid: Uuid) -> Result<Option<Stored>, StorageError> {
    on_tx!(tx, |c| sqlx::query_as::<_, Row>(FIND)
        .bind(Id(uuid))
        .fetch_optional(c)
        .await)?
    .map(Stored::try_from)
    .transpose()
}

// An outer join cannot be locked as a whole: the row itself is.
const FIND_FOR_CHANGE_POSTGRES: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM contactmoment c",
    neighbours!(),
    " WHERE c.uuid = $1 FOR UPDATE OF c"
);

/// The contactmoment with this uuid, held until the transaction ends. SQLite has one writer at a time.
pub async fn find_for_change(tx: &mut Tx, uuid: Uuid) -> Result<Option<Stored>, StorageError> {
    let sql = if tx.is_postgres() {
        FIND_FOR_CHANGE_POSTGRES
    } else {
        FIND
    };
    on_tx!(tx, |c| sqlx::query_as::<_, Row>(sql)
        .bind(Id(uuid))
        .fetch_optional(c)
        .await)?
    .map(Stored::try_from)
    .transpose()
}

const FIND_ID: &str = "SELECT id FROM contactmoment WHERE uuid = $1";

/// The number of the contactmoment with this uuid.
pub async fn find_id(tx: &mut Tx, uuid: Uuid) -> Result<Option<i64>, StorageError> {
    Ok(on_tx!(tx, |c| sqlx::query_scalar(FIND_ID)
        .bind(Id(uuid))
        .fetch_optional(c)
        .await)?)
}

const SUCCESSOR: &str =
    "SELECT n.uuid FROM contactmoment n JOIN contactmoment v ON n.vorig_id = v.id WHERE v.uuid = $1";

/// The contactmoment that follows on the one with this uuid.
pub async fn find_successor(tx: &mut Tx, uuid: Uuid) -> Result<Option<Uuid>, StorageError> {
    let successor: Option<Id> = on_tx!(tx, |c| sqlx::query_scalar(SUCCESSOR)
        .bind(Id(uuid))
        .fetch_optional(c)
        .await)?;
    Ok(successor.map(Uuid::from))
}

// Walks from a contactmoment to those before it; UNION, not UNION ALL, so that a loop that should not be there ends.
const IS_BEFORE: &str = "WITH RECURSIVE voorgangers (id, vorig_id) AS ( \
     SELECT id, vorig_id FROM contactmoment WHERE id = $1 \
     UNION SELECT c.id, c.vorig_id FROM contactmoment c JOIN voorgangers v ON c.id = v.vorig_id) \
     SELECT CAST(count(*) AS BIGINT) FROM voorgangers WHERE id = $2";

/// Whether `earlier` is `later` itself or comes before it in its chain.
pub async fn is_before(tx: &mut Tx, earlier: i64, later: i64) -> Result<bool, StorageError> {
    let found: i64 = on_tx!(tx, |c| sqlx::query_scalar(IS_BEFORE)
        .bind(later)
        .bind(earlier)
        .fetch_one(c)
        .await)?;
    Ok(found > 0)
}

const HOLD_POSTGRES: &str = "SELECT id FROM contactmoment WHERE uuid = $1 FOR KEY SHARE";

/// Until the transaction ends this contactmoment neither changes nor goes: what is copied from it stays true. SQLite
/// has one writer at a time.
pub async fn hold(tx: &mut Tx, uuid: Uuid) -> Result<(), StorageError> {
    if tx.is_postgres() {
        execute!(tx, sqlx::query(HOLD_POSTGRES).bind(Id(uuid)))?;
    }
    Ok(())
}

const HOLD_CHAINS_POSTGRES: &str = "SELECT pg_advisory_xact_lock(7291066455112)";

/// Until the transaction ends nobody else links contactmomenten: two links that are fine alone could make a loop
/// together. SQLite has one writer at a time.
pub async fn hold_chains(tx: &mut Tx) -> Result<(), StorageError> {
    if tx.is_postgres() {
        execute!(tx, sqlx::query(HOLD_CHAINS_POSTGRES))?;
    }
    Ok(())
}

macro_rules! insert_into {
    () => {
        "INSERT INTO contactmoment (uuid, vorig_id, bronorganisatie, registratiedatum, kanaal, voorkeurskanaal, \
         voorkeurstaal, tekst, onderwerp_links, initiatiefnemer, medewerker, mi_identificatie, mi_achternaam, \
         mi_voorletters, mi_voorvoegsel_achternaam, created_at, changed_at) "
    };
}

use insert_into;

const INSERT: &str = concat!(
    insert_into!(),
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)"
);

/// Adds a contactmoment that follows on the row `vorig`. [`super::Constraint::ContactmomentVorig`] when another one
/// does already, [`StorageError::Missing`] when that row is gone.
pub async fn insert(
    tx: &mut Tx,
    contactmoment: &Contactmoment,
    vorig: Option<i64>,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    write(tx, INSERT, contactmoment, vorig, now).await?;
    Ok(())
}

const UPDATE: &str = "UPDATE contactmoment SET vorig_id = $2, bronorganisatie = $3, registratiedatum = $4, \
     kanaal = $5, voorkeurskanaal = $6, voorkeurstaal = $7, tekst = $8, onderwerp_links = $9, initiatiefnemer = $10, \
     medewerker = $11, mi_identificatie = $12, mi_achternaam = $13, mi_voorletters = $14, \
     mi_voorvoegsel_achternaam = $15, changed_at = $16 WHERE uuid = $1";
const UPDATE_RELATIONS: &str = "UPDATE klantcontactmoment SET registratiedatum = $1 WHERE contactmoment_id = $2 AND registratiedatum <> $1";

/// Writes a contactmoment over the row `id`, and its registratiedatum into its relations. Errors as [`insert`].
pub async fn update(
    tx: &mut Tx,
    id: i64,
    contactmoment: &Contactmoment,
    vorig: Option<i64>,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    write(tx, UPDATE, contactmoment, vorig, now).await?;
    execute!(
        tx,
        sqlx::query(UPDATE_RELATIONS)
            .bind(contactmoment.registratiedatum)
            .bind(id)
    )?;
    Ok(())
}

/// Puts in every column from `uuid` to the medewerker: `bind` of a query, `push_bind` of one that is being built.
macro_rules! bound {
    ($query:expr, $bind:ident, $contactmoment:ident, $vorig:expr) => {{
        let medewerker = $contactmoment.medewerker_identificatie.as_ref();
        $query
            .$bind(Id($contactmoment.uuid))
            .$bind($vorig)
            .$bind(&$contactmoment.bronorganisatie)
            .$bind($contactmoment.registratiedatum)
            .$bind(&$contactmoment.kanaal)
            .$bind(&$contactmoment.voorkeurskanaal)
            .$bind(&$contactmoment.voorkeurstaal)
            .$bind(&$contactmoment.tekst)
            .$bind(Json(&$contactmoment.onderwerp_links))
            .$bind(&$contactmoment.initiatiefnemer)
            .$bind(&$contactmoment.medewerker)
            .$bind(medewerker.map(|found| &found.identificatie))
            .$bind(medewerker.map(|found| &found.achternaam))
            .$bind(medewerker.map(|found| &found.voorletters))
            .$bind(medewerker.map(|found| &found.voorvoegsel_achternaam))
    }};
}

use bound;

async fn write(
    tx: &mut Tx,
    sql: &'static str,
    contactmoment: &Contactmoment,
    vorig: Option<i64>,
    now: DateTime<Utc>,
) -> Result<u64, StorageError> {
    Ok(execute!(
        tx,
        bound!(sqlx::query(sql), bind, contactmoment, vorig).bind(now)
    )?)
}

const DELETE: &str = "DELETE FROM contactmoment WHERE uuid = $1";

/// Removes the contactmoment and its relations; its successor, if any, then follows on nothing.
pub async fn delete(tx: &mut Tx, uuid: Uuid) -> Result<bool, StorageError> {
    Ok(execute!(tx, sqlx::query(DELETE).bind(Id(uuid)))? == 1)
}

/// How many contactmomenten match.
pub async fn count(tx: &mut Tx, filter: &ContactmomentFilter) -> Result<Counted, StorageError> {
    let list = filter.list();
    if let Some(list) = &list
        && let Some(found) = page_map::count(tx, list).await?
    {
        return Ok(found);
    }
    let rows = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new("SELECT CAST(count(*) AS BIGINT) FROM ");
        if let Some(klanten) = filter.only_klanten() {
            query.push("(");
            push_relations(&mut query, "contactmoment_id", klanten);
            query.push(") r");
        } else {
            query.push("contactmoment c");
            filter.push_to(&mut query);
        }
        query.build_query_scalar::<i64>().fetch_one(c).await
    })?;
    Ok(Counted::by_hand(tx, list, rows))
}

/// A stretch of the contactmomenten that match, in `order`. Those of a klant by their registratiedatum are found in the
/// relations alone, which hold a copy of it: only the rows of the stretch itself are read. In the snapshot in which they
/// were counted.
pub async fn list(
    tx: &mut Tx,
    filter: &ContactmomentFilter,
    order: &Order,
    counted: &Counted,
    limit: i64,
    offset: i64,
) -> Result<Vec<Stored>, StorageError> {
    match order.by_registratiedatum() {
        Some(Direction::Descending) => {
            let place = counted.place(tx, offset).await?;
            stretch(tx, filter, order, place, limit).await
        }
        // The map knows the way from the newest on: the same stretch, from the other end.
        Some(Direction::Ascending) if counted.has_map() => {
            let limit = limit.min(counted.rows - offset).max(0);
            let place = counted.place(tx, counted.rows - offset - limit).await?;
            let mut rows = stretch(tx, filter, &Order::default(), place, limit).await?;
            rows.reverse();
            Ok(rows)
        }
        _ => stretch(tx, filter, order, PagePlace::after(offset), limit).await,
    }
}

async fn stretch(
    tx: &mut Tx,
    filter: &ContactmomentFilter,
    order: &Order,
    place: PagePlace,
    limit: i64,
) -> Result<Vec<Stored>, StorageError> {
    let offset = place.skip;
    let rows = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(concat!("SELECT ", columns!(), " FROM "));
        if let (Some(klanten), Some(direction)) = (filter.only_klanten(), order.by_registratiedatum()) {
            let direction = direction.keyword();
            query.push("(");
            push_relations(&mut query, "registratiedatum, contactmoment_id", klanten);
            query.push(" ORDER BY registratiedatum").push(direction);
            query.push(", contactmoment_id").push(direction);
            push_stretch(&mut query, limit, offset);
            query.push(concat!(
                ") r JOIN contactmoment c ON c.id = r.contactmoment_id",
                neighbours!()
            ));
            query.push(" ORDER BY r.registratiedatum").push(direction);
            query.push(", c.id").push(direction);
        } else {
            query.push(concat!("contactmoment c", neighbours!()));
            filter.push_to(&mut query);
            if let Some((moment, id)) = place.before {
                query.push(" AND (c.registratiedatum, c.id) < (");
                query.push_bind(moment).push(", ").push_bind(id).push(")");
            }
            order.push_to(&mut query);
            push_stretch(&mut query, limit, offset);
        }
        query.build_query_as::<Row>().fetch_all(c).await
    })?;
    rows.into_iter().map(Stored::try_from).collect()
}

fn push_stretch<DB>(query: &mut QueryBuilder<DB>, limit: i64, offset: i64)
where
    DB: Database,
    for<'q> i64: Encode<'q, DB> + Type<DB>,
{
    query
        .push(" LIMIT ")
        .push_bind(limit)
        .push(" OFFSET ")
        .push_bind(offset);
}

/// A place among the contactmomenten of a klant: the registratiedatum, and the number of the row.
pub type Place = (DateTime<Utc>, i64);

/// At most `limit` contactmomenten of a klant of ours before `before`, newest first; each once, whatever its roles.
pub async fn list_of_klant(
    tx: &mut Tx,
    klant: Uuid,
    before: Option<Place>,
    limit: i64,
) -> Result<Vec<Stored>, StorageError> {
    let rows = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(concat!(
            "SELECT ",
            columns!(),
            " FROM (SELECT DISTINCT registratiedatum, contactmoment_id FROM klantcontactmoment WHERE klant_uuid = "
        ));
        query.push_bind(Id(klant));
        if let Some((at, id)) = before {
            query
                .push(" AND (registratiedatum, contactmoment_id) < (")
                .push_bind(at);
            query.push(", ").push_bind(id).push(")");
        }
        query
            .push(" ORDER BY registratiedatum DESC, contactmoment_id DESC LIMIT ")
            .push_bind(limit);
        query.push(concat!(
            ") r JOIN contactmoment c ON c.id = r.contactmoment_id",
            neighbours!(),
            " ORDER BY r.registratiedatum DESC, c.id DESC"
        ));
        query.build_query_as::<Row>().fetch_all(c).await
    })?;
    rows.into_iter().map(Stored::try_from).collect()
}

#[derive(sqlx::FromRow)]
struct LastRow {
    klant_uuid: Id,
    at: DateTime<Utc>,
}

/// When each of these klanten of ours last had contact; those who never had are not there.
pub async fn last_of_klanten(
    tx: &mut Tx,
    klanten: &[Uuid],
) -> Result<Vec<(Uuid, DateTime<Utc>)>, StorageError> {
    if klanten.is_empty() {
        return Ok(Vec::new());
    }
    let rows = on_tx!(tx, DB, |c| {
        // One look-up per klant at the end of its stretch of the index, in one statement.
        let mut query = QueryBuilder::<DB>::new("SELECT * FROM (");
        for (nr, klant) in klanten.iter().enumerate() {
            if nr > 0 {
                query.push(" UNION ALL ");
            }
            query.push("SELECT * FROM (SELECT klant_uuid, registratiedatum AS at FROM klantcontactmoment WHERE klant_uuid = ");
            query.push_bind(Id(*klant));
            query.push(" ORDER BY registratiedatum DESC, contactmoment_id DESC LIMIT 1) l");
        }
        query.push(") f");
        query.build_query_as::<LastRow>().fetch_all(c).await
    })?;
    Ok(rows
        .into_iter()
        .map(|row| (row.klant_uuid.into(), row.at))
        .collect())
}
