//! An answer of the API and the sentences about it that tests need most.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use crate::http::{Answer, find};

/// Name in the `type` of a Fout, by status, where Open Klant 1.0.0 has one (section 6.1 of its behaviour).
const FAULT_NAMES: [(u16, &str); 7] = [
    (400, "ValidationError"),
    (403, "PermissionDenied"),
    (404, "NotFound"),
    (405, "MethodNotAllowed"),
    (406, "NotAcceptable"),
    (415, "UnsupportedMediaType"),
    (500, "APIException"),
];

/// An answer.
#[derive(Clone, Debug)]
pub struct Response(Answer);

impl Response {
    /// An answer as it came.
    pub fn new(answer: Answer) -> Self {
        Self(answer)
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.0.headers, name)
    }

    /// All headers, in their order.
    pub fn headers(&self) -> &[(String, String)] {
        &self.0.headers
    }

    /// The body.
    pub fn bytes(&self) -> &[u8] {
        &self.0.body
    }

    /// The body as text.
    #[track_caller]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.0.body).expect("the body is UTF-8")
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.0.body)
            .unwrap_or_else(|error| panic!("the body is JSON: {error}\n{}", self.describe()))
    }

    /// A text field of the body.
    #[track_caller]
    pub fn field(&self, name: &str) -> String {
        let body = self.json();
        body[name]
            .as_str()
            .unwrap_or_else(|| panic!("the body has a text {name:?}\n{}", self.describe()))
            .to_owned()
    }

    /// The `url` of the body.
    #[track_caller]
    pub fn url(&self) -> String {
        self.field("url")
    }

    /// Demands a status.
    #[track_caller]
    #[must_use = "chain what else is expected, or drop it"]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status(), status, "status\n{}", self.describe());
        self
    }

    /// Demands a status, and says no more.
    #[track_caller]
    pub fn is(&self, status: u16) {
        assert_eq!(self.status(), status, "status\n{}", self.describe());
    }

    /// Demands a complete Fout with this status and code.
    #[track_caller]
    pub fn fault(&self, status: u16, code: &str) {
        if let Err(complaint) = self.check_fault(status, code) {
            panic!("{complaint}\n{}", self.describe());
        }
    }

    /// Demands a refusal of the input with exactly these names and codes, in any order.
    #[track_caller]
    pub fn refused(&self, params: &[(&str, &str)]) {
        self.fault(400, "invalid");
        let mut expected: Vec<(String, String)> = params
            .iter()
            .map(|(name, code)| ((*name).to_owned(), (*code).to_owned()))
            .collect();
        expected.sort();
        assert_eq!(
            self.invalid_params(),
            expected,
            "invalidParams\n{}",
            self.describe()
        );
    }

    /// Names and codes of `invalidParams`, sorted.
    #[track_caller]
    pub fn invalid_params(&self) -> Vec<(String, String)> {
        let body = self.json();
        let mut params: Vec<(String, String)> = body["invalidParams"]
            .as_array()
            .unwrap_or_else(|| panic!("the body has invalidParams\n{}", self.describe()))
            .iter()
            .map(|param| {
                let text = |key: &str| param[key].as_str().unwrap_or("(no text)").to_owned();
                assert!(
                    !text("reason").is_empty(),
                    "an entry has a reason\n{}",
                    self.describe()
                );
                (text("name"), text("code"))
            })
            .collect();
        params.sort();
        params
    }

    /// What is wrong with this answer as a Fout of this status and code.
    pub fn check_fault(&self, status: u16, code: &str) -> Result<(), String> {
        if self.status() != status {
            return Err(format!("status {} instead of {status}", self.status()));
        }
        self.check_fault_shape()?;
        let body = self.json();
        if body["code"] != code {
            return Err(format!("code {} instead of {code:?}", body["code"]));
        }
        Ok(())
    }

    /// What is wrong with this answer as a Fout, whatever its status and code.
    pub fn check_fault_shape(&self) -> Result<(), String> {
        if self.header("content-type") != Some("application/problem+json") {
            return Err(format!("media type {:?} of a Fout", self.header("content-type")));
        }
        let body: BTreeMap<String, Value> =
            serde_json::from_slice(self.bytes()).map_err(|error| format!("no Fout: {error}"))?;
        let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
        let is_validation = text("code") == "invalid" && self.status() == 400;
        let mut keys = vec!["code", "detail", "instance", "status", "title", "type"];
        if is_validation {
            keys.insert(3, "invalidParams");
        }
        if body.keys().map(String::as_str).ne(keys.iter().copied()) {
            return Err(format!("keys of a Fout: {:?} instead of {keys:?}", body.keys()));
        }
        if body["status"] != self.status() {
            return Err(format!("status in the body: {}", body["status"]));
        }
        if text("title").is_empty() || text("title").contains('{') {
            return Err(format!("title {:?}", text("title")));
        }
        if !body["detail"].is_string() {
            return Err(format!("detail {}", body["detail"]));
        }
        let instance = text("instance").strip_prefix("urn:uuid:");
        if instance.is_none_or(|uuid| Uuid::try_parse(uuid).is_err()) {
            return Err(format!("instance {:?}", text("instance")));
        }
        self.check_fault_type(text("type"), text("code"))
    }

    fn check_fault_type(&self, kind: &str, code: &str) -> Result<(), String> {
        let name = kind
            .split_once("/ref/fouten/")
            .filter(|(base, _)| base.starts_with("http"))
            .and_then(|(_, name)| name.strip_suffix('/'));
        let expected = if code == "parse_error" {
            Some("ParseError")
        } else {
            FAULT_NAMES
                .iter()
                .find(|(status, _)| *status == self.status())
                .map(|(_, name)| *name)
        };
        match (name, expected) {
            (Some(name), Some(expected)) if name == expected => Ok(()),
            (Some(name), None) if !name.is_empty() => Ok(()),
            _ => Err(format!(
                "type {kind:?}, expected …/ref/fouten/{}/",
                expected.unwrap_or("Name")
            )),
        }
    }

    /// Status, headers and the beginning of the body, for messages of failed tests.
    pub fn describe(&self) -> String {
        let body = String::from_utf8_lossy(self.bytes());
        let body: String = body.chars().take(2000).collect();
        format!("answer: {}\n{:?}\n{body}", self.status(), self.headers())
    }
}
