//! Client of the Notificaties API 1.0: one method per call, a fresh token for each. What an answer means is decided
//! by its callers.

use openklant_shared::clock::Clock;
use openklant_shared::http::{Answer, ApiClient, Call, FetchError, Method, OutgoingError};
use openklant_shared::jwt;
use openklant_shared::settings::{self, Secret};
use openklant_shared::storage::outbox::Claimed;
use serde::Serialize;
use serde_json::Value;
use url::Url;
use uuid::Uuid;

use crate::cloudevent;

/// Who the tokens say is calling; no person stands behind a delivery.
const USER_ID: &str = "openklant";
const USER_REPRESENTATION: &str = "Open Klant";

const JSON: &str = "application/json";

/// The longest list of abonnementen that is read: 1 MiB, of some thousands.
const LONGEST_LIST: usize = 1024 * 1024;

/// A Notificaties API and our credentials there.
#[derive(Clone, Debug)]
pub(crate) struct Notificaties {
    client: ApiClient,
    root: Url,
    client_id: String,
    secret: Secret,
    /// The source of events, when messages go as those.
    event_source: Option<String>,
    clock: Clock,
}

/// A kanaal to register.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewKanaal<'a> {
    pub(crate) naam: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) documentatie_link: Option<&'a str>,
    pub(crate) filters: &'a [&'a str],
}

impl Notificaties {
    /// Makes a client of the configured API; `None` when there is none.
    pub(crate) fn new(
        settings: &settings::Notificaties,
        clock: &Clock,
    ) -> Result<Option<Self>, OutgoingError> {
        let Some(api) = &settings.api else {
            return Ok(None);
        };
        Ok(Some(Self {
            client: ApiClient::new(settings.connect_timeout, settings.request_timeout)?,
            root: api.root.clone(),
            client_id: api.client_id.clone(),
            secret: api.secret.clone(),
            event_source: settings.source.clone().filter(|_| settings.cloud_events),
            clock: clock.clone(),
        }))
    }

    /// Where the API is.
    pub(crate) fn root(&self) -> &Url {
        &self.root
    }

    /// Whether messages go as CloudEvents.
    pub(crate) fn sends_events(&self) -> bool {
        self.event_source.is_some()
    }

    /// Offers a message: byte for byte, or as the event that is made of it.
    pub(crate) async fn publish(&self, message: &Claimed) -> Result<Answer, FetchError> {
        match &self.event_source {
            None => {
                let body = Some(message.message.clone());
                self.call(Method::POST, self.at("notificaties"), JSON, body).await
            }
            Some(source) => {
                let body = Some(cloudevent::to_json(message, source)?);
                let media_type = cloudevent::MEDIA_TYPE;
                self.call(Method::POST, self.at("cloudevents"), media_type, body)
                    .await
            }
        }
    }

    /// Asks for a kanaal by its name.
    pub(crate) async fn find_kanaal(&self, naam: &str) -> Result<Answer, FetchError> {
        let mut url = self.at("kanaal");
        url.query_pairs_mut().append_pair("naam", naam);
        self.call(Method::GET, url, JSON, None).await
    }

    /// Registers a kanaal.
    pub(crate) async fn create_kanaal(&self, kanaal: &NewKanaal<'_>) -> Result<Answer, FetchError> {
        let body = serde_json::json!(kanaal).to_string();
        self.call(Method::POST, self.at("kanaal"), JSON, Some(body)).await
    }

    /// Replaces the kanaal that the API says is at `url`.
    pub(crate) async fn update_kanaal(
        &self,
        url: &str,
        kanaal: &NewKanaal<'_>,
    ) -> Result<Answer, FetchError> {
        let body = serde_json::json!(kanaal).to_string();
        self.call(Method::PUT, self.below("kanaal", url), JSON, Some(body))
            .await
    }

    /// Asks for every abonnement.
    pub(crate) async fn list_abonnementen(&self) -> Result<Answer, FetchError> {
        let patient = Self {
            client: self.client.clone().keeping(LONGEST_LIST),
            ..self.clone()
        };
        patient.call(Method::GET, self.at("abonnement"), JSON, None).await
    }

    /// Makes an abonnement.
    pub(crate) async fn create_abonnement(&self, abonnement: &Value) -> Result<Answer, FetchError> {
        let body = Some(abonnement.to_string());
        self.call(Method::POST, self.at("abonnement"), JSON, body).await
    }

    /// Replaces the abonnement that the API says is at `url`.
    pub(crate) async fn update_abonnement(
        &self,
        url: &str,
        abonnement: &Value,
    ) -> Result<Answer, FetchError> {
        let body = Some(abonnement.to_string());
        self.call(Method::PUT, self.below("abonnement", url), JSON, body)
            .await
    }

    /// Where to send an update. The API may know itself by another name than the one it is configured with here, and
    /// a token must not go anywhere else: of a URL outside the root only the uuid is used.
    fn below(&self, collection: &str, url: &str) -> Url {
        if let Ok(url) = Url::parse(url)
            && url.as_str().starts_with(self.root.as_str())
        {
            return url;
        }
        let last = url.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let uuid = last.parse::<Uuid>().unwrap_or_default();
        self.at(&format!("{collection}/{uuid}"))
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.root.clone();
        url.set_path(&format!("{}{path}", self.root.path()));
        url
    }

    async fn call(
        &self,
        method: Method,
        url: Url,
        media_type: &'static str,
        json: Option<String>,
    ) -> Result<Answer, FetchError> {
        let bearer = jwt::sign(
            &self.client_id,
            self.secret.expose(),
            USER_ID,
            USER_REPRESENTATION,
            self.clock.now(),
        )
        .map_err(|error| FetchError::Broken(error.to_string()))?;
        self.client
            .call(Call {
                method,
                url,
                bearer: Some(&bearer),
                media_type,
                json: json.map(Into::into),
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn updates_a_kanaal_below_the_root_only() {
        let root = "https://nrc.example.nl/open/api/v1/";
        let uuid = "00000000-0000-4000-8000-000000000001";
        let notificaties = Notificaties {
            client: ApiClient::new(Duration::from_secs(1), Duration::from_secs(1)).expect("a client"),
            root: root.parse().expect("a URL"),
            client_id: "x".to_owned(),
            secret: Secret::new("y"),
            event_source: None,
            clock: Clock::System,
        };
        let here = format!("{root}kanaal/{uuid}");
        let nil = format!("{root}kanaal/00000000-0000-0000-0000-000000000000");
        let table = [
            (here.clone(), &here),
            (format!("http://intern:8000/api/v1/kanaal/{uuid}"), &here),
            (
                format!("https://nrc.example.nl.evil.example/open/api/v1/kanaal/{uuid}/"),
                &here,
            ),
            (format!("/api/v1/kanaal/{uuid}"), &here),
            ("rubbish".to_owned(), &nil),
            (String::new(), &nil),
        ];
        for (url, expected) in table {
            assert_eq!(notificaties.below("kanaal", &url).as_str(), expected, "{url}");
        }
    }
}
