//! Table `klant`.

pub mod many;

use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use sqlx::types::Json;
use uuid::Uuid;

use super::klant_filter::KlantFilter;
use super::page_map::{Counted, Place};
use super::{Db, Id, StorageError, Tx, execute, klant_zoek, on_read, on_tx, page_map};
use crate::domain::klant::{
    Adres, Identificatie, Klant, NatuurlijkPersoon, NietNatuurlijkPersoon, SubVerblijfBuitenland,
    SubjectType, SubjectTypeField, Verblijfsadres, Vestiging,
};
use crate::domain::zoek;
use chrono::{DateTime, Utc};

macro_rules! columns {
    () => {
        "uuid, bronorganisatie, klantnummer, bedrijfsnaam, functie, website_url, voornaam, voorvoegsel_achternaam, \
         achternaam, telefoonnummer, emailadres, adres_straatnaam, adres_postcode, adres_woonplaatsnaam, \
         adres_landcode, subject, subject_type, aanmaakkanaal, geverifieerd, np_bsn, np_anp_identificatie, \
         np_a_nummer, np_geboortedatum, nnp_inn_nnp_id, nnp_ann_identificatie, vestigingsnummer, detail"
    };
}

pub(super) use columns;

/// A row with the columns of `columns!`.
#[derive(sqlx::FromRow)]
pub(super) struct KlantRow {
    uuid: Id,
    bronorganisatie: String,
    klantnummer: String,
    bedrijfsnaam: String,
    functie: String,
    website_url: String,
    voornaam: String,
    voorvoegsel_achternaam: String,
    achternaam: String,
    telefoonnummer: String,
    emailadres: String,
    adres_straatnaam: Option<String>,
    adres_postcode: Option<String>,
    adres_woonplaatsnaam: Option<String>,
    adres_landcode: Option<String>,
    subject: String,
    subject_type: Option<String>,
    aanmaakkanaal: String,
    geverifieerd: bool,
    np_bsn: Option<String>,
    np_anp_identificatie: Option<String>,
    np_a_nummer: Option<String>,
    np_geboortedatum: Option<String>,
    nnp_inn_nnp_id: Option<String>,
    nnp_ann_identificatie: Option<String>,
    vestigingsnummer: Option<String>,
    detail: Json<Detail>,
}

/// The column `detail`: what nobody filters on. A part is there exactly when its filter columns are.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Detail {
    #[serde(skip_serializing_if = "Option::is_none")]
    adres: Option<AdresDetail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    natuurlijk_persoon: Option<NatuurlijkPersoonDetail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    niet_natuurlijk_persoon: Option<NietNatuurlijkPersoonDetail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vestiging: Option<VestigingDetail>,
}

#[derive(Serialize, Deserialize)]
struct AdresDetail {
    huisnummer: Option<i64>,
    huisletter: String,
    huisnummertoevoeging: String,
}

#[derive(Serialize, Deserialize)]
struct NatuurlijkPersoonDetail {
    geslachtsnaam: String,
    voorvoegsel_geslachtsnaam: String,
    voorletters: String,
    voornamen: String,
    geslachtsaanduiding: String,
    verblijfsadres: Option<Verblijfsadres>,
    sub_verblijf_buitenland: Option<SubVerblijfBuitenland>,
}

#[derive(Serialize, Deserialize)]
struct NietNatuurlijkPersoonDetail {
    statutaire_naam: String,
    inn_rechtsvorm: String,
    bezoekadres: String,
    sub_verblijf_buitenland: Option<SubVerblijfBuitenland>,
}

#[derive(Serialize, Deserialize)]
struct VestigingDetail {
    handelsnaam: Vec<String>,
    verblijfsadres: Option<Verblijfsadres>,
    sub_verblijf_buitenland: Option<SubVerblijfBuitenland>,
}

