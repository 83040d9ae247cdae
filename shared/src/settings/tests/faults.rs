//! Every fault names the variable, what is wrong and an example.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use super::*;

/// A variable, a wrong value, and a piece of the message.
const WRONG: &[(&str, &str, &str)] = &[
    (
        "OPENKLANT_SECURITY_CONTACT",
        "security@example.nl",
        "mailto:, https:// or tel:",
    ),
    (
        "OPENKLANT_SECURITY_CONTACT",
        "http://example.nl/melden",
        "mailto:, https:// or tel:",
    ),
    ("OPENKLANT_SECURITY_EXPIRES", "2027-06-01", "is not a moment"),
    (
        "OPENKLANT_DATABASE_URL",
        "mysql://u@h/d",
        "must begin with sqlite://, postgres:// or postgresql://",
    ),
    (
        "OPENKLANT_DATABASE_URL",
        "data/openklant.db",
        "must begin with sqlite://",
    ),
    ("OPENKLANT_DATABASE_URL", "sqlite://", "must name a file"),
    ("OPENKLANT_DATABASE_URL", "sqlite://data/", "must name a file"),
    (
        "OPENKLANT_DATABASE_URL",
        "sqlite::memory:",
        "a database in memory cannot be shared",
    ),
    (
        "OPENKLANT_DATABASE_URL",
        "sqlite://x.db?mode=rwc",
        "may not have options",
    ),
    (
        "OPENKLANT_DATABASE_URL",
        "postgres:openklant",
        "is not a PostgreSQL URL",
    ),
    (
        "OPENKLANT_DATABASE_URL",
        "postgres://u:p@h:port/d",
        "is not a PostgreSQL URL",
    ),
    ("OPENKLANT_DATABASE_URL", "postgres://u@h", "names no database"),
    (
        "OPENKLANT_DATABASE_URL",
        "postgres://u@h/d?sslmod=require",
        "has an unknown option",
    ),
    (
        "OPENKLANT_DATABASE_URL",
        "postgres://u@h/d?sslmode=on",
        "has a wrong sslmode",
    ),
    (
        "OPENKLANT_DATABASE_MAX_CONNECTIONS",
        "0",
        "must be between 1 and 1000; it is \"0\"; example: ",
    ),
    (
        "OPENKLANT_DATABASE_MAX_CONNECTIONS",
        "-3",
        "must be between 1 and 1000",
    ),
    (
        "OPENKLANT_DATABASE_MAX_CONNECTIONS",
        "99999999999",
        "must be between 1 and 1000",
    ),
    (
        "OPENKLANT_DATABASE_MAX_CONNECTIONS",
        "ten",
        "is not a whole number",
    ),
    (
        "OPENKLANT_DATABASE_ACQUIRE_TIMEOUT",
        "5 minutes",
        "is not a length of time",
    ),
    (
        "OPENKLANT_DATABASE_ACQUIRE_TIMEOUT",
        "99999999999999999999s",
        "is not a length of time",
    ),
    (
        "OPENKLANT_DATABASE_ACQUIRE_TIMEOUT",
        "0",
        "must be between 100ms and 5m",
    ),
    (
        "DB_POOL_MAX_SIZE",
        "many",
        "is not a whole number; it is \"many\"; example: DB_POOL_MAX_SIZE=20",
    ),
    (
        "OPENKLANT_LISTEN",
        "localhost",
        "is not an IP address with a port; it is \"localhost\"; example: ",
    ),
    (
        "OPENKLANT_PORT",
        "70000",
        "must be between 1 and 65535; it is \"70000\"; example: OPENKLANT_PORT=8000",
    ),
    (
        "OPENKLANT_BASE_URL",
        "openklant.example.nl",
        "is not a URL that begins with http:// or https://",
    ),
    (
        "OPENKLANT_BASE_URL",
        "ftp://openklant.example.nl",
        "is not a URL that begins with http:// or https://",
    ),
    ("OPENKLANT_BASE_URL", "https://", "is not a URL"),
    ("OPENKLANT_BASE_URL", "https://h.nl/?a=b", "may not have a query"),
    (
        "OPENKLANT_BASE_URL",
        "https://h.nl/#a",
        "may not have a query (?) or a fragment",
    ),
    (
        "OPENKLANT_BASE_URL",
        "https://u:p@h.nl/",
        "may not hold a user name or password; example: ",
    ),
    (
        "SITE_DOMAIN",
        "https://h.nl",
        "is not a host, without or with a port",
    ),
    (
        "OPENKLANT_HOST_ALIASES",
        "a.nl,b c",
        "has an item (b c) that is not a host",
    ),
    (
        "OPENKLANT_HOST_ALIASES",
        "a.nl:0",
        "has an item (a.nl:0) that is not a host",
    ),
    (
        "OPENKLANT_TRUSTED_PROXIES",
        "10.0.0.0/33",
        "is not an IP address or a network",
    ),
    (
        "ALLOWED_HOSTS",
        "h.nl:8000",
        "has an item (h.nl:8000) that is not a host without a port",
    ),
    ("IS_HTTPS", "maybe", "must be one of: true, false"),
    ("CORS_ALLOWED_ORIGINS", "*", "may not be *"),
    (
        "OPENKLANT_CORS_ALLOWED_ORIGINS",
        "https://h.nl/pad",
        "may have only a scheme, a host and a port",
    ),
    (
        "OPENKLANT_IGNORE_UNKNOWN_PARAMETERS",
        "ja",
        "must be one of: true, false",
    ),
    ("OPENKLANT_REQUEST_TIMEOUT", "1h", "must be between 1s and 10m"),
    ("OPENKLANT_SHUTDOWN_TIMEOUT", "soon", "is not a length of time"),
    (
        "OPENKLANT_CONTACT_EMAIL",
        "klantcontact",
        "is not an e-mail address",
    ),
    ("OPENKLANT_CONTACT_URL", "www.example.nl", "is not a URL"),
    ("OPENKLANT_JWT_LEEWAY", "11m", "must be between 0s and 10m"),
    ("JWT_LEEWAY", "veel", "is not a length of time"),
    ("OPENKLANT_JWT_MAX_AGE", "never", "is not a length of time"),
    ("NOTIFICATIONS_DISABLED", "Fals", "must be one of: true, false"),
    ("NOTIFICATIONS_SOURCE", "urn: x", "has white space"),
    (
        "OPENKLANT_NOTIFICATIES_CONCURRENCY",
        "65",
        "must be between 1 and 64",
    ),
    (
        "OPENKLANT_NOTIFICATIES_RETRY_WINDOW",
        "6d",
        "must be between 7d and 365d",
    ),
    (
        "OPENKLANT_NOTIFICATIES_RETRY_MAX_DELAY",
        "2d",
        "must be between 1s and 1d",
    ),
    (
        "OPENKLANT_NOTIFICATIES_POLL_INTERVAL",
        "1ms",
        "must be between 100ms and 1h",
    ),
    (
        "OPENKLANT_NOTIFICATIES_CONNECT_TIMEOUT",
        "x",
        "is not a length of time",
    ),
    (
        "OPENKLANT_ALERT_WEBHOOK_URL",
        "meldingen.example.nl/hooks/1",
        "is not a URL that begins with http:// or https://",
    ),
    (
        "OPENKLANT_ALERT_WEBHOOK_URL",
        "ftp://meldingen.example.nl/hooks/1",
        "is not a URL that begins with http:// or https://",
    ),
    (
        "ALERT_WEBHOOK_URL",
        "https://u:p@meldingen.example.nl/hooks/1",
        "may not hold a user name or password",
    ),
    ("OPENKLANT_ALERT_PENDING_AGE", "0s", "must be between 1s and 7d"),
    ("OPENKLANT_ALERT_PENDING_AGE", "8d", "must be between 1s and 7d"),
    (
        "OPENKLANT_CONNECTION_TIMEOUT",
        "30s",
        "must be more than OPENKLANT_REQUEST_TIMEOUT",
    ),
    (
        "OPENKLANT_MAX_CONCURRENT_PER_CLIENT",
        "0",
        "must be between 1 and 10000",
    ),
    (
        "OPENKLANT_STATUS_TOKEN",
        "kort",
        "is too short: at least 20 characters",
    ),
    ("OPENKLANT_LOG_REQUESTS", "some", "must be one of"),
    ("OPENKLANT_READ_LOG", "true", "OPENKLANT_READ_LOG_KEY is missing"),
    (
        "OPENKLANT_READ_LOG_KEY",
        "kort",
        "is too short: at least 32 characters",
    ),
    (
        "OPENKLANT_READ_LOG_RETENTION",
        "1h",
        "must be between 1d and 36500d",
    ),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "is not a URL"),
    (
        "OTEL_EXPORTER_OTLP_HEADERS",
        "x-api-key",
        "is not a list such as name=value",
    ),
    (
        "OTEL_RESOURCE_ATTRIBUTES",
        "a=b,=c",
        "is not a list such as name=value",
    ),
    (
        "OTEL_METRIC_EXPORT_INTERVAL",
        "10",
        "must be between 1000 and 3600000",
    ),
    (
        "OPENKLANT_NOTIFICATIES_LEASE",
        "15s",
        "OPENKLANT_NOTIFICATIES_LEASE must be more than",
    ),
    (
        "OPENKLANT_NOTIFICATIES_REQUEST_TIMEOUT",
        "55s",
        "example: OPENKLANT_NOTIFICATIES_LEASE=65s",
    ),
    (
        "OPENKLANT_NOTIFICATIES_PROBE_MAX_PAUSE",
        "6m",
        "must be between 100ms and 5m",
    ),
    (
        "OPENKLANT_OUTGOING_CONNECT_TIMEOUT",
        "2m",
        "must be between 100ms and 60s",
    ),
    ("OPENKLANT_OUTGOING_TIMEOUT", "-1s", "is not a length of time"),
    (
        "OPENKLANT_OUTGOING_ALLOWED_HOSTS",
        "https://h.nl",
        "is not an IP address or a network",
    ),
    ("OPENKLANT_LOG_LEVEL", "verbose", "is neither a level"),
    ("OPENKLANT_LOG_LEVEL", "sqlx=loud", "is neither a level"),
    ("OPENKLANT_LOG_FORMAT", "xml", "must be one of: text, json"),
];

