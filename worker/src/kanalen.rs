//! The kanalen we publish on, as the Notificaties API knows them: registering and showing them.
//!
//! Nothing here is fatal to delivery: a kanaal may have been registered by somebody else, and messages wait until it
//! is there.

use chrono::{DateTime, Utc};
use openklant_shared::domain::audittrail::cut;
use openklant_shared::domain::identifiers::without_bsn;
use openklant_shared::domain::notificatie::{KANALEN, Kanaal};
use openklant_shared::http::{Answer, FetchError, OutgoingError};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;
use url::Url;

use crate::Context;
use crate::notificaties::{NewKanaal, Notificaties};

/// A kanaal that is registered now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Name of the kanaal.
    pub naam: &'static str,
    /// What had to be done.
    pub change: Change,
    /// What came of the link to its documentation.
    pub link: Link,
}

/// What registering did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was not there.
    Created,
    /// It was there with other filters or another link.
    Updated,
    /// It was there as it should be.
    Unchanged,
}

/// The link to the documentation of a kanaal; the Notificaties API fetches it and refuses one that does not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// Registered.
    Registered(Url),
    /// Refused, so the kanaal was registered without it.
    Refused(Url),
    /// There is no public base URL to make it from.
    NoBaseUrl,
}

/// One of our kanalen beside what the Notificaties API has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Name of the kanaal.
    pub naam: &'static str,
    /// The filters it should have.
    pub filters: &'static [&'static str],
    /// What the Notificaties API has; `None`: not registered.
    pub found: Option<Found>,
}

impl Shown {
    /// Whether it is registered, with its filters.
    pub fn is_as_it_should_be(&self) -> bool {
        self.found
            .as_ref()
            .is_some_and(|found| has_filters(found, self.filters))
    }
}

/// A kanaal as the Notificaties API has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// Its name.
    pub naam: String,
    /// Its URL there.
    pub url: String,
    /// Link to its documentation, empty when it has none.
    #[serde(default)]
    pub documentatie_link: String,
    /// Its filters.
    #[serde(default)]
    pub filters: Vec<String>,
}

