//! Klanten with what only the register knows of them, for the pages that people read and for what is made of every klant.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::klant::KlantRow;
use super::{Id, StorageError, Tx, on_tx};
use crate::domain::klant::Klant;

/// A klant with what only the register knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Browsed {
    /// Number of the row.
    pub id: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub changed_at: DateTime<Utc>,
    /// The klant.
    pub klant: Klant,
}

/// A row with the columns of `browsed!`.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: i64,
    created_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    #[sqlx(flatten)]
    klant: KlantRow,
}

impl TryFrom<Row> for Browsed {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, StorageError> {
        Ok(Self {
            id: row.id,
            created_at: row.created_at,
            changed_at: row.changed_at,
            klant: Klant::try_from(row.klant)?,
        })
    }
}

macro_rules! browsed {
    () => {
        concat!("id, created_at, changed_at, ", $crate::storage::klant::columns!())
    };
}

pub(super) use browsed;

const SELECT: &str = concat!("SELECT ", browsed!(), " FROM klant");

const LIST_UP_TO: &str = concat!(
    "SELECT ",
    browsed!(),
    " FROM klant WHERE id <= $1 ORDER BY id DESC LIMIT $2"
);

/// At most `limit` klanten with the number `up_to` or a lower one, the highest first.
pub(super) async fn list_up_to(tx: &mut Tx, up_to: i64, limit: i64) -> Result<Vec<Browsed>, StorageError> {
    let rows = on_tx!(tx, |c| sqlx::query_as::<_, Row>(LIST_UP_TO)
        .bind(up_to)
        .bind(limit)
        .fetch_all(c)
        .await)?;
    rows.into_iter().map(Browsed::try_from).collect()
}

const FIND: &str = concat!("SELECT ", browsed!(), " FROM klant WHERE uuid = $1");

/// The klant with this uuid.
pub async fn find(tx: &mut Tx, uuid: Uuid) -> Result<Option<Browsed>, StorageError> {
    on_tx!(tx, |c| sqlx::query_as::<_, Row>(FIND)
        .bind(Id(uuid))
        .fetch_optional(c)
        .await)?
    .map(Browsed::try_from)
    .transpose()
}

/// The klanten with these uuids, in any order.
pub async fn list_by_uuids(tx: &mut Tx, uuids: &[Uuid]) -> Result<Vec<Browsed>, StorageError> {
    if uuids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(SELECT);
        query.push(" WHERE uuid IN (");
        let mut list = query.separated(", ");
        for uuid in uuids {
            list.push_bind(Id(*uuid));
        }
        query.push(")");
        query.build_query_as::<Row>().fetch_all(c).await
    })?;
    rows.into_iter().map(Browsed::try_from).collect()
}

/// The klanten with these numbers, in any order.
pub async fn list_by_ids(tx: &mut Tx, ids: &[i64]) -> Result<Vec<Browsed>, StorageError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(SELECT);
        query.push(" WHERE id IN (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(*id);
        }
        query.push(")");
        query.build_query_as::<Row>().fetch_all(c).await
    })?;
    rows.into_iter().map(Browsed::try_from).collect()
}
