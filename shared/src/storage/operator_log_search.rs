//! Searching table `operator_log`, for the pages that people read, newest first.

use sqlx::QueryBuilder;

use super::keyset::{self, Begin, Period};
use super::operator_log::Logged;
use super::{StorageError, Tx, on_tx};

/// Which rows are wanted: all that is given must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorSearch {
    /// In this stretch of time.
    pub period: Period,
    /// Done with a command that begins with one of these words; none: nothing is found.
    pub commands: Vec<&'static str>,
    /// By the person who did what stands in the row with this number.
    pub person: Option<i64>,
}

/// A row with the message it is about.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Found {
    /// The row.
    #[sqlx(flatten)]
    pub row: Logged,
    /// Number of the message in the queue.
    pub outbox_id: Option<i64>,
    /// How something ended that took more than one transaction.
    pub outcome: Option<String>,
}

const SELECT: &str =
    "SELECT id, at, operator, command, detail, outbox_id, outcome FROM operator_log WHERE (1 = 0";

/// At most `limit` of the rows that match; [`Begin::Before`] gives the oldest first.
pub async fn page(
    tx: &mut Tx,
    search: &OperatorSearch,
    begin: Begin,
    limit: i64,
) -> Result<Vec<Found>, StorageError> {
    Ok(on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(SELECT);
        for command in &search.commands {
            query
                .push(" OR command = ")
                .push_bind(*command)
                .push(" OR command LIKE ")
                .push_bind(format!("{command} %"));
        }
        query.push(")");
        if let Some(row) = search.person {
            query
                .push(" AND operator = (SELECT operator FROM operator_log WHERE id = ")
                .push_bind(row)
                .push(")");
        }
        keyset::push(&mut query, "at", search.period, begin, limit);
        query.build_query_as::<Found>().fetch_all(c).await
    })?)
}

const BY_PERSON: &str = "SELECT id FROM operator_log WHERE operator = $1 ORDER BY at DESC, id DESC LIMIT 1";

/// The newest row of the person with this name: what a search names the person by, as names do not belong in addresses.
pub async fn row_of_person(tx: &mut Tx, name: &str) -> Result<Option<i64>, StorageError> {
    Ok(on_tx!(tx, |c| sqlx::query_scalar(BY_PERSON)
        .bind(name)
        .fetch_optional(c)
        .await)?)
}
