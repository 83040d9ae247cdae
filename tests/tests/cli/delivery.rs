//! The worker and the kanalen by command.

use openklant_tests::app::Setup;
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::listener::Reply;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::program::Program;
use openklant_tests::{Database, on_both, wait};
use serde_json::{Value, json};

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("no JSON ({error}): {text}"))
}

on_both! {
    async fn a_drain_delivers_what_is_due_and_says_so(database: Database) {
        let notificaties = Notificaties::start().await;
        let program = Program::on(&database).with(notificaties.settings());
        let app = Setup::new().in_real_time().start(&database).await;
        program.run("kanalen register").await.well();
        for klantnummer in ["1", "2", "3"] {
            app.client().post(KLANTEN, &klant(klantnummer)).await.is(201);
        }
        notificaties.next([Reply::json(201, &json!({})), Reply::json(503, &json!({}))]);

        let drained = json_of(&program.run("worker --drain --format json").await.well());
        assert_eq!(drained, json!({"delivered": 2, "retried": 1, "parked": 0}));
        assert_eq!(notificaties.accepted().len(), 2);
        let again = program.run("worker --drain").await.well();
        assert!(again.starts_with("0 delivered") || again.starts_with("1 delivered"), "{again}");
    }

    async fn a_worker_delivers_until_it_is_told_to_stop(database: Database) {
        let notificaties = Notificaties::start().await;
        let program = Program::on(&database).with(notificaties.settings());
        let app = Setup::new().in_real_time().start(&database).await;
        let worker = program.start("worker");
        worker.prints("delivers messages").await;
        app.client().post(KLANTEN, &klant("1")).await.is(201);
        wait::until_found("the message is delivered", async || {
            (notificaties.accepted().len() == 1).then_some(())
        }).await;
        worker.terminate();
        worker.end().await.well();
    }

    async fn kanalen_are_registered_once_and_shown(database: Database) {
        let notificaties = Notificaties::start().await;
        let program = Program::on(&database).with(notificaties.settings());
        let before = json_of(&program.run("kanalen show --format json").await.well());
        assert_eq!(before[0]["naam"], "klanten");
        assert_eq!(before[0]["registered"], Value::Null);
        let made = json_of(&program.run("kanalen register --operator piet --format json").await.well());
        assert_eq!(made[0]["change"], "created");
        let same = json_of(&program.run("kanalen register --format json").await.well());
        assert_eq!(same[0]["change"], "unchanged");
        let after = json_of(&program.run("kanalen show --format json").await.well());
        assert_eq!(after[0]["registered"]["filters"], after[0]["filters"]);
        assert_eq!(notificaties.kanalen().len(), 2);
        let log = database.probe().texts("SELECT operator || ' | ' || command || ' | ' || detail FROM operator_log").await;
        assert_eq!(log, ["piet | kanalen register | klanten created, contactmomenten created"]);
    }
}

#[tokio::test]
async fn kanalen_need_a_notificaties_api() {
    for command in ["kanalen show", "kanalen register"] {
        Program::new()
            .run(command)
            .await
            .complains(2, "no Notificaties API is configured");
    }
}

#[tokio::test]
async fn a_notificaties_api_that_refuses_is_a_failure() {
    let notificaties = Notificaties::start().await;
    let settings = notificaties.settings();
    let program = Program::new()
        .with(settings)
        .with([("OPENKLANT_NOTIFICATIES_SECRET", "another secret")]);
    program
        .run("kanalen register")
        .await
        .complains(1, "answered 403 about kanaal klanten");
}
