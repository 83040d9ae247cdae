//! Table `klant_zoek`: what klanten are found by. [`super::klant`] writes it with the klant itself.

use std::collections::BTreeSet;

use sqlx::{Database, Encode, QueryBuilder, Type};
use uuid::Uuid;

use super::klant_browse;
use super::{Db, Id, StorageError, Tx, execute, many, on_read, on_tx};
use crate::domain::klant::Klant;
use crate::domain::zoek::{Naam, Soort, Term, terms};

/// How many klanten of an earlier release get their rows in one transaction.
const BATCH: i64 = 500;

/// Up to how many first names that begin as was typed a search for first name and surname goes by the first name: each is
/// looked up. Of more there are so many that going by the surname soon finds a page of them: among a million klanten in
/// some 5,000 of that surname.
const FEW: i64 = 10_000;

/// Sorts after every text that begins the same.
const LAST: char = char::MAX;

/// Adds the rows of a klant that has none.
pub(super) async fn insert(tx: &mut Tx, klant: Uuid, terms: &BTreeSet<Term>) -> Result<(), StorageError> {
    if terms.is_empty() {
        return Ok(());
    }
    on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(
            "INSERT INTO klant_zoek (klant_id, soort, waarde) SELECT k.id, n.soort, n.waarde FROM klant k CROSS JOIN (",
        );
        for (nr, term) in terms.iter().enumerate() {
            query.push(if nr == 0 { "SELECT " } else { " UNION ALL SELECT " });
            // The first names the columns and their types.
            query
                .push("CAST(")
                .push_bind(term.soort.name())
                .push(" AS TEXT) AS soort, CAST(");
            query.push_bind(term.waarde.clone()).push(" AS TEXT) AS waarde");
        }
        query.push(") n WHERE k.uuid = ").push_bind(Id(klant));
        query.build().execute(c).await.map(|_| ())
    })?;
    Ok(())
}

