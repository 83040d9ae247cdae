//! A provider that lies, or is another than it seems: nobody is logged in on its word.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use openklant_tests::app::Setup;
use openklant_tests::listener::{Listener, Reply};
use openklant_tests::tokens::{foreign_headers, sign};
use openklant_tests::{App, Browser, Database, Response, on_both};
use serde_json::{Value, json};
use url::Url;

const CLIENT_SECRET: &str = "geheim van openklant bij de inlogdienst";
const WRONG: &str = "Het antwoord van de inlogdienst klopt niet. Begin opnieuw.";

/// The private key of which the provider publishes the other half, and one that nobody knows.
const KEYS: [u8; 2] = [7, 8];
/// The other half of the first, in the words of a JWK.
const PUBLIC: &str = "6kpsY-KcUgq-9VB7Ey7F-ZVHdq6-vnuSQh7qaRRG0iw";

/// A provider of which the test makes the tokens.
struct Liar {
    listener: Listener,
    /// What its token endpoint answers.
    tokens: Arc<Mutex<Value>>,
    /// What its document says.
    document: Arc<Mutex<Value>>,
}

impl Liar {
    async fn start() -> Self {
        let tokens = Arc::new(Mutex::new(json!({})));
        let document = Arc::new(Mutex::new(json!({})));
        let (given, said) = (Arc::clone(&tokens), Arc::clone(&document));
        let listener = Listener::start(move |request| match request.path() {
            "/.well-known/openid-configuration" => Reply::json(200, &said.lock().expect("a document")),
            "/keys" => Reply::json(
                200,
                &json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": PUBLIC, "kid": "a", "use": "sig", "alg": "EdDSA"}]}),
            ),
            "/token" => Reply::json(200, &given.lock().expect("tokens")),
            _ => Reply::html(404),
        })
        .await;
        let liar = Self {
            listener,
            tokens,
            document,
        };
        liar.say(|_| {});
        liar
    }

    fn issuer(&self) -> String {
        self.listener.base()
    }

