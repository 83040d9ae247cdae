//! What does not stop the start, but is said.

use super::*;
use crate::settings::Severity;

#[test]
fn unknown_names_get_the_nearest_known_name() {
    for (name, nearest) in [
        ("OPENKLANT_LISTN", "; did you mean OPENKLANT_LISTEN?"),
        ("OPENKLANT_DATABASE_URI", "; did you mean OPENKLANT_DATABASE_URL?"),
        (
            "OPENKLANT_NOTIFICATIONS_API_ROOT",
            "; did you mean OPENKLANT_NOTIFICATIES_API_ROOT?",
        ),
        (
            "OPENKLANT_NOTIFICATIONS_DISABLED",
            "; did you mean NOTIFICATIONS_DISABLED?",
        ),
        ("NOTIFICATIONS_DISABLD", "; did you mean NOTIFICATIONS_DISABLED?"),
        (
            "OPENKLANT_NOTIFICATIES_SECRETFILE",
            "; did you mean OPENKLANT_NOTIFICATIES_SECRET_FILE?",
        ),
        ("OPENKLANT_XYZZY", ""),
    ] {
        assert_eq!(
            warnings(&[(name, "x")]),
            [format!("{name} (environment) is not a setting{nearest}")]
        );
    }
}

#[test]
fn unknown_keys_of_the_toml_file_too() {
    let loaded = load(&Source::default().with_toml("o.toml", "[server]\nlisen = \"x\"\n")).unwrap();
    assert_eq!(
        loaded.warnings[0].to_string(),
        "server.lisen (server.lisen in the TOML file) is not a setting; did you mean server.listen?"
    );
}

#[test]
fn names_that_only_look_like_ours_are_left_alone() {
    let pairs = [
        ("OPENKLANT_SERVICE_HOST", "10.1.2.3"),
        ("OPENKLANT_SERVICE_PORT_HTTP", "80"),
        ("OPENKLANT_PORT", "tcp://10.1.2.3:80"),
        ("OPENKLANT_PORT_80_TCP", "tcp://10.1.2.3:80"),
        ("OPENKLANT_PORT_80_TCP_ADDR", "10.1.2.3"),
        ("OPENKLANT_WORKER_PORT", "tcp://10.1.2.3:80"),
        ("OPENKLANT_TEST_POSTGRES_URL", "postgres://u@h/d"),
        ("PATH", "/bin"),
        ("PGSSLMODE", "require"),
    ];
    assert_eq!(warnings(&pairs), [""; 0]);
}

#[test]
fn two_names_with_different_values() {
    for (pairs, ignored) in [
        (
            &[("OPENKLANT_LOG_LEVEL", "info"), ("LOG_LEVEL", "debug")][..],
            Some("LOG_LEVEL is ignored: OPENKLANT_LOG_LEVEL is set too, to something else"),
        ),
        (&[("OPENKLANT_LOG_LEVEL", "info"), ("LOG_LEVEL", "INFO")], None),
        (
            &[("LOG_LEVEL", "info"), ("LOGLEVEL", "debug")],
            Some("LOGLEVEL is ignored: LOG_LEVEL is set too, to something else"),
        ),
        (
            &[("OPENKLANT_LISTEN", "0.0.0.0:80"), ("OPENKLANT_PORT", "8000")],
            Some("OPENKLANT_PORT is ignored: OPENKLANT_LISTEN is set too, to something else"),
        ),
        (
            &[("OPENKLANT_BASE_URL", "https://a.nl"), ("SITE_DOMAIN", "b.nl")],
            Some("SITE_DOMAIN is ignored: OPENKLANT_BASE_URL is set too, to something else"),
        ),
        (
            &[("OPENKLANT_BASE_URL", "https://a.nl"), ("SITE_DOMAIN", "a.nl")],
            None,
        ),
        (
            &[("OPENKLANT_DATABASE_URL", "sqlite://x.db"), ("DB_NAME", "k")],
            Some("DB_NAME is ignored: OPENKLANT_DATABASE_URL is set too, to something else"),
        ),
    ] {
        assert_eq!(
            warnings(pairs),
            ignored.into_iter().collect::<Vec<_>>(),
            "{pairs:?}"
        );
    }
}

