//! Every refusal of the API and the one place that turns it into HTTP: status, code, Dutch title, the body `Fout`.
//!
//! A client hears its mistake and nothing of our insides. The log line carries the same `instance` as the body.

use std::borrow::Cow;

use openklant_shared::domain::fault::Faults;
use openklant_shared::storage::StorageError;
use poem::error::ResponseError;
use poem::http::{StatusCode, header};
use poem::{Body, Response};
use serde::Serialize;
use thiserror::Error;
use uuid::Uuid;

use super::links::Base;

/// The media type of every error body.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// A request that is not answered with what it asked for.
#[derive(Debug, Error)]
pub enum Refusal {
    /// No such path or object.
    #[error("not found")]
    NotFound,
    /// No valid token (with the code that says why) or not the right scope.
    #[error("permission denied: {0}")]
    PermissionDenied(&'static str),
    /// The path does not know the method.
    #[error("method not allowed")]
    MethodNotAllowed(String),
    /// `Accept` allows nothing we have.
    #[error("not acceptable")]
    NotAcceptable,
    /// The body is of a kind we do not read.
    #[error("unsupported media type")]
    UnsupportedMediaType(String),
    /// The body is no JSON, or the request cannot be read otherwise.
    #[error("parse error")]
    Parse(Cow<'static, str>),
    /// The request breaks rules.
    #[error("invalid")]
    Invalid(Faults),
    /// `If-Match` names another version.
    #[error("precondition failed")]
    PreconditionFailed,
    /// The body is larger than [`super::body::MAX_BODY`].
    #[error("request too large")]
    TooLarge,
    /// The client has as many requests under way as it may.
    #[error("too many requests")]
    TooManyRequests,
    /// It would work later: no database, or too slow.
    #[error("service unavailable: {0}")]
    Unavailable(String),
    /// Our fault.
    #[error("internal error: {0}")]
    Internal(String),
}

impl From<Faults> for Refusal {
    fn from(faults: Faults) -> Self {
        Self::Invalid(faults)
    }
}

impl From<StorageError> for Refusal {
    fn from(error: StorageError) -> Self {
        match error {
            // For want of a key nothing is lost: it works again once the operator has put it in place.
            StorageError::Unavailable(_) | StorageError::Vault(_) => Self::Unavailable(error.to_string()),
            StorageError::Unique(_)
            | StorageError::Missing
            | StorageError::Corrupt { .. }
            | StorageError::Other(_) => Self::Internal(error.to_string()),
        }
    }
}

/// One kind of error: the name in `type`, its status, its code and its title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Last part of `type`; the page `/ref/fouten/{name}/` explains it.
    pub name: &'static str,
    /// Status of the answer.
    pub status: StatusCode,
    /// Code in the body (refusals of permission carry their own).
    pub code: &'static str,
    /// Title in the body; `{}` is filled in.
    pub title: &'static str,
    /// What went wrong and what to do about it, for the reference page.
    pub explanation: &'static str,
}

const VALIDATION_ERROR: Kind = Kind {
    name: "ValidationError",
    status: StatusCode::BAD_REQUEST,
    code: "invalid",
    title: "Invalid input.",
    explanation: "De aanvraag voldoet niet aan de regels. `invalidParams` noemt elk veld met een code en een reden; verbeter ze alle en stuur de aanvraag opnieuw.",
};

const PARSE_ERROR: Kind = Kind {
    name: "ParseError",
    status: StatusCode::BAD_REQUEST,
    code: "parse_error",
    title: "Ongeldig samengestelde request.",
    explanation: "De aanvraag kon niet gelezen worden, bijvoorbeeld omdat de inhoud geen geldige JSON is.",
};

const PERMISSION_DENIED: Kind = Kind {
    name: "PermissionDenied",
    status: StatusCode::FORBIDDEN,
    code: "permission_denied",
    title: "Je hebt geen toestemming om deze actie uit te voeren.",
    explanation: "Het token ontbreekt, is ongeldig of geeft niet de scope die de operatie vraagt. De code zegt welke van deze.",
};

const NOT_FOUND: Kind = Kind {
    name: "NotFound",
    status: StatusCode::NOT_FOUND,
    code: "not_found",
    title: "Niet gevonden.",
    explanation: "Het pad of het object bestaat niet (meer), of de pagina van de lijst ligt voorbij het einde.",
};

const METHOD_NOT_ALLOWED: Kind = Kind {
    name: "MethodNotAllowed",
    status: StatusCode::METHOD_NOT_ALLOWED,
    code: "method_not_allowed",
    title: "Methode \"{}\" niet toegestaan.",
    explanation: "Dit pad kent de methode niet. De header `Allow` noemt de methoden die er wel zijn.",
};

const NOT_ACCEPTABLE: Kind = Kind {
    name: "NotAcceptable",
    status: StatusCode::NOT_ACCEPTABLE,
    code: "not_acceptable",
    title: "Kan niet voldoen aan de opgegeven Accept header.",
    explanation: "De API antwoordt met `application/json` en `application/problem+json`; de header `Accept` staat geen van beide toe.",
};

const PRECONDITION_FAILED: Kind = Kind {
    name: "PreconditionFailed",
    status: StatusCode::PRECONDITION_FAILED,
    code: "precondition_failed",
    title: "Het object is intussen gewijzigd.",
    explanation: "De header `If-Match` noemt een andere versie dan de huidige. Haal het object opnieuw op en herhaal de wijziging.",
};

const REQUEST_TOO_LARGE: Kind = Kind {
    name: "RequestTooLarge",
    status: StatusCode::PAYLOAD_TOO_LARGE,
    code: "request_too_large",
    title: "De inhoud van de aanvraag is te groot.",
    explanation: "De inhoud van een aanvraag mag hoogstens 1 MiB groot zijn.",
};

const UNSUPPORTED_MEDIA_TYPE: Kind = Kind {
    name: "UnsupportedMediaType",
    status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
    code: "unsupported_media_type",
    title: "Ongeldige media type \"{}\" in aanvraag.",
    explanation: "De API leest alleen `application/json`; zet de header `Content-Type` daarop.",
};

const THROTTLED: Kind = Kind {
    name: "Throttled",
    status: StatusCode::TOO_MANY_REQUESTS,
    code: "throttled",
    title: "Te veel aanvragen tegelijk.",
    explanation: "Van deze client worden al zoveel aanvragen tegelijk behandeld als is toegestaan. Wacht tot er een beantwoord is en herhaal de aanvraag; de header `Retry-After` zegt na hoeveel seconden.",
};

const API_EXCEPTION: Kind = Kind {
    name: "APIException",
    status: StatusCode::INTERNAL_SERVER_ERROR,
    code: "error",
    title: "Er is een serverfout opgetreden.",
    explanation: "De fout ligt aan de server. Geef `instance` door aan de beheerder: dezelfde waarde staat in het logboek.",
};

const SERVICE_UNAVAILABLE: Kind = Kind {
    name: "ServiceUnavailable",
    status: StatusCode::SERVICE_UNAVAILABLE,
    code: "service_unavailable",
    title: "De dienst is tijdelijk niet beschikbaar.",
    explanation: "De server kan de aanvraag nu niet uitvoeren. Probeer het later opnieuw. Gebeurde dit juist terwijl een wijziging vastgelegd werd, dan kan zij toch doorgevoerd zijn: haal het object eerst op.",
};

/// Every kind of error this server gives.
pub const KINDS: [Kind; 12] = [
    VALIDATION_ERROR,
    PARSE_ERROR,
    PERMISSION_DENIED,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    NOT_ACCEPTABLE,
    PRECONDITION_FAILED,
    REQUEST_TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    THROTTLED,
    API_EXCEPTION,
    SERVICE_UNAVAILABLE,
];

/// The body of an error, as the standard shapes it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fout<'a> {
    r#type: String,
    code: &'a str,
    title: String,
    status: u16,
    detail: String,
    instance: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    invalid_params: Option<Vec<InvalidParam<'a>>>,
}

