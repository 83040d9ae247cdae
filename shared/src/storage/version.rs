//! Objects with their version, for who is about to change them.

use uuid::Uuid;

use super::klant::{KlantRow, columns};
use super::{Db, Id, StorageError, on_read};
use crate::domain::applicatie::Component;
use crate::domain::klant::Klant;

#[derive(sqlx::FromRow)]
struct Row {
    version: i64,
    #[sqlx(flatten)]
    klant: KlantRow,
}

const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    ", (SELECT COALESCE(max(a.id), 0) FROM audittrail a WHERE a.component = $2 AND a.object_uuid = klant.uuid) \
     AS version FROM klant WHERE uuid = $1"
);

/// The klant with this uuid and its version: the number of the newest row of its audit trail, 0 when there is none (any
/// more). A change makes a row with a higher number, in the same transaction.
pub async fn find_klant(db: &Db, uuid: Uuid) -> Result<Option<(Klant, i64)>, StorageError> {
    on_read!(db, |c| sqlx::query_as::<_, Row>(FIND)
        .bind(Id(uuid))
        .bind(Component::Kc.name())
        .fetch_optional(c)
        .await)?
    .map(|found| Ok((Klant::try_from(found.klant)?, found.version)))
    .transpose()
}
