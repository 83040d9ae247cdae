//! Calling an API that the operator configured, such as the Notificaties API: private addresses are fine, redirects
//! are not followed (a token must not travel to another host), and only the beginning of an answer is kept.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method};
use url::Url;

use super::{Answer, FetchError, OutgoingError, chain, client_builder, from_reqwest, read};
use crate::settings::Secret;
use crate::trace;

/// What is kept of a body, unless told otherwise: 64 KiB.
const KEPT_BODY: usize = 64 * 1024;

/// Calls configured APIs, and tells them the step of the trace that a call is. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ApiClient {
    client: Client,
    kept_body: usize,
}

/// One call.
#[derive(Debug)]
pub struct Call<'a> {
    /// Method.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// The token for the `Authorization` header, if it needs one.
    pub bearer: Option<&'a str>,
    /// Media type of what is sent and of what is wanted back.
    pub media_type: &'static str,
    /// The body to send, byte for byte; JSON nearly always.
    pub json: Option<Bytes>,
}

impl ApiClient {
    /// Makes a client; `timeout` holds for a whole call, connecting and reading included.
    ///
    /// # Errors
    /// TLS that cannot be set up.
    pub fn new(connect_timeout: Duration, timeout: Duration) -> Result<Self, OutgoingError> {
        Self::with_headers(connect_timeout, timeout, &[])
    }

    /// The same with these headers in every call.
    ///
    /// # Errors
    /// TLS that cannot be set up; a header that is none.
    pub fn with_headers(
        connect_timeout: Duration,
        timeout: Duration,
        headers: &[(String, Secret)],
    ) -> Result<Self, OutgoingError> {
        let mut always = HeaderMap::new();
        for (name, value) in headers {
            let header = HeaderName::try_from(name.as_str()).ok();
            let value = HeaderValue::try_from(value.expose()).ok();
            let (Some(header), Some(mut value)) = (header, value) else {
                return Err(OutgoingError::Client(format!(
                    "{name} is no header, or its value is none"
                )));
            };
            value.set_sensitive(true);
            always.append(header, value);
        }
        let client = client_builder()
            .default_headers(always)
            .connect_timeout(connect_timeout)
            .timeout(timeout)
            .pool_idle_timeout(Duration::from_secs(30))
            .build()
            .map_err(|error| OutgoingError::Client(chain(&error)))?;
        Ok(Self {
            client,
            kept_body: KEPT_BODY,
        })
    }

    /// The same client, that keeps up to `bytes` of a body.
    #[must_use]
    pub fn keeping(mut self, bytes: usize) -> Self {
        self.kept_body = bytes;
        self
    }

    /// Does a call, once. Of a body over what is kept (usually 64 KiB) the rest is dropped.
    ///
    /// # Errors
    /// No answer; an answer with any status is not an error.
    pub async fn call(&self, call: Call<'_>) -> Result<Answer, FetchError> {
        let media_type = HeaderValue::from_static(call.media_type);
        let mut request = self
            .client
            .request(call.method, call.url)
            .header(ACCEPT, media_type.clone());
        if let Some(step) = trace::current() {
            request = request.header(trace::HEADER, step.to_string());
        }
        if let Some(bearer) = call.bearer {
            let mut bearer = HeaderValue::try_from(format!("Bearer {bearer}"))
                .map_err(|_| FetchError::Broken("the token does not fit in a header".to_owned()))?;
            bearer.set_sensitive(true);
            request = request.header(AUTHORIZATION, bearer);
        }
        if let Some(json) = call.json {
            request = request.header(CONTENT_TYPE, media_type).body(json);
        }
        let response = request.send().await.map_err(from_reqwest)?;
        Ok(read(response, self.kept_body).await?.0)
    }

    /// Sends a request that somebody else made, once, with its headers and nothing more.
    ///
    /// # Errors
    /// No answer, or one with a longer body than is kept; an answer with any status is not an error.
    pub async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, FetchError> {
        let request = reqwest::Request::try_from(request).map_err(from_reqwest)?;
        let response = self.client.execute(request).await.map_err(from_reqwest)?;
        let (answer, complete) = read(response, self.kept_body).await?;
        if !complete {
            return Err(FetchError::TooLarge {
                status: answer.status,
                limit: self.kept_body,
            });
        }
        let mut given = http::Response::new(answer.body.to_vec());
        *given.status_mut() = http::StatusCode::from_u16(answer.status)
            .map_err(|error| FetchError::Broken(error.to_string()))?;
        *given.headers_mut() = answer.headers;
        Ok(given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::test_server::{Behaviour, serve};

    async fn post(server: &str) -> Result<Answer, FetchError> {
        ApiClient::new(Duration::from_millis(500), Duration::from_secs(1))
            .expect("a client")
            .call(Call {
                method: Method::POST,
                url: Url::parse(&format!("http://{server}/notificaties")).expect("a URL"),
                bearer: Some("abc.def"),
                media_type: "application/json",
                json: Some(Bytes::from_static(b"{\"a\":  1}")),
            })
            .await
    }

    #[tokio::test]
    async fn sends_the_bytes_with_a_token() {
        let server = serve(Behaviour::Echo).await;
        let answer = post(&server).await.expect("an answer");
        let request = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(
            request.starts_with("POST /notificaties HTTP/1.1\r\n"),
            "{request}"
        );
        for part in [
            "authorization: Bearer abc.def\r\n",
            "accept: application/json\r\n",
            "content-type: application/json\r\n",
            "\r\n\r\n{\"a\":  1}",
        ] {
            assert!(request.contains(part), "{part} in {request}");
        }
    }

    #[tokio::test]
    async fn does_not_follow_a_redirect() {
        let server = serve(Behaviour::Redirect("/elsewhere".to_owned())).await;
        assert_eq!(post(&server).await.expect("an answer").status, 302);
    }

    #[tokio::test]
    async fn keeps_the_beginning_of_a_long_answer() {
        let server = serve(Behaviour::Body(KEPT_BODY * 3)).await;
        assert_eq!(post(&server).await.expect("an answer").body.len(), KEPT_BODY);
    }
}
