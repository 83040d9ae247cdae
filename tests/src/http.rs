//! HTTP/1.1 to the byte, for both sides of a test. A library would repair or refuse the malformed requests that a
//! server must survive, and hide what a receiver must be able to do wrong.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longest a test waits for an answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// First line and headers of a request or an answer.
#[derive(Clone, Debug)]
pub struct Head {
    /// The request line or the status line.
    pub first_line: String,
    /// Names as sent, and values, in their order.
    pub headers: Vec<(String, String)>,
}

impl Head {
    /// The first value of a header; names compare without case.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}

/// The first value of a header in a list; names compare without case.
pub fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

/// Splits what was received into its head and the rest; `None` while the head is not complete.
pub fn split_head(bytes: &[u8]) -> Option<(Head, &[u8])> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let text = String::from_utf8_lossy(&bytes[..end]);
    let mut lines = text.split("\r\n");
    let first_line = lines.next().unwrap_or_default().to_owned();
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect();
    Some((Head { first_line, headers }, &bytes[end + 4..]))
}

/// An answer as it came over the wire.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Names and values of the headers, in their order.
    pub headers: Vec<(String, String)>,
    /// The body, decoded when it came in chunks.
    pub body: Vec<u8>,
}

/// Sends `request` as it is and reads until the server closes; the request must ask for that with
/// `Connection: close`. `None` when the connection ended without an answer.
pub async fn exchange(address: SocketAddr, request: Vec<u8>) -> Option<Answer> {
    let stream = TcpStream::connect(address)
        .await
        .expect("the server accepts connections");
    let head_only = request.starts_with(b"HEAD ");
    let answer = converse(stream, request).await?;
    assert!(
        answer.is_whole(head_only),
        "Content-Length is the length of the body"
    );
    Some(answer)
}

/// The same with a server that may be killed at any moment: `None` also when the answer is not whole.
pub async fn try_exchange(address: SocketAddr, request: Vec<u8>) -> Option<Answer> {
    let stream = TcpStream::connect(address).await.ok()?;
    let head_only = request.starts_with(b"HEAD ");
    converse(stream, request)
        .await
        .filter(|answer| answer.is_whole(head_only))
}

impl Answer {
    /// Whether the body is as long as was announced.
    fn is_whole(&self, head_only: bool) -> bool {
        let announced = find(&self.headers, "content-length").and_then(|text| text.parse::<usize>().ok());
        head_only || self.status == 304 || announced.is_none_or(|length| length == self.body.len())
    }
}

async fn converse(stream: TcpStream, request: Vec<u8>) -> Option<Answer> {
    let talk = async {
        let (mut incoming, mut outgoing) = stream.into_split();
        // Written beside reading: a server may refuse a request before it has read all of it. The half stays open,
        // because closing it would look like a client that went away.
        let writing = tokio::spawn(async move {
            let _refused_early = outgoing.write_all(&request).await;
            outgoing
        });
        let mut bytes = Vec::new();
        let _reset_at_the_end = incoming.read_to_end(&mut bytes).await;
        drop(writing);
        bytes
    };
    let bytes = timeout(PATIENCE, talk)
        .await
        .expect("the server answers within a minute");
    parse_answer(&bytes)
}

fn parse_answer(bytes: &[u8]) -> Option<Answer> {
    let (head, rest) = split_head(bytes)?;
    let status: u16 = head.first_line.split(' ').nth(1)?.parse().ok()?;
    if (100..200).contains(&status) {
        return parse_answer(rest);
    }
    let body = if head
        .header("transfer-encoding")
        .is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"))
    {
        join_chunks(rest)?
    } else {
        rest.to_vec()
    };
    Some(Answer {
        status,
        headers: head.headers,
        body,
    })
}

fn join_chunks(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line_end = rest.windows(2).position(|window| window == b"\r\n")?;
        let size = std::str::from_utf8(&rest[..line_end]).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        rest = &rest[line_end + 2..];
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size + 2..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_in_chunks_is_joined() {
        let bytes =
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
        let answer = parse_answer(bytes).unwrap();
        assert_eq!(
            (answer.status, answer.body.as_slice()),
            (200, b"abcde".as_slice())
        );
    }

    #[test]
    fn an_interim_answer_is_passed_over() {
        let bytes = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nAllow: GET\r\n\r\n";
        let answer = parse_answer(bytes).unwrap();
        assert_eq!(answer.status, 204);
        assert_eq!(find(&answer.headers, "allow"), Some("GET"));
    }

    #[test]
    fn half_an_answer_is_none() {
        assert!(parse_answer(b"HTTP/1.1 200 OK\r\nAllow").is_none());
    }
}