#[test]
fn a_wrong_value_gives_one_fault_with_an_example() {
    for (name, value, piece) in WRONG {
        let faults = faults(&Source::from_pairs([(*name, *value)]));
        let [fault] = faults.as_slice() else {
            panic!("{name}={value}: {faults:?}")
        };
        assert!(fault.contains(piece), "{name}={value}: {fault}");
        assert!(fault.contains("; example: "), "{fault}");
        let names_it = fault.starts_with(name) || name.ends_with("REQUEST_TIMEOUT");
        assert!(names_it, "{fault}");
    }
}

#[test]
fn wrong_parts_of_the_database_are_named_one_by_one() {
    let pairs = [
        ("DB_HOST", "db:5433"),
        ("DB_PORT", "x"),
        ("PGSSLMODE", "on"),
        ("DB_NAME", "k"),
    ];
    let faults = faults(&Source::from_pairs(pairs));
    assert_eq!(faults.len(), 3);
    assert!(
        faults[0].starts_with("DB_HOST (environment) is not a host without a port; it is \"db:5433\""),
        "{faults:?}"
    );
    assert!(
        faults[1].starts_with("DB_PORT (environment) is not a whole number"),
        "{faults:?}"
    );
    assert!(
        faults[2].starts_with("PGSSLMODE (environment) has a wrong sslmode"),
        "{faults:?}"
    );
}

