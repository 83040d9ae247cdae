//! Why a page cannot be shown: everything a handler answers with `?`, turned into a page in one place.

use openklant_shared::storage::StorageError;
use openklant_shared::vault::VaultError;
use poem::http::StatusCode;

use super::language::Text;
use crate::zgw::error::Refusal;

/// Why a page cannot be shown.
#[derive(Debug)]
pub enum Problem {
    /// Nobody is logged in, or the session ended: 303 to the login page.
    NotLoggedIn,
    /// The session of this account ended, and a form was posted: 303 to the login page, with what was typed kept.
    Ended(i64),
    /// Logged in, without the right: 403.
    Forbidden,
    /// Logged in, without any role: 403.
    NoRole,
    /// The form carries no token of this session: 403.
    ForeignForm,
    /// No such page or object: 404.
    NotFound,
    /// The address does not take this: 405.
    MethodNotAllowed(&'static str),
    /// Somebody else was first; says what happened: 409.
    Conflict(Text),
    /// It was deleted: 410.
    Gone {
        /// Says when.
        what: Text,
        /// Path of what the log knows of it, for who may read that.
        log: Option<String>,
    },
    /// More than the site reads: 413.
    TooLarge,
    /// The request cannot be read: 400.
    Unreadable,
    /// Too many at a time: 429.
    TooMany(Text),
    /// It would work later: 503.
    Unavailable(String),
    /// Our fault: 500.
    Internal(String),
}

impl Problem {
    /// Its status; that of the login page is a redirect.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::NotLoggedIn | Self::Ended(_) => StatusCode::SEE_OTHER,
            Self::Forbidden | Self::NoRole | Self::ForeignForm => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Gone { .. } => StatusCode::GONE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Its code, for the log and the metrics.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotLoggedIn | Self::Ended(_) => "not_logged_in",
            Self::Forbidden => "permission_denied",
            Self::NoRole => "no_role",
            Self::ForeignForm => "foreign_form",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed(_) => "method_not_allowed",
            Self::Conflict(_) => "conflict",
            Self::Gone { .. } => "gone",
            Self::TooLarge => "request_too_large",
            Self::Unreadable => "parse_error",
            Self::TooMany(_) => "throttled",
            Self::Unavailable(_) => "service_unavailable",
            Self::Internal(_) => "error",
        }
    }

    /// Heading and sentence of its page.
    pub fn words(self) -> (Text, Text) {
        match self {
            Self::NotLoggedIn | Self::Ended(_) | Self::Forbidden => (
                Text::new("Geen toegang", "No access"),
                Text::new(
                    "Uw rollen geven geen recht op deze pagina.",
                    "Your roles give no right to this page.",
                ),
            ),
            Self::NoRole => (
                Text::new("Geen toegang", "No access"),
                Text::new(
                    "U bent ingelogd, maar hebt nog geen rol.",
                    "You are logged in, but have no role yet.",
                ),
            ),
            Self::ForeignForm => (
                Text::new("Het formulier is verlopen", "The form has expired"),
                Text::new(
                    "Dit formulier hoort niet bij uw sessie. Er is niets gedaan. Ga terug, ververs de pagina en probeer het opnieuw.",
                    "This form does not belong to your session. Nothing was done. Go back, refresh the page and try again.",
                ),
            ),
            Self::NotFound => (
                Text::new("Niet gevonden", "Not found"),
                Text::new(
                    "Deze pagina bestaat niet, of wat erop stond is er niet meer.",
                    "There is no such page, or what was on it is gone.",
                ),
            ),
            Self::MethodNotAllowed(_) => (
                Text::new("Dit kan hier niet", "Not possible here"),
                Text::new(
                    "Dit adres doet niet wat gevraagd werd. Er is niets gedaan.",
                    "This address does not do what was asked. Nothing was done.",
                ),
            ),
            Self::Conflict(what) => (Text::new("Intussen gewijzigd", "Changed meanwhile"), what),
            Self::Gone { what, .. } => (Text::new("Verwijderd", "Deleted"), what),
            Self::TooLarge => (
                Text::new("Te groot", "Too large"),
                Text::new(
                    "U stuurde meer dan deze pagina leest (64 KiB). Er is niets gedaan.",
                    "You sent more than this page reads (64 KiB). Nothing was done.",
                ),
            ),
            Self::Unreadable => (
                Text::new("Onleesbaar", "Unreadable"),
                Text::new(
                    "De aanvraag kon niet gelezen worden. Er is niets gedaan.",
                    "The request could not be read. Nothing was done.",
                ),
            ),
            Self::TooMany(what) => (Text::new("Te vaak", "Too often"), what),
            Self::Unavailable(_) => (
                Text::new("Even niet beschikbaar", "Not available just now"),
                Text::new(
                    "De server kan dit nu niet doen. Probeer het over een minuut opnieuw.",
                    "The server cannot do this now. Try again in a minute.",
                ),
            ),
            Self::Internal(_) => (
                Text::new("Er ging iets mis", "Something went wrong"),
                Text::new(
                    "De fout ligt aan de server. Geef dit kenmerk door aan de beheerder van de server:",
                    "The fault is the server's. Tell whoever runs the server this reference:",
                ),
            ),
        }
    }
}

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        Refusal::from(error).into()
    }
}

impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<askama::Error> for Problem {
    fn from(error: askama::Error) -> Self {
        Self::Internal(format!("a page cannot be made: {error}"))
    }
}

/// What a service refused. A page with a form deals with `Invalid` itself: here it means that the page let something
/// through that it should have told of.
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound => Self::NotFound,
            Refusal::PermissionDenied(_) => Self::Forbidden,
            Refusal::PreconditionFailed => Self::Conflict(Text::new(
                "Iemand anders heeft dit intussen gewijzigd. Er is niets opgeslagen.",
                "Somebody else has changed this meanwhile. Nothing was saved.",
            )),
            Refusal::TooLarge => Self::TooLarge,
            Refusal::TooManyRequests => Self::TooMany(Text::new(
                "Er worden al te veel aanvragen tegelijk behandeld. Probeer het zo opnieuw.",
                "Too many requests are handled already. Try again in a moment.",
            )),
            Refusal::Unavailable(why) => Self::Unavailable(why),
            Refusal::Invalid(faults) => {
                let names: Vec<&str> = faults.iter().take(10).map(|fault| fault.name.as_str()).collect();
                Self::Internal(format!(
                    "a page did not tell of a refusal of {}",
                    names.join(", ")
                ))
            }
            Refusal::MethodNotAllowed(_)
            | Refusal::NotAcceptable
            | Refusal::UnsupportedMediaType(_)
            | Refusal::Parse(_) => Self::Unreadable,
            Refusal::Internal(why) => Self::Internal(why),
        }
    }
}