#[derive(Serialize)]
struct InvalidParam<'a> {
    name: &'a str,
    code: &'a str,
    reason: &'a str,
}

/// What the front door may know of an answer that is a refusal, for its line in the log.
#[derive(Clone, Copy, Debug)]
pub struct Refused {
    /// The identity of the error that the client was told.
    pub instance: Uuid,
    /// The code that the client was told.
    pub code: &'static str,
}

impl Refusal {
    /// Its kind.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_) => VALIDATION_ERROR,
            Self::Parse(_) => PARSE_ERROR,
            Self::PermissionDenied(_) => PERMISSION_DENIED,
            Self::NotFound => NOT_FOUND,
            Self::MethodNotAllowed(_) => METHOD_NOT_ALLOWED,
            Self::NotAcceptable => NOT_ACCEPTABLE,
            Self::PreconditionFailed => PRECONDITION_FAILED,
            Self::TooLarge => REQUEST_TOO_LARGE,
            Self::UnsupportedMediaType(_) => UNSUPPORTED_MEDIA_TYPE,
            Self::TooManyRequests => THROTTLED,
            Self::Internal(_) => API_EXCEPTION,
            Self::Unavailable(_) => SERVICE_UNAVAILABLE,
        }
    }

    /// The code in the body.
    pub fn code(&self) -> &'static str {
        match self {
            Self::PermissionDenied(code) => code,
            _ => self.kind().code,
        }
    }

    fn title(&self) -> String {
        let title = self.kind().title;
        match self {
            Self::MethodNotAllowed(value) | Self::UnsupportedMediaType(value) => title.replace("{}", value),
            _ => title.to_owned(),
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::Invalid(_) => String::new(),
            Self::Parse(reason) => reason.to_string(),
            _ => self.title(),
        }
    }

    /// What poem made of a request it refused by itself.
    pub fn from_poem(error: poem::Error) -> Self {
        let status = error.status();
        match error.downcast::<Self>() {
            Ok(refusal) => refusal,
            Err(_) if status == StatusCode::NOT_FOUND => Self::NotFound,
            Err(_) if status == StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            Err(_) if status.is_client_error() => Self::Parse("De aanvraag kon niet gelezen worden.".into()),
            Err(error) => Self::Internal(error.to_string()),
        }
    }

    /// The answer, with `instance` as its identity; logs it under the same identity.
    pub fn into_answer(self, base: &Base, instance: Uuid) -> Response {
        let kind = self.kind();
        if kind.status.is_server_error() {
            tracing::error!(%instance, status = kind.status.as_u16(), cause = %self, "request failed");
        } else {
            tracing::debug!(%instance, status = kind.status.as_u16(), code = self.code(), "request refused");
        }
        let invalid_params = match &self {
            Self::Invalid(faults) => Some(
                faults
                    .iter()
                    .map(|fault| InvalidParam {
                        name: &fault.name,
                        code: fault.code,
                        reason: &fault.reason,
                    })
                    .collect(),
            ),
            _ => None,
        };
        let body = serde_json::json!(Fout {
            r#type: base.url(&format!("/ref/fouten/{}/", kind.name)),
            code: self.code(),
            title: self.title(),
            status: kind.status.as_u16(),
            detail: self.detail(),
            instance: instance.urn().to_string(),
            invalid_params,
        });
        let mut answer = Response::builder()
            .status(kind.status)
            .header(header::CONTENT_TYPE, PROBLEM_JSON)
            .body(Body::from(body.to_string()));
        answer.extensions_mut().insert(Refused {
            instance,
            code: self.code(),
        });
        let retry_after = match kind.status {
            StatusCode::SERVICE_UNAVAILABLE => Some("5"),
            StatusCode::TOO_MANY_REQUESTS => Some("1"),
            _ => None,
        };
        if let Some(seconds) = retry_after {
            answer
                .headers_mut()
                .insert(header::RETRY_AFTER, header::HeaderValue::from_static(seconds));
        }
        answer
    }
}

impl ResponseError for Refusal {
    fn status(&self) -> StatusCode {
        self.kind().status
    }
}
