//! Mistakes in a setup file: all told, each with its line, and nothing written.

use super::{FILE, applied, program, state, tells_no_secret, write};
use openklant_tests::program::Program;
use openklant_tests::{Database, on_both};

/// Applies a file that is wrong, and answers the lines of the complaint.
async fn complaint(program: &Program, text: &str) -> Vec<String> {
    write(program, text);
    let ended = program.run("setup --file setup.yaml").await;
    tells_no_secret(&ended);
    ended.complains(2, "setup.yaml has ");
    assert_eq!(ended.stdout, "", "{ended:?}");
    ended
        .stderr
        .lines()
        .filter_map(|line| line.trim().strip_prefix("line "))
        .map(str::to_owned)
        .collect()
}

const CREDENTIALS: &str =
    "vng_api_common_credentials_config_enable: true\nvng_api_common_credentials:\n  items:\n";
const APPLICATIES: &str =
    "vng_api_common_applicaties_config_enable: true\nvng_api_common_applicaties:\n  items:\n";
const SERVICES: &str = "zgw_consumers_config_enable: true\nzgw_consumers:\n  services:\n";
const OWN: &str = "openklant_config_enable: true\nopenklant_config:\n";

/// What is wrong with the form of a part: the beginning of the file, the rest, and what is told of it.
const WRONG: &[(&str, &str, &str)] = &[
    (CREDENTIALS, "    - identifier: [", "5, column 1: this is no YAML"),
    (
        CREDENTIALS,
        "    - identifer: a\n      secret: s",
        "4, column 7: identifer is not known; did you mean identifier?",
    ),
    (
        CREDENTIALS,
        "    - secret: s",
        "4, column 7: identifier is missing",
    ),
    (
        CREDENTIALS,
        "    - identifier: a\n      secret: ''",
        "5, column 15: secret: it is empty",
    ),
    (
        CREDENTIALS,
        "    - identifier: a",
        "4, column 19: secret is missing: client id a is new",
    ),
    (
        CREDENTIALS,
        "    - identifier: a\n      identifier: b",
        "5, column 7: identifier stands here twice",
    ),
    (
        CREDENTIALS,
        "    - {identifier: a, secret: s}\n    - {identifier: a, secret: t}",
        "5, column 20: identifier a stands here twice",
    ),
    (
        CREDENTIALS,
        "    - loket",
        "4, column 7: here belong keys: identifier, secret",
    ),
    (
        CREDENTIALS,
        "    - identifier: a\n      secret: {value_from: {env: NOT_SET}}",
        "5, column 28: the variable NOT_SET is not set",
    ),
    (
        CREDENTIALS,
        "    - identifier: a\n      secret: {value_from: NOT_SET}",
        "5, column 28: here belong keys: env, default, required",
    ),
    (
        CREDENTIALS,
        "    - identifier: a\n      secret: {value_from: {env: A, default: b, required: false}}",
        "5, column 28: default and required do not go together",
    ),
    (
        CREDENTIALS,
        "    - identifier: {value_from: {env: NOT_SET, required: false}}\n      secret: s",
        "4, column 7: identifier is missing",
    ),
    (
        CREDENTIALS,
        "    - identifier: a\n      secret: {value_from: {file: a}}",
        "5, column 28: write value_from: {env: NAME}",
    ),
    (
        CREDENTIALS,
        "    - identifier: a\n      secret: [a]",
        "5, column 15: here belongs a value",
    ),
    (
        APPLICATIES,
        "    - label: A\n      client_ids: []",
        "5, column 7: client_ids holds at least one",
    ),
    (
        APPLICATIES,
        "    - label: A\n      client_ids: a",
        "5, column 19: client_ids is a list",
    ),
    (
        APPLICATIES,
        "    - client_ids: [a]",
        "4, column 7: label is missing",
    ),
    (
        APPLICATIES,
        "    - {label: A, client_ids: [a, a]}",
        "4, column 34: client id a belongs to one application, once",
    ),
    (
        APPLICATIES,
        "    - {label: A, client_ids: [a], uuid: a-a}",
        "4, column 41: uuid: it must be a uuid",
    ),
    (
        APPLICATIES,
        "    - {label: A, client_ids: [a], heeft_alle_autorisaties: maybe}",
        "4, column 60: heeft_alle_autorisaties: it must be true or false",
    ),
    (
        APPLICATIES,
        "    - {label: A, client_ids: [a], heft_alle_autorisaties: true}",
        "did you mean heeft_alle_autorisaties?",
    ),
    (
        APPLICATIES,
        "    - label: A\n      client_ids: [a]\n      autorisaties: [{component: kc, scopes: [klanten.lzen]}]",
        "6, column 47: scopes: kc has no scope klanten.lzen",
    ),
    (
        APPLICATIES,
        "    - label: A\n      client_ids: [a]\n      heeft_alle_autorisaties: true\n      autorisaties: [{component: kc, scopes: [klanten.lezen]}]",
        "7, column 7: an application with heeft_alle_autorisaties",
    ),
    (
        SERVICES,
        "    - identifier: a",
        "4, column 7: api_root is missing",
    ),
    (
        SERVICES,
        "    - {identifier: a, api_root: z.example.nl}",
        "4, column 33: api_root: it",
    ),
    (
        SERVICES,
        "    - {identifier: a, api_root: 'https://z.example.nl', api_type: zaken}",
        "api_type: it must be one of ac, nrc",
    ),
    (
        SERVICES,
        "    - {identifier: a, api_root: 'https://z.example.nl', auth_type: basic}",
        "auth_type: it must be zgw",
    ),
    (
        SERVICES,
        "    - {identifier: a, api_root: 'https://z.example.nl', client_id: c}",
        "4, column 7: secret is missing: the service is new",
    ),
    (OWN, "  retention: 90d", "3, column 14: retention is a section"),
    (
        OWN,
        "  retention:\n    mesages: 90d",
        "4, column 5: retention.mesages is not known; did you mean retention.messages?",
    ),
    (
        OWN,
        "  retention:\n    messages: soon",
        "4, column 15: OPENKLANT_MESSAGE_RETENTION (the database, see `openklant setup`) is not a length of time",
    ),
    (
        OWN,
        "  retention:\n    messages: 9h",
        "4, column 15: OPENKLANT_MESSAGE_RETENTION",
    ),
    (
        OWN,
        "  notificaties:\n    lease: 2s",
        "4, column 12: OPENKLANT_NOTIFICATIES_LEASE must be more than",
    ),
    (
        "",
        "vng_api_common_credentials_config_enable: perhaps",
        "1, column 43: vng_api_common_credentials_config_enable: it must be true or false",
    ),
    (
        "",
        "vng_api_common_credentials_config_enable: true",
        "1, column 1: vng_api_common_credentials_config_enable is true, but there is no vng_api_common_credentials",
    ),
    (
        "",
        "vng_api_common_credentails: {items: []}",
        "1, column 1: vng_api_common_credentails is not known; did you mean vng_api_common_credentials?",
    ),
    ("", "- a", "1, column 1: a setup file holds keys"),
    (
        "notifications_config_enable: true\nnotifications_config:\n",
        "  notifications_api_service_identifier: nothing",
        "3, column 41: there is no service nothing in zgw_consumers",
    ),
    (
        "notifications_config_enable: true\nnotifications_config:\n",
        "  notification_delivery_retry_backoff_max: long",
        "3, column 44: notification_delivery_retry_backoff_max: it must be a number",
    ),
    (
        "sites_config_enable: true\nsites_config:\n  items:\n",
        "    - domain: https://openklant.example.nl/",
        "4, column 15: domain: it must be a host",
    ),
    (
        "sites_config_enable: true\nsites_config:\n  items:\n",
        "    - domain: open klant",
        "4, column 15: OPENKLANT_BASE_URL",
    ),
];

