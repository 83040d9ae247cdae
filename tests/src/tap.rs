//! Listening in on the connection between the product and PostgreSQL: which statements does one request run?
//!
//! PostgreSQL's own statistics count late and per database, and the driver's statement log is switched off in the
//! product. The protocol tells exactly: `Q` is a statement as text (transactions), `E` runs a prepared one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// The tap. It lives as long as the runtime of its test.
#[derive(Clone, Debug)]
pub struct Tap {
    url: Url,
    log: Arc<Mutex<Vec<String>>>,
}

impl Tap {
    /// Puts a tap before the PostgreSQL database at `url`.
    pub async fn before(url: &str) -> Self {
        let target = Url::parse(url).expect("the URL of the test's database");
        let host = target.host_str().unwrap_or("127.0.0.1").to_owned();
        let port = target.port().unwrap_or(5432);
        let socket = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let own = socket.local_addr().expect("the port of the tap");
        let mut url = target;
        url.set_host(Some("127.0.0.1")).expect("an address is a host");
        url.set_port(Some(own.port())).expect("the URL takes a port");
        url.set_query(Some("sslmode=disable"));
        let log = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&log);
        tokio::spawn(async move {
            while let Ok((client, _)) = socket.accept().await {
                let Ok(server) = TcpStream::connect((host.as_str(), port)).await else {
                    return;
                };
                // A statement is several small writes: without this each waits for the one before to be confirmed.
                let _slower_without = (client.set_nodelay(true), server.set_nodelay(true));
                let (from_client, mut to_client) = client.into_split();
                let (mut from_server, to_server) = server.into_split();
                tokio::spawn(forward(from_client, to_server, Arc::clone(&shared)));
                tokio::spawn(async move {
                    let _until_either_side_closes = copy(&mut from_server, &mut to_client).await;
                });
            }
        });
        Self { url, log }
    }

    /// The URL of the database through the tap.
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// The statements that ran since the last call.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.log.lock().expect("the log of the tap"))
    }
}

/// Whether a statement looks up the caller and its rights, or whether they changed, which a connection of its own does all
/// the time: it is not what is counted here.
pub fn is_look_up(sql: &str) -> bool {
    [
        "client_credential",
        "applicatie_client",
        "autorisatie",
        "authorisation_version",
    ]
    .iter()
    .any(|table| sql.contains(&format!("FROM {table} ")) || sql.contains(&format!("JOIN {table} ")))
}

/// Whether a statement is of what a server does every few seconds beside answering: keeping the map of long lists.
fn is_upkeep(sql: &str) -> bool {
    [
        "UPDATE page_fold ",
        "DELETE FROM page_delta ",
        "SELECT id, resource, facets, version FROM page_list ",
    ]
    .iter()
    .any(|beginning| sql.starts_with(beginning))
}

/// The statements that are no part of a transaction's frame, nor of a look-up, nor of the upkeep.
pub fn queries(statements: &[String]) -> Vec<&String> {
    let frame = |sql: &str| {
        ["BEGIN", "COMMIT", "ROLLBACK", "LISTEN"]
            .iter()
            .any(|word| sql.starts_with(word))
    };
    statements
        .iter()
        .filter(|sql| !frame(sql) && !is_look_up(sql) && !is_upkeep(sql))
        .collect()
}

/// Passes on what the product says, message by message, and notes the statements in it.
async fn forward(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, log: Arc<Mutex<Vec<String>>>) {
    let mut prepared = HashMap::new();
    let mut bound = String::new();
    // The first message of a connection has no letter.
    let mut has_letter = false;
    loop {
        let letter = if has_letter {
            let Ok(letter) = from.read_u8().await else { return };
            Some(letter)
        } else {
            None
        };
        let Ok(length) = from.read_u32().await else { return };
        let mut body = vec![0; (length as usize).saturating_sub(4)];
        if from.read_exact(&mut body).await.is_err() {
            return;
        }
        match letter {
            Some(b'Q') => note(&log, first_text(&body).0),
            Some(b'P') => {
                let (name, rest) = first_text(&body);
                prepared.insert(name, first_text(rest).0);
            }
            Some(b'B') => {
                let (_portal, rest) = first_text(&body);
                bound = prepared.get(&first_text(rest).0).cloned().unwrap_or_default();
            }
            Some(b'E') => note(&log, bound.clone()),
            _ => {}
        }
        has_letter = true;
        let mut message: Vec<u8> = letter.into_iter().collect();
        message.extend(length.to_be_bytes());
        message.extend(body);
        if to.write_all(&message).await.is_err() {
            return;
        }
    }
}

fn note(log: &Mutex<Vec<String>>, statement: String) {
    log.lock().expect("the log of the tap").push(statement);
}

/// The text up to the first zero byte, and what follows it.
fn first_text(bytes: &[u8]) -> (String, &[u8]) {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let text = String::from_utf8_lossy(&bytes[..end]).into_owned();
    (text, bytes.get(end + 1..).unwrap_or_default())
}
