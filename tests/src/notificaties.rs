//! A stand-in for a Notificaties API: it counts, keeps what it got in order, and misbehaves when told to.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::{Value, json};

use crate::listener::{Incoming, Listener, Reply, Told};

/// Our client id at the stand-in.
pub const CLIENT_ID: &str = "openklant-publisher";
/// The secret of that client id.
pub const SECRET: &str = "a secret that only the test and the stand-in know";

const ABONNEMENT: &str = "/api/v1/abonnement";

/// The stand-in. Tokens with another secret get 403; messages get what [`Notificaties::next`] says and otherwise 201;
/// kanalen are kept, and a second one of the same name gets 400.
#[derive(Debug)]
pub struct Notificaties {
    listener: Listener,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    base: String,
    deliveries: Vec<Delivery>,
    kanaal_calls: Vec<Incoming>,
    script: VecDeque<Reply>,
    always: Option<Reply>,
    mood: Mood,
    kanaal_script: VecDeque<Reply>,
    kanalen: Vec<Value>,
    demands_kanalen: bool,
    abonnementen: Vec<Value>,
    shows_auth: bool,
    abonnement_calls: Vec<Incoming>,
    abonnement_script: VecDeque<Reply>,
}

/// What decides about messages when neither a script nor [`Notificaties::always`] does.
#[derive(Default)]
struct Mood(Option<Box<dyn FnMut() -> Option<Reply> + Send>>);

impl fmt::Debug for Mood {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Mood").finish()
    }
}

/// A message that was offered, and what was answered.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The request.
    pub request: Incoming,
    /// The status of the answer; `None` when there was none.
    pub status: Option<u16>,
    told: Told,
}

impl Delivery {
    /// Whether it was accepted.
    pub fn is_accepted(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    /// Whether the caller got the whole answer, as far as can be seen from here.
    pub fn was_told(&self) -> bool {
        self.told.fully()
    }

    /// What the message says.
    pub fn message(&self) -> Value {
        serde_json::from_slice(&self.request.body).expect("a message is JSON")
    }

    /// The claims of the token it came with.
    pub fn claims(&self) -> Value {
        claims(&self.request).expect("a message comes with a token of ours")
    }
}

impl Notificaties {
    /// Starts one.
    pub async fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let listener = Listener::start(move |request| lock(&shared).answer(request)).await;
        lock(&state).base = listener.base();
        Self { listener, state }
    }

    /// The root of the API.
    pub fn root(&self) -> String {
        format!("{}/api/v1/", self.listener.base())
    }

