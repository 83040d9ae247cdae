//! The list of klanten that people read: filtered, newest first or by name, from a place on.
//!
//! No page reads more than the stretch of an index that it walks. First is counted, up to [`MOST_COUNTED`], how many
//! klanten each filter has. One that has few leads: its klanten are all looked at, by its own index. Otherwise the order
//! leads, and enough klanten have each filter for the page to be full soon. A stretch is written as a range of rows
//! `(column, id)` in that order, which only the index has: no planner with old or without statistics then walks the table.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;

use super::klant_browse::{self, Browsed, browsed};
use super::{StorageError, Tx, on_tx};
use crate::domain::klant::SubjectType;
use crate::domain::zoek::Soort;

/// How far klanten are counted.
pub const MOST_COUNTED: i64 = 1000;

/// Which klanten are wanted; every condition must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// The kind of subject.
    pub soort: Option<SubjectType>,
    /// The bronorganisatie.
    pub bronorganisatie: Option<String>,
    /// The aanmaakkanaal, as it was written.
    pub aanmaakkanaal: Option<String>,
    /// Whether they are verified.
    pub geverifieerd: Option<bool>,
    /// Changed, or made, then or later.
    pub changed_since: Option<DateTime<Utc>>,
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The newest first; with [`ListFilter::changed_since`] the one changed last.
    #[default]
    Newest,
    /// By name.
    Name,
    /// By number, the newest first, whatever the filter: nobody moves meanwhile.
    Number,
}

/// Where a klant stands in the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// By number.
    Number(i64),
    /// By when it was changed.
    Changed(DateTime<Utc>, i64),
    /// By name.
    Name(String, i64),
}

/// Where a page starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// At the first.
    First,
    /// After this.
    After(Place),
    /// Before this: the rows come backwards.
    Before(Place),
}

/// A klant in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Where it stands.
    pub place: Place,
    /// The klant.
    pub found: Browsed,
}

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its klanten.
    pub rows: Vec<Listed>,
    /// How many there are altogether, [`MOST_COUNTED`] plus one for more; `None`: without a filter, or there are none.
    pub total: Option<i64>,
}

/// The order of a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Number,
    Changed,
    Name,
}

impl ListFilter {
    /// How the places of a list with this filter look.
    fn by(&self, order: Order) -> By {
        match order {
            Order::Name => By::Name,
            Order::Newest if self.changed_since.is_some() => By::Changed,
            Order::Newest | Order::Number => By::Number,
        }
    }

    /// Whether a place is one of a list with this filter and order.
    pub fn has(&self, order: Order, place: &Place) -> bool {
        let by = match place {
            Place::Number(_) => By::Number,
            Place::Changed(..) => By::Changed,
            Place::Name(..) => By::Name,
        };
        by == self.by(order)
    }

    fn conditions(&self) -> Vec<Condition> {
        let text = |column, value: &Option<String>| value.clone().map(|text| (column, Value::Text(text)));
        let soort = self.soort.map(|soort| soort.name().to_owned());
        [
            text("aanmaakkanaal", &self.aanmaakkanaal),
            text("subject_type", &soort),
            self.geverifieerd.map(|yes| ("geverifieerd", Value::Bool(yes))),
            text("bronorganisatie", &self.bronorganisatie),
            self.changed_since
                .map(|since| ("changed_at", Value::Since(since))),
        ]
        .into_iter()
        .flatten()
        .map(|(column, value)| Condition { column, value })
        .collect()
    }
}

#[derive(Clone, Debug)]
struct Condition {
    column: &'static str,
    value: Value,
}

#[derive(Clone, Debug)]
enum Value {
    Text(String),
    Bool(bool),
    Since(DateTime<Utc>),
}

impl Condition {
    /// Whether one value of the column is asked for, so that its klanten stand in the order of their numbers.
    const fn is_equal(&self) -> bool {
        !matches!(self.value, Value::Since(_))
    }
}

/// A statement that is being written: text, and values between it.
#[derive(Debug, Default)]
struct Statement(Vec<Piece>);

#[derive(Debug)]
enum Piece {
    Sql(String),
    Bind(Value),
    Number(i64),
}

impl Statement {
    fn sql(&mut self, text: impl Into<String>) -> &mut Self {
        self.0.push(Piece::Sql(text.into()));
        self
    }

    fn bind(&mut self, value: &Value) -> &mut Self {
        self.0.push(Piece::Bind(value.clone()));
        self
    }

    fn number(&mut self, number: i64) -> &mut Self {
        self.0.push(Piece::Number(number));
        self
    }

    /// ` AND alias.column = value`
    fn condition(&mut self, alias: &str, condition: &Condition) -> &mut Self {
        let operator = if condition.is_equal() { "=" } else { ">=" };
        self.sql(format!(" AND {alias}.{} {operator} ", condition.column))
            .bind(&condition.value)
    }

