//! What keeps a command from starting: one clear line, exit code 2, no stack trace.

use std::net::TcpListener;

use openklant_tests::program::Program;
use openklant_tests::{Database, Kind, on_both};

on_both! {
    async fn a_database_that_took_away_what_this_version_needs_is_refused(database: Database) {
        database.probe().execute(&ran(9999, "contract 9998 old column")).await;
        let program = Program::on(&database);
        for command in ["up", "api", "worker", "worker --drain", "migrate", "migrate --dry-run", "applicatie list"] {
            program.run(command).await.complains(2, "migration 9999");
        }
    }

    async fn a_database_of_another_line_of_versions_is_refused(database: Database) {
        database.probe().execute(&ran(9999, "later")).await;
        let newest_of_ours = "DELETE FROM _sqlx_migrations WHERE version = \
            (SELECT max(version) FROM _sqlx_migrations WHERE version < 9999)";
        database.probe().execute(newest_of_ours).await;
        for command in ["up", "api", "worker", "migrate"] {
            Program::on(&database).run(command).await.complains(2, "migration 9999");
        }
    }
}

/// A note that a migration of a newer version ran.
fn ran(version: i64, name: &str) -> String {
    format!(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         SELECT {version}, '{name}', TRUE, checksum, 1 FROM _sqlx_migrations WHERE version = 1"
    )
}

#[test]
fn a_read_only_postgres_is_refused() {
    openklant_tests::both::run(Kind::Postgres, async |database: Database| {
        let read_only = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', \
            current_database()); END $$";
        database.probe().execute(read_only).await;
        let program = Program::on(&database);
        for command in ["up", "api", "worker"] {
            program.run(command).await.complains(2, "read-only");
        }
        program
            .run("applicatie add --label L --client-id l --alle-autorisaties")
            .await
            .complains(2, "read-only");
    });
}

#[test]
fn a_full_disk_is_reported() {
    openklant_tests::both::run(Kind::Sqlite, async |database: Database| {
        let program = Program::on(&database);
        let commands = [
            "up",
            "api",
            "worker",
            "applicatie add --label L --client-id l --alle-autorisaties",
        ];
        for command in commands {
            program
                .run_on_a_full_disk(command)
                .await
                .complains(2, "the database");
        }
    });
}

#[tokio::test]
async fn a_full_disk_is_reported_for_a_new_database() {
    for command in ["up", "migrate", "applicatie list"] {
        Program::new().run_on_a_full_disk(command).await.complains(2, "");
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_reported() {
    let letter = Program::new();
    let folder = letter.folder().display().to_string();
    std::fs::write(
        letter.folder().join("letter.txt"),
        "Dear reader, this is no database at all.".repeat(50),
    )
    .expect("the file can be written");
    let cases = [
        (format!("sqlite://{folder}/letter.txt"), "file is not a database"),
        (format!("sqlite://{folder}/letter.txt/a.db"), "cannot be made"),
        (format!("sqlite://{folder}"), "cannot be opened"),
        (
            "postgres://nobody:secret-word@127.0.0.1:1/none".to_owned(),
            "did not answer",
        ),
    ];
    for (url, expected) in cases {
        let program = Program::new()
            .with([("OPENKLANT_DATABASE_ACQUIRE_TIMEOUT", "200ms")])
            .with([("OPENKLANT_DATABASE_URL", url)]);
        for command in ["up", "api", "worker", "migrate", "token --client-id l"] {
            let ended = program.run(command).await;
            ended.complains(2, expected);
            assert!(!ended.stderr.contains("secret-word"), "{ended:?}");
        }
    }
}

#[tokio::test]
async fn a_taken_address_is_reported() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("it has an address").to_string();
    let program = Program::new().with([("OPENKLANT_LISTEN", address.as_str())]);
    for command in ["up", "api"] {
        let ended = program.run(command).await;
        ended.complains(2, &address);
        assert!(
            !ended.stdout.contains("secret"),
            "a secret nobody will see again: {ended:?}"
        );
    }
}

#[tokio::test]
async fn wrong_usage_is_reported() {
    let program = Program::new();
    for line in ["", "serve", "up now", "worker --drian", "openapi zaken", "token"] {
        let ended = program.run(line).await;
        assert_eq!(ended.code, Some(2), "{line}: {ended:?}");
        assert_eq!(ended.stdout, "", "{line}");
    }
}
