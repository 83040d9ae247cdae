//! Messages for the Notificaties API: kanalen and what a message says (section 9.1 of the behaviour of Open Klant
//! 1.0.0; Notificaties API 1.0).

use serde::Serialize;

use super::applicatie::Component;

/// A kanaal, its main resource and its kenmerken.
#[derive(Debug, PartialEq, Eq)]
pub struct Kanaal {
    /// Name of the kanaal.
    pub naam: &'static str,
    /// The API whose changes it carries.
    pub component: Component,
    /// Name of the main resource, as messages and audit rows spell it.
    pub resource: &'static str,
    /// Path of the collection of its objects, below the base URL.
    pub collection: &'static str,
    /// Names of the kenmerken as messages spell them (camelCase).
    pub kenmerken: &'static [&'static str],
    /// The same names as the kanaal is registered with. Snake case: a Notificaties API compares them after turning
    /// the names in a message into snake case, and refuses every message when they were registered otherwise.
    pub filters: &'static [&'static str],
}

/// Changes of klanten.
pub static KLANTEN: Kanaal = Kanaal {
    naam: "klanten",
    component: Component::Kc,
    resource: "klant",
    collection: "/klanten/api/v1/klanten",
    kenmerken: &["subjectType"],
    filters: &["subject_type"],
};

/// Changes of contactmomenten.
pub static CONTACTMOMENTEN: Kanaal = Kanaal {
    naam: "contactmomenten",
    component: Component::Cmc,
    resource: "contactmoment",
    collection: "/contactmomenten/api/v1/contactmomenten",
    kenmerken: &["bronorganisatie", "kanaal"],
    filters: &["bronorganisatie", "kanaal"],
};

/// Every kanaal this product publishes on.
pub static KANALEN: [&Kanaal; 2] = [&KLANTEN, &CONTACTMOMENTEN];

/// The kanaal on which an Autorisaties API tells of its changes.
pub const AUTORISATIES_KANAAL: &str = "autorisaties";

/// Where such messages are taken, below the base URL.
pub const AUTORISATIES_CALLBACK: &str = "/autorisaties/api/v1/callbacks";

/// A message in the order and spelling of the standard.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Notificatie<'a> {
    /// Name of the kanaal.
    pub kanaal: &'a str,
    /// Who sends it, when the setting says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<&'a str>,
    /// URL of the main object.
    pub hoofd_object: &'a str,
    /// Name of the resource.
    pub resource: &'a str,
    /// URL of the object.
    pub resource_url: &'a str,
    /// What was done.
    pub actie: &'a str,
    /// When, in UTC.
    pub aanmaakdatum: String,
    /// Always present: a Notificaties API answers 500 without it.
    pub kenmerken: serde_json::Map<String, serde_json::Value>,
}

impl Notificatie<'_> {
    /// The bytes to send.
    pub fn to_json(&self) -> String {
        serde_json::json!(self).to_string()
    }
}
