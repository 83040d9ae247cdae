//! A server of the tests' own, for the stand-ins: it answers what it is told, also what no decent server would.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

use crate::http::{find, split_head};

/// A request that a stand-in received.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Names and values of the headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// When it was complete.
    pub at: Instant,
}

impl Incoming {
    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// The path without the query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

/// What a stand-in does with a request.
#[derive(Clone, Debug)]
pub struct Reply {
    delay: Duration,
    gate: Option<Gate>,
    cut: bool,
    told: Told,
    kind: ReplyKind,
}

/// Whether a caller got its whole answer, as far as the one who answers can see. Clones are of the same answer.
#[derive(Clone, Debug, Default)]
pub struct Told(Arc<AtomicBool>);

impl Told {
    /// It did: the caller was there until the last byte was handed over.
    pub fn fully(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Keeps answers back until it is opened. Clones are the same gate.
#[derive(Clone, Debug)]
pub struct Gate(watch::Sender<bool>);

impl Gate {
    /// A gate that is closed.
    pub fn closed() -> Self {
        Self(watch::Sender::new(false))
    }

    /// Lets everything through, from now on.
    pub fn open(&self) {
        self.0.send_replace(true);
    }

    async fn passed(&self) {
        let mut opened = self.0.subscribe();
        // The sender is here: it cannot be gone.
        let _ = opened.wait_for(|open| *open).await;
    }
}

#[derive(Clone, Debug)]
enum ReplyKind {
    Answer {
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
    Hang,
    Close,
}

impl Reply {
    fn of(kind: ReplyKind) -> Self {
        Self {
            delay: Duration::ZERO,
            gate: None,
            cut: false,
            told: Told::default(),
            kind,
        }
    }

    /// An answer with a JSON body.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::answer(status, "application/json", body.to_string())
    }

    /// An answer with a body of this media type.
    pub fn answer(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::of(ReplyKind::Answer {
            status,
            headers: vec![("Content-Type".to_owned(), media_type.to_owned())],
            body: body.into(),
        })
    }

    /// An error page, as a gateway in between sends it.
    pub fn html(status: u16) -> Self {
        Self::answer(status, "text/html", "<html><body><h1>Storing</h1></body></html>")
    }

    /// A redirect.
    pub fn redirect(to: &str) -> Self {
        Self::answer(302, "text/plain", "elders").header("Location", to)
    }

    /// No answer at all; the connection stays open.
    pub fn hang() -> Self {
        Self::of(ReplyKind::Hang)
    }

    /// The connection is closed without an answer.
    pub fn close() -> Self {
        Self::of(ReplyKind::Close)
    }

    /// Adds a header to an answer.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let ReplyKind::Answer { headers, .. } = &mut self.kind {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// Waits before doing it.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Waits before doing it until the gate is open.
    #[must_use]
    pub fn behind(mut self, gate: &Gate) -> Self {
        self.gate = Some(gate.clone());
        self
    }

    /// Closes the connection instead of sending the answer, which was decided all the same.
    #[must_use]
    pub fn cut_off(mut self) -> Self {
        self.cut = true;
        self
    }

    /// The same for one more request, and where it is noted whether its caller got it.
    pub fn for_one(self) -> (Self, Told) {
        let told = Told::default();
        let reply = Self {
            told: told.clone(),
            ..self
        };
        (reply, told)
    }

    /// The status of an answer.
    pub fn status(&self) -> Option<u16> {
        match self.kind {
            ReplyKind::Answer { status, .. } => Some(status),
            ReplyKind::Hang | ReplyKind::Close => None,
        }
    }
}

/// What decides about each request.
type Handler = Arc<dyn Fn(Incoming) -> Reply + Send + Sync>;

/// A running server; dropped, it stops.
#[derive(Debug)]
pub struct Listener {
    address: SocketAddr,
    there: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

impl Listener {
    /// Starts a server that asks `handler` what to do with each request.
    pub async fn start(handler: impl Fn(Incoming) -> Reply + Send + Sync + 'static) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = socket.local_addr().expect("the port of the stand-in");
        let there = watch::Sender::new(true);
        let accepting = tokio::spawn(accept(socket, Arc::new(handler), there.subscribe()));
        Self {
            address,
            there,
            accepting,
        }
    }

    /// Scheme, host and port.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Is gone from now on: whoever is being served is cut off, and every connection is reset. The port is kept, or
    /// another process might take it.
    pub fn vanish(&self) {
        self.there.send_replace(false);
    }

    /// Is there again.
    pub fn come_back(&self) {
        self.there.send_replace(true);
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Accepts for as long as it is not aborted; then every conversation ends with it.
async fn accept(socket: TcpListener, handler: Handler, mut there: watch::Receiver<bool>) {
    let mut conversations = JoinSet::new();
    let seen = there.clone();
    let is_there = || *seen.borrow();
    loop {
        let gone = async {
            let _sender_is_there = there.wait_for(|there| !there).await;
        };
        tokio::select! {
            accepted = socket.accept() => {
                let Ok((stream, _)) = accepted else { return };
                if is_there() {
                    conversations.spawn(converse(stream, Arc::clone(&handler)));
                } else {
                    let _reset_or_closed = stream.set_zero_linger();
                }
                while conversations.try_join_next().is_some() {}
            }
            () = gone, if !conversations.is_empty() => conversations.shutdown().await,
        }
    }
}

/// One request per connection: the order of arrival is then the order of the requests.
async fn converse(mut stream: TcpStream, handler: Handler) {
    let Some(request) = read_request(&mut stream).await else {
        return;
    };
    let head_only = request.method == "HEAD";
    let reply = handler(request);
    sleep(reply.delay).await;
    if let Some(gate) = &reply.gate {
        gate.passed().await;
    }
    if reply.cut {
        return;
    }
    match reply.kind {
        ReplyKind::Answer {
            status,
            headers,
            body,
        } => {
            let mut bytes = format!("HTTP/1.1 {status} Status\r\n").into_bytes();
            for (name, value) in headers {
                bytes.extend(format!("{name}: {value}\r\n").into_bytes());
            }
            bytes.extend(format!("Content-Length: {}\r\nConnection: close\r\n\r\n", body.len()).into_bytes());
            if !head_only {
                bytes.extend(body);
            }
            // A caller that gave up has closed its side: what is written then is read by nobody.
            let waits = stream.try_read(&mut [0]).is_err();
            let written = stream.write_all(&bytes).await.is_ok() && stream.shutdown().await.is_ok();
            reply.told.0.store(waits && written, Ordering::SeqCst);
        }
        ReplyKind::Hang => {
            let mut rest = Vec::new();
            let _until_the_caller_gives_up = stream.read_to_end(&mut rest).await;
        }
        ReplyKind::Close => {}
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<Incoming> {
    let mut bytes = Vec::new();
    loop {
        if let Some((head, rest)) = split_head(&bytes) {
            let length = head
                .header("content-length")
                .map_or(Some(0), |text| text.parse().ok())?;
            if rest.len() >= length {
                let mut words = head.first_line.split(' ');
                return Some(Incoming {
                    method: words.next()?.to_owned(),
                    target: words.next()?.to_owned(),
                    body: rest[..length].to_vec(),
                    headers: head.headers,
                    at: Instant::now(),
                });
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
