//! A key to secrets: 32 bytes, written in base64.

use std::fmt;
use std::fmt::Write;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use thiserror::Error;

use super::VaultError;

/// How many bytes of the hash of a key are its name.
const NAME_BYTES: usize = 6;

/// A key. `Debug` prints its name only.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey {
    id: String,
    bytes: [u8; 32],
}

/// A text that is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("is no key: 32 random bytes in base64, such as `openklant secrets new-key` prints")]
pub struct NotAKey;

impl SecretKey {
    /// The key of these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        let hash = digest(&SHA256, &bytes);
        let id = hash
            .as_ref()
            .iter()
            .take(NAME_BYTES)
            .fold(String::new(), |mut id, byte| {
                // Writing to a String cannot fail.
                let _ = write!(id, "{byte:02x}");
                id
            });
        Self { id, bytes }
    }

    /// A new key.
    pub fn random() -> Result<Self, VaultError> {
        let mut bytes = [0; 32];
        SystemRandom::new()
            .fill(&mut bytes)
            .map_err(|_| VaultError::Randomness)?;
        Ok(Self::from_bytes(bytes))
    }

    /// Its name: the beginning of its hash. Tells nothing of the key.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// The key as it is written in settings and key files.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.bytes)
    }
}

impl FromStr for SecretKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| NotAKey)?;
        Ok(Self::from_bytes(bytes.try_into().map_err(|_| NotAKey)?))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SecretKey").field(&self.id).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_as_it_is_written_and_shows_its_name_only() {
        let key = SecretKey::random().unwrap();
        let text = key.to_base64();
        assert_eq!(text.parse(), Ok(key.clone()));
        assert_eq!(format!(" {text}\n").parse(), Ok(key.clone()));
        assert_ne!(SecretKey::random().unwrap().id(), key.id());
        let shown = format!("{key:?}");
        assert!(shown.contains(key.id()) && !shown.contains(&text), "{shown}");
    }

    #[test]
    fn other_texts_are_no_key() {
        for text in [
            "",
            "geheim",
            "QUJD",
            &STANDARD.encode([0; 31]),
            &STANDARD.encode([0; 33]),
        ] {
            assert_eq!(text.parse::<SecretKey>(), Err(NotAKey), "{text}");
        }
    }
}
