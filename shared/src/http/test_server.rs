//! A server of a few lines that behaves as a test wants, one connection after another.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What it does with a request.
#[derive(Clone, Debug)]
pub(super) enum Behaviour {
    /// Answers 200 with the request as body.
    Echo,
    /// Answers 302 to this target.
    Redirect(String),
    /// Answers 200 with a body of so many bytes.
    Body(usize),
    /// Never answers.
    Silent,
    /// Answers something that is not HTTP.
    Rubbish,
}

/// Starts it; the answer is its address. It ends with the runtime of the test.
pub(super) async fn serve(behaviour: Behaviour) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, behaviour.clone()));
        }
    });
    address
}

async fn answer(mut stream: TcpStream, behaviour: Behaviour) {
    let request = read_request(&mut stream).await;
    let (head, body) = match behaviour {
        Behaviour::Echo => ("HTTP/1.1 200 OK".to_owned(), request),
        Behaviour::Redirect(target) => (format!("HTTP/1.1 302 Found\r\nlocation: {target}"), Vec::new()),
        Behaviour::Body(size) => ("HTTP/1.1 200 OK".to_owned(), vec![b'x'; size]),
        Behaviour::Silent => std::future::pending().await,
        Behaviour::Rubbish => ("SMTP ready".to_owned(), Vec::new()),
    };
    let head = format!(
        "{head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    // A client that has read enough hangs up; that is not this server's failure.
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(&body).await;
    let _ = stream.shutdown().await;
}

async fn read_request(stream: &mut TcpStream) -> Vec<u8> {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).await.unwrap_or(0);
        request.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&request);
        let complete = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.parse().expect("a length"));
            body.len() >= length
        });
        if complete || count == 0 {
            return request;
        }
    }
}
