//! Credentials for the APIs of others: registered, used by a running server, listed and removed.

use std::path::PathBuf;
use std::time::Duration;

use openklant_shared::clock::Clock;
use openklant_shared::jwt::{Rules, peek};
use openklant_shared::settings::Secret;
use openklant_tests::fixtures::{KLANTEN, klant_with};
use openklant_tests::listener::Incoming;
use openklant_tests::program::Program;
use openklant_tests::remote::Remote;
use openklant_tests::{App, Database, on_both};
use serde_json::{Value, json};

const SECRET: &str = "a-secret-for-somebody-else";
const RULES: Rules = Rules {
    leeway: Duration::from_mins(1),
    max_age: None,
};

fn add(root: &str, client_id: &str) -> String {
    format!("externe-api add --label Zaken --api-root {root} --client-id {client_id}")
}

/// A file in the folder of the program.
fn file(program: &Program, name: &str, text: &str) -> PathBuf {
    let path = program.folder().join(name);
    std::fs::write(&path, text).expect("the file can be written");
    path
}

/// Who a request says it is from, and on behalf of whom, once its signature was checked.
fn sender(request: &Incoming) -> Option<(String, String)> {
    let token = request.header("authorization")?.strip_prefix("Bearer ")?;
    let claims = peek(token)
        .expect("a token")
        .verify([SECRET], &RULES, Clock::System.now())
        .expect("signed with our secret, just now");
    Some((claims.client_id, claims.user_id))
}

async fn post(app: &App, klantnummer: &str, subject: &str) -> u16 {
    let body = klant_with(klantnummer, &json!({"subject": subject}));
    app.client().post(KLANTEN, &body).await.status()
}

on_both! {
    async fn the_longest_root_counts_at_once(database: Database) {
        let remote = Remote::start().await;
        let subject = remote.url("/ok/persoon/1");
        let app = openklant_tests::app::Setup::new()
            .in_real_time()
            .with([("OPENKLANT_OUTGOING_ALLOWED_HOSTS", "registers.example")])
            .start(&database)
            .await;
        let program = Program::on(&database);
        let (all, some, others) = (remote.url("/"), remote.url("/ok/persoon"), remote.url("/ok/pand/"));
        assert_eq!(post(&app, "K1", &subject).await, 400, "loopback is closed to look-ups");

        program.run_given(&format!("{} --user-id fdv", add(&all, "all")), SECRET).await.well();
        assert_eq!(post(&app, "K2", &subject).await, 201);
        let secret = file(&program, "zaken.secret", &format!("{SECRET}\n"));
        let from_file = format!("{} --secret-file {}", add(&some, "some"), secret.display());
        program.run(&from_file).await.well();
        program.run_given(&add(&others, "others"), SECRET).await.well();
        assert_eq!(post(&app, "K3", &subject).await, 201);
        program.run(&format!("externe-api remove --api-root {some}/")).await.well();
        assert_eq!(post(&app, "K4", &subject).await, 201);
        program.run(&format!("externe-api remove --api-root {all}")).await.well();
        assert_eq!(post(&app, "K5", &subject).await, 400);

        let senders: Vec<_> = remote.seen().iter().map(sender).collect();
        let expected = [("all", "fdv"), ("some", ""), ("all", "fdv")]
            .map(|(client_id, user_id)| Some((client_id.to_owned(), user_id.to_owned())));
        assert_eq!(senders, expected);
        let left = openklant_shared::storage::externe_api::list(app.db()).await.expect("APIs can be read");
        let secrets: Vec<&str> = left.iter().flat_map(|api| &api.secret).map(Secret::expose).collect();
        assert_eq!(secrets, [SECRET], "of the one that is left, as it came on stdin");
    }

    async fn they_are_listed_without_secrets(database: Database) {
        let program = Program::on(&database);
        let empty = program.run("externe-api list --format json").await.well();
        assert_eq!(empty.trim(), "[]");
        let shown = program.run_given(&add("https://Z.example/b", "c"), SECRET).await.well();
        assert!(shown.contains("https://z.example/b/") && !shown.contains(SECRET), "{shown}");
        let first = format!(
            "{} --user-id fdv --user-representation Fenna --format json",
            add("https://z.example/a/", "c")
        );
        let shown = program.run_given(&first, SECRET).await.well();
        assert!(!shown.contains(SECRET), "{shown}");

        let listed = program.run("externe-api list --format json").await.well();
        let listed: Value = serde_json::from_str(&listed).expect("a list");
        let api = |root: &str, user_id: &str, user: &str| json!({
            "apiRoot": root, "label": "Zaken", "clientId": "c", "userId": user_id, "userRepresentation": user,
        });
        assert_eq!(
            listed,
            json!([api("https://z.example/a/", "fdv", "Fenna"), api("https://z.example/b/", "", "")])
        );
        assert_eq!(serde_json::from_str::<Value>(&shown).expect("an object"), listed[0]);
        let text = program.run("externe-api list").await.well();
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(!text.contains(SECRET), "{text}");
    }

    async fn a_root_is_registered_once(database: Database) {
        let program = Program::on(&database);
        program.run_given(&add("https://z.example/a", "c"), "one").await.well();
        program
            .run_given(&add("https://Z.example:443/a/", "d"), "two")
            .await
            .complains(1, "credentials for https://z.example/a/ already");
        assert_eq!(database.probe().texts("SELECT client_id FROM externe_api").await, ["c"]);
        program.run("externe-api remove --api-root https://z.example/a").await.well();
        program
            .run("externe-api remove --api-root https://z.example/a")
            .await
            .complains(1, "no credentials for https://z.example/a/");
    }
}

#[tokio::test]
async fn wrong_arguments_are_named_and_secrets_not_repeated() {
    let program = Program::new();
    let with = |root: &str, rest: &str| format!("{} {rest}", add(root, "c"));
    let right = "https://z.example/";
    let too_long = "geheim".repeat(50);
    let long = file(&program, "long", &too_long);
    file(&program, "right", "geheim");
    let empty = file(&program, "empty", "\n");
    let cases = [
        (with("z.example", "--secret-stdin"), "--api-root"),
        (with("ftp://z.example/", "--secret-stdin"), "--api-root"),
        (with("https://z.example/?a=b", "--secret-stdin"), "--api-root"),
        (with("https://z.example/#a", "--secret-stdin"), "--api-root"),
        (with(right, "--secret-file no-such-file"), "--secret-file"),
        (
            with(right, &format!("--secret-file {}", empty.display())),
            "--secret-file",
        ),
        (with(right, ""), "--secret-stdin"),
        (
            with(right, &format!("--secret-file {}", long.display())),
            "--secret-file",
        ),
        (
            with(right, "--secret-file right --secret-stdin"),
            "--secret-stdin",
        ),
        (
            with(right, &format!("--secret-stdin --user-id {}", "u".repeat(256))),
            "--user-id",
        ),
    ];
    for (line, named) in cases {
        let ended = program.run(&line).await;
        assert_eq!(ended.code, Some(2), "{line}: {ended:?}");
        assert!(ended.stderr.contains(named), "{line}: {ended:?}");
        assert!(!ended.stderr.contains("geheim"), "{line}: {ended:?}");
    }
    assert!(
        !program.folder().join("data").exists(),
        "wrong usage makes no database"
    );
    for wrong in ["\n", &too_long] {
        let ended = program.run_given(&add(right, "c"), wrong).await;
        assert!(!ended.stderr.contains("geheim"), "{ended:?}");
        ended.complains(1, "--secret-stdin");
    }
    let help = program.run("externe-api --help").await.well();
    assert!(help.contains("the longest root wins"), "{help}");
}
