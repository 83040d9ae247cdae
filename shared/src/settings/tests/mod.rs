//! What operators meet: names, precedence, faults, warnings, secrets and documents, as tables of cases.

mod aliases;
mod documents;
mod faults;
mod layers;
mod secrets;
mod stored;
mod warnings;

use super::{Loaded, Row, Settings, Source, load, names};

/// Reads these variables; they must be right.
fn loaded(pairs: &[(&str, &str)]) -> Loaded {
    load(&Source::from_pairs(pairs.iter().copied())).unwrap()
}

fn settings(pairs: &[(&str, &str)]) -> Settings {
    loaded(pairs).settings
}

/// The row of `config show` for a variable.
fn row(loaded: &Loaded, name: &str) -> Row {
    loaded.rows.iter().find(|row| row.name == name).unwrap().clone()
}

/// Every fault as its line.
fn faults(source: &Source) -> Vec<String> {
    load(source)
        .map(|_| ())
        .unwrap_err()
        .faults
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// Every warning as its line.
fn warnings(pairs: &[(&str, &str)]) -> Vec<String> {
    loaded(pairs).warnings.iter().map(ToString::to_string).collect()
}

#[test]
fn nothing_set_gives_the_defaults() {
    let Loaded {
        settings, warnings, ..
    } = load(&Source::default()).unwrap();
    assert_eq!(warnings, []);
    assert_eq!(settings.database.url.to_string(), "sqlite://data/openklant.db");
    assert_eq!(settings.server.listen.to_string(), "127.0.0.1:8000");
    assert_eq!(settings.server.base_url, None);
    assert_eq!(settings.server.allowed_hosts, None);
    assert!(!settings.server.https);
    assert!(!settings.server.ignore_unknown_parameters);
    assert_eq!(settings.tokens.leeway.as_secs(), 60);
    assert_eq!(settings.tokens.max_age, None);
    assert!(!settings.notificaties.disabled);
    assert!(settings.notificaties.api.is_none());
    assert_eq!(settings.notificaties.request_timeout.as_secs(), 10);
    assert_eq!(settings.notificaties.concurrency, 4);
    assert_eq!(settings.notificaties.lease.as_secs(), 60);
    assert_eq!(settings.notificaties.retry_window.as_secs(), 7 * 24 * 3600);
    assert_eq!(settings.notificaties.retry_max_delay.as_secs(), 600);
    assert_eq!(settings.alert.webhook_url, None);
    assert_eq!(settings.alert.pending_age.as_secs(), 15 * 60);
    assert_eq!(settings.outgoing.connect_timeout.as_secs(), 3);
    assert_eq!(settings.outgoing.timeout.as_secs(), 10);
    assert_eq!(settings.log.level, "info");
}

#[test]
fn every_setting_of_the_table_is_read_by_a_section() {
    let rows = load(&Source::default()).unwrap().rows;
    let read: Vec<&str> = rows.iter().map(|row| row.name).collect();
    let table: Vec<&str> = names::ALL.iter().map(|setting| setting.name).collect();
    assert_eq!(read, table);
}

#[test]
fn every_example_of_the_table_is_right() {
    let pairs: Vec<(&str, &str)> = names::ALL
        .iter()
        .map(|setting| (setting.name, setting.example))
        .collect();
    let loaded = loaded(&pairs);
    assert!(
        loaded
            .rows
            .iter()
            .all(|row| row.set && row.origin == "environment")
    );
    assert_eq!(loaded.warnings, []);
}

#[test]
fn base_has_no_slash_at_the_end() {
    for (given, base) in [
        ("https://openklant.example.nl", "https://openklant.example.nl"),
        ("https://openklant.example.nl/", "https://openklant.example.nl"),
        ("https://Example.NL/sub/pad//", "https://example.nl/sub/pad"),
        (
            "http://example.nl:8000/openklant",
            "http://example.nl:8000/openklant",
        ),
    ] {
        assert_eq!(
            settings(&[("OPENKLANT_BASE_URL", given)]).server.base(),
            Some(base)
        );
    }
}

#[test]
fn api_root_always_ends_in_one_slash() {
    for given in [
        "https://nrc.example.nl/api/v1",
        "https://nrc.example.nl/api/v1/",
        "https://nrc.example.nl/api/v1//",
    ] {
        let settings = settings(&[
            ("OPENKLANT_BASE_URL", "https://openklant.example.nl"),
            ("OPENKLANT_NOTIFICATIES_API_ROOT", given),
            ("OPENKLANT_NOTIFICATIES_CLIENT_ID", "openklant"),
            ("OPENKLANT_NOTIFICATIES_SECRET", " space is kept "),
        ]);
        let api = settings.notificaties.api.unwrap();
        assert_eq!(api.root.as_str(), "https://nrc.example.nl/api/v1/");
        assert_eq!(api.client_id, "openklant");
        assert_eq!(api.secret.expose(), " space is kept ");
    }
}

#[test]
fn lists_are_in_one_form() {
    let server = settings(&[
        ("OPENKLANT_HOST_ALIASES", "Intern.Example.NL, klant:8000,, ::1"),
        ("OPENKLANT_TRUSTED_PROXIES", "10.0.0.0/8,192.168.1.4,fd00::/8"),
        ("OPENKLANT_ALLOWED_HOSTS", "OpenKlant.example.nl,.intern"),
        (
            "OPENKLANT_CORS_ALLOWED_ORIGINS",
            "https://Portaal.example.nl/,http://localhost:3000",
        ),
    ])
    .server;
    assert_eq!(server.host_aliases, ["intern.example.nl", "klant:8000", "[::1]"]);
    let proxies: Vec<String> = server.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["10.0.0.0/8", "192.168.1.4/32", "fd00::/8"]);
    assert_eq!(server.allowed_hosts.unwrap(), ["openklant.example.nl", ".intern"]);
    assert_eq!(
        server.cors_allowed_origins,
        ["https://portaal.example.nl", "http://localhost:3000"]
    );
    assert_eq!(
        settings(&[("OPENKLANT_ALLOWED_HOSTS", "a.nl,*")])
            .server
            .allowed_hosts,
        None
    );
}
