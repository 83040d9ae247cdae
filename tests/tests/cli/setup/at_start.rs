//! From nothing to a served, authorised, notifying installation with one file and one command, twice.

use super::{changes, write};
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::notificaties::{CLIENT_ID, Notificaties, SECRET};
use openklant_tests::program::Program;
use openklant_tests::tokens::bearer;
use openklant_tests::{Client, Database, Kind, on_both, wait};
use serde_json::Value;

fn file(notificaties: &Notificaties) -> String {
    format!(
        "
sites_config_enable: true
sites_config: {{items: [{{domain: openklant.example.nl}}]}}
zgw_consumers_config_enable: true
zgw_consumers:
  services:
    - identifier: notificaties
      api_root: {}
      api_type: nrc
      client_id: {CLIENT_ID}
      secret: {{value_from: {{env: SECRET_THERE}}}}
notifications_config_enable: true
notifications_config: {{notifications_api_service_identifier: notificaties}}
vng_api_common_credentials_config_enable: true
vng_api_common_credentials: {{items: [{{identifier: loket, secret: {{value_from: {{env: LOKET}}}}}}]}}
vng_api_common_applicaties_config_enable: true
vng_api_common_applicaties:
  items:
    - {{client_ids: [loket], label: Loket, autorisaties: [{{component: kc, scopes: [klanten.aanmaken, klanten.lezen]}}]}}
",
        notificaties.root()
    )
}

/// The program where there is nothing but this file: no tables, and no other settings.
async fn from_nothing(database: &Database, file: &str) -> Program {
    let program = match database.kind() {
        Kind::Sqlite => Program::new(),
        Kind::Postgres => {
            database
                .probe()
                .execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
                .await;
            Program::on(database)
        }
    };
    write(&program, file);
    program.with([
        ("OPENKLANT_SETUP_FILE", "setup.yaml"),
        ("SECRET_THERE", SECRET),
        ("LOKET", "het geheim van het loket"),
    ])
}

async fn told(program: &Program, line: &str) -> Value {
    let told = program.run(line).await.well();
    serde_json::from_str(&told).unwrap_or_else(|error| panic!("no JSON ({error}): {told}"))
}

on_both! {
    async fn one_command_serves_authorises_and_notifies_and_again_changes_nothing(database: Database) {
        let notificaties = Notificaties::start().await;
        notificaties.demand_kanalen();
        let program = from_nothing(&database, &file(&notificaties)).await;
        for round in 1..=2_usize {
            let up = program.start("up");
            let address = up.address().await;
            let token = program.run("token --client-id loket").await.well();
            let client = Client::new(address, Some(bearer(token.trim())));
            client.post(KLANTEN, &klant(&round.to_string())).await.is(201);
            client.get("/contactmomenten/api/v1/contactmomenten").await.fault(403, "permission_denied");
            wait::until_found("the message arrives", async || {
                (notificaties.accepted().len() == round).then_some(())
            }).await;
            up.terminate();
            let ended = up.end().await;
            assert!(!ended.stdout.contains("secret"), "no application besides those of the file: {ended:?}");
            assert!(!ended.stderr.contains(SECRET) && !ended.stderr.contains("geheim"), "{ended:?}");
            let expected = if round == 1 { "changes=5 unchanged=0" } else { "changes=0 unchanged=5" };
            assert!(ended.stderr.contains(expected), "{ended:?}");
            ended.well();
        }
        let messages = notificaties.accepted();
        let url = messages[0]["hoofdObject"].as_str().expect("a URL");
        assert!(url.starts_with("https://openklant.example.nl/klanten/api/v1/"), "{url}");
        assert_eq!(notificaties.kanalen().len(), 2);
    }

    async fn a_job_migrates_and_sets_up_and_the_servers_only_serve(database: Database) {
        let notificaties = Notificaties::start().await;
        let program = from_nothing(&database, &file(&notificaties)).await;
        program.run("migrate").await.well();
        let again = told(&program, "setup --dry-run --format json").await;
        assert_eq!(changes(&again).len(), 0, "{again}");
        let servers = program.with([("OPENKLANT_SETUP_FILE", "gone.yaml")]);
        let (api, worker) = (servers.start("api"), servers.start("worker"));
        let address = api.address().await;
        let token = servers.run("token --client-id loket").await.well();
        Client::new(address, Some(bearer(token.trim()))).post(KLANTEN, &klant("1")).await.is(201);
        wait::until_found("the message arrives", async || {
            (notificaties.accepted().len() == 1).then_some(())
        }).await;
        for process in [api, worker] {
            process.terminate();
            process.end().await.well();
        }
    }

    async fn nobody_gets_rights_beside_the_file(database: Database) {
        let program = from_nothing(&database, "openklant_config_enable: false\n").await;
        let up = program.start("up");
        up.address().await;
        let listed = program.run("applicatie list --format json").await.well();
        assert_eq!(listed.trim(), "[]");
        up.terminate();
        let printed = up.end().await.well();
        assert!(!printed.contains("secret"), "{printed}");
    }

    async fn a_wrong_file_keeps_everything_from_starting(database: Database) {
        let program = from_nothing(&database, "vng_api_common_credentials_config_enable: true\n").await;
        for command in ["up", "migrate"] {
            program.run(command).await.complains(2, "setup.yaml has a mistake, and nothing was written");
        }
        let missing = program.with([("OPENKLANT_SETUP_FILE", "gone.yaml")]);
        missing.run("up").await.complains(2, "gone.yaml cannot be read");
    }

    async fn the_environment_wins_from_what_the_file_said(database: Database) {
        let (there, elsewhere) = (Notificaties::start().await, Notificaties::start().await);
        let program = from_nothing(&database, &file(&there)).await;
        let program = program.with(elsewhere.settings());
        let up = program.start("up");
        let address = up.address().await;
        let token = program.run("token --client-id loket").await.well();
        let client = Client::new(address, Some(bearer(token.trim())));
        client.post(KLANTEN, &klant("1")).await.is(201);
        wait::until_found("the message arrives where the environment says", async || {
            (elsewhere.accepted().len() == 1).then_some(())
        }).await;
        up.logs("notificaties.api_root has no effect: OPENKLANT_NOTIFICATIES_API_ROOT is set").await;
        assert_eq!(there.accepted().len(), 0);
    }

    async fn processes_that_start_at_once_agree(database: Database) {
        let notificaties = Notificaties::start().await;
        let program = from_nothing(&database, &file(&notificaties)).await;
        program.run("migrate --dry-run").await.well();
        program.run("migrate").await.well();
        let changed = file(&notificaties).replace("label: Loket", "label: Balie");
        write(&program, &changed);
        let all = tokio::join!(
            program.run("setup --format json"),
            program.run("setup --format json"),
            program.run("setup --format json"),
        );
        let mut done = 0;
        for ended in [all.0, all.1, all.2] {
            let told: Value = serde_json::from_str(&ended.well()).expect("JSON");
            done += changes(&told).len();
        }
        assert_eq!(done, 1, "one of them changed the label");
    }
}
