//! Starting where nothing is yet, and where nothing may be written.

use std::fs;

use openklant_tests::program::Program;
use openklant_tests::{Database, Kind};

#[tokio::test]
async fn up_in_an_empty_folder_makes_everything_and_shows_the_secret_once() {
    let program = Program::new();
    let mut secrets = Vec::new();
    for _ in 0..2 {
        let up = program.start("up");
        up.address().await;
        up.terminate();
        let printed = up.end().await.well();
        secrets.extend(
            printed
                .lines()
                .filter_map(|line| line.trim().strip_prefix("secret "))
                .map(|rest| rest.split_whitespace().next().unwrap_or_default().to_owned()),
        );
    }
    assert!(matches!(&secrets[..], [one] if one.len() >= 20), "{secrets:?}");
    assert!(program.folder().join("data/openklant.db").is_file());
    let token = program.run("token --client-id eerste-applicatie").await.well();
    assert_eq!(token.trim().split('.').count(), 3);
}

/// The version that a file says it is written in; SQLite takes any above 2 for one it may only read. It holds for
/// every user, also for one whom the rights of a file do not stop.
const WRITE_VERSION: usize = 18;

#[test]
fn a_read_only_file_is_refused() {
    openklant_tests::both::run(Kind::Sqlite, async |database: Database| {
        let program = Program::on(&database);
        program.run("applicatie list").await.well();
        let url = database.url();
        let file = url.strip_prefix("sqlite://").expect("a file");
        let mut bytes = fs::read(file).expect("the database can be read");
        bytes[WRITE_VERSION] = 3;
        fs::write(file, bytes).expect("the test may write it");
        let add = "applicatie add --label L --client-id l --alle-autorisaties";
        for command in ["up", "api", "worker", add] {
            program.run(command).await.complains(2, "readonly");
        }
    });
}

#[tokio::test]
async fn every_wrong_setting_is_named_at_once_and_nothing_starts() {
    let wrong = [
        ("OPENKLANT_LISTEN", "overal"),
        ("OPENKLANT_NOTIFICATIES_LEASE", "kort"),
        ("OPENKLANT_DATABASE_MAX_CONNECTIONS", "-1"),
    ];
    let program = Program::new().with(wrong);
    for command in ["up", "api", "worker", "worker --drain"] {
        let ended = program.run(command).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{ended:?}");
        for (name, value) in wrong {
            assert!(
                ended.stderr.contains(name) && ended.stderr.contains(value),
                "{name} in {ended:?}"
            );
        }
        assert!(!ended.stderr.contains("panicked"), "{ended:?}");
    }
    assert!(!program.folder().join("data").exists());
}
