//! Looking into a database past the product: what was really stored.

use std::path::Path;

use chrono::{DateTime, Utc};
use openklant_shared::storage::Id;
use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Row};
use url::Url;
use uuid::Uuid;

/// A connection of the test itself; made when it is first used.
#[derive(Clone, Debug)]
pub struct Probe(Pool);

#[derive(Clone, Debug)]
enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Runs one body against the pool of either database.
macro_rules! on_pool {
    ($probe:expr, |$pool:ident| $body:expr) => {
        match &$probe.0 {
            Pool::Sqlite($pool) => $body,
            Pool::Postgres($pool) => $body,
        }
    };
}

/// A message in the outbox.
#[derive(Clone, Debug)]
pub struct Queued {
    /// Its number in the queue.
    pub id: i64,
    /// Name of the kanaal.
    pub kanaal: String,
    /// `pending`, `delivering`, `delivered`, `parked` or `cancelled`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// The bytes that are sent.
    pub text: String,
    /// The object it is about.
    pub object: Uuid,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it is due.
    pub next_attempt_at: DateTime<Utc>,
    /// The worker that has it.
    pub leased_by: Option<String>,
}

/// An attempt to deliver a message.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Attempt {
    /// 1 for the first.
    pub nr: i64,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// Status of the answer, if there was one.
    pub status: Option<i64>,
    /// Class of the outcome.
    pub class: String,
    /// The beginning of the answer or the error.
    pub answer: String,
}

/// A change of an object, as an audit row or a message tells of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub struct Change {
    /// URL of the object.
    pub url: String,
    /// `create`, `update`, `partial_update` or `destroy`.
    pub actie: String,
    /// When it was made.
    pub at: DateTime<Utc>,
}

impl Change {
    /// The change that a message tells of.
    pub fn of(message: &Value) -> Self {
        let text = |key: &str| message[key].as_str().expect("a message has its texts").to_owned();
        Self {
            url: text("hoofdObject"),
            actie: text("actie"),
            at: text("aanmaakdatum").parse().expect("a message has a moment"),
        }
    }
}

impl Queued {
    /// What it says.
    pub fn message(&self) -> Value {
        serde_json::from_str(&self.text).expect("a message is JSON")
    }
}

