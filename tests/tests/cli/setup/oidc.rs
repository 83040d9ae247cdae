//! The provider of logins as code: in both forms of the family, sealed, compared and shown.

use super::{applied, changes, state, write};
use openklant_tests::program::Program;
use openklant_tests::provider::Provider;
use openklant_tests::{Database, on_both};
use serde_json::json;

const SECRET: &str = "geheim van openklant bij de inlogdienst";

/// Everything in the item, as files of before write it.
fn flat(issuer: &str) -> String {
    format!(
        "
oidc_db_config_enable: true
oidc_db_config_admin_auth:
  items:
    - identifier: admin-oidc
      oidc_rp_client_id: openklant
      oidc_rp_client_secret: {{value_from: {{env: OIDC_SECRET}}}}
      oidc_rp_scopes_list: [openid, profile]
      endpoint_config:
        oidc_op_discovery_endpoint: {issuer}/
        oidc_op_token_endpoint: {issuer}/token
      username_claim: [sub]
      groups_claim: [realm_access, roles]
      claim_mapping: {{first_name: given_name, last_name: [family_name], email: [mail]}}
      sync_groups: true
      make_users_staff: true
      superuser_group_names: [hoofd, leiding]
"
    )
}

fn program(database: &Database) -> Program {
    Program::on(database).with([("OIDC_SECRET", SECRET)])
}

on_both! {
    async fn a_provider_is_taken_from_the_item_alone(database: Database) {
        let program = program(&database);
        let told = applied(&program, &flat("https://id.example.nl"), "").await;
        assert_eq!(changes(&told).len(), 9, "eight settings and a secret: {told}");
        assert_eq!(state(&database).await[5], [
            "oidc.client_id openklant",
            "oidc.email_claim mail",
            "oidc.every_role_groups hoofd,leiding",
            "oidc.groups_claim realm_access.roles",
            "oidc.issuer https://id.example.nl",
            "oidc.name_claims given_name,family_name",
            "oidc.scopes profile",
            "oidc.username_claim sub",
        ]);
        let notes = told["notes"].to_string();
        for key in ["oidc_op_token_endpoint", "sync_groups", "make_users_staff"] {
            assert!(notes.contains(&format!("{key} does nothing here")), "{notes}");
        }
        assert!(!told.to_string().contains(SECRET));
        assert_eq!(changes(&applied(&program, &flat("https://id.example.nl"), "").await).len(), 0);
    }

    async fn its_secret_is_sealed_and_changed_and_never_shown(database: Database) {
        let program = program(&database);
        let file = flat("https://id.example.nl");
        applied(&program, &file, "").await;
        let kept = database.probe().texts("SELECT secret FROM stored_secret").await;
        assert!(kept.len() == 1 && !kept[0].contains(SECRET), "{kept:?}");
        let other = Program::on(&database).with([("OIDC_SECRET", "een ander geheim")]);
        let told = applied(&other, &file, "--dry-run").await;
        assert_eq!(changes(&told), ["change secret oidc.client_secret"]);
        assert_eq!(told["changes"][0]["fields"], json!([{"field": "value", "from": "***", "to": "***"}]));
        assert_eq!(changes(&applied(&other, &file, "").await), ["change secret oidc.client_secret"]);
        let export = other.run("setup --export").await.well();
        assert!(export.contains("issuer: https://id.example.nl") && !export.contains("een ander geheim"), "{export}");
        assert_eq!(changes(&applied(&other, &export, "").await).len(), 0);
        let gone = "openklant_config_enable: true\nopenklant_config: {oidc: {issuer: null, client_id: null, \
            client_secret: null, every_role_groups: null}}\n";
        assert_eq!(changes(&applied(&other, gone, "").await).len(), 4);
    }

    async fn half_a_provider_is_a_mistake_and_one_without_discovery_is_left_out(database: Database) {
        let program = program(&database);
        let file = flat("https://id.example.nl").replace("      oidc_rp_client_id: openklant\n", "");
        write(&program, &file);
        let ended = program.run("setup --file setup.yaml --operator piet").await;
        ended.complains(2, "setup.yaml has a mistake");
        assert!(ended.stderr.contains("OPENKLANT_BEHEER_OIDC_CLIENT_ID is missing"), "{ended:?}");
        let file = flat("https://id.example.nl").replace("oidc_op_discovery_endpoint", "oidc_op_user_endpoint");
        let told = applied(&program, &file, "").await;
        assert_eq!(changes(&told).len(), 0);
        assert!(told["notes"].to_string().contains("it has no oidc_op_discovery_endpoint"), "{told}");
        let file = flat("https://id.example.nl").replace("    - identifier", "    - enabled: false\n      identifier");
        assert_eq!(changes(&applied(&program, &file, "").await).len(), 0);
    }

    async fn the_environment_wins_and_gets_no_secret_of_another(database: Database) {
        let program = program(&database).with([("OPENKLANT_BEHEER_OIDC_GROUPS_CLAIM", "groups")]);
        let told = applied(&program, &flat("https://id.example.nl"), "").await;
        assert!(told["notes"].to_string().contains("OPENKLANT_BEHEER_OIDC_GROUPS_CLAIM is set, and wins"), "{told}");
        let elsewhere = Program::on(&database).with([("OPENKLANT_BEHEER_OIDC_ISSUER", "https://kwaad.example.nl")]);
        let doctor = elsewhere.run("doctor --format json").await;
        assert!(doctor.stdout.contains("OPENKLANT_BEHEER_OIDC_CLIENT_SECRET is missing"), "{doctor:?}");
    }

    async fn the_doctor_asks_the_provider(database: Database) {
        let provider = Provider::start("sub-1", json!({})).await;
        let program = program(&database);
        applied(&program, &flat(&provider.issuer()), "").await;
        let doctor = program.run("doctor --format json").await;
        assert!(!doctor.stdout.contains("provider of logins"), "{doctor:?}");
        provider.be(json!({"down": true})).await;
        let doctor = program.run("doctor --format json").await;
        assert!(doctor.stdout.contains("nobody logs in through"), "{doctor:?}");
    }
}
