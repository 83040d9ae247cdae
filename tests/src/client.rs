//! A client of the API: builds requests, sends them, and hands back what came.

use std::fmt::Write as _;
use std::future::{Future, IntoFuture};
use std::net::SocketAddr;
use std::pin::Pin;

use serde_json::Value;

use crate::http::{exchange, try_exchange};
use crate::response::Response;

/// Someone who calls the API. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    address: SocketAddr,
    host: String,
    authorization: Option<String>,
}

impl Client {
    /// A client of the server at `address`, with this `Authorization` header or none.
    pub fn new(address: SocketAddr, authorization: Option<String>) -> Self {
        Self {
            address,
            host: address.to_string(),
            authorization,
        }
    }

    /// The same client calling the server by another name.
    #[must_use]
    pub fn calling(&self, host: &str) -> Self {
        Self {
            host: host.to_owned(),
            ..self.clone()
        }
    }

    /// The same client with another `Authorization` header, or none.
    #[must_use]
    pub fn authorized(&self, authorization: Option<&str>) -> Self {
        Self {
            authorization: authorization.map(str::to_owned),
            ..self.clone()
        }
    }

    /// A request. Of an absolute URL only path and query are used: it goes to the server under test in any case.
    pub fn request(&self, method: &str, url: impl AsRef<str>) -> Call {
        let mut headers = vec![("Host".to_owned(), self.host.clone())];
        if let Some(authorization) = &self.authorization {
            headers.push(("Authorization".to_owned(), authorization.clone()));
        }
        Call {
            address: self.address,
            method: method.to_owned(),
            target: target_of(url.as_ref()).to_owned(),
            headers,
            body: None,
        }
    }

    /// GET.
    pub fn get(&self, url: impl AsRef<str>) -> Call {
        self.request("GET", url)
    }

    /// HEAD.
    pub fn head(&self, url: impl AsRef<str>) -> Call {
        self.request("HEAD", url)
    }

    /// OPTIONS.
    pub fn options(&self, url: impl AsRef<str>) -> Call {
        self.request("OPTIONS", url)
    }

    /// POST of a JSON body.
    pub fn post(&self, url: impl AsRef<str>, body: &Value) -> Call {
        self.request("POST", url).json(body)
    }

    /// PUT of a JSON body.
    pub fn put(&self, url: impl AsRef<str>, body: &Value) -> Call {
        self.request("PUT", url).json(body)
    }

    /// PATCH with a JSON body.
    pub fn patch(&self, url: impl AsRef<str>, body: &Value) -> Call {
        self.request("PATCH", url).json(body)
    }

    /// DELETE.
    pub fn delete(&self, url: impl AsRef<str>) -> Call {
        self.request("DELETE", url)
    }

    /// Sends bytes as they are; they must ask for `Connection: close`.
    pub async fn raw(&self, bytes: impl Into<Vec<u8>>) -> Option<Response> {
        exchange(self.address, bytes.into()).await.map(Response::new)
    }
}

/// Path and query of an absolute URL; anything else stays as it is.
pub fn target_of(url: &str) -> &str {
    let Some((_, rest)) = url
        .split_once("://")
        .filter(|(scheme, _)| scheme.starts_with("http"))
    else {
        return url;
    };
    rest.find('/').map_or("/", |slash| &rest[slash..])
}

/// A request that is being put together; awaiting it sends it.
#[derive(Clone, Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct Call {
    address: SocketAddr,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Call {
    /// Adds a header. A second one of the same name is sent too.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A JSON body with its media type.
    pub fn json(self, body: &Value) -> Self {
        self.content("application/json", body.to_string())
    }

    /// A body with a media type.
    pub fn content(self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.header("Content-Type", media_type).bytes(body)
    }

    /// A body without a media type.
    pub fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Sends it to a server that may be gone; `None` when no answer came.
    pub async fn attempt(self) -> Option<Response> {
        try_exchange(self.address, self.into_bytes())
            .await
            .map(Response::new)
    }

    fn into_bytes(self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            let _infallible = write!(head, "{name}: {value}\r\n");
        }
        if let Some(body) = &self.body {
            let _infallible = write!(head, "Content-Length: {}\r\n", body.len());
        }
        head.push_str("Connection: close\r\n\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend(self.body.unwrap_or_default());
        bytes
    }
}

impl IntoFuture for Call {
    type Output = Response;
    type IntoFuture = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let what = format!(
                "{} {}",
                self.method,
                self.target.chars().take(200).collect::<String>()
            );
            let answer = exchange(self.address, self.into_bytes()).await;
            Response::new(answer.unwrap_or_else(|| panic!("{what}: the connection ended without an answer")))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::target_of;

    #[test]
    fn the_target_is_path_and_query() {
        for (url, target) in [
            ("/klanten?a=b", "/klanten?a=b"),
            (
                "http://127.0.0.1:8000/klanten?a=http://x/y",
                "/klanten?a=http://x/y",
            ),
            ("https://openklant.example.nl", "/"),
            ("/x?u=http://a/b", "/x?u=http://a/b"),
        ] {
            assert_eq!(target_of(url), target);
        }
    }
}
