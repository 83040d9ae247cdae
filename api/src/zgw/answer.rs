//! The answers of resources. Each holds JSON text that is ready to be sent, and tells the document which schema it
//! has; poem-openapi's own `Json` would serialise a second time and cannot say `application/json` without a charset.

use std::marker::PhantomData;

use poem::http::{HeaderValue, StatusCode, header};
use poem::{Body, IntoResponse, Request, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaHeader, MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::Type;

use super::etag;

/// One page of a list.
pub struct Listed<T>(String, PhantomData<fn() -> T>);

/// One object, or 304 when the client has it.
pub struct Found<T> {
    body: Option<String>,
    tag: String,
    documented_as: PhantomData<fn() -> T>,
}

/// A new object, with its URL.
pub struct Created<T> {
    body: String,
    location: String,
    documented_as: PhantomData<fn() -> T>,
}

/// An object after a change.
pub struct Changed<T>(String, PhantomData<fn() -> T>);

/// Nothing: the object is gone.
pub struct Removed;

impl<T> Listed<T> {
    /// A page with this body.
    pub fn new(body: String) -> Self {
        Self(body, PhantomData)
    }
}

impl<T> Found<T> {
    /// An object with this body, as an answer to `request`.
    pub fn new(body: String, request: &Request) -> Self {
        let tag = etag::of(&body);
        let body = (!etag::is_known_to_client(request, &tag)).then_some(body);
        Self {
            body,
            tag,
            documented_as: PhantomData,
        }
    }
}

impl<T> Created<T> {
    /// An object with this body at `location`.
    pub fn new(body: String, location: String) -> Self {
        Self {
            body,
            location,
            documented_as: PhantomData,
        }
    }
}

impl<T> Changed<T> {
    /// An object with this body.
    pub fn new(body: String) -> Self {
        Self(body, PhantomData)
    }
}

fn json(status: StatusCode, body: String) -> Response {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body))
}

fn with_header(mut answer: Response, name: header::HeaderName, value: &str) -> Response {
    // Tags and URLs are ASCII by construction; were one not, the answer is still right without it.
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
    answer
}

impl<T: Send> IntoResponse for Listed<T> {
    fn into_response(self) -> Response {
        json(StatusCode::OK, self.0)
    }
}

impl<T: Send> IntoResponse for Found<T> {
    fn into_response(self) -> Response {
        let answer = match self.body {
            Some(body) => json(StatusCode::OK, body),
            None => StatusCode::NOT_MODIFIED.into_response(),
        };
        let answer = with_header(answer, header::ETAG, &self.tag);
        with_header(answer, header::CACHE_CONTROL, "private, no-cache")
    }
}

impl<T: Send> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        with_header(
            json(StatusCode::CREATED, self.body),
            header::LOCATION,
            &self.location,
        )
    }
}

impl<T: Send> IntoResponse for Changed<T> {
    fn into_response(self) -> Response {
        json(StatusCode::OK, self.0)
    }
}

impl IntoResponse for Removed {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

fn documented<T: Type>(status: u16, description: &'static str, headers: &[&str]) -> MetaResponse {
    MetaResponse {
        description,
        status: Some(status),
        status_range: None,
        content: vec![MetaMediaType {
            content_type: "application/json",
            schema: T::schema_ref(),
        }],
        headers: headers.iter().map(|name| text_header(name)).collect(),
    }
}

fn text_header(name: &str) -> MetaHeader {
    MetaHeader {
        name: name.to_owned(),
        description: None,
        required: false,
        deprecated: false,
        schema: String::schema_ref(),
    }
}

macro_rules! api_response {
    ($($answer:ident => $status:literal $description:literal $headers:expr;)*) => {
        $(impl<T: Type> ApiResponse for $answer<T> {
            fn meta() -> MetaResponses {
                MetaResponses { responses: vec![documented::<T>($status, $description, $headers)] }
            }

            fn register(registry: &mut Registry) {
                T::register(registry);
            }
        })*
    };
}

api_response! {
    Listed => 200 "Een pagina van de lijst." &[];
    Found => 200 "Het object." &["ETag"];
    Created => 201 "Aangemaakt." &["Location"];
    Changed => 200 "Gewijzigd." &[];
}

impl ApiResponse for Removed {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "Verwijderd.",
                status: Some(204),
                status_range: None,
                content: Vec::new(),
                headers: Vec::new(),
            }],
        }
    }

    fn register(_: &mut Registry) {}
}
