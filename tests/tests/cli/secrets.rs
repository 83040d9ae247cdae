//! Secrets in the database: sealed with a key that is not in it, sealed anew with another, and what happens without.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use openklant_tests::app::{SECRET_KEY, Setup};
use openklant_tests::fixtures::{KLANTEN, klant_with};
use openklant_tests::program::Program;
use openklant_tests::remote::Remote;
use openklant_tests::tokens::bearer;
use openklant_tests::{App, Client, Database, Kind, on_both, wait};
use serde_json::{Value, json};

const SECRET: &str = "een-geheim-dat-nergens-mag-liggen";
const OTHER_SECRET: &str = "nog-een-geheim-voor-de-zaken-api";
const NEXT_SECRET: &str = "het-volgende-geheim-van-het-loket";
const NEW_KEY: &str = "ZWVuIGFuZGVyZSBzbGV1dGVsIHZhbiBkZSB0ZXN0cyE=";

const ADD_API: &str = "externe-api add --label Zaken --api-root https://zaken.example.nl/ --client-id k";

/// A Notificaties API whose secret lies in the database.
const WITH_NOTIFICATIES: &str = "
zgw_consumers_config_enable: true
zgw_consumers:
  services:
    - {identifier: nrc, api_root: 'https://n.example.nl/api/v1/', api_type: nrc, client_id: k, secret: nog een geheim}
notifications_config_enable: true
notifications_config: {notifications_api_service_identifier: nrc}
";

fn add(client_id: &str) -> String {
    format!("applicatie add --label Loket --client-id {client_id} --alle-autorisaties")
}

async fn client(app: &App, program: &Program, client_id: &str) -> Client {
    let token = program
        .run(&format!("token --client-id {client_id}"))
        .await
        .well();
    app.anonymous().authorized(Some(&bearer(token.trim())))
}

