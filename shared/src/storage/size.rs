//! How much room the database takes.

use super::{Db, StorageError, on_read};

const SQLITE: &str = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
const POSTGRES: &str = "SELECT pg_database_size(current_database())";

/// The size of the database, in bytes; on SQLite without the log of changes beside it.
pub async fn bytes(db: &Db) -> Result<i64, StorageError> {
    let sql = if db.kind() == "postgres" { POSTGRES } else { SQLITE };
    Ok(on_read!(db, |c| sqlx::query_scalar(sql).fetch_one(c).await)?)
}
