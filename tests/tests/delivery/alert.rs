//! Alerts: their receiver is told once that a message waits too long or is parked, and once that this is over,
//! whatever the number of workers, and no delivery waits for it.

use std::sync::{Arc, Mutex};

use chrono::{SecondsFormat, TimeDelta};
use openklant_tests::app::Setup;
use openklant_tests::fixtures::{KLANTEN, natuurlijk_persoon};
use openklant_tests::listener::{Gate, Incoming, Listener, Reply};
use openklant_tests::metrics::value;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::program::Program;
use openklant_tests::{App, Database, on_both, wait};
use openklant_worker::alert::Alerts;
use serde_json::{Value, json};

use super::{make, publishing, usual};

/// A stand-in for what receives alerts: it keeps what it got, in order.
struct Receiver {
    listener: Listener,
    state: Arc<Mutex<State>>,
}

struct State {
    reply: Reply,
    received: Vec<Incoming>,
}

/// A secret, as receivers have in their path and query.
const PATH: &str = "/hooks/geheim-pad?sleutel=geheim-woord";

fn accepted() -> Reply {
    Reply::json(200, &json!({}))
}

impl Receiver {
    async fn start() -> Self {
        let state = Arc::new(Mutex::new(State {
            reply: accepted(),
            received: Vec::new(),
        }));
        let shared = Arc::clone(&state);
        let listener = Listener::start(move |request| {
            let mut state = shared.lock().expect("the state of the stand-in");
            state.received.push(request);
            state.reply.clone()
        })
        .await;
        Self { listener, state }
    }

