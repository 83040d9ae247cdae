//! What the database keeps of the settings: everything else wins from it, and it may mend what is missing.

use super::super::stored::{Place, Service, keys, place};
use super::super::{Secret, load_early};
use super::*;

const ROOT: (&str, &str) = ("notificaties.api_root", "https://n.example.nl/api/v1");
const BASE: (&str, &str) = ("server.base_url", "https://k.example.nl");

fn with(variables: &[(&str, &str)], stored: &[(&str, &str)]) -> Source {
    let stored = stored
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let service = |root: &str, client_id: &str| Service {
        root: root.to_owned(),
        client_id: client_id.to_owned(),
        secret: Some(Secret::new("geheim")),
    };
    let services = [
        service("https://n.example.nl/api/v1/", "here"),
        service("https://other.example.nl/", "there"),
    ];
    Source::from_pairs(variables.iter().copied()).with_stored(stored, &services)
}

#[test]
fn everything_else_wins_from_the_database() {
    let name = "OPENKLANT_NOTIFICATIES_RETRY_MAX_DELAY";
    let kept = [("notificaties.retry_max_delay", "5m")];
    let alias = "NOTIFICATION_DELIVERY_RETRY_BACKOFF_MAX";
    for (variables, expected, origin) in [
        (&[][..], "5m", "the database, see `openklant setup`"),
        (&[(name, "1m")], "1m", "environment"),
        (
            &[(alias, "2m")],
            "2m",
            "environment, as NOTIFICATION_DELIVERY_RETRY_BACKOFF_MAX",
        ),
    ] {
        let loaded = load(&with(variables, &kept)).unwrap();
        let row = row(&loaded, name);
        assert_eq!((row.value.as_str(), row.origin.as_str()), (expected, origin));
        assert_eq!(loaded.warnings, []);
    }
}

#[test]
fn credentials_are_those_of_the_service_with_the_root_in_force() {
    let client = |source: Source| {
        let api = load(&source).unwrap().settings.notificaties.api.unwrap();
        (api.client_id, api.secret.expose().to_owned())
    };
    let own = |text: &str| (text.to_owned(), "geheim".to_owned());
    assert_eq!(client(with(&[], &[ROOT, BASE])), own("here"));
    let elsewhere = ("OPENKLANT_NOTIFICATIES_API_ROOT", "https://other.example.nl");
    assert_eq!(client(with(&[elsewhere], &[ROOT, BASE])), own("there"));
    let secret = ("OPENKLANT_NOTIFICATIES_SECRET", "van de omgeving");
    assert_eq!(
        client(with(&[secret], &[ROOT, BASE])),
        ("here".to_owned(), "van de omgeving".to_owned())
    );
    let unknown = ("OPENKLANT_NOTIFICATIES_API_ROOT", "https://unknown.example.nl");
    let missing = faults(&with(&[unknown], &[ROOT, BASE]));
    assert!(
        missing
            .iter()
            .any(|fault| fault.contains("OPENKLANT_NOTIFICATIES_SECRET is missing")),
        "a secret goes nowhere but where it belongs: {missing:?}"
    );
}

#[test]
fn a_value_that_is_wrong_is_named_with_its_place() {
    let wrong = faults(&with(&[], &[("retention.messages", "soon")]));
    assert!(
        matches!(&wrong[..], [one] if one.contains("OPENKLANT_MESSAGE_RETENTION (the database")),
        "{wrong:?}"
    );
    let unknown = load(&with(&[], &[("retention.mesages", "9d")])).unwrap().warnings;
    assert_eq!(unknown.len(), 1, "{unknown:?}");
}

