//! Messages as cloud events, for those who ask for them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use openklant_tests::app::Setup;
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::listener::{Incoming, Listener, Reply};
use openklant_tests::{Database, on_both};
use serde_json::{Value, json};

const SOURCE: &str = "urn:nld:oin:00000001234567890000:openklant";

/// What was posted, and what is answered next.
type Received = Arc<Mutex<(Vec<Incoming>, VecDeque<Reply>)>>;

async fn receiver(replies: impl IntoIterator<Item = Reply>) -> (Listener, Received) {
    let received: Received = Arc::new(Mutex::new((Vec::new(), replies.into_iter().collect())));
    let shared = Arc::clone(&received);
    let listener = Listener::start(move |request| {
        if request.method != "POST" || request.path().ends_with("/kanaal") {
            return Reply::json(200, &json!([]));
        }
        let mut received = shared.lock().expect("the state of the receiver");
        received.0.push(request);
        received
            .1
            .pop_front()
            .unwrap_or_else(|| Reply::json(200, &json!({})))
    })
    .await;
    (listener, received)
}

on_both! {
    async fn the_same_event_on_every_attempt_until_it_is_known(database: Database) {
        let unique = json!({"code": "invalid", "status": 400, "invalid_params": [
            {"name": "nonFieldErrors", "code": "unique", "reason": "bestaat al"}
        ]});
        let (listener, received) = receiver([Reply::json(503, &json!({})), Reply::json(400, &unique)]).await;
        let mut app = Setup::new()
            .with([
                ("OPENKLANT_NOTIFICATIES_API_ROOT", format!("{}/api/v1/", listener.base()).as_str()),
                ("OPENKLANT_NOTIFICATIES_CLIENT_ID", "openklant"),
                ("OPENKLANT_NOTIFICATIES_SECRET", "geheim van deze test"),
                ("OPENKLANT_BASE_URL", "https://openklant.example.nl"),
                ("ENABLE_CLOUD_EVENTS", "true"),
                ("NOTIFICATIONS_SOURCE", SOURCE),
            ])
            .start(&database)
            .await;
        let url = app.client().post(KLANTEN, &klant("1")).await.expect(201).url();
        app.start_worker();
        let id = app.outbox().await[0].id;
        let (row, _) = app.attempted(id, 1).await;
        app.advance_to(&row);
        let (row, attempts) = app.attempted(id, 2).await;
        assert_eq!((row.state.as_str(), attempts[1].class.as_str()), ("delivered", "delivered"));

        let requests = received.lock().expect("the state of the receiver").0.clone();
        assert_eq!(requests.len(), 2);
        assert_eq!(requests[0].body, requests[1].body);
        assert_eq!(requests[0].path(), "/api/v1/cloudevents");
        for header in ["content-type", "accept"] {
            assert_eq!(requests[0].header(header), Some("application/cloudevents+json"));
        }
        let uuid = app.probe().texts("SELECT CAST(uuid AS TEXT) FROM outbox").await;
        let event: Value = serde_json::from_slice(&requests[0].body).expect("an event is JSON");
        let expected = json!({
            "specversion": "1.0",
            "id": uuid[0],
            "source": SOURCE,
            "type": "nl.overheid.klanten.klant.create",
            "subject": url.rsplit('/').next(),
            "time": row.message()["aanmaakdatum"],
            "datacontenttype": "application/json",
            "data": {
                "subjectType": row.message()["kenmerken"]["subjectType"],
                "hoofdObject": url,
                "resourceUrl": url,
            },
        });
        assert_eq!(event, expected);
        assert!(event["time"].as_str().is_some_and(|time| time.ends_with('Z')), "{event}");
    }
}
