//! What the management site shows of applications: pages of them, and one with its client ids, the age of their secrets
//! and their use. Reads only, each in one snapshot; no secret is read.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use sqlx::types::Json;
use uuid::Uuid;

use super::applicatie::autorisatie;
use super::{Db, Id, StorageError, on_tx};
use crate::domain::applicatie::Applicatie;

/// A client id and how it is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The client id.
    pub client_id: String,
    /// Whether it has a secret: without one every request of it is refused.
    pub has_secret: bool,
    /// When its secret was given; `None`: before that was kept, or it has none.
    pub secret_at: Option<DateTime<Utc>>,
    /// Until when the secret before it is valid, which may be over.
    pub previous_until: Option<DateTime<Utc>>,
    /// When it was last used; `None`: not since that is counted.
    pub last_used_at: Option<DateTime<Utc>>,
    /// How many requests it made in the hours since the moment that was asked for.
    pub requests: i64,
}

/// An application as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Browsed {
    /// Number of its row.
    pub id: i64,
    /// The application.
    pub applicatie: Applicatie,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// Since when use is counted.
    pub counted_since: Option<DateTime<Utc>>,
    /// Its client ids, in their order.
    pub clients: Vec<Client>,
}

/// Where a page of applications begins, which are sorted by name.
#[derive(Clone, Copy, Debug)]
pub enum Begin<'a> {
    /// At the first.
    First,
    /// After the one with this name and number.
    After(&'a str, i64),
    /// Before it, and then backwards.
    Before(&'a str, i64),
}

/// Which applications are wanted.
enum Wanted<'a> {
    Page(Begin<'a>, i64),
    One(Uuid),
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    uuid: Id,
    label: String,
    heeft_alle_autorisaties: bool,
    created_at: DateTime<Utc>,
    client_id: Option<String>,
    credential: Option<String>,
    secret_at: Option<DateTime<Utc>>,
    previous_until: Option<DateTime<Utc>>,
    last_at: Option<DateTime<Utc>>,
    counted_since: Option<DateTime<Utc>>,
    requests: i64,
}

const COLUMNS: &str = "SELECT a.id, a.uuid, a.label, a.heeft_alle_autorisaties, a.created_at, ac.client_id, \
     cc.client_id AS credential, cc.secret_at, cc.previous_until, u.last_at, \
     (SELECT last_at FROM client_use WHERE client_id = '') AS counted_since, \
     (SELECT CAST(COALESCE(sum(h.requests), 0) AS BIGINT) FROM client_use_hour h \
     WHERE h.client_id = ac.client_id AND h.hour >= ";
const WHICH: &str =
    ") AS requests FROM (SELECT id, uuid, label, heeft_alle_autorisaties, created_at FROM applicatie WHERE ";
const PARTS: &str = ") a LEFT JOIN applicatie_client ac ON ac.applicatie_id = a.id \
     LEFT JOIN client_credential cc ON cc.client_id = ac.client_id \
     LEFT JOIN client_use u ON u.client_id = ac.client_id ORDER BY a.label";

/// A page of at most `limit` applications by name; requests are counted since `since`.
pub async fn page(
    db: &Db,
    begin: Begin<'_>,
    limit: i64,
    since: DateTime<Utc>,
) -> Result<Vec<Browsed>, StorageError> {
    read(db, &Wanted::Page(begin, limit), since).await
}

/// The application with this uuid; requests are counted since `since`.
pub async fn find(db: &Db, uuid: Uuid, since: DateTime<Utc>) -> Result<Option<Browsed>, StorageError> {
    Ok(read(db, &Wanted::One(uuid), since).await?.pop())
}

async fn read(db: &Db, wanted: &Wanted<'_>, since: DateTime<Utc>) -> Result<Vec<Browsed>, StorageError> {
    let mut tx = db.snapshot().await?;
    let rows = on_tx!(tx, DB, |c| {
        let mut query = QueryBuilder::<DB>::new(COLUMNS);
        query.push_bind(since).push(WHICH);
        let mut direction = "";
        match *wanted {
            Wanted::One(uuid) => {
                query.push("uuid = ").push_bind(Id(uuid));
            }
            Wanted::Page(begin, limit) => {
                match begin {
                    Begin::First => {
                        query.push("1 = 1");
                    }
                    Begin::After(label, id) => {
                        query.push("(label, id) > (").push_bind(label.to_owned());
                        query.push(", ").push_bind(id).push(")");
                    }
                    Begin::Before(label, id) => {
                        direction = " DESC";
                        query.push("(label, id) < (").push_bind(label.to_owned());
                        query.push(", ").push_bind(id).push(")");
                    }
                }
                query.push(" ORDER BY label").push(direction);
                query.push(", id").push(direction);
                query.push(" LIMIT ").push_bind(limit);
            }
        }
        query.push(PARTS).push(direction);
        query.push(", a.id").push(direction).push(", ac.client_id");
        query.build_query_as::<Row>().fetch_all(c).await
    })?;
    let mut found = grouped(rows);
    if !found.is_empty() {
        let rights: Vec<(i64, String, Json<Vec<String>>)> = on_tx!(tx, DB, |c| {
            let mut query = QueryBuilder::<DB>::new(
                "SELECT applicatie_id, component, scopes FROM autorisatie WHERE applicatie_id IN (",
            );
            let mut among = query.separated(", ");
            for one in &found {
                among.push_bind(one.id);
            }
            query.push(") ORDER BY applicatie_id, id");
            query.build_query_as().fetch_all(c).await
        })?;
        for (id, component, Json(scopes)) in rights {
            if let Some(one) = found.iter_mut().find(|one| one.id == id) {
                one.applicatie.autorisaties.push(autorisatie(&component, scopes)?);
            }
        }
    }
    tx.rollback().await?;
    Ok(found)
}

/// Rows of one application stand together.
fn grouped(rows: Vec<Row>) -> Vec<Browsed> {
    let mut found: Vec<Browsed> = Vec::new();
    for row in rows {
        if found.last().is_none_or(|last| last.id != row.id) {
            found.push(Browsed {
                id: row.id,
                applicatie: Applicatie {
                    uuid: row.uuid.into(),
                    label: row.label,
                    client_ids: Vec::new(),
                    heeft_alle_autorisaties: row.heeft_alle_autorisaties,
                    autorisaties: Vec::new(),
                },
                created_at: row.created_at,
                counted_since: row.counted_since,
                clients: Vec::new(),
            });
        }
        if let (Some(last), Some(client_id)) = (found.last_mut(), row.client_id) {
            last.applicatie.client_ids.push(client_id.clone());
            last.clients.push(Client {
                client_id,
                has_secret: row.credential.is_some(),
                secret_at: row.secret_at,
                previous_until: row.previous_until,
                last_used_at: row.last_at,
                requests: row.requests,
            });
        }
    }
    found
}