/// Adds the rows of klanten that have none, given with the numbers of their rows.
pub(super) async fn insert_many(tx: &mut Tx, rows: &[(i64, Term)]) -> Result<(), StorageError> {
    for rows in rows.chunks(many::ROWS) {
        on_tx!(tx, DB, |c| {
            let mut query = QueryBuilder::<DB>::new("INSERT INTO klant_zoek (klant_id, soort, waarde) ");
            query.push_values(rows, |mut values, (klant, term)| {
                values
                    .push_bind(*klant)
                    .push_bind(term.soort.name())
                    .push_bind(&term.waarde);
            });
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

const REMOVE: &str = "DELETE FROM klant_zoek WHERE klant_id = (SELECT id FROM klant WHERE uuid = $1)";

/// Puts the rows of a klant in the place of those it has, unless they are the same.
pub(super) async fn replace(tx: &mut Tx, before: &Klant, after: &BTreeSet<Term>) -> Result<(), StorageError> {
    if terms(before) == *after {
        return Ok(());
    }
    execute!(tx, sqlx::query(REMOVE).bind(Id(before.uuid)))?;
    insert(tx, before.uuid, after).await
}

const TODO: &str = "SELECT up_to FROM klant_zoek_todo WHERE id = 1";
const TODO_FOR_CHANGE_POSTGRES: &str = "SELECT up_to FROM klant_zoek_todo WHERE id = 1 FOR UPDATE";
const SET_TODO: &str = "UPDATE klant_zoek_todo SET up_to = $1 WHERE id = 1";
const REMOVE_ROWS: &str = "DELETE FROM klant_zoek WHERE klant_id = $1";

/// Makes the rows of klanten that were there before the table was, newest first, until all have them. May be cut off at
/// any moment; who comes next goes on.
pub(super) async fn catch_up(db: &Db) -> Result<(), StorageError> {
    loop {
        let todo: i64 = on_read!(db, |c| sqlx::query_scalar(TODO).fetch_one(c).await)?;
        if todo == 0 {
            return Ok(());
        }
        let mut tx = db.begin().await?;
        let todo = if tx.is_postgres() {
            TODO_FOR_CHANGE_POSTGRES
        } else {
            TODO
        };
        let up_to: i64 = on_tx!(tx, |c| sqlx::query_scalar(todo).fetch_one(c).await)?;
        let klanten = klant_browse::list_up_to(&mut tx, up_to, BATCH).await?;
        let next = klanten.last().map_or(0, |last| last.id - 1);
        for found in &klanten {
            execute!(tx, sqlx::query(REMOVE_ROWS).bind(found.id))?;
            insert(&mut tx, found.klant.uuid, &terms(&found.klant)).await?;
        }
        execute!(tx, sqlx::query(SET_TODO).bind(next))?;
        tx.commit().await?;
    }
}

/// Where a page of what was found starts: the value it is sorted by, and the number of the klant's row. Never a number of
/// rows passed over, so that the last page costs as much as the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// At the beginning of the order.
    First,
    /// After this.
    After(String, i64),
    /// Before this: the rows come backwards.
    Before(String, i64),
}

impl Start {
    const fn direction(&self) -> &'static str {
        match self {
            Self::First | Self::After(..) => "ASC",
            Self::Before(..) => "DESC",
        }
    }

    fn push_to<DB>(&self, query: &mut QueryBuilder<DB>)
    where
        DB: Database,
        for<'q> String: Encode<'q, DB> + Type<DB>,
        for<'q> i64: Encode<'q, DB> + Type<DB>,
    {
        let (operator, value, number) = match self {
            Self::First => return,
            Self::After(value, number) => (" > ", value, number),
            Self::Before(value, number) => (" < ", value, number),
        };
        query.push(format!(" AND (z.waarde, z.klant_id){operator}("));
        query.push_bind(value.clone()).push(", ");
        query.push_bind(*number).push(")");
    }
}

/// A klant that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// By what.
    pub soort: Soort,
    /// The value, which the order goes by.
    pub waarde: String,
    /// The number of the klant's row.
    pub id: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    soort: String,
    waarde: String,
    klant_id: i64,
}

/// At most `limit` times that a klant has one of the values, or a name that begins so, in the order of the values; backwards
/// before a place. By one value or name a klant is found once; by several it may be there several times.
pub async fn find(
    tx: &mut Tx,
    exact: &[Term],
    naam: Option<&Naam>,
    start: &Start,
    limit: i64,
) -> Result<Vec<Found>, StorageError> {
    if exact.is_empty() && naam.is_none() {
        return Ok(Vec::new());
    }
    let rows = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new("SELECT soort, waarde, klant_id FROM (");
        let mut is_first = true;
        for term in exact {
            begin(&mut query, &mut is_first, term.soort);
            query.push(" AND z.waarde = ").push_bind(term.waarde.clone());
            end(&mut query, start, limit);
        }
        if let Some(naam) = naam {
            begin(&mut query, &mut is_first, Soort::Naam);
            push_range(&mut query, "z", &naam.whole);
            push_first_only(&mut query, &naam.whole);
            end(&mut query, start, limit);
            if let Some((first, rest)) = &naam.parts {
                query.push(" UNION ALL SELECT * FROM (");
                begin(&mut query, &mut true, Soort::Naam);
                push_range(&mut query, "z", rest);
                push_probe(&mut query, "v", Soort::Voornaam);
                push_range(&mut query, "v", first);
                query.push(" LIMIT 1) IS NOT NULL");
                push_first_only(&mut query, rest);
                end(&mut query, start, limit);
                push_only_if(&mut query, first, " > ", limit);

                // The same, begun at the other end. The limits cut nothing off: they tell PostgreSQL how few there are, and keep
                // its planner from looking up each name twice.
                query.push(
                    " UNION ALL SELECT * FROM (SELECT * FROM (SELECT z.soort, z.waarde, z.klant_id FROM (SELECT DISTINCT ",
                );
                query.push_bind(Soort::Naam.name());
                query.push(" AS soort, z.klant_id, (SELECT MIN(e.waarde) FROM klant_zoek e");
                push_of_klant(&mut query, "e", Soort::Naam);
                push_range(&mut query, "e", rest);
                query.push(") AS waarde FROM (SELECT v.klant_id FROM klant_zoek v WHERE v.soort = ");
                query.push_bind(Soort::Voornaam.name());
                push_range(&mut query, "v", first);
                query.push(" ORDER BY v.waarde LIMIT ").push(FEW);
                query.push(") z LIMIT ").push(FEW);
                query.push(") z WHERE z.waarde IS NOT NULL");
                end(&mut query, start, limit);
                push_only_if(&mut query, first, " <= ", limit);
            }
        }
        let direction = start.direction();
        query.push(format!(
            ") f ORDER BY waarde {direction}, klant_id {direction} LIMIT "
        ));
        query.push_bind(limit);
        query.build_query_as::<Row>().fetch_all(c).await
    })?;
    rows.into_iter()
        .map(|row| {
            let soort = Soort::from_name(&row.soort).ok_or_else(|| StorageError::Corrupt {
                table: "klant_zoek",
                reason: "soort is not known".to_owned(),
            })?;
            Ok(Found {
                soort,
                waarde: row.waarde,
                id: row.klant_id,
            })
        })
        .collect()
}

