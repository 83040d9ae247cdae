//! Contactmomenten as the pages that people read show them: a stretch of the list from a place on, and the klanten who
//! took part.

use chrono::{DateTime, Utc};
use sqlx::{ColumnIndex, Decode, FromRow, QueryBuilder, Type};
use uuid::Uuid;

use super::contactmoment::Place;
use super::contactmoment_filter::ContactmomentFilter;
use super::klant::{KlantRow, columns};
use super::{Id, StorageError, Tx, on_tx};
use crate::domain::contactmoment::{KlantLink, MedewerkerIdentificatie};
use crate::domain::klant::Klant;

/// Characters of the text that a list reads: one more than it shows tells that there is more.
const EXCERPT: i64 = 101;

/// A contactmoment as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Number of the row.
    pub id: i64,
    /// Its identity in the API.
    pub uuid: Uuid,
    /// When the contact was.
    pub registratiedatum: DateTime<Utc>,
    /// Over which kanaal it came.
    pub kanaal: String,
    /// The first 101 characters of what was said.
    pub begin: String,
    /// URL of the employee.
    pub medewerker: String,
    /// The employee, when they have no URL.
    pub medewerker_identificatie: Option<MedewerkerIdentificatie>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    uuid: Id,
    registratiedatum: DateTime<Utc>,
    kanaal: String,
    begin_van_tekst: String,
    medewerker: String,
    mi_identificatie: Option<String>,
    mi_achternaam: Option<String>,
    mi_voorletters: Option<String>,
    mi_voorvoegsel_achternaam: Option<String>,
}

impl From<Row> for Listed {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            uuid: row.uuid.into(),
            registratiedatum: row.registratiedatum,
            kanaal: row.kanaal,
            begin: row.begin_van_tekst,
            medewerker: row.medewerker,
            medewerker_identificatie: row.mi_identificatie.map(|identificatie| MedewerkerIdentificatie {
                identificatie,
                achternaam: row.mi_achternaam.unwrap_or_default(),
                voorletters: row.mi_voorletters.unwrap_or_default(),
                voorvoegsel_achternaam: row.mi_voorvoegsel_achternaam.unwrap_or_default(),
            }),
        }
    }
}

/// Where a stretch of the list starts. The list has the latest contact first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// At the latest contact.
    First,
    /// With what is earlier than this.
    After(Place),
    /// With what is later than this; it comes backwards.
    Before(Place),
}

/// At most `limit` contactmomenten that match, from a place on.
pub async fn page(
    tx: &mut Tx,
    filter: &ContactmomentFilter,
    begin: Begin,
    limit: i64,
) -> Result<Vec<Listed>, StorageError> {
    let rows = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(
            "SELECT c.id, c.uuid, c.registratiedatum, c.kanaal, c.medewerker, c.mi_identificatie, c.mi_achternaam, \
             c.mi_voorletters, c.mi_voorvoegsel_achternaam, substr(c.tekst, 1, ",
        );
        query.push(EXCERPT);
        query.push(") AS begin_van_tekst FROM contactmoment c");
        filter.push_to(&mut query);
        let place = match begin {
            Begin::First => None,
            Begin::After(place) => Some((" < (", place)),
            Begin::Before(place) => Some((" > (", place)),
        };
        if let Some((than, (at, id))) = place {
            query.push(" AND (c.registratiedatum, c.id)").push(than);
            query.push_bind(at).push(", ").push_bind(id).push(")");
        }
        let direction = if matches!(begin, Begin::Before(_)) {
            " ASC"
        } else {
            " DESC"
        };
        query.push(" ORDER BY c.registratiedatum").push(direction);
        query.push(", c.id").push(direction).push(" LIMIT ");
        query.push_bind(limit);
        query.build_query_as::<Row>().fetch_all(c).await
    })?;
    Ok(rows.into_iter().map(Listed::from).collect())
}

/// A klant who took part in a contactmoment.
#[derive(Clone, Debug, PartialEq)]
pub struct Participant {
    /// The relation.
    pub relation: Uuid,
    /// Number of the row of the contactmoment.
    pub contactmoment: i64,
    /// Which klant.
    pub link: KlantLink,
    /// The klant itself; `None` for one from elsewhere, and for one of ours that is gone.
    pub klant: Option<Klant>,
    /// In which role.
    pub rol: String,
    /// Whether the klant has read it.
    pub gelezen: bool,
}

/// The columns of a klant who may not be there.
struct Maybe(Option<KlantRow>);

impl<'r, R> FromRow<'r, R> for Maybe
where
    R: sqlx::Row,
    KlantRow: FromRow<'r, R>,
    Option<String>: Decode<'r, R::Database> + Type<R::Database>,
    for<'n> &'n str: ColumnIndex<R>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        Ok(Self(match row.try_get::<Option<String>, _>("klantnummer")? {
            Some(_) => Some(KlantRow::from_row(row)?),
            None => None,
        }))
    }
}

#[derive(sqlx::FromRow)]
struct ParticipantRow {
    relation: Id,
    contactmoment_id: i64,
    klant_uuid: Option<Id>,
    klant_url: Option<String>,
    rol: String,
    gelezen: bool,
    #[sqlx(flatten)]
    klant: Maybe,
}

impl TryFrom<ParticipantRow> for Participant {
    type Error = StorageError;

    fn try_from(row: ParticipantRow) -> Result<Self, StorageError> {
        let link = match (row.klant_uuid, row.klant_url) {
            (Some(uuid), None) => KlantLink::Own(uuid.into()),
            (None, Some(url)) => KlantLink::Other(url),
            _ => {
                return Err(StorageError::Corrupt {
                    table: "klantcontactmoment",
                    reason: "not exactly one of klant_uuid and klant_url is filled".to_owned(),
                });
            }
        };
        Ok(Self {
            relation: row.relation.into(),
            contactmoment: row.contactmoment_id,
            link,
            klant: row.klant.0.map(Klant::try_from).transpose()?,
            rol: row.rol,
            gelezen: row.gelezen,
        })
    }
}

/// At most `each` klanten of each of these contactmomenten (by the numbers of their rows), newest relation first.
pub async fn participants(
    tx: &mut Tx,
    contactmomenten: &[i64],
    each: i64,
) -> Result<Vec<Participant>, StorageError> {
    if contactmomenten.is_empty() {
        return Ok(Vec::new());
    }
    let rows = on_tx!(tx, DB, |c| {
        // One look-up per contactmoment in one statement.
        let mut query = QueryBuilder::<DB>::new(concat!(
            "SELECT relation, contactmoment_id, klant_uuid, klant_url, rol, gelezen, ",
            columns!(),
            " FROM ("
        ));
        for (nr, contactmoment) in contactmomenten.iter().enumerate() {
            if nr > 0 {
                query.push(" UNION ALL ");
            }
            query.push(
                "SELECT * FROM (SELECT id AS relation_id, uuid AS relation, contactmoment_id, klant_uuid, klant_url, \
                 rol, gelezen FROM klantcontactmoment WHERE contactmoment_id = ",
            );
            query.push_bind(*contactmoment);
            query.push(" ORDER BY id DESC LIMIT ").push_bind(each).push(") p");
        }
        query.push(") r LEFT JOIN klant ON klant.uuid = r.klant_uuid ORDER BY r.relation_id DESC");
        query.build_query_as::<ParticipantRow>().fetch_all(c).await
    })?;
    rows.into_iter().map(Participant::try_from).collect()
}
