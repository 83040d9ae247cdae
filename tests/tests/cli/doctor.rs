//! `openklant doctor`: silent on a healthy installation, and it names every fault that is planted.

use chrono::TimeDelta;
use openklant_shared::clock::Clock;
use openklant_tests::app::Setup;
use openklant_tests::autorisaties::Autorisaties;
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::listener::Reply;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::program::Program;
use openklant_tests::{App, Database, Kind, both, on_both};
use serde_json::{Value, json};

/// What the doctor finds, as `check / severity / finding`; and that its exit code fits.
async fn findings(program: &Program) -> Vec<String> {
    let ended = program.run("doctor --format json").await;
    let found: Vec<Value> =
        serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {ended:?}"));
    let wrong = found.iter().filter(|one| one["severity"] != "note").count();
    match wrong {
        0 => assert_eq!(ended.code, Some(0), "{ended:?}"),
        _ => ended.complains(1, "wrong"),
    }
    for one in &found {
        assert!(one["todo"].as_str().is_some_and(|todo| !todo.is_empty()), "{one}");
    }
    let text = |one: &Value, key: &str| one[key].as_str().expect("a text").to_owned();
    found
        .iter()
        .map(|one| [text(one, "check"), text(one, "severity"), text(one, "finding")].join(" / "))
        .collect()
}

