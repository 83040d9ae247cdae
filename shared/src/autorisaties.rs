//! Client of the Autorisaties API 1.0, for installations that keep applications and their rights in Open Zaak: it asks
//! which application has a client id. Not here: how long an answer counts, and what follows when there is none.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;
use url::Url;
use uuid::Uuid;

use crate::clock::Clock;
use crate::domain::applicatie::{Applicatie, Autorisatie, Component, LABEL_MAX_LENGTH};
use crate::domain::audittrail::cut;
use crate::http::{Answer, ApiClient, Call, FetchError, Method, OutgoingError};
use crate::jwt;
use crate::settings::{self, Secret};

/// Who the tokens say is calling; no person stands behind the question.
const USER_ID: &str = "openklant";
const USER_REPRESENTATION: &str = "Open Klant";

/// The longest answer that is read: 1 MiB, of an application with some thousands of rights.
const MAX_ANSWER: usize = 1024 * 1024;

/// An Autorisaties API and our credentials there. Cheap to clone.
#[derive(Clone, Debug)]
pub struct AutorisatiesApi {
    client: ApiClient,
    root: Url,
    client_id: String,
    secret: Secret,
    timeout: Duration,
    clock: Clock,
}

/// Why an Autorisaties API did not say which application has a client id. The texts hold nothing of the question.
#[derive(Debug, Error)]
pub enum AskError {
    /// No answer.
    #[error("it cannot be reached: {0}")]
    Unreachable(#[from] FetchError),
    /// It does not let us in.
    #[error(
        "it refuses us with {status}: our client id or secret is wrong there or here, or has no rights there"
    )]
    Denied {
        /// Status of the answer.
        status: u16,
    },
    /// It answered, but not with what was asked.
    #[error("it answered {status}, and {reason}")]
    Unusable {
        /// Status of the answer.
        status: u16,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// No token could be made.
    #[error(transparent)]
    Token(#[from] jwt::SignError),
}

/// An application in the words of the standard, as far as we need it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AnsweredApplicatie {
    url: String,
    client_ids: Vec<String>,
    #[serde(default)]
    label: String,
    heeft_alle_autorisaties: bool,
    #[serde(default)]
    autorisaties: Vec<AnsweredAutorisatie>,
}

/// A right; those of other components have more fields, which do not concern us.
#[derive(Deserialize)]
struct AnsweredAutorisatie {
    component: String,
    scopes: Vec<String>,
}

impl AutorisatiesApi {
    /// Makes a client of the configured API; `None` when there is none.
    ///
    /// # Errors
    /// TLS that cannot be set up.
    pub fn new(settings: &settings::Autorisaties, clock: &Clock) -> Result<Option<Self>, OutgoingError> {
        let Some(api) = &settings.api else {
            return Ok(None);
        };
        Ok(Some(Self {
            client: ApiClient::new(settings.timeout, settings.timeout)?.keeping(MAX_ANSWER),
            root: api.root.clone(),
            client_id: api.client_id.clone(),
            secret: api.secret.clone(),
            timeout: settings.timeout,
            clock: clock.clone(),
        }))
    }

    /// Where the API is.
    pub fn root(&self) -> &Url {
        &self.root
    }

    /// Our client id there.
    pub fn own_client_id(&self) -> &str {
        &self.client_id
    }

    /// Longest an answer may take.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// The application that has this client id; `None`: the API knows it not.
    ///
    /// # Errors
    /// It gave no answer, or none that says so.
    pub async fn find(&self, client_id: &str) -> Result<Option<Applicatie>, AskError> {
        let mut url = self.root.clone();
        url.set_path(&format!("{}applicaties/consumer", self.root.path()));
        url.query_pairs_mut().append_pair("clientId", client_id);
        let bearer = jwt::sign(
            &self.client_id,
            self.secret.expose(),
            USER_ID,
            USER_REPRESENTATION,
            self.clock.now(),
        )?;
        let answer = self
            .client
            .call(Call {
                method: Method::GET,
                url,
                bearer: Some(&bearer),
                media_type: "application/json",
                json: None,
            })
            .await?;
        read(client_id, &answer)
    }
}

fn read(client_id: &str, answer: &Answer) -> Result<Option<Applicatie>, AskError> {
    let unusable = |reason| AskError::Unusable {
        status: answer.status,
        reason,
    };
    match answer.status {
        200 => {}
        401 | 403 => {
            return Err(AskError::Denied {
                status: answer.status,
            });
        }
        // A gateway without the API behind it says 404 too, as a page: that would take everybody's rights away.
        404 => {
            return match serde_json::from_slice::<Value>(&answer.body) {
                Ok(Value::Object(_)) => Ok(None),
                _ => Err(unusable("it is no answer of an Autorisaties API")),
            };
        }
        300..=399 => {
            return Err(unusable(
                "redirects are not followed: a token must not go elsewhere",
            ));
        }
        _ => return Err(unusable("that says nothing of the client id")),
    }
    if answer.body.len() >= MAX_ANSWER {
        return Err(unusable("it is longer than 1 MiB"));
    }
    // Not the words of the parser: they may quote the answer.
    let answered: AnsweredApplicatie =
        serde_json::from_slice(&answer.body).map_err(|_| unusable("it is no application of the standard"))?;
    if !answered.client_ids.iter().any(|one| one == client_id) {
        return Err(unusable("it is an application without this client id"));
    }
    let uuid = uuid_of(&answered.url).ok_or(unusable("the url of the application has no uuid"))?;
    Ok(Some(Applicatie {
        uuid,
        label: cut(&answered.label.replace('\0', ""), LABEL_MAX_LENGTH).to_owned(),
        client_ids: vec![client_id.to_owned()],
        heeft_alle_autorisaties: answered.heeft_alle_autorisaties,
        autorisaties: answered.autorisaties.into_iter().filter_map(right).collect(),
    }))
}

