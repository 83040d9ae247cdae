//! Warns about names that look like ours but are not, and about names of the family that mean nothing here.

use super::error::{Origin, Warning};
use super::family::{PARTS, SUCCEEDED, is_unused};
use super::names::{ALL, Setting};
use super::reader::{Found, Reader};
use super::value::ValueError;

/// Beginnings of names that can only be meant for us.
const PREFIXES: &[&str] = &["OPENKLANT_", "NOTIFICATIONS_"];

/// Names with our prefix that are no settings of the product: those of its tests and its tasks.
const TOOLS: &[&str] = &["OPENKLANT_TEST_", "OPENKLANT_WRITE_"];

/// Least likeness (0 to 1) of a name that is worth suggesting.
const LIKENESS: f64 = 0.5;

/// Looks through all names.
pub(super) fn look(reader: &mut Reader<'_>) {
    let source = reader.source;
    let own = own_names();
    let known: Vec<String> = own.iter().cloned().chain(family_names()).collect();
    let mut unused = Vec::new();
    for (name, (value, origin)) in source.variables() {
        if known.iter().any(|known| known == name) {
            continue;
        }
        if let Some((_, advice)) = SUCCEEDED.iter().find(|(succeeded, _)| *succeeded == name) {
            reader.warnings.push(Warning::Succeeded {
                name: name.to_owned(),
                advice,
            });
        } else if is_unused(name) {
            unused.push(name.to_owned());
        } else if PREFIXES.iter().any(|prefix| name.starts_with(prefix))
            && !TOOLS.iter().any(|prefix| name.starts_with(prefix))
            && !is_of_kubernetes(name, value)
        {
            let nearest = nearest(name, own.iter().map(String::as_str));
            reader.warnings.push(Warning::UnknownName {
                name: name.to_owned(),
                origin,
                nearest,
            });
        }
    }
    let keys = known_keys();
    for key in source
        .toml_keys()
        .filter(|key| !keys.iter().any(|known| known == key))
    {
        let nearest = nearest(key, keys.iter().map(String::as_str));
        let origin = Origin::Toml(key.to_owned());
        reader.warnings.push(Warning::UnknownName {
            name: key.to_owned(),
            origin,
            nearest,
        });
    }
    for key in source
        .stored_keys()
        .filter(|key| !keys.iter().any(|known| known == key))
    {
        reader.warnings.push(Warning::UnknownName {
            name: key.to_owned(),
            origin: Origin::Database,
            nearest: None,
        });
    }
    if !unused.is_empty() {
        reader.warnings.push(Warning::Unused(unused));
    }
    for name in source.not_text().iter().filter(|name| known.contains(name)) {
        let example = ALL
            .iter()
            .find(|setting| setting.name == name)
            .map_or("...", |setting| setting.example);
        let found = Found {
            name: name.clone(),
            text: String::new(),
            origin: Origin::Environment,
            secret: true,
            example,
        };
        reader.faults.push(found.fault(ValueError::Utf8));
    }
}

fn own_names() -> Vec<String> {
    let names = |setting: &&Setting| with_file(setting.name, setting.secret);
    ALL.iter().flat_map(names).collect()
}

fn family_names() -> impl Iterator<Item = String> {
    let aliases = ALL
        .iter()
        .flat_map(|setting| setting.aliases)
        .map(|alias| (*alias).to_owned());
    let parts = PARTS
        .iter()
        .flat_map(|part| part.names.iter().flat_map(|name| with_file(name, part.secret)));
    aliases.chain(parts)
}

/// A name, and for a secret also the name of its file.
fn with_file(name: &str, secret: bool) -> impl Iterator<Item = String> {
    std::iter::once(name.to_owned()).chain(secret.then(|| format!("{name}_FILE")))
}

fn known_keys() -> Vec<String> {
    let keys = |setting: &&Setting| {
        let file = setting.secret.then(|| format!("{}_file", setting.key));
        std::iter::once(setting.key.to_owned()).chain(file)
    };
    ALL.iter().flat_map(keys).collect()
}

/// Kubernetes gives containers variables for each service in their namespace; one called openklant looks like ours.
fn is_of_kubernetes(name: &str, value: &str) -> bool {
    let is_port_of = |(_, after): (&str, &str)| {
        let rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
        rest.len() < after.len()
            && ["_TCP", "_UDP", "_SCTP"]
                .iter()
                .any(|protocol| rest.starts_with(protocol))
    };
    name.ends_with("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || name.split_once("_PORT_").is_some_and(is_port_of)
        || (name.ends_with("_PORT") && value.contains("://"))
}

fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<String> {
    let bare = |name: &'n str| name.strip_prefix("OPENKLANT_").unwrap_or(name);
    let wanted = name.strip_prefix("OPENKLANT_").unwrap_or(name);
    known
        .map(|known| (strsim::normalized_damerau_levenshtein(wanted, bare(known)), known))
        .filter(|(likeness, _)| *likeness >= LIKENESS)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known.to_owned())
}
