//! Backups: whole although writers go on, kept from the eyes of others, never in the place of another file, and good
//! to serve from.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::probe::Change;
use openklant_tests::program::Program;
use openklant_tests::tokens::bearer;
use openklant_tests::writers::{Plan, Writers};
use openklant_tests::{Client, Database, Kind, both, wait};
use serde_json::Value;
use tempfile::TempDir;

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder can be read")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

#[test]
fn is_whole_under_four_writers_and_serves() {
    both::run(Kind::Sqlite, async |database: Database| {
        let program = Program::on(&database).with([("OPENKLANT_BASE_URL", "https://openklant.example.nl")]);
        program
            .run("applicatie add --label Schrijvers --client-id schrijvers --alle-autorisaties")
            .await
            .well();
        let token = program.run("token --client-id schrijvers").await.well();
        let api = program.start("api");
        let writers = Writers::start(Plan::restless(4), api.address().await, token.trim());
        wait::until_found("the writers are at work", async || {
            (writers.successes() >= 100).then_some(())
        })
        .await;
        let before = writers.successes();

        let folder = TempDir::new().expect("a folder for the copy");
        let to = folder.path().join("copy.db");
        let line = format!("backup --to {} --format json", to.display());
        let told: Value = serde_json::from_str(&program.run(&line).await.well()).expect("JSON");

        let meanwhile = writers.successes();
        wait::until_found("the writers go on", async || {
            (writers.successes() > meanwhile).then_some(())
        })
        .await;
        let written = writers.finish().await;
        assert!(written.surprises.is_empty(), "{:?}", written.surprises);
        api.terminate();
        api.end().await.well();

        let about = std::fs::metadata(&to).expect("the copy is there");
        assert_eq!(about.permissions().mode() & 0o777, 0o600);
        assert_eq!(told["bytes"], about.len());
        assert_eq!(told["integrity"], "ok");
        assert_eq!(names(folder.path()), ["copy.db"], "and nothing beside it");

        let copy = Database::in_file(folder, "copy.db");
        let probe = copy.probe();
        assert_eq!(probe.texts("PRAGMA integrity_check").await, ["ok"]);
        let told: Vec<Change> = probe
            .outbox()
            .await
            .iter()
            .map(|row| Change::of(&row.message()))
            .collect();
        let made = probe.changes().await;
        assert!(
            made.len() >= before,
            "{} of {before} changes that were answered",
            made.len()
        );
        assert_eq!(
            made, told,
            "audit trail and outbox tell the same, in the same order"
        );
        let all = database.probe().changes().await;
        assert_eq!(
            made[..],
            all[..made.len()],
            "it is what the database held at one moment"
        );

        let restored = Program::on(&copy);
        let api = restored.start("api");
        let token = restored.run("token --client-id schrijvers").await.well();
        let client = Client::new(api.address().await, Some(bearer(token.trim())));
        let stored = copy.probe().count("klant").await;
        assert_eq!(client.get(KLANTEN).await.expect(200).json()["count"], stored);
        client.post(KLANTEN, &klant("hersteld")).await.is(201);
        api.terminate();
        api.end().await.well();
    });
}

#[test]
fn leaves_a_file_that_is_there_alone() {
    both::run(Kind::Sqlite, async |database: Database| {
        let program = Program::on(&database);
        let taken = program.folder().join("taken.db");
        std::fs::write(&taken, "precious").expect("a file");
        program
            .run("backup --to taken.db")
            .await
            .complains(1, "is there already");
        assert_eq!(std::fs::read_to_string(&taken).expect("it is there"), "precious");
        program.run("backup --to copy.db").await.well();
        let once = std::fs::read(program.folder().join("copy.db")).expect("the copy");
        program
            .run("backup --to copy.db")
            .await
            .complains(1, "is there already");
        assert_eq!(
            std::fs::read(program.folder().join("copy.db")).expect("the copy"),
            once
        );
        program
            .run("backup --to nowhere/copy.db")
            .await
            .complains(1, "no file can be made in nowhere");
        let full = program.run_on_a_full_disk("backup --to full.db").await;
        assert!(full.code.is_some_and(|code| code > 0), "{full:?}");
        assert_eq!(names(program.folder()), ["copy.db", "taken.db"]);
    });
}

