//! The names of Open Klant 1.0 and its family.

use super::*;
use crate::settings::LogFormat;

#[test]
fn plain_aliases_set_the_setting() {
    for setting in names::ALL {
        for alias in setting.aliases {
            let loaded = loaded(&[(alias, setting.example)]);
            let row = row(&loaded, setting.name);
            assert_eq!(row.origin, format!("environment, as {alias}"), "{alias}");
            assert_eq!(loaded.warnings, [], "{alias}");
        }
    }
}

#[test]
fn switches_are_read_as_text() {
    for (text, disabled) in [
        ("True", true),
        ("yes", true),
        ("1", true),
        ("on", true),
        ("False", false),
        ("no", false),
        ("0", false),
        ("off", false),
        ("", false),
    ] {
        assert_eq!(
            settings(&[("NOTIFICATIONS_DISABLED", text)])
                .notificaties
                .disabled,
            disabled,
            "{text}"
        );
    }
}

#[test]
fn database_parts_make_a_postgresql_url() {
    for (pairs, url) in [
        (&[("DB_HOST", "db")][..], "postgres://openklant@db/openklant"),
        (&[("DB_NAME", "klant")], "postgres://openklant@localhost/klant"),
        (
            &[("DATABASE_HOST", "db"), ("DATABASE_NAME", "k")],
            "postgres://openklant@db/k",
        ),
        (
            &[
                ("DB_HOST", "db.example.nl"),
                ("DB_NAME", "k%20 z"),
                ("DB_USER", "u%41@"),
                ("DB_PASSWORD", "p@s/s:#%é"),
                ("DB_PORT", "5433"),
            ],
            "postgres://u%2541%40:p%40s%2Fs%3A%23%25%C3%A9@db.example.nl:5433/k%2520%20z",
        ),
        (
            &[("DB_HOST", "db"), ("PGSSLMODE", "verify-full")],
            "postgres://openklant@db/openklant?sslmode=verify-full",
        ),
        (
            &[("DB_HOST", "::1")],
            "postgres://openklant@localhost/openklant?hostaddr=%3A%3A1",
        ),
        (
            &[("DB_HOST", "/var/run/postgresql")],
            "postgres://openklant@localhost/openklant?host=%2Fvar%2Frun%2Fpostgresql",
        ),
        (
            &[("DB_HOST", ""), ("DB_NAME", "k"), ("DB_PASSWORD", "")],
            "postgres://openklant@localhost/k",
        ),
        (
            &[
                ("DATABASE_URL", "postgres://u:p@h/d"),
                ("OPENKLANT_DATABASE_URL", "postgres://o@h/d"),
            ],
            "postgres://o@h/d",
        ),
    ] {
        match settings(pairs).database.url {
            crate::settings::DatabaseUrl::Postgres(secret) => assert_eq!(secret.expose(), url),
            other @ crate::settings::DatabaseUrl::Sqlite(_) => panic!("{other} for {pairs:?}"),
        }
    }
}

#[test]
fn site_domain_makes_the_base_url() {
    for (pairs, base) in [
        (
            &[("SITE_DOMAIN", "klant.example.nl")][..],
            "https://klant.example.nl",
        ),
        (
            &[("SITE_DOMAIN", "klant.example.nl:8443"), ("IS_HTTPS", "True")],
            "https://klant.example.nl:8443",
        ),
        (
            &[("SITE_DOMAIN", "klant.example.nl"), ("IS_HTTPS", "False")],
            "http://klant.example.nl",
        ),
        (
            &[("SITE_DOMAIN", "klant.example.nl"), ("OPENKLANT_HTTPS", "no")],
            "http://klant.example.nl",
        ),
        (
            &[("SITE_DOMAIN", "klant.example.nl"), ("SUBPATH", "/openklant")],
            "https://klant.example.nl/openklant",
        ),
        (
            &[("SITE_DOMAIN", "klant.example.nl"), ("SUBPATH", "openklant/")],
            "https://klant.example.nl/openklant",
        ),
        (
            &[("SITE_DOMAIN", "klant.example.nl"), ("SUBPATH", "/")],
            "https://klant.example.nl",
        ),
        (
            &[
                ("SITE_DOMAIN", "oud.nl"),
                ("OPENKLANT_BASE_URL", "https://nieuw.nl/k"),
            ],
            "https://nieuw.nl/k",
        ),
    ] {
        assert_eq!(settings(pairs).server.base(), Some(base), "{pairs:?}");
    }
    // Strict-Transport-Security is only for who asks for it.
    assert!(!settings(&[("SITE_DOMAIN", "klant.example.nl")]).server.https);
    assert!(settings(&[("IS_HTTPS", "True")]).server.https);
}

#[test]
fn port_changes_only_the_port() {
    for (pairs, listen) in [
        (&[("OPENKLANT_PORT", "9000")][..], "127.0.0.1:9000"),
        (
            &[("OPENKLANT_PORT", "9000"), ("OPENKLANT_LISTEN", "0.0.0.0:9000")],
            "0.0.0.0:9000",
        ),
        (&[("OPENKLANT_PORT", "tcp://10.1.2.3:80")], "127.0.0.1:8000"),
    ] {
        let loaded = loaded(pairs);
        assert_eq!(loaded.settings.server.listen.to_string(), listen);
        assert_eq!(loaded.warnings, [], "{pairs:?}");
    }
}

#[test]
fn levels_and_formats_of_the_family_are_understood() {
    for (name, text, level) in [
        ("LOG_LEVEL", "WARNING", "warn"),
        ("LOGLEVEL", "CRITICAL", "error"),
        ("LOG_LEVEL", "DEBUG", "debug"),
        ("OPENKLANT_LOG_LEVEL", "info,sqlx=warn", "info,sqlx=warn"),
    ] {
        assert_eq!(settings(&[(name, text)]).log.level, level);
    }
    for (text, format) in [("json", LogFormat::Json), ("plain_console", LogFormat::Text)] {
        assert_eq!(settings(&[("LOG_FORMAT_CONSOLE", text)]).log.format, format);
    }
}
