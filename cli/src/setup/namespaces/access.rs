//! Who may call the APIs: `vng_api_common_credentials` and `vng_api_common_applicaties`.

use openklant_shared::domain::applicatie::{Component, SECRET_MAX_LENGTH};
use openklant_shared::settings::Secret;
use uuid::Uuid;

use crate::applicatie::text::{Right, client_id, fitting, grouped, label, overlap};
use crate::setup::document::{Entry, Node};
use crate::setup::reader::{Fields, Given, Keys, Reader, switch};
use crate::setup::wanted::{Applicatie, Credential, Wanted};

/// Client ids and secrets.
pub const CREDENTIALS: &str = "vng_api_common_credentials";
/// Applications.
pub const APPLICATIES: &str = "vng_api_common_applicaties";

const ITEMS: Keys = Keys {
    read: &["items"],
    unused: &[],
};
const CREDENTIAL: Keys = Keys {
    read: &["identifier", "secret", "overlap"],
    unused: &[],
};
const APPLICATIE: Keys = Keys {
    read: &[
        "uuid",
        "client_ids",
        "label",
        "heeft_alle_autorisaties",
        "autorisaties",
    ],
    unused: &[],
};
const AUTORISATIE: Keys = Keys {
    read: &["component", "scopes"],
    unused: &[
        "zaaktype",
        "informatieobjecttype",
        "besluittype",
        "max_vertrouwelijkheidaanduiding",
    ],
};

/// Reads the client ids with their secrets.
pub fn credentials(reader: &mut Reader<'_>, entry: &Entry, wanted: &mut Wanted) {
    let Some(fields) = reader.fields(&entry.node, &ITEMS) else {
        return;
    };
    for item in reader.items(fields, "items") {
        let Some(fields) = reader.fields(item, &CREDENTIAL) else {
            continue;
        };
        let identifier = reader.require(fields, "identifier", client_id);
        let secret = reader.get(fields, "secret", secret);
        let overlap = reader.get(fields, "overlap", overlap);
        let Some(client_id) = identifier else { continue };
        if wanted
            .credentials
            .iter()
            .any(|other| other.client_id.value == client_id.value)
        {
            let text = format!("identifier {} stands here twice", client_id.value);
            reader.mistake(client_id.place, text);
        }
        wanted.credentials.push(Credential {
            client_id,
            secret: secret.map(|secret| secret.value),
            overlap: overlap.map(|overlap| overlap.value),
        });
    }
}

/// A secret of any kind.
pub fn secret(text: &str) -> Result<Secret, String> {
    fitting(text, SECRET_MAX_LENGTH).map(Secret::from)
}

/// Reads the applications.
pub fn applicaties(reader: &mut Reader<'_>, entry: &Entry, wanted: &mut Wanted) {
    let Some(fields) = reader.fields(&entry.node, &ITEMS) else {
        return;
    };
    for item in reader.items(fields, "items") {
        if let Some(applicatie) = applicatie(reader, item, wanted) {
            wanted.applicaties.push(applicatie);
        }
    }
}

fn applicatie(reader: &mut Reader<'_>, item: &Node, wanted: &Wanted) -> Option<Applicatie> {
    let fields = reader.fields(item, &APPLICATIE)?;
    let uuid = reader.get(fields, "uuid", |text| {
        text.parse::<Uuid>().map_err(|_| "it must be a uuid")
    });
    let label = reader.require(fields, "label", label);
    let client_ids = client_ids(reader, fields);
    let all = reader.get(fields, "heeft_alle_autorisaties", switch);
    let autorisaties = rights(reader, fields);
    if let (Some(Given { value: true, .. }), Some(entry)) = (&all, fields.get("autorisaties"))
        && autorisaties.as_ref().is_some_and(|rights| !rights.is_empty())
    {
        let text = "an application with heeft_alle_autorisaties has no autorisaties beside it";
        reader.mistake(entry.place, text);
    }
    let others = || wanted.applicaties.iter();
    if let Some(uuid) = &uuid
        && others().any(|other| other.uuid == Some(uuid.value))
    {
        reader.mistake(uuid.place, "this uuid stands here twice");
    }
    let mut seen = others().flat_map(|other| &other.client_ids).collect::<Vec<_>>();
    for given in &client_ids {
        if seen.iter().any(|other| other.value == given.value) {
            let text = format!("client id {} belongs to one application, once", given.value);
            reader.mistake(given.place, text);
        }
        seen.push(given);
    }
    Some(Applicatie {
        place: fields.place,
        uuid: uuid.map(|uuid| uuid.value),
        label: label?.value,
        client_ids,
        heeft_alle_autorisaties: all.map(|all| all.value),
        autorisaties: autorisaties.map(|rights| grouped(&rights)),
    })
}

fn client_ids(reader: &mut Reader<'_>, fields: Fields<'_>) -> Vec<Given<String>> {
    let items = reader.items(fields, "client_ids");
    if let (true, Some(entry)) = (items.is_empty(), fields.get("client_ids")) {
        reader.mistake(entry.place, "client_ids holds at least one");
    }
    items
        .iter()
        .filter_map(|item| reader.item(item, "client_ids", client_id))
        .collect()
}

/// The rights; `None`: the file does not say.
fn rights(reader: &mut Reader<'_>, fields: Fields<'_>) -> Option<Vec<Right>> {
    let entry = fields.get("autorisaties")?;
    let mut rights = Vec::new();
    for item in reader.list(entry) {
        let Some(fields) = reader.fields(item, &AUTORISATIE) else {
            continue;
        };
        let component = reader.require(fields, "component", |text| {
            fitting(text, 10).map(|text| text.to_ascii_lowercase())
        });
        let scopes = reader.items(fields, "scopes");
        let Some(component) = component else { continue };
        if Component::from_name(&component.value).is_none() {
            let text = format!(
                "component {} is served elsewhere; its scopes do nothing here",
                component.value
            );
            reader.note(component.place, text);
            continue;
        }
        for scope in scopes {
            let right = reader.item(scope, "scopes", |text| {
                format!("{}:{text}", component.value).parse::<Right>()
            });
            rights.extend(right.map(|right| right.value));
        }
    }
    Some(rights)
}
