//! Searching table `read_log`, for the pages that people read: each search is a stretch of one index, newest first.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::keyset::{self, Begin, Period};
use super::{Id, StorageError, Tx, on_tx};

/// Which reads are wanted: all that is given must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadSearch {
    /// In this stretch of time.
    pub period: Period,
    /// Of this object, whether or not it is still there.
    pub object: Option<Uuid>,
    /// Of a klant that ever had this number.
    pub klantnummer: Option<String>,
    /// By the person whose name stands in the row with this number.
    pub person: Option<i64>,
    /// By this client.
    pub client: Option<String>,
    /// Whether one object was read, or several were searched for.
    pub of_one: Option<bool>,
}

/// A read, as people see it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Seen {
    /// Number of the row.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Which client.
    pub client_id: String,
    /// The user behind it.
    pub user_id: String,
    /// The same user as people know them.
    pub user_representation: String,
    /// Method of the request.
    pub method: String,
    /// The declared path.
    pub route: String,
    /// The object.
    pub object_uuid: Option<Id>,
    /// Names of the filters with keyed hashes of their values, as JSON.
    pub filters: String,
    /// Identity of the request.
    pub request_id: String,
    /// Why somebody wanted to see what is masked otherwise.
    pub reason: Option<String>,
}

const SELECT: &str = "SELECT id, at, client_id, user_id, user_representation, method, route, object_uuid, filters, \
     request_id, reason FROM read_log WHERE 1 = 1";

/// At most `limit` of the reads that match; [`Begin::Before`] gives the oldest first.
pub async fn page(
    tx: &mut Tx,
    search: &ReadSearch,
    begin: Begin,
    limit: i64,
) -> Result<Vec<Seen>, StorageError> {
    Ok(on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(SELECT);
        if let Some(object) = search.object {
            query.push(" AND object_uuid = ").push_bind(Id(object));
        }
        if let Some(klantnummer) = &search.klantnummer {
            query
                .push(" AND object_uuid IN (SELECT object_uuid FROM audittrail WHERE klantnummer = ")
                .push_bind(klantnummer.clone())
                .push(")");
        }
        if let Some(row) = search.person {
            // The second condition says which index serves.
            query
                .push(" AND user_representation = (SELECT user_representation FROM read_log WHERE id = ")
                .push_bind(row)
                .push(") AND user_representation <> ''");
        }
        if let Some(client) = &search.client {
            query.push(" AND client_id = ").push_bind(client.clone());
        }
        match search.of_one {
            Some(true) => {
                query.push(" AND object_uuid IS NOT NULL");
            }
            Some(false) => {
                query.push(" AND object_uuid IS NULL");
            }
            None => {}
        }
        keyset::push(&mut query, "at", search.period, begin, limit);
        query.build_query_as::<Seen>().fetch_all(c).await
    })?)
}

const BY_PERSON: &str = "SELECT id FROM read_log WHERE user_representation = $1 AND user_representation <> '' \
     ORDER BY at DESC, id DESC LIMIT 1";

/// The newest read of the person with this name: what a search names the person by, as names do not belong in addresses.
pub async fn row_of_person(tx: &mut Tx, name: &str) -> Result<Option<i64>, StorageError> {
    Ok(on_tx!(tx, |c| sqlx::query_scalar(BY_PERSON)
        .bind(name)
        .fetch_optional(c)
        .await)?)
}
