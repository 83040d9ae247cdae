//! Settings that the database keeps: `sites_config` of the family, and `openklant_config`, which holds them by the keys
//! of the TOML file.

use openklant_shared::settings::stored::{self, Place as Keeper};

use crate::setup::document::{Entry, Value};
use crate::setup::namespaces::access::secret;
use crate::setup::reader::{Keys, LIKE_A_KEY, Reader, Scalar, nearest, switch};
use crate::setup::wanted::{Setting, StoredSecret, Wanted};

/// The address of the installation.
pub const SITES: &str = "sites_config";
/// Our own namespace.
pub const OWN: &str = "openklant_config";

const BASE_URL: &str = "server.base_url";

const SITES_KEYS: Keys = Keys {
    read: &["items"],
    unused: &[],
};
const SITE: Keys = Keys {
    read: &["domain"],
    unused: &["name"],
};

/// Reads the address of the installation: the first site is it.
pub fn sites(reader: &mut Reader<'_>, entry: &Entry, wanted: &mut Wanted) {
    let Some(fields) = reader.fields(&entry.node, &SITES_KEYS) else {
        return;
    };
    let scheme = if reader.is_plain_http() { "http" } else { "https" };
    for (index, item) in reader.items(fields, "items").iter().enumerate() {
        if index > 0 {
            reader.note(
                item.place,
                "only the first site counts; others are named in server.host_aliases",
            );
            continue;
        }
        let Some(fields) = reader.fields(item, &SITE) else {
            continue;
        };
        let domain = reader.require(fields, "domain", |text| {
            if text.contains('/') || text.trim() != text {
                Err("it must be a host, with its port if it is not the usual one")
            } else {
                Ok(text.to_owned())
            }
        });
        wanted.settings.extend(domain.map(|domain| Setting {
            key: BASE_URL.to_owned(),
            value: Some(format!("{scheme}://{}", domain.value)),
            place: domain.place,
        }));
    }
}

impl Reader<'_> {
    /// Whether the environment says that clients do not come over https: as for `SITE_DOMAIN`.
    fn is_plain_http(&self) -> bool {
        ["OPENKLANT_HTTPS", "IS_HTTPS"]
            .iter()
            .find_map(|name| self.variable_of(name))
            .is_some_and(|text| switch(text) == Ok(false))
    }
}

/// Reads the settings of our own namespace.
pub fn own(reader: &mut Reader<'_>, entry: &Entry, wanted: &mut Wanted) {
    let Value::Map(sections) = &entry.node.value else {
        reader.mistake(entry.node.place, "here belong sections, such as retention");
        return;
    };
    for section in sections {
        let Value::Map(settings) = &section.node.value else {
            let text = format!("{} is a section; below it belong settings", section.key);
            reader.mistake(section.node.place, text);
            continue;
        };
        for entry in settings {
            setting(reader, &section.key, entry, wanted);
        }
    }
}

fn setting(reader: &mut Reader<'_>, section: &str, entry: &Entry, wanted: &mut Wanted) {
    let key = format!("{section}.{}", entry.key);
    match stored::place(&key) {
        Some(Keeper::Database(_)) => {}
        Some(Keeper::Sealed(_)) => return sealed(reader, &key, entry, wanted),
        Some(Keeper::Environment(name)) => {
            let text = format!("{key} is not kept in the database: set it in the environment, as {name}");
            reader.note(entry.place, text);
            return;
        }
        None => {
            let text = match nearest(&key, stored::keys(), LIKE_A_KEY) {
                Some(meant) => format!("{key} is not known; did you mean {meant}?"),
                None => format!("{key} is not known"),
            };
            reader.mistake(entry.place, text);
            return;
        }
    }
    let value = match &entry.node.value {
        Value::List(items) => {
            let texts: Vec<String> = items
                .iter()
                .filter_map(|item| reader.item(item, &key, |text| Ok::<_, &str>(text.to_owned())))
                .map(|given| given.value)
                .collect();
            Some(texts.join(","))
        }
        _ => match reader.scalar(&entry.node) {
            Some(Scalar::Text(text)) => Some(text).filter(|text| !text.trim().is_empty()),
            Some(Scalar::Nothing) => None,
            Some(Scalar::LeftOut) | None => return,
        },
    };
    if let Some(first) = wanted.settings.iter().find(|other| other.key == key) {
        let text = format!("{key} is given already, on line {}", first.place.line);
        reader.mistake(entry.place, text);
        return;
    }
    if wanted.references.iter().any(|reference| reference.key == key) {
        let text = format!("{key} is given already, by the service that the namespace of its API names");
        reader.mistake(entry.place, text);
        return;
    }
    wanted.settings.push(Setting {
        key,
        value,
        place: entry.node.place,
    });
}

/// Reads a setting that the database keeps sealed.
fn sealed(reader: &mut Reader<'_>, key: &str, entry: &Entry, wanted: &mut Wanted) {
    let value = match reader.scalar(&entry.node) {
        Some(Scalar::Text(text)) => match secret(&text) {
            Ok(value) => Some(value),
            Err(why) => {
                reader.mistake(entry.node.place, format!("{key}: {why}"));
                return;
            }
        },
        Some(Scalar::Nothing) => None,
        Some(Scalar::LeftOut) | None => return,
    };
    if let Some(first) = wanted.secrets.iter().find(|other| other.key == key) {
        let text = format!("{key} is given already, on line {}", first.place.line);
        reader.mistake(entry.place, text);
        return;
    }
    wanted.secrets.push(StoredSecret {
        key: stored::OIDC_SECRET,
        value,
        place: entry.node.place,
    });
}