    /// Looks each second, and a message may wait for no longer than that.
    fn settings(&self) -> [(&'static str, String); 3] {
        [
            ("ALERT_WEBHOOK_URL", format!("{}{PATH}", self.listener.base())),
            ("OPENKLANT_ALERT_PENDING_AGE", "1s".to_owned()),
            ("OPENKLANT_OUTGOING_TIMEOUT", "1s".to_owned()),
        ]
    }

    fn always(&self, reply: Reply) {
        self.state.lock().expect("the state of the stand-in").reply = reply;
    }

    fn received(&self) -> Vec<Incoming> {
        self.state
            .lock()
            .expect("the state of the stand-in")
            .received
            .clone()
    }

    fn told(&self) -> Vec<String> {
        self.received().iter().map(what).collect()
    }

    async fn when(&self, times: usize) -> Vec<Incoming> {
        wait::until_found(&format!("{times} alerts arrive"), async || {
            let received = self.received();
            (received.len() >= times).then_some(received)
        })
        .await
    }
}

fn body(request: &Incoming) -> Value {
    serde_json::from_slice(&request.body).expect("an alert is JSON")
}

/// Name and status of an alert.
fn what(request: &Incoming) -> String {
    let body = body(request);
    format!(
        "{} {}",
        body["alert"].as_str().unwrap_or_default(),
        body["status"].as_str().unwrap_or_default()
    )
}

async fn alerting(database: &Database, notificaties: &Notificaties, receiver: &Receiver) -> App {
    usual(notificaties, &[])
        .with(receiver.settings())
        .start(database)
        .await
}

/// A worker that was just started, as far as alerts go.
fn another(app: &App, name: &str) -> Alerts {
    Alerts::new(&app.worker_context(), name)
        .expect("a client")
        .expect("there is a receiver")
}

async fn look(app: &App, name: &str) {
    another(app, name).look().await.expect("the receiver can be told");
}

fn refused() -> Reply {
    Reply::json(400, &json!({"code": "invalid", "status": 400}))
}

const WAITS: &str = "oldest-pending firing";
const WAITS_NO_MORE: &str = "oldest-pending resolved";
const PARKED: &str = "parked firing";
const PARKED_NO_MORE: &str = "parked resolved";

on_both! {
    async fn a_message_that_waits_is_told_once_and_so_is_its_end(database: Database) {
        let (notificaties, receiver) = (Notificaties::start().await, Receiver::start().await);
        let mut app = alerting(&database, &notificaties, &receiver).await;
        notificaties.always(Some(Reply::json(503, &json!({}))));
        make(&app, "1").await;
        make(&app, "2").await;
        let made = app.clock().now();
        look(&app, "early").await;
        assert_eq!(receiver.told(), [""; 0], "nothing is old yet");
        app.start_worker();
        app.clock().advance(TimeDelta::seconds(90));
        receiver.when(1).await;
        // Another look of the same worker, of one that starts, and of one that was started again: no news.
        wait::until_found("the worker has recorded it", async || {
            let told = database.probe().texts("SELECT name FROM alert WHERE since IS NOT NULL AND leased_by IS NULL").await;
            (told == ["oldest-pending"]).then_some(())
        })
        .await;
        look(&app, "another").await;
        app.stop_workers().await;
        app.start_worker();
        app.clock().advance(TimeDelta::seconds(90));
        look(&app, "yet another").await;

        notificaties.always(None);
        app.clock().advance(TimeDelta::minutes(10));
        app.all_delivered().await;
        let received = receiver.when(2).await;
        app.stop_workers().await;
        look(&app, "the last").await;
        assert_eq!(receiver.told(), [WAITS, WAITS_NO_MORE]);

        let rfc3339 = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let since = rfc3339(made + TimeDelta::seconds(1));
        assert_eq!(
            body(&received[0]),
            json!({
                "alert": "oldest-pending",
                "status": "firing",
                "since": since,
                "at": rfc3339(made + TimeDelta::seconds(90)),
                "count": 2,
                "oldestSeconds": 90,
                "instance": "https://openklant.example.nl",
            })
        );
        let over = body(&received[1]);
        assert_eq!((&over["since"], &over["count"], &over["oldestSeconds"]), (&json!(since), &json!(0), &Value::Null));
        assert_eq!(received[0].method, "POST");
        assert_eq!(received[0].target, PATH);
        assert_eq!(received[0].header("content-type"), Some("application/json"));
        assert_eq!(received[0].header("authorization"), None);
    }

    async fn parked_messages_are_told_once_and_when_none_is_left(database: Database) {
        let (notificaties, receiver) = (Notificaties::start().await, Receiver::start().await);
        let mut app = alerting(&database, &notificaties, &receiver).await;
        let program = Program::on(&database).with(notificaties.settings());
        notificaties.next([refused(), refused()]);
        app.start_worker();
        make(&app, "1").await;
        receiver.when(1).await;
        make(&app, "2").await;
        let rows = app.outbox_when("both are parked", |rows| rows.iter().all(|row| row.state == "parked")).await;
        look(&app, "another").await;
        let status = program.run("outbox status --format json").await.well();
        let status: Value = serde_json::from_str(&status).expect("JSON");
        assert_eq!(status["alerts"][0]["alert"], "parked", "{status}");
        let text = program.run("outbox status").await.well();
        assert!(text.contains("alert      parked since "), "{text}");

        program.run(&format!("outbox cancel {} --yes", rows[0].id)).await.well();
        look(&app, "another").await;
        assert_eq!(receiver.told(), [PARKED], "one is still parked");
        program.run(&format!("outbox retry {} --yes", rows[1].id)).await.well();
        receiver.when(2).await;
        // And anew, when it happens again.
        notificaties.next([refused()]);
        make(&app, "3").await;
        receiver.when(3).await;
        assert_eq!(receiver.told(), [PARKED, PARKED_NO_MORE, PARKED]);
        assert_eq!(body(&receiver.received()[0])["count"], 1);
    }

    async fn a_message_that_is_being_sent_still_waits(database: Database) {
        let (notificaties, receiver) = (Notificaties::start().await, Receiver::start().await);
        let app = alerting(&database, &notificaties, &receiver).await;
        make(&app, "1").await;
        app.clock().advance(TimeDelta::seconds(90));
        look(&app, "worker").await;
        // As a probe of an outage has it now and then: not over, and not over in what others watch.
        app.probe().execute("UPDATE outbox SET state = 'delivering'").await;
        look(&app, "worker").await;
        assert_eq!(receiver.told(), [WAITS]);
        let page = app.anonymous().get("/metrics").await.expect(200);
        assert_eq!(value(page.text(), "openklant_outbox_oldest_pending_seconds"), Some(90.0));
    }

    async fn two_workers_tell_it_once(database: Database) {
        let (notificaties, receiver) = (Notificaties::start().await, Receiver::start().await);
        let app = alerting(&database, &notificaties, &receiver).await;
        make(&app, "1").await;
        app.clock().advance(TimeDelta::seconds(2));
        // While one tells it the other looks, finds it taken and does not wait.
        let gate = Gate::closed();
        receiver.always(accepted().behind(&gate));
        let one = another(&app, "one");
        let telling = tokio::spawn(async move { one.look().await });
        receiver.when(1).await;
        look(&app, "other").await;
        gate.open();
        telling.await.expect("it does not panic").expect("the receiver was told");
        look(&app, "other").await;
        // The same with many at once.
        app.probe().execute("UPDATE outbox SET state = 'delivered'").await;
        let lookers: Vec<Alerts> = (0..8).map(|nr| another(&app, &nr.to_string())).collect();
        let mut looks = tokio::task::JoinSet::new();
        for looker in lookers {
            looks.spawn(async move { looker.look().await });
        }
        for outcome in looks.join_all().await {
            outcome.expect("the receiver can be told");
        }
        assert_eq!(receiver.told(), [WAITS, WAITS_NO_MORE]);
    }

    async fn a_worker_that_dies_telling_is_replaced(database: Database) {
        let (notificaties, receiver) = (Notificaties::start().await, Receiver::start().await);
        let app = alerting(&database, &notificaties, &receiver).await;
        make(&app, "1").await;
        app.clock().advance(TimeDelta::seconds(2));
        receiver.always(Reply::hang());
        let dead = another(&app, "dead");
        let telling = tokio::spawn(async move { dead.look().await });
        receiver.when(1).await;
        telling.abort();
        receiver.always(accepted());
        look(&app, "other").await;
        assert_eq!(receiver.told().len(), 1, "it may still be under way");
        app.clock().advance(TimeDelta::seconds(12));
        look(&app, "other").await;
        let received = receiver.received();
        assert_eq!(receiver.told(), [WAITS, WAITS]);
        assert_eq!(body(&received[0])["since"], body(&received[1])["since"], "so that it is known as the same");
    }

    async fn a_receiver_that_fails_delays_no_message_and_is_told_later(database: Database) {
        let (notificaties, receiver) = (Notificaties::start().await, Receiver::start().await);
        let mut app = alerting(&database, &notificaties, &receiver).await;
        app.start_worker();
        notificaties.next([refused()]);
        let mut tried = 0;
        let failures = [Reply::hang(), Reply::close(), Reply::html(500), Reply::redirect("/elders")];
        receiver.always(failures[0].clone());
        make(&app, "parked").await;
        for (nr, failure) in failures.into_iter().enumerate() {
            receiver.always(failure);
            // One that was under way when the answer changed says nothing of it.
            tried = receiver.when(tried + 2).await.len();
            make(&app, &nr.to_string()).await;
            app.outbox_when("what came after it is delivered", |rows| {
                rows.iter().skip(1).all(|row| row.state == "delivered")
            })
            .await;
        }
        receiver.always(accepted());
        wait::until_found("the alert is recorded", async || {
            let told = database.probe().texts("SELECT name FROM alert WHERE since IS NOT NULL").await;
            (told == ["parked"]).then_some(())
        })
        .await;
        let tried = receiver.received().len();
        look(&app, "another").await;
        assert_eq!(receiver.told(), vec![PARKED; tried], "told, and so not again");
    }

    async fn nobody_is_told_by_default(database: Database) {
        let notificaties = Notificaties::start().await;
        let app = publishing(&database, &notificaties, &[]).await;
        assert!(Alerts::new(&app.worker_context(), "tester").expect("no client is needed").is_none());
        let nowhere = Setup::new().with([("OPENKLANT_ALERT_PENDING_AGE", "1s")]).start(&database).await;
        assert!(Alerts::new(&nowhere.worker_context(), "tester").expect("no client is needed").is_none());
    }

    async fn nothing_of_a_person_and_no_secret_of_the_receiver_gets_out(database: Database) {
        let (notificaties, receiver) = (Notificaties::start().await, Receiver::start().await);
        let base = [("OPENKLANT_BASE_URL", "https://openklant.example.nl")];
        let app = Setup::new().with(base).in_real_time().start(&database).await;
        let url = app.client().post(KLANTEN, &natuurlijk_persoon("GEHEIM01")).await.expect(201).url();
        notificaties.next([Reply::json(400, &json!({"kenmerken": ["Fenna Waterland, 111222333"]}))]);
        receiver.always(Reply::html(500));
        let worker = Program::on(&database)
            .with(notificaties.settings())
            .with(receiver.settings())
            .with([("OPENKLANT_LOG_LEVEL", "info,openklant_worker=trace,openklant_shared=trace")])
            .start("worker");
        receiver.when(3).await;
        receiver.always(accepted());
        worker.logs("alert sent").await;
        worker.terminate();
        let log = worker.end().await.stderr;
        let failures = log.lines().filter(|line| line.contains("WARN") && line.contains("the alert is not sent"));
        assert_eq!(failures.count(), 1, "one line, not one for each look: {log}");
        let uuid = url.rsplit('/').next().expect("a URL ends in a uuid");
        for request in receiver.received() {
            let text = String::from_utf8(request.body).expect("JSON is text");
            for personal in [uuid, "klanten/", "Fenna", "Waterland", "111222333", "GEHEIM01", "geheim"] {
                assert!(!text.contains(personal), "{personal} in {text}");
            }
        }
        for secret in ["geheim-pad", "geheim-woord", "111222333", "Fenna"] {
            assert!(!log.contains(secret), "{secret} in {log}");
        }
    }
}
