//! Our abonnement at the Notificaties API: what makes it tell us that rights changed in the Autorisaties API (kanaal
//! `autorisaties`). Made by command, like nothing else here: a worker delivers, and subscribes to nothing by itself.

use openklant_shared::domain::audittrail::cut;
use openklant_shared::domain::identifiers::without_bsn;
use openklant_shared::domain::notificatie::{AUTORISATIES_CALLBACK, AUTORISATIES_KANAAL};
use openklant_shared::http::{Answer, FetchError, OutgoingError};
use openklant_shared::settings::{Secret, Settings};
use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;

use crate::Context;
use crate::notificaties::Notificaties;

/// How much of an answer is told, in characters.
const REASON_LENGTH: usize = 300;

/// What subscribing did, or would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Where messages go.
    pub callback_url: String,
    /// What had to be done.
    pub change: Change,
    /// Further abonnementen with the same address: each brings every message once more.
    pub superfluous: Vec<String>,
}

/// What had to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// There was none.
    Created,
    /// It was there with another kanaal, filters or secret.
    Repaired,
    /// It was there. A Notificaties API that does not show the secret was given it again.
    Renewed,
    /// It was there as it should be.
    Unchanged,
}

/// An abonnement as the Notificaties API has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    url: String,
    callback_url: String,
    #[serde(default)]
    auth: Option<String>,
    #[serde(default)]
    kanalen: Vec<FoundKanaal>,
}

#[derive(Clone, Debug, Deserialize)]
struct FoundKanaal {
    naam: String,
    #[serde(default)]
    filters: Value,
}

/// Why there is no abonnement.
#[derive(Debug, Error)]
pub enum AbonnementError {
    /// The settings name no Notificaties API.
    #[error(
        "no Notificaties API is configured: set OPENKLANT_NOTIFICATIES_API_ROOT and our credentials there"
    )]
    NotConfigured,
    /// Nothing listens here for its messages.
    #[error(
        "messages about rights are not taken here: set OPENKLANT_AUTORISATIES_API_ROOT and \
         OPENKLANT_AUTORISATIES_CALLBACK_SECRET, and restart the API"
    )]
    NoCallback,
    /// There is no address to give it.
    #[error("OPENKLANT_BASE_URL is not set: the Notificaties API would not know where to send messages")]
    NoBaseUrl,
    /// No HTTP client could be made.
    #[error(transparent)]
    Client(#[from] OutgoingError),
    /// No answer.
    #[error("the Notificaties API cannot be asked about abonnementen: {0}")]
    Unreachable(#[from] FetchError),
    /// It does not let us.
    #[error(
        "the Notificaties API answered {status}: our client id there needs the scope notificaties.consumeren, and must \
         be the one that made the abonnement"
    )]
    Denied {
        /// Status of the answer.
        status: u16,
    },
    /// It tried our address, and did not like what it got.
    #[error(
        "the Notificaties API tried {callback_url} and got another answer than it should: the API must run there with \
         the same OPENKLANT_AUTORISATIES_CALLBACK_SECRET, and be reached from the Notificaties API. It said: {reason}"
    )]
    CallbackRefused {
        /// The address.
        callback_url: String,
        /// The beginning of the answer.
        reason: String,
    },
    /// It answered, but not with what was asked.
    #[error("the Notificaties API answered {status} about an abonnement: {reason}")]
    Refused {
        /// Status of the answer.
        status: u16,
        /// The beginning of the answer.
        reason: String,
    },
}

/// What an abonnement of ours must be.
struct Wanted<'a> {
    callback_url: String,
    secret: &'a Secret,
}

impl<'a> Wanted<'a> {
    fn of(settings: &'a Settings) -> Result<Self, AbonnementError> {
        let autorisaties = &settings.autorisaties;
        let secret = autorisaties
            .api
            .as_ref()
            .and(autorisaties.callback_secret.as_ref())
            .ok_or(AbonnementError::NoCallback)?;
        let base = settings.server.base().ok_or(AbonnementError::NoBaseUrl)?;
        Ok(Self {
            callback_url: format!("{base}{AUTORISATIES_CALLBACK}"),
            secret,
        })
    }

    fn auth(&self) -> String {
        format!("Bearer {}", self.secret.expose())
    }

