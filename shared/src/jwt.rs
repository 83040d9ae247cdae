//! Tokens of the ZGW APIs: JSON Web Tokens signed with a secret that the caller and the receiver share. Signs our
//! own for calls to others and reads those of our callers. It knows nothing of applications and their rights.
//!
//! Reading takes two steps, because the secret depends on who the token says it is from: [`peek`] takes the token
//! apart without believing it, [`Unverified::verify`] checks signature and times.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use jsonwebtoken::crypto::verify;
use jsonwebtoken::dangerous::insecure_decode;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use serde::Serialize;
use serde_json::{Map, Value};
use thiserror::Error;

/// The longest token that is read, in bytes.
pub const TOKEN_MAX_LENGTH: usize = 8 * 1024;

/// The algorithms accepted: client libraries choose one by the length of the secret.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512];

/// A token could not be signed.
#[derive(Debug, Error)]
#[error("the token cannot be signed: {0}")]
pub struct SignError(#[from] jsonwebtoken::errors::Error);

/// Why a token is refused (section 2.2 of the behaviour of Open Klant 1.0.0, and codes of our own for the times).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TokenError {
    /// Not a token, not one of the algorithms accepted, or a claim that cannot be read.
    #[error("the token cannot be decoded")]
    Undecodable,
    /// No usable `client_id` in it.
    #[error("the token names no client_id")]
    MissingClientId,
    /// Not signed with the secret of its `client_id`.
    #[error("the signature of the token is wrong")]
    Signature,
    /// Its time has passed, or it is older than the setting allows.
    #[error("the token has expired")]
    Expired,
    /// Its time has not come.
    #[error("the token is not valid yet")]
    NotYetValid,
}

impl TokenError {
    /// The `code` of the refusal.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Undecodable => "jwt-decode-error",
            Self::MissingClientId => "missing-client-identifier",
            Self::Signature => "invalid-jwt-signature",
            Self::Expired => "jwt-expired",
            Self::NotYetValid => "jwt-not-yet-valid",
        }
    }
}

/// How the times in a token are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How far the clocks of caller and receiver may differ.
    pub leeway: Duration,
    /// The greatest age by `iat`; a token without `iat` has no age and is refused then. `None` accepts every age.
    pub max_age: Option<Duration>,
}

/// What a verified token says. The texts are as long as the caller made them.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims {
    /// Who signed it.
    pub client_id: String,
    /// The user behind the call; empty when the token does not say.
    pub user_id: String,
    /// The same user as people know them; empty when the token does not say.
    pub user_representation: String,
}

impl fmt::Debug for Claims {
    /// Leaves out the user: personal data does not belong in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// A token taken apart but not believed.
pub struct Unverified {
    algorithm: Algorithm,
    message: String,
    signature: String,
    client_id: String,
    claims: Map<String, Value>,
}

impl fmt::Debug for Unverified {
    /// Leaves out the token and the user.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unverified")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct OwnClaims<'a> {
    iss: &'a str,
    iat: i64,
    client_id: &'a str,
    user_id: &'a str,
    user_representation: &'a str,
}

/// Makes a token, HS256, issued at `now`.
pub fn sign(
    client_id: &str,
    secret: &str,
    user_id: &str,
    user_representation: &str,
    now: DateTime<Utc>,
) -> Result<String, SignError> {
    let claims = OwnClaims {
        iss: client_id,
        iat: now.timestamp(),
        client_id,
        user_id,
        user_representation,
    };
    Ok(jsonwebtoken::encode(
        &Header::new(Algorithm::HS256),
        &claims,
        &EncodingKey::from_secret(secret.as_bytes()),
    )?)
}

/// Takes a token apart without believing what it says. [`TokenError::Undecodable`] or
/// [`TokenError::MissingClientId`].
pub fn peek(token: &str) -> Result<Unverified, TokenError> {
    if token.len() > TOKEN_MAX_LENGTH {
        return Err(TokenError::Undecodable);
    }
    let decoded = insecure_decode::<Map<String, Value>>(token).map_err(|_| TokenError::Undecodable)?;
    // RFC 7515, 4.1.11: whoever does not understand every critical extension must refuse. We know none.
    if !ALGORITHMS.contains(&decoded.header.alg) || decoded.header.crit.is_some() {
        return Err(TokenError::Undecodable);
    }
    let (message, signature) = token.rsplit_once('.').ok_or(TokenError::Undecodable)?;
    let client_id = match decoded.claims.get("client_id") {
        Some(Value::String(client_id)) if !client_id.is_empty() => storable(client_id.clone())?,
        _ => return Err(TokenError::MissingClientId),
    };
    Ok(Unverified {
        algorithm: decoded.header.alg,
        message: message.to_owned(),
        signature: signature.to_owned(),
        client_id,
        claims: decoded.claims,
    })
}

impl Unverified {
    /// Who the token says it is from: good for finding the secret, and for nothing else.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Checks signature, then times. Any of `secrets` will do: there are two while a client goes over to a new one. An
    /// empty secret verifies nothing: anybody could sign with it.
    pub fn verify<'s>(
        self,
        secrets: impl IntoIterator<Item = &'s str>,
        rules: &Rules,
        now: DateTime<Utc>,
    ) -> Result<Claims, TokenError> {
        let mut genuine = false;
        for secret in secrets.into_iter().filter(|secret| !secret.is_empty()) {
            let key = DecodingKey::from_secret(secret.as_bytes());
            genuine |= verify(&self.signature, self.message.as_bytes(), &key, self.algorithm)
                .map_err(|_| TokenError::Undecodable)?;
        }
        if !genuine {
            return Err(TokenError::Signature);
        }
        self.check_times(rules, now)?;
        Ok(Claims {
            user_id: self.text("user_id")?,
            user_representation: self.text("user_representation")?,
            client_id: self.client_id,
        })
    }

