//! An endpoint that means harm, or has lost its mind, costs a bounded time and a bounded part of its answer.

use std::time::{Duration, Instant};

use openklant_tests::app::Setup;
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::{Database, on_both};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What is sent back, again and again until the other side hangs up.
#[derive(Clone, Copy, Debug)]
struct Flood {
    first: &'static str,
    then: &'static str,
    pause: Duration,
}

const FLOODS: [Flood; 4] = [
    // A body without an end.
    Flood {
        first: "HTTP/1.1 500 Stuk\r\nContent-Type: text/plain\r\n\r\n",
        then: "0123456789012345678901234567890123456789012345678901234567890123",
        pause: Duration::ZERO,
    },
    // Headers without an end.
    Flood {
        first: "HTTP/1.1 200 Goed\r\n",
        then: "X-Meer: 0123456789012345678901234567890123456789012345678901234567890123\r\n",
        pause: Duration::ZERO,
    },
    // A byte now and then.
    Flood {
        first: "HTTP/1.1 200 Goed\r\nContent-Length: 1000000\r\n\r\n",
        then: "x",
        pause: Duration::from_millis(50),
    },
    // No HTTP at all.
    Flood {
        first: "\0\0\0",
        then: "\u{7f}\u{1}\u{2}",
        pause: Duration::ZERO,
    },
];

async fn flood(mut stream: TcpStream, flood: Flood) -> std::io::Result<()> {
    let mut request = [0; 4096];
    let _read = stream.read(&mut request).await?;
    stream.write_all(flood.first.as_bytes()).await?;
    let then = flood.then.repeat(if flood.pause.is_zero() { 1000 } else { 1 });
    loop {
        stream.write_all(then.as_bytes()).await?;
        tokio::time::sleep(flood.pause).await;
    }
}

/// A server that floods whoever calls.
async fn flooding(kind: Flood) -> String {
    let socket = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = socket.local_addr().expect("its port");
    tokio::spawn(async move {
        while let Ok((stream, _)) = socket.accept().await {
            tokio::spawn(async move {
                let _they_hang_up = flood(stream, kind).await;
            });
        }
    });
    format!("http://{address}/api/v1/")
}

on_both! {
    async fn costs_one_attempt_of_bounded_time(database: Database) {
        let server = Setup::new().start(&database).await;
        for (nr, kind) in FLOODS.into_iter().enumerate() {
            let root = flooding(kind).await;
            let app = Setup::new()
                .with([
                    ("OPENKLANT_NOTIFICATIES_API_ROOT", root.as_str()),
                    ("OPENKLANT_NOTIFICATIES_CLIENT_ID", "openklant"),
                    ("OPENKLANT_NOTIFICATIES_SECRET", "geheim van deze test"),
                    ("OPENKLANT_BASE_URL", "https://openklant.example.nl"),
                    ("OPENKLANT_NOTIFICATIES_REQUEST_TIMEOUT", "2s"),
                ])
                .start(&database)
                .await;
            server.client().post(KLANTEN, &klant(&nr.to_string())).await.is(201);
            let began = Instant::now();
            let drained = openklant_worker::drain(app.worker_context()).await.expect("the database answers");
            // Far more than the time-out, for a machine that is busy; far less than for ever.
            assert!(began.elapsed() < Duration::from_secs(20), "{kind:?}: {:?}", began.elapsed());
            assert_eq!((drained.delivered, drained.parked), (0, 0), "{kind:?}");
            let id = app.outbox().await[nr].id;
            let attempts = app.probe().attempts(id).await;
            assert_eq!(attempts.len(), 1, "{kind:?}");
            assert_eq!(attempts[0].class, "temporary", "{kind:?}");
            assert!(attempts[0].answer.chars().count() <= 1000, "{kind:?}");
        }
    }
}
