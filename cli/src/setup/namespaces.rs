//! The namespaces of a setup file: those of the family, as Open Klant, Open Zaak and Open Notificaties use them, and our
//! own. Each has a switch beside it; a namespace whose switch is not on is left alone.

mod access;
mod oidc;
mod services;
mod settings;

use openklant_shared::settings::Source;

use super::document::Entry;
use super::reader::{Reader, Scalar, nearest, switch};
use super::remark::Remark;
use super::wanted::Wanted;

/// Least likeness (0 to 1) of a name that must be a misspelling of a namespace: the family has many, and some differ
/// little.
const LIKE_A_NAMESPACE: f64 = 0.85;

/// A namespace that is applied.
struct Namespace {
    name: &'static str,
    switch: &'static str,
    read: fn(&mut Reader<'_>, &Entry, &mut Wanted),
}

const fn namespace(
    name: &'static str,
    switch: &'static str,
    read: fn(&mut Reader<'_>, &Entry, &mut Wanted),
) -> Namespace {
    Namespace { name, switch, read }
}

/// The namespaces that are applied.
const NAMESPACES: [Namespace; 8] = [
    namespace(settings::SITES, "sites_config_enable", settings::sites),
    namespace(
        services::SERVICES,
        "zgw_consumers_config_enable",
        services::services,
    ),
    namespace(
        services::NOTIFICATIONS,
        "notifications_config_enable",
        services::notifications,
    ),
    namespace(
        services::AUTORISATIES,
        "autorisaties_api_config_enable",
        services::autorisaties,
    ),
    namespace(
        access::CREDENTIALS,
        "vng_api_common_credentials_config_enable",
        access::credentials,
    ),
    namespace(
        access::APPLICATIES,
        "vng_api_common_applicaties_config_enable",
        access::applicaties,
    ),
    namespace(oidc::ADMIN_AUTH, "oidc_db_config_enable", oidc::admin_auth),
    namespace(settings::OWN, "openklant_config_enable", settings::own),
];

/// Namespaces of the family that are not applied here, their switches, and why.
const UNUSED: [(&str, &str, &str); 8] = [
    (
        "tokenauth",
        "tokenauth_config_enable",
        "these tokens are of the APIs of Open Klant 2",
    ),
    (
        "referentielijsten_config",
        "referentielijsten_config_enable",
        "kanalen are not checked against a list",
    ),
    (
        "openzaak_selectielijst_config",
        "openzaak_selectielijst_config_enable",
        "it is of Open Zaak",
    ),
    (
        "notifications_kanalen_config",
        "notifications_kanalen_config_enable",
        "a worker registers the kanalen itself",
    ),
    (
        "notifications_subscriptions_config",
        "notifications_subscriptions_config_enable",
        "`openklant autorisaties subscribe` makes the one abonnement there is",
    ),
    (
        "notifications_abonnementen_config",
        "notifications_abonnementen_config_enable",
        "it is of Open Notificaties",
    ),
    ("site_config", "site_config_enable", "write sites_config"),
    (
        "openklant2_config",
        "openklant2_config_enable",
        "it is of Open Formulieren and others",
    ),
];

/// What a file asks for, and what of it is not applied.
pub struct Read {
    /// What it asks for.
    pub wanted: Wanted,
    /// What is not applied.
    pub notes: Vec<Remark>,
}

/// Takes a file apart.
///
/// # Errors
/// Every mistake, together.
pub fn read(entries: &[Entry], source: &Source) -> Result<Read, Vec<Remark>> {
    let mut reader = Reader::new(source);
    let mut wanted = Wanted::default();
    let find = |key: &str| entries.iter().find(|entry| entry.key == key);
    for Namespace { name, switch, read } in &NAMESPACES {
        match (find(name), is_on(&mut reader, find(switch))) {
            (Some(entry), Some(true)) => read(&mut reader, entry, &mut wanted),
            (Some(entry), Some(false)) => {
                let text = format!("{name} is left alone: {switch} is not true");
                reader.note(entry.place, text);
            }
            (None, Some(true)) => {
                let place = find(switch).map_or_else(Default::default, |entry| entry.place);
                reader.mistake(place, format!("{switch} is true, but there is no {name}"));
            }
            (_, None) | (None, Some(false)) => {}
        }
    }
    for entry in entries {
        unknown(&mut reader, entry);
    }
    if reader.mistakes.is_empty() {
        let mut notes = reader.notes;
        notes.sort_by_key(|note| note.place);
        Ok(Read { wanted, notes })
    } else {
        Err(reader.mistakes)
    }
}

/// Whether a switch is on; `None` after a mistake.
fn is_on(reader: &mut Reader<'_>, entry: Option<&Entry>) -> Option<bool> {
    let Some(entry) = entry else {
        return Some(false);
    };
    let Scalar::Text(text) = reader.scalar(&entry.node)? else {
        return Some(false);
    };
    match switch(&text) {
        Ok(on) => Some(on),
        Err(why) => {
            reader.mistake(entry.node.place, format!("{}: {why}", entry.key));
            None
        }
    }
}

/// Says what is not applied.
fn unknown(reader: &mut Reader<'_>, entry: &Entry) {
    let key = entry.key.as_str();
    let known = || {
        let ours = NAMESPACES.iter().flat_map(|one| [one.name, one.switch]);
        ours.chain(UNUSED.iter().flat_map(|(name, switch, _)| [*name, *switch]))
    };
    if let Some((name, _, why)) = UNUSED.iter().find(|(name, ..)| *name == key) {
        reader.note(entry.place, format!("{name} is not applied: {why}"));
    } else if known().any(|known| known == key) {
        // Its switch goes with it.
    } else if let Some(meant) = nearest(key, known(), LIKE_A_NAMESPACE) {
        reader.mistake(entry.place, format!("{key} is not known; did you mean {meant}?"));
    } else if !key.ends_with("_enable") {
        reader.note(entry.place, format!("{key} is not known, and is not applied"));
    }
}
