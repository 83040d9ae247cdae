//! From an answer of the Notificaties API to the class that decides what becomes of the message. Pure; the body is
//! whatever somebody on the way chose to send, so any bytes must do.

use chrono::{DateTime, Utc};
use openklant_shared::domain::delivery::Class;
use openklant_shared::http::{Answer, FetchError, HeaderMap};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;

/// Characters of an answer that are kept with the attempt.
const KEPT_CHARACTERS: usize = 1000;

/// The class of one attempt.
pub(crate) fn classify(result: &Result<Answer, FetchError>) -> Class {
    let answer = match result {
        Ok(answer) => answer,
        Err(FetchError::Refused(_) | FetchError::Redirects { .. }) => return Class::Endpoint,
        Err(_) => return Class::Temporary,
    };
    match answer.status {
        // A page says that a web site, a login screen or a proxy answered: even with 200 nothing took the message.
        200..=299 if is_page(answer) => Class::Endpoint,
        200..=299 => Class::Delivered,
        408 | 425 | 429 | 500..=599 => Class::Temporary,
        401 | 403 => Class::Denied,
        404 | 405 | 406 | 415 | 300..=399 => Class::Endpoint,
        400..=499 if is_page(answer) => Class::Endpoint,
        400 => refusal(&answer.body),
        401..=499 => Class::Refused,
        // Not a final status of HTTP.
        _ => Class::Endpoint,
    }
}

/// The class of one attempt to deliver an event. Events have an id, and an API that remembers them refuses the second
/// of the same: it has the first.
pub(crate) fn classify_event(result: &Result<Answer, FetchError>) -> Class {
    match (classify(result), result) {
        (Class::Refused, Ok(answer)) if answer.status == 400 && is_repetition(&answer.body) => {
            Class::Delivered
        }
        (class, _) => class,
    }
}

fn is_repetition(body: &[u8]) -> bool {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let params = body.get("invalid_params").or_else(|| body.get("invalidParams"));
    let is_unique = |param: &Value| param.get("code").and_then(Value::as_str) == Some("unique");
    params
        .and_then(Value::as_array)
        .is_some_and(|params| !params.is_empty() && params.iter().all(is_unique))
}

/// Why a message was refused with 400. Both forms of a refusal are known: a problem document, and a bare object of
/// fields.
fn refusal(body: &[u8]) -> Class {
    let fields = refused_fields(body);
    if fields.contains("kanaal") {
        Class::Kanaal
    } else if fields.len() == 1 && fields.contains("aanmaakdatum") {
        Class::Clock
    } else {
        Class::Refused
    }
}

/// Names of the fields that a 400 complains about, without what they hold (`kenmerken.x` counts as `kenmerken`).
fn refused_fields(body: &[u8]) -> BTreeSet<String> {
    let Ok(Value::Object(body)) = serde_json::from_slice(body) else {
        return BTreeSet::new();
    };
    let params = body.get("invalidParams").or_else(|| body.get("invalid_params"));
    if let Some(params) = params {
        return params
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|param| param.get("name")?.as_str())
            .map(|name| name.split('.').next().unwrap_or(name).to_owned())
            .collect();
    }
    // A problem document without fields: its members are texts and numbers, those of a field map are not.
    body.into_iter()
        .filter(|(_, value)| value.is_array() || value.is_object())
        .map(|(name, _)| name)
        .collect()
}

/// Whether the answer is a web page.
fn is_page(answer: &Answer) -> bool {
    let declared = answer
        .headers
        .get("content-type")
        .is_some_and(|value| value.as_bytes().to_ascii_lowercase().starts_with(b"text/html"));
    let start = answer.body.trim_ascii_start();
    let begins_with = |text: &str| {
        start
            .get(..text.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(text.as_bytes()))
    };
    (declared && !start.is_empty()) || begins_with("<!doctype html") || begins_with("<html")
}

/// How long the other side asks to wait: seconds, or until a moment.
pub(crate) fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let value = headers.get("retry-after")?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DateTime::parse_from_rfc2822(value).ok()?;
    (until.to_utc() - now).to_std().ok()
}