on_both! {
    async fn every_kind_is_told_with_its_line_and_nothing_is_written(database: Database) {
        let program = program(&database);
        let before = state(&database).await;
        let mut missed = Vec::new();
        for (beginning, rest, expected) in WRONG {
            let told = complaint(&program, &format!("{beginning}{rest}\n")).await;
            if !told.iter().any(|line| line.contains(expected)) {
                missed.push(format!("{expected:?} in {told:?}"));
            }
        }
        assert_eq!(missed, [""; 0]);
        assert_eq!(state(&database).await, before);
    }

    async fn all_are_told_together(database: Database) {
        let program = program(&database);
        let wrong = FILE
            .replace("      secret: het geheim van het loket", "      secert: het geheim van het loket")
            .replace("WEBSITE_SECRET", "ANOTHER_SECRET")
            .replace("client_ids: [website]", "client_ids: []")
            .replace("api_root: https://n.example.nl/api/v1", "api_root: ftp://n.example.nl")
            .replace("    messages: 90d", "    mesages: 90d");
        let told = complaint(&program, &wrong).await;
        let lines: Vec<&str> = told.iter().filter_map(|line| line.split(',').next()).collect();
        assert_eq!(lines, ["6", "8", "16", "26", "40"], "{told:?}");

        applied(&program, FILE, "").await;
        let before = state(&database).await;
        let wrong = FILE
            .replace("label: Loket", "label: Balie")
            .replace("client_ids: [website]", "client_ids: [nieuw]")
            .replace("client_ids: [loket]", "client_ids: [website]")
            .replace("identifier: loket", "identifier: nieuw")
            .replace("      secret: het geheim van het loket\n", "")
            .replace("audit: 1825d", "audit: 1d");
        let told = complaint(&program, &wrong).await;
        let lines: Vec<&str> = told.iter().filter_map(|line| line.split(',').next()).collect();
        assert_eq!(lines, ["5", "12", "40"], "{told:?}");
        assert_eq!(state(&database).await, before, "also what was right is not written");
    }

    async fn a_client_id_is_not_taken_from_another(database: Database) {
        let program = program(&database);
        program.run("applicatie add --label Balie --client-id balie --alle-autorisaties").await.well();
        for text in [
            "{uuid: 6c1f2c5a-3a52-4f4b-9d0e-2f6f0f6f3b10, client_ids: [balie], label: L}",
            "{client_ids: [nieuw, balie], uuid: 6c1f2c5a-3a52-4f4b-9d0e-2f6f0f6f3b10, label: L}",
        ] {
            let told = complaint(&program, &format!("{APPLICATIES}    - {text}\n")).await;
            assert!(matches!(&told[..], [one] if one.contains("client id balie belongs to application Balie")), "{told:?}");
        }
    }

    async fn a_notificaties_api_without_an_address_of_ours_is_told(database: Database) {
        let program = program(&database);
        let told = complaint(&program, &FILE.replace("sites_config_enable: true", "sites_config_enable: false")).await;
        assert!(matches!(&told[..], [one] if one.contains("OPENKLANT_BASE_URL is missing")), "{told:?}");
        let program = program.with([("OPENKLANT_BASE_URL", "https://k.example.nl")]);
        let told = applied(&program, FILE, "").await;
        let notes = told["notes"].to_string();
        assert!(notes.contains("server.base_url has no effect: OPENKLANT_BASE_URL is set, and wins"), "{notes}");
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_named() {
    let program = Program::new();
    program
        .run("setup --file nowhere.yaml")
        .await
        .complains(2, "nowhere.yaml cannot be read");
    program
        .run("setup")
        .await
        .complains(2, "say which file: --file, or OPENKLANT_SETUP_FILE");
    let long = program.folder().join("long.yaml");
    std::fs::write(&long, "#".repeat(1024 * 1024 + 1)).expect("the file can be written");
    program
        .run("setup --file long.yaml")
        .await
        .complains(2, "longer than 1 MiB");
    std::fs::write(&long, b"\xff\xfe").expect("the file can be written");
    program
        .run("setup --file long.yaml")
        .await
        .complains(2, "long.yaml cannot be read");
}
