//! Entity tags and conditional requests (decision 19). A tag is a digest of the body, so that two hosts, which
//! show other URLs, get other tags.

use std::fmt::Write as _;

use poem::Request;
use poem::http::header;
use sha2::{Digest, Sha256};

use super::error::Refusal;

/// The strong tag of a body, quotes included.
pub fn of(body: &str) -> String {
    let digest = Sha256::digest(body.as_bytes());
    let mut tag = String::with_capacity(34);
    tag.push('"');
    for byte in &digest[..16] {
        // Writing to a String cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

/// Whether `If-None-Match` names the tag, so that the client has this body already. Compared weakly.
pub fn is_known_to_client(request: &Request, tag: &str) -> bool {
    condition(request, header::IF_NONE_MATCH.as_str()).is_some_and(|tags| {
        names(&tags, |candidate| {
            candidate.strip_prefix("W/").unwrap_or(candidate) == tag
        })
    })
}

/// The condition `If-Match` of a change: the tags it allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IfMatch(Option<String>);

impl IfMatch {
    /// The condition of a request; an empty header is none.
    pub fn of(request: &Request) -> Self {
        Self(condition(request, header::IF_MATCH.as_str()))
    }

    /// The condition that an object is still as this body shows it.
    pub fn as_shown(body: &str) -> Self {
        Self(Some(of(body)))
    }

    /// Refuses the change of an object that this body shows, when the condition allows only others.
    pub fn demand(&self, body: &str) -> Result<(), Refusal> {
        // The digest is worth computing only for those who ask.
        if self.0.is_some() && !self.allows(&of(body)) {
            return Err(Refusal::PreconditionFailed);
        }
        Ok(())
    }

    /// Whether an object with this tag may be changed. Compared strongly: a weak tag never matches.
    fn allows(&self, tag: &str) -> bool {
        self.0
            .as_ref()
            .is_none_or(|tags| names(tags, |candidate| candidate == tag))
    }
}

fn condition(request: &Request, name: &str) -> Option<String> {
    let values: Vec<&str> = request
        .headers()
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let joined = values.join(",");
    if joined.trim().is_empty() {
        None
    } else {
        Some(joined)
    }
}

fn names(tags: &str, is_it: impl Fn(&str) -> bool) -> bool {
    tags.split(',')
        .map(str::trim)
        .any(|candidate| candidate == "*" || is_it(candidate))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(name: &str, value: &str) -> Request {
        Request::builder().header(name, value).finish()
    }

    #[test]
    fn conditions_compare_as_http_says() {
        let tag = of("{}");
        assert_eq!(tag.len(), 34);
        assert_ne!(tag, of("[]"));
        let table = [
            ("", false, true),
            (" ", false, true),
            ("*", true, true),
            (&tag, true, true),
            (&format!("\"x\", {tag}"), true, true),
            (&format!("W/{tag}"), true, false),
            ("\"x\"", false, false),
            ("x", false, false),
        ];
        for (value, known, allowed) in table {
            assert_eq!(
                is_known_to_client(&request("If-None-Match", value), &tag),
                known,
                "If-None-Match: {value}"
            );
            assert_eq!(
                IfMatch::of(&request("If-Match", value)).allows(&tag),
                allowed,
                "If-Match: {value}"
            );
        }
        assert!(IfMatch::of(&Request::builder().finish()).allows(&tag));
    }
}
