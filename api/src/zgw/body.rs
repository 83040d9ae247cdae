//! Reading request bodies. poem-openapi only describes them: it would stop at the first fault, in English. What is
//! wrong with a body is told after the permission and the object were checked, so reading and judging are apart.

use std::marker::PhantomData;

use bytes::Bytes;
use openklant_shared::domain::codes;
use openklant_shared::domain::fault::Faults;
use poem::error::ReadBodyError;
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaMediaType, MetaRequest, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde_json::{Map, Value};

use super::error::Refusal;
use super::request::RequestInfo;

/// The largest body that is read: 1 MiB.
pub const MAX_BODY: usize = 1024 * 1024;

/// A JSON object as it came.
pub type JsonObject = Map<String, Value>;

/// The body of a request, documented as `T`, read but not judged yet.
#[derive(Debug)]
pub struct Payload<T> {
    content_type: Option<String>,
    bytes: Result<Bytes, Refusal>,
    documented_as: PhantomData<fn() -> T>,
}

impl<T> Payload<T> {
    /// Reads the body of a request.
    pub(crate) async fn read(request: &Request, body: &mut RequestBody) -> Self {
        let bytes = match body.take() {
            Ok(body) => body
                .into_bytes_limit(MAX_BODY)
                .await
                .map_err(|error| match error {
                    ReadBodyError::PayloadTooLarge => Refusal::TooLarge,
                    _ => Refusal::Parse("De inhoud van de aanvraag kwam niet volledig aan.".into()),
                }),
            Err(_) => Ok(Bytes::new()),
        };
        let searched = RequestInfo::of(request)
            .ok()
            .and_then(|info| info.searched.as_ref());
        if let (Some(searched), Ok(bytes)) = (searched, &bytes) {
            let _put_once = searched.set(bytes.clone());
        }
        Self {
            content_type: request.content_type().map(str::to_owned),
            bytes,
            documented_as: PhantomData,
        }
    }

    /// The body as an object. No body counts as `{}`; a body of another media type, no JSON, or JSON that is no
    /// object are refused.
    pub fn into_object(self) -> Result<JsonObject, Refusal> {
        let bytes = self.bytes?;
        if bytes.is_empty() {
            return Ok(Map::new());
        }
        if !self.content_type.as_deref().is_some_and(is_json) {
            return Err(Refusal::UnsupportedMediaType(
                self.content_type.unwrap_or_default(),
            ));
        }
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(Faults::from(codes::INVALID_BODY).into()),
            // The place only: the parser's own words may quote what was sent.
            Err(fault) => Err(Refusal::Parse(
                format!(
                    "De inhoud is geen geldige JSON (regel {}, positie {}).",
                    fault.line(),
                    fault.column()
                )
                .into(),
            )),
        }
    }
}

/// `application/json`, with any parameters.
fn is_json(content_type: &str) -> bool {
    content_type
        .split(';')
        .next()
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

impl<'a, T: Type> ApiExtractor<'a> for Payload<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType {
                content_type: "application/json",
                schema: T::schema_ref(),
            }],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        Ok(Self::read(request, body).await)
    }
}
