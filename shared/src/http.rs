//! The ways out over HTTP, each bounded in time and size: [`Outgoing`] looks up URLs that a client of ours made up,
//! [`ApiClient`] calls APIs that the operator configured. What an answer means is the caller's business.

mod address;
mod api;
mod fetch;

use std::error::Error;

use bytes::{Bytes, BytesMut};
use reqwest::{ClientBuilder, Response};
use thiserror::Error;

pub use api::{ApiClient, Call};
pub use fetch::{Access, Lookup, Outgoing};
pub use reqwest::Method;
pub use reqwest::header::HeaderMap;

/// Header bytes accepted per answer over HTTP/2. Over HTTP/1 hyper's own bounds hold: 100 headers, about 400 KiB.
const HEADER_LIMIT: u32 = 64 * 1024;

/// What the other side answered, whatever its status.
#[derive(Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, never longer than the limit of the client that read it.
    pub body: Bytes,
}

/// Why there is no answer. The texts hold no path and no query: those may be personal data.
#[derive(Debug, Error)]
pub enum FetchError {
    /// We do not call this URL at all.
    #[error("not called: {0}")]
    Refused(Refusal),
    /// No complete answer in time.
    #[error("no answer in time")]
    Timeout,
    /// The name does not resolve, nothing listens there, or TLS fails.
    #[error("no connection: {0}")]
    Connect(String),
    /// More redirects than we follow.
    #[error("more than {limit} redirects")]
    Redirects {
        /// How many are followed.
        limit: usize,
    },
    /// A longer body than we read.
    #[error("answer longer than {limit} bytes")]
    TooLarge {
        /// Status of the answer.
        status: u16,
        /// The limit, in bytes.
        limit: usize,
    },
    /// The connection broke, or what came over it is not HTTP.
    #[error("no usable answer: {0}")]
    Broken(String),
}

/// Why a URL is not called.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Neither http nor https.
    #[error("scheme is not http or https")]
    Scheme,
    /// It leads to an address that is not public, and its host is not on the list of allowed hosts.
    #[error("{host} is at an address that is not public and not allowed")]
    Address {
        /// The host as the URL names it.
        host: String,
    },
}

/// Why no client could be made.
#[derive(Debug, Error)]
pub enum OutgoingError {
    /// An entry of the list of allowed hosts cannot be read.
    #[error("allowed host {entry:?} is not a host, host:port, address or network")]
    AllowedHost {
        /// The entry.
        entry: String,
    },
    /// TLS cannot be set up; commonly the machine has no CA certificates.
    #[error("no HTTP client can be made: {0}")]
    Client(String),
}

/// What every client has in common: our TLS provider, no proxy from the environment, no referer, no redirects that
/// the HTTP library follows by itself.
#[expect(clippy::disallowed_methods, reason = "the one place that makes HTTP clients")]
fn client_builder() -> ClientBuilder {
    // Refused when another part of the process was first, with the same provider: there is only one in the build.
    let _already_installed = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("openklant/", env!("CARGO_PKG_VERSION")))
        .no_proxy()
        .referer(false)
        .redirect(reqwest::redirect::Policy::none())
        .http2_max_header_list_size(HEADER_LIMIT)
}

/// Reads an answer; `false` when the body is longer than `limit` and only its beginning was read.
async fn read(mut response: Response, limit: usize) -> Result<(Answer, bool), FetchError> {
    let status = response.status().as_u16();
    let headers = std::mem::take(response.headers_mut());
    let mut body = BytesMut::new();
    let mut complete = true;
    while let Some(chunk) = response.chunk().await.map_err(from_reqwest)? {
        let room = limit - body.len();
        if chunk.len() > room {
            body.extend_from_slice(&chunk[..room]);
            complete = false;
            break;
        }
        body.extend_from_slice(&chunk);
    }
    let body = body.freeze();
    Ok((
        Answer {
            status,
            headers,
            body,
        },
        complete,
    ))
}

fn from_reqwest(error: reqwest::Error) -> FetchError {
    if let Some(refusal) = find_refusal(&error) {
        return FetchError::Refused(refusal);
    }
    if error.is_timeout() {
        return FetchError::Timeout;
    }
    let connecting = error.is_connect();
    let text = chain(&error.without_url());
    if connecting {
        FetchError::Connect(text)
    } else {
        FetchError::Broken(text)
    }
}

fn find_refusal(error: &reqwest::Error) -> Option<Refusal> {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(refusal) = cause.downcast_ref::<Refusal>() {
            return Some(refusal.clone());
        }
        source = cause.source();
    }
    None
}

/// The error and what caused it, in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let part = cause.to_string();
        if !text.contains(&part) {
            text.push_str(": ");
            text.push_str(&part);
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod test_server;
