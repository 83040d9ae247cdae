//! A stand-in for the systems that `subject` points at.

use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::listener::{Incoming, Listener, Reply};

/// The stand-in. Its routes:
///
/// | path | answer |
/// |---|---|
/// | `/ok/…` | 200 and `{}` |
/// | `/weg/…` | 404 |
/// | `/leeg/…` | 204 |
/// | `/fout/…` | 500 |
/// | `/omleiding` | a redirect to `/ok/1` |
/// | `/omleiding/{n}` | a redirect to `/omleiding/{n-1}`, and so on to `/ok/1` |
/// | `/naar?{url}` | a redirect to that URL |
/// | `/hangt` | nothing, ever |
/// | `/sluit` | the connection closes |
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
        let listener = Listener::start(move |request| {
            let reply = route(&request);
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

fn route(request: &Incoming) -> Reply {
    let parts: Vec<&str> = request.path().trim_start_matches('/').split('/').collect();
    match parts[..] {
        ["ok", ..] => Reply::json(200, &json!({})),
        ["leeg", ..] => Reply::answer(204, "text/plain", ""),
        ["fout", ..] => Reply::html(500),
        ["omleiding"] | ["omleiding", "1"] => Reply::redirect("/ok/1"),
        ["omleiding", left] => match left.parse::<u32>() {
            Ok(left) => Reply::redirect(&format!("/omleiding/{}", left.saturating_sub(1).max(1))),
            Err(_) => Reply::html(404),
        },
        ["naar"] => Reply::redirect(request.target.split_once('?').map_or("/weg", |(_, url)| url)),
        ["hangt"] => Reply::hang(),
        ["sluit"] => Reply::close(),
        _ => Reply::html(404),
    }
}
