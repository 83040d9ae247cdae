//! Hashes that only who has the key can make: they show that two values are the same, and nobody finds out which by
//! trying them all, as would be easy with the billion numbers that a BSN can be.

use std::fmt::Write;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::settings::Secret;

/// What hashes are made with.
#[derive(Clone, Debug)]
pub struct KeyedHash {
    key: Secret,
}

impl KeyedHash {
    /// Hashes with this key.
    pub fn new(key: Secret) -> Self {
        Self { key }
    }

    /// HMAC-SHA256 of a text, in hexadecimal digits.
    pub fn of(&self, text: &str) -> String {
        // Any length of key is right for an HMAC.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.key.expose().as_bytes()) else {
            return String::new();
        };
        mac.update(text.as_bytes());
        let mut digits = String::with_capacity(64);
        for byte in mac.finalize().into_bytes() {
            let _infallible = write!(digits, "{byte:02x}");
        }
        digits
    }

    /// A name for the key, so that hashes made with another can be told apart; it gives nothing of the key away.
    pub fn key_id(&self) -> String {
        let mut id = self.of("the name of this key");
        id.truncate(8);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_hmac_sha256() {
        // Test case 2 of RFC 4231.
        let hash = KeyedHash::new(Secret::new("Jefe")).of("what do ya want for nothing?");
        assert_eq!(
            hash,
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn keys_have_names() {
        let [a, b] = ["a", "b"].map(|key| KeyedHash::new(Secret::new(key)).key_id());
        assert!(a != b && a.len() == 8, "{a} {b}");
    }
}
