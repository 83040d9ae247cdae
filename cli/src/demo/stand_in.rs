//! The stand-ins for the APIs of others, on one address of this machine: a Notificaties API and a Zaken API. Both ask
//! for a token.

pub mod notificaties;
pub mod zaken;

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use openklant_shared::clock::Ids;
use poem::http::{StatusCode, header};
use poem::listener::TcpAcceptor;
use poem::web::Json;
use poem::{Endpoint, EndpointExt, IntoResponse, Request, Response, Route, Server};
use serde::Serialize;
use serde_json::json;
use tokio::sync::mpsc::Receiver;

use self::notificaties::{News, Notificaties};
use self::zaken::Zaken;
use crate::serve::{Process, Running};

const NOTIFICATIES: &str = "/notificaties/api/v1";
const ZAKEN: &str = "/zaken/api/v1";

/// How long they finish what they are doing.
const LONGEST_STOP: Duration = Duration::from_secs(1);

/// The stand-ins with their address, not yet running.
pub struct StandIns {
    listener: TcpListener,
    notificaties: Arc<Notificaties>,
    zaken: Arc<Zaken>,
}

impl StandIns {
    /// Takes a free port on this machine; also gives what the Notificaties API will receive.
    pub fn bind() -> anyhow::Result<(Self, Receiver<News>)> {
        let no_port = "the stand-ins for other APIs find no free port";
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context(no_port)?;
        listener.set_nonblocking(true).context(no_port)?;
        let address = listener.local_addr().context(no_port)?;
        let root = |path| format!("http://{address}{path}/");
        let (notificaties, news) = Notificaties::new(root(NOTIFICATIES), Ids::Random);
        let stand_ins = Self {
            listener,
            notificaties: Arc::new(notificaties),
            zaken: Arc::new(Zaken::new(root(ZAKEN), &Ids::Random)),
        };
        Ok((stand_ins, news))
    }

    /// The root of the Notificaties API, as the settings name it.
    pub fn notificaties_root(&self) -> &str {
        self.notificaties.root()
    }

    /// The root of the Zaken API, as its credentials are registered.
    pub fn zaken_root(&self) -> &str {
        self.zaken.root()
    }

    /// The URL of the one zaak.
    pub fn zaak(&self) -> String {
        self.zaken.zaak_url()
    }

    /// Runs them as a part of the process.
    pub fn run(self, process: &Process) -> Running {
        let asked = process.asked();
        process.run("stand-ins", async move {
            let app = self.app();
            let acceptor = TcpAcceptor::from_std(self.listener)?;
            Server::new_with_acceptor(acceptor)
                .run_with_graceful_shutdown(app, asked, Some(LONGEST_STOP))
                .await
        })
    }

    fn app(&self) -> impl Endpoint + 'static {
        Route::new()
            .nest(NOTIFICATIES, notificaties::routes(&self.notificaties))
            .nest(ZAKEN, zaken::routes(&self.zaken))
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

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[tokio::test]
    async fn both_answer_to_a_token_only() {
        let (stand_ins, _news) = StandIns::bind().unwrap();
        let app = stand_ins.app();
        let get = async |url: &str, token: &str| {
            let request = Request::builder()
                .uri(url.parse().unwrap())
                .header(header::AUTHORIZATION, token)
                .finish();
            let answered = app.get_response(request).await;
            let status = answered.status().as_u16();
            (status, answered.into_body().into_json::<Value>().await.unwrap())
        };
        let zaak = stand_ins.zaak();
        let relations =
            |zaak: &str| format!("{ZAKEN}/zaakcontactmomenten?zaak={zaak}&contactmoment=http://x/1");
        let cases = [
            (format!("{NOTIFICATIES}/kanaal"), 200),
            (zaak.clone(), 200),
            (format!("{ZAKEN}/zaken/{}", Ids::Random.next()), 404),
            (relations(&zaak), 200),
        ];
        for (url, expected) in &cases {
            assert_eq!(get(url, "Bearer x.y.z").await.0, *expected, "{url}");
            for token in ["", "Bearer ", "Basic x"] {
                assert_eq!(get(url, token).await.0, 403, "{url} {token:?}");
            }
        }
        let (_, known) = get(&relations(&zaak), "Bearer x.y.z").await;
        assert_eq!(known[0]["contactmoment"], "http://x/1");
        let (_, unknown) = get(&relations("http://x/zaken/1"), "Bearer x.y.z").await;
        assert_eq!(unknown, json!([]));
    }
}