    /// The stretch of the index of a condition between two numbers of klanten, as a `WHERE`.
    fn stretch(&mut self, alias: &str, condition: &Condition, above: i64, below: i64) -> &mut Self {
        let column = condition.column;
        if !condition.is_equal() {
            return self
                .sql(format!(" WHERE {alias}.{column} >= "))
                .bind(&condition.value);
        }
        self.sql(format!(" WHERE ({alias}.{column}, {alias}.id) > ("))
            .bind(&condition.value)
            .sql(", ")
            .number(above)
            .sql(format!(") AND ({alias}.{column}, {alias}.id) < ("))
            .bind(&condition.value)
            .sql(", ")
            .number(below)
            .sql(")")
    }

    /// At most one more than [`MOST_COUNTED`] of the klanten of a condition.
    fn some_of(&mut self, what: &str, leader: &Condition, others: &[Condition]) -> &mut Self {
        let column = leader.column;
        self.sql(format!("SELECT {what} FROM klant c"))
            .stretch("c", leader, 0, i64::MAX);
        for other in others.iter().filter(|other| other.column != column) {
            self.condition("c", other);
        }
        self.sql(format!(" ORDER BY c.{column} DESC, c.id DESC LIMIT "))
            .number(MOST_COUNTED + 1)
    }
}

macro_rules! built {
    ($driver:ident, $statement:expr) => {{
        let mut query = QueryBuilder::<$driver>::new("");
        for piece in $statement.0 {
            match piece {
                Piece::Sql(text) => query.push(text),
                Piece::Number(number) => query.push_bind(number),
                Piece::Bind(Value::Text(text)) => query.push_bind(text),
                Piece::Bind(Value::Bool(yes)) => query.push_bind(yes),
                Piece::Bind(Value::Since(since)) => query.push_bind(since),
            };
        }
        query
    }};
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    klant: klant_browse::Row,
    waarde: String,
    total: i64,
}

#[derive(sqlx::FromRow)]
struct Counted {
    nr: i64,
    count: i64,
}

/// At most `limit` klanten that match, from a place on; a place that is not one of this order gives none.
pub async fn page(
    tx: &mut Tx,
    filter: &ListFilter,
    order: Order,
    start: &Start,
    limit: i64,
) -> Result<Page, StorageError> {
    let conditions = filter.conditions();
    let counts = count_each(tx, &conditions).await?;
    let fewest = counts.iter().min_by_key(|counted| counted.count);
    let by = filter.by(order);
    let is_few = fewest.is_some_and(|counted| counted.count <= MOST_COUNTED);
    let of = |counted: &Counted| conditions.get(usize::try_from(counted.nr).ok()?);
    let leader = match fewest {
        Some(counted) if is_few || by != By::Number => of(counted),
        // A range is in another order than the numbers.
        _ => conditions.iter().find(|condition| condition.is_equal()),
    };
    let is_one = conditions.len() == 1;
    let mut statement = wanted(&conditions, leader, is_few, by, start);
    statement.sql(" LIMIT ").number(limit);
    let rows = on_tx!(tx, DB, |c| built!(DB, statement)
        .build_query_as::<Row>()
        .fetch_all(c)
        .await)?;
    let total = match fewest {
        Some(counted) if is_one => Some(counted.count),
        Some(_) => rows.first().map(|row| row.total),
        None => None,
    };
    let rows = rows
        .into_iter()
        .map(|row| {
            let found = Browsed::try_from(row.klant)?;
            let place = match by {
                By::Number => Place::Number(found.id),
                By::Changed => Place::Changed(found.changed_at, found.id),
                By::Name => Place::Name(row.waarde, found.id),
            };
            Ok(Listed { place, found })
        })
        .collect::<Result<_, StorageError>>()?;
    Ok(Page { rows, total })
}

/// How many klanten match: all of them are counted, which a page must not wait for.
pub async fn count(tx: &mut Tx, filter: &ListFilter) -> Result<i64, StorageError> {
    let mut statement = Statement::default();
    statement.sql("SELECT CAST(count(*) AS BIGINT) FROM klant k WHERE 1 = 1");
    for condition in filter.conditions() {
        statement.condition("k", &condition);
    }
    Ok(on_tx!(tx, DB, |c| built!(DB, statement)
        .build_query_scalar::<i64>()
        .fetch_one(c)
        .await)?)
}

/// How many klanten each condition has, in one statement.
async fn count_each(tx: &mut Tx, conditions: &[Condition]) -> Result<Vec<Counted>, StorageError> {
    if conditions.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = Statement::default();
    for (nr, condition) in conditions.iter().enumerate() {
        let union = if nr == 0 { "" } else { " UNION ALL " };
        statement
            .sql(format!(
                "{union}SELECT CAST({nr} AS BIGINT) AS nr, CAST(count(*) AS BIGINT) AS count FROM ("
            ))
            .some_of("1", condition, &[])
            .sql(") s");
    }
    Ok(on_tx!(tx, DB, |c| built!(DB, statement)
        .build_query_as::<Counted>()
        .fetch_all(c)
        .await)?)
}

