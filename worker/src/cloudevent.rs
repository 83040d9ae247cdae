//! A message as a cloud event: built anew for every attempt from what the outbox holds, and from nothing else that
//! changes, so that the bytes are the same each time.

use openklant_shared::http::FetchError;
use openklant_shared::storage::outbox::Claimed;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// Media type of one event, in both directions.
pub(crate) const MEDIA_TYPE: &str = "application/cloudevents+json";

/// What is needed of a message as it is stored.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    kanaal: String,
    hoofd_object: String,
    resource: String,
    resource_url: String,
    actie: String,
    aanmaakdatum: String,
    kenmerken: Map<String, Value>,
}

#[derive(Debug, Serialize)]
struct Event<'a> {
    specversion: &'static str,
    id: Uuid,
    source: &'a str,
    r#type: String,
    subject: Uuid,
    time: String,
    datacontenttype: &'static str,
    data: Map<String, Value>,
}

/// The bytes of the event.
///
/// # Errors
/// A message that is none of ours.
pub(crate) fn to_json(message: &Claimed, source: &str) -> Result<String, FetchError> {
    let unreadable = |error: serde_json::Error| FetchError::Broken(format!("no event can be made: {error}"));
    let stored: Stored = serde_json::from_str(&message.message).map_err(unreadable)?;
    let mut data = stored.kenmerken;
    data.insert("hoofdObject".to_owned(), Value::String(stored.hoofd_object));
    data.insert("resourceUrl".to_owned(), Value::String(stored.resource_url));
    let event = Event {
        specversion: "1.0",
        id: message.uuid.into(),
        source,
        r#type: format!(
            "nl.overheid.{}.{}.{}",
            stored.kanaal, stored.resource, stored.actie
        ),
        subject: message.object_uuid.into(),
        time: stored.aanmaakdatum,
        datacontenttype: "application/json",
        data,
    };
    serde_json::to_string(&event).map_err(unreadable)
}