#[test]
fn only_what_the_database_may_mend_is_left_for_later() {
    let root = ("OPENKLANT_NOTIFICATIES_API_ROOT", "https://n.example.nl");
    let early = |pairs: &[(&str, &str)]| load_early(&Source::from_pairs(pairs.iter().copied()));
    assert!(load(&Source::from_pairs([root])).is_err());
    assert!(early(&[root]).is_ok(), "base URL and credentials may be kept");
    let wrong = early(&[root, ("OPENKLANT_LISTEN", "overal")]).unwrap_err();
    assert!(wrong.faults.len() > 1, "all together: {wrong}");
    let short = [("OPENKLANT_NOTIFICATIES_REQUEST_TIMEOUT", "1m")];
    assert!(early(&short).is_ok(), "the lease may be kept");
    let both = [short[0], ("OPENKLANT_NOTIFICATIES_LEASE", "1m")];
    assert!(early(&both).is_err(), "the environment wins anyway");
    let zaken = ("OPENKLANT_ZAKEN_API_ROOT", "https://z.example.nl");
    assert!(early(&[zaken]).is_err(), "these are never kept");
}

#[test]
fn no_secret_and_nothing_of_one_process_is_kept() {
    let kept: Vec<&str> = keys().collect();
    for (key, expected) in [
        ("notificaties.api_root", true),
        ("notificaties.cloud_events", true),
        ("retention.audit", true),
        ("server.base_url", true),
        ("notificaties.secret", false),
        ("notificaties.client_id", false),
        ("database.url", false),
        ("server.listen", false),
        ("log.level", false),
    ] {
        assert_eq!(kept.contains(&key), expected, "{key}");
        assert_eq!(matches!(place(key), Some(Place::Database(_))), expected, "{key}");
    }
    assert_eq!(place("server.port"), None);
}

#[test]
fn an_api_whose_secret_does_not_open_is_left_out() {
    let stored = [
        ("notificaties.api_root", "https://n.example.nl/api/v1/"),
        ("retention.messages", "90d"),
    ];
    let stored = stored.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let locked = Service {
        root: "https://n.example.nl/api/v1/".to_owned(),
        client_id: "here".to_owned(),
        secret: None,
    };
    let settings = load(&with(&[], &[]).with_stored(stored, &[locked]))
        .unwrap()
        .settings;
    assert!(settings.notificaties.api.is_none());
}

#[test]
fn the_secret_at_the_provider_goes_to_its_issuer_only() {
    let stored = [
        ("oidc.issuer", "https://id.example.nl/"),
        ("oidc.client_id", "openklant"),
        ("oidc.roles", "balie=lezer"),
    ];
    let secret = Secret::new("geheim bij de inlogdienst");
    let oidc = |variables: &[(&str, &str)]| {
        load(&with(variables, &stored).with_oidc_secret(&secret)).map(|loaded| loaded.settings.beheer.oidc)
    };
    let kept = oidc(&[]).unwrap().expect("a provider");
    assert_eq!(kept.client_secret, secret);
    let same = ("OPENKLANT_BEHEER_OIDC_ISSUER", "https://id.example.nl");
    assert!(oidc(&[same]).unwrap().is_some());
    let other = ("OPENKLANT_BEHEER_OIDC_ISSUER", "https://kwaad.example.nl");
    assert!(oidc(&[other]).is_err());
    let own = ("OPENKLANT_BEHEER_OIDC_CLIENT_SECRET", "van de omgeving");
    let wins = oidc(&[own]).unwrap().expect("a provider");
    assert_eq!(wins.client_secret.expose(), "van de omgeving");
    let without = load(&with(&[], &stored).without_oidc()).unwrap();
    assert!(without.settings.beheer.oidc.is_none());
    assert!(matches!(place("oidc.client_secret"), Some(Place::Sealed(_))));
}

#[test]
fn half_a_provider_is_told() {
    let issuer = ("OPENKLANT_BEHEER_OIDC_ISSUER", "https://id.example.nl");
    let told = faults(&Source::from_pairs([issuer]));
    for name in ["CLIENT_ID", "CLIENT_SECRET"] {
        let missing = format!("OPENKLANT_BEHEER_OIDC_{name} is missing");
        assert!(told.iter().any(|fault| fault.contains(&missing)), "{told:?}");
    }
    let client = ("OPENKLANT_BEHEER_OIDC_CLIENT_ID", "openklant");
    let told = faults(&Source::from_pairs([client]));
    assert!(
        matches!(&told[..], [one] if one.contains("OPENKLANT_BEHEER_OIDC_ISSUER is missing")),
        "{told:?}"
    );
}