    fn check_times(&self, rules: &Rules, now: DateTime<Utc>) -> Result<(), TokenError> {
        let now = now.signed_duration_since(DateTime::UNIX_EPOCH).as_seconds_f64();
        let leeway = rules.leeway.as_secs_f64();
        let expires = self.moment("exp")?;
        let not_before = self.moment("nbf")?;
        let issued = self.moment("iat")?;
        if expires.is_some_and(|expires| expires + leeway <= now) {
            return Err(TokenError::Expired);
        }
        if [not_before, issued]
            .into_iter()
            .flatten()
            .any(|start| start > now + leeway)
        {
            return Err(TokenError::NotYetValid);
        }
        match (rules.max_age, issued) {
            (Some(max_age), Some(issued)) if now - issued > max_age.as_secs_f64() => Err(TokenError::Expired),
            (Some(_), None) => Err(TokenError::Expired),
            _ => Ok(()),
        }
    }

    /// A claim in seconds since 1970. Clients send integers, floats and texts.
    fn moment(&self, name: &str) -> Result<Option<f64>, TokenError> {
        let read = match self.claims.get(name) {
            None => return Ok(None),
            Some(Value::Number(number)) => number.as_f64(),
            Some(Value::String(text)) => text.parse().ok(),
            Some(_) => None,
        };
        read.filter(|seconds| seconds.is_finite())
            .map(Some)
            .ok_or(TokenError::Undecodable)
    }

    /// A claim that is a text, or a number where a client has numbered users.
    fn text(&self, name: &str) -> Result<String, TokenError> {
        match self.claims.get(name) {
            None | Some(Value::Null) => Ok(String::new()),
            Some(Value::String(text)) => storable(text.clone()),
            Some(Value::Number(number)) => Ok(number.to_string()),
            Some(_) => Err(TokenError::Undecodable),
        }
    }
}

