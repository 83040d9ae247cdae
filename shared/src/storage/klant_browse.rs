//! Klanten by the page, for people: from a place onward and never by a number of rows passed over, so that the last page
//! costs as much as the first.

use chrono::{DateTime, Utc};
use sqlx::{Database, Encode, QueryBuilder, Type};
use uuid::Uuid;

use super::klant::{KlantRow, columns};
use super::{Id, StorageError, Tx, on_tx};
use crate::domain::klant::Klant;

/// Where a page starts: the key it is sorted by, and the number of the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start<K> {
    /// At the beginning of the order.
    First,
    /// After this.
    After(K, i64),
    /// Before this: the rows come backwards.
    Before(K, i64),
}

impl<K: Clone> Start<K> {
    pub(super) const fn direction(&self) -> &'static str {
        match self {
            Self::First | Self::After(..) => "ASC",
            Self::Before(..) => "DESC",
        }
    }

    /// The same for an order that has the highest first.
    pub(super) const fn direction_down(&self) -> &'static str {
        match self {
            Self::First | Self::After(..) => "DESC",
            Self::Before(..) => "ASC",
        }
    }

    pub(super) fn push_to<DB>(&self, query: &mut QueryBuilder<DB>, key: &str, id: &str)
    where
        DB: Database,
        for<'q> K: Encode<'q, DB> + Type<DB> + 'q,
        for<'q> i64: Encode<'q, DB> + Type<DB>,
    {
        self.push(query, key, id, (" > ", " < "));
    }

    pub(super) fn push_down_to<DB>(&self, query: &mut QueryBuilder<DB>, key: &str, id: &str)
    where
        DB: Database,
        for<'q> K: Encode<'q, DB> + Type<DB> + 'q,
        for<'q> i64: Encode<'q, DB> + Type<DB>,
    {
        self.push(query, key, id, (" < ", " > "));
    }

    fn push<DB>(&self, query: &mut QueryBuilder<DB>, key: &str, id: &str, (after, before): (&str, &str))
    where
        DB: Database,
        for<'q> K: Encode<'q, DB> + Type<DB> + 'q,
        for<'q> i64: Encode<'q, DB> + Type<DB>,
    {
        let (operator, value, number) = match self {
            Self::First => return,
            Self::After(value, number) => (after, value, number),
            Self::Before(value, number) => (before, value, number),
        };
        query.push(format!(" AND ({key}, {id}){operator}("));
        query.push_bind(value.clone()).push(", ");
        query.push_bind(*number).push(")");
    }
}

/// Which klanten a page shows. All that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of this kind.
    pub subject_type: Option<String>,
    /// Registered by this organisation.
    pub bronorganisatie: Option<String>,
    /// First registered there.
    pub aanmaakkanaal: Option<String>,
    /// Verified, or not.
    pub geverifieerd: Option<bool>,
    /// Changed then or later.
    pub changed_since: Option<DateTime<Utc>>,
}

/// In which order, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// The newest first. The key is nothing.
    Newest(Start<i64>),
    /// Those changed last first. The key is the moment.
    Changed(Start<DateTime<Utc>>),
    /// By surname.
    Name(Start<String>),
}

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

#[derive(sqlx::FromRow)]
struct Row {
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

const SELECT: &str = concat!("SELECT id, created_at, changed_at, ", columns!(), " FROM klant");

const LIST_UP_TO: &str = concat!(
    "SELECT id, created_at, changed_at, ",
    columns!(),
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

const FIND: &str = concat!(
    "SELECT id, created_at, changed_at, ",
    columns!(),
    " FROM klant WHERE uuid = $1"
);

/// The klant with this uuid.
pub async fn find(tx: &mut Tx, uuid: Uuid) -> Result<Option<Browsed>, StorageError> {
    on_tx!(tx, |c| sqlx::query_as::<_, Row>(FIND)
        .bind(Id(uuid))
        .fetch_optional(c)
        .await)?
    .map(Browsed::try_from)
    .transpose()
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

/// The klanten of ours with these uuids, in any order.
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

/// At most `limit` klanten that match, in the order; backwards when it starts before a place.
pub async fn browse(
    tx: &mut Tx,
    wanted: &Wanted,
    order: &Order,
    limit: i64,
) -> Result<Vec<Browsed>, StorageError> {
    let rows = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(SELECT);
        wanted.push_to(&mut query);
        match order {
            Order::Newest(start) => {
                // The key is the number itself, twice: one way of writing a place for all orders.
                start.push_down_to(&mut query, "id", "id");
                query.push(format!(" ORDER BY id {}", start.direction_down()));
            }
            Order::Changed(start) => {
                start.push_down_to(&mut query, "changed_at", "id");
                let direction = start.direction_down();
                query.push(format!(" ORDER BY changed_at {direction}, id {direction}"));
            }
            Order::Name(start) => {
                start.push_to(&mut query, "achternaam", "id");
                let direction = start.direction();
                query.push(format!(" ORDER BY achternaam {direction}, id {direction}"));
            }
        }
        query.push(" LIMIT ").push_bind(limit);
        query.build_query_as::<Row>().fetch_all(c).await
    })?;
    rows.into_iter().map(Browsed::try_from).collect()
}

/// How many klanten match, but no more than `most`.
pub async fn count_up_to(tx: &mut Tx, wanted: &Wanted, most: i64) -> Result<i64, StorageError> {
    Ok(on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new("SELECT CAST(count(*) AS BIGINT) FROM (SELECT 1 FROM klant");
        wanted.push_to(&mut query);
        query.push(" LIMIT ").push_bind(most).push(") f");
        query.build_query_scalar::<i64>().fetch_one(c).await
    })?)
}

impl Wanted {
    /// Whether everything is wanted.
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    fn push_to<DB>(&self, query: &mut QueryBuilder<DB>)
    where
        DB: Database,
        for<'q> String: Encode<'q, DB> + Type<DB>,
        for<'q> bool: Encode<'q, DB> + Type<DB>,
        for<'q> DateTime<Utc>: Encode<'q, DB> + Type<DB>,
    {
        query.push(" WHERE 1 = 1");
        for (column, value) in [
            ("subject_type", &self.subject_type),
            ("bronorganisatie", &self.bronorganisatie),
            ("aanmaakkanaal", &self.aanmaakkanaal),
        ] {
            if let Some(value) = value {
                query.push(format!(" AND {column} = ")).push_bind(value.clone());
            }
        }
        if let Some(geverifieerd) = self.geverifieerd {
            query.push(" AND geverifieerd = ").push_bind(geverifieerd);
        }
        if let Some(since) = self.changed_since {
            query.push(" AND changed_at >= ").push_bind(since);
        }
    }
}
