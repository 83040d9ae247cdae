//! What a Zaken API says of a zaak and of its relation to a contactmoment (behaviour of Open Klant 1.0.0, section 4.4;
//! defects 15 and 16). Whatever it does — fail, hang, answer nonsense — the client hears a code, never a 500.

use openklant_shared::domain::codes::{self, Code};
use openklant_shared::domain::identifiers::without_bsn;
use serde_json::Value;
use url::Url;

use crate::zgw::error::Refusal;
use crate::zgw::remote::{Remote, RemoteError};

/// The header a Zaken API asks for.
const ACCEPT_CRS: (&str, &str) = ("Accept-Crs", "EPSG:4326");

/// The collection in which a Zaken API keeps the relation.
const RELATIONS: &str = "zaakcontactmomenten";

/// The properties every zaak has, all of them texts (Zaken API 1.0, schema Zaak).
const REQUIRED: [&str; 4] = [
    "bronorganisatie",
    "zaaktype",
    "verantwoordelijkeOrganisatie",
    "startdatum",
];

/// What a Zaken API knows of a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// It has it.
    Known,
    /// It does not.
    Unknown,
    /// It did not say.
    Unsaid,
}

/// Whether a zaak stands at `object`; the code says what is wrong otherwise.
pub async fn check(remote: &Remote, object: &Url) -> Result<Result<(), Code>, Refusal> {
    let answer = match remote.get(object, &[ACCEPT_CRS]).await {
        Ok(answer) if answer.status == 200 => answer,
        Ok(_) => return Ok(Err(codes::BAD_URL)),
        Err(error) => return unreached(error).map(|()| Err(codes::BAD_URL)),
    };
    let is_zaak = serde_json::from_slice(&answer.body).is_ok_and(|body| looks_like_a_zaak(&body));
    Ok(if is_zaak {
        Ok(())
    } else {
        Err(codes::INVALID_RESOURCE)
    })
}

/// Asks the Zaken API of `object` whether it relates it to `contactmoment`.
pub async fn relation(remote: &Remote, object: &Url, contactmoment: &str) -> Result<Relation, Refusal> {
    let Some(question) = question(object, contactmoment) else {
        return Ok(Relation::Unsaid);
    };
    let answer = match remote.get(&question, &[ACCEPT_CRS]).await {
        Ok(answer) if answer.status == 200 => answer,
        Ok(_) => return Ok(Relation::Unsaid),
        Err(error) => return unreached(error).map(|()| Relation::Unsaid),
    };
    let Ok(body) = serde_json::from_slice::<Value>(&answer.body) else {
        return Ok(Relation::Unsaid);
    };
    // The standard's answer is a bare list; some implementations page it.
    Ok(match body.as_array().or_else(|| body["results"].as_array()) {
        Some(relations) if relations.is_empty() => Relation::Unknown,
        Some(_) => Relation::Known,
        None => Relation::Unsaid,
    })
}

/// The URL to ask: the zaak's own without its identity and its collection, then the collection of relations.
fn question(object: &Url, contactmoment: &str) -> Option<Url> {
    let mut question = object.clone();
    question.set_query(None);
    question.set_fragment(None);
    question
        .path_segments_mut()
        .ok()?
        .pop_if_empty()
        .pop()
        .pop()
        .push(RELATIONS);
    question
        .query_pairs_mut()
        .append_pair("zaak", object.as_str())
        .append_pair("contactmoment", contactmoment);
    Some(question)
}

fn looks_like_a_zaak(body: &Value) -> bool {
    let optional_text = |name: &str| matches!(body.get(name), None | Some(Value::Null | Value::String(_)));
    body.is_object()
        && REQUIRED
            .iter()
            .all(|name| body[*name].as_str().is_some_and(|text| !text.is_empty()))
        && [
            "url",
            "uuid",
            "identificatie",
            "omschrijving",
            "toelichting",
            "einddatum",
        ]
        .into_iter()
        .all(optional_text)
}

/// A failure of theirs is an answer to the client; one of our own database is not.
fn unreached(error: RemoteError) -> Result<(), Refusal> {
    match error {
        RemoteError::Fetch(error) => {
            tracing::info!(
                cause = without_bsn(&error.to_string()),
                "a Zaken API was not reached"
            );
            Ok(())
        }
        RemoteError::Storage(error) => Err(error.into()),
        RemoteError::Secret { .. } => Err(Refusal::Unavailable(error.to_string())),
        RemoteError::Token(_) => Err(Refusal::Internal(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_relation_is_asked_for_beside_the_zaken() {
        for (object, expected) in [
            (
                "https://zaken.example/zaken/api/v1/zaken/1",
                "https://zaken.example/zaken/api/v1/zaakcontactmomenten",
            ),
            (
                "https://zaken.example/zaken/1/",
                "https://zaken.example/zaakcontactmomenten",
            ),
            (
                "https://zaken.example/",
                "https://zaken.example/zaakcontactmomenten",
            ),
        ] {
            let question = question(&Url::parse(object).unwrap(), "https://x.example/c/1?a=b").unwrap();
            let (path, query) = question.as_str().split_once('?').unwrap();
            assert_eq!(path, expected);
            let asked: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect();
            assert_eq!(asked[0], ("zaak".to_owned(), object.to_owned()));
            assert_eq!(
                asked[1],
                ("contactmoment".to_owned(), "https://x.example/c/1?a=b".to_owned())
            );
        }
    }

    #[test]
    fn a_zaak_has_its_required_properties() {
        let zaak = json!({"identificatie": "ZAAK-1", "bronorganisatie": "517439943", "zaaktype": "https://x.example/z/1",
            "verantwoordelijkeOrganisatie": "517439943", "startdatum": "2026-01-05", "einddatum": null});
        assert!(looks_like_a_zaak(&zaak));
        for name in REQUIRED {
            let mut broken = zaak.clone();
            broken[name] = json!(7);
            assert!(!looks_like_a_zaak(&broken), "{name}");
        }
        for body in [json!([]), json!({}), json!("zaak"), json!(null)] {
            assert!(!looks_like_a_zaak(&body), "{body}");
        }
    }
}