/// Demands exactly these findings, each known by a part of it.
#[track_caller]
fn assert_found(found: &[String], expected: &[&str]) {
    for part in expected {
        assert_eq!(
            found.iter().filter(|line| line.contains(part)).count(),
            1,
            "{part:?} in {found:#?}"
        );
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
}

/// An installation in use: an API, a Notificaties API that knows the kanalen, and a message that was delivered.
async fn healthy(database: &Database, notificaties: &Notificaties) -> (App, Program) {
    let base = [("OPENKLANT_BASE_URL", "https://openklant.example.nl")];
    let app = Setup::new().in_real_time().with(base).start(database).await;
    let program = Program::on(database).with(notificaties.settings());
    program.run("kanalen register").await.well();
    app.client().post(KLANTEN, &klant("1")).await.is(201);
    program.run("worker --drain").await.well();
    (app, program)
}

fn http_date(shift: TimeDelta) -> String {
    (Clock::System.now() + shift)
        .format("%a, %d %b %Y %H:%M:%S GMT")
        .to_string()
}

/// A row that refers to one that is not there, past the reference.
async fn plant_a_bad_row(database: &Database) {
    let (off, moment) = match database.kind() {
        Kind::Sqlite => ("PRAGMA foreign_keys = OFF;", "'2026-01-05T09:30:00.000000+00:00'"),
        Kind::Postgres => ("SET session_replication_role = replica;", "now()"),
    };
    let row = format!(
        "{off} INSERT INTO outbox_attempt (outbox_id, nr, started_at, duration_ms, class, answer) \
         VALUES (4711, 1, {moment}, 1, 'delivered', '')"
    );
    database.probe().execute(&row).await;
}

on_both! {
    async fn finds_nothing_on_a_healthy_installation(database: Database) {
        let notificaties = Notificaties::start().await;
        let (_app, program) = healthy(&database, &notificaties).await;
        notificaties.next_for_kanalen([Reply::json(200, &json!([])).header("Date", &http_date(TimeDelta::zero()))]);
        assert_found(&findings(&program).await, &[]);
        assert_eq!(program.run("doctor").await.well().trim(), "Nothing is wrong.");
        // Also one that has no Notificaties API yet.
        assert_found(&findings(&Program::on(&database)).await, &[]);
    }

    async fn names_each_of_ten_faults(database: Database) {
        let notificaties = Notificaties::start().await;
        let (app, program) = healthy(&database, &notificaties).await;
        app.client().post(KLANTEN, &klant("2")).await.is(201);
        app.client().post(KLANTEN, &klant("3")).await.is(201);
        let probe = database.probe();
        probe.execute("UPDATE outbox SET state = 'parked' WHERE id = (SELECT max(id) FROM outbox)").await;
        probe
            .execute(
                "UPDATE delivery_endpoint SET state = 'open', failures = 3, last_class = 'temporary', \
                 last_answer = '503', opened_at = (SELECT max(created_at) FROM outbox), \
                 next_probe_at = (SELECT max(created_at) FROM outbox)",
            )
            .await;
        probe.execute("DROP INDEX klant_by_np_bsn").await;
        plant_a_bad_row(&database).await;
        program
            .run_given(
                "externe-api add --label Zaken --api-root http://127.0.0.1:9/zaken/api/v1/ --client-id c",
                "s",
            )
            .await
            .well();
        notificaties.forget_kanalen();
        notificaties.know_kanaal(json!({"naam": "klanten", "filters": ["onbekend"]}));
        notificaties.next_for_kanalen([
            Reply::json(200, &json!([])).header("Date", &http_date(TimeDelta::seconds(-300))),
        ]);
        let program = program.with([
            ("OPENKLANT_BASE_URL", "http://openklant"),
            ("OPENKLANT_LISTNE", "127.0.0.1:0"),
        ]);
        assert_found(&findings(&program).await, &[
            "settings / warning / OPENKLANT_LISTNE",
            "one word",
            "begins with http",
            "outbox_attempt",
            "index klant_by_np_bsn is missing",
            "and no worker is alive",
            "1 parked messages wait",
            "the breaker is open",
            "s behind ours",
            "kanaal klanten has the filters onbekend",
            "kanaal contactmomenten is not registered",
            "http://127.0.0.1:9/zaken/api/v1/ does not answer",
        ]);
        let text = program.run("doctor").await;
        assert!(text.stdout.contains("openklant kanalen register"), "{text:?}");
    }

    async fn names_a_wrong_secret(database: Database) {
        let notificaties = Notificaties::start().await;
        let (app, program) = healthy(&database, &notificaties).await;
        let program = program.with([("OPENKLANT_NOTIFICATIES_SECRET", "not the secret of this client")]);
        assert_found(&findings(&program).await, &["answered 403"]);
        app.client().post(KLANTEN, &klant("2")).await.is(201);
        program.run("worker --drain").await.well();
        assert_found(&findings(&program).await, &[
            "answered 403",
            "the breaker is open: the Notificaties API refuses us",
            "and no worker is alive",
        ]);
    }

    async fn names_a_notificaties_api_that_is_gone(database: Database) {
        let program = Program::on(&database).with([
            ("OPENKLANT_BASE_URL", "https://openklant.example.nl"),
            ("OPENKLANT_NOTIFICATIES_API_ROOT", "http://127.0.0.1:9/api/v1/"),
            ("OPENKLANT_NOTIFICATIES_CLIENT_ID", "c"),
            ("OPENKLANT_NOTIFICATIES_SECRET", "s"),
        ]);
        assert_found(&findings(&program).await, &["cannot be asked about kanaal"]);
    }

    async fn names_what_is_wrong_with_the_autorisaties_api(database: Database) {
        let (notificaties, autorisaties) = (Notificaties::start().await, Autorisaties::start().await);
        let (_app, program) = healthy(&database, &notificaties).await;
        let program = program.with(autorisaties.settings());
        assert_found(&findings(&program).await, &["warning / there is no abonnement that tells"]);
        program.run("autorisaties subscribe").await.well();
        assert_found(&findings(&program).await, &[]);
        notificaties.know_abonnement(notificaties.abonnementen()[0].clone());
        assert_found(&findings(&program).await, &["there is more than one abonnement"]);
        notificaties.forget_abonnementen();
        program.run("autorisaties subscribe").await.well();
        notificaties.show_auth();
        let other = [("OPENKLANT_AUTORISATIES_CALLBACK_SECRET", "another-secret-of-the-abonnement")];
        assert_found(&findings(&program.clone().with(other)).await, &["another kanaal, filters or secret"]);
        let wrong = [("OPENKLANT_AUTORISATIES_SECRET", "not the secret of this client")];
        assert_found(&findings(&program.clone().with(wrong)).await, &["error / the Autorisaties API does not say", ]);
        for (reply, text) in [
            (Reply::html(404), "it answered 404"),
            (Reply::html(503), "it answered 503"),
            (Reply::hang(), "no answer in time"),
            (Reply::redirect("http://127.0.0.1:9/"), "it answered 302"),
        ] {
            autorisaties.always(Some(reply));
            assert_found(&findings(&program).await, &[text]);
        }
        autorisaties.vanish();
        assert_found(&findings(&program).await, &["it cannot be reached"]);
        autorisaties.always(None);
        autorisaties.come_back();
        let deaf = program.without("OPENKLANT_AUTORISATIES_CALLBACK_SECRET");
        assert_found(&findings(&deaf).await, &["note / rights that change in the Autorisaties API are noticed 300 s later"]);
    }

    async fn names_a_key_to_secrets_that_is_missing_or_wrong(database: Database) {
        let program = Program::on(&database).with([("OPENKLANT_BASE_URL", "https://openklant.example.nl")]);
        program.run("applicatie secret add --client-id loket").await.well();
        assert_found(&findings(&program).await, &[]);
        let missing = findings(&program.clone().without("OPENKLANT_SECRET_KEY")).await;
        assert_found(&missing, &["secrets / error / "]);
        let other = program.run("secrets new-key").await.well();
        let other = findings(&program.clone().with([("OPENKLANT_SECRET_KEY", other.trim())])).await;
        assert_found(&other, &["secrets / error / a secret in table client_credential is sealed with key"]);
        let swap = "UPDATE client_credential SET client_id = 'ander'";
        database.probe().execute(swap).await;
        assert_found(&findings(&program).await, &["secrets / error / a secret in table client_credential does not open"]);
    }

    async fn is_done_in_time_when_nobody_answers(database: Database) {
        let notificaties = Notificaties::start().await;
        notificaties.next_for_kanalen([Reply::hang(), Reply::hang()]);
        let program = Program::on(&database)
            .with(notificaties.settings())
            .with([("OPENKLANT_NOTIFICATIES_REQUEST_TIMEOUT", "500ms")]);
        assert_found(&findings(&program).await, &["no answer in time"]);
    }

    async fn names_messages_that_nothing_sends(database: Database) {
        let base = [("OPENKLANT_BASE_URL", "https://openklant.example.nl")];
        let app = Setup::new().in_real_time().with(base).start(&database).await;
        app.client().post(KLANTEN, &klant("1")).await.is(201);
        assert_found(&findings(&Program::on(&database)).await, &["there is no Notificaties API to send them to"]);
        let notificaties = Notificaties::start().await;
        let program = Program::on(&database).with(notificaties.settings());
        program.run("kanalen register").await.well();
        program.run("outbox pause --operator piet").await.well();
        let paused = ["and no worker is alive", "and delivery is paused"];
        assert_found(&findings(&program).await, &paused);
    }

    async fn names_a_schema_that_is_behind_or_ahead(database: Database) {
        let program = Program::on(&database);
        let newest = "version = (SELECT max(version) FROM _sqlx_migrations)";
        let add = |nr: i64, name: &str| format!(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             SELECT {nr}, '{name}', TRUE, checksum, 1 FROM _sqlx_migrations WHERE version = 1"
        );
        database.probe().execute(&add(9000, "later")).await;
        assert_found(&findings(&program).await, &["schema / warning / the database has migration 9000"]);
        database.probe().execute(&add(9001, "contract 9000 something")).await;
        assert_found(&findings(&program).await, &["schema / error / the database has migration 9001"]);
        database.probe().execute("DELETE FROM _sqlx_migrations WHERE version >= 9000").await;
        database.probe().execute(&format!("DELETE FROM _sqlx_migrations WHERE {newest}")).await;
        assert_found(&findings(&program).await, &["schema / error / the database misses migration"]);
    }

    async fn names_a_database_that_cannot_be_used(database: Database) {
        match database.kind() {
            Kind::Sqlite => {
                let full = Program::on(&database).run_on_a_full_disk("doctor --format json").await;
                full.complains(1, "wrong");
                assert!(full.stdout.contains("database"), "{full:?}");
                let none = Program::new();
                assert_found(&findings(&none).await, &["there is no database"]);
                assert!(!none.folder().join("data").exists(), "it makes none");
            }
            Kind::Postgres => {
                let read_only = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', \
                    current_database()); END $$";
                database.probe().execute(read_only).await;
                assert_found(&findings(&Program::on(&database)).await, &["database writable / error"]);
                let gone = Program::new().with([
                    ("OPENKLANT_DATABASE_URL", "postgres://nobody:secret-word@127.0.0.1:1/none"),
                    ("OPENKLANT_DATABASE_ACQUIRE_TIMEOUT", "200ms"),
                ]);
                let found = findings(&gone).await;
                assert_found(&found, &["did not answer"]);
                assert!(!found[0].contains("secret-word"), "{found:?}");
            }
        }
    }

    async fn names_a_security_txt_that_expires(database: Database) {
        let until = |days: i64| [
            ("OPENKLANT_SECURITY_CONTACT", "https://www.example.nl/kwetsbaarheid".to_owned()),
            ("OPENKLANT_SECURITY_EXPIRES", (Clock::System.now() + TimeDelta::days(days)).to_rfc3339()),
        ];
        for (days, expected) in [(60, &[][..]), (20, &["security.txt expires at"]), (-1, &["security.txt has expired"])] {
            assert_found(&findings(&Program::on(&database).with(until(days))).await, expected);
        }
    }

    async fn names_every_setting_that_is_wrong(database: Database) {
        let program = Program::on(&database).with([("OPENKLANT_LISTEN", "nowhere"), ("OPENKLANT_JWT_LEEWAY", "long")]);
        assert_found(&findings(&program).await, &["OPENKLANT_LISTEN", "OPENKLANT_JWT_LEEWAY"]);
    }
}

#[test]
fn names_a_server_whose_clock_differs() {
    both::run(Kind::Postgres, async |database: Database| {
        // A server with another time: its own clock stands behind ours, for whoever asks for it by name.
        database
            .probe()
            .execute(
                "CREATE SCHEMA skewed; CREATE FUNCTION skewed.clock_timestamp() RETURNS timestamptz LANGUAGE sql \
                 AS 'SELECT pg_catalog.clock_timestamp() + interval ''5 minutes'''; \
                 DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, skewed, pg_catalog', \
                 current_database()); END $$",
            )
            .await;
        let found = findings(&Program::on(&database)).await;
        assert_found(&found, &["the clock of the server of the database is "]);
    });
}
