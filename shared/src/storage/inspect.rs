//! What can be wrong with a database that serves: rows and pages that are not sound, parts of the schema that are
//! gone, a clock that differs. Reads only.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, FromRow};

use super::migrate::{self, SchemaError};
use super::{Db, Pools, StorageError};

/// Most rows that are told of one kind of fault.
const MOST_ROWS: i64 = 20;

/// A row that refers to one that is not there.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct BadRow {
    /// Its table.
    pub table_name: String,
    /// Its number, or what else names it.
    pub row_name: String,
    /// The table that it refers to.
    pub refers_to: String,
}

const PAGES_SQLITE: &str = "PRAGMA quick_check(20)";
// An index that is not valid is one whose making was cut off; it is kept up to date and never read.
const INVALID_POSTGRES: &str = "SELECT 'index ' || c.relname || ' is not valid' FROM pg_index i \
     JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
     WHERE NOT i.indisvalid AND n.nspname = current_schema() ORDER BY c.relname LIMIT 20";

/// What the database itself finds wrong with its pages and indexes, in its own words. SQLite reads every page for it.
pub async fn faults_in_pages(db: &Db) -> Result<Vec<String>, StorageError> {
    let found: Vec<String> = match &db.pools {
        Pools::Postgres(pool) => sqlx::query_scalar(INVALID_POSTGRES).fetch_all(pool).await?,
        Pools::Sqlite { read, .. } => sqlx::query_scalar(PAGES_SQLITE).fetch_all(read).await?,
    };
    Ok(found.into_iter().filter(|line| line != "ok").collect())
}

const BAD_ROWS_SQLITE: &str = "SELECT \"table\" AS table_name, CAST(rowid AS TEXT) AS row_name, \
     \"parent\" AS refers_to FROM pragma_foreign_key_check() LIMIT $1";
// One statement per reference, made by the database itself of the names in its catalogue. Rows come in past a
// reference when triggers are off, as some ways of restoring have them.
const STATEMENTS_POSTGRES: &str = "SELECT format('SELECT %L AS table_name, COALESCE(to_jsonb(c)->>''id'', \
     to_jsonb(c)->>''client_id'', '''') AS row_name, %L AS refers_to FROM %I c WHERE c.%I IS NOT NULL \
     AND NOT EXISTS (SELECT 1 FROM %I p WHERE p.%I = c.%I) LIMIT $1', \
     t.relname, r.relname, t.relname, a.attname, r.relname, b.attname, a.attname) \
     FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid \
     JOIN pg_namespace n ON n.oid = t.relnamespace \
     JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.conkey[1] \
     JOIN pg_attribute b ON b.attrelid = r.oid AND b.attnum = k.confkey[1] \
     WHERE k.contype = 'f' AND cardinality(k.conkey) = 1 AND n.nspname = current_schema() \
     ORDER BY t.relname, a.attname";

/// Rows that refer to rows that are not there, the first of them.
pub async fn bad_rows(db: &Db) -> Result<Vec<BadRow>, StorageError> {
    match &db.pools {
        Pools::Sqlite { read, .. } => Ok(sqlx::query_as(BAD_ROWS_SQLITE)
            .bind(MOST_ROWS)
            .fetch_all(read)
            .await?),
        Pools::Postgres(pool) => {
            let statements: Vec<String> = sqlx::query_scalar(STATEMENTS_POSTGRES).fetch_all(pool).await?;
            let mut found = Vec::new();
            for statement in statements {
                let rows: Vec<BadRow> = sqlx::query_as(AssertSqlSafe(statement))
                    .bind(MOST_ROWS)
                    .fetch_all(pool)
                    .await?;
                found.extend(rows);
            }
            Ok(found)
        }
    }
}

const PARTS_SQLITE: &str = "SELECT type || ' ' || name FROM sqlite_master WHERE type IN ('table', 'index') \
     AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
     UNION ALL SELECT 'column ' || m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND m.name NOT LIKE '\\_%' ESCAPE '\\'";
const PARTS_POSTGRES: &str = "SELECT 'table ' || tablename FROM pg_tables WHERE schemaname = current_schema() \
     UNION ALL SELECT 'index ' || indexname FROM pg_indexes WHERE schemaname = current_schema() \
     UNION ALL SELECT 'column ' || table_name || '.' || column_name FROM information_schema.columns \
     WHERE table_schema = current_schema()";

/// Tables, columns and indexes that the migrations make and the database does not have, such as `index klant_by_functie`.
/// Both databases give them the same names; what a database names itself is not looked for.
pub async fn missing_parts(db: &Db) -> Result<Vec<String>, SchemaError> {
    let there: Vec<String> = match &db.pools {
        Pools::Postgres(pool) => sqlx::query_scalar(PARTS_POSTGRES).fetch_all(pool).await,
        Pools::Sqlite { read, .. } => sqlx::query_scalar(PARTS_SQLITE).fetch_all(read).await,
    }
    .map_err(StorageError::from)?;
    let there: BTreeSet<String> = there.into_iter().collect();
    let wanted = wanted_parts().await?;
    Ok(wanted.difference(&there).cloned().collect())
}

/// What the migrations make, from a database in memory that is made for the purpose.
async fn wanted_parts() -> Result<BTreeSet<String>, SchemaError> {
    let options = SqliteConnectOptions::new()
        .in_memory(true)
        .disable_statement_logging();
    let mut memory: SqliteConnection = options.connect().await.map_err(StorageError::from)?;
    migrate::make_sqlite(&mut memory).await?;
    let parts: Vec<String> = sqlx::query_scalar(PARTS_SQLITE)
        .fetch_all(&mut memory)
        .await
        .map_err(StorageError::from)?;
    Ok(parts.into_iter().collect())
}

/// What time the server of the database has; `None` on SQLite, which has no clock of its own.
pub async fn clock(db: &Db) -> Result<Option<DateTime<Utc>>, StorageError> {
    match &db.pools {
        Pools::Postgres(pool) => Ok(Some(
            sqlx::query_scalar("SELECT clock_timestamp()")
                .fetch_one(pool)
                .await?,
        )),
        Pools::Sqlite { .. } => Ok(None),
    }
}
