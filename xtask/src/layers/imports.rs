//! Who may import whom.

use super::Offence;
use super::source::{Path, Source};

/// Folders of APIs in `api/src`: each knows itself and the house rules, and no other API.
const APIS: [&str; 2] = ["klanten", "contactmomenten"];

/// The only files that know the job engine.
const ENGINE: [&str; 3] = [
    "worker/src/app.rs",
    "worker/src/backend.rs",
    "worker/src/cleanup.rs",
];

/// The imports of a file that go the wrong way.
pub fn offences(file: &str, source: &Source) -> Vec<Offence> {
    let offence = |path: &Path| {
        let reason = reason(file, path)?;
        Some(Offence {
            line: path.line,
            sentence: format!("{}: {reason}", path.segments.join("::")),
        })
    };
    source.paths.iter().filter_map(offence).collect()
}

/// Why a file may not name a path, if so.
fn reason(file: &str, path: &Path) -> Option<&'static str> {
    between_crates(file, path)
        .or_else(|| within_shared(file, path))
        .or_else(|| within_api(file, path))
        .or_else(|| within_worker(file, path))
}

fn between_crates(file: &str, path: &Path) -> Option<&'static str> {
    let [api, worker] = ["openklant_api", "openklant_worker"].map(|name| path.begins_with(&[name]));
    match file.split('/').next() {
        Some("api") if worker => Some("the API does not know the worker"),
        Some("worker") if api => Some("the worker does not know the API"),
        Some("shared") if api || worker => Some("shared knows neither the API nor the worker"),
        _ => None,
    }
}

fn within_shared(file: &str, path: &Path) -> Option<&'static str> {
    if file.starts_with("shared/") && is_poem(path) {
        return Some("shared knows nothing of the HTTP server");
    }
    if !file.starts_with("shared/src/storage/") && path.begins_with(&["sqlx"]) {
        return Some("only shared/src/storage talks to the database");
    }
    let [storage, journal] = ["storage", "journal"].map(|module| path.begins_with(&["crate", module]));
    if file.starts_with("shared/src/domain/") && (storage || journal) {
        return Some("the domain does no input or output");
    }
    if file.starts_with("shared/src/storage/") && journal {
        return Some("the journal stands on storage, not the other way round");
    }
    None
}

fn within_api(file: &str, path: &Path) -> Option<&'static str> {
    let (api, inside) = file.strip_prefix("api/src/")?.split_once('/')?;
    if !APIS.contains(&api) {
        return None;
    }
    if APIS
        .iter()
        .any(|other| *other != api && path.begins_with(&["crate", other]))
    {
        return Some("an API does not import another API");
    }
    (is_poem(path) && !may_know_poem(inside)).then_some("here only resource.rs and schema.rs know poem")
}

/// `inside` is the place of a file in the folder of its API, whose own mod.rs wires resources into a service.
fn may_know_poem(inside: &str) -> bool {
    let name = inside.rsplit('/').next().unwrap_or(inside);
    inside == "mod.rs" || name == "resource.rs" || name == "schema.rs" || name.ends_with("_schema.rs")
}

fn is_poem(path: &Path) -> bool {
    ["poem", "poem_openapi"]
        .iter()
        .any(|name| path.begins_with(&[name]))
}

fn within_worker(file: &str, path: &Path) -> Option<&'static str> {
    let is_engine = path.segments[0].starts_with("apalis");
    (is_engine && !ENGINE.contains(&file))
        .then_some("only app, backend and cleanup of the worker know apalis")
}

#[cfg(test)]
mod tests {
    use super::super::source::module_of;
    use super::*;

    fn found(file: &str, text: &str) -> Vec<String> {
        let source = Source::read(text, &module_of(file)).unwrap();
        offences(file, &source)
            .into_iter()
            .map(|offence| offence.sentence)
            .collect()
    }