#[test]
fn all_faults_come_together() {
    let source = Source::from_pairs([
        ("OPENKLANT_LISTEN", "x"),
        ("LOG_LEVEL", "loud"),
        ("IS_HTTPS", "?"),
    ])
    .with_dotenv("OPENKLANT_JWT_LEEWAY=y\n")
    .with_toml("openklant.toml", "[outgoing]\ntimeout = 1.5\n");
    let error = load(&source).map(|_| ()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "5 wrong settings:\
         \n  outgoing.timeout must be text, a number, true or false, or a list of those\
         \n  OPENKLANT_LISTEN (environment) is not an IP address with a port; it is \"x\"; example: OPENKLANT_LISTEN=0.0.0.0:8000\
         \n  IS_HTTPS (environment) must be one of: true, false, yes, no, on, off, 1, 0; it is \"?\"; example: IS_HTTPS=true\
         \n  OPENKLANT_JWT_LEEWAY (.env) is not a length of time: a number with ms, s, m, h or d behind it, or a number of \
         seconds; it is \"y\"; example: OPENKLANT_JWT_LEEWAY=30s\
         \n  LOG_LEVEL (environment) is neither a level (error, warn, info, debug, trace, off) nor a tracing filter; it is \
         \"loud\"; example: LOG_LEVEL=info,sqlx=warn"
    );
}

