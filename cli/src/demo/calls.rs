//! Calls to the APIs, as a client makes them.

use std::time::Duration;

use anyhow::{Context, bail};
use openklant_shared::http::{ApiClient, Call, Method};
use serde_json::Value;
use url::Url;

const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(10);

/// The header of a command line that sends the token of the demo.
pub const AUTHORIZATION: &str = "-H \"Authorization: Bearer $TOKEN\"";

/// A client of the APIs.
pub struct Calls {
    client: ApiClient,
    base: String,
    token: String,
}

/// What was answered.
pub struct Answered {
    /// The status.
    pub status: u16,
    /// The URL of the object.
    pub url: String,
}

impl Calls {
    /// A client of the APIs under `base`.
    pub fn new(base: &str, token: &str) -> anyhow::Result<Self> {
        Ok(Self {
            client: ApiClient::new(CONNECT, ANSWER)?,
            base: base.to_owned(),
            token: token.to_owned(),
        })
    }

    /// Reads what stands at `url`: the status and the body.
    pub async fn get(&self, url: &str) -> anyhow::Result<(u16, Value)> {
        self.call(Method::GET, url, None).await
    }

    /// Adds an object to the collection at `path`.
    pub async fn post(&self, path: &str, object: &Value) -> anyhow::Result<Answered> {
        let collection = format!("{}{path}", self.base);
        let (status, body) = self.call(Method::POST, &collection, Some(object)).await?;
        let url = body["url"]
            .as_str()
            .with_context(|| format!("POST {collection} answered an object without url"))?;
        Ok(Answered {
            status,
            url: url.to_owned(),
        })
    }

    /// Changes an object.
    pub async fn patch(&self, url: &str, change: &Value) -> anyhow::Result<Answered> {
        self.on_object(Method::PATCH, url, Some(change)).await
    }

    /// Removes an object.
    pub async fn delete(&self, url: &str) -> anyhow::Result<Answered> {
        self.on_object(Method::DELETE, url, None).await
    }

    async fn on_object(&self, method: Method, url: &str, body: Option<&Value>) -> anyhow::Result<Answered> {
        let (status, _) = self.call(method, url, body).await?;
        Ok(Answered {
            status,
            url: url.to_owned(),
        })
    }

    async fn call(&self, method: Method, url: &str, body: Option<&Value>) -> anyhow::Result<(u16, Value)> {
        let what = format!("{method} {url}");
        let call = Call {
            method,
            url: Url::parse(url).with_context(|| format!("{url} is no URL"))?,
            bearer: Some(&self.token),
            media_type: "application/json",
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