    /// The settings that make the product use it.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("OPENKLANT_NOTIFICATIES_API_ROOT", self.root()),
            ("OPENKLANT_NOTIFICATIES_CLIENT_ID", CLIENT_ID.to_owned()),
            ("OPENKLANT_NOTIFICATIES_SECRET", SECRET.to_owned()),
            ("OPENKLANT_BASE_URL", "https://openklant.example.nl".to_owned()),
        ]
    }

    /// What the next messages get, in order; after that again 201, or what [`Notificaties::always`] says.
    pub fn next(&self, replies: impl IntoIterator<Item = Reply>) {
        lock(&self.state).script.extend(replies);
    }

    /// What every message gets that no script covers; `None` is 201.
    pub fn always(&self, reply: Option<Reply>) {
        lock(&self.state).always = reply;
    }

    /// Decides, message by message, what is answered where neither a script nor [`Notificaties::always`] does; `None` of
    /// it is 201.
    pub fn in_mood(&self, mood: impl FnMut() -> Option<Reply> + Send + 'static) {
        lock(&self.state).mood = Mood(Some(Box::new(mood)));
    }

    /// Is gone from now on, as if its machine had stopped.
    pub fn vanish(&self) {
        self.listener.vanish();
    }

    /// Is there again.
    pub fn come_back(&self) {
        self.listener.come_back();
    }

    /// What the next calls about kanalen get, in order.
    pub fn next_for_kanalen(&self, replies: impl IntoIterator<Item = Reply>) {
        lock(&self.state).kanaal_script.extend(replies);
    }

    /// Refuses from now on messages of a kanaal that is not registered.
    pub fn demand_kanalen(&self) {
        lock(&self.state).demands_kanalen = true;
    }

    /// Registers a kanaal, as somebody else would have done.
    pub fn know_kanaal(&self, kanaal: Value) {
        lock(&self.state).add_kanaal(kanaal);
    }

    /// Loses every kanaal.
    pub fn forget_kanalen(&self) {
        lock(&self.state).kanalen.clear();
    }

    /// Everything that was offered, in order of arrival.
    pub fn deliveries(&self) -> Vec<Delivery> {
        lock(&self.state).deliveries.clone()
    }

    /// The messages that were accepted, in order.
    pub fn accepted(&self) -> Vec<Value> {
        let deliveries = self.deliveries();
        deliveries
            .iter()
            .filter(|delivery| delivery.is_accepted())
            .map(Delivery::message)
            .collect()
    }

    /// How many messages were offered so far.
    pub fn offers(&self) -> usize {
        lock(&self.state).deliveries.len()
    }

    /// The kanalen that are registered.
    pub fn kanalen(&self) -> Vec<Value> {
        lock(&self.state).kanalen.clone()
    }

    /// Shows from now on the secrets of abonnementen, as the standard has it; Open Notificaties does not.
    pub fn show_auth(&self) {
        lock(&self.state).shows_auth = true;
    }

    /// The abonnementen, with their secrets.
    pub fn abonnementen(&self) -> Vec<Value> {
        lock(&self.state).abonnementen.clone()
    }

    /// Makes an abonnement, as somebody else would have done.
    pub fn know_abonnement(&self, abonnement: Value) {
        lock(&self.state).add_abonnement(abonnement);
    }

    /// Loses every abonnement.
    pub fn forget_abonnementen(&self) {
        lock(&self.state).abonnementen.clear();
    }

    /// What the next calls about abonnementen get, in order.
    pub fn next_for_abonnementen(&self, replies: impl IntoIterator<Item = Reply>) {
        lock(&self.state).abonnement_script.extend(replies);
    }

    /// The calls about abonnementen, in order.
    pub fn abonnement_calls(&self) -> Vec<Incoming> {
        lock(&self.state).abonnement_calls.clone()
    }

    /// The calls about kanalen, in order.
    pub fn kanaal_calls(&self) -> Vec<Incoming> {
        lock(&self.state).kanaal_calls.clone()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().expect("the state of the stand-in")
}

fn claims(request: &Incoming) -> Option<Value> {
    let token = request.header("authorization")?.strip_prefix("Bearer ")?;
    let mut validation = Validation::new(Algorithm::HS256);
    validation.required_spec_claims.clear();
    // The clock of the test is not the clock of the machine.
    validation.validate_exp = false;
    decode::<Value>(token, &DecodingKey::from_secret(SECRET.as_bytes()), &validation)
        .ok()
        .map(|token| token.claims)
        .filter(|claims| claims["client_id"] == CLIENT_ID && claims["iat"].is_number())
}

impl State {
    fn answer(&mut self, request: Incoming) -> Reply {
        let is_message = request.method == "POST" && request.path() == "/api/v1/notificaties";
        let allowed = claims(&request).is_some();
        if is_message {
            let reply = if allowed {
                self.script
                    .pop_front()
                    .or_else(|| self.always.clone())
                    .or_else(|| self.mood.0.as_mut().and_then(|mood| mood()))
                    .or_else(|| self.unknown_kanaal(&request))
                    .unwrap_or_else(|| Reply::answer(201, "application/json", request.body.clone()))
            } else {
                forbidden()
            };
            let (reply, told) = reply.for_one();
            self.deliveries.push(Delivery {
                status: reply.status(),
                request,
                told,
            });
            return reply;
        }
        if request.path().starts_with(ABONNEMENT) {
            self.abonnement_calls.push(request.clone());
            return match self.abonnement_script.pop_front() {
                Some(reply) => reply,
                None if !allowed => forbidden(),
                None => self.abonnement(&request),
            };
        }
        self.kanaal_calls.push(request.clone());
        match self.kanaal_script.pop_front() {
            Some(reply) => reply,
            None if !allowed => forbidden(),
            None => self.kanaal(&request),
        }
    }

