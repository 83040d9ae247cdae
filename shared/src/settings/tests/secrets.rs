//! No secret is ever printed, whatever else is wrong.

use super::*;

const SECRET: &str = "Zeer9Geheim";

#[test]
fn settings_rows_and_warnings_never_hold_a_secret() {
    let url = format!("postgres://u:{SECRET}@db/openklant?password={SECRET}");
    for database in [
        &[("OPENKLANT_DATABASE_URL", url.as_str())][..],
        &[("DATABASE_URL", url.as_str())],
        &[("DB_HOST", "db"), ("DB_PASSWORD", SECRET)],
        &[
            ("DB_HOST", "db"),
            ("DB_PASSWORD", SECRET),
            ("OPENKLANT_DATABASE_URL", url.as_str()),
        ],
    ] {
        let hook = format!("https://meldingen.example.nl/{SECRET}?sleutel={SECRET}");
        let mut pairs = vec![
            ("OPENKLANT_ALERT_WEBHOOK_URL", hook.as_str()),
            ("OPENKLANT_BASE_URL", "https://openklant.example.nl"),
            ("OPENKLANT_NOTIFICATIES_API_ROOT", "https://nrc.example.nl/"),
            ("OPENKLANT_NOTIFICATIES_CLIENT_ID", "openklant"),
            ("OPENKLANT_NOTIFICATIES_SECRET", SECRET),
            ("SECRET_KEY", SECRET),
            ("OPENKLANT_SECRET", SECRET),
        ];
        pairs.extend(database);
        let loaded = loaded(&pairs);
        let settings = &loaded.settings;
        assert_eq!(
            settings.notificaties.api.as_ref().unwrap().secret.expose(),
            SECRET
        );
        let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
        let printed = format!("{loaded:?} {settings:#?} {} {warnings:?}", settings.database.url);
        assert!(!printed.contains(SECRET), "{printed}");
        assert_eq!(row(&loaded, "OPENKLANT_NOTIFICATIES_SECRET").value, "***");
        assert!(
            row(&loaded, "OPENKLANT_DATABASE_URL")
                .value
                .starts_with("postgres://"),
            "{printed}"
        );
    }
}

#[test]
fn a_database_url_is_shown_without_its_password() {
    for (url, shown) in [
        ("postgres://u:p@db:5433/k", "postgres://u:***@db:5433/k"),
        ("postgresql://u@db/k?sslmode=require", "postgres://u@db/k?***"),
        ("postgres:///k?host=/run", "postgres:///k?***"),
        ("sqlite:///var/lib/openklant.db", "sqlite:///var/lib/openklant.db"),
        ("sqlite:klant.db", "sqlite://klant.db"),
    ] {
        assert_eq!(
            row(
                &loaded(&[("OPENKLANT_DATABASE_URL", url)]),
                "OPENKLANT_DATABASE_URL"
            )
            .value,
            shown
        );
    }
}

#[test]
fn faults_never_hold_a_secret() {
    let texts = [
        format!("mysql://u:{SECRET}@db/k"),
        format!("postgres://u:{SECRET}@db:x/k"),
        format!("postgres://u:{SECRET}@db/k?{SECRET}={SECRET}"),
        format!("https://u:{SECRET}@db/k"),
    ];
    for name in [
        "OPENKLANT_ALERT_WEBHOOK_URL",
        "OPENKLANT_DATABASE_URL",
        "OPENKLANT_BASE_URL",
        "OPENKLANT_CORS_ALLOWED_ORIGINS",
        "DATABASE_URL",
    ] {
        for text in &texts {
            let error = load(&Source::from_pairs([(name, text)])).map(|_| ()).unwrap_err();
            assert!(
                !format!("{error} {error:?}").contains(SECRET),
                "{name}: {error:?}"
            );
        }
    }
    for source in [
        Source::default().with_dotenv(&format!("A=1\nOPENKLANT_NOTIFICATIES_SECRET={SECRET} \"open\n")),
        Source::default().with_dotenv(&format!("A=1\nOPENKLANT_NOTIFICATIES_SECRET {SECRET}\n")),
        Source::default().with_toml("o.toml", &format!("notificaties.secret = \"{SECRET}\n")),
        Source::default().with_toml("o.toml", &format!("notificaties.secret = {SECRET}\n")),
    ] {
        let error = load(&source).map(|_| ()).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(SECRET), "{error:?}");
    }
}

#[test]
fn secrets_come_from_files_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let url = file("url", "postgres://u:p@db/k\n");
    let secret = file("secret", "geheim \r\n");
    let pairs = [
        ("OPENKLANT_BASE_URL", "https://openklant.example.nl"),
        ("OPENKLANT_NOTIFICATIES_API_ROOT", "https://nrc.example.nl/"),
        ("OPENKLANT_NOTIFICATIES_CLIENT_ID", "openklant"),
        ("OPENKLANT_NOTIFICATIES_SECRET_FILE", secret.as_str()),
        ("OPENKLANT_DATABASE_URL_FILE", url.as_str()),
    ];
    let found = loaded(&pairs);
    assert_eq!(
        found.settings.notificaties.api.as_ref().unwrap().secret.expose(),
        "geheim "
    );
    assert_eq!(found.settings.database.url.to_string(), "postgres://u:***@db/k");
    assert_eq!(
        row(&found, "OPENKLANT_DATABASE_URL").origin,
        format!("file {url}, as OPENKLANT_DATABASE_URL_FILE")
    );
    assert_eq!(found.warnings, []);

    let password = file("password", "p2");
    let parts = settings(&[("DB_HOST", "db"), ("DB_PASSWORD_FILE", &password)]);
    assert_eq!(
        parts.database.url,
        "postgres://openklant:p2@db/openklant".parse().unwrap()
    );

    let toml = format!("database.url_file = \"{url}\"");
    let from_toml = load(&Source::default().with_toml("o.toml", &toml)).unwrap();
    assert_eq!(
        from_toml.settings.database.url.to_string(),
        "postgres://u:***@db/k"
    );
    assert_eq!(from_toml.warnings, []);
}
