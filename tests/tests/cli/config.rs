//! Checking and showing settings, without touching a database.

use openklant_tests::program::Program;
use serde_json::Value;

#[tokio::test]
async fn every_mistake_is_reported_together() {
    let program = Program::new().with([
        ("OPENKLANT_LISTEN", "nowhere"),
        ("OPENKLANT_DATABASE_URL", "mysql://x"),
    ]);
    for command in [
        "config check",
        "config show",
        "api",
        "worker",
        "up",
        "migrate",
        "applicatie list",
    ] {
        let ended = program.run(command).await;
        ended.complains(2, "2 wrong settings");
        for name in ["OPENKLANT_LISTEN", "OPENKLANT_DATABASE_URL"] {
            assert!(ended.stderr.contains(name), "{command}: {ended:?}");
        }
        assert_eq!(ended.stdout, "");
    }
}

#[tokio::test]
async fn unknown_names_are_warned_about() {
    let program = Program::new().with([("OPENKLANT_LISTN", "1")]);
    let checked = program.run("config check").await.well();
    assert!(
        checked.contains("OPENKLANT_LISTN") && checked.contains("OPENKLANT_LISTEN?"),
        "{checked}"
    );
    let listed = program.run("applicatie list").await;
    assert!(
        listed.stderr.contains("WARN") && listed.stderr.contains("OPENKLANT_LISTN"),
        "{listed:?}"
    );
}

#[tokio::test]
async fn secrets_are_never_shown() {
    let secret = "a-very-secret-word";
    let program = Program::new().with([
        (
            "OPENKLANT_DATABASE_URL",
            "postgres://u:a-very-secret-word@db.example.nl/openklant",
        ),
        (
            "OPENKLANT_NOTIFICATIES_API_ROOT",
            "https://notificaties.example.nl/api/v1/",
        ),
        ("OPENKLANT_NOTIFICATIES_CLIENT_ID", "openklant"),
        ("OPENKLANT_NOTIFICATIES_SECRET", secret),
        ("OPENKLANT_BASE_URL", "https://openklant.example.nl"),
    ]);
    for command in ["config show", "config show --format json"] {
        let shown = program.run(command).await.well();
        assert!(shown.contains("***") && !shown.contains(secret), "{shown}");
    }
    let rows: Vec<Value> =
        serde_json::from_str(&program.run("config show --format json").await.well()).expect("a list");
    let set = rows.iter().filter(|row| row["set"] == true).count();
    assert_eq!(set, 7, "{rows:?}");
}

#[tokio::test]
async fn names_of_before_are_read_and_those_that_mean_nothing_are_told() {
    let program = Program::new().with([
        ("JWT_LEEWAY", "30s"),
        ("ALLOWED_HOSTS", "openklant.example.nl"),
        ("DB_POOL_MAX_SIZE", "7"),
        ("UWSGI_PORT", "8000"),
        ("NOTIFICATIONS_API_ROOT", "https://n.example.nl"),
    ]);
    let shown = program.run("config show --format json").await.well();
    let rows: Vec<Value> = serde_json::from_str(&shown).expect("a list");
    for (name, value) in [
        ("OPENKLANT_JWT_LEEWAY", "30s"),
        ("OPENKLANT_ALLOWED_HOSTS", "openklant.example.nl"),
        ("OPENKLANT_DATABASE_MAX_CONNECTIONS", "7"),
    ] {
        let row = rows.iter().find(|row| row["name"] == name).expect("it is listed");
        assert_eq!(row["value"], value, "{row}");
    }
    let checked = program.run("config check").await;
    for text in ["UWSGI_PORT", "use OPENKLANT_NOTIFICATIES_API_ROOT"] {
        let told = format!("{}{}", checked.stdout, checked.stderr);
        assert!(told.contains(text), "{text} in {checked:?}");
    }
    checked.well();
}

#[tokio::test]
async fn a_toml_file_is_read_and_the_environment_wins() {
    let program = Program::new();
    let file = program.folder().join("openklant.toml");
    let text = "[server]\nlisten = \"127.0.0.1:9001\"\n[log]\nlevel = \"debug\"\n";
    std::fs::write(&file, text).expect("the file can be written");
    let rows = program
        .run(&format!("config show --format json --config {}", file.display()))
        .await
        .well();
    let rows: Vec<Value> = serde_json::from_str(&rows).expect("a list");
    let value = |name: &str| {
        let row = rows
            .iter()
            .find(|row| row["name"] == name)
            .expect("the setting is listed");
        row["value"].as_str().map(ToOwned::to_owned)
    };
    assert_eq!(value("OPENKLANT_LISTEN").as_deref(), Some("127.0.0.1:0"));
    assert_eq!(value("OPENKLANT_LOG_LEVEL").as_deref(), Some("debug"));
    program
        .run("config check --config missing.toml")
        .await
        .complains(2, "missing.toml");
}
