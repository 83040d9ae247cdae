//! Files in the words of Open Klant 2, Open Zaak and Open Notificaties: understood, with a remark on what does nothing.

use super::{applied, changes, state};
use openklant_tests::program::Program;
use openklant_tests::{Database, on_both};
use serde_json::Value;

/// As for Open Klant 2, with a login for administrators and tokens of its own kind.
const LIKE_OPEN_KLANT: &str = "
tokenauth_config_enable: true
tokenauth: {items: [{identifier: t, token: abc, contact_person: P}]}
oidc_db_config_enable: true
oidc_db_config_admin_auth:
  providers: [{identifier: p, oidc_use_nonce: true, endpoint_config: {oidc_op_discovery_endpoint: 'https://id.example.nl/realms/x/'}}]
  items: [{identifier: admin-oidc, enabled: true, oidc_provider_identifier: p, oidc_rp_client_id: beheer, oidc_rp_client_secret: een-geheim, oidc_rp_scopes_list: [openid, email, profile], oidc_rp_sign_algo: RS256, options: {user_settings: {claim_mappings: {username: [sub], first_name: [given_name], last_name: [family_name]}}, groups_settings: {claim_mapping: [realm_access, roles], sync: true, superuser_group_names: [hoofd]}}}]
zgw_consumers_config_enable: true
zgw_consumers:
  services:
    - {identifier: nrc, label: N, api_root: 'https://n.example.nl/api/v1/', api_type: nrc, auth_type: zgw, client_id: o, user_id: o, secret: geheim}
    - {identifier: tabellen, label: T, api_root: 'http://tabellen.intern:8000/', api_type: orc, auth_type: no_auth}
notifications_config_enable: true
notifications_config:
  notifications_api_service_identifier: nrc
  notification_delivery_max_retries: 2
  notification_delivery_retry_backoff: 2
  notification_delivery_retry_backoff_max: 3
referentielijsten_config_enable: true
referentielijsten_config: {enabled: true, kanalen_tabel_code: KANAAL}
";

/// As for Open Zaak, with a Notificaties API that wants a key.
const LIKE_OPEN_ZAAK: &str = "
sites_config_enable: true
sites_config: {items: [{domain: 'intern:8000', name: Zaken}, {domain: zaken.example.nl, name: Zaken}]}
zgw_consumers_config_enable: true
zgw_consumers:
  services:
    - identifier: nrc
      label: N
      api_root: https://n.example.nl/api/v1/
      api_connection_check_path: notificaties
      api_type: nrc
      auth_type: api_key
      header_key: Authorization
      header_value: Token een-sleutel
notifications_config_enable: true
notifications_config: {notifications_api_service_identifier: nrc, notification_delivery_max_retries: 1}
vng_api_common_credentials_config_enable: true
vng_api_common_credentials: {items: [{identifier: admin, secret: admin}]}
vng_api_common_applicaties_config_enable: true
vng_api_common_applicaties:
  items:
    - uuid: 78591bab-9a00-4887-849c-53b21a67782f
      client_ids: [admin]
      label: Beheer
      heeft_alle_autorisaties: True
    - uuid: 78591bab-9a00-4887-849c-53b21a677830
      client_ids: [zaken]
      label: Zaken
      heeft_alle_autorisaties: False
      autorisaties:
        - {component: zrc, scopes: [zaken.lezen], zaaktype: 'https://z.example.nl/1'}
        - {component: kc, scopes: [klanten.lezen], max_vertrouwelijkheidaanduiding: openbaar}
openzaak_selectielijst_config_enable: true
openzaak_selectielijst_config: {default_year: 2020}
";

/// As for Open Notificaties.
const LIKE_OPEN_NOTIFICATIES: &str = "
zgw_consumers_config_enable: True
zgw_consumers:
  services:
  - {identifier: ac, label: A, api_root: 'http://ac.example.nl/api/v1/', api_type: ac, auth_type: zgw, client_id: o, secret: geheim, user_id: o, user_representation: O}
autorisaties_api_config_enable: True
autorisaties_api:
  authorizations_api_service_identifier: ac
vng_api_common_credentials_config_enable: True
vng_api_common_credentials:
  items:
  - {identifier: zaken, secret: geheim}
nothing_that_we_know_enable: true
nothing_that_we_know: {a: b}
";

