//! The one table of settings: it drives reading, the search for unknown names, the documents and `config show`.
//!
//! A setting that is not here does not exist; a row here that no section reads is found by a test.

/// One setting.
#[derive(Debug)]
pub(super) struct Setting {
    /// Name of the variable in the environment and in `.env`.
    pub name: &'static str,
    /// Dotted key in the TOML file; the part before the dot is the section.
    pub key: &'static str,
    /// Other names with the same meaning and the same form of value, used when `name` is not set.
    pub aliases: &'static [&'static str],
    /// Value when nothing is set, in the form an operator would write; `None` is "not set".
    pub default: Option<&'static str>,
    /// A value that is right, for messages and `.env.example`.
    pub example: &'static str,
    /// One line for the reader of the tables.
    pub about: &'static str,
    /// Whether the value is never shown. A secret may also be given as a file, with `_FILE` after its name.
    pub secret: bool,
}

impl Setting {
    const fn new(name: &'static str, key: &'static str, about: &'static str) -> Self {
        Self {
            name,
            key,
            aliases: &[],
            default: None,
            example: "",
            about,
            secret: false,
        }
    }

    const fn default(self, text: &'static str) -> Self {
        Self {
            default: Some(text),
            ..self
        }
    }

    const fn example(self, text: &'static str) -> Self {
        Self {
            example: text,
            ..self
        }
    }

    const fn aliases(self, names: &'static [&'static str]) -> Self {
        Self {
            aliases: names,
            ..self
        }
    }

    const fn secret(self) -> Self {
        Self { secret: true, ..self }
    }

    /// The section the setting belongs to.
    pub fn section(&self) -> &'static str {
        self.key.split_once('.').map_or(self.key, |(section, _)| section)
    }
}

macro_rules! table {
    ($($id:ident = $setting:expr;)*) => {
        $(pub(super) static $id: Setting = $setting;)*

        /// Every setting, in the order of the documents.
        pub(super) static ALL: &[&Setting] = &[$(&$id),*];
    };
}

