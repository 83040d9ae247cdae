//! Settings without which the URLs of the register would be useless, and names that do not exist.

use openklant_tests::program::Program;
use openklant_tests::{Database, on_both};

on_both! {
    async fn messages_ask_for_a_public_address(database: Database) {
        let program = Program::on(&database).with([
            ("OPENKLANT_NOTIFICATIES_API_ROOT", "http://127.0.0.1:1/api/v1/"),
            ("OPENKLANT_NOTIFICATIES_CLIENT_ID", "openklant"),
            ("OPENKLANT_NOTIFICATIES_SECRET", "geheim"),
        ]);
        for command in ["api", "worker", "up"] {
            let ended = program.run(command).await;
            assert_eq!(ended.code, Some(2), "{ended:?}");
            assert!(ended.stderr.contains("OPENKLANT_BASE_URL"), "{ended:?}");
            assert!(!ended.stderr.contains("geheim"), "{ended:?}");
        }
    }

    async fn a_name_that_does_not_exist_is_warned_about(database: Database) {
        let program = Program::on(&database).with([("OPENKLANT_BASE_ULR", "https://openklant.example.nl")]);
        let api = program.start("api");
        api.address().await;
        api.terminate();
        let ended = api.end().await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let warning = ended
            .stderr
            .lines()
            .find(|line| line.contains("OPENKLANT_BASE_ULR"));
        assert!(
            warning.is_some_and(|line| line.contains("OPENKLANT_BASE_URL")),
            "{ended:?}"
        );
    }
}