#[test]
fn does_not_migrate_what_it_copies() {
    both::run(Kind::Sqlite, async |database: Database| {
        let latest = "SELECT CAST(max(version) AS TEXT) FROM _sqlx_migrations";
        database
            .probe()
            .execute(
                "DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)",
            )
            .await;
        let before = database.probe().texts(latest).await;
        Program::on(&database).run("backup --to copy.db").await.well();
        assert_eq!(database.probe().texts(latest).await, before);
    });
}

#[test]
fn a_damaged_database_gives_no_copy() {
    both::run(Kind::Sqlite, async |database: Database| {
        let probe = database.probe();
        // A row that its own table forbids, past the check that would refuse it.
        probe
            .execute(
                "PRAGMA ignore_check_constraints = ON; UPDATE delivery_endpoint SET state = 'ajar'; \
                 PRAGMA wal_checkpoint(TRUNCATE)",
            )
            .await;
        let program = Program::on(&database);
        program
            .run("backup --to copy.db")
            .await
            .complains(1, "the copy is not whole");
        assert!(
            names(program.folder()).is_empty(),
            "{:?}",
            names(program.folder())
        );
    });
}

#[tokio::test]
async fn makes_no_database_to_copy() {
    let program = Program::new();
    program
        .run("backup --to copy.db")
        .await
        .complains(2, "there is no database");
    assert!(names(program.folder()).is_empty());
}

#[test]
fn names_the_tools_of_postgres() {
    both::run(Kind::Postgres, async |database: Database| {
        let program = Program::on(&database);
        let ended = program.run("backup --to copy.db").await;
        ended.complains(2, "is a PostgreSQL database");
        for tool in ["pg_dump", "pg_restore"] {
            assert!(ended.stderr.contains(tool), "{ended:?}");
        }
        assert!(names(program.folder()).is_empty());
    });
}

/// The block of shell code in the handbook that has this in it.
fn documented(command: &str) -> String {
    let handbook = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operations.md");
    let text = std::fs::read_to_string(handbook).expect("the handbook");
    let block = text
        .split("```")
        .find_map(|block| block.strip_prefix("sh\n").filter(|block| block.contains(command)));
    block.expect("a block with the command").to_owned()
}

/// What the handbook tells to type, with the tools of PostgreSQL.
#[test]
fn a_dump_of_postgres_is_restored_as_documented_and_serves() {
    both::run(Kind::Postgres, async |database: Database| {
        let program = Program::on(&database);
        program
            .run("applicatie add --label Balie --client-id balie --alle-autorisaties")
            .await
            .well();
        let token = program.run("token --client-id balie").await.well();
        let bearer = Some(bearer(token.trim()));
        let api = program.start("api");
        let client = api.client(bearer.clone()).await;
        let before = client.post(KLANTEN, &klant("K1")).await.expect(201);
        let path = before
            .url()
            .split_once("/klanten/")
            .map(|(_, path)| format!("/klanten/{path}"));
        let path = path.expect("the URL of a klant");
        api.terminate();
        api.end().await.well();

        let url = database.url();
        let (server, name) = url.rsplit_once('/').expect("the URL of a database");
        let new = format!("{name}_new");
        let restored = format!("{server}/{new}");
        let documented = [documented("pg_dump --format"), documented("pg_restore")]
            .concat()
            .replace(
                "postgres://openklant:password@db.example.nl/openklant_new",
                &restored,
            )
            .replace("openklant_new", &new);
        assert!(documented.contains(&restored), "{documented}");
        let told = program.run_script(&documented).await.well();
        assert!(told.contains("applied") && !told.contains("pending"), "{told}");

        let program = program.with([("OPENKLANT_DATABASE_URL", restored)]);
        let api = program.start("api");
        let client = api.client(bearer).await;
        let after = client.get(path).await.expect(200);
        assert_eq!(after.json()["klantnummer"], before.json()["klantnummer"]);
        client.post(KLANTEN, &klant("K2")).await.is(201);
        api.terminate();
        api.end().await.well();
        database
            .probe()
            .execute(&format!("DROP DATABASE {new} WITH (FORCE)"))
            .await;
    });
}
