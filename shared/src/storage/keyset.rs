//! Pages of what is sorted by time, newest first: from a row on, never from the nth.

use chrono::{DateTime, Utc};
use sqlx::{Database, Encode, QueryBuilder, Type};

/// A row's place in the order: its time, and its number for those of the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its time.
    pub at: DateTime<Utc>,
    /// Its number.
    pub id: i64,
}

/// Where a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// At the newest.
    First,
    /// At what is older than this.
    After(Place),
    /// At what is newer than this, read backwards: the oldest of those first.
    Before(Place),
}

/// The stretch of time that is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// From then on.
    pub since: DateTime<Utc>,
    /// Up to, and without, then.
    pub until: DateTime<Utc>,
}

/// Adds the end of a query: the period, the place, the order and the bound. `time` is the column of the time.
pub(super) fn push<DB>(
    query: &mut QueryBuilder<DB>,
    time: &'static str,
    period: Period,
    begin: Begin,
    limit: i64,
) where
    DB: Database,
    for<'q> i64: Encode<'q, DB> + Type<DB>,
    for<'q> DateTime<Utc>: Encode<'q, DB> + Type<DB>,
{
    push_period(query, time, period);
    let (place, beyond, order) = direction(begin);
    if let Some(place) = place {
        query
            .push(format!(" AND ({time}, id) {beyond} ("))
            .push_bind(place.at)
            .push(", ")
            .push_bind(place.id)
            .push(")");
    }
    query
        .push(format!(" ORDER BY {time}{order}, id{order} LIMIT "))
        .push_bind(limit);
}

/// The same in the order of the numbers, for rows that are numbered in the order of their time.
pub(super) fn push_by_number<DB>(
    query: &mut QueryBuilder<DB>,
    time: &'static str,
    period: Period,
    begin: Begin,
    limit: i64,
) where
    DB: Database,
    for<'q> i64: Encode<'q, DB> + Type<DB>,
    for<'q> DateTime<Utc>: Encode<'q, DB> + Type<DB>,
{
    push_period(query, time, period);
    let (place, beyond, order) = direction(begin);
    if let Some(place) = place {
        query.push(format!(" AND id {beyond} ")).push_bind(place.id);
    }
    query.push(format!(" ORDER BY id{order} LIMIT ")).push_bind(limit);
}

fn push_period<DB>(query: &mut QueryBuilder<DB>, time: &'static str, period: Period)
where
    DB: Database,
    for<'q> DateTime<Utc>: Encode<'q, DB> + Type<DB>,
{
    query
        .push(format!(" AND {time} >= "))
        .push_bind(period.since)
        .push(format!(" AND {time} < "))
        .push_bind(period.until);
}

const fn direction(begin: Begin) -> (Option<Place>, &'static str, &'static str) {
    match begin {
        Begin::First => (None, "<", " DESC"),
        Begin::After(place) => (Some(place), "<", " DESC"),
        Begin::Before(place) => (Some(place), ">", ""),
    }
}
