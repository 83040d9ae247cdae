//! What an address of another register is to us: the subject of a klant, the zaak of a contactmoment, a klant in one.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Id, StorageError, Tx, on_tx};
use crate::domain::contactmoment::KlantLink;

const KLANTEN: &str = "SELECT id FROM klant WHERE subject = $1 ORDER BY id DESC LIMIT $2";

/// Numbers of at most `limit` klanten with this subject, newest first.
pub async fn klanten_of_subject(tx: &mut Tx, url: &str, limit: i64) -> Result<Vec<i64>, StorageError> {
    Ok(on_tx!(tx, |c| sqlx::query_scalar(KLANTEN)
        .bind(url)
        .bind(limit)
        .fetch_all(c)
        .await)?)
}

/// A contactmoment that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its identity.
    pub uuid: Uuid,
    /// Over which kanaal it came.
    pub kanaal: String,
    /// When it was.
    pub registratiedatum: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct Row {
    uuid: Id,
    kanaal: String,
    registratiedatum: DateTime<Utc>,
}

const CONTACTMOMENTEN: &str = "SELECT c.uuid, c.kanaal, c.registratiedatum FROM ( \
     SELECT contactmoment_id FROM (SELECT contactmoment_id FROM objectcontactmoment WHERE object = $1 \
     ORDER BY contactmoment_id DESC LIMIT $3) o \
     UNION SELECT contactmoment_id FROM (SELECT contactmoment_id FROM klantcontactmoment WHERE klant_url = $2 \
     ORDER BY registratiedatum DESC, contactmoment_id DESC LIMIT $3) k) f \
     JOIN contactmoment c ON c.id = f.contactmoment_id ORDER BY c.registratiedatum DESC, c.id DESC LIMIT $3";

/// At most `limit` contactmomenten about this object or with this klant from elsewhere, newest first.
pub async fn contactmomenten_of(
    tx: &mut Tx,
    object: &str,
    klant: &KlantLink,
    limit: i64,
) -> Result<Vec<Found>, StorageError> {
    let klant = match klant {
        KlantLink::Other(url) => url.as_str(),
        KlantLink::Own(_) => "",
    };
    let rows = on_tx!(tx, |c| sqlx::query_as::<_, Row>(CONTACTMOMENTEN)
        .bind(object)
        .bind(klant)
        .bind(limit)
        .fetch_all(c)
        .await)?;
    Ok(rows
        .into_iter()
        .map(|row| Found {
            uuid: row.uuid.into(),
            kanaal: row.kanaal,
            registratiedatum: row.registratiedatum,
        })
        .collect())
}
