//! Names of Open Klant 1.0 and its family that are not simply another name of one setting.
//!
//! Plain aliases stand in the table of `names.rs`. Here are the variables that together build a setting, those with a
//! better successor, and those that mean nothing here.

/// One variable (under one or more names) that is a part of a setting.
#[derive(Debug)]
pub(super) struct Part {
    /// Its names; the first that is set counts.
    pub names: &'static [&'static str],
    /// A value that is right.
    pub example: &'static str,
    /// What it becomes here.
    pub about: &'static str,
    /// Whether the value is never shown; a secret may also be given as a file, with `_FILE` after its name.
    pub secret: bool,
}

const fn part(names: &'static [&'static str], example: &'static str, about: &'static str) -> Part {
    Part {
        names,
        example,
        about,
        secret: false,
    }
}

pub(super) static DB_HOST: Part = part(
    &["DB_HOST", "DATABASE_HOST"],
    "db.example.nl",
    "Host (or socket folder) of the PostgreSQL URL; localhost when only DB_NAME is set",
);
pub(super) static DB_NAME: Part = part(
    &["DB_NAME", "DATABASE_NAME"],
    "openklant",
    "Database of the PostgreSQL URL; openklant when only DB_HOST is set",
);
pub(super) static DB_USER: Part = part(
    &["DB_USER", "DATABASE_USER"],
    "openklant",
    "User of the PostgreSQL URL; openklant when not set",
);
pub(super) static DB_PASSWORD: Part = Part {
    secret: true,
    ..part(
        &["DB_PASSWORD", "DATABASE_PASSWORD"],
        "password",
        "Password of the PostgreSQL URL; none when not set",
    )
};
pub(super) static DB_PORT: Part = part(
    &["DB_PORT", "DATABASE_PORT"],
    "5432",
    "Port of the PostgreSQL URL; 5432 when not set",
);
pub(super) static PGSSLMODE: Part = part(&["PGSSLMODE"], "require", "sslmode of the PostgreSQL URL");
pub(super) static PORT: Part = part(
    &["OPENKLANT_PORT"],
    "8000",
    "Port of OPENKLANT_LISTEN; the address stays 127.0.0.1",
);
pub(super) static SITE_DOMAIN: Part = part(
    &["SITE_DOMAIN"],
    "openklant.example.nl",
    "Host of OPENKLANT_BASE_URL; the scheme is https unless IS_HTTPS or OPENKLANT_HTTPS is false",
);
pub(super) static SUBPATH: Part = part(
    &["SUBPATH"],
    "/openklant",
    "Path of OPENKLANT_BASE_URL when SITE_DOMAIN makes it",
);

/// Every part, in the order of the documents.
pub(super) static PARTS: &[&Part] = &[
    &DB_HOST,
    &DB_NAME,
    &DB_USER,
    &DB_PASSWORD,
    &DB_PORT,
    &PGSSLMODE,
    &PORT,
    &SITE_DOMAIN,
    &SUBPATH,
];

/// Names that an operator may expect to work, and what to do instead.
pub(super) static SUCCEEDED: &[(&str, &str)] = &[
    (
        "NOTIFICATIONS_ENABLED",
        "this name never existed; NOTIFICATIONS_DISABLED=true switches messages off",
    ),
    (
        "NOTIFICATIONS_GUARANTEE_DELIVERY",
        "messages are always kept until delivered; NOTIFICATIONS_DISABLED=true switches them off",
    ),
    (
        "NOTIFICATION_DELIVERY_MAX_RETRIES",
        "delivery is tried on a schedule of its own for OPENKLANT_NOTIFICATIES_RETRY_WINDOW, whatever the number of attempts",
    ),
    (
        "NOTIFICATION_DELIVERY_RETRY_BACKOFF",
        "delivery is tried on a schedule of its own for OPENKLANT_NOTIFICATIES_RETRY_WINDOW, whatever the number of attempts",
    ),
    (
        "NOTIFICATION_DELIVERY_BASE_FACTOR",
        "delivery is tried on a schedule of its own for OPENKLANT_NOTIFICATIES_RETRY_WINDOW, whatever the number of attempts",
    ),
    ("NOTIFICATIONS_API_ROOT", "use OPENKLANT_NOTIFICATIES_API_ROOT"),
    (
        "NOTIFICATIONS_API_CLIENT_ID",
        "use OPENKLANT_NOTIFICATIES_CLIENT_ID",
    ),
    ("NOTIFICATIONS_API_SECRET", "use OPENKLANT_NOTIFICATIES_SECRET"),
    (
        "USE_X_FORWARDED_HOST",
        "name the proxies that may set X-Forwarded-* in OPENKLANT_TRUSTED_PROXIES",
    ),
    (
        "NUM_PROXIES",
        "name the proxies that may set X-Forwarded-* in OPENKLANT_TRUSTED_PROXIES",
    ),
    (
        "CORS_ALLOW_ALL_ORIGINS",
        "name the origins in OPENKLANT_CORS_ALLOWED_ORIGINS",
    ),
    (
        "CORS_ALLOWED_ORIGIN_REGEXES",
        "name the origins in OPENKLANT_CORS_ALLOWED_ORIGINS",
    ),
    ("RUN_SETUP_CONFIG", "name the setup file in OPENKLANT_SETUP_FILE"),
];

/// Names of the family that mean nothing here.
static UNUSED: &[&str] = &[
    "CONTACTMOMENTEN_NOTIFICATIONS_KANAAL",
    "CORS_EXTRA_ALLOW_HEADERS",
    "CSRF_TRUSTED_ORIGINS",
    "DB_CONN_MAX_AGE",
    "DB_ENGINE",
    "DEBUG",
    "DISABLE_2FA",
    "DJANGO_SETTINGS_MODULE",
    "ENVIRONMENT",
    "GIT_SHA",
    "KLANTEN_NOTIFICATIONS_KANAAL",
    "LOG_NOTIFICATIONS_IN_DB",
    "LOG_QUERIES",
    "LOG_STDOUT",
    "NOTIFICATION_NUMBER_OF_DAYS_RETAINED",
    "RELEASE",
    "SECRET_KEY",
    "SESSION_COOKIE_AGE",
    "SITE_ID",
    "VERSION_TAG",
];

/// Beginnings of names of the family that mean nothing here.
static UNUSED_PREFIXES: &[&str] = &[
    "CACHE_",
    "CELERY_",
    "DB_POOL_",
    "ELASTIC_APM_",
    "EMAIL_",
    "LOG_OUTGOING_REQUESTS_",
    "OTEL_",
    "SENTRY_",
    "UWSGI_",
];

/// Whether a name (not one of ours, nor an alias) is of the family and means nothing here.
pub(super) fn is_unused(name: &str) -> bool {
    UNUSED.contains(&name) || UNUSED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}
