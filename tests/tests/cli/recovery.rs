//! The recipe of the handbook for an installation that was restored from an older backup: nothing is told before an
//! operator has looked, and then subscribers hear the present state of everything. For the embedded database; that of
//! PostgreSQL is copied and restored by its own tools.

use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::notificaties::Notificaties;
use openklant_tests::program::{Process, Program};
use openklant_tests::tokens::bearer;
use openklant_tests::{Client, wait};
use serde_json::{Value, json};

async fn serving(program: &Program) -> (Process, Client) {
    let up = program.start("up");
    let address = up.address().await;
    let token = program.run("token --client-id eerste-applicatie").await.well();
    (up, Client::new(address, Some(bearer(token.trim()))))
}

#[tokio::test]
async fn after_yesterdays_backup_subscribers_hear_what_there_is() {
    let notificaties = Notificaties::start().await;
    let program = Program::new().with(notificaties.settings());
    let (up, client) = serving(&program).await;
    let kept = client.post(KLANTEN, &klant("K1")).await.expect(201);
    // The public address of the settings stands in URLs; the server is reached at another.
    let kept = kept.url();
    delivered(&notificaties, 1).await;
    // In a backup made before that, the message would be under way until its lease ends.
    wait::until_found("the delivery is recorded", async || {
        let status = program.run("outbox status --format json").await.well();
        let status: Value = serde_json::from_str(&status).ok()?;
        (status["counts"]["delivered"] == 1).then_some(())
    })
    .await;
    program.run("backup --to yesterday.db").await.well();
    let lost = client.post(KLANTEN, &klant("K2")).await.expect(201).url();
    client.patch(&kept, &json!({"achternaam": "Later"})).await.is(200);
    delivered(&notificaties, 3).await;
    up.terminate();
    up.end().await.well();

    let database = program.folder().join("data/openklant.db");
    for companion in ["openklant.db-wal", "openklant.db-shm"] {
        let _not_there = std::fs::remove_file(database.with_file_name(companion));
    }
    std::fs::copy(program.folder().join("yesterday.db"), &database).expect("the backup is put in its place");
    program.run("outbox pause").await.well();
    let (up, client) = serving(&program).await;
    client.get(&lost).await.is(404);
    let now = client.get(&kept).await.expect(200);
    assert_ne!(now.field("achternaam"), "Later");
    let would = program
        .run("outbox reemit --kanaal klanten --dry-run")
        .await
        .well();
    assert!(would.starts_with("1 message"), "{would}");
    program.run("outbox reemit --kanaal klanten --yes").await.well();
    let status = program.run("outbox status").await.well();
    assert!(status.contains("paused by"), "{status}");
    assert_eq!(notificaties.accepted().len(), 3, "nothing is told yet");

    program.run("outbox resume").await.well();
    delivered(&notificaties, 4).await;
    let told = notificaties.accepted().pop().expect("four messages");
    assert_eq!(told["actie"], "update");
    assert_eq!(told["resourceUrl"], kept.as_str());
    up.terminate();
    up.end().await.well();
}

async fn delivered(notificaties: &Notificaties, count: usize) {
    wait::until_found("the messages are delivered", async || {
        (notificaties.accepted().len() == count).then_some(())
    })
    .await;
}
