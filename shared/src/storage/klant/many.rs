//! Many klanten at once, as [`super::insert`] stores each.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::super::{Id, StorageError, Tx, klant_zoek, many, on_tx};
use super::{KlantRow, bound, columns, insert_into};
use crate::domain::klant::Klant;
use crate::domain::zoek::{self, Term};

/// A klant, and when it was made.
pub type Made = (Klant, DateTime<Utc>);

/// Adds klanten in their order, and what they are found by. [`super::super::Constraint::KlantKlantnummer`] when a pair is
/// taken.
pub async fn insert(tx: &mut Tx, klanten: &[Made]) -> Result<(), StorageError> {
    let mut numbers: HashMap<Uuid, i64> = HashMap::with_capacity(klanten.len());
    for klanten in klanten.chunks(many::ROWS) {
        let rows: Vec<(i64, Id)> = on_tx!(tx, DB, |c| {
            let mut query = QueryBuilder::<DB>::new(insert_into!());
            query.push_values(klanten, |mut values, (klant, made)| {
                let row = KlantRow::from(klant.clone());
                bound!(values, push_bind, row).push_bind(*made).push_bind(*made);
            });
            query.push(" RETURNING id, uuid");
            query.build_query_as().fetch_all(c).await
        })?;
        numbers.extend(rows.into_iter().map(|(id, uuid)| (uuid.0, id)));
    }
    let mut found: Vec<(i64, Term)> = Vec::with_capacity(klanten.len() * 8);
    for (klant, _) in klanten {
        let number = numbers.get(&klant.uuid).ok_or(StorageError::Missing)?;
        found.extend(zoek::terms(klant).into_iter().map(|term| (*number, term)));
    }
    // In the order of the index: much faster than all over it.
    found.sort_unstable_by(|(number, term), (other_number, other)| {
        (term.soort.name(), &term.waarde, number).cmp(&(other.soort.name(), &other.waarde, other_number))
    });
    klant_zoek::insert_many(tx, &found).await
}