#[test]
fn names_with_a_successor() {
    for (name, _) in crate::settings::family::SUCCEEDED {
        let lines = warnings(&[(name, "x")]);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(
            lines[0].starts_with(&format!("{name} is set but not used: ")),
            "{lines:?}"
        );
    }
    assert_eq!(
        warnings(&[("NOTIFICATIONS_ENABLED", "true")]),
        [
            "NOTIFICATIONS_ENABLED is set but not used: this name never existed; NOTIFICATIONS_DISABLED=true switches \
          messages off"
        ]
    );
}

#[test]
fn what_means_nothing_here_is_named_once_as_information() {
    let pairs = [
        ("CACHE_DEFAULT", "redis:6379/0"),
        ("CELERY_BROKER_URL", "redis://redis"),
        ("DB_CONN_MAX_AGE", "60"),
        ("DB_POOL_MIN_SIZE", "4"),
        ("DJANGO_SETTINGS_MODULE", "openklant.conf.docker"),
        ("EMAIL_HOST", "localhost"),
        ("SECRET_KEY", "x"),
        ("SESSION_COOKIE_AGE", "1"),
        ("UWSGI_PORT", "8000"),
    ];
    let loaded = loaded(&pairs);
    let [warning] = loaded.warnings.as_slice() else {
        panic!("{:?}", loaded.warnings)
    };
    assert_eq!(warning.severity(), Severity::Info);
    assert_eq!(
        warning.to_string(),
        "known from Open Klant 1.0 or its family, not used here: CACHE_DEFAULT, CELERY_BROKER_URL, DB_CONN_MAX_AGE, \
         DB_POOL_MIN_SIZE, DJANGO_SETTINGS_MODULE, EMAIL_HOST, SECRET_KEY, SESSION_COOKIE_AGE, UWSGI_PORT"
    );
}

#[test]
fn what_does_nothing_in_this_combination() {
    for (pairs, start) in [
        (
            &[("DB_PASSWORD", "p")][..],
            "DB_PASSWORD has no effect: it is part of a PostgreSQL URL",
        ),
        (
            &[("SUBPATH", "/k")],
            "SUBPATH has no effect: it is part of a base URL",
        ),
        (
            &[("OPENKLANT_NOTIFICATIES_CLIENT_ID", "k")],
            "OPENKLANT_NOTIFICATIES_CLIENT_ID has no effect",
        ),
        (
            &[("OPENKLANT_NOTIFICATIES_SECRET", "k")],
            "OPENKLANT_NOTIFICATIES_SECRET has no effect",
        ),
        (
            &[("OPENKLANT_ALERT_PENDING_AGE", "5m")],
            "OPENKLANT_ALERT_PENDING_AGE has no effect",
        ),
        (
            &[("OPENKLANT_HTTPS", "true"), ("OPENKLANT_BASE_URL", "http://k.nl")],
            "OPENKLANT_HTTPS is true, but the public",
        ),
    ] {
        let lines = warnings(pairs);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].starts_with(start), "{lines:?}");
        assert_eq!(loaded(pairs).warnings[0].severity(), Severity::Warning);
    }
}

#[test]
fn traps_of_the_dotenv_file() {
    for (text, line) in [
        (
            "OPENKLANT_LOG_LEVEL=info\nOPENKLANT_LOG_LEVEL=debug\n",
            Some("OPENKLANT_LOG_LEVEL stands more than once in .env; the first value counts"),
        ),
        ("OPENKLANT_LOG_LEVEL=info\nOPENKLANT_LOG_LEVEL=info\n", None),
        (
            "OPENKLANT_CONTACT_NAME=a$b\n",
            Some(
                "OPENKLANT_CONTACT_NAME in .env has a $ that is replaced as a shell would; keep it with single quotes around the value",
            ),
        ),
        ("OPENKLANT_CONTACT_NAME='a$b'\n", None),
        ("OPENKLANT_CONTACT_NAME=a\\$b\n", None),
    ] {
        let loaded = load(&Source::default().with_dotenv(text)).unwrap();
        let lines: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
        assert_eq!(lines, line.into_iter().collect::<Vec<_>>(), "{text}");
    }
}