    /// What is to be done about an abonnement that is there.
    fn change(&self, found: &Found) -> Change {
        let subscribed = found
            .kanalen
            .iter()
            .any(|kanaal| kanaal.naam == AUTORISATIES_KANAAL && is_empty(&kanaal.filters));
        match &found.auth {
            _ if !subscribed => Change::Repaired,
            None => Change::Renewed,
            Some(auth) if *auth == self.auth() => Change::Unchanged,
            Some(_) => Change::Repaired,
        }
    }

    /// The abonnement as it is sent; what else somebody put into it stays.
    fn body(&self, found: Option<&Found>) -> Value {
        let others = found.iter().flat_map(|found| &found.kanalen);
        let mut kanalen: Vec<Value> = others
            .filter(|kanaal| kanaal.naam != AUTORISATIES_KANAAL)
            .map(|kanaal| json!({"naam": kanaal.naam, "filters": filled(&kanaal.filters)}))
            .collect();
        kanalen.push(json!({"naam": AUTORISATIES_KANAAL, "filters": {}}));
        json!({"callbackUrl": self.callback_url, "auth": self.auth(), "kanalen": kanalen})
    }

    fn refused(&self, answer: &Answer) -> AbonnementError {
        let text = String::from_utf8_lossy(&answer.body).replace(self.secret.expose(), "***");
        let reason = cut(&without_bsn(&text), REASON_LENGTH).to_owned();
        let of_callback = ["no-auth-on-callback-url", "invalid-callback-url"];
        match answer.status {
            status @ (401 | 403) => AbonnementError::Denied { status },
            400 if of_callback.iter().any(|code| text.contains(code)) => AbonnementError::CallbackRefused {
                callback_url: self.callback_url.clone(),
                reason,
            },
            status => AbonnementError::Refused { status, reason },
        }
    }
}

fn is_empty(filters: &Value) -> bool {
    filters.is_null() || filters.as_object().is_some_and(serde_json::Map::is_empty)
}

/// A Notificaties API may fail on a kanaal without filters.
fn filled(filters: &Value) -> Value {
    if filters.is_null() {
        json!({})
    } else {
        filters.clone()
    }
}

/// Makes the abonnement, or brings it up to date. Doing it again leaves one. With `dry_run` it only says what it would
/// do.
///
/// # Errors
/// What the operator has to put right first; no answer, or one that is no success.
pub async fn subscribe(context: &Context, dry_run: bool) -> Result<Subscription, AbonnementError> {
    let settings = &context.settings;
    let api =
        Notificaties::new(&settings.notificaties, &context.clock)?.ok_or(AbonnementError::NotConfigured)?;
    let wanted = Wanted::of(settings)?;
    let mut ours = find(&api, &wanted).await?.into_iter();
    let first = ours.next();
    let change = first
        .as_ref()
        .map_or(Change::Created, |found| wanted.change(found));
    if !dry_run && change != Change::Unchanged {
        let body = wanted.body(first.as_ref());
        let answer = match &first {
            Some(found) => api.update_abonnement(&found.url, &body).await?,
            None => api.create_abonnement(&body).await?,
        };
        if !(200..300).contains(&answer.status) {
            return Err(wanted.refused(&answer));
        }
    }
    Ok(Subscription {
        callback_url: wanted.callback_url,
        change,
        superfluous: ours.map(|found| found.url).collect(),
    })
}

/// The abonnementen with our address.
async fn find(api: &Notificaties, wanted: &Wanted<'_>) -> Result<Vec<Found>, AbonnementError> {
    let answer = api.list_abonnementen().await?;
    if answer.status != 200 {
        return Err(wanted.refused(&answer));
    }
    // Not the words of the parser, nor what it read: abonnementen of others hold secrets.
    let unusable = || AbonnementError::Refused {
        status: answer.status,
        reason: "that is no list of abonnementen".to_owned(),
    };
    let list: Value = serde_json::from_slice(&answer.body).map_err(|_| unusable())?;
    let list = match list {
        Value::Object(mut page) => page.remove("results").unwrap_or_default(),
        list => list,
    };
    let Value::Array(list) = list else {
        return Err(unusable());
    };
    // What is not shaped as it should be is not ours.
    let all = list
        .into_iter()
        .filter_map(|one| serde_json::from_value::<Found>(one).ok());
    Ok(all
        .filter(|found| found.callback_url == wanted.callback_url)
        .collect())
}
