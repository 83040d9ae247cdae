//! Many contactmomenten at once, as [`super::insert`] stores each.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use sqlx::types::Json;
use uuid::Uuid;

use super::super::{Id, StorageError, Tx, many, on_tx};
use super::{bound, insert_into};
use crate::domain::contactmoment::Contactmoment;

/// A contactmoment, the row it follows on, and when it was made.
pub type Made = (Contactmoment, Option<i64>, DateTime<Utc>);

/// A relation of a contactmoment whose row is known.
#[derive(Clone, Copy, Debug)]
pub struct Related<'a, T> {
    /// The relation.
    pub relation: &'a T,
    /// Number of the row of its contactmoment.
    pub contactmoment: i64,
    /// registratiedatum of its contactmoment.
    pub registratiedatum: DateTime<Utc>,
    /// When the relation was made.
    pub made: DateTime<Utc>,
}

/// Adds contactmomenten in their order, and answers the numbers of their rows. Errors as [`super::insert`].
pub async fn insert(tx: &mut Tx, contactmomenten: &[Made]) -> Result<HashMap<Uuid, i64>, StorageError> {
    let mut numbers = HashMap::with_capacity(contactmomenten.len());
    for contactmomenten in contactmomenten.chunks(many::ROWS) {
        let rows: Vec<(i64, Id)> = on_tx!(tx, DB, |c| {
            let mut query = QueryBuilder::<DB>::new(insert_into!());
            query.push_values(contactmomenten, |mut values, (contactmoment, vorig, made)| {
                bound!(values, push_bind, contactmoment, *vorig)
                    .push_bind(*made)
                    .push_bind(*made);
            });
            query.push(" RETURNING id, uuid");
            query.build_query_as().fetch_all(c).await
        })?;
        numbers.extend(rows.into_iter().map(|(id, uuid)| (uuid.0, id)));
    }
    Ok(numbers)
}