#[test]
fn a_notificaties_api_needs_credentials_and_a_public_address() {
    let root = (
        "OPENKLANT_NOTIFICATIES_API_ROOT",
        "https://nrc.example.nl/api/v1/",
    );
    let id = ("OPENKLANT_NOTIFICATIES_CLIENT_ID", "openklant");
    let secret = ("OPENKLANT_NOTIFICATIES_SECRET", "geheim");
    for (pairs, wrong) in [
        (
            &[root][..],
            &[
                "OPENKLANT_NOTIFICATIES_CLIENT_ID is missing",
                "OPENKLANT_NOTIFICATIES_SECRET is missing",
                "OPENKLANT_BASE_URL is missing",
            ][..],
        ),
        (
            &[root, id],
            &[
                "OPENKLANT_NOTIFICATIES_SECRET is missing",
                "OPENKLANT_BASE_URL is missing",
            ],
        ),
        (
            &[root, id, secret],
            &["OPENKLANT_BASE_URL is missing: a Notificaties API is set"],
        ),
        (
            &[root, id, secret, ("NOTIFICATIONS_DISABLED", "False")],
            &["OPENKLANT_BASE_URL is missing"],
        ),
        (
            &[("OPENKLANT_NOTIFICATIES_API_ROOT", "notificaties")],
            &[
                "OPENKLANT_NOTIFICATIES_API_ROOT (environment) is not a URL",
                "OPENKLANT_BASE_URL is missing",
            ],
        ),
        (
            &[root, id, secret, ("SITE_DOMAIN", "not a host")],
            &["SITE_DOMAIN"],
        ),
        (
            &[root, id, secret, ("OPENKLANT_BASE_URL", "x")],
            &["OPENKLANT_BASE_URL (environment) is not a URL"],
        ),
    ] {
        let faults = faults(&Source::from_pairs(pairs.iter().copied()));
        assert_eq!(faults.len(), wrong.len(), "{faults:?}");
        for (fault, start) in faults.iter().zip(wrong) {
            assert!(fault.starts_with(start), "{fault}");
        }
    }
    for more in [
        ("SITE_DOMAIN", "klant.example.nl"),
        ("OPENKLANT_BASE_URL", "https://k.nl"),
        ("NOTIFICATIONS_DISABLED", "True"),
    ] {
        assert!(
            settings(&[root, id, secret, more]).notificaties.api.is_some(),
            "{more:?}"
        );
    }
}

#[test]
fn an_autorisaties_api_needs_credentials_and_times_that_fit() {
    let root = ("OPENKLANT_AUTORISATIES_API_ROOT", "https://ac.example.nl/api/v1/");
    let id = ("OPENKLANT_AUTORISATIES_CLIENT_ID", "openklant");
    let secret = ("OPENKLANT_AUTORISATIES_SECRET", "geheim");
    for (pairs, wrong) in [
        (
            &[root][..],
            &[
                "OPENKLANT_AUTORISATIES_CLIENT_ID is missing",
                "OPENKLANT_AUTORISATIES_SECRET is missing",
            ][..],
        ),
        (
            &[("OPENKLANT_AUTORISATIES_API_ROOT", "autorisaties")],
            &["OPENKLANT_AUTORISATIES_API_ROOT (environment) is not a URL"],
        ),
        (
            &[("OPENKLANT_AUTORISATIES_CALLBACK_SECRET", "kort")],
            &["OPENKLANT_AUTORISATIES_CALLBACK_SECRET (environment)"],
        ),
        (
            &[("OPENKLANT_AUTORISATIES_FRESH_FOR", "0s")],
            &["OPENKLANT_AUTORISATIES_FRESH_FOR (environment)"],
        ),
        (
            &[("OPENKLANT_AUTORISATIES_LAST_KNOWN_FOR", "4m")],
            &["OPENKLANT_AUTORISATIES_LAST_KNOWN_FOR must not be less than OPENKLANT_AUTORISATIES_FRESH_FOR"],
        ),
        (
            &[root, id, secret, ("OPENKLANT_AUTORISATIES_TIMEOUT", "30s")],
            &["OPENKLANT_AUTORISATIES_TIMEOUT must be less than OPENKLANT_REQUEST_TIMEOUT"],
        ),
        (
            &[root, id, secret, ("OPENKLANT_REQUEST_TIMEOUT", "2s")],
            &["OPENKLANT_AUTORISATIES_TIMEOUT must be less than OPENKLANT_REQUEST_TIMEOUT"],
        ),
    ] {
        let faults = faults(&Source::from_pairs(pairs.iter().copied()));
        assert_eq!(faults.len(), wrong.len(), "{faults:?}");
        for (fault, start) in faults.iter().zip(wrong) {
            assert!(fault.starts_with(start), "{fault}");
            assert!(!fault.contains("kort"), "{fault}");
        }
    }
    // Nobody is asked, so nobody waits.
    assert!(
        settings(&[("OPENKLANT_REQUEST_TIMEOUT", "1s")])
            .autorisaties
            .api
            .is_none()
    );
    let alone = (
        "OPENKLANT_AUTORISATIES_CALLBACK_SECRET",
        "a-long-random-text-of-your-own",
    );
    let told = warnings(&[alone]);
    assert!(
        matches!(&told[..], [one] if one.contains("so no Autorisaties API is asked")),
        "{told:?}"
    );
}