/// Each branch is a stretch of the index of its own: the whole is no more than the stretches, sorted.
fn begin<DB>(query: &mut QueryBuilder<DB>, is_first: &mut bool, soort: Soort)
where
    DB: Database,
    for<'q> &'q str: Encode<'q, DB> + Type<DB>,
{
    if !*is_first {
        query.push(" UNION ALL ");
    }
    *is_first = false;
    query.push("SELECT * FROM (SELECT z.soort, z.waarde, z.klant_id FROM klant_zoek z WHERE z.soort = ");
    query.push_bind(soort.name());
}

fn end<DB>(query: &mut QueryBuilder<DB>, start: &Start, limit: i64)
where
    DB: Database,
    for<'q> String: Encode<'q, DB> + Type<DB>,
    for<'q> i64: Encode<'q, DB> + Type<DB>,
{
    start.push_to(query);
    let direction = start.direction();
    query.push(format!(
        " ORDER BY z.waarde {direction}, z.klant_id {direction} LIMIT "
    ));
    query.push_bind(limit).push(") b");
}

/// Ends a branch within a branch: there is nothing of it unless more (or no more) first names than [`FEW`] begin so. A
/// limit is looked at before anything is read, on both databases; a condition is not.
fn push_only_if<DB>(query: &mut QueryBuilder<DB>, first: &str, than: &'static str, limit: i64)
where
    DB: Database,
    for<'q> String: Encode<'q, DB> + Type<DB>,
    for<'q> &'q str: Encode<'q, DB> + Type<DB>,
    for<'q> i64: Encode<'q, DB> + Type<DB>,
{
    query
        .push(" LIMIT (SELECT CASE WHEN count(*)")
        .push(than)
        .push(FEW)
        .push(" THEN ")
        .push_bind(limit);
    query.push(" ELSE 0 END FROM (SELECT 1 FROM klant_zoek v WHERE v.soort = ");
    query.push_bind(Soort::Voornaam.name());
    push_range(query, "v", first);
    // In the order of the index: PostgreSQL then stops at the limit, and does not gather all of them first.
    query
        .push(" ORDER BY v.waarde LIMIT ")
        .push(FEW + 1)
        .push(") n)) g");
}

/// Values that begin so.
fn push_range<DB>(query: &mut QueryBuilder<DB>, table: &str, beginning: &str)
where
    DB: Database,
    for<'q> String: Encode<'q, DB> + Type<DB>,
{
    query
        .push(format!(" AND {table}.waarde >= "))
        .push_bind(beginning.to_owned());
    query
        .push(format!(" AND {table}.waarde < "))
        .push_bind(format!("{beginning}{LAST}"));
}

/// A look-up among the values of the klant of `z`, to be ended with ` LIMIT 1)`. Not EXISTS: the planner of PostgreSQL would
/// make a join of it, and with a poor guess of how many names begin so, which it has no way to know, that takes seconds.
fn push_probe<DB>(query: &mut QueryBuilder<DB>, table: &str, soort: Soort)
where
    DB: Database,
    for<'q> &'q str: Encode<'q, DB> + Type<DB>,
{
    query.push(format!(" AND (SELECT {table}.klant_id FROM klant_zoek {table}"));
    push_of_klant(query, table, soort);
}

/// Of this kind and of the klant of `z`. `|| ''` keeps both databases from the index by kind and value, where all klanten
/// with such a value would be passed by to find the one.
fn push_of_klant<DB>(query: &mut QueryBuilder<DB>, table: &str, soort: Soort)
where
    DB: Database,
    for<'q> &'q str: Encode<'q, DB> + Type<DB>,
{
    query.push(format!(
        " WHERE {table}.klant_id = z.klant_id AND {table}.soort || '' = "
    ));
    query.push_bind(soort.name());
}

/// Only by the first of a klant's names that begin so.
fn push_first_only<DB>(query: &mut QueryBuilder<DB>, beginning: &str)
where
    DB: Database,
    for<'q> String: Encode<'q, DB> + Type<DB>,
    for<'q> &'q str: Encode<'q, DB> + Type<DB>,
{
    push_probe(query, "e", Soort::Naam);
    query.push(" AND e.waarde < z.waarde AND e.waarde >= ");
    query.push_bind(beginning.to_owned()).push(" LIMIT 1) IS NULL");
}
