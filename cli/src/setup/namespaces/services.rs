//! The APIs of others: `zgw_consumers` names them, `notifications_config` and `autorisaties_api` refer to them.

use crate::applicatie::text::{fitting, label};
use crate::externe_api::text::{api_root, claim, client_id};
use crate::setup::document::{Entry, Node};
use crate::setup::namespaces::access::secret;
use crate::setup::reader::{Keys, Reader};
use crate::setup::wanted::{Reference, Service, Setting, Wanted};
use openklant_shared::storage::externe_api::ANY_TYPE;

/// APIs of others.
pub const SERVICES: &str = "zgw_consumers";
/// Where messages go.
pub const NOTIFICATIONS: &str = "notifications_config";
/// Where rights may come from.
pub const AUTORISATIES: &str = "autorisaties_api";

/// The longest identifier.
const IDENTIFIER_MAX_LENGTH: usize = 255;
/// What the family calls its APIs.
const API_TYPES: [&str; 14] = [
    "ac", "nrc", "zrc", "ztc", "drc", "brc", "kc", "cmc", "kic", "vrc", "rlc", "orc", "bag", "kvk",
];

const LIST: Keys = Keys {
    read: &["services"],
    unused: &[],
};
const SERVICE: Keys = Keys {
    read: &[
        "identifier",
        "label",
        "api_root",
        "api_type",
        "auth_type",
        "client_id",
        "secret",
        "user_id",
        "user_representation",
    ],
    unused: &[
        "api_connection_check_path",
        "header_key",
        "header_value",
        "oas",
        "nlx",
        "jwt_valid_for",
        "timeout",
        "client_certificate",
        "server_certificate",
        "oauth2_token_url",
        "oauth2_scope",
    ],
};
const NOTIFICATIONS_KEYS: Keys = Keys {
    read: &[
        "notifications_api_service_identifier",
        "notification_delivery_max_retries",
        "notification_delivery_retry_backoff",
        "notification_delivery_retry_backoff_max",
    ],
    unused: &["notification_delivery_base_factor"],
};
const AUTORISATIES_KEYS: Keys = Keys {
    read: &["authorizations_api_service_identifier"],
    unused: &["component"],
};

/// Reads the services.
pub fn services(reader: &mut Reader<'_>, entry: &Entry, wanted: &mut Wanted) {
    let Some(fields) = reader.fields(&entry.node, &LIST) else {
        return;
    };
    for item in reader.items(fields, "services") {
        service(reader, item, wanted);
    }
}

fn service(reader: &mut Reader<'_>, item: &Node, wanted: &mut Wanted) {
    let Some(fields) = reader.fields(item, &SERVICE) else {
        return;
    };
    let identifier = reader.get(fields, "identifier", identifier);
    if let Some(identifier) = &identifier {
        let same = |other: &Service| other.identifier.as_ref() == Some(&identifier.value);
        if wanted.services.iter().any(same) || wanted.left_out.contains(&identifier.value) {
            let text = format!("identifier {} stands here twice", identifier.value);
            reader.mistake(identifier.place, text);
        }
    }
    let auth_type = reader.get(fields, "auth_type", |text| fitting(text, 20));
    let identifier = identifier.map(|identifier| identifier.value);
    if let Some(auth_type) = auth_type.filter(|auth_type| auth_type.value != "zgw") {
        let why = match auth_type.value.as_str() {
            "api_key" | "oauth2_client_credentials" => {
                "services are called with a token of the ZGW standard (zgw) only; this one is left out"
            }
            "no_auth" => {
                "a service without credentials is left out; name its host in OPENKLANT_OUTGOING_ALLOWED_HOSTS when its \
                 address is private"
            }
            _ => {
                reader.mistake(
                    auth_type.place,
                    "auth_type: it must be zgw, api_key, oauth2_client_credentials or no_auth",
                );
                return;
            }
        };
        reader.note(auth_type.place, format!("auth_type {}: {why}", auth_type.value));
        wanted.left_out.extend(identifier);
        return;
    }
    let label = reader.get(fields, "label", label);
    let root = reader.require(fields, "api_root", api_root);
    let api_type = reader.get(fields, "api_type", api_type);
    let client_id = reader.get(fields, "client_id", client_id);
    let secret = reader.get(fields, "secret", secret);
    let user_id = reader.get(fields, "user_id", claim);
    let user_representation = reader.get(fields, "user_representation", claim);
    let Some(api_root) = root else {
        wanted.left_out.extend(identifier);
        return;
    };
    if wanted
        .services
        .iter()
        .any(|other| other.api_root.value == api_root.value)
    {
        reader.mistake(api_root.place, "a service with this api_root stands here already");
    }
    wanted.services.push(Service {
        place: fields.place,
        identifier,
        api_root,
        api_type: api_type.map_or_else(|| ANY_TYPE.to_owned(), |api_type| api_type.value),
        label: label.map(|label| label.value),
        client_id: client_id.map(|client_id| client_id.value),
        secret: secret.map(|secret| secret.value),
        user_id: user_id.map(|user_id| user_id.value),
        user_representation: user_representation.map(|user| user.value),
    });
}

fn identifier(text: &str) -> Result<String, String> {
    fitting(text, IDENTIFIER_MAX_LENGTH)
}

fn api_type(text: &str) -> Result<String, String> {
    if API_TYPES.contains(&text) {
        Ok(text.to_owned())
    } else {
        Err(format!("it must be one of {}", API_TYPES.join(", ")))
    }
}

/// Reads where messages go.
pub fn notifications(reader: &mut Reader<'_>, entry: &Entry, wanted: &mut Wanted) {
    let Some(fields) = reader.fields(&entry.node, &NOTIFICATIONS_KEYS) else {
        return;
    };
    let service = reader.require(fields, "notifications_api_service_identifier", identifier);
    wanted.references.extend(service.map(|identifier| Reference {
        key: "notificaties.api_root",
        identifier,
    }));
    for key in [
        "notification_delivery_max_retries",
        "notification_delivery_retry_backoff",
    ] {
        if let Some(entry) = fields.get(key) {
            let text = format!(
                "{key} does nothing here: delivery is tried on a schedule of its own for the time of \
                 notificaties.retry_window, whatever the number of attempts"
            );
            reader.note(entry.place, text);
        }
    }
    let longest = reader.get(fields, "notification_delivery_retry_backoff_max", |text| {
        text.parse::<u32>().map_err(|_| "it must be a number of seconds")
    });
    wanted.settings.extend(longest.map(|longest| Setting {
        key: "notificaties.retry_max_delay".to_owned(),
        value: Some(format!("{}s", longest.value)),
        place: longest.place,
    }));
}

/// Reads where rights may come from.
pub fn autorisaties(reader: &mut Reader<'_>, entry: &Entry, wanted: &mut Wanted) {
    let Some(fields) = reader.fields(&entry.node, &AUTORISATIES_KEYS) else {
        return;
    };
    let service = reader.require(fields, "authorizations_api_service_identifier", identifier);
    wanted.references.extend(service.map(|identifier| Reference {
        key: "autorisaties.api_root",
        identifier,
    }));
}
