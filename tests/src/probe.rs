//! Looking into a database past the product: what was really stored.

use std::path::Path;

use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions};
use url::Url;

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
}

impl Queued {
    /// What it says.
    pub fn message(&self) -> Value {
        serde_json::from_str(&self.text).expect("a message is JSON")
    }
}

impl Probe {
    pub(crate) fn sqlite(file: &Path) -> Self {
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

    pub(crate) fn postgres(url: &Url) -> Self {
        let options: PgConnectOptions = url.as_str().parse().expect("the URL of the test's database");
        Self(Pool::Postgres(
            PgPoolOptions::new()
                .max_connections(1)
                .connect_lazy_with(options.disable_statement_logging()),
        ))
    }

    /// Every message in the outbox, oldest first.
    pub async fn outbox(&self) -> Vec<Queued> {
        let rows: Vec<(i64, String, String, i64, String)> = on_pool!(self, |pool| {
            sqlx::query_as("SELECT id, kanaal, state, attempts, message FROM outbox ORDER BY id")
                .fetch_all(pool)
                .await
        })
        .expect("the outbox can be read");
        rows.into_iter()
            .map(|(id, kanaal, state, attempts, text)| Queued {
                id,
                kanaal,
                state,
                attempts,
                text,
            })
            .collect()
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &str) -> i64 {
        let sql = AssertSqlSafe(format!("SELECT CAST(count(*) AS BIGINT) FROM {table}"));
        on_pool!(self, |pool| sqlx::query_scalar(sql).fetch_one(pool).await)
            .unwrap_or_else(|error| panic!("counting {table}: {error}"))
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

    /// Runs statements; several may be given at once.
    pub async fn execute(&self, sql: &str) {
        on_pool!(self, |pool| sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
            .execute(pool)
            .await
            .map(|_| ()))
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}
