//! A stand-in for an Autorisaties API: it knows applications by their client ids, counts what it is asked, and
//! misbehaves when told to.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::listener::{Incoming, Listener, Reply};

/// Our client id at the stand-in.
pub const CLIENT_ID: &str = "openklant-vraagt";
/// The secret of that client id.
pub const SECRET: &str = "a secret of us and the stand-in for authorisations";
/// What messages about changed rights come with.
pub const CALLBACK_SECRET: &str = "a-secret-of-the-abonnement";
/// Where such messages go.
pub const CALLBACK: &str = "/autorisaties/api/v1/callbacks";

const CONSUMER: &str = "/autorisaties/api/v1/applicaties/consumer";

/// The stand-in. Tokens with another secret get 403, client ids that nobody gave it 404.
#[derive(Debug)]
pub struct Autorisaties {
    listener: Listener,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    base: String,
    applicaties: BTreeMap<String, Value>,
    script: VecDeque<Reply>,
    always: Option<Reply>,
    asked: Vec<Incoming>,
}

impl Autorisaties {
    /// Starts one.
    pub async fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let listener = Listener::start(move |request| lock(&shared).answer(&request)).await;
        lock(&state).base = listener.base();
        Self { listener, state }
    }

    /// The root of the API.
    pub fn root(&self) -> String {
        format!("{}/autorisaties/api/v1/", self.listener.base())
    }

    /// The settings that make the product use it.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("OPENKLANT_AUTORISATIES_API_ROOT", self.root()),
            ("OPENKLANT_AUTORISATIES_CLIENT_ID", CLIENT_ID.to_owned()),
            ("OPENKLANT_AUTORISATIES_SECRET", SECRET.to_owned()),
            ("OPENKLANT_AUTORISATIES_TIMEOUT", "500ms".to_owned()),
            (
                "OPENKLANT_AUTORISATIES_CALLBACK_SECRET",
                CALLBACK_SECRET.to_owned(),
            ),
        ]
    }

    /// Gives a client id an application that may do everything; answers the URL of the application.
    pub fn allows_all(&self, client_id: &str) -> String {
        self.knows(client_id, &json!({"heeftAlleAutorisaties": true}))
    }

    /// Gives a client id an application with these scopes in one component; answers the URL of the application.
    pub fn allows(&self, client_id: &str, component: &str, scopes: &[&str]) -> String {
        let right = json!({"component": component, "componentWeergave": "", "scopes": scopes});
        self.knows(client_id, &json!({"autorisaties": [right]}))
    }

    /// Gives a client id an application with these keys; answers its URL, which stays the same for a client id.
    pub fn knows(&self, client_id: &str, changes: &Value) -> String {
        let mut state = lock(&self.state);
        let url = url_of(&state.base, client_id);
        let mut applicatie = json!({
            "url": url,
            "clientIds": [client_id],
            "label": format!("{client_id} in Open Zaak"),
            "heeftAlleAutorisaties": false,
            "autorisaties": [],
        });
        if let (Some(into), Some(changes)) = (applicatie.as_object_mut(), changes.as_object()) {
            into.extend(changes.clone());
        }
        state.applicaties.insert(client_id.to_owned(), applicatie);
        url
    }

    /// Takes the application of a client id away; answers the URL it had.
    pub fn loses(&self, client_id: &str) -> String {
        let mut state = lock(&self.state);
        state.applicaties.remove(client_id);
        url_of(&state.base, client_id)
    }

    /// What the next questions get, in order.
    pub fn next(&self, replies: impl IntoIterator<Item = Reply>) {
        lock(&self.state).script.extend(replies);
    }

    /// What every question gets that no script covers; `None`: what it should.
    pub fn always(&self, reply: Option<Reply>) {
        lock(&self.state).always = reply;
    }

    /// Is gone from now on, as if its machine had stopped.
    pub fn vanish(&self) {
        self.listener.vanish();
    }

    /// Is there again.
    pub fn come_back(&self) {
        self.listener.come_back();
    }

    /// What was asked, in order.
    pub fn asked(&self) -> Vec<Incoming> {
        lock(&self.state).asked.clone()
    }

    /// How often it was asked.
    pub fn questions(&self) -> usize {
        lock(&self.state).asked.len()
    }
}

/// The message of a Notificaties API that an application changed.
pub fn message(hoofd_object: &str) -> Value {
    json!({
        "kanaal": "autorisaties",
        "hoofdObject": hoofd_object,
        "resource": "applicatie",
        "resourceUrl": hoofd_object,
        "actie": "update",
        "aanmaakdatum": "2026-01-05T09:30:00Z",
        "kenmerken": {},
    })
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().expect("the state of the stand-in")
}

fn url_of(base: &str, client_id: &str) -> String {
    let mut bytes = [0; 16];
    for (place, byte) in client_id.bytes().enumerate() {
        bytes[place % 16] ^= byte.rotate_left(u32::try_from(place / 16).unwrap_or_default());
    }
    let uuid = uuid::Builder::from_random_bytes(bytes).into_uuid();
    format!("{base}/autorisaties/api/v1/applicaties/{uuid}")
}

fn is_ours(request: &Incoming) -> bool {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.required_spec_claims.clear();
    // The clock of the test is not the clock of the machine.
    validation.validate_exp = false;
    request
        .header("authorization")
        .and_then(|value| value.strip_prefix("Bearer "))
        .and_then(|token| {
            decode::<Value>(token, &DecodingKey::from_secret(SECRET.as_bytes()), &validation).ok()
        })
        .is_some_and(|token| token.claims["client_id"] == CLIENT_ID)
}

impl State {
    fn answer(&mut self, request: &Incoming) -> Reply {
        self.asked.push(request.clone());
        if let Some(reply) = self.script.pop_front().or_else(|| self.always.clone()) {
            return reply;
        }
        if request.method != "GET" || request.path() != CONSUMER {
            return Reply::html(404);
        }
        if !is_ours(request) {
            return Reply::json(403, &json!({"code": "not_authenticated", "status": 403}));
        }
        let query = request.target.split_once('?').map_or("", |(_, query)| query);
        let client_id = form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "clientId")
            .map(|(_, value)| value.into_owned());
        match client_id.and_then(|client_id| self.applicaties.get(&client_id)) {
            Some(applicatie) => Reply::json(200, applicatie),
            None => Reply::json(
                404,
                &json!({"code": "not_found", "status": 404, "title": "Niet gevonden."}),
            ),
        }
    }
}