impl From<Klant> for KlantRow {
    fn from(klant: Klant) -> Self {
        let mut row = Self {
            uuid: klant.uuid.into(),
            bronorganisatie: klant.bronorganisatie,
            klantnummer: klant.klantnummer,
            bedrijfsnaam: klant.bedrijfsnaam,
            functie: klant.functie,
            website_url: klant.website_url,
            voornaam: klant.voornaam,
            voorvoegsel_achternaam: klant.voorvoegsel_achternaam,
            achternaam: klant.achternaam,
            telefoonnummer: klant.telefoonnummer,
            emailadres: klant.emailadres,
            adres_straatnaam: None,
            adres_postcode: None,
            adres_woonplaatsnaam: None,
            adres_landcode: None,
            subject: klant.subject,
            subject_type: klant.subject_type.text().map(str::to_owned),
            aanmaakkanaal: klant.aanmaakkanaal,
            geverifieerd: klant.geverifieerd,
            np_bsn: None,
            np_anp_identificatie: None,
            np_a_nummer: None,
            np_geboortedatum: None,
            nnp_inn_nnp_id: None,
            nnp_ann_identificatie: None,
            vestigingsnummer: None,
            detail: Json(Detail::default()),
        };
        if let Some(adres) = klant.adres {
            row.adres_straatnaam = Some(adres.straatnaam);
            row.adres_postcode = Some(adres.postcode);
            row.adres_woonplaatsnaam = Some(adres.woonplaatsnaam);
            row.adres_landcode = Some(adres.landcode);
            row.detail.adres = Some(AdresDetail {
                huisnummer: adres.huisnummer,
                huisletter: adres.huisletter,
                huisnummertoevoeging: adres.huisnummertoevoeging,
            });
        }
        match klant.identificatie {
            Some(Identificatie::NatuurlijkPersoon(persoon)) => {
                row.np_bsn = Some(persoon.inp_bsn);
                row.np_anp_identificatie = Some(persoon.anp_identificatie);
                row.np_a_nummer = Some(persoon.inp_a_nummer);
                row.np_geboortedatum = Some(persoon.geboortedatum);
                row.detail.natuurlijk_persoon = Some(NatuurlijkPersoonDetail {
                    geslachtsnaam: persoon.geslachtsnaam,
                    voorvoegsel_geslachtsnaam: persoon.voorvoegsel_geslachtsnaam,
                    voorletters: persoon.voorletters,
                    voornamen: persoon.voornamen,
                    geslachtsaanduiding: persoon.geslachtsaanduiding,
                    verblijfsadres: persoon.verblijfsadres,
                    sub_verblijf_buitenland: persoon.sub_verblijf_buitenland,
                });
            }
            Some(Identificatie::NietNatuurlijkPersoon(organisatie)) => {
                row.nnp_inn_nnp_id = Some(organisatie.inn_nnp_id);
                row.nnp_ann_identificatie = Some(organisatie.ann_identificatie);
                row.detail.niet_natuurlijk_persoon = Some(NietNatuurlijkPersoonDetail {
                    statutaire_naam: organisatie.statutaire_naam,
                    inn_rechtsvorm: organisatie.inn_rechtsvorm,
                    bezoekadres: organisatie.bezoekadres,
                    sub_verblijf_buitenland: organisatie.sub_verblijf_buitenland,
                });
            }
            Some(Identificatie::Vestiging(vestiging)) => {
                row.vestigingsnummer = Some(vestiging.vestigings_nummer);
                row.detail.vestiging = Some(VestigingDetail {
                    handelsnaam: vestiging.handelsnaam,
                    verblijfsadres: vestiging.verblijfsadres,
                    sub_verblijf_buitenland: vestiging.sub_verblijf_buitenland,
                });
            }
            None => {}
        }
        row
    }
}

impl TryFrom<KlantRow> for Klant {
    type Error = StorageError;