#[test]
fn events_need_a_source() {
    let on = ("ENABLE_CLOUD_EVENTS", "true");
    let faults = faults(&Source::from_pairs([on]));
    let missing =
        "NOTIFICATIONS_SOURCE is missing: ENABLE_CLOUD_EVENTS is true; example: NOTIFICATIONS_SOURCE=urn:";
    assert!(
        matches!(&faults[..], [fault] if fault.starts_with(missing)),
        "{faults:?}"
    );
    let source = ("NOTIFICATIONS_SOURCE", "urn:nld:oin:1:openklant");
    assert!(settings(&[on, source]).notificaties.cloud_events);
    assert!(!settings(&[source]).notificaties.cloud_events);
}

#[test]
fn a_collector_is_spoken_to_in_one_protocol() {
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector.intern:4317");
    let grpc = ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
    let found = faults(&Source::from_pairs([endpoint, grpc]));
    assert!(
        matches!(&found[..], [fault] if fault.contains("another protocol") && fault.contains("4318")),
        "{found:?}"
    );
    // Settings of the family that are switched off, or name no collector, keep nobody from starting.
    let off = ("OTEL_SDK_DISABLED", "True");
    assert!(settings(&[endpoint, grpc, off]).otlp.endpoint.is_none());
    assert!(settings(&[grpc]).otlp.endpoint.is_none());
    let headers = ("OTEL_EXPORTER_OTLP_HEADERS", "x-a=een%20twee+drie, x-b = c");
    let headers = settings(&[endpoint, headers]).otlp.headers;
    let told: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.expose()))
        .collect();
    assert_eq!(told, [("x-a", "een twee+drie"), ("x-b", "c")]);
}

#[test]
fn files_that_cannot_be_read_are_faults() {
    let missing = Source::from_process(Some(Path::new("/nonexistent/openklant.toml")));
    assert!(
        faults(&missing)
            .iter()
            .any(|f| f.starts_with("/nonexistent/openklant.toml cannot be read: "))
    );
    for (source, fault) in [
        (
            Source::default().with_dotenv("A=1\nB=2\nOPENKLANT_LISTEN localhost\n"),
            ".env has a mistake on line 3: ",
        ),
        (
            Source::default().with_dotenv("A=1\nB='open\n"),
            ".env has a mistake on line 2: ",
        ),
        (
            Source::default().with_toml("o.toml", "[server]\nlisten = \n"),
            "o.toml has a mistake on line 2: ",
        ),
        (
            Source::from_pairs([("OPENKLANT_NOTIFICATIES_SECRET_FILE", "/nonexistent")]),
            "OPENKLANT_NOTIFICATIES_SECRET_FILE (environment) cannot be read: ",
        ),
        (
            Source::from_pairs([("OPENKLANT_DATABASE_URL_FILE", "/dev/null")]),
            "OPENKLANT_DATABASE_URL_FILE (environment) is missing: the file is empty",
        ),
        (
            Source::from_pairs([("OPENKLANT_DATABASE_URL_FILE", "/dev/zero")]),
            "OPENKLANT_DATABASE_URL_FILE (environment) cannot be read: longer than 65536 bytes",
        ),
    ] {
        let faults = faults(&source);
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].starts_with(fault), "{faults:?}");
    }
}

#[test]
fn values_that_are_not_text_are_faults_only_under_our_names() {
    let not_text = || OsString::from_vec(vec![0xff, 0xfe]);
    let variables = [
        ("OPENKLANT_LISTEN", not_text()),
        ("DB_HOST", not_text()),
        ("OTHER", not_text()),
    ];
    let source =
        Source::default().with_environment(variables.into_iter().map(|(name, value)| (name.into(), value)));
    let faults = faults(&source);
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(
        faults[0].starts_with("OPENKLANT_LISTEN (environment) is not valid UTF-8"),
        "{faults:?}"
    );
    assert!(
        faults[1].starts_with("DB_HOST (environment) is not valid UTF-8"),
        "{faults:?}"
    );
}
