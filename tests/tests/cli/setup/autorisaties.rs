//! Rights kept in an Autorisaties API, from a setup file alone.

use openklant_tests::autorisaties::{Autorisaties, CLIENT_ID, SECRET};
use openklant_tests::fixtures::KLANTEN;
use openklant_tests::program::Program;
use openklant_tests::tokens::bearer;
use openklant_tests::{Client, Database, on_both};
use serde_json::json;

use super::{applied, changes};

fn file(autorisaties: &Autorisaties) -> String {
    format!(
        "zgw_consumers_config_enable: true
zgw_consumers:
  services:
    - identifier: autorisaties-api
      api_root: {}
      api_type: ac
      client_id: {CLIENT_ID}
      secret: {{value_from: {{env: AC_SECRET}}}}
autorisaties_api_config_enable: true
autorisaties_api:
  authorizations_api_service_identifier: autorisaties-api
vng_api_common_credentials_config_enable: true
vng_api_common_credentials:
  items: [{{identifier: loket, secret: het geheim van het loket}}]
openklant_config_enable: true
openklant_config:
  autorisaties:
    last_known_for: 8h
",
        autorisaties.root()
    )
}

on_both! {
    async fn a_file_is_enough_to_have_rights_asked(database: Database) {
        let autorisaties = Autorisaties::start().await;
        autorisaties.allows("loket", "kc", &["klanten.lezen"]);
        let program = Program::on(&database).with([("AC_SECRET", SECRET)]);
        let text = file(&autorisaties);
        let expected = [
            "add credential loket",
            "add service autorisaties-api",
            "add setting autorisaties.last_known_for",
            "add setting autorisaties.api_root",
        ];
        let shown = applied(&program, &text, "--dry-run").await;
        assert_eq!(changes(&shown), expected);
        assert!(!shown.to_string().contains(SECRET), "{shown}");
        assert_eq!(changes(&applied(&program, &text, "").await), expected);
        assert_eq!(changes(&applied(&program, &text, "").await).len(), 0);
        let api = program.start("api");
        let token = program.run("token --client-id loket").await.well();
        let client = Client::new(api.address().await, Some(bearer(token.trim())));
        client.get(KLANTEN).await.is(200);
        client.get("/contactmomenten/api/v1/contactmomenten").await.fault(403, "permission_denied");
        program.run("autorisaties check loket").await.well();
        let exported = program.run("setup --export").await.well();
        assert!(exported.contains("last_known_for") && !exported.contains(SECRET), "{exported}");
        let again = applied(&program, &exported, "").await;
        assert_eq!((again["changes"].clone(), again["notes"].clone()), (json!([]), json!([])), "{exported}");
        // The credentials are those of the service with that root, and of no other.
        let other = program.with([("OPENKLANT_AUTORISATIES_API_ROOT", "http://127.0.0.1:9/api/v1/")]);
        other.run("autorisaties check loket").await.complains(2, "2 wrong settings");
    }

    async fn what_does_not_go_together_is_a_mistake(database: Database) {
        let autorisaties = Autorisaties::start().await;
        let program = Program::on(&database).with([("AC_SECRET", SECRET)]);
        let text = file(&autorisaties);
        for (from, to, code, what) in [
            ("last_known_for: 8h", "last_known_for: 8h\n    api_root: https://ac.example.nl/", 2, "is given already"),
            ("last_known_for: 8h", "last_known_for: 2m", 2, "must not be less than OPENKLANT_AUTORISATIES_FRESH_FOR"),
            ("last_known_for: 8h", "last_known: 8h", 2, "did you mean autorisaties.last_known_for?"),
            ("identifier: autorisaties-api\n  ", "identifier: autorisaties\n  ", 2, "there is no service autorisaties-api"),
        ] {
            let wrong = text.replacen(from, to, 1);
            assert_ne!(wrong, text);
            let path = program.folder().join("wrong.yaml");
            std::fs::write(path, wrong).expect("a file can be written");
            let ended = program.run("setup --file wrong.yaml").await;
            assert!(ended.stderr.contains(what), "{what:?} in {ended:?}");
            assert_eq!(ended.code, Some(code), "{ended:?}");
        }
    }
}