    #[test]
    fn refuses_the_wrong_direction() {
        let cases = [
            (
                "api/src/app.rs",
                "use openklant_worker::deliver;",
                "the API does not know the worker",
            ),
            (
                "worker/src/app.rs",
                "use openklant_api::app;",
                "the worker does not know the API",
            ),
            (
                "shared/src/http.rs",
                "fn f() { openklant_api::x(); }",
                "shared knows neither the API nor the worker",
            ),
            (
                "shared/src/http.rs",
                "use poem::Body;",
                "shared knows nothing of the HTTP server",
            ),
            (
                "shared/src/domain/klant.rs",
                "use crate::storage::Tx;",
                "the domain does no input or output",
            ),
            (
                "shared/src/domain/klant.rs",
                "use crate::{clock, journal};",
                "the domain does no input or output",
            ),
            (
                "shared/src/domain/klant.rs",
                "use super::super::storage::Tx;",
                "the domain does no input or output",
            ),
            (
                "shared/src/domain/klant.rs",
                "#[derive(sqlx::Type)] struct S;",
                "only shared/src/storage talks to the database",
            ),
            (
                "shared/src/journal.rs",
                "use sqlx::Row;",
                "only shared/src/storage talks to the database",
            ),
            (
                "shared/src/storage/klant.rs",
                "use crate::journal::record;",
                "the journal stands on storage, not the other way round",
            ),
            (
                "api/src/klanten/service.rs",
                "fn f() { sqlx::query(T); }",
                "only shared/src/storage talks to the database",
            ),
            (
                "api/src/klanten/service.rs",
                "use poem::Error;",
                "here only resource.rs and schema.rs know poem",
            ),
            (
                "api/src/klanten/subject_input.rs",
                "use poem_openapi::Object;",
                "here only resource.rs and schema.rs know poem",
            ),
            (
                "api/src/contactmomenten/contactmoment/mod.rs",
                "use poem::Route;",
                "here only resource.rs and schema.rs know poem",
            ),
            (
                "api/src/klanten/view.rs",
                "use crate::contactmomenten::expand;",
                "an API does not import another API",
            ),
            (
                "api/src/contactmomenten/expand.rs",
                "use crate::klanten::view;",
                "an API does not import another API",
            ),
            (
                "worker/src/deliver.rs",
                "use apalis_core::task::Task;",
                "only app, backend and cleanup of the worker know apalis",
            ),
            (
                "cli/src/worker.rs",
                "use apalis::prelude::Monitor;",
                "only app, backend and cleanup of the worker know apalis",
            ),
        ];
        for (file, text, reason) in cases {
            let found = found(file, text);
            assert_eq!(found.len(), 1, "{file}: {text}: {found:?}");
            assert!(found[0].ends_with(reason), "{file}: {text}: {found:?}");
        }
    }

    #[test]
    fn lets_the_right_direction_pass() {
        let cases = [
            (
                "api/src/klanten/resource.rs",
                "use poem_openapi::OpenApi; use super::service;",
            ),
            ("api/src/klanten/schema.rs", "use poem_openapi::Object;"),
            (
                "api/src/klanten/subject_schema.rs",
                "use poem_openapi::registry::Registry;",
            ),
            ("api/src/klanten/mod.rs", "use poem_openapi::OpenApiService;"),
            (
                "api/src/klanten/service.rs",
                "/// Errors become a `poem::Error` elsewhere.\nuse openklant_shared::journal;",
            ),
            ("api/src/zgw/body.rs", "use poem::Body;"),
            ("api/src/app.rs", "use crate::{contactmomenten, klanten};"),
            (
                "shared/src/storage/klant.rs",
                "use crate::domain::klant::Klant; use sqlx::FromRow;",
            ),
            (
                "shared/src/journal.rs",
                "use crate::storage::Tx; use crate::domain::codes;",
            ),
            ("worker/src/backend.rs", "use apalis_core::backend::Backend;"),
            (
                "cli/src/up.rs",
                "use openklant_api::server; use openklant_worker::app;",
            ),
        ];
        for (file, text) in cases {
            assert_eq!(found(file, text), Vec::<String>::new(), "{file}: {text}");
        }
    }
}
