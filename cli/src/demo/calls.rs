//! Calls to the Klanten API, as a client makes them.

use std::time::Duration;

use anyhow::{Context, bail};
use openklant_shared::http::{ApiClient, Call, Method};
use serde_json::Value;
use url::Url;

const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(10);

/// A client of the Klanten API.
pub struct Calls {
    client: ApiClient,
    klanten: Url,
    token: String,
}

/// What was answered.
pub struct Answered {
    /// The status.
    pub status: u16,
    /// The URL of the klant.
    pub url: String,
}

impl Calls {
    /// A client of the API under `base`.
    pub fn new(base: &str, token: &str) -> anyhow::Result<Self> {
        Ok(Self {
            client: ApiClient::new(CONNECT, ANSWER)?,
            klanten: Url::parse(&format!("{base}/klanten/api/v1/klanten"))?,
            token: token.to_owned(),
        })
    }

    /// Adds a klant.
    pub async fn post(&self, klant: &Value) -> anyhow::Result<Answered> {
        let (status, body) = self.call(Method::POST, self.klanten.clone(), Some(klant)).await?;
        let url = body["url"]
            .as_str()
            .context("the API answered a klant without url")?;
        Ok(Answered {
            status,
            url: url.to_owned(),
        })
    }

    /// Changes a klant.
    pub async fn patch(&self, url: &str, change: &Value) -> anyhow::Result<Answered> {
        self.on_klant(Method::PATCH, url, Some(change)).await
    }

    /// Removes a klant.
    pub async fn delete(&self, url: &str) -> anyhow::Result<Answered> {
        self.on_klant(Method::DELETE, url, None).await
    }

    async fn on_klant(&self, method: Method, url: &str, body: Option<&Value>) -> anyhow::Result<Answered> {
        let (status, _) = self.call(method, Url::parse(url)?, body).await?;
        Ok(Answered {
            status,
            url: url.to_owned(),
        })
    }

    async fn call(&self, method: Method, url: Url, body: Option<&Value>) -> anyhow::Result<(u16, Value)> {
        let what = format!("{method} {url}");
        let call = Call {
            method,
            url,
            bearer: &self.token,
            json: body.map(|body| body.to_string().into()),
        };
        let answer = self
            .client
            .call(call)
            .await
            .with_context(|| format!("{what} failed"))?;
        if !(200..300).contains(&answer.status) {
            let said = String::from_utf8_lossy(&answer.body);
            bail!("{what} gave status {}: {said}", answer.status);
        }
        let body = if answer.body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&answer.body).with_context(|| format!("{what} gave no JSON"))?
        };
        Ok((answer.status, body))
    }
}
