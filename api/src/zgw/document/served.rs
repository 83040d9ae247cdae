//! A document as it is served: JSON or YAML, with the address of this server as the client knows it; and the root of the
//! API, which names its collections.

use poem::http::{HeaderName, HeaderValue, header};
use poem::{Body, Response};
use serde_json::{Map, Value};

use super::OPENAPI_VERSION;
use crate::zgw::ApiDeclaration;
use crate::zgw::error::Refusal;
use crate::zgw::links::Base;

const X_OAS_VERSION: HeaderName = HeaderName::from_static("x-oas-version");

/// The document of one API.
#[derive(Clone, Debug)]
pub struct Document {
    document: Value,
    base_path: &'static str,
}

impl Document {
    /// Serves `document` (see [`super::build`]) for `api`.
    pub fn new(document: Value, api: &ApiDeclaration) -> Self {
        Self {
            document,
            base_path: api.base_path,
        }
    }

    /// The answer in JSON.
    pub fn json(&self, base: &Base) -> Result<Response, Refusal> {
        let text = serde_json::to_string_pretty(&self.at(base))
            .map_err(|error| Refusal::Internal(error.to_string()))?;
        Ok(answer("application/json; charset=utf-8", text))
    }

    /// The answer in YAML.
    pub fn yaml(&self, base: &Base) -> Result<Response, Refusal> {
        let text =
            serde_yaml_ng::to_string(&self.at(base)).map_err(|error| Refusal::Internal(error.to_string()))?;
        Ok(answer("application/yaml; charset=utf-8", text))
    }

    fn at(&self, base: &Base) -> Value {
        let mut document = self.document.clone();
        document["servers"][0]["url"] = Value::from(base.url(self.base_path));
        document
    }
}

/// Documents are open to everyone, pages of other sites included (API Design Rules, publish-openapi).
fn answer(content_type: &'static str, text: String) -> Response {
    Response::builder()
        .header(header::CONTENT_TYPE, content_type)
        .header(X_OAS_VERSION, OPENAPI_VERSION)
        .header(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"))
        .header(
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, no-cache"),
        )
        .body(Body::from(text))
}

/// The root of `api`: the address of each of its collections.
pub fn root(api: &ApiDeclaration, base: &Base) -> Response {
    let collections: Map<String, Value> = api
        .collections
        .iter()
        .map(|name| {
            (
                (*name).to_owned(),
                Value::from(base.url(&format!("{}/{name}", api.base_path))),
            )
        })
        .collect();
    Response::builder()
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(Value::Object(collections).to_string()))
}
