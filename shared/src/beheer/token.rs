//! Tokens that only a browser has: 32 random bytes. The database holds their hash, and what belongs to a token is sealed
//! with a key made of it, so that a copy of the database opens nothing.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use sha2::Sha256;

use crate::settings::Secret;
use crate::vault::{NoKey, SecretKey, Vault, VaultError};

/// Bytes of a token.
const BYTES: usize = 32;

/// Characters of a token in a cookie.
const LENGTH: usize = 43;

/// A token. It is never printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(Secret);

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn random() -> Result<Self, VaultError> {
        let mut bytes = [0; BYTES];
        SystemRandom::new()
            .fill(&mut bytes)
            .map_err(|_| VaultError::Randomness)?;
        Ok(Self(Secret::new(URL_SAFE_NO_PAD.encode(bytes))))
    }

    /// The token in a cookie or a form; `None` when it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let letters = text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        (text.len() == LENGTH && letters).then(|| Self(Secret::new(text)))
    }

    /// The text, for the cookie.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// What the database knows it by.
    pub fn hash(&self) -> String {
        hash(self.0.expose())
    }

    /// A text that belongs to this token and this use, and tells nothing of the token.
    pub fn derive(&self, purpose: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.derived(purpose))
    }

    /// Whether `given` is the text derived for this use; as long for every wrong one.
    pub fn is_derived(&self, purpose: &str, given: &str) -> bool {
        let Ok(given) = URL_SAFE_NO_PAD.decode(given) else {
            return false;
        };
        self.mac(purpose)
            .is_some_and(|mac| mac.verify_slice(&given).is_ok())
    }

    /// What seals what belongs to this token.
    pub fn vault(&self) -> Vault {
        Vault::new(vec![SecretKey::from_bytes(self.derived("seal"))], NoKey::NotSet)
    }

    fn mac(&self, purpose: &str) -> Option<Hmac<Sha256>> {
        // Any length of key is right for an HMAC.
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose().as_bytes()).ok()?;
        mac.update(purpose.as_bytes());
        Some(mac)
    }

    fn derived(&self, purpose: &str) -> [u8; 32] {
        self.mac(purpose)
            .map_or([0; 32], |mac| mac.finalize().into_bytes().into())
    }
}

/// SHA-256 in hexadecimal digits.
pub fn hash(text: &str) -> String {
    let mut digits = String::with_capacity(64);
    for byte in digest(&SHA256, text.as_bytes()).as_ref() {
        // Writing to a String cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Place;

    #[test]
    fn a_token_is_read_back_and_nothing_else_is() {
        let token = Token::random().unwrap();
        assert_eq!(Token::parse(token.expose()), Some(token.clone()));
        assert_ne!(Token::random().unwrap(), token);
        assert_eq!(format!("{token:?}"), "Token(***)");
        for text in ["", "x", &"é".repeat(22), &format!("{}=", &token.expose()[1..])] {
            assert_eq!(Token::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_derived_belongs_to_token_and_use() {
        let (one, other) = (Token::random().unwrap(), Token::random().unwrap());
        let csrf = one.derive("csrf");
        assert!(one.is_derived("csrf", &csrf));
        assert!(
            !one.is_derived("csrf", "") && !one.is_derived("csrf", "é") && !one.is_derived("seal", &csrf)
        );
        assert!(!other.is_derived("csrf", &csrf));
        let place = Place {
            table: "beheer_draft",
            row: "1",
        };
        let sealed = one.vault().seal(place, "getypt").unwrap();
        assert_eq!(one.vault().open(place, &sealed).unwrap().expose(), "getypt");
        assert!(other.vault().open(place, &sealed).is_err());
    }
}
