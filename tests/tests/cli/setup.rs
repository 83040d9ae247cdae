//! Configuration as code: a file is applied, shown beforehand, applied again and read back.

mod at_start;
mod autorisaties;
mod family;
mod mistakes;
mod oidc;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use openklant_tests::fixtures::{KLANTEN, klant_with};
use openklant_tests::program::{Ended, Program};
use openklant_tests::remote::Remote;
use openklant_tests::tokens::bearer;
use openklant_tests::{Database, on_both, wait};
use serde_json::{Value, json};

const FILE: &str = "
vng_api_common_credentials_config_enable: true
vng_api_common_credentials:
  items:
    - identifier: loket
      secret: het geheim van het loket
    - identifier: website
      secret: {value_from: {env: WEBSITE_SECRET}}
vng_api_common_applicaties_config_enable: true
vng_api_common_applicaties:
  items:
    - uuid: 6c1f2c5a-3a52-4f4b-9d0e-2f6f0f6f3b10
      client_ids: [loket]
      label: Loket
      heeft_alle_autorisaties: true
    - client_ids: [website]
      label: Website
      autorisaties:
        - component: kc
          scopes: [klanten.lezen, klanten.aanmaken]
zgw_consumers_config_enable: true
zgw_consumers:
  services:
    - identifier: notificaties
      label: Notificaties API
      api_root: https://n.example.nl/api/v1
      api_type: nrc
      client_id: openklant
      secret: het geheim bij notificaties
notifications_config_enable: true
notifications_config:
  notifications_api_service_identifier: notificaties
sites_config_enable: true
sites_config:
  items:
    - domain: openklant.example.nl
openklant_config_enable: true
openklant_config:
  retention:
    messages: 90d
    audit: 1825d
";

/// The secrets that the file gives, which nothing may show.
const SECRETS: [&str; 3] = [
    "het geheim van het loket",
    "het geheim van de website",
    "het geheim bij notificaties",
];

fn program(database: &Database) -> Program {
    Program::on(database).with([("WEBSITE_SECRET", SECRETS[1])])
}

fn write(program: &Program, text: &str) {
    std::fs::write(program.folder().join("setup.yaml"), text).expect("the file can be written");
}

fn tells_no_secret(ended: &Ended) {
    for secret in SECRETS {
        assert!(
            !ended.stdout.contains(secret) && !ended.stderr.contains(secret),
            "{ended:?}"
        );
    }
}

/// Applies a file, and answers what was told.
async fn applied(program: &Program, text: &str, rest: &str) -> Value {
    write(program, text);
    let ended = program
        .run(&format!(
            "setup --file setup.yaml --operator piet --format json {rest}"
        ))
        .await;
    tells_no_secret(&ended);
    let told = ended.well();
    serde_json::from_str(&told).unwrap_or_else(|error| panic!("no JSON ({error}): {told}"))
}