    fn try_from(row: KlantRow) -> Result<Self, StorageError> {
        let corrupt = |reason: &str| StorageError::Corrupt {
            table: "klant",
            reason: reason.to_owned(),
        };
        let subject_type = SubjectTypeField::from_text(row.subject_type.as_deref())
            .ok_or_else(|| corrupt("subject_type is no kind of subject"))?;
        let Json(detail) = row.detail;
        let adres = detail
            .adres
            .map(|rest| -> Result<Adres, StorageError> {
                let missing = || corrupt("an adres column is null while detail holds an adres");
                Ok(Adres {
                    straatnaam: row.adres_straatnaam.ok_or_else(missing)?,
                    huisnummer: rest.huisnummer,
                    huisletter: rest.huisletter,
                    huisnummertoevoeging: rest.huisnummertoevoeging,
                    postcode: row.adres_postcode.ok_or_else(missing)?,
                    woonplaatsnaam: row.adres_woonplaatsnaam.ok_or_else(missing)?,
                    landcode: row.adres_landcode.ok_or_else(missing)?,
                })
            })
            .transpose()?;
        let missing = || corrupt("an identification column is null while detail holds an identification");
        let identificatie = match subject_type.kind() {
            Some(SubjectType::NatuurlijkPersoon) => match detail.natuurlijk_persoon {
                Some(rest) => Some(Identificatie::NatuurlijkPersoon(NatuurlijkPersoon {
                    inp_bsn: row.np_bsn.ok_or_else(missing)?,
                    anp_identificatie: row.np_anp_identificatie.ok_or_else(missing)?,
                    inp_a_nummer: row.np_a_nummer.ok_or_else(missing)?,
                    geslachtsnaam: rest.geslachtsnaam,
                    voorvoegsel_geslachtsnaam: rest.voorvoegsel_geslachtsnaam,
                    voorletters: rest.voorletters,
                    voornamen: rest.voornamen,
                    geslachtsaanduiding: rest.geslachtsaanduiding,
                    geboortedatum: row.np_geboortedatum.ok_or_else(missing)?,
                    verblijfsadres: rest.verblijfsadres,
                    sub_verblijf_buitenland: rest.sub_verblijf_buitenland,
                })),
                None => None,
            },
            Some(SubjectType::NietNatuurlijkPersoon) => match detail.niet_natuurlijk_persoon {
                Some(rest) => Some(Identificatie::NietNatuurlijkPersoon(NietNatuurlijkPersoon {
                    inn_nnp_id: row.nnp_inn_nnp_id.ok_or_else(missing)?,
                    ann_identificatie: row.nnp_ann_identificatie.ok_or_else(missing)?,
                    statutaire_naam: rest.statutaire_naam,
                    inn_rechtsvorm: rest.inn_rechtsvorm,
                    bezoekadres: rest.bezoekadres,
                    sub_verblijf_buitenland: rest.sub_verblijf_buitenland,
                })),
                None => None,
            },
            Some(SubjectType::Vestiging) => match detail.vestiging {
                Some(rest) => Some(Identificatie::Vestiging(Vestiging {
                    vestigings_nummer: row.vestigingsnummer.ok_or_else(missing)?,
                    handelsnaam: rest.handelsnaam,
                    verblijfsadres: rest.verblijfsadres,
                    sub_verblijf_buitenland: rest.sub_verblijf_buitenland,
                })),
                None => None,
            },
            None => None,
        };
        Ok(Self {
            uuid: row.uuid.into(),
            bronorganisatie: row.bronorganisatie,
            klantnummer: row.klantnummer,
            bedrijfsnaam: row.bedrijfsnaam,
            functie: row.functie,
            website_url: row.website_url,
            voornaam: row.voornaam,
            voorvoegsel_achternaam: row.voorvoegsel_achternaam,
            achternaam: row.achternaam,
            telefoonnummer: row.telefoonnummer,
            emailadres: row.emailadres,
            adres,
            subject: row.subject,
            subject_type,
            identificatie,
            aanmaakkanaal: row.aanmaakkanaal,
            geverifieerd: row.geverifieerd,
        })
    }
}

const FIND: &str = concat!("SELECT ", columns!(), " FROM klant WHERE uuid = $1");

/// The klant with this uuid.
pub async fn find(db: &Db, uuid: Uuid) -> Result<Option<Klant>, StorageError> {
    on_read!(db, |c| sqlx::query_as::<_, KlantRow>(FIND)
        .bind(Id(uuid))
        .fetch_optional(c)
        .await)?
    .map(Klant::try_from)
    .transpose()
}

const FIND_FOR_CHANGE_POSTGRES: &str =
    concat!("SELECT ", columns!(), " FROM klant WHERE uuid = $1 FOR UPDATE");

/// The klant with this uuid, held until the transaction ends: nobody else changes it meanwhile. SQLite has one
/// writer at a time, so holding the transaction is enough there.
pub async fn find_for_change(tx: &mut Tx, uuid: Uuid) -> Result<Option<Klant>, StorageError> {
    let sql = if tx.is_postgres() {
        FIND_FOR_CHANGE_POSTGRES
    } else {
        FIND
    };
    on_tx!(tx, |c| sqlx::query_as::<_, KlantRow>(sql)
        .bind(Id(uuid))
        .fetch_optional(c)
        .await)?
    .map(Klant::try_from)
    .transpose()
}

const EXISTS: &str = "SELECT CAST(count(*) AS BIGINT) FROM klant WHERE uuid = $1";

/// Whether there is a klant with this uuid.
pub async fn exists(tx: &mut Tx, uuid: Uuid) -> Result<bool, StorageError> {
    let count: i64 = on_tx!(tx, |c| sqlx::query_scalar(EXISTS)
        .bind(Id(uuid))
        .fetch_one(c)
        .await)?;
    Ok(count > 0)
}

macro_rules! insert_into {
    () => {
        concat!("INSERT INTO klant (", columns!(), ", created_at, changed_at) ")
    };
}

use insert_into;

const INSERT: &str = concat!(
    insert_into!(),
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, \
     $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $28)"
);

/// Adds a klant, and what it is found by. [`super::Constraint::KlantKlantnummer`] when the pair is taken.
pub async fn insert(tx: &mut Tx, klant: Klant, now: DateTime<Utc>) -> Result<(), StorageError> {
    let (uuid, terms) = (klant.uuid, zoek::terms(&klant));
    write(tx, INSERT, klant, now).await?;
    klant_zoek::insert(tx, uuid, &terms).await
}

