//! Both databases have the same schema: what one enforces, the other enforces too.

use openklant_tests::{Database, Kind};

const COLUMNS_SQLITE: &str = "SELECT m.name || '.' || c.name || \
     CASE c.type WHEN 'INTEGER' THEN ' number' WHEN 'BOOLEAN' THEN ' boolean' ELSE ' text' END || \
     CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN ' required' ELSE ' optional' END \
     FROM sqlite_master m JOIN pragma_table_info(m.name) c \
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '\\_%' ESCAPE '\\'";
const COLUMNS_POSTGRES: &str = "SELECT table_name || '.' || column_name || \
     CASE data_type WHEN 'bigint' THEN ' number' WHEN 'boolean' THEN ' boolean' WHEN 'text' THEN ' text' \
     WHEN 'uuid' THEN ' text' WHEN 'jsonb' THEN ' text' WHEN 'timestamp with time zone' THEN ' text' \
     ELSE ' ' || data_type END || \
     CASE is_nullable WHEN 'NO' THEN ' required' ELSE ' optional' END \
     FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_%'";

const INDEXES_SQLITE: &str = "SELECT m.name || ' (' || (SELECT group_concat(c.name, ', ' ORDER BY c.seqno) \
     FROM pragma_index_info(i.name) c) || ')' || CASE WHEN i.partial = 1 THEN ' in part' ELSE '' END || \
     CASE WHEN i.\"unique\" = 1 THEN ' unique' ELSE ' named ' || i.name END \
     FROM sqlite_master m JOIN pragma_index_list(m.name) i \
     WHERE m.type = 'table' AND m.name NOT LIKE '\\_%' ESCAPE '\\' \
     UNION ALL SELECT m.name || ' (' || c.name || ') unique' FROM sqlite_master m JOIN pragma_table_info(m.name) c \
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '\\_%' ESCAPE '\\' \
     AND c.pk = 1 AND c.type = 'INTEGER' AND NOT EXISTS (SELECT 1 FROM pragma_table_info(m.name) WHERE pk = 2)";
const INDEXES_POSTGRES: &str = "SELECT t.relname || ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY k.nr) \
     FROM unnest(x.indkey::int2[]) WITH ORDINALITY k (attnum, nr) \
     JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum) || ')' || \
     CASE WHEN x.indpred IS NULL THEN '' ELSE ' in part' END || \
     CASE WHEN x.indisunique THEN ' unique' ELSE ' named ' || i.relname END \
     FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid \
     WHERE t.relnamespace = 'public'::regnamespace AND t.relname NOT LIKE '\\_%'";

const REFERENCES_SQLITE: &str = "SELECT m.name || '.' || f.\"from\" || ' to ' || f.\"table\" || '.' || f.\"to\" || \
     ' on delete ' || f.on_delete FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'";
const REFERENCES_POSTGRES: &str = "SELECT t.relname || '.' || a.attname || ' to ' || r.relname || '.' || b.attname || \
     ' on delete ' || CASE c.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'r' THEN 'RESTRICT' \
     ELSE 'NO ACTION' END FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid \
     JOIN pg_class r ON r.oid = c.confrelid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1] \
     JOIN pg_attribute b ON b.attrelid = r.oid AND b.attnum = c.confkey[1] WHERE c.contype = 'f'";

/// The lines of a query on each database, sorted.
async fn compare(sqlite: &str, postgres: &str) {
    let (embedded, server) = tokio::join!(Database::create(Kind::Sqlite), Database::create(Kind::Postgres));
    let mut of_sqlite = embedded.probe().texts(sqlite).await;
    let mut of_postgres = server.probe().texts(postgres).await;
    of_sqlite.sort();
    of_postgres.sort();
    server.remove().await;
    assert!(!of_sqlite.is_empty());
    assert_eq!(
        of_sqlite, of_postgres,
        "SQLite on the left, PostgreSQL on the right"
    );
}

#[tokio::test]
async fn tables_have_the_same_columns() {
    compare(COLUMNS_SQLITE, COLUMNS_POSTGRES).await;
}

#[tokio::test]
async fn keys_and_indexes_are_the_same() {
    compare(INDEXES_SQLITE, INDEXES_POSTGRES).await;
}

#[tokio::test]
async fn references_are_the_same() {
    compare(REFERENCES_SQLITE, REFERENCES_POSTGRES).await;
}