/// What was done, in a line each.
fn changes(told: &Value) -> Vec<String> {
    let words = |change: &Value| {
        ["action", "kind", "name"]
            .map(|key| change[key].as_str().unwrap_or_default().to_owned())
            .join(" ")
    };
    told["changes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(words)
        .collect()
}

/// Whether the tokens of a client id are signed with this secret.
async fn signs_with(program: &Program, client_id: &str, secret: &str) -> bool {
    let token = program
        .run(&format!("token --client-id {client_id}"))
        .await
        .well();
    let mut validation = Validation::new(Algorithm::HS256);
    validation.required_spec_claims.clear();
    decode::<Value>(
        token.trim(),
        &DecodingKey::from_secret(secret.as_bytes()),
        &validation,
    )
    .is_ok()
}

/// Everything a file can reach, as it is in the database.
async fn state(database: &Database) -> Vec<Vec<String>> {
    let mut state = Vec::new();
    for query in [
        "SELECT client_id || ' ' || secret FROM client_credential ORDER BY client_id",
        "SELECT CAST(uuid AS TEXT) || ' ' || label || ' ' || CAST(heeft_alle_autorisaties AS TEXT) FROM applicatie \
         ORDER BY id",
        "SELECT client_id || ' ' || CAST(applicatie_id AS TEXT) FROM applicatie_client ORDER BY client_id",
        "SELECT component || ' ' || CAST(scopes AS TEXT) FROM autorisatie ORDER BY id",
        "SELECT api_root || ' ' || coalesce(identifier, '') || ' ' || api_type || ' ' || client_id || ' ' || secret \
         FROM externe_api ORDER BY api_root",
        "SELECT key || ' ' || value FROM stored_setting ORDER BY key",
        "SELECT operator || ' ' || detail FROM operator_log ORDER BY id",
    ] {
        state.push(database.probe().texts(query).await);
    }
    state
}

on_both! {
    async fn a_file_is_applied_and_a_second_time_changes_nothing(database: Database) {
        let program = program(&database);
        let before = state(&database).await;
        let shown = applied(&program, FILE, "--dry-run").await;
        assert_eq!(shown["dryRun"], true);
        assert_eq!(state(&database).await, before, "a dry run writes nothing");

        let told = applied(&program, FILE, "").await;
        // What was made by itself, the uuid, differs.
        assert_eq!(changes(&told).len(), changes(&shown).len());
        assert_eq!(told["unchanged"], 0);
        assert_eq!(told["notes"], json!([]));
        let done = changes(&told);
        assert_eq!(done[0], "add credential loket");
        assert_eq!(done[2], "add application Loket (6c1f2c5a-3a52-4f4b-9d0e-2f6f0f6f3b10)");
        assert!(done[3].starts_with("add application Website ("), "{done:?}");
        assert_eq!(done[4..], [
            "add service notificaties",
            "add setting server.base_url",
            "add setting retention.messages",
            "add setting retention.audit",
            "add setting notificaties.api_root",
        ]);
        let after = state(&database).await;
        assert!(signs_with(&program, "loket", SECRETS[0]).await);
        assert!(signs_with(&program, "website", SECRETS[1]).await);
        assert!(!signs_with(&program, "website", SECRETS[0]).await);
        assert_eq!(after[3].len(), 1);
        assert_eq!(after[5], [
            "notificaties.api_root https://n.example.nl/api/v1/",
            "retention.audit 1825d",
            "retention.messages 90d",
            "server.base_url https://openklant.example.nl",
        ]);
        assert_eq!(after[6].len(), 9, "a record for each change");
        assert_eq!(after[6][0], "piet credential loket added: secret");

        let again = applied(&program, FILE, "").await;
        assert_eq!(again["changes"], json!([]));
        assert_eq!(again["unchanged"], 9);
        assert_eq!(state(&database).await, after);
    }

    async fn only_what_differs_is_changed(database: Database) {
        let program = program(&database);
        applied(&program, FILE, "").await;
        let changed = FILE
            .replace("label: Loket", "label: Balie")
            .replace("het geheim van het loket", "een ander geheim van het loket")
            .replace("klanten.lezen, klanten.aanmaken", "klanten.aanmaken, klanten.bijwerken")
            .replace("https://n.example.nl", "https://elsewhere.example.nl")
            .replace("messages: 90d", "messages: null");
        write(&program, &changed);
        let shown = program.run("setup --file setup.yaml --dry-run").await;
        tells_no_secret(&shown);
        assert!(!shown.stdout.contains("een ander geheim"), "{shown:?}");
        let shown = shown.well();
        let lines: Vec<&str> = shown.lines().filter(|line| !line.contains("application Website")).collect();
        assert_eq!(lines, [
            "~ credential loket",
            "    secret: *** -> ***",
            "~ application Balie (6c1f2c5a-3a52-4f4b-9d0e-2f6f0f6f3b10)",
            "    label: Loket -> Balie",
            "    autorisaties: kc:klanten.aanmaken kc:klanten.lezen -> kc:klanten.aanmaken kc:klanten.bijwerken",
            "~ service notificaties",
            "    api_root: https://n.example.nl/api/v1/ -> https://elsewhere.example.nl/api/v1/",
            "- setting retention.messages",
            "    value: 90d -> (nothing)",
            "~ setting notificaties.api_root",
            "    value: https://n.example.nl/api/v1/ -> https://elsewhere.example.nl/api/v1/",
            "setup.yaml: 6 would change, 3 as they were",
        ]);
        let told = applied(&program, &changed, "").await;
        assert_eq!(changes(&told).len(), 6);
        assert!(signs_with(&program, "loket", "een ander geheim van het loket").await);
        let again = applied(&program, &changed, "").await;
        assert_eq!(changes(&again).len(), 0);
        let log = state(&database).await.pop().expect("the log");
        assert_eq!(log.len(), 9 + 6);
        assert!(log.iter().all(|line| !line.contains("geheim")), "{log:?}");
    }

    async fn what_the_file_does_not_name_stays(database: Database) {
        let program = program(&database);
        program.run("applicatie add --label Balie --client-id balie --scope kc:klanten.lezen").await.well();
        program.run_given("externe-api add --label Z --api-root https://z.example.nl/ --client-id c", "s").await.well();
        applied(&program, FILE, "").await;
        let less = "
vng_api_common_applicaties_config_enable: true
vng_api_common_applicaties: {items: [{client_ids: [balie], label: Balie aan de straat}]}
zgw_consumers_config_enable: true
zgw_consumers: {services: [{identifier: zaken, api_root: 'https://z.example.nl', api_type: zrc}]}
";
        let told = applied(&program, less, "").await;
        assert_eq!(changes(&told).len(), 2, "{told}");
        let shown = program.run("applicatie show --client-id balie").await.well();
        assert!(shown.contains("Balie aan de straat") && shown.contains("kc:klanten.lezen"), "{shown}");
        let apis = &state(&database).await[4];
        assert!(apis[1].starts_with("https://z.example.nl/ zaken zrc c "), "{apis:?}");
        assert_eq!(database.probe().count("applicatie").await, 3);
    }

    async fn urls_of_clients_are_looked_up_at_services_that_are_not_our_own(database: Database) {
        let remote = Remote::start().await;
        let subject = remote.url("/ok/persoon/1");
        let app = openklant_tests::app::Setup::new()
            .in_real_time()
            .with([("OPENKLANT_OUTGOING_ALLOWED_HOSTS", "registers.example")])
            .start(&database)
            .await;
        let program = program(&database);
        let service = |api_type: &str| format!(
            "zgw_consumers_config_enable: true\nzgw_consumers: {{services: [{{identifier: s, api_root: '{}', api_type: \
             {api_type}, client_id: c, secret: s}}]}}\n",
            remote.url("/")
        );
        for (klantnummer, api_type, status) in [("1", "nrc", 400), ("2", "ac", 400), ("3", "orc", 201), ("4", "nrc", 400)] {
            applied(&program, &service(api_type), "").await;
            let body = klant_with(klantnummer, &json!({"subject": subject}));
            assert_eq!(app.client().post(KLANTEN, &body).await.status(), status, "{api_type}");
        }
        assert_eq!(remote.seen().len(), 1);
    }

    async fn a_secret_that_is_replaced_may_stay_valid_for_a_while(database: Database) {
        let program = program(&database);
        applied(&program, FILE, "").await;
        let app = openklant_tests::app::Setup::new().in_real_time().start(&database).await;
        let with_token_of = async |replaced: &str, overlap: &str| {
            let token = program.run("token --client-id loket").await.well();
            let secret = format!("{replaced}\n      {overlap}");
            applied(&program, &FILE.replace("het geheim van het loket", &secret), "").await;
            app.anonymous().authorized(Some(&bearer(token.trim())))
        };
        let old = with_token_of("een tweede geheim van het loket", "overlap: 1h").await;
        assert!(signs_with(&program, "loket", "een tweede geheim van het loket").await);
        old.get(KLANTEN).await.is(200);
        let old = with_token_of("een derde geheim van het loket", "").await;
        wait::until_found("the secret before ends", async || {
            (old.get(KLANTEN).await.status() == 403).then_some(())
        }).await;
    }

    async fn what_there_is_can_be_exported_and_read_back(database: Database) {
        let program = program(&database);
        let empty = program.run("setup --export").await.well();
        assert_eq!(changes(&applied(&program, &empty, "").await).len(), 0);
        program.run_given("externe-api add --label true --api-root https://z.example.nl/ --client-id 0123", "s").await.well();
        applied(&program, FILE, "").await;
        let before = state(&database).await;
        let exported = program.run("setup --export").await;
        tells_no_secret(&exported);
        let exported = exported.well();
        let told = applied(&program, &exported, "").await;
        assert_eq!((told["changes"].clone(), told["notes"].clone()), (json!([]), json!([])), "{exported}");
        assert_eq!(told["unchanged"], 2 + 2 + 2 + 4);
        assert_eq!(state(&database).await, before);
    }

    async fn the_example_of_the_documents_is_right(database: Database) {
        let example = include_str!("../../../docs/setup.example.yaml");
        let program = Program::on(&database).with([
            ("NOTIFICATIES_SECRET", "een geheim"),
            ("ZAKEN_SECRET", "nog een geheim"),
            ("AUTORISATIES_SECRET", "en nog een geheim"),
            ("ZAAKSYSTEEM_SECRET", "het geheim van het zaaksysteem"),
            ("LOKET_SECRET", "weer een geheim"),
            ("WEBSITE_SECRET", "een laatste geheim"),
            ("OIDC_SECRET", "het geheim bij de inlogdienst"),
        ]);
        let told = applied(&program, example, "").await;
        assert_eq!(told["notes"], json!([]), "nothing in it is left alone");
        assert_eq!(changes(&told).len(), 27, "{told}");
        assert_eq!(changes(&applied(&program, example, "").await).len(), 0);
        program.run("kanalen show").await.complains(1, "");
        let namespaces = example.lines().filter(|line| line.ends_with("_enable: true") && !line.starts_with('#'));
        assert_eq!(namespaces.count(), 8);
    }
}

#[tokio::test]
async fn a_dry_run_makes_no_database() {
    let program = Program::new().with([("WEBSITE_SECRET", SECRETS[1])]);
    let shown = applied(&program, FILE, "--dry-run").await;
    assert_eq!(changes(&shown).len(), 9, "{shown}");
    assert!(!program.folder().join("data").exists());
}
