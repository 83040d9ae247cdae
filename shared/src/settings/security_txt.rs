//! Settings of `/.well-known/security.txt` (RFC 9116): whom a finder of a weakness tells.

use chrono::{DateTime, Utc};
use url::Url;

use super::address::http_url;
use super::names;
use super::reader::Reader;
use super::value::{ValueError, list};

/// What `/.well-known/security.txt` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecurityTxt {
    /// A text of our own.
    Own {
        /// Where to report: URIs, the first is preferred.
        contacts: Vec<String>,
        /// Until when that holds.
        expires: DateTime<Utc>,
    },
    /// The one of the organisation, which clients are led to.
    Elsewhere(Url),
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<SecurityTxt> {
    let contacts = reader.get(&names::SECURITY_CONTACT, list(contact));
    let expires = reader.get(&names::SECURITY_EXPIRES, moment);
    let elsewhere = reader.get(&names::SECURITY_TXT_URL, http_url);
    if let Some(url) = elsewhere {
        return Some(SecurityTxt::Elsewhere(url));
    }
    match (contacts, expires) {
        (Some(contacts), Some(expires)) => Some(SecurityTxt::Own { contacts, expires }),
        (Some(_), None) if !reader.is_set(&names::SECURITY_EXPIRES) => {
            let problem = ValueError::Missing("a security.txt with a contact must say until when it holds");
            reader.at_odds(&names::SECURITY_EXPIRES, problem, names::SECURITY_EXPIRES.example);
            None
        }
        (None, Some(_)) if !reader.is_set(&names::SECURITY_CONTACT) => {
            reader.no_effect(
                names::SECURITY_EXPIRES.name,
                "it belongs to OPENKLANT_SECURITY_CONTACT, which is not set",
            );
            None
        }
        _ => None,
    }
}

/// A URI as RFC 9116 wants it: a page over https, an e-mail address or a telephone number.
fn contact(text: &str) -> Result<String, ValueError> {
    let usable = Url::parse(text).is_ok_and(|url| match url.scheme() {
        "https" => url.has_host(),
        "mailto" | "tel" => !url.path().is_empty(),
        _ => false,
    });
    if usable && !text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        Ok(text.to_owned())
    } else {
        Err(ValueError::Contact)
    }
}

fn moment(text: &str) -> Result<DateTime<Utc>, ValueError> {
    DateTime::parse_from_rfc3339(text)
        .map(|moment| moment.to_utc())
        .map_err(|_| ValueError::Moment)
}