impl Probe {
    /// Into a file.
    pub fn sqlite(file: &Path) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .busy_timeout(std::time::Duration::from_secs(30))
            .disable_statement_logging();
        Self(Pool::Sqlite(
            SqlitePoolOptions::new()
                .max_connections(1)
                .connect_lazy_with(options),
        ))
    }

    /// Into a database on a server.
    pub fn postgres(url: &Url) -> Self {
        let options: PgConnectOptions = url.as_str().parse().expect("the URL of the test's database");
        Self(Pool::Postgres(
            PgPoolOptions::new()
                .max_connections(1)
                .connect_lazy_with(options.disable_statement_logging()),
        ))
    }

    /// Every message in the outbox, oldest first.
    pub async fn outbox(&self) -> Vec<Queued> {
        const SQL: &str = "SELECT id, kanaal, state, attempts, message, object_uuid, created_at, next_attempt_at, \
            leased_by FROM outbox ORDER BY id";
        type Row = (
            i64,
            String,
            String,
            i64,
            String,
            Id,
            DateTime<Utc>,
            DateTime<Utc>,
            Option<String>,
        );
        let rows: Vec<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await).expect("the outbox can be read");
        rows.into_iter()
            .map(|row| Queued {
                id: row.0,
                kanaal: row.1,
                state: row.2,
                attempts: row.3,
                text: row.4,
                object: row.5.into(),
                created_at: row.6,
                next_attempt_at: row.7,
                leased_by: row.8,
            })
            .collect()
    }

    /// The attempts to deliver a message, in the order in which they were recorded.
    pub async fn attempts(&self, message: i64) -> Vec<Attempt> {
        const SQL: &str = "SELECT nr, started_at, status, class, answer FROM outbox_attempt \
            WHERE outbox_id = $1 ORDER BY id";
        on_pool!(self, |pool| sqlx::query_as(SQL)
            .bind(message)
            .fetch_all(pool)
            .await)
        .expect("the attempts can be read")
    }

    /// Every change in the audit trail, oldest first.
    pub async fn changes(&self) -> Vec<Change> {
        const SQL: &str = "SELECT hoofd_object AS url, actie, aanmaakdatum AS at FROM audittrail ORDER BY id";
        on_pool!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await).expect("the audit trail can be read")
    }

    /// Adds copies of the first message to the outbox, each of an object of its own, that failed before and are due at
    /// `due`.
    pub async fn multiply_messages(&self, times: u32, due: DateTime<Utc>) {
        const COLUMNS: &str = "INSERT INTO outbox (uuid, kanaal, object_uuid, message, state, attempts, \
            next_attempt_at, created_at, origin, last_class)";
        const REST: &str = "FROM outbox WHERE id = (SELECT min(id) FROM outbox)";
        let values = "kanaal, {uuid}, message, 'pending', 1, $1, created_at, origin, 'temporary'";
        match &self.0 {
            Pool::Sqlite(pool) => {
                let uuid = "lower(substr(hex(randomblob(16)), 1, 8) || '-' || substr(hex(randomblob(2)), 1, 4) || '-4' \
                    || substr(hex(randomblob(2)), 1, 3) || '-8' || substr(hex(randomblob(2)), 1, 3) || '-' \
                    || hex(randomblob(6)))";
                let values = values.replace("{uuid}", uuid);
                let sql = format!(
                    "WITH RECURSIVE copy (nr) AS (SELECT 1 UNION ALL SELECT nr + 1 FROM copy WHERE nr < {times}), \
                     one AS MATERIALIZED (SELECT * {REST}) {COLUMNS} SELECT {uuid}, {values} FROM one, copy"
                );
                sqlx::query(AssertSqlSafe(sql)).bind(due).execute(pool).await.map(|_| ())
            }
            Pool::Postgres(pool) => {
                let values = values.replace("{uuid}", "gen_random_uuid()");
                let sql = format!(
                    "{COLUMNS} SELECT gen_random_uuid(), {values} FROM (SELECT * {REST}) AS one, \
                     generate_series(1, {times})"
                );
                sqlx::query(AssertSqlSafe(sql)).bind(due).execute(pool).await.map(|_| ())
            }
        }
        .expect("messages can be added");
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &str) -> i64 {
        let sql = AssertSqlSafe(format!("SELECT CAST(count(*) AS BIGINT) FROM {table}"));
        on_pool!(self, |pool| sqlx::query_scalar(sql).fetch_one(pool).await)
            .unwrap_or_else(|error| panic!("counting {table}: {error}"))
    }

    /// The states whose kept count is not that of the rows of the outbox, at one moment.
    pub async fn wrong_depths(&self) -> Vec<String> {
        const SQL: &str = "SELECT COALESCE(kept.state, counted.state) || ': kept ' \
             || CAST(COALESCE(kept.count, 0) AS TEXT) || ', counted ' || CAST(COALESCE(counted.count, 0) AS TEXT) \
             FROM (SELECT state, CAST(sum(count) AS BIGINT) AS count FROM outbox_depth GROUP BY state) AS kept \
             FULL JOIN (SELECT state, count(*) AS count FROM outbox GROUP BY state) AS counted \
             ON counted.state = kept.state \
             WHERE COALESCE(kept.count, 0) <> COALESCE(counted.count, 0) ORDER BY 1";
        self.texts(SQL).await
    }

    /// How many rows there are in each of the tables that a change of a klant touches, at one moment: klant, audittrail
    /// and outbox.
    pub async fn traces(&self) -> [i64; 3] {
        const COUNTS: &str = "SELECT (SELECT CAST(count(*) AS BIGINT) FROM klant), \
             (SELECT CAST(count(*) AS BIGINT) FROM audittrail), (SELECT CAST(count(*) AS BIGINT) FROM outbox)";
        let (klanten, rows, messages) = on_pool!(self, |pool| sqlx::query_as(COUNTS).fetch_one(pool).await)
            .expect("klanten, audit rows and messages can be counted");
        [klanten, rows, messages]
    }

    /// The rows of a query with one column of text.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        on_pool!(self, |pool| sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
            .fetch_all(pool)
            .await)
        .unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Makes the database refuse an operation on a table, until it is allowed again.
    pub async fn forbid(&self, operation: &str, table: &str) {
        let sql = match &self.0 {
            Pool::Sqlite(_) => format!(
                "CREATE TRIGGER stop BEFORE {operation} ON {table} \
                 BEGIN SELECT RAISE(ABORT, 'stopped by the test'); END"
            ),
            Pool::Postgres(_) => format!(
                "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS \
                 $$BEGIN RAISE EXCEPTION 'stopped by the test'; END$$; \
                 CREATE TRIGGER stop BEFORE {operation} ON {table} FOR EACH ROW EXECUTE FUNCTION stop()"
            ),
        };
        self.execute(&sql).await;
    }

    /// Ends what [`Probe::forbid`] did.
    pub async fn allow_again(&self, table: &str) {
        let sql = match &self.0 {
            Pool::Sqlite(_) => "DROP TRIGGER stop".to_owned(),
            Pool::Postgres(_) => format!("DROP TRIGGER stop ON {table}; DROP FUNCTION stop()"),
        };
        self.execute(&sql).await;
    }

    /// How the database would run a statement, step by step; its parameters need no values. PostgreSQL decides by its
    /// statistics, as it does for a statement that it has run often.
    pub async fn plan(&self, sql: &str) -> Vec<String> {
        let pool = match &self.0 {
            Pool::Sqlite(pool) => pool,
            Pool::Postgres(pool) => return generic_plan(pool, sql).await,
        };
        let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(sql)
            .fetch_all(pool)
            .await
            .unwrap_or_else(|error| panic!("a plan: {error}"));
        steps.into_iter().map(|(.., step)| step).collect()
    }

    /// How PostgreSQL would run a statement whatever its parameters, when it may neither walk a table nor sort: what is left
    /// of those has no index.
    ///
    /// # Panics
    /// On SQLite.
    pub async fn plan_without_walks(&self, sql: &str) -> Vec<String> {
        let Pool::Postgres(pool) = &self.0 else {
            panic!("this is for PostgreSQL");
        };
        let mut connection = pool.acquire().await.expect("a connection");
        let settings = "SET enable_seqscan = off; SET enable_sort = off; SET enable_bitmapscan = off; \
             SET plan_cache_mode = force_generic_plan";
        let last = (1..=99).take_while(|nr| sql.contains(&format!("${nr}"))).count();
        let prepare = format!("{settings}; PREPARE probe AS {sql}");
        sqlx::raw_sql(AssertSqlSafe(prepare))
            .execute(&mut *connection)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        let explain = format!("EXPLAIN EXECUTE probe({})", vec!["NULL"; last].join(", "));
        let rows = sqlx::raw_sql(AssertSqlSafe(explain))
            .fetch_all(&mut *connection)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        // Not for others, with these settings.
        connection.close().await.expect("the connection closes");
        rows.iter().map(|row| row.get::<String, _>(0)).collect()
    }

    /// Runs a statement whose one parameter is a moment.
    pub async fn move_moment(&self, sql: &str, moment: DateTime<Utc>) {
        on_pool!(self, |pool| sqlx::query(AssertSqlSafe(sql.to_owned()))
            .bind(moment)
            .execute(pool)
            .await
            .map(|_| ()))
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// Runs statements; several may be given at once.
    pub async fn execute(&self, sql: &str) {
        on_pool!(self, |pool| sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
            .execute(pool)
            .await
            .map(|_| ()))
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

async fn generic_plan(pool: &PgPool, sql: &str) -> Vec<String> {
    const PARAMETERS: &str = "SELECT COALESCE(cardinality(parameter_types), 0) FROM pg_prepared_statements \
         WHERE name = 'asked'";
    let mut connection = pool.acquire().await.expect("a connection");
    let prepare = format!("SET plan_cache_mode = force_generic_plan; PREPARE asked AS {sql}");
    sqlx::raw_sql(AssertSqlSafe(prepare))
        .execute(&mut *connection)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    let parameters: i32 = sqlx::query_scalar(PARAMETERS)
        .fetch_one(&mut *connection)
        .await
        .expect("the number of parameters");
    let values = vec!["NULL"; usize::try_from(parameters).expect("a number")].join(", ");
    let values = if values.is_empty() {
        values
    } else {
        format!("({values})")
    };
    let plan = sqlx::query_scalar(AssertSqlSafe(format!("EXPLAIN EXECUTE asked{values}")))
        .persistent(false)
        .fetch_all(&mut *connection)
        .await
        .unwrap_or_else(|error| panic!("a plan of {sql}: {error}"));
    sqlx::raw_sql("DEALLOCATE asked; RESET plan_cache_mode")
        .execute(&mut *connection)
        .await
        .expect("the statement is forgotten");
    plan
}
