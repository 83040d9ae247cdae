//! Table `outbox_depth`: how many messages are in each state, kept by triggers in the transaction of every change, so
//! that asking costs the same whatever there is. On PostgreSQL it is a sum over rows that grow with the changes and are
//! folded by workers; on SQLite a row for each state.

use super::{Db, Pools, StorageError, Tx, on_read, on_tx};
use crate::domain::delivery::State;

const COUNTS: &str =
    "SELECT state, CAST(sum(count) AS BIGINT) FROM outbox_depth GROUP BY state ORDER BY state";

/// How many messages are in each state, all states in their order.
pub async fn counts(tx: &mut Tx) -> Result<Vec<(State, i64)>, StorageError> {
    let found = on_tx!(tx, |c| sqlx::query_as(COUNTS).fetch_all(c).await)?;
    Ok(of_all(&found))
}

/// How many messages are in one of `states`.
pub async fn count(db: &Db, states: &[State]) -> Result<i64, StorageError> {
    let found: Vec<(String, i64)> = on_read!(db, |c| sqlx::query_as(COUNTS).fetch_all(c).await)?;
    let counts = of_all(&found).into_iter();
    Ok(counts
        .filter(|(state, _)| states.contains(state))
        .map(|(_, count)| count)
        .sum())
}

fn of_all(found: &[(String, i64)]) -> Vec<(State, i64)> {
    let count = |state: State| found.iter().find(|(name, _)| name == state.name());
    State::ALL
        .into_iter()
        .map(|state| (state, count(state).map_or(0, |(_, count)| *count)))
        .collect()
}

/// Most rows that are folded at once.
const BATCH: i64 = 10_000;

const FOLD: &str = "WITH folded AS (\
     DELETE FROM outbox_depth WHERE id IN \
     (SELECT id FROM outbox_depth ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED) \
     RETURNING state, count) \
     INSERT INTO outbox_depth (state, count) SELECT state, sum(count) FROM folded GROUP BY state";

/// Makes few rows of many. Several workers may do so at once; what is counted does not change at any moment.
pub async fn fold(db: &Db) -> Result<(), StorageError> {
    let Pools::Postgres(pool) = &db.pools else {
        return Ok(());
    };
    let few = i64::try_from(State::ALL.len()).unwrap_or(BATCH);
    loop {
        let mut tx = pool.begin().await?;
        let rows: i64 =
            sqlx::query_scalar("SELECT count(*) FROM (SELECT 1 FROM outbox_depth LIMIT $1) AS found")
                .bind(BATCH)
                .fetch_one(&mut *tx)
                .await?;
        if rows <= few {
            return Ok(());
        }
        sqlx::query(FOLD).bind(BATCH).execute(&mut *tx).await?;
        tx.commit().await?;
        if rows < BATCH {
            return Ok(());
        }
    }
}