    fn unknown_kanaal(&self, request: &Incoming) -> Option<Reply> {
        let message: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let known = |kanaal: &Value| kanaal["naam"] == message["kanaal"];
        (self.demands_kanalen && !self.kanalen.iter().any(known))
            .then(|| Reply::json(400, &json!({"kanaal": ["Kanaal met deze naam bestaat niet."]})))
    }

    fn add_kanaal(&mut self, mut kanaal: Value) -> &Value {
        kanaal["url"] = json!(format!("{}/api/v1/kanaal/{}", self.base, self.kanalen.len()));
        self.kanalen.push(kanaal);
        &self.kanalen[self.kanalen.len() - 1]
    }

    fn add_abonnement(&mut self, mut abonnement: Value) -> usize {
        let uuid = uuid::Uuid::from_u128(self.abonnementen.len() as u128 + 1);
        abonnement["url"] = json!(format!("{}{ABONNEMENT}/{uuid}", self.base));
        self.abonnementen.push(abonnement);
        self.abonnementen.len() - 1
    }

    fn shown_abonnement(&self, index: usize) -> Value {
        let mut shown = self.abonnementen[index].clone();
        if let (false, Some(keys)) = (self.shows_auth, shown.as_object_mut()) {
            keys.remove("auth");
        }
        shown
    }

    fn abonnement(&mut self, request: &Incoming) -> Reply {
        let body = || serde_json::from_slice::<Value>(&request.body).unwrap_or_default();
        let url = format!("{}{}", self.base, request.path());
        let known = self.abonnementen.iter().position(|one| one["url"] == url);
        match (request.method.as_str(), known) {
            ("GET", None) if request.path() == ABONNEMENT => {
                let all = 0..self.abonnementen.len();
                Reply::json(200, &all.map(|index| self.shown_abonnement(index)).collect())
            }
            ("POST", None) if request.path() == ABONNEMENT => {
                let index = self.add_abonnement(body());
                Reply::json(201, &self.shown_abonnement(index))
            }
            ("PUT", Some(index)) => {
                self.abonnementen[index] = body();
                self.abonnementen[index]["url"] = json!(url);
                Reply::json(200, &self.shown_abonnement(index))
            }
            _ => Reply::html(404),
        }
    }

    fn kanaal(&mut self, request: &Incoming) -> Reply {
        let body = || serde_json::from_slice::<Value>(&request.body).unwrap_or_default();
        let below = request
            .path()
            .strip_prefix("/api/v1/kanaal")
            .unwrap_or("/nergens");
        match (request.method.as_str(), below) {
            ("GET", "") => {
                let name = request.target.split_once("naam=").map(|(_, name)| name);
                let found: Vec<&Value> = self
                    .kanalen
                    .iter()
                    .filter(|kanaal| name.is_none_or(|name| kanaal["naam"] == name))
                    .collect();
                Reply::json(200, &json!(found))
            }
            ("POST", "") => {
                let kanaal = body();
                if self.kanalen.iter().any(|known| known["naam"] == kanaal["naam"]) {
                    let params = json!([{"name": "naam", "code": "unique", "reason": "bestaat al"}]);
                    return Reply::json(
                        400,
                        &json!({"code": "invalid", "status": 400, "invalidParams": params}),
                    );
                }
                Reply::json(201, self.add_kanaal(kanaal))
            }
            ("PUT" | "PATCH", below) => {
                let kanaal = below
                    .trim_start_matches('/')
                    .parse()
                    .ok()
                    .and_then(|index: usize| self.kanalen.get_mut(index));
                let (Some(kanaal), Some(changes)) = (kanaal, body().as_object().cloned()) else {
                    return Reply::html(404);
                };
                for (key, value) in changes {
                    kanaal[key] = value;
                }
                Reply::json(200, kanaal)
            }
            _ => Reply::html(404),
        }
    }
}

fn forbidden() -> Reply {
    Reply::json(
        403,
        &json!({"code": "permission_denied", "status": 403, "title": "niet toegestaan"}),
    )
}