table! {
    DATABASE_URL = Setting::new("OPENKLANT_DATABASE_URL", "database.url",
        "The database: a file for SQLite, a URL for PostgreSQL")
        .default("sqlite://data/openklant.db").example("postgres://openklant:password@db.example.nl/openklant?sslmode=require")
        .aliases(&["DATABASE_URL"]).secret();
    DATABASE_READ_URL = Setting::new("OPENKLANT_DATABASE_READ_URL", "database.read_url",
        "A read replica of a PostgreSQL database: requests that only read go there. Not set: all go to the database")
        .example("postgres://openklant:password@replica.example.nl/openklant?sslmode=require")
        .aliases(&["DATABASE_READ_URL"]).secret();
    DATABASE_MAX_CONNECTIONS = Setting::new("OPENKLANT_DATABASE_MAX_CONNECTIONS", "database.max_connections",
        "Most connections one process holds, 1 to 1000")
        .default("10").example("20").aliases(&["DB_POOL_MAX_SIZE"]);
    DATABASE_ACQUIRE_TIMEOUT = Setting::new("OPENKLANT_DATABASE_ACQUIRE_TIMEOUT", "database.acquire_timeout",
        "Longest wait for a free connection, 100ms to 5m; after it the answer is 503")
        .default("5s").example("10s").aliases(&["DB_POOL_TIMEOUT"]);
    SECRET_KEY = Setting::new("OPENKLANT_SECRET_KEY", "database.secret_key",
        "Keys (comma list) that secrets in the database are sealed with: 32 bytes in base64; the first seals, all open. \
         Not set: a key file beside an SQLite database; on PostgreSQL no secret can be stored")
        .example("r3SMnPT6BaVnqOdbM9u9wUg4Vs7v0gZ2W0sR5nJ8x1k=").secret();

    LISTEN = Setting::new("OPENKLANT_LISTEN", "server.listen",
        "Address and port to listen on; 0.0.0.0 for all interfaces")
        .default("127.0.0.1:8000").example("0.0.0.0:8000");
    BASE_URL = Setting::new("OPENKLANT_BASE_URL", "server.base_url",
        "Public base URL, with the sub-path if there is one; used in every URL the register makes. Not set: the URL of the request")
        .example("https://openklant.example.nl");
    HOST_ALIASES = Setting::new("OPENKLANT_HOST_ALIASES", "server.host_aliases",
        "Other hosts (comma list, with the port if it is not the usual one) whose links count as ours")
        .example("openklant.intern,openklant.intern:8000");
    TRUSTED_PROXIES = Setting::new("OPENKLANT_TRUSTED_PROXIES", "server.trusted_proxies",
        "Addresses or networks (comma list) whose X-Forwarded-* headers are believed")
        .example("10.0.0.0/8,192.168.1.4");
    ALLOWED_HOSTS = Setting::new("OPENKLANT_ALLOWED_HOSTS", "server.allowed_hosts",
        "Hosts (comma list, without port; .example.nl for a domain and all below it) that requests may name. Not set or *: any")
        .example("openklant.example.nl,.intern.example.nl").aliases(&["ALLOWED_HOSTS"]);
    HTTPS = Setting::new("OPENKLANT_HTTPS", "server.https",
        "Whether clients reach us over https only: true sends Strict-Transport-Security")
        .default("false").example("true").aliases(&["IS_HTTPS"]);
    CORS_ALLOWED_ORIGINS = Setting::new("OPENKLANT_CORS_ALLOWED_ORIGINS", "server.cors_allowed_origins",
        "Origins (comma list) whose pages may call the APIs from a browser. Not set: none")
        .example("https://portaal.example.nl").aliases(&["CORS_ALLOWED_ORIGINS"]);
    IGNORE_UNKNOWN_PARAMETERS = Setting::new("OPENKLANT_IGNORE_UNKNOWN_PARAMETERS", "server.ignore_unknown_parameters",
        "true: an unknown query parameter on /klanten is logged and ignored, as Open Klant 1.0 did, instead of answered with 400")
        .default("false").example("true");
    REQUEST_TIMEOUT = Setting::new("OPENKLANT_REQUEST_TIMEOUT", "server.request_timeout",
        "Longest a request may take, 1s to 10m")
        .default("30s").example("60s");
    CONNECTION_TIMEOUT = Setting::new("OPENKLANT_CONNECTION_TIMEOUT", "server.connection_timeout",
        "How long a connection lives on which nothing is answered: idle, or with a request that comes in too slowly; more than the request time-out, at most 1h. Not set: the request time-out and 30s")
        .example("90s");
    MAX_CONCURRENT_PER_CLIENT = Setting::new("OPENKLANT_MAX_CONCURRENT_PER_CLIENT", "server.max_concurrent_per_client",
        "Most requests of one client id that a process handles at the same time, 1 to 10000; beyond it the answer is 429. Not set: no limit")
        .example("50");
    SHUTDOWN_TIMEOUT = Setting::new("OPENKLANT_SHUTDOWN_TIMEOUT", "server.shutdown_timeout",
        "How long a stop waits for what is in flight, 0s to 10m")
        .default("25s").example("10s");
    STATUS_TOKEN = Setting::new("OPENKLANT_STATUS_TOKEN", "server.status_token",
        "What an operator's tool sends as Authorization: Bearer … to read /health/status, at least 20 characters. Not set: there is no such page")
        .example("a-long-random-text-of-your-own").secret();
    CONTACT_NAME = Setting::new("OPENKLANT_CONTACT_NAME", "server.contact_name",
        "Who runs this register: info.contact.name of the OpenAPI document")
        .example("Team Klantcontact, gemeente Voorbeeld");
    CONTACT_EMAIL = Setting::new("OPENKLANT_CONTACT_EMAIL", "server.contact_email",
        "Their address: info.contact.email of the OpenAPI document")
        .example("klantcontact@example.nl");
    CONTACT_URL = Setting::new("OPENKLANT_CONTACT_URL", "server.contact_url",
        "Their page: info.contact.url of the OpenAPI document")
        .example("https://www.example.nl/klantcontact");
    SECURITY_CONTACT = Setting::new("OPENKLANT_SECURITY_CONTACT", "server.security_contact",
        "Where weaknesses are reported (comma list of mailto:, https:// or tel:), told by /.well-known/security.txt. Not set: no such page")
        .example("mailto:security@example.nl");
    SECURITY_EXPIRES = Setting::new("OPENKLANT_SECURITY_EXPIRES", "server.security_expires",
        "Until when that security.txt holds; needed with a contact, and best within a year")
        .example("2027-06-01T00:00:00Z");
    SECURITY_TXT_URL = Setting::new("OPENKLANT_SECURITY_TXT_URL", "server.security_txt_url",
        "The security.txt of the organisation: /.well-known/security.txt leads there, and has no text of its own")
        .example("https://www.example.nl/.well-known/security.txt");

    BEHEER = Setting::new("OPENKLANT_BEHEER", "beheer.enabled",
        "false: no management site under /beheer/")
        .default("true").example("false");
    BEHEER_ENVIRONMENT = Setting::new("OPENKLANT_BEHEER_ENVIRONMENT", "beheer.environment",
        "Name of this installation in the header of the management site, so that nobody takes it for another. Not set: none, as in production")
        .example("Acceptatie");
    BEHEER_ORGANISATION = Setting::new("OPENKLANT_BEHEER_ORGANISATION", "beheer.organisation",
        "Whose register it is, in the footer of the management site")
        .example("Gemeente Voorbeeld");
    BEHEER_IDLE_TIMEOUT = Setting::new("OPENKLANT_BEHEER_IDLE_TIMEOUT", "beheer.idle_timeout",
        "How long a session of the management site lasts without a request, 1m to 8h")
        .default("30m").example("15m");
    BEHEER_SESSION_LIFETIME = Setting::new("OPENKLANT_BEHEER_SESSION_LIFETIME", "beheer.session_lifetime",
        "How long a session of the management site lasts at most, 5m to 24h")
        .default("10h").example("8h");

    OIDC_ISSUER = Setting::new("OPENKLANT_BEHEER_OIDC_ISSUER", "oidc.issuer",
        "Issuer of the OpenID Connect provider through which people log in to the management site: its address without /.well-known/openid-configuration. Not set: local accounts only")
        .example("https://inloggen.example.nl/realms/gemeente");
    OIDC_CLIENT_ID = Setting::new("OPENKLANT_BEHEER_OIDC_CLIENT_ID", "oidc.client_id",
        "Our client id at the provider")
        .example("openklant");
    OIDC_CLIENT_SECRET = Setting::new("OPENKLANT_BEHEER_OIDC_CLIENT_SECRET", "oidc.client_secret",
        "The secret of that client id")
        .example("a long random text").secret();
    OIDC_SCOPES = Setting::new("OPENKLANT_BEHEER_OIDC_SCOPES", "oidc.scopes",
        "Comma list of the scopes that are asked for beside openid")
        .default("profile,email").example("profile,email,groups");
    OIDC_USERNAME_CLAIM = Setting::new("OPENKLANT_BEHEER_OIDC_USERNAME_CLAIM", "oidc.username_claim",
        "The claim by which an account is known again. One whose value may pass to another person (a name, an e-mail address) gives that person the account")
        .default("sub").example("oid");
    OIDC_NAME_CLAIMS = Setting::new("OPENKLANT_BEHEER_OIDC_NAME_CLAIMS", "oidc.name_claims",
        "Comma list of the claims that make up the name of a person, a blank between")
        .default("name").example("given_name,family_name");
    OIDC_EMAIL_CLAIM = Setting::new("OPENKLANT_BEHEER_OIDC_EMAIL_CLAIM", "oidc.email_claim",
        "The claim with the e-mail address")
        .default("email").example("mail");
    OIDC_GROUPS_CLAIM = Setting::new("OPENKLANT_BEHEER_OIDC_GROUPS_CLAIM", "oidc.groups_claim",
        "The claim with the groups of a person; a dot leads into it")
        .default("groups").example("realm_access.roles");
    OIDC_ROLES = Setting::new("OPENKLANT_BEHEER_OIDC_ROLES", "oidc.roles",
        "Comma list of group=role: what a group gives (lezer, beheerder, operator, applicatiebeheerder). A group may stand there more than once")
        .example("openklant-balie=lezer,openklant-beheer=operator");
    OIDC_EVERY_ROLE_GROUPS = Setting::new("OPENKLANT_BEHEER_OIDC_EVERY_ROLE_GROUPS", "oidc.every_role_groups",
        "Comma list of groups that give every role")
        .example("openklant-alles");
    OIDC_ACR_VALUES = Setting::new("OPENKLANT_BEHEER_OIDC_ACR_VALUES", "oidc.acr_values",
        "Comma list: of these a login must have one in acr, how sure the provider is of the person; also asked for. Not set: any will do")
        .example("urn:example:tweede-factor");
    OIDC_AMR_VALUES = Setting::new("OPENKLANT_BEHEER_OIDC_AMR_VALUES", "oidc.amr_values",
        "Comma list: of these a login must have one in amr, the ways in which the person was checked. Not set: any will do")
        .example("mfa,otp");
    OIDC_TIMEOUT = Setting::new("OPENKLANT_BEHEER_OIDC_TIMEOUT", "oidc.timeout",
        "Longest that everything which is asked of the provider for one page may take, 1s to 60s")
        .default("10s").example("5s");

    JWT_LEEWAY = Setting::new("OPENKLANT_JWT_LEEWAY", "tokens.leeway",
        "How far clocks may differ when the times in a token are checked, 0s to 10m")
        .default("60s").example("30s").aliases(&["JWT_LEEWAY"]);
    JWT_MAX_AGE = Setting::new("OPENKLANT_JWT_MAX_AGE", "tokens.max_age",
        "Oldest token (by its iat) that is accepted. Not set or off: no limit")
        .example("1h");

    AUTORISATIES_API_ROOT = Setting::new("OPENKLANT_AUTORISATIES_API_ROOT", "autorisaties.api_root",
        "Root of the Autorisaties API that is asked what a client may do which has a secret here and no application. Not set: none is asked")
        .example("https://openzaak.example.nl/autorisaties/api/v1/");
    AUTORISATIES_CLIENT_ID = Setting::new("OPENKLANT_AUTORISATIES_CLIENT_ID", "autorisaties.client_id",
        "Our client id at the Autorisaties API")
        .example("openklant");
    AUTORISATIES_SECRET = Setting::new("OPENKLANT_AUTORISATIES_SECRET", "autorisaties.secret",
        "The secret that belongs to that client id")
        .example("a-long-random-text").secret();
    AUTORISATIES_FRESH_FOR = Setting::new("OPENKLANT_AUTORISATIES_FRESH_FOR", "autorisaties.fresh_for",
        "How long an answer of the Autorisaties API holds before it is asked again, 1s to 1d; an answer in use is renewed at half of it")
        .default("5m").example("1m");
    AUTORISATIES_LAST_KNOWN_FOR = Setting::new("OPENKLANT_AUTORISATIES_LAST_KNOWN_FOR", "autorisaties.last_known_for",
        "How old an answer may be to count while the Autorisaties API gives none, 1s to 30d; not less than the time it holds")
        .default("24h").example("4h");
    AUTORISATIES_TIMEOUT = Setting::new("OPENKLANT_AUTORISATIES_TIMEOUT", "autorisaties.timeout",
        "Longest the Autorisaties API may take to answer, 100ms to 60s; less than the request time-out")
        .default("3s").example("5s");
    AUTORISATIES_CALLBACK_SECRET = Setting::new("OPENKLANT_AUTORISATIES_CALLBACK_SECRET", "autorisaties.callback_secret",
        "What the Notificaties API sends as Authorization: Bearer … when rights changed there, at least 20 characters. Not set: such messages are not taken")
        .example("a-long-random-text-of-your-own").secret();

    NOTIFICATIONS_DISABLED = Setting::new("NOTIFICATIONS_DISABLED", "notificaties.disabled",
        "true: changes write no messages at all. Without a Notificaties API and without this, messages wait")
        .default("false").example("true");
    NOTIFICATIES_API_ROOT = Setting::new("OPENKLANT_NOTIFICATIES_API_ROOT", "notificaties.api_root",
        "Root of the Notificaties API that messages go to")
        .example("https://notificaties.example.nl/api/v1/");
    NOTIFICATIES_CLIENT_ID = Setting::new("OPENKLANT_NOTIFICATIES_CLIENT_ID", "notificaties.client_id",
        "Our client id at the Notificaties API")
        .example("openklant");
    NOTIFICATIES_SECRET = Setting::new("OPENKLANT_NOTIFICATIES_SECRET", "notificaties.secret",
        "The secret that belongs to that client id")
        .example("a-long-random-text").secret();
    NOTIFICATIONS_SOURCE = Setting::new("NOTIFICATIONS_SOURCE", "notificaties.source",
        "The source named in messages, a URN. Not set: no source")
        .example("urn:nld:oin:00000001234567890000:openklant");
    NOTIFICATIES_CONNECT_TIMEOUT = Setting::new("OPENKLANT_NOTIFICATIES_CONNECT_TIMEOUT", "notificaties.connect_timeout",
        "Longest wait for a connection to the Notificaties API, 100ms to 60s")
        .default("3s").example("5s");
    NOTIFICATIES_REQUEST_TIMEOUT = Setting::new("OPENKLANT_NOTIFICATIES_REQUEST_TIMEOUT", "notificaties.request_timeout",
        "Longest one delivery may take, connecting included, 100ms to 5m")
        .default("10s").example("20s");
    NOTIFICATIES_CONCURRENCY = Setting::new("OPENKLANT_NOTIFICATIES_CONCURRENCY", "notificaties.concurrency",
        "Deliveries one worker does at the same time, 1 to 64")
        .default("4").example("8");
    NOTIFICATIES_LEASE = Setting::new("OPENKLANT_NOTIFICATIES_LEASE", "notificaties.lease",
        "How long a worker owns a message it took; more than the request time-out plus 5s, at most 1h")
        .default("60s").example("90s");
    NOTIFICATIES_POLL_INTERVAL = Setting::new("OPENKLANT_NOTIFICATIES_POLL_INTERVAL", "notificaties.poll_interval",
        "How often a worker looks for messages when nothing woke it, 100ms to 1h")
        .default("5s").example("2s");
    NOTIFICATIES_RETRY_WINDOW = Setting::new("OPENKLANT_NOTIFICATIES_RETRY_WINDOW", "notificaties.retry_window",
        "How long delivery of a message is tried before it is parked, 7d to 365d")
        .default("7d").example("14d");
    NOTIFICATIES_RETRY_MAX_DELAY = Setting::new("OPENKLANT_NOTIFICATIES_RETRY_MAX_DELAY", "notificaties.retry_max_delay",
        "Longest pause between two attempts, 1s to 1d")
        .default("10m").example("5m").aliases(&["NOTIFICATION_DELIVERY_RETRY_BACKOFF_MAX"]);
    NOTIFICATIES_PROBE_MAX_PAUSE = Setting::new("OPENKLANT_NOTIFICATIES_PROBE_MAX_PAUSE", "notificaties.probe_max_pause",
        "Longest pause between two probes of a Notificaties API that takes nothing, 100ms to 5m")
        .default("30s").example("1m");
    ENABLE_CLOUD_EVENTS = Setting::new("ENABLE_CLOUD_EVENTS", "notificaties.cloud_events",
        "true: messages go as CloudEvents instead, to a Notificaties API that takes them; needs NOTIFICATIONS_SOURCE")
        .default("false").example("true");

    WORKER_METRICS_LISTEN = Setting::new("OPENKLANT_WORKER_METRICS_LISTEN", "worker.metrics_listen",
        "Address and port where the worker shows its metrics, without a token. Not set: nowhere")
        .example("127.0.0.1:9100");

    ALERT_WEBHOOK_URL = Setting::new("OPENKLANT_ALERT_WEBHOOK_URL", "alert.webhook_url",
        "Where a worker posts it once when a message waits too long or is parked, and once when that is over. Not set: nowhere")
        .example("https://meldingen.example.nl/hooks/a-long-random-text").aliases(&["ALERT_WEBHOOK_URL"]).secret();
    ALERT_PENDING_AGE = Setting::new("OPENKLANT_ALERT_PENDING_AGE", "alert.pending_age",
        "How old a message that waits must be before it is told of, 1s to 7d")
        .default("15m").example("30m");

    MESSAGE_RETENTION = Setting::new("OPENKLANT_MESSAGE_RETENTION", "retention.messages",
        "How long messages are kept after they were delivered or cancelled, 1d to 3650d; parked ones stay")
        .default("30d").example("90d");
    AUDIT_RETENTION = Setting::new("OPENKLANT_AUDIT_RETENTION", "retention.audit",
        "How long audit rows are kept, 30d to 36500d. Not set or off: always")
        .example("1825d");
    OPERATOR_LOG_RETENTION = Setting::new("OPENKLANT_OPERATOR_LOG_RETENTION", "retention.operator_log",
        "How long the log of what operators did by command is kept, 30d to 36500d; off: always")
        .default("730d").example("1825d");

    READ_LOG = Setting::new("OPENKLANT_READ_LOG", "read_log.enabled",
        "true: who read which object, or searched with which filters, is recorded before the answer is sent")
        .default("false").example("true");
    READ_LOG_KEY = Setting::new("OPENKLANT_READ_LOG_KEY", "read_log.key",
        "What the values of filters are hashed with in that log, at least 32 characters; needed when it is on")
        .example("a-long-random-text-of-at-least-32-characters").secret();
    READ_LOG_RETENTION = Setting::new("OPENKLANT_READ_LOG_RETENTION", "read_log.retention",
        "How long rows of that log are kept, 1d to 36500d. off: always")
        .default("365d").example("730d");

    OUTGOING_CONNECT_TIMEOUT = Setting::new("OPENKLANT_OUTGOING_CONNECT_TIMEOUT", "outgoing.connect_timeout",
        "Longest wait for a connection when a URL of a client is looked up or an alert is posted, 100ms to 60s")
        .default("3s").example("2s");
    OUTGOING_TIMEOUT = Setting::new("OPENKLANT_OUTGOING_TIMEOUT", "outgoing.timeout",
        "Longest such a look-up or post may take, connecting included, 100ms to 60s")
        .default("10s").example("5s");
    OUTGOING_ALLOWED_HOSTS = Setting::new("OPENKLANT_OUTGOING_ALLOWED_HOSTS", "outgoing.allowed_hosts",
        "Hosts, host:port or networks (comma list) that a look-up may reach although their address is private or loopback")
        .example("brp-api.intern,zaken.intern:8000,10.20.0.0/16");

    ZAKEN_API_ROOT = Setting::new("OPENKLANT_ZAKEN_API_ROOT", "outgoing.zaken_api_root",
        "Root of the Zaken API whose zaken are linked to contactmomenten; may be at a private address. Others: openklant externe-api")
        .example("https://zaken.example.nl/zaken/api/v1/");
    ZAKEN_API_CLIENT_ID = Setting::new("OPENKLANT_ZAKEN_API_CLIENT_ID", "outgoing.zaken_api_client_id",
        "Our client id at the Zaken API")
        .example("openklant");
    ZAKEN_API_SECRET = Setting::new("OPENKLANT_ZAKEN_API_SECRET", "outgoing.zaken_api_secret",
        "The secret that belongs to that client id")
        .example("a-long-random-text").secret();

    OTEL_EXPORTER_OTLP_ENDPOINT = Setting::new("OTEL_EXPORTER_OTLP_ENDPOINT", "otlp.endpoint",
        "Where an OpenTelemetry collector takes OTLP over HTTP, without /v1/…: traces and metrics are sent there. Not set: nothing is sent")
        .example("http://collector.intern:4318");
    OTEL_EXPORTER_OTLP_PROTOCOL = Setting::new("OTEL_EXPORTER_OTLP_PROTOCOL", "otlp.protocol",
        "The one protocol that is spoken")
        .default("http/protobuf").example("http/protobuf");
    OTEL_EXPORTER_OTLP_HEADERS = Setting::new("OTEL_EXPORTER_OTLP_HEADERS", "otlp.headers",
        "Headers for the collector, name=value,name=value")
        .example("x-api-key=a-long-random-text").secret();
    OTEL_SERVICE_NAME = Setting::new("OTEL_SERVICE_NAME", "otlp.service_name",
        "Name of this service at the collector")
        .default("openklant").example("openklant-acceptatie");
    OTEL_RESOURCE_ATTRIBUTES = Setting::new("OTEL_RESOURCE_ATTRIBUTES", "otlp.resource_attributes",
        "What else the collector is told of this service, name=value,name=value")
        .example("deployment.environment.name=acceptatie");
    OTEL_METRIC_EXPORT_INTERVAL = Setting::new("OTEL_METRIC_EXPORT_INTERVAL", "otlp.metric_interval",
        "How often metrics are sent to the collector, in milliseconds, 1000 to 3600000")
        .default("60000").example("15000");
    OTEL_SDK_DISABLED = Setting::new("OTEL_SDK_DISABLED", "otlp.disabled",
        "true: nothing is sent to a collector, whatever the other settings say")
        .default("false").example("true");

    LOG_LEVEL = Setting::new("OPENKLANT_LOG_LEVEL", "log.level",
        "error, warn, info, debug or trace, or a tracing filter")
        .default("info").example("info,sqlx=warn").aliases(&["LOG_LEVEL", "LOGLEVEL"]);
    LOG_FORMAT = Setting::new("OPENKLANT_LOG_FORMAT", "log.format",
        "text or json")
        .default("text").example("json").aliases(&["LOG_FORMAT_CONSOLE"]);
    LOG_REQUESTS = Setting::new("OPENKLANT_LOG_REQUESTS", "log.requests",
        "Whether every request but those for health and metrics has a line at level info; false: at debug")
        .default("true").example("false").aliases(&["LOG_REQUESTS"]);

    SETUP_FILE = Setting::new("OPENKLANT_SETUP_FILE", "setup.file",
        "The setup file that up and migrate apply at their start; see openklant setup")
        .example("setup.yaml");
}