/// A right within one of our components.
fn right(answered: AnsweredAutorisatie) -> Option<Autorisatie> {
    let component = Component::from_name(&answered.component.to_ascii_lowercase())?;
    // A scope with U+0000 is none of ours, and no database keeps it.
    let scopes = answered.scopes.into_iter().filter(|scope| !scope.contains('\0'));
    Some(Autorisatie {
        component,
        scopes: scopes.collect(),
    })
}

/// The uuid at the end of the URL of an application.
pub fn uuid_of(url: &str) -> Option<Uuid> {
    let path = url.split(['?', '#']).next()?;
    let last = path.trim_end_matches('/').rsplit('/').next()?;
    Uuid::try_parse(last).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::http::HeaderMap;

    const URL: &str = "https://ac.example.nl/api/v1/applicaties/6c1f2c5a-3a52-4f4b-9d0e-2f6f0f6f3b10";

    fn answer(status: u16, body: impl Into<Vec<u8>>) -> Answer {
        Answer {
            status,
            headers: HeaderMap::new(),
            body: body.into().into(),
        }
    }

    #[test]
    fn reads_the_rights_that_are_ours() {
        let body = json!({
            "url": URL,
            "clientIds": ["ander", "loket"],
            "label": "é".repeat(120),
            "heeftAlleAutorisaties": false,
            "autorisaties": [
                {"applicatie": URL, "component": "zrc", "scopes": ["zaken.lezen"], "zaaktype": "https://c.example.nl/1"},
                {"component": "KC", "componentWeergave": "Klanten API", "scopes": ["klanten.lezen", "a\0b"]},
            ],
            "_expand": {},
        });
        let applicatie = read("loket", &answer(200, body.to_string())).unwrap().unwrap();
        assert_eq!(applicatie.uuid, uuid_of(URL).unwrap());
        assert_eq!(applicatie.label.chars().count(), LABEL_MAX_LENGTH);
        assert_eq!(applicatie.client_ids, ["loket"]);
        let expected = Autorisatie {
            component: Component::Kc,
            scopes: vec!["klanten.lezen".to_owned()],
        };
        assert_eq!(applicatie.autorisaties, [expected]);
    }

    #[test]
    fn tells_unknown_from_no_answer() {
        let unknown = json!({"code": "not_found", "status": 404}).to_string();
        assert_eq!(read("loket", &answer(404, unknown)).unwrap(), None);
        let good = json!({"url": URL, "clientIds": ["loket"], "heeftAlleAutorisaties": true});
        let without = |key: &str| {
            let mut body = good.clone();
            body.as_object_mut().unwrap().remove(key);
            body.to_string()
        };
        assert!(read("loket", &answer(200, good.to_string())).unwrap().is_some());
        let elsewhere = json!({"url": "x", "clientIds": ["loket"], "heeftAlleAutorisaties": true});
        for (status, body) in [
            (404, "<h1>nginx</h1>".to_owned()),
            (404, String::new()),
            (404, "[]".to_owned()),
            (200, String::new()),
            (200, "null".to_owned()),
            (200, "[]".to_owned()),
            (200, "{".to_owned()),
            (200, without("url")),
            (200, without("clientIds")),
            (200, without("heeftAlleAutorisaties")),
            (200, elsewhere.to_string()),
            (200, good.to_string().replace("loket", "ander")),
            (200, format!("{good}{}", " ".repeat(MAX_ANSWER))),
            (204, String::new()),
            (301, String::new()),
            (429, "{}".to_owned()),
            (500, "{}".to_owned()),
        ] {
            let outcome = read("loket", &answer(status, body));
            assert!(
                matches!(outcome, Err(AskError::Unusable { .. })),
                "{status}: {outcome:?}"
            );
        }
        for status in [401, 403] {
            let outcome = read("loket", &answer(status, "{}"));
            assert!(
                matches!(outcome, Err(AskError::Denied { .. })),
                "{status}: {outcome:?}"
            );
        }
    }

    #[test]
    fn finds_the_uuid_of_an_application() {
        for (url, found) in [
            (URL.to_owned(), true),
            (format!("{URL}/"), true),
            (format!("{URL}?versie=1"), true),
            ("https://ac.example.nl/api/v1/applicaties/7".to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(uuid_of(&url).is_some(), found, "{url}");
        }
    }
}