    /// Changes the document.
    fn say(&self, change: impl FnOnce(&mut Value)) {
        let base = self.issuer();
        let mut document = json!({
            "issuer": base,
            "authorization_endpoint": format!("{base}/auth"),
            "token_endpoint": format!("{base}/token"),
            "jwks_uri": format!("{base}/keys"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
        });
        change(&mut document);
        *self.document.lock().expect("a document") = document;
    }

    async fn app(&self, database: &Database) -> App {
        let settings = [
            ("OPENKLANT_BEHEER_OIDC_ISSUER", self.issuer()),
            ("OPENKLANT_BEHEER_OIDC_CLIENT_ID", "openklant".to_owned()),
            ("OPENKLANT_BEHEER_OIDC_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
            ("OPENKLANT_BEHEER_OIDC_ROLES", "balie=lezer".to_owned()),
        ];
        Setup::new().with(settings).start(database).await
    }

    /// The right claims of a login.
    fn claims(&self, nonce: &str, now: DateTime<Utc>) -> Value {
        json!({
            "iss": self.issuer(),
            "aud": "openklant",
            "sub": "sub-1",
            "nonce": nonce,
            "iat": now.timestamp(),
            "exp": now.timestamp() + 300,
            "name": "Fenna de Vries",
            "email": "f@example.nl",
            "groups": ["balie"],
        })
    }

    /// Logs in with what the token endpoint answers, made from the right claims.
    async fn log_in(&self, app: &App, tokens: impl FnOnce(Value) -> Value) -> (Browser, Response) {
        self.log_in_with(app, "", tokens).await
    }

    /// The same with more in the query of the way back.
    async fn log_in_with(
        &self,
        app: &App,
        more: &str,
        tokens: impl FnOnce(Value) -> Value,
    ) -> (Browser, Response) {
        let mut browser = app.browser();
        let away = browser.get("/beheer/inloggen/oidc").await.expect(303);
        let to = Url::parse(away.header("location").expect("a way there")).expect("a URL");
        let asked = |name: &str| {
            let found = to.query_pairs().find(|(key, _)| key == name);
            found.map_or_else(String::new, |(_, value)| value.into_owned())
        };
        let claims = self.claims(&asked("nonce"), app.clock().now());
        *self.tokens.lock().expect("tokens") = tokens(claims);
        let back = format!(
            "/beheer/inloggen/oidc/terug?code=c&state={}{more}",
            asked("state")
        );
        let answer = browser.get(&back).await;
        (browser, answer)
    }

    /// Nobody is logged in with these tokens.
    async fn is_not_believed(&self, app: &App, what: &str, tokens: impl FnOnce(Value) -> Value) {
        let (browser, answer) = self.log_in(app, tokens).await;
        assert_eq!(answer.status(), 400, "{what}");
        assert!(answer.text().contains(WRONG), "{what}");
        assert_eq!(browser.cookie("openklant_beheer"), None, "{what}");
    }
}

/// What the token endpoint answers with this token.
fn answer(id_token: &str) -> Value {
    json!({"access_token": "toegang", "token_type": "Bearer", "id_token": id_token})
}

/// A token with these claims, signed with the `key`th key under the name `kid`.
fn signed(claims: &Value, key: usize, kid: &str) -> String {
    let mut der = vec![
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ];
    der.extend([KEYS[key]; 32]);
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(kid.to_owned());
    encode(&header, claims, &EncodingKey::from_ed_der(&der)).expect("a token")
}

fn right(claims: &Value) -> Value {
    answer(&signed(claims, 0, "a"))
}

/// The claims with one that is another.
fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

on_both! {
    async fn a_right_token_is_believed(database: Database) {
        let liar = Liar::start().await;
        let app = liar.app(&database).await;
        let (mut browser, answer) = liar.log_in(&app, |claims| right(&claims)).await;
        assert_eq!(answer.status(), 303, "{}", answer.text());
        browser.get("/beheer/account").await.is(200);
        let (_, late) = liar.log_in(&app, |claims| {
            let exp = claims["exp"].as_i64().unwrap_or_default() - 330;
            right(&with(claims, "exp", json!(exp)))
        }).await;
        late.is(303);
    }

    async fn tokens_that_the_provider_did_not_make_are_refused(database: Database) {
        let liar = Liar::start().await;
        let app = liar.app(&database).await;
        liar.is_not_believed(&app, "no signature", |claims| {
            let token = signed(&claims, 0, "a");
            let payload = token.split('.').nth(1).unwrap_or_default();
            answer(&format!("{}.{payload}.", foreign_headers::NONE))
        }).await;
        liar.is_not_believed(&app, "our secret as the key", |claims| answer(&sign(Algorithm::HS256, CLIENT_SECRET, &claims))).await;
        liar.is_not_believed(&app, "another key", |claims| answer(&signed(&claims, 1, "a"))).await;
        liar.is_not_believed(&app, "a key that is not published", |claims| answer(&signed(&claims, 1, "b"))).await;
        liar.is_not_believed(&app, "changed claims", |claims| {
            let token = signed(&claims, 0, "a");
            let other = signed(&with(claims, "sub", json!("sub-2")), 0, "a");
            let parts: Vec<&str> = token.split('.').collect();
            let payload = other.split('.').nth(1).unwrap_or_default();
            answer(&format!("{}.{payload}.{}", parts[0], parts[2]))
        }).await;
        liar.is_not_believed(&app, "no token", |_| json!({"access_token": "toegang", "token_type": "Bearer"})).await;
    }

    async fn claims_that_are_not_right_are_refused(database: Database) {
        let liar = Liar::start().await;
        let app = liar.app(&database).await;
        let past = app.clock().now().timestamp() - 61;
        for (name, value) in [
            ("iss", json!("https://inloggen.example.nl")),
            ("aud", json!("een ander")),
            ("aud", json!(["openklant", "een ander"])),
            ("exp", json!(past)),
            ("sub", json!("")),
            ("sub", json!("x\u{7}")),
            ("sub", json!("x".repeat(300))),
        ] {
            let what = format!("{name} is {value}");
            liar.is_not_believed(&app, &what, |claims| right(&with(claims, name, value))).await;
        }
    }

    async fn a_token_of_another_login_is_refused(database: Database) {
        let liar = Liar::start().await;
        let app = liar.app(&database).await;
        for (name, value) in [("nonce", json!("een ander")), ("nonce", Value::Null), ("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA"))] {
            let what = format!("{name} is {value}");
            liar.is_not_believed(&app, &what, |claims| right(&with(claims, name, value))).await;
        }
    }

    async fn an_issuer_that_is_another_is_refused(database: Database) {
        let liar = Liar::start().await;
        liar.say(|document| document["authorization_response_iss_parameter_supported"] = json!(true));
        let app = liar.app(&database).await;
        for more in ["", "&iss=https://inloggen.example.nl"] {
            let (browser, answer) = liar.log_in_with(&app, more, |claims| right(&claims)).await;
            assert_eq!((answer.status(), browser.cookie("openklant_beheer")), (400, None), "{more}");
        }
        let own = format!("&iss={}", liar.issuer());
        let (_, answer) = liar.log_in_with(&app, &own, |claims| right(&claims)).await;
        assert_eq!(answer.status(), 303);
    }

    async fn a_document_of_another_issuer_is_no_document(database: Database) {
        let liar = Liar::start().await;
        liar.say(|document| document["issuer"] = json!("https://inloggen.example.nl"));
        let app = liar.app(&database).await;
        let page = app.browser().get("/beheer/inloggen/oidc").await.expect(503);
        assert!(page.text().contains("De inlogdienst is niet bereikbaar."));
    }

    async fn an_issuer_may_end_in_a_slash(database: Database) {
        let liar = Liar::start().await;
        liar.say(|document| document["issuer"] = json!(format!("{}/", document["issuer"].as_str().unwrap_or_default())));
        let app = liar.app(&database).await;
        app.browser().get("/beheer/inloggen/oidc").await.is(303);
    }
}
