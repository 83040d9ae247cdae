//! What `outbox status` says when much waits, and why.

use openklant_tests::app::Setup;
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::notificaties::Notificaties;
use openklant_tests::program::Program;
use openklant_tests::{Database, on_both};
use serde_json::{Value, json};

/// Messages that went well before the secret was changed, and that wait since.
const DELIVERED: usize = 10;
const WAITING: usize = 50;

async fn status(program: &Program) -> (Value, String) {
    let text = program.run("outbox status --format json").await.well();
    let json = serde_json::from_str(&text).expect("JSON");
    (json, program.run("outbox status").await.well())
}

on_both! {
    async fn fifty_messages_that_wait_for_a_wrong_secret(database: Database) {
        let notificaties = Notificaties::start().await;
        let base = [("OPENKLANT_BASE_URL", "https://openklant.example.nl")];
        let app = Setup::new().in_real_time().with(base).start(&database).await;
        let right = Program::on(&database).with(notificaties.settings());
        let wrong = right.clone().with([("OPENKLANT_NOTIFICATIES_SECRET", "another secret")]);
        let make = async |from: usize, count: usize| {
            for nr in from..from + count {
                app.client().post(KLANTEN, &klant(&nr.to_string())).await.is(201);
            }
        };
        make(0, DELIVERED).await;
        right.run("worker --drain").await.well();
        make(DELIVERED, WAITING).await;

        // Ten in a minute: fifty take five.
        let (flowing, text) = status(&right).await;
        assert_eq!(flowing["counts"]["pending"], WAITING);
        assert_eq!(flowing["counts"]["delivered"], DELIVERED);
        assert_eq!(flowing["attempts"], json!({"delivered": DELIVERED}));
        assert_eq!((&flowing["rateMinutes"], &flowing["drainSeconds"]), (&json!(1), &json!(300)), "{flowing}");
        assert_eq!((&flowing["breaker"], &flowing["trouble"]), (&json!("closed"), &Value::Null), "{flowing}");
        for line in ["rate       10 delivered in the last minute", "drained    about 5 min 0 s at this rate"] {
            assert!(text.lines().any(|one| one == line), "{line} in {text}");
        }

        let log = wrong.run("worker --drain").await.stderr;
        let loud = log.lines().filter(|line| line.contains("ERROR")).count();
        assert_eq!(loud, 1, "one line, not one for each message: {log}");
        let (held, text) = status(&wrong).await;
        assert_eq!(held["counts"]["pending"], WAITING);
        assert_eq!((&held["breaker"], &held["drainSeconds"]), (&json!("open"), &json!(300)), "{held}");
        let why: Vec<&str> = text.lines().filter(|line| line.contains("refuses us")).collect();
        assert_eq!(why.len(), 1, "{text}");
        for part in ["OPENKLANT_NOTIFICATIES_CLIENT_ID", "OPENKLANT_NOTIFICATIES_SECRET", "last answer: "] {
            assert!(why[0].contains(part), "{text}");
        }
        assert!(text.contains("held since"), "{text}");
        assert!(!text.contains("another secret"), "{text}");

        // The first lets go what was refused, for whoever comes next.
        for _ in 0..2 {
            right.run("worker --drain").await.well();
        }
        let (over, text) = status(&right).await;
        assert_eq!(over["counts"]["delivered"], DELIVERED + WAITING, "{over}");
        assert_eq!((&over["trouble"], &over["drainSeconds"]), (&Value::Null, &json!(0)), "{over}");
        assert!(text.lines().any(|line| line == "drained    nothing waits"), "{text}");
    }
}