/// Everything the database holds of these tables, to the byte.
async fn everything_in(database: &Database) -> Vec<u8> {
    let Some(file) = database.url().strip_prefix("sqlite://").map(str::to_owned) else {
        let mut found = Vec::new();
        for table in ["client_credential", "externe_api", "operator_log", "applicatie"] {
            let rows = database
                .probe()
                .texts(&format!("SELECT CAST(t AS TEXT) FROM {table} t"))
                .await;
            assert!(!rows.is_empty(), "{table} holds something");
            found.extend(rows.join("\n").into_bytes());
        }
        return found;
    };
    let folder = Path::new(&file).parent().expect("a folder");
    std::fs::read_dir(folder)
        .expect("the folder of the database")
        .map(|entry| entry.expect("a file").path())
        .flat_map(|file| std::fs::read(file).expect("a file of the database"))
        .collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

on_both! {
    async fn no_secret_lies_in_the_database(database: Database) {
        let program = Program::on(&database);
        program.run_given(&add("loket"), SECRET).await.well();
        program.run_given(ADD_API, OTHER_SECRET).await.well();
        let rotate = "applicatie secret rotate --client-id loket --overlap 1h";
        program.run_given(rotate, NEXT_SECRET).await.well();
        let bytes = everything_in(&database).await;
        assert!(holds(&bytes, "loket") && holds(&bytes, "https://zaken.example.nl/"), "the rows are there");
        for secret in [SECRET, OTHER_SECRET, NEXT_SECRET] {
            assert!(!holds(&bytes, secret), "{secret}");
        }
    }

    async fn another_key_takes_over(database: Database) {
        let old = Program::on(&database);
        old.run_given(&add("loket"), SECRET).await.well();
        old.run_given(ADD_API, OTHER_SECRET).await.well();
        let both = Program::on(&database)
            .with([("OPENKLANT_SECRET_KEY", format!("{NEW_KEY},{SECRET_KEY}"))]);
        let rotated = both.run("secrets rotate --operator piet").await.well();
        assert!(rotated.starts_with("2 secrets were sealed"), "{rotated}");
        let again = both.run("secrets rotate --operator piet").await.well();
        assert!(again.starts_with("0 secrets were sealed"), "{again}");
        let log = database.probe().texts("SELECT command FROM operator_log WHERE operator = 'piet'").await;
        assert_eq!(log, ["secrets rotate"]);

        let new = Program::on(&database).with([("OPENKLANT_SECRET_KEY", NEW_KEY)]);
        new.run("token --client-id loket").await.well();
        new.run("externe-api list").await.well();
        let status = new.run("secrets status --format json").await.well();
        let status: Value = serde_json::from_str(&status).expect("JSON");
        let states: Vec<&Value> = status["secrets"].as_array().expect("rows").iter().map(|row| &row["state"]).collect();
        assert_eq!(states, ["first key", "first key"]);

        old.run("token --client-id loket").await.complains(2, "none of the keys of this process");
        let told = old.run("doctor").await;
        assert!(told.stdout.contains("none of the keys of this process"), "{told:?}");
        old.run("secrets rotate").await.complains(2, "nothing was changed");
        let status = old.run("secrets status").await.well();
        assert!(status.contains("unknown key"), "{status}");
    }

    async fn with_another_key_the_answer_is_503(database: Database) {
        let program = Program::on(&database);
        program.run_given(&add("loket"), SECRET).await.well();
        let app = Setup::new()
            .in_real_time()
            .with([("OPENKLANT_SECRET_KEY", NEW_KEY)])
            .start(&database)
            .await;
        app.client().get(KLANTEN).await.is(200);
        client(&app, &program, "loket").await.get(KLANTEN).await.fault(503, "service_unavailable");
    }

    async fn a_secret_that_does_not_open_is_the_trouble_of_its_api_alone(database: Database) {
        let remote = Remote::start().await;
        let operator = "een-lang-woord-van-de-beheerder";
        let program = Program::on(&database).with([
            ("OPENKLANT_STATUS_TOKEN", operator),
            ("OPENKLANT_BASE_URL", "https://openklant.example.nl"),
        ]);
        program.run_given(&add("loket"), SECRET).await.well();
        for path in ["/ok/persoon/", "/ok/pand/"] {
            let add = format!("externe-api add --label Z --client-id k --api-root {}", remote.url(path));
            program.run_given(&add, OTHER_SECRET).await.well();
        }
        std::fs::write(program.folder().join("setup.yaml"), WITH_NOTIFICATIES).expect("a setup file");
        program.run("setup --file setup.yaml").await.well();
        let locked = remote.url("/ok/pand/");
        let lock = format!(
            "UPDATE externe_api SET secret_key = 'weg' WHERE api_root IN ('{locked}', 'https://n.example.nl/api/v1/')"
        );
        database.probe().execute(&lock).await;

        let up = program.start("up");
        let token = program.run("token --client-id loket").await.well();
        let client = up.client(Some(bearer(token.trim()))).await;
        let of = |klantnummer: &str, path: &str| klant_with(klantnummer, &json!({"subject": remote.url(path)}));
        client.post(KLANTEN, &of("1", "/ok/persoon/1")).await.is(201);
        client.post(KLANTEN, &of("2", "/ok/pand/1")).await.fault(503, "service_unavailable");
        assert_eq!(remote.seen().len(), 1, "nothing is asked of an API that we cannot show ourselves to");
        let status = client.authorized(Some(&bearer(operator))).get("/health/status").await.expect(200).json();
        assert_eq!(status["troubles"], json!(["secret-does-not-open"]), "{status}");
        let log = up.stderr();
        for root in [locked.as_str(), "https://n.example.nl/api/v1/"] {
            let named = log.lines().any(|line| line.contains("ERROR") && line.contains(root) && line.contains("weg"));
            assert!(named, "{root} in {log}");
        }
        assert!(log.contains(&format!("our secret at {locked} does not open")), "{log}");
        up.terminate();
        up.end().await.well();

        let told = program.run("doctor").await;
        assert!(told.stdout.contains(&format!("it belongs to {locked}, https://n.example.nl/api/v1/")), "{told:?}");
        let listed = program.run("externe-api list").await.well();
        assert!(listed.contains(&locked), "{listed}");
        let exported = program.run("setup --export").await.well();
        std::fs::write(program.folder().join("setup.yaml"), exported).expect("a setup file");
        let noted = program.run("setup --file setup.yaml").await.well();
        assert!(noted.contains("left as it is"), "{noted}");
        std::fs::write(program.folder().join("setup.yaml"), WITH_NOTIFICATIES).expect("a setup file");
        program.run("setup --file setup.yaml").await.well();
        let left = database.probe().texts("SELECT api_root FROM externe_api WHERE secret_key = 'weg'").await;
        assert_eq!(left, [locked], "the file gave the other one anew");
    }

    async fn what_was_not_sealed_is_sealed(database: Database) {
        let plain = format!(
            "INSERT INTO client_credential (client_id, secret, created_at) VALUES ('oud', '{SECRET}', \
             '2026-01-05 09:30:00+00:00'); INSERT INTO externe_api (api_root, label, client_id, secret, user_id, \
             user_representation, created_at) VALUES ('https://oud.example.nl/', 'Oud', 'k', '{OTHER_SECRET}', '', '', \
             '2026-01-05 09:30:00+00:00')"
        );
        database.probe().execute(&plain).await;
        let program = Program::on(&database);
        program.run_given(&add("loket"), SECRET).await.well();
        let listed = program.run("applicatie list").await;
        if database.kind() == Kind::Postgres {
            assert!(listed.stderr.contains("openklant secrets rotate"), "{listed:?}");
            assert!(holds(&everything_in(&database).await, SECRET), "a process of the version before still reads it");
            let rotated = program.run("secrets rotate").await.well();
            assert!(rotated.starts_with("2 secrets were sealed"), "{rotated}");
        }
        let bytes = everything_in(&database).await;
        assert!(!holds(&bytes, SECRET) && !holds(&bytes, OTHER_SECRET));
        program.run("token --client-id oud").await.well();
        program.run("externe-api list").await.well();
    }

    async fn two_secrets_are_valid_for_as_long_as_was_said(database: Database) {
        let program = Program::on(&database);
        let app = Setup::new().in_real_time().start(&database).await;
        program.run_given(&add("loket"), SECRET).await.well();
        let old = client(&app, &program, "loket").await;
        let rotated = program.run("applicatie secret rotate --client-id loket --overlap 3s").await.well();
        assert!(rotated.contains("shown this once"), "{rotated}");
        let new = client(&app, &program, "loket").await;
        wait::until_found("the new secret works", async || (new.get(KLANTEN).await.status() == 200).then_some(())).await;
        let shown = program.run("applicatie show --client-id loket").await.well();
        let during = old.get(KLANTEN).await;
        assert!(during.status() == 200 || !shown.contains("two secrets"), "{shown} {}", during.describe());
        wait::until_found("the old secret ends", async || (old.get(KLANTEN).await.status() == 403).then_some(())).await;
        old.get(KLANTEN).await.fault(403, "invalid-jwt-signature");
        new.get(KLANTEN).await.is(200);
    }

    async fn a_secret_can_be_ended_at_once(database: Database) {
        let program = Program::on(&database);
        let app = Setup::new().in_real_time().start(&database).await;
        program.run_given(&add("loket"), SECRET).await.well();
        let old = client(&app, &program, "loket").await;
        program.run("applicatie secret rotate --client-id loket --overlap 1h").await.well();
        let new = client(&app, &program, "loket").await;
        wait::until_found("the new secret works", async || (new.get(KLANTEN).await.status() == 200).then_some(())).await;
        old.get(KLANTEN).await.is(200);
        program.run("applicatie secret revoke --client-id loket --previous --operator piet").await.well();
        wait::until_found("the old secret ends", async || (old.get(KLANTEN).await.status() == 403).then_some(())).await;
        new.get(KLANTEN).await.is(200);
        program.run("applicatie secret revoke --client-id loket --previous").await.complains(1, "no such secret");
        program.run("applicatie secret revoke --client-id loket --operator piet").await.well();
        wait::until_found("every secret ends", async || (new.get(KLANTEN).await.status() == 403).then_some(())).await;
        new.get(KLANTEN).await.fault(403, "invalid-client-identifier");
        let log = database.probe().texts("SELECT detail FROM operator_log WHERE operator = 'piet' ORDER BY id").await;
        assert_eq!(log, ["client id loket, the previous secret", "client id loket, every secret"]);
    }
}

#[test]
fn postgres_keeps_no_secret_without_a_key() {
    openklant_tests::both::run(Kind::Postgres, async |database: Database| {
        let program = Program::on(&database).without("OPENKLANT_SECRET_KEY");
        let missing = "OPENKLANT_SECRET_KEY is not set";
        program
            .run_given(&add("loket"), SECRET)
            .await
            .complains(2, missing);
        program
            .run_given(ADD_API, OTHER_SECRET)
            .await
            .complains(2, missing);
        program.run("up").await.complains(2, missing);
        for table in ["client_credential", "applicatie", "externe_api", "operator_log"] {
            assert_eq!(database.probe().count(table).await, 0, "{table}");
        }
        let key = program.run("secrets new-key").await.well();
        let program = program.with([("OPENKLANT_SECRET_KEY", key.trim())]);
        program.run_given(&add("loket"), SECRET).await.well();
    });
}

#[tokio::test]
async fn an_embedded_database_has_its_key_in_a_file_beside_it() {
    let program = Program::new().without("OPENKLANT_SECRET_KEY");
    program.run_given(&add("loket"), SECRET).await.well();
    let file = program.folder().join("data/openklant.db.key");
    let mode = std::fs::metadata(&file)
        .expect("the key file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    program.run("token --client-id loket").await.well();

    let key = std::fs::read_to_string(&file).expect("the key");
    std::fs::remove_file(&file).expect("the key file can be lost");
    for command in ["token --client-id loket", &add("ander")] {
        program
            .run(command)
            .await
            .complains(2, "put it back from a backup");
    }
    assert!(!file.exists(), "no other key is made");
    let listed = program.run("applicatie list").await.well();
    assert!(listed.contains("loket"), "{listed}");

    let program = program.with([("OPENKLANT_SECRET_KEY", key.trim())]);
    program.run("token --client-id loket").await.well();
}

#[tokio::test]
async fn a_wrong_key_is_not_repeated() {
    for wrong in ["geen-sleutel", "QUJD", ","] {
        let program = Program::new().with([("OPENKLANT_SECRET_KEY", wrong)]);
        let ended = program.run("config check").await;
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(
            ended.stderr.contains("32 random bytes in base64") && !ended.stderr.contains("geen-sleutel"),
            "{ended:?}"
        );
    }
}