/// The page, without its limit.
fn wanted(
    conditions: &[Condition],
    leader: Option<&Condition>,
    is_few: bool,
    by: By,
    start: &Start,
) -> Statement {
    let mut statement = Statement::default();
    // Few klanten are gathered first when their own index has another order than the page.
    let is_equal = leader.is_some_and(Condition::is_equal);
    let gathers = is_few
        && match by {
            By::Name => true,
            By::Changed => is_equal,
            By::Number => !is_equal,
        };
    if let Some(leader) = leader.filter(|_| gathers) {
        statement
            .sql("WITH few AS MATERIALIZED (")
            .some_of("c.id AS few_id", leader, conditions)
            .sql(") ");
    }
    statement.sql(concat!("SELECT ", browsed!(), ", "));
    statement.sql(if by == By::Name {
        "waarde, "
    } else {
        "CAST('' AS TEXT) AS waarde, "
    });
    match leader {
        Some(_) if gathers => {
            statement.sql("(SELECT CAST(count(*) AS BIGINT) FROM few)");
        }
        Some(leader) if conditions.len() > 1 => {
            statement
                .sql("(SELECT CAST(count(*) AS BIGINT) FROM (")
                .some_of("1", leader, conditions)
                .sql(") s)");
        }
        _ => {
            statement.sql("CAST(0 AS BIGINT)");
        }
    }
    statement.sql(" AS total FROM ");
    let volgorde = Value::Text(Soort::Volgorde.name().to_owned());
    // CROSS JOIN: SQLite takes the tables in this order. A sub-query for each name: neither database reads all of them.
    match (gathers, by) {
        (true, By::Name) => statement
            .sql(
                "(SELECT few_id AS klant_id, COALESCE((SELECT n.waarde FROM klant_zoek n WHERE n.klant_id = few_id \
                 AND n.soort = ",
            )
            .bind(&volgorde)
            .sql("), '') AS waarde FROM few) z CROSS JOIN klant k WHERE k.id = z.klant_id"),
        (true, _) => statement.sql("few CROSS JOIN klant k WHERE k.id = few_id"),
        (false, By::Name) => statement
            .sql("klant_zoek z CROSS JOIN klant k WHERE k.id = z.klant_id AND z.soort = ")
            .bind(&volgorde),
        (false, _) => statement.sql("klant k"),
    };
    let is_back = matches!(start, Start::Before(_));
    let walked = leader.filter(|_| by == By::Number && !gathers);
    match (walked, by) {
        (Some(leader), _) => {
            let (above, below) = match start {
                Start::First => (0, i64::MAX),
                Start::After(place) => (0, place.id()),
                Start::Before(place) => (place.id(), i64::MAX),
            };
            statement.stretch("k", leader, above, below);
        }
        (None, By::Number | By::Changed) if !gathers => {
            statement.sql(" WHERE 1 = 1");
        }
        _ => {}
    }
    if !gathers {
        for condition in conditions {
            if walked.is_none_or(|leader| leader.column != condition.column) {
                statement.condition("k", condition);
            }
        }
    }
    from_place(&mut statement, walked.is_some(), by, start);
    // By name the first is the lowest, else the highest.
    let direction = if (by == By::Name) == is_back {
        "DESC"
    } else {
        "ASC"
    };
    statement.sql(match (walked, by) {
        (Some(leader), _) => format!(" ORDER BY k.{} {direction}, k.id {direction}", leader.column),
        (None, By::Number) => format!(" ORDER BY k.id {direction}"),
        (None, By::Changed) => format!(" ORDER BY k.changed_at {direction}, k.id {direction}"),
        (None, By::Name) => format!(" ORDER BY z.waarde {direction}, z.klant_id {direction}"),
    });
    statement
}

impl Place {
    /// Number of the klant's row.
    pub const fn id(&self) -> i64 {
        match self {
            Self::Number(id) | Self::Changed(_, id) | Self::Name(_, id) => *id,
        }
    }
}

/// What comes after a place, or before it.
fn from_place(statement: &mut Statement, is_done: bool, by: By, start: &Start) {
    let (place, is_back) = match start {
        Start::First => return,
        Start::After(place) => (place, false),
        Start::Before(place) => (place, true),
    };
    let operator = if (by == By::Name) == is_back { "<" } else { ">" };
    match (by, place) {
        (By::Number, Place::Number(id)) => {
            if !is_done {
                statement.sql(format!(" AND k.id {operator} ")).number(*id);
            }
        }
        (By::Changed, Place::Changed(at, id)) => {
            statement
                .sql(format!(" AND (k.changed_at, k.id) {operator} ("))
                .bind(&Value::Since(*at))
                .sql(", ")
                .number(*id)
                .sql(")");
        }
        (By::Name, Place::Name(waarde, id)) => {
            statement
                .sql(format!(" AND (z.waarde, z.klant_id) {operator} ("))
                .bind(&Value::Text(waarde.clone()))
                .sql(", ")
                .number(*id)
                .sql(")");
        }
        _ => {
            statement.sql(" AND 1 = 0");
        }
    }
}
