//! A stand-in for the Notificaties API: knows kanalen, takes messages, and tells the demo what it received. It
//! delivers nothing to anybody.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use openklant_shared::clock::Ids;
use poem::http::StatusCode;
use poem::web::{Data, Query};
use poem::{Body, Endpoint, EndpointExt, Response, Route, get, handler, post};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::mpsc::{self, Receiver, Sender};

use super::answer;

/// The longest body it reads, in bytes.
const LONGEST_BODY: usize = 64 * 1024;
/// How much news waits for the demo to print it.
const WAITING_NEWS: usize = 100;

/// What it received.
#[derive(Debug, PartialEq, Eq)]
pub enum News {
    /// A kanaal was registered.
    Kanaal {
        /// Its name.
        naam: String,
        /// Its filters.
        filters: Vec<String>,
    },
    /// A message was taken.
    Notificatie {
        /// The kanaal.
        kanaal: String,
        /// What was done.
        actie: String,
        /// To which object.
        hoofd_object: String,
        /// The kenmerken, as `name=value`.
        kenmerken: String,
    },
}

/// The stand-in.
pub struct Notificaties {
    root: String,
    kanalen: Mutex<BTreeMap<String, Kanaal>>,
    news: Sender<News>,
    ids: Ids,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kanaal {
    #[serde(default)]
    url: String,
    naam: String,
    #[serde(default)]
    documentatie_link: String,
    #[serde(default)]
    filters: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    kanaal: String,
    hoofd_object: String,
    actie: String,
    kenmerken: BTreeMap<String, String>,
}

impl Notificaties {
    /// One under this root, which ends in a slash; also gives what it will receive.
    pub fn new(root: String, ids: Ids) -> (Self, Receiver<News>) {
        let (news, received) = mpsc::channel(WAITING_NEWS);
        let stand_in = Self {
            root,
            kanalen: Mutex::default(),
            news,
            ids,
        };
        (stand_in, received)
    }

    /// Its root.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// Tells the demo; when it has stopped listening, nobody needs to know any more.
    async fn tell(&self, news: News) {
        let _ = self.news.send(news).await;
    }
}

/// What stands under its root.
pub fn routes(stand_in: &Arc<Notificaties>) -> impl Endpoint + 'static {
    Route::new()
        .at("/kanaal", get(list).post(register))
        .at("/notificaties", post(receive))
        .data(Arc::clone(stand_in))
}

fn refuse(field: &str, reason: &str) -> Response {
    answer(StatusCode::BAD_REQUEST, &json!({field: [reason]}))
}

async fn read<T: for<'de> Deserialize<'de>>(body: Body) -> Option<T> {
    let bytes = body.into_bytes_limit(LONGEST_BODY).await.ok()?;
    serde_json::from_slice(&bytes).ok()
}

#[derive(Debug, Deserialize)]
struct Wanted {
    naam: Option<String>,
}

#[handler]
fn list(Data(stand_in): Data<&Arc<Notificaties>>, Query(wanted): Query<Wanted>) -> Response {
    let kanalen = stand_in.kanalen.lock().unwrap_or_else(PoisonError::into_inner);
    let found: Vec<&Kanaal> = kanalen
        .values()
        .filter(|kanaal| wanted.naam.as_ref().is_none_or(|naam| *naam == kanaal.naam))
        .collect();
    answer(StatusCode::OK, &found)
}

#[handler]
async fn register(Data(stand_in): Data<&Arc<Notificaties>>, body: Body) -> Response {
    let Some(mut kanaal) = read::<Kanaal>(body).await else {
        return refuse("nonFieldErrors", "Geen kanaal.");
    };
    kanaal.url = format!("{}kanaal/{}", stand_in.root, stand_in.ids.next());
    {
        let mut kanalen = stand_in.kanalen.lock().unwrap_or_else(PoisonError::into_inner);
        if kanalen.contains_key(&kanaal.naam) {
            return refuse("naam", "Dit kanaal bestaat al.");
        }
        kanalen.insert(kanaal.naam.clone(), kanaal.clone());
    }
    let made = answer(StatusCode::CREATED, &kanaal);
    let Kanaal { naam, filters, .. } = kanaal;
    stand_in.tell(News::Kanaal { naam, filters }).await;
    made
}

#[handler]
async fn receive(Data(stand_in): Data<&Arc<Notificaties>>, body: Body) -> Response {
    let Some(sent) = read::<Value>(body).await else {
        return refuse("nonFieldErrors", "Geen JSON.");
    };
    let Ok(message) = serde_json::from_value::<Message>(sent.clone()) else {
        return refuse("nonFieldErrors", "Geen notificatie.");
    };
    let known = stand_in
        .kanalen
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .contains_key(&message.kanaal);
    if !known {
        return refuse("kanaal", "Kanaal met deze naam bestaat niet.");
    }
    stand_in
        .tell(News::Notificatie {
            kanaal: message.kanaal,
            actie: message.actie,
            hoofd_object: message.hoofd_object,
            kenmerken: pairs(&message.kenmerken),
        })
        .await;
    answer(StatusCode::CREATED, &sent)
}

fn pairs(kenmerken: &BTreeMap<String, String>) -> String {
    let pairs: Vec<String> = kenmerken
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join(" ")
}

#[cfg(test)]
mod tests {
    use poem::Request;
    use poem::http::Method;

    use super::*;

    #[tokio::test]
    async fn takes_messages_of_kanalen_it_knows() {
        let (stand_in, mut received) = Notificaties::new("http://x/".to_owned(), Ids::counting());
        let app = routes(&Arc::new(stand_in));
        let post = |path: &'static str, body: &Value| {
            let request = Request::builder()
                .method(Method::POST)
                .uri(path.parse().unwrap())
                .body(body.to_string());
            let answered = app.get_response(request);
            async move { answered.await.status().as_u16() }
        };
        let (kanalen, notificaties) = ("/kanaal", "/notificaties");
        let kanaal = json!({"naam": "klanten", "documentatieLink": "http://x", "filters": ["subject_type"]});
        let message = json!({
            "kanaal": "klanten", "hoofdObject": "http://x/1", "resource": "klant", "resourceUrl": "http://x/1",
            "actie": "create", "aanmaakdatum": "2026-01-01T00:00:00Z", "kenmerken": {"subjectType": "vestiging"}
        });
        let steps = [
            (notificaties, &message, 400),
            (kanalen, &kanaal, 201),
            (kanalen, &kanaal, 400),
            (notificaties, &message, 201),
            (notificaties, &kanaal, 400),
        ];
        for (path, body, expected) in steps {
            assert_eq!(post(path, body).await, expected, "{path} {body}");
        }
        let request = Request::builder()
            .uri("/kanaal?naam=klanten".parse().unwrap())
            .finish();
        let found = app
            .get_response(request)
            .await
            .into_body()
            .into_json::<Vec<Value>>();
        assert_eq!(found.await.unwrap().len(), 1);

        let registered = News::Kanaal {
            naam: "klanten".to_owned(),
            filters: vec!["subject_type".to_owned()],
        };
        assert_eq!(received.recv().await, Some(registered));
        let message_told = News::Notificatie {
            kanaal: "klanten".to_owned(),
            actie: "create".to_owned(),
            hoofd_object: "http://x/1".to_owned(),
            kenmerken: "subjectType=vestiging".to_owned(),
        };
        assert_eq!(received.recv().await, Some(message_told));
        assert!(received.try_recv().is_err());
    }
}
