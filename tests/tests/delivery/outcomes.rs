//! What each answer of the Notificaties API makes of a message.

use openklant_tests::listener::Reply;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::{Database, on_both};
use serde_json::{Value, json};

use super::{close_breaker, make, publishing};

/// What is to become of a message.
#[derive(Clone, Copy, Debug)]
enum Fate {
    /// Finished in this state.
    Finished(&'static str),
    /// Tried again after about this many seconds.
    Again(f64),
}

const DELIVERED: Fate = Fate::Finished("delivered");
const PARKED: Fate = Fate::Finished("parked");
const QUICKLY: Fate = Fate::Again(1.0);
const SLOWLY: Fate = Fate::Again(60.0);

fn problem(name: &str) -> Value {
    let params = json!([{"name": name, "code": "x", "reason": "nee"}]);
    json!({"code": "invalid", "status": 400, "invalidParams": params})
}

/// Answers, their class, and what becomes of the message.
fn table() -> Vec<(Reply, &'static str, Fate)> {
    let json = |status: u16| Reply::json(status, &json!({"code": "x"}));
    let refusal = |body: Value| Reply::json(400, &body);
    vec![
        (json(200), "delivered", DELIVERED),
        (
            Reply::answer(202, "text/plain", "in de rij"),
            "delivered",
            DELIVERED,
        ),
        (Reply::answer(204, "application/json", ""), "delivered", DELIVERED),
        (Reply::html(200), "endpoint", SLOWLY),
        (Reply::redirect("/api/v1/notificaties"), "endpoint", SLOWLY),
        (
            refusal(json!({"kenmerken": {"subjectType": ["nee"]}})),
            "refused",
            PARKED,
        ),
        (refusal(json!({"nonFieldErrors": ["nee"]})), "refused", PARKED),
        (
            refusal(json!({"aanmaakdatum": ["nee"], "actie": ["nee"]})),
            "refused",
            PARKED,
        ),
        (refusal(problem("")), "refused", PARKED),
        (
            Reply::answer(400, "application/json", "{\"half"),
            "refused",
            PARKED,
        ),
        (
            refusal(json!({"aanmaakdatum": ["in de toekomst"]})),
            "clock",
            QUICKLY,
        ),
        (refusal(problem("aanmaakdatum")), "clock", QUICKLY),
        (refusal(json!({"kanaal": ["bestaat niet"]})), "kanaal", QUICKLY),
        (refusal(problem("kanaal")), "kanaal", QUICKLY),
        (Reply::html(400), "endpoint", SLOWLY),
        (json(401), "denied", SLOWLY),
        (json(403), "denied", SLOWLY),
        (json(404), "endpoint", SLOWLY),
        (Reply::html(404), "endpoint", SLOWLY),
        (json(405), "endpoint", SLOWLY),
        (json(406), "endpoint", SLOWLY),
        (json(408), "temporary", QUICKLY),
        (json(409), "refused", PARKED),
        (json(410), "refused", PARKED),
        (json(413), "refused", PARKED),
        (json(415), "endpoint", SLOWLY),
        (json(425), "temporary", QUICKLY),
        (json(429), "temporary", QUICKLY),
        (json(500), "temporary", QUICKLY),
        (Reply::html(502), "temporary", QUICKLY),
        (json(503), "temporary", QUICKLY),
        (Reply::html(504), "temporary", QUICKLY),
        (Reply::close(), "temporary", QUICKLY),
    ]
}

on_both! {
    async fn each_answer_has_its_class(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(&database, &notificaties, &[]).await;
        for (nr, (reply, class, fate)) in table().into_iter().enumerate() {
            let what = format!("{class} after {reply:?}");
            notificaties.next([reply.clone()]);
            make(&app, &nr.to_string()).await;
            // One refusal must not hold the message of the next case.
            close_breaker(&app).await;
            app.start_worker();
            let id = app.outbox().await[nr].id;
            let (row, attempts) = app.attempted(id, 1).await;
            app.stop_workers().await;
            assert_eq!(
                (attempts[0].class.as_str(), attempts[0].status),
                (class, reply.status().map(i64::from)),
                "{what}"
            );
            match fate {
                Fate::Finished(state) => assert_eq!(row.state, state, "{what}"),
                Fate::Again(seconds) => {
                    assert_eq!(row.state, "pending", "{what}");
                    let delay = (row.next_attempt_at - app.clock().now()).as_seconds_f64();
                    assert!(
                        (seconds * 0.799..=seconds * 1.201).contains(&delay),
                        "{delay} s: {what}"
                    );
                }
            }
        }
        assert_eq!(
            notificaties.deliveries().len(),
            table().len(),
            "each message was offered once"
        );
    }

    async fn a_parked_message_is_kept_with_its_answer_and_left_alone(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(&database, &notificaties, &[]).await;
        let reason = "é".repeat(3000);
        notificaties.next([Reply::json(400, &json!({"actie": [reason]}))]);
        make(&app, "1").await;
        app.start_worker();
        let id = app.outbox().await[0].id;
        app.attempted(id, 1).await;
        app.stop_workers().await;
        for nr in 2..5 {
            app.start_worker();
            make(&app, &nr.to_string()).await;
            app.outbox_when("the worker works", |rows| rows[nr - 1].state == "delivered")
                .await;
            app.stop_workers().await;
            app.clock().advance(chrono::TimeDelta::days(400));
        }
        let row = &app.outbox().await[0];
        assert_eq!((row.state.as_str(), row.attempts), ("parked", 1));
        let [attempt] = &app.probe().attempts(row.id).await[..] else {
            panic!("one attempt")
        };
        assert_eq!(attempt.status, Some(400));
        assert!(
            attempt.answer.starts_with("{\"actie\":[\"é"),
            "{}",
            attempt.answer
        );
        assert_eq!(attempt.answer.chars().count(), 1000, "as much is kept as fits");
    }

    async fn no_answer_in_time_is_tried_again(database: Database) {
        let notificaties = Notificaties::start().await;
        let mut app = publishing(
            &database,
            &notificaties,
            &[("OPENKLANT_NOTIFICATIES_REQUEST_TIMEOUT", "2s")],
        )
        .await;
        notificaties.next([Reply::hang()]);
        app.start_worker();
        make(&app, "1").await;
        let id = app.outbox().await[0].id;
        let (row, attempts) = app.attempted(id, 1).await;
        assert_eq!(
            (row.state.as_str(), attempts[0].class.as_str(), attempts[0].status),
            ("pending", "temporary", None)
        );
        app.advance_to(&row);
        app.all_delivered().await;
    }

    async fn nobody_listening_is_tried_again(database: Database) {
        let notificaties = Notificaties::start().await;
        let nobody = [("OPENKLANT_NOTIFICATIES_API_ROOT", "http://127.0.0.1:1/api/v1/")];
        let mut app = publishing(&database, &notificaties, &nobody).await;
        app.start_worker();
        make(&app, "1").await;
        let id = app.outbox().await[0].id;
        let (row, attempts) = app.attempted(id, 1).await;
        assert_eq!(
            (row.state.as_str(), attempts[0].class.as_str(), attempts[0].status),
            ("pending", "temporary", None)
        );
        assert!(!attempts[0].answer.is_empty());
    }

    async fn a_token_goes_nowhere_but_to_the_configured_api(database: Database) {
        let (notificaties, elsewhere) = (Notificaties::start().await, Notificaties::start().await);
        let mut app = publishing(&database, &notificaties, &[]).await;
        notificaties.next([Reply::redirect(&format!("{}notificaties", elsewhere.root()))]);
        app.start_worker();
        make(&app, "1").await;
        let id = app.outbox().await[0].id;
        app.attempted(id, 1).await;
        assert!(elsewhere.deliveries().is_empty());
        assert!(elsewhere.kanaal_calls().is_empty());
    }

    async fn wrong_credentials_hold_everything_until_they_are_right(database: Database) {
        let notificaties = Notificaties::start().await;
        let wrong = [("OPENKLANT_NOTIFICATIES_SECRET", "not what the other side has")];
        let mut app = publishing(&database, &notificaties, &wrong).await;
        for nr in 0..10 {
            make(&app, &nr.to_string()).await;
        }
        app.start_worker();
        let id = app.outbox().await[0].id;
        app.attempted(id, 1).await;
        app.stop_workers().await;
        let tried = app.outbox().await.iter().filter(|row| row.attempts > 0).count();
        assert!(tried <= 4, "{tried} of 10 messages tried in vain");

        let mut mended = publishing(&database, &notificaties, &[]).await;
        mended.clock().advance(chrono::TimeDelta::minutes(2));
        mended.start_worker();
        mended.all_delivered().await;
    }
}
