//! A stand-in for the Notificaties API: knows kanalen, takes messages, and tells the demo what it received. It
//! delivers nothing to anybody.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use openklant_shared::clock::Ids;
use poem::http::{StatusCode, header};
use poem::listener::TcpAcceptor;
use poem::web::{Data, Json, Query};
use poem::{Body, Endpoint, EndpointExt, IntoResponse, Request, Response, Route, Server, get, handler, post};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::mpsc::{self, Receiver, Sender};

use crate::serve::{Process, Running};

/// The longest body it reads, in bytes.
const LONGEST_BODY: usize = 64 * 1024;
/// How much news waits for the demo to print it.
const WAITING_NEWS: usize = 100;
/// How long it finishes what it is doing.
const LONGEST_STOP: Duration = Duration::from_secs(1);

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

/// The stand-in with its address, not yet running.
pub struct StandIn {
    listener: TcpListener,
    state: Arc<State>,
}

struct State {
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

impl StandIn {
    /// Takes a free port on this machine; also gives what it will receive.
    pub fn bind() -> anyhow::Result<(Self, Receiver<News>)> {
        let no_port = "the stand-in for the Notificaties API finds no free port";
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context(no_port)?;
        listener.set_nonblocking(true).context(no_port)?;
        let address = listener.local_addr().context(no_port)?;
        let (news, received) = mpsc::channel(WAITING_NEWS);
        let state = State {
            root: format!("http://{address}/api/v1/"),
            kanalen: Mutex::default(),
            news,
            ids: Ids::Random,
        };
        let stand_in = Self {
            listener,
            state: Arc::new(state),
        };
        Ok((stand_in, received))
    }

    /// Its root, as the settings name it.
    pub fn api_root(&self) -> &str {
        &self.state.root
    }

    /// Runs it as a part of the process.
    pub fn run(self, process: &Process) -> Running {
        let asked = process.asked();
        process.run("stand-in", async move {
            let app = self.app();
            let acceptor = TcpAcceptor::from_std(self.listener)?;
            Server::new_with_acceptor(acceptor)
                .run_with_graceful_shutdown(app, asked, Some(LONGEST_STOP))
                .await
        })
    }

    fn app(&self) -> impl Endpoint + 'static {
        Route::new()
            .at("/api/v1/kanaal", get(list).post(register))
            .at("/api/v1/notificaties", post(receive))
            .data(Arc::clone(&self.state))
            .before(require_token)
    }
}

/// Refuses calls without a token. Whether it is a good one is not looked at.
async fn require_token(request: Request) -> poem::Result<Request> {
    let given = request
        .header(header::AUTHORIZATION)
        .and_then(|value| value.strip_prefix("Bearer "));
    if given.is_some_and(|token| !token.is_empty()) {
        Ok(request)
    } else {
        let refusal = json!({"code": "permission_denied", "status": 403});
        Err(poem::Error::from_response(answer(
            StatusCode::FORBIDDEN,
            &refusal,
        )))
    }
}

fn answer(status: StatusCode, body: &(impl Serialize + Sync)) -> Response {
    Json(body).with_status(status).into_response()
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
fn list(Data(state): Data<&Arc<State>>, Query(wanted): Query<Wanted>) -> Response {
    let kanalen = state.kanalen.lock().unwrap_or_else(PoisonError::into_inner);
    let found: Vec<&Kanaal> = kanalen
        .values()
        .filter(|kanaal| wanted.naam.as_ref().is_none_or(|naam| *naam == kanaal.naam))
        .collect();
    answer(StatusCode::OK, &found)
}

#[handler]
async fn register(Data(state): Data<&Arc<State>>, body: Body) -> Response {
    let Some(mut kanaal) = read::<Kanaal>(body).await else {
        return refuse("nonFieldErrors", "Geen kanaal.");
    };
    kanaal.url = format!("{}kanaal/{}", state.root, state.ids.next());
    {
        let mut kanalen = state.kanalen.lock().unwrap_or_else(PoisonError::into_inner);
        if kanalen.contains_key(&kanaal.naam) {
            return refuse("naam", "Dit kanaal bestaat al.");
        }
        kanalen.insert(kanaal.naam.clone(), kanaal.clone());
    }
    let made = answer(StatusCode::CREATED, &kanaal);
    let Kanaal { naam, filters, .. } = kanaal;
    state.tell(News::Kanaal { naam, filters }).await;
    made
}

#[handler]
async fn receive(Data(state): Data<&Arc<State>>, body: Body) -> Response {
    let Some(sent) = read::<Value>(body).await else {
        return refuse("nonFieldErrors", "Geen JSON.");
    };
    let Ok(message) = serde_json::from_value::<Message>(sent.clone()) else {
        return refuse("nonFieldErrors", "Geen notificatie.");
    };
    let known = state
        .kanalen
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .contains_key(&message.kanaal);
    if !known {
        return refuse("kanaal", "Kanaal met deze naam bestaat niet.");
    }
    state
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

impl State {
    /// Tells the demo; when it has stopped listening, nobody needs to know any more.
    async fn tell(&self, news: News) {
        let _ = self.news.send(news).await;
    }
}

#[cfg(test)]
mod tests {
    use poem::http::Method;

    use super::*;

    #[tokio::test]
    async fn takes_messages_of_kanalen_it_knows_from_callers_with_a_token() {
        let (stand_in, mut received) = StandIn::bind().unwrap();
        let app = stand_in.app();
        let post = |path: &'static str, token: &'static str, body: &Value| {
            let request = Request::builder()
                .method(Method::POST)
                .uri(path.parse().unwrap())
                .header("Authorization", token)
                .body(body.to_string());
            let answered = app.get_response(request);
            async move { answered.await.status().as_u16() }
        };
        let (kanalen, notificaties, token) = ("/api/v1/kanaal", "/api/v1/notificaties", "Bearer x.y.z");
        let kanaal = json!({"naam": "klanten", "documentatieLink": "http://x", "filters": ["subject_type"]});
        let message = json!({
            "kanaal": "klanten", "hoofdObject": "http://x/1", "resource": "klant", "resourceUrl": "http://x/1",
            "actie": "create", "aanmaakdatum": "2026-01-01T00:00:00Z", "kenmerken": {"subjectType": "vestiging"}
        });
        let steps = [
            (notificaties, "Bearer ", &message, 403),
            (notificaties, token, &message, 400),
            (kanalen, token, &kanaal, 201),
            (kanalen, token, &kanaal, 400),
            (notificaties, token, &message, 201),
            (notificaties, token, &kanaal, 400),
        ];
        for (path, token, body, expected) in steps {
            assert_eq!(post(path, token, body).await, expected, "{path} {body}");
        }
        let request = Request::builder()
            .uri("/api/v1/kanaal?naam=klanten".parse().unwrap())
            .header("Authorization", token)
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
