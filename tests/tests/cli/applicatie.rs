//! Applications: added, shown, given another secret and removed, while a server looks on.

use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::program::Program;
use openklant_tests::tokens::bearer;
use openklant_tests::{App, Client, Database, on_both, wait};
use serde_json::{Value, json};

const ADD: &str = "applicatie add --label Loket --client-id loket";

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("no JSON ({error}): {text}"))
}

async fn client(app: &App, program: &Program, client_id: &str) -> Client {
    let token = program
        .run(&format!("token --client-id {client_id}"))
        .await
        .well();
    app.anonymous().authorized(Some(&bearer(token.trim())))
}

on_both! {
    async fn an_application_lives_and_goes(database: Database) {
        let program = Program::on(&database);
        let app = openklant_tests::app::Setup::new().in_real_time().start(&database).await;

        let added = json_of(&program.run(&format!("{ADD} --scope kc:klanten.lezen --format json")).await.well());
        let secret = added["secret"].as_str().expect("a secret that was made is shown");
        assert!(secret.len() >= 43, "32 random bytes: {secret}");
        let rights = json!([{"component": "kc", "scopes": ["klanten.lezen"]}]);
        assert_eq!(added["autorisaties"], rights);

        let loket = client(&app, &program, "loket").await;
        loket.get(KLANTEN).await.is(200);
        loket.post(KLANTEN, &klant("1")).await.fault(403, "permission_denied");

        let listed = program.run("applicatie list --format json").await.well();
        assert!(!listed.contains(secret));
        let listed = json_of(&listed);
        let listed = listed.as_array().expect("a list");
        assert_eq!(listed.len(), 2, "the application of the harness and ours: {listed:?}");
        assert_eq!(listed[1]["clientIds"], json!(["loket"]));
        let shown = program.run("applicatie show --client-id loket").await.well();
        assert!(shown.contains("kc:klanten.lezen") && !shown.contains(secret), "{shown}");

        let rotated = program.run("applicatie secret rotate --client-id loket").await.well();
        assert!(!rotated.contains(secret) && rotated.contains("shown this once"), "{rotated}");
        wait::until_found("the old secret stops working", async || {
            (loket.get(KLANTEN).await.status() == 403).then_some(())
        }).await;
        loket.get(KLANTEN).await.fault(403, "invalid-jwt-signature");
        client(&app, &program, "loket").await.get(KLANTEN).await.is(200);

        let last = client(&app, &program, "loket").await;
        program.run("applicatie remove --client-id loket").await.well();
        wait::until_found("the client is forgotten", async || {
            (last.get(KLANTEN).await.status() == 403).then_some(())
        }).await;
        last.get(KLANTEN).await.fault(403, "invalid-client-identifier");
        program.run("applicatie show --client-id loket").await.complains(1, "no application with client id loket");
        program.run("token --client-id loket").await.complains(1, "no application with client id loket");
    }

    async fn a_client_id_is_given_out_once(database: Database) {
        let program = Program::on(&database);
        program.run(&format!("{ADD} --alle-autorisaties")).await.well();
        program.run(&format!("{ADD} --alle-autorisaties")).await.complains(1, "a client id belongs to an application already");
        assert_eq!(database.probe().count("applicatie").await, 1);
        assert_eq!(database.probe().count("client_credential").await, 1);
    }

    async fn a_registered_credential_becomes_an_application(database: Database) {
        let program = Program::on(&database);
        let registered = "INSERT INTO client_credential (client_id, secret, created_at) \
            VALUES ('loket', 'registered', '2026-01-05 09:30:00+00:00')";
        database.probe().execute(registered).await;
        program.run_given(&format!("{ADD} --alle-autorisaties"), "chosen").await.well();
        let token = program.run("token --client-id loket").await.well();
        let claims = openklant_shared::jwt::peek(token.trim()).expect("a token");
        let rules = openklant_shared::jwt::Rules { leeway: std::time::Duration::ZERO, max_age: None };
        claims
            .verify(["chosen"], &rules, openklant_shared::clock::Clock::System.now())
            .expect("signed with the secret that was chosen");
    }
}

#[tokio::test]
async fn a_given_secret_is_not_repeated() {
    let program = Program::new();
    let added = program
        .run_given(&format!("{ADD} --alle-autorisaties"), "a-given-secret")
        .await
        .well();
    assert!(
        added.contains("loket") && !added.contains("a-given-secret"),
        "{added}"
    );
    let rotated = program
        .run_given("applicatie secret rotate --client-id loket", "another")
        .await
        .well();
    assert!(!rotated.contains("another"), "{rotated}");
}

#[tokio::test]
async fn a_wrong_secret_is_not_repeated() {
    let program = Program::new();
    let too_long = "geheim".repeat(50);
    for line in [
        format!("{ADD} --alle-autorisaties"),
        "applicatie secret rotate --client-id loket".to_owned(),
    ] {
        let ended = program.run_given(&line, &too_long).await;
        assert!(!ended.stderr.contains("geheim"), "{ended:?}");
        ended.complains(1, "--secret-stdin");
    }
}

#[tokio::test]
async fn no_secret_is_taken_from_the_command_line() {
    let program = Program::new();
    for line in [
        "applicatie add --label Loket --client-id loket --alle-autorisaties",
        "applicatie secret rotate --client-id loket",
        "externe-api add --label Zaken --api-root https://z.example/ --client-id c",
    ] {
        for given in ["--secret geheim", "--secret=geheim"] {
            let ended = program.run(&format!("{line} {given}")).await;
            assert_eq!(ended.code, Some(2), "{ended:?}");
            assert!(
                ended.stderr.contains("'--secret-file'") && !ended.stderr.contains("geheim"),
                "{ended:?}"
            );
        }
    }
}

#[tokio::test]
async fn rights_of_both_apis_can_be_given() {
    let program = Program::new();
    let added = program
        .run(&format!(
            "{ADD} --scope kc:klanten.lezen --scope cmc:contactmomenten.lezen --format json"
        ))
        .await
        .well();
    let rights = json!([
        {"component": "kc", "scopes": ["klanten.lezen"]},
        {"component": "cmc", "scopes": ["contactmomenten.lezen"]},
    ]);
    assert_eq!(json_of(&added)["autorisaties"], rights);
}

#[tokio::test]
async fn unknown_rights_are_wrong_usage() {
    let program = Program::new();
    for scope in [
        "klanten.lezen",
        "zrc:zaken.lezen",
        "kc:klanten.lzen",
        "cmc:contactmomenten.lzen",
        "cmc:klanten.lezen",
    ] {
        let ended = program.run(&format!("{ADD} --scope {scope}")).await;
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.stderr.contains(scope), "{ended:?}");
    }
    assert!(
        !program.folder().join("data").exists(),
        "wrong usage makes no database"
    );
}