/// Refuses U+0000: PostgreSQL can neither look it up nor keep it.
fn storable(text: String) -> Result<String, TokenError> {
    if text.contains('\0') {
        Err(TokenError::Undecodable)
    } else {
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SECRET: &str = "fictief-geheim";
    const NOW: i64 = 1_760_000_000;
    const LENIENT: Rules = Rules {
        leeway: Duration::from_mins(1),
        max_age: None,
    };

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(NOW, 0).unwrap()
    }

    fn signed(algorithm: Algorithm, claims: &Value) -> String {
        jsonwebtoken::encode(
            &Header::new(algorithm),
            claims,
            &EncodingKey::from_secret(SECRET.as_bytes()),
        )
        .unwrap()
    }

    fn read(token: &str, rules: &Rules) -> Result<Claims, TokenError> {
        peek(token)?.verify([SECRET], rules, now())
    }

    /// The claims of a caller with `extra` on top of a client id.
    fn with(extra: Value) -> Value {
        let mut claims = json!({"client_id": "loket"});
        if let (Some(claims), Value::Object(extra)) = (claims.as_object_mut(), extra) {
            claims.extend(extra);
        }
        claims
    }

    #[test]
    fn reads_what_it_signs() {
        let token = sign("loket", SECRET, "jdoe", "J. Doe", now()).unwrap();
        let decoded = insecure_decode::<Value>(&token).unwrap();
        assert_eq!(decoded.header.typ.as_deref(), Some("JWT"));
        assert_eq!(decoded.header.alg, Algorithm::HS256);
        assert_eq!(
            decoded.claims,
            json!({
                "iss": "loket", "iat": NOW, "client_id": "loket", "user_id": "jdoe", "user_representation": "J. Doe"
            })
        );
        let claims = read(&token, &LENIENT).unwrap();
        assert_eq!(
            (
                claims.client_id.as_str(),
                claims.user_id.as_str(),
                claims.user_representation.as_str()
            ),
            ("loket", "jdoe", "J. Doe")
        );
        assert!(!format!("{claims:?}").contains("doe"));
    }

    #[test]
    fn judges_claims() {
        use TokenError::{Expired, MissingClientId, NotYetValid, Undecodable};
        let cases = [
            ("only a client id", with(json!({})), None),
            ("iat a year ago", with(json!({"iat": NOW - 31_536_000})), None),
            (
                "iat ahead within the leeway",
                with(json!({"iat": NOW + 60})),
                None,
            ),
            ("iat ahead", with(json!({"iat": NOW + 61})), Some(NotYetValid)),
            ("iat as float", with(json!({"iat": 1_759_999_999.5})), None),
            ("iat as text", with(json!({"iat": "1759999999"})), None),
            (
                "iat ahead as text",
                with(json!({"iat": "1760000061"})),
                Some(NotYetValid),
            ),
            ("iat as words", with(json!({"iat": "now"})), Some(Undecodable)),
            ("iat not a number", with(json!({"iat": "NaN"})), Some(Undecodable)),
            ("iat without end", with(json!({"iat": "inf"})), Some(Undecodable)),
            ("iat as boolean", with(json!({"iat": true})), Some(Undecodable)),
            ("iat null", with(json!({"iat": null})), Some(Undecodable)),
            ("exp to come", with(json!({"exp": NOW + 1})), None),
            (
                "exp passed within the leeway",
                with(json!({"exp": NOW - 59})),
                None,
            ),
            ("exp passed", with(json!({"exp": NOW - 60})), Some(Expired)),
            (
                "exp passed as text",
                with(json!({"exp": "1759999940"})),
                Some(Expired),
            ),
            ("exp as list", with(json!({"exp": [NOW]})), Some(Undecodable)),
            ("nbf passed", with(json!({"nbf": NOW - 1})), None),
            ("nbf within the leeway", with(json!({"nbf": NOW + 60})), None),
            ("nbf ahead", with(json!({"nbf": NOW + 61})), Some(NotYetValid)),
            ("nbf as object", with(json!({"nbf": {}})), Some(Undecodable)),
            ("an audience", with(json!({"aud": "x"})), None),
            ("user_id null", with(json!({"user_id": null})), None),
            (
                "user_id as list",
                with(json!({"user_id": ["x"]})),
                Some(Undecodable),
            ),
            (
                "user_id with U+0000",
                with(json!({"user_id": "a\0"})),
                Some(Undecodable),
            ),
            ("no client_id", json!({"iss": "loket"}), Some(MissingClientId)),
            (
                "client_id null",
                with(json!({"client_id": null})),
                Some(MissingClientId),
            ),
            (
                "client_id empty",
                with(json!({"client_id": ""})),
                Some(MissingClientId),
            ),
            (
                "client_id a number",
                with(json!({"client_id": 7})),
                Some(MissingClientId),
            ),
            (
                "client_id with U+0000",
                with(json!({"client_id": "\0"})),
                Some(Undecodable),
            ),
            ("claims a list", json!(["loket"]), Some(Undecodable)),
            ("claims a text", json!("loket"), Some(Undecodable)),
        ];
        for (name, claims, expected) in cases {
            for algorithm in ALGORITHMS {
                let outcome = read(&signed(algorithm, &claims), &LENIENT).err();
                assert_eq!(outcome, expected, "{name}, {algorithm:?}");
            }
        }
    }

    #[test]
    fn applies_a_maximum_age() {
        let strict = Rules {
            leeway: Duration::ZERO,
            max_age: Some(Duration::from_hours(1)),
        };
        let cases = [
            (json!({"iat": NOW - 3600}), None),
            (json!({"iat": NOW - 3601}), Some(TokenError::Expired)),
            (json!({}), Some(TokenError::Expired)),
            (json!({"exp": NOW + 100}), Some(TokenError::Expired)),
            (json!({"iat": NOW + 1}), Some(TokenError::NotYetValid)),
        ];
        for (extra, expected) in cases {
            let token = signed(Algorithm::HS256, &with(extra.clone()));
            assert_eq!(read(&token, &strict).err(), expected, "{extra}");
        }
    }

    #[test]
    fn reads_users_of_every_kind() {
        let long = "é".repeat(300);
        let cases = [
            (json!({}), ""),
            (json!({"user_id": null}), ""),
            (json!({"user_id": 42}), "42"),
            (json!({"user_id": long.as_str()}), long.as_str()),
        ];
        for (extra, expected) in cases {
            let claims = read(&signed(Algorithm::HS256, &with(extra)), &LENIENT).unwrap();
            assert_eq!(claims.user_id, expected);
        }
    }

    #[test]
    fn refuses_what_is_no_token() {
        let good = sign("loket", SECRET, "", "", now()).unwrap();
        let (message, signature) = good.rsplit_once('.').unwrap();
        let payload = message.split_once('.').unwrap().1;
        let mut critical = Header::new(Algorithm::HS256);
        critical.crit = Some(vec!["b64".to_owned()]);
        let critical = jsonwebtoken::encode(
            &critical,
            &with(json!({})),
            &EncodingKey::from_secret(SECRET.as_bytes()),
        )
        .unwrap();
        // Headers: {"alg":"none"}, {"alg":"RS256"} and {"alg":"ES256"}, the accepted claims behind them.
        let none = format!("eyJhbGciOiJub25lIn0.{payload}.");
        let rsa = format!("eyJhbGciOiJSUzI1NiJ9.{payload}.{signature}");
        let ecdsa = format!("eyJhbGciOiJFUzI1NiJ9.{payload}.{signature}");
        let four_parts = format!("{good}.x");
        let long = signed(
            Algorithm::HS256,
            &with(json!({"user_id": "x".repeat(TOKEN_MAX_LENGTH)})),
        );
        let bad_base64 = format!("{message}.a+b");
        for token in [
            "",
            ".",
            "..",
            "x",
            "a.b.c",
            message,
            &none,
            &rsa,
            &ecdsa,
            &four_parts,
            &long,
            &bad_base64,
            &critical,
        ] {
            assert_eq!(
                read(token, &LENIENT).err(),
                Some(TokenError::Undecodable),
                "{token}"
            );
        }
    }

    #[test]
    fn refuses_a_wrong_signature() {
        let good = sign("loket", SECRET, "", "", now()).unwrap();
        let (message, _) = good.rsplit_once('.').unwrap();
        let unsigned = format!("{message}.");
        let other = sign("loket", "another", "", "", now()).unwrap();
        let expired_too = jsonwebtoken::encode(
            &Header::new(Algorithm::HS256),
            &with(json!({"exp": 1})),
            &EncodingKey::from_secret(b"another"),
        )
        .unwrap();
        for token in [&unsigned, &other, &expired_too] {
            assert_eq!(
                read(token, &LENIENT).err(),
                Some(TokenError::Signature),
                "{token}"
            );
        }
        let empty = sign("loket", "", "", "", now()).unwrap();
        let outcome = peek(&empty).unwrap().verify([""], &LENIENT, now());
        assert_eq!(outcome.err(), Some(TokenError::Signature));
    }

    #[test]
    fn names_a_code_for_each_refusal() {
        let codes = [
            (TokenError::Undecodable, "jwt-decode-error"),
            (TokenError::MissingClientId, "missing-client-identifier"),
            (TokenError::Signature, "invalid-jwt-signature"),
            (TokenError::Expired, "jwt-expired"),
            (TokenError::NotYetValid, "jwt-not-yet-valid"),
        ];
        for (error, code) in codes {
            assert_eq!(error.code(), code);
        }
    }
}
