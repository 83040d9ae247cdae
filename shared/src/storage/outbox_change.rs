//! What became of the messages of changes, for the pages that show the changes.

use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{Id, StorageError, Tx, on_tx};
use crate::domain::delivery::State;

/// The message of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The audit row of the change.
    pub audit: Uuid,
    /// The object.
    pub object: Uuid,
    /// How it is doing.
    pub state: State,
}

#[derive(sqlx::FromRow)]
struct Row {
    audit_uuid: Id,
    object_uuid: Id,
    state: String,
}

const SELECT: &str = "SELECT o.audit_uuid, o.object_uuid, o.state FROM outbox o";

/// The messages of these changes, and of the making of these objects. One that was removed when its time was over is not
/// there.
pub async fn list(tx: &mut Tx, changes: &[Uuid], made: &[Uuid]) -> Result<Vec<Told>, StorageError> {
    if changes.is_empty() && made.is_empty() {
        return Ok(Vec::new());
    }
    let rows = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new("");
        if !changes.is_empty() {
            query.push(SELECT).push(" WHERE o.audit_uuid IN (");
            let mut ids = query.separated(", ");
            for change in changes {
                ids.push_bind(Id(*change));
            }
            query.push(")");
        }
        if !made.is_empty() {
            if !changes.is_empty() {
                query.push(" UNION ALL ");
            }
            query.push(SELECT).push(
                " JOIN audittrail a ON a.uuid = o.audit_uuid WHERE a.actie = 'create' AND o.object_uuid IN (",
            );
            let mut ids = query.separated(", ");
            for object in made {
                ids.push_bind(Id(*object));
            }
            query.push(")");
        }
        query.build_query_as::<Row>().fetch_all(c).await
    })?;
    rows.into_iter()
        .map(|row| {
            let state = State::from_name(&row.state).ok_or_else(|| StorageError::Corrupt {
                table: "outbox",
                reason: "state is not known".to_owned(),
            })?;
            Ok(Told {
                audit: row.audit_uuid.into(),
                object: row.object_uuid.into(),
                state,
            })
        })
        .collect()
}