const UPDATE: &str = "UPDATE klant SET bronorganisatie = $2, klantnummer = $3, bedrijfsnaam = $4, functie = $5, \
     website_url = $6, voornaam = $7, voorvoegsel_achternaam = $8, achternaam = $9, telefoonnummer = $10, \
     emailadres = $11, adres_straatnaam = $12, adres_postcode = $13, adres_woonplaatsnaam = $14, \
     adres_landcode = $15, subject = $16, subject_type = $17, aanmaakkanaal = $18, geverifieerd = $19, \
     np_bsn = $20, np_anp_identificatie = $21, np_a_nummer = $22, np_geboortedatum = $23, nnp_inn_nnp_id = $24, \
     nnp_ann_identificatie = $25, vestigingsnummer = $26, detail = $27, changed_at = $28 WHERE uuid = $1";

/// Writes a klant over its row `before`, and what it is found by; `false` when there is none.
/// [`super::Constraint::KlantKlantnummer`] when the pair is taken.
pub async fn update(
    tx: &mut Tx,
    before: &Klant,
    klant: Klant,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let terms = zoek::terms(&klant);
    if write(tx, UPDATE, klant, now).await? != 1 {
        return Ok(false);
    }
    klant_zoek::replace(tx, before, &terms).await?;
    Ok(true)
}

/// Puts in every column in the order of `columns!`: `bind` of a query, `push_bind` of one that is being built.
macro_rules! bound {
    ($query:expr, $bind:ident, $row:ident) => {
        $query
            .$bind($row.uuid)
            .$bind($row.bronorganisatie)
            .$bind($row.klantnummer)
            .$bind($row.bedrijfsnaam)
            .$bind($row.functie)
            .$bind($row.website_url)
            .$bind($row.voornaam)
            .$bind($row.voorvoegsel_achternaam)
            .$bind($row.achternaam)
            .$bind($row.telefoonnummer)
            .$bind($row.emailadres)
            .$bind($row.adres_straatnaam)
            .$bind($row.adres_postcode)
            .$bind($row.adres_woonplaatsnaam)
            .$bind($row.adres_landcode)
            .$bind($row.subject)
            .$bind($row.subject_type)
            .$bind($row.aanmaakkanaal)
            .$bind($row.geverifieerd)
            .$bind($row.np_bsn)
            .$bind($row.np_anp_identificatie)
            .$bind($row.np_a_nummer)
            .$bind($row.np_geboortedatum)
            .$bind($row.nnp_inn_nnp_id)
            .$bind($row.nnp_ann_identificatie)
            .$bind($row.vestigingsnummer)
            .$bind($row.detail)
    };
}

use bound;

/// Puts in every column, then the moment; answers how many rows were touched.
async fn write(
    tx: &mut Tx,
    sql: &'static str,
    klant: Klant,
    now: DateTime<Utc>,
) -> Result<u64, StorageError> {
    let row = KlantRow::from(klant);
    Ok(execute!(tx, bound!(sqlx::query(sql), bind, row).bind(now))?)
}

const DELETE: &str = "DELETE FROM klant WHERE uuid = $1";

/// Removes the klant, and with it what it is found by; `false` when there is none.
pub async fn delete(tx: &mut Tx, uuid: Uuid) -> Result<bool, StorageError> {
    let removed = execute!(tx, sqlx::query(DELETE).bind(Id(uuid)))?;
    Ok(removed == 1)
}

/// How many klanten match.
pub async fn count(tx: &mut Tx, filter: &KlantFilter) -> Result<Counted, StorageError> {
    let list = filter.list();
    if let Some(list) = &list
        && let Some(found) = page_map::count(tx, list).await?
    {
        return Ok(found);
    }
    let rows = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new("SELECT CAST(count(*) AS BIGINT) FROM klant");
        filter.push_to(&mut query);
        query.build_query_scalar::<i64>().fetch_one(c).await
    })?;
    Ok(Counted::by_hand(tx, list, rows))
}

/// A stretch of the klanten that match, newest first, from a place on.
pub async fn list(
    tx: &mut Tx,
    filter: &KlantFilter,
    place: Place,
    limit: i64,
) -> Result<Vec<Klant>, StorageError> {
    let rows = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(concat!("SELECT ", columns!(), " FROM klant"));
        filter.push_to(&mut query);
        if let Some((_, id)) = place.before {
            query.push(" AND id < ").push_bind(id);
        }
        query
            .push(" ORDER BY id DESC LIMIT ")
            .push_bind(limit)
            .push(" OFFSET ")
            .push_bind(place.skip);
        query.build_query_as::<KlantRow>().fetch_all(c).await
    })?;
    rows.into_iter().map(Klant::try_from).collect()
}
