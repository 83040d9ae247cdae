//! What people look at on the site, for the log of reads (AVG), when an installation keeps one.

use openklant_shared::domain::audittrail::{cut, limits};
use openklant_shared::domain::identifiers::without_bsn;
use openklant_shared::storage::read_log::{self, Read};
use serde_json::{Value, json};
use uuid::Uuid;

use super::problem::Problem;
use super::visit::Visit;

/// `client_id` of what people read on the site.
pub const CLIENT_ID: &str = "beheer";

/// Name under which the number of hits stands among the filters.
pub const HITS: &str = "hits";

/// What was looked at.
#[derive(Clone, Debug, Default)]
pub struct Looked {
    /// The object.
    pub object: Option<Uuid>,
    /// What was searched by, such as `naam`: never the text.
    pub searched_by: Vec<&'static str>,
    /// How many were found.
    pub hits: Option<usize>,
    /// What for, where that was asked: then it is recorded also where no log of other reads is kept.
    pub reason: Option<String>,
}

/// Records that the person of this visit looked at something, before it is shown: nobody sees what nobody can be asked
/// about later.
///
/// # Errors
/// The database did not take it: then nothing may be shown.
pub async fn record(visit: &Visit, looked: Looked) -> Result<(), Problem> {
    if visit.state.reads.is_none() && looked.reason.is_none() {
        return Ok(());
    }
    read_log::insert(&visit.state.db, &line(visit, looked)?)
        .await
        .map_err(|error| Problem::Unavailable(format!("the read could not be recorded: {error}")))
}

/// The line that says so, for what writes it with something else.
///
/// # Errors
/// Nobody is logged in.
pub fn line(visit: &Visit, looked: Looked) -> Result<Read, Problem> {
    let session = &visit.person()?.session;
    let mut filters: Vec<Value> = looked
        .searched_by
        .iter()
        .map(|name| json!({"name": name, "hash": ""}))
        .collect();
    filters.extend(looked.hits.map(hits));
    Ok(Read {
        at: visit.now,
        client_id: CLIENT_ID.to_owned(),
        user_id: session.account.to_string(),
        user_representation: cut(&without_bsn(&session.name), limits::GEBRUIKER).to_owned(),
        user_hash: String::new(),
        method: if visit.is_post() { "POST" } else { "GET" }.to_owned(),
        route: visit
            .page
            .map_or_else(String::new, |page| format!("/beheer{}", page.path)),
        object: looked.object,
        filters: Value::Array(filters).to_string(),
        request_id: visit.request_id.clone(),
        key_id: String::new(),
        reason: looked.reason.map(|reason| without_bsn(&reason)),
    })
}

fn hits(count: usize) -> Value {
    json!({"name": HITS, "hash": count.to_string()})
}

/// The same line with how many were found, which was not known before.
pub fn with_hits(mut line: Read, count: i64) -> Read {
    let mut filters: Vec<Value> = serde_json::from_str(&line.filters).unwrap_or_default();
    filters.push(hits(usize::try_from(count).unwrap_or_default()));
    line.filters = Value::Array(filters).to_string();
    line
}
