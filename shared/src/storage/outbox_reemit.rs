//! The stored objects that messages can be made of anew, with what a message says of them and nothing else.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::outbox_steer::Stretch;
use super::{Id, StorageError, Tx, on_tx};
use crate::domain::applicatie::Component;
use crate::domain::notificatie::Kanaal;

/// An object to make a message of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Its number: where the next batch begins.
    pub id: i64,
    /// Its uuid.
    pub uuid: Uuid,
    /// Values of the kenmerken of its kanaal, in the order of the kanaal.
    pub kenmerken: Vec<String>,
}

/// Which objects of a kanaal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SubjectFilter {
    /// This one only.
    pub object: Option<Uuid>,
    /// Those with a change in the audit trail at this time or later.
    pub since: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    uuid: Id,
    first: String,
    second: String,
}

/// The columns of the kenmerken, and the table; `None`: nothing is published of this API.
const fn select(component: Component) -> Option<&'static str> {
    match component {
        Component::Kc => {
            Some("SELECT o.id, o.uuid, COALESCE(o.subject_type, '') AS first, '' AS second FROM klant o")
        }
        Component::Cmc => {
            Some("SELECT o.id, o.uuid, o.bronorganisatie AS first, o.kanaal AS second FROM contactmoment o")
        }
        Component::Ac => None,
    }
}

const fn count_of(component: Component) -> Option<&'static str> {
    match component {
        Component::Kc => Some("SELECT CAST(count(*) AS BIGINT), max(o.id) FROM klant o"),
        Component::Cmc => Some("SELECT CAST(count(*) AS BIGINT), max(o.id) FROM contactmoment o"),
        Component::Ac => None,
    }
}

macro_rules! push_filter {
    ($query:expr, $kanaal:expr, $filter:expr) => {
        $query.push(" WHERE 1 = 1");
        if let Some(object) = $filter.object {
            $query.push(" AND o.uuid = ").push_bind(Id(object));
        }
        if let Some(since) = $filter.since {
            $query
                .push(" AND EXISTS (SELECT 1 FROM audittrail a WHERE a.component = ")
                .push_bind($kanaal.component.name())
                .push(" AND a.object_uuid = o.uuid AND a.aanmaakdatum >= ")
                .push_bind(since)
                .push(")");
        }
    };
}

/// A batch of objects, oldest first. Their rows are held until the transaction ends, so that the message stands in
/// the queue where the object was read.
pub async fn subjects(
    tx: &mut Tx,
    kanaal: &Kanaal,
    filter: SubjectFilter,
    stretch: Stretch,
) -> Result<Vec<Subject>, StorageError> {
    let Some(select) = select(kanaal.component) else {
        return Ok(Vec::new());
    };
    let lock = if tx.is_postgres() { " FOR SHARE OF o" } else { "" };
    let rows = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(select);
        push_filter!(query, kanaal, filter);
        query
            .push(" AND o.id > ")
            .push_bind(stretch.after)
            .push(" AND o.id <= ")
            .push_bind(stretch.up_to)
            .push(" ORDER BY o.id LIMIT ")
            .push_bind(stretch.limit)
            .push(lock);
        query.build_query_as::<Row>().fetch_all(c).await
    })?;
    Ok(rows
        .into_iter()
        .map(|row| Subject {
            id: row.id,
            uuid: row.uuid.into(),
            kenmerken: [row.first, row.second]
                .into_iter()
                .take(kanaal.kenmerken.len())
                .collect(),
        })
        .collect())
}

/// How many objects match, and the number of the newest of them.
pub async fn count(
    tx: &mut Tx,
    kanaal: &Kanaal,
    filter: SubjectFilter,
) -> Result<(i64, Option<i64>), StorageError> {
    let Some(count) = count_of(kanaal.component) else {
        return Ok((0, None));
    };
    Ok(on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(count);
        push_filter!(query, kanaal, filter);
        query.build_query_as::<(i64, Option<i64>)>().fetch_one(c).await
    })?)
}