/// The lines and the sentences of the notes.
fn notes(told: &Value) -> Vec<(u64, String)> {
    let note = |note: &Value| {
        (
            note["line"].as_u64().unwrap_or_default(),
            note["text"].as_str().unwrap_or_default().to_owned(),
        )
    };
    told["notes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(note)
        .collect()
}

fn note(told: &Value, line: u64, text: &str) {
    let notes = notes(told);
    assert!(
        notes.iter().any(|(at, what)| *at == line && what.contains(text)),
        "{line}: {text} in {notes:?}"
    );
}

on_both! {
    async fn a_file_for_open_klant_is_understood(database: Database) {
        let program = Program::on(&database).with([("OPENKLANT_BASE_URL", "https://k.example.nl")]);
        let told = applied(&program, LIKE_OPEN_KLANT, "").await;
        assert_eq!(changes(&told), [
            "add service nrc",
            "add secret oidc.client_secret",
            "add setting notificaties.retry_max_delay",
            "add setting oidc.issuer",
            "add setting oidc.client_id",
            "add setting oidc.scopes",
            "add setting oidc.username_claim",
            "add setting oidc.name_claims",
            "add setting oidc.groups_claim",
            "add setting oidc.every_role_groups",
            "add setting notificaties.api_root",
        ]);
        note(&told, 3, "tokenauth is not applied");
        note(&told, 6, "oidc_use_nonce does nothing here");
        note(&told, 7, "oidc_rp_sign_algo does nothing here");
        note(&told, 7, "sync does nothing here");
        note(&told, 12, "auth_type no_auth");
        note(&told, 16, "notification_delivery_max_retries does nothing");
        note(&told, 17, "notification_delivery_retry_backoff does nothing");
        note(&told, 20, "referentielijsten_config is not applied");
        assert_eq!(notes(&told).len(), 8, "{told}");
        assert_eq!(changes(&applied(&program, LIKE_OPEN_KLANT, "").await).len(), 0);
    }

    async fn a_file_for_open_zaak_is_understood(database: Database) {
        let program = Program::on(&database);
        let told = applied(&program, LIKE_OPEN_ZAAK, "").await;
        assert_eq!(changes(&told), [
            "add credential admin",
            "add application Beheer (78591bab-9a00-4887-849c-53b21a67782f)",
            "add application Zaken (78591bab-9a00-4887-849c-53b21a677830)",
            "add setting server.base_url",
        ]);
        note(&told, 3, "name does nothing here");
        note(&told, 3, "only the first site counts");
        note(&told, 10, "api_connection_check_path does nothing");
        note(&told, 12, "auth_type api_key");
        note(&told, 16, "notificaties.api_root is not set: the service nrc is left out");
        note(&told, 27, "client id zaken has no secret");
        note(&told, 31, "component zrc is served elsewhere");
        note(&told, 32, "max_vertrouwelijkheidaanduiding does nothing");
        note(&told, 34, "openzaak_selectielijst_config is not applied");
        assert_eq!(changes(&applied(&program, LIKE_OPEN_ZAAK, "").await).len(), 0);
        let plain = Program::on(&database).with([("IS_HTTPS", "no")]);
        applied(&plain, LIKE_OPEN_ZAAK, "").await;
        assert_eq!(state(&database).await[5], ["server.base_url http://intern:8000"]);
    }

    async fn a_file_for_open_notificaties_is_understood(database: Database) {
        let program = Program::on(&database);
        let told = applied(&program, LIKE_OPEN_NOTIFICATIES, "").await;
        assert_eq!(changes(&told), ["add credential zaken", "add service ac", "add setting autorisaties.api_root"]);
        note(&told, 14, "nothing_that_we_know is not known");
        assert_eq!(changes(&applied(&program, LIKE_OPEN_NOTIFICATIES, "").await).len(), 0);
    }

    async fn a_namespace_counts_when_its_switch_is_on(database: Database) {
        let program = Program::on(&database).with([("ON", "true")]);
        let credentials = "vng_api_common_credentials: {items: [{identifier: a, secret: {value_from: {env: NOT_SET}}}]}\n";
        for switch in ["", "vng_api_common_credentials_config_enable: false\n"] {
            let told = applied(&program, &format!("{credentials}{switch}"), "").await;
            assert_eq!(changes(&told).len(), 0);
            note(&told, 1, "vng_api_common_credentials_config_enable is not true");
        }
        let on = "vng_api_common_credentials_config_enable: {value_from: {env: ON}}\n";
        let told = applied(&program, &format!("{}{on}", credentials.replace("NOT_SET", "ON")), "").await;
        assert_eq!(changes(&told), ["add credential a"]);
    }

    async fn a_variable_may_have_a_default_or_be_left_out(database: Database) {
        let program = Program::on(&database).with([("KEEP", "45d")]);
        let text = |from: &str| format!(
            "openklant_config_enable: true\nopenklant_config: {{retention: {{messages: {{value_from: {{{from}}}}}}}}}\n"
        );
        for (from, expected) in [
            ("env: NOT_SET, required: false", None),
            ("env: NOT_SET, default: 60d", Some("retention.messages 60d")),
            ("env: KEEP, default: 60d", Some("retention.messages 45d")),
            ("env: NOT_SET, required: false", Some("retention.messages 45d")),
        ] {
            applied(&program, &text(from), "").await;
            let kept = state(&database).await.swap_remove(5);
            assert_eq!(kept.first().map(String::as_str), expected, "{from}");
        }
    }

    async fn settings_of_one_process_stay_with_the_environment(database: Database) {
        let program = Program::on(&database);
        let text = "openklant_config_enable: true\nopenklant_config:\n  server:\n    listen: 0.0.0.0:80\n  notificaties:\n    \
            secret: geheim\n  database:\n    url: sqlite://a.db\n  retention:\n    messages: {value_from: {env: KEEP}}\n";
        let program = program.with([("KEEP", "45d")]);
        let told = applied(&program, text, "").await;
        assert_eq!(changes(&told), ["add setting retention.messages"]);
        for (line, name) in [(4, "OPENKLANT_LISTEN"), (6, "OPENKLANT_NOTIFICATIES_SECRET"), (8, "OPENKLANT_DATABASE_URL")] {
            note(&told, line, name);
        }
    }
}