/// Why a kanaal could not be registered or shown.
#[derive(Debug, Error)]
pub enum KanaalError {
    /// The settings name no Notificaties API.
    #[error("no Notificaties API is configured")]
    NotConfigured,
    /// No HTTP client could be made.
    #[error(transparent)]
    Client(#[from] OutgoingError),
    /// No answer.
    #[error("the Notificaties API cannot be asked about kanaal {naam}: {source}")]
    Unreachable {
        /// Name of the kanaal.
        naam: &'static str,
        /// What failed.
        source: FetchError,
    },
    /// It answered, but not with what was asked.
    #[error("the Notificaties API answered {status} about kanaal {naam}: {reason}")]
    Refused {
        /// Name of the kanaal.
        naam: &'static str,
        /// Status of the answer.
        status: u16,
        /// The beginning of the answer.
        reason: String,
    },
}

/// Registers every kanaal, or brings it up to date. Doing it again changes nothing.
///
/// # Errors
/// The first failure; the other kanalen were tried all the same.
pub async fn register(context: &Context) -> Result<Vec<Registration>, KanaalError> {
    let api = client(context)?;
    register_all(&api, context.settings.server.base_url.as_ref()).await
}

/// Shows our kanalen as the Notificaties API has them.
///
/// # Errors
/// The first kanaal that cannot be asked about.
pub async fn show(context: &Context) -> Result<Vec<Shown>, KanaalError> {
    let api = client(context)?;
    let mut shown = Vec::new();
    for kanaal in KANALEN {
        shown.push(Shown {
            naam: kanaal.naam,
            filters: kanaal.filters,
            found: find(&api, kanaal).await?,
        });
    }
    Ok(shown)
}

/// What time the Notificaties API has, by the `Date` of an answer to a question about our first kanaal; `None` when it
/// does not tell.
///
/// # Errors
/// No answer; one with any status is not an error.
pub async fn time(context: &Context) -> Result<Option<DateTime<Utc>>, KanaalError> {
    let naam = KANALEN[0].naam;
    let answer = client(context)?
        .find_kanaal(naam)
        .await
        .map_err(|source| KanaalError::Unreachable { naam, source })?;
    let date = answer.headers.get("date").and_then(|date| date.to_str().ok());
    Ok(date
        .and_then(|date| DateTime::parse_from_rfc2822(date).ok())
        .map(|date| date.to_utc()))
}

fn client(context: &Context) -> Result<Notificaties, KanaalError> {
    Notificaties::new(&context.settings.notificaties, &context.clock)?.ok_or(KanaalError::NotConfigured)
}

/// Registers every kanaal at an API.
pub(crate) async fn register_all(
    api: &Notificaties,
    base_url: Option<&Url>,
) -> Result<Vec<Registration>, KanaalError> {
    let mut done = Vec::new();
    let mut failed = None;
    for kanaal in KANALEN {
        match register_one(api, kanaal, base_url).await {
            Ok(registration) => done.push(registration),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(done), Err)
}

async fn register_one(
    api: &Notificaties,
    kanaal: &'static Kanaal,
    base_url: Option<&Url>,
) -> Result<Registration, KanaalError> {
    let link = base_url.and_then(|base| documentation(base, kanaal.naam));
    let found = find(api, kanaal).await?;
    if let Some(found) = &found
        && same_filters(found, kanaal)
        && link
            .as_ref()
            .is_none_or(|link| found.documentatie_link == link.as_str())
    {
        return Ok(Registration {
            naam: kanaal.naam,
            change: Change::Unchanged,
            link: link.map_or(Link::NoBaseUrl, Link::Registered),
        });
    }
    let answer = send(api, kanaal, found.as_ref(), link.as_ref()).await?;
    let (change, link) = match (link, outcome(&answer)) {
        (link, Outcome::Done(change)) => (change, link.map_or(Link::NoBaseUrl, Link::Registered)),
        (Some(link), Outcome::LinkRefused) => {
            let change = without_link(api, kanaal, found.as_ref()).await?;
            (change, Link::Refused(link))
        }
        (_, Outcome::LinkRefused | Outcome::Refused) => return Err(refused(kanaal, &answer)),
    };
    // An update is told from a new kanaal by what was sent, not by the status that came back.
    let change = match (change, found) {
        (Change::Created, Some(_)) => Change::Updated,
        (change, _) => change,
    };
    Ok(Registration {
        naam: kanaal.naam,
        change,
        link,
    })
}

/// Registers a kanaal whose link was refused.
async fn without_link(
    api: &Notificaties,
    kanaal: &'static Kanaal,
    found: Option<&Found>,
) -> Result<Change, KanaalError> {
    if found.is_some_and(|found| same_filters(found, kanaal)) {
        return Ok(Change::Unchanged);
    }
    let answer = send(api, kanaal, found, None).await?;
    match outcome(&answer) {
        Outcome::Done(change) => Ok(change),
        Outcome::LinkRefused | Outcome::Refused => Err(refused(kanaal, &answer)),
    }
}

async fn find(api: &Notificaties, kanaal: &'static Kanaal) -> Result<Option<Found>, KanaalError> {
    let answer = api
        .find_kanaal(kanaal.naam)
        .await
        .map_err(|source| KanaalError::Unreachable {
            naam: kanaal.naam,
            source,
        })?;
    if answer.status != 200 {
        return Err(refused(kanaal, &answer));
    }
    let found: Vec<Found> = serde_json::from_slice(&answer.body).map_err(|_| refused(kanaal, &answer))?;
    Ok(found.into_iter().find(|found| found.naam == kanaal.naam))
}

async fn send(
    api: &Notificaties,
    kanaal: &'static Kanaal,
    found: Option<&Found>,
    link: Option<&Url>,
) -> Result<Answer, KanaalError> {
    let new = NewKanaal {
        naam: kanaal.naam,
        documentatie_link: link.map(Url::as_str),
        filters: kanaal.filters,
    };
    match found {
        Some(found) => api.update_kanaal(&found.url, &new).await,
        None => api.create_kanaal(&new).await,
    }
    .map_err(|source| KanaalError::Unreachable {
        naam: kanaal.naam,
        source,
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Done(Change),
    LinkRefused,
    Refused,
}

/// What an answer to a registration means.
fn outcome(answer: &Answer) -> Outcome {
    match answer.status {
        200..=299 => return Outcome::Done(Change::Created),
        400 => {}
        _ => return Outcome::Refused,
    }
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let complains = |field: &str, code: Option<&str>| {
        let params = body.get("invalidParams").and_then(Value::as_array);
        params.into_iter().flatten().any(|param| {
            param.get("name").and_then(Value::as_str) == Some(field)
                && code.is_none_or(|code| param.get("code").and_then(Value::as_str) == Some(code))
        })
    };
    if complains("naam", Some("unique")) {
        // Somebody else, most likely another worker of ours, was first.
        Outcome::Done(Change::Unchanged)
    } else if complains("documentatieLink", None) || body.get("documentatieLink").is_some() {
        Outcome::LinkRefused
    } else {
        Outcome::Refused
    }
}

/// How much of an answer is told.
const REASON_LENGTH: usize = 300;

fn refused(kanaal: &'static Kanaal, answer: &Answer) -> KanaalError {
    KanaalError::Refused {
        naam: kanaal.naam,
        status: answer.status,
        reason: cut(
            &without_bsn(&String::from_utf8_lossy(&answer.body)),
            REASON_LENGTH,
        )
        .to_owned(),
    }
}

fn same_filters(found: &Found, kanaal: &Kanaal) -> bool {
    has_filters(found, kanaal.filters)
}

fn has_filters(found: &Found, filters: &[&str]) -> bool {
    let mut theirs: Vec<_> = found.filters.iter().map(String::as_str).collect();
    let mut ours = filters.to_vec();
    theirs.sort_unstable();
    ours.sort_unstable();
    theirs == ours
}

/// Where our pages describe a kanaal.
fn documentation(base_url: &Url, naam: &str) -> Option<Url> {
    let base = base_url.as_str().trim_end_matches('/');
    Url::parse(&format!("{base}/ref/kanalen/#{naam}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use openklant_shared::http::HeaderMap;

    #[test]
    fn understands_answers_to_a_registration() {
        let table = [
            (201, "{}", Outcome::Done(Change::Created)),
            (200, "", Outcome::Done(Change::Created)),
            (
                400,
                r#"{"invalidParams":[{"name":"naam","code":"unique","reason":"x"}]}"#,
                Outcome::Done(Change::Unchanged),
            ),
            (
                400,
                r#"{"invalidParams":[{"name":"documentatieLink","code":"bad-url","reason":"x"}]}"#,
                Outcome::LinkRefused,
            ),
            (400, r#"{"documentatieLink":["x"]}"#, Outcome::LinkRefused),
            (
                400,
                r#"{"invalidParams":[{"name":"naam","code":"wijzigen-niet-toegelaten","reason":"x"}]}"#,
                Outcome::Refused,
            ),
            (400, "<html>", Outcome::Refused),
            (400, "[]", Outcome::Refused),
            (403, r#"{"documentatieLink":["x"]}"#, Outcome::Refused),
            (302, "", Outcome::Refused),
            (500, "", Outcome::Refused),
        ];
        for (status, body, expected) in table {
            let answer = Answer {
                status,
                headers: HeaderMap::new(),
                body: body.into(),
            };
            assert_eq!(outcome(&answer), expected, "{status} {body}");
        }
    }

    #[test]
    fn links_to_our_page_of_the_kanaal() {
        let table = [
            (
                "https://kic.example.nl",
                "https://kic.example.nl/ref/kanalen/#klanten",
            ),
            (
                "https://example.nl/kic",
                "https://example.nl/kic/ref/kanalen/#klanten",
            ),
        ];
        for (base, expected) in table {
            let base = base.parse().expect("a URL");
            assert_eq!(
                documentation(&base, "klanten").as_ref().map(Url::as_str),
                Some(expected)
            );
        }
    }
}
