//! `/.well-known/security.txt`: whom a finder of a weakness tells (RFC 9116). Only there when the settings say so.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use openklant_shared::settings::SecurityTxt;
use poem::Response;
use poem::http::{StatusCode, header};

use crate::zgw::links::Base;

/// Its path.
pub const PATH: &str = "/.well-known/security.txt";

/// From how long before its end on a text is warned about.
const WARN_AHEAD: TimeDelta = TimeDelta::days(30);

/// The page.
pub fn page(txt: &SecurityTxt, base: &Base) -> Response {
    match txt {
        SecurityTxt::Own { contacts, expires } => Response::builder()
            .header(header::CONTENT_TYPE, "text/plain; charset=utf-8")
            .body(text(contacts, *expires, &base.url(PATH))),
        SecurityTxt::Elsewhere(url) => Response::builder()
            .status(StatusCode::FOUND)
            .header(header::LOCATION, url.as_str())
            .finish(),
    }
}

fn text(contacts: &[String], expires: DateTime<Utc>, here: &str) -> String {
    let mut lines: Vec<String> = contacts
        .iter()
        .map(|contact| format!("Contact: {contact}"))
        .collect();
    lines.push(format!(
        "Expires: {}",
        expires.to_rfc3339_opts(SecondsFormat::Secs, true)
    ));
    lines.push("Preferred-Languages: nl, en".to_owned());
    // The standard knows it for https only.
    if here.starts_with("https://") {
        lines.push(format!("Canonical: {here}"));
    }
    lines.join("\n") + "\n"
}

/// Says in the log that the text ends soon, or has ended.
pub fn warn_about_its_end(txt: &SecurityTxt, now: DateTime<Utc>) {
    if let SecurityTxt::Own { expires, .. } = txt
        && *expires - WARN_AHEAD <= now
    {
        tracing::warn!(%expires, "the security.txt ends soon or has ended: set OPENKLANT_SECURITY_EXPIRES anew");
    }
}
