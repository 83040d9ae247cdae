//! Tokens: the usual ones, and every kind that must be refused.

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

/// A client id and its secret.
#[derive(Clone, Debug)]
pub struct Credential {
    /// The client id.
    pub client_id: String,
    /// The secret.
    pub secret: String,
}

/// `user_id` of the usual tokens.
pub const USER_ID: &str = "fdv";
/// `user_representation` of the usual tokens.
pub const USER_REPRESENTATION: &str = "F. de Vries";

/// Headers of tokens whose algorithm nobody may use here: the first part of a token.
pub mod foreign_headers {
    /// `{"alg":"none","typ":"JWT"}`
    pub const NONE: &str = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
    /// `{"alg":"RS256","typ":"JWT"}`
    pub const RS256: &str = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9";
    /// `{"alg":"ES256","typ":"JWT"}`
    pub const ES256: &str = "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9";
}

impl Credential {
    /// The claims that clients of these APIs send.
    pub fn claims(&self, now: DateTime<Utc>) -> Value {
        json!({
            "iss": self.client_id,
            "iat": now.timestamp(),
            "client_id": self.client_id,
            "user_id": USER_ID,
            "user_representation": USER_REPRESENTATION,
        })
    }

    /// A usual token.
    pub fn token(&self, now: DateTime<Utc>) -> String {
        self.sign(&self.claims(now))
    }

    /// A token with these claims.
    pub fn sign(&self, claims: &Value) -> String {
        sign(Algorithm::HS256, &self.secret, claims)
    }
}

/// A token with these claims, signed with one of the HMAC algorithms.
pub fn sign(algorithm: Algorithm, secret: &str, claims: &Value) -> String {
    encode(
        &Header::new(algorithm),
        claims,
        &EncodingKey::from_secret(secret.as_bytes()),
    )
    .expect("claims can be signed")
}

/// The `Authorization` header that carries a token.
pub fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// The same token under another header, as a forger would send it.
pub fn with_header(token: &str, header: &str) -> String {
    let (_, rest) = token.split_once('.').expect("a token has three parts");
    format!("{header}.{rest}")
}
