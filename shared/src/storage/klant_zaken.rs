//! The zaken of a klant: of the contactmomenten the klant took part in.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::contactmoment::Place;
use super::{Id, StorageError, Tx, on_tx};

/// A contactmoment of a klant that is about a zaak.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Linked {
    /// Number of the relation.
    pub id: i64,
    /// When they were linked.
    pub at: DateTime<Utc>,
    /// URL of the zaak.
    pub object: String,
    contactmoment: Id,
    /// Kanaal of the contactmoment.
    pub kanaal: String,
}

impl Linked {
    /// The contactmoment.
    pub fn contactmoment(&self) -> Uuid {
        self.contactmoment.into()
    }
}

const SELECT: &str = "SELECT o.id, o.created_at AS at, o.object, m.uuid AS contactmoment, m.kanaal \
     FROM objectcontactmoment o JOIN contactmoment m ON m.id = o.contactmoment_id \
     WHERE o.object_type = 'zaak' AND o.contactmoment_id IN \
     (SELECT k.contactmoment_id FROM klantcontactmoment k WHERE k.klant_uuid = ";

/// At most `limit` of them, the one linked last first, after a place.
pub async fn list(
    tx: &mut Tx,
    klant: Uuid,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Linked>, StorageError> {
    Ok(on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(SELECT);
        query.push_bind(Id(klant)).push(")");
        if let Some((at, id)) = after {
            query.push(" AND (o.created_at, o.id) < (").push_bind(at);
            query.push(", ").push_bind(id).push(")");
        }
        query
            .push(" ORDER BY o.created_at DESC, o.id DESC LIMIT ")
            .push_bind(limit);
        query.build_query_as::<Linked>().fetch_all(c).await
    })?)
}
