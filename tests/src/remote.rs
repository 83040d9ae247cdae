//! A stand-in for the systems that `subject`, `klant` and `object` point at.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use url::form_urlencoded;

use crate::listener::{Incoming, Listener, Reply};
use crate::zaken::zaak;

/// The stand-in. Its routes:
///
/// | path | answer |
/// |---|---|
/// | `/ok/…` | 200 and `{}` |
/// | `/weg/…` | 404 |
/// | `/leeg/…` | 204 |
/// | `/fout/…` | 500 |
/// | `/groot` | 200 and two mebibytes |
/// | `/omleiding` | a redirect to `/ok/1` |
/// | `/omleiding/{n}` | a redirect to `/omleiding/{n-1}`, and so on to `/ok/1` |
/// | `/naar?{url}` | a redirect to that URL |
/// | `/hangt` | nothing, ever |
/// | `/sluit` | the connection closes |
/// | `/zaken/api/v1/zaken/…` | by the last two digits: 11, 77 and 88 a zaak; 22 JSON that is none; 33 text; others 404 |
/// | `/zaken/api/v1/zaakcontactmomenten` | by the last two digits of `zaak`: 11 a relation; 77 a relation to who asks first about a contactmoment, then none; others none |
#[derive(Debug)]
pub struct Remote {
    listener: Listener,
    seen: Arc<Mutex<Vec<Incoming>>>,
}

impl Remote {
    /// Starts one.
    pub async fn start() -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let asked = Mutex::new(BTreeSet::new());
        let listener = Listener::start(move |request| {
            let reply = route(&request, &asked);
            log.lock().expect("the log of the stand-in").push(request);
            reply
        })
        .await;
        Self { listener, seen }
    }

    /// Scheme, host and port.
    pub fn base(&self) -> String {
        self.listener.base()
    }

    /// The URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base())
    }

    /// What was asked, in order.
    pub fn seen(&self) -> Vec<Incoming> {
        self.seen.lock().expect("the log of the stand-in").clone()
    }
}

/// `asked` are the contactmomenten whose relation to zaak 77 somebody asked for.
fn route(request: &Incoming, asked: &Mutex<BTreeSet<String>>) -> Reply {
    let parts: Vec<&str> = request.path().trim_start_matches('/').split('/').collect();
    match parts[..] {
        ["ok", ..] => Reply::json(200, &json!({})),
        ["leeg", ..] => Reply::answer(204, "text/plain", ""),
        ["fout", ..] => Reply::html(500),
        ["groot"] => Reply::answer(200, "text/plain", "x".repeat(2 * 1024 * 1024)),
        ["omleiding"] | ["omleiding", "1"] => Reply::redirect("/ok/1"),
        ["omleiding", left] => match left.parse::<u32>() {
            Ok(left) => Reply::redirect(&format!("/omleiding/{}", left.saturating_sub(1).max(1))),
            Err(_) => Reply::html(404),
        },
        ["naar"] => Reply::redirect(request.target.split_once('?').map_or("/weg", |(_, url)| url)),
        ["hangt"] => Reply::hang(),
        ["sluit"] => Reply::close(),
        ["zaken", "api", "v1", "zaken", uuid] => match last_two(uuid) {
            "11" | "77" | "88" => Reply::json(200, &zaak()),
            "22" => Reply::json(200, &json!({"naam": "Voorbeeld"})),
            "33" => Reply::answer(200, "text/plain", "een zaak"),
            _ => Reply::html(404),
        },
        ["zaken", "api", "v1", "zaakcontactmomenten"] => {
            let query = request.target.split_once('?').map_or("", |(_, query)| query);
            Reply::json(200, &relations(query, asked))
        }
        _ => Reply::html(404),
    }
}

fn relations(query: &str, asked: &Mutex<BTreeSet<String>>) -> Value {
    let value = |name: &str| {
        form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    let (zaak, contactmoment) = (value("zaak"), value("contactmoment"));
    let is_there = match last_two(&zaak) {
        "11" => true,
        "77" => asked
            .lock()
            .expect("what the stand-in was asked")
            .insert(contactmoment.clone()),
        _ => false,
    };
    if is_there {
        json!([{"url": format!("{zaak}/relatie"), "zaak": zaak, "contactmoment": contactmoment}])
    } else {
        json!([])
    }
}

fn last_two(text: &str) -> &str {
    text.get(text.len().saturating_sub(2)..).unwrap_or_default()
}