/// What is kept of a result: the beginning of the body, or the error. No U+0000, which PostgreSQL cannot hold.
pub(crate) fn kept(result: &Result<Answer, FetchError>) -> String {
    let text = match result {
        Ok(answer) => String::from_utf8_lossy(&answer.body).into_owned(),
        Err(error) => error.to_string(),
    };
    text.chars()
        .filter(|&character| character != '\0')
        .take(KEPT_CHARACTERS)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_that_is_there_already_was_delivered() {
        let table: [(u16, &[u8], Class); 6] = [
            (
                400,
                br#"{"invalid_params":[{"name":"nonFieldErrors","code":"unique"}]}"#,
                Class::Delivered,
            ),
            (
                400,
                br#"{"invalidParams":[{"name":"id","code":"unique"}]}"#,
                Class::Delivered,
            ),
            (
                400,
                br#"{"invalid_params":[{"code":"unique"},{"code":"blank"}]}"#,
                Class::Refused,
            ),
            (400, br#"{"invalid_params":[]}"#, Class::Refused),
            (409, br#"{"invalid_params":[{"code":"unique"}]}"#, Class::Refused),
            (
                500,
                br#"{"invalid_params":[{"code":"unique"}]}"#,
                Class::Temporary,
            ),
        ];
        for (status, body, expected) in table {
            let result = Ok(answer(status, "application/problem+json", body));
            assert_eq!(classify_event(&result), expected, "{status}");
        }
    }
    use openklant_shared::http::Refusal;

    fn answer(status: u16, content_type: &str, body: &[u8]) -> Answer {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", content_type.parse().expect("a header value"));
        Answer {
            status,
            headers,
            body: body.to_vec().into(),
        }
    }

    #[test]
    fn classifies_answers() {
        let json = "application/json";
        let html = "text/html; charset=utf-8";
        let problem =
            br#"{"type":"x","code":"invalid","title":"Invalid","status":400,"detail":"","instance":"urn:x",
            "invalidParams":[{"name":"","code":"invalid","reason":"no source"}]}"#;
        let problem_kanaal =
            br#"{"code":"invalid","invalidParams":[{"name":"kanaal","code":"x","reason":"y"}]}"#;
        let problem_clock =
            br#"{"code":"invalid","invalid_params":[{"name":"aanmaakdatum","code":"x","reason":"y"}]}"#;
        let parse_error = br#"{"type":"x","code":"parse_error","title":"t","status":400,"detail":"JSON"}"#;
        let table: &[(u16, &str, &[u8], Class)] = &[
            (200, json, b"", Class::Delivered),
            (201, json, b"{}", Class::Delivered),
            (202, "text/plain", b"queued", Class::Delivered),
            (204, html, b"", Class::Delivered),
            (200, html, b"<!DOCTYPE html><p>log in", Class::Endpoint),
            (201, json, b"  <HTML>", Class::Endpoint),
            (301, json, b"", Class::Endpoint),
            (302, html, b"", Class::Endpoint),
            (304, json, b"", Class::Endpoint),
            (401, json, b"", Class::Denied),
            (403, json, br#"{"code":"permission_denied"}"#, Class::Denied),
            (403, html, b"<html>", Class::Denied),
            (404, html, b"<html>", Class::Endpoint),
            (404, json, b"{}", Class::Endpoint),
            (405, json, b"{}", Class::Endpoint),
            (406, json, b"{}", Class::Endpoint),
            (415, json, b"{}", Class::Endpoint),
            (408, json, b"", Class::Temporary),
            (425, json, b"", Class::Temporary),
            (429, json, b"", Class::Temporary),
            (500, json, b"", Class::Temporary),
            (502, html, b"<html>Bad gateway", Class::Temporary),
            (503, html, b"<html>", Class::Temporary),
            (504, json, b"", Class::Temporary),
            (599, json, b"", Class::Temporary),
            (402, json, b"", Class::Refused),
            (409, json, b"", Class::Refused),
            (410, json, b"", Class::Refused),
            (413, json, b"", Class::Refused),
            (413, html, b"<html>", Class::Endpoint),
            (422, json, b"", Class::Refused),
            (700, json, b"", Class::Endpoint),
            // 400: the bare object of fields.
            (
                400,
                json,
                br#"{"kanaal":["Kanaal met deze naam bestaat niet."]}"#,
                Class::Kanaal,
            ),
            (400, json, br#"{"kanaal":["x"],"kenmerken":["y"]}"#, Class::Kanaal),
            (400, json, br#"{"aanmaakdatum":["in de toekomst"]}"#, Class::Clock),
            (
                400,
                json,
                br#"{"aanmaakdatum":["x"],"actie":["y"]}"#,
                Class::Refused,
            ),
            (400, json, br#"{"kenmerken":["inconsistent"]}"#, Class::Refused),
            (400, json, br#"{"kenmerken":{"kanaal":["x"]}}"#, Class::Refused),
            (
                400,
                json,
                br#"{"kenmerken":{"aanmaakdatum":["x"]}}"#,
                Class::Refused,
            ),
            (400, json, br#"{"nonFieldErrors":["x"]}"#, Class::Refused),
            // 400: a problem document.
            (400, json, problem, Class::Refused),
            (400, json, problem_kanaal, Class::Kanaal),
            (400, "application/problem+json", problem_clock, Class::Clock),
            (400, json, parse_error, Class::Refused),
            // 400: anything else.
            (400, html, b"<html><h1>Bad Request", Class::Endpoint),
            (400, json, b"", Class::Refused),
            (400, json, b"\xff\x00\xfe", Class::Refused),
            (400, json, b"[\"kanaal\"]", Class::Refused),
            (400, json, b"\"kanaal\"", Class::Refused),
            (400, json, br#"{"kanaal":"x"}"#, Class::Refused),
            (400, json, br#"{"invalidParams":"kanaal"}"#, Class::Refused),
            (
                400,
                json,
                br#"{"invalidParams":[{"name":7},"kanaal",null]}"#,
                Class::Refused,
            ),
            (400, json, br#"{"kanaal":["x""#, Class::Refused),
        ];
        for (status, content_type, body, expected) in table {
            let class = classify(&Ok(answer(*status, content_type, body)));
            let text = String::from_utf8_lossy(body);
            assert_eq!(class, *expected, "{status} {content_type} {text}");
        }
    }

    #[test]
    fn survives_deep_nesting() {
        let body = "[".repeat(60_000);
        assert_eq!(
            classify(&Ok(answer(400, "application/json", body.as_bytes()))),
            Class::Refused
        );
    }

    #[test]
    fn classifies_failures() {
        let table = [
            (FetchError::Timeout, Class::Temporary),
            (FetchError::Connect("refused".to_owned()), Class::Temporary),
            (FetchError::Broken("reset".to_owned()), Class::Temporary),
            (
                FetchError::TooLarge {
                    status: 200,
                    limit: 1,
                },
                Class::Temporary,
            ),
            (FetchError::Refused(Refusal::Scheme), Class::Endpoint),
        ];
        for (error, expected) in table {
            assert_eq!(classify(&Err(error)), expected);
        }
    }

    #[test]
    fn reads_retry_after() {
        let now: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().expect("a moment");
        let table = [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Sun, 01 Mar 2026 12:01:30 GMT", Some(90)),
            ("Sun, 01 Mar 2026 11:00:00 GMT", None),
            ("-5", None),
            ("1.5", None),
            ("soon", None),
            ("99999999999999999999999", None),
        ];
        for (value, seconds) in table {
            let mut headers = HeaderMap::new();
            headers.insert("retry-after", value.parse().expect("a header value"));
            assert_eq!(
                retry_after(&headers, now),
                seconds.map(Duration::from_secs),
                "{value}"
            );
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }

    #[test]
    fn keeps_the_beginning_of_an_answer() {
        let long = "é".repeat(1500);
        let kept_long = kept(&Ok(answer(500, "text/plain", long.as_bytes())));
        assert_eq!(kept_long.chars().count(), 1000);
        assert_eq!(kept(&Ok(answer(500, "text/plain", b"a\0b\xff"))), "ab\u{fffd}");
        assert_eq!(kept(&Err(FetchError::Timeout)), "no answer in time");
    }
}
