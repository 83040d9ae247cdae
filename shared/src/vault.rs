//! How secrets lie in the database: sealed with a key that is not in it (AES-256-GCM). The first key seals; every key
//! opens, so that a new one can be put before the old. What is sealed is bound to its table and row: moved elsewhere
//! it does not open.

mod key;
mod key_file;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use thiserror::Error;

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

pub use key::{NotAKey, SecretKey};
pub use key_file::{make as make_key_file, path as key_file_of, read as read_key_file};

use crate::settings::Secret;

/// The keys of a process, and sealing and opening with them.
#[derive(Clone, Debug)]
pub struct Vault {
    keys: Vec<SecretKey>,
    without: NoKey,
}

/// Why a process has no key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NoKey {
    /// Nobody gave one.
    #[error(
        "OPENKLANT_SECRET_KEY is not set: give every process the same key, such as `openklant secrets new-key` prints"
    )]
    NotSet,
    /// The database has sealed secrets, but their key is not beside it.
    #[error(
        "the key file {file} is gone: put it back from a backup, or set OPENKLANT_SECRET_KEY to the key that was in it",
        file = .0.display()
    )]
    FileGone(PathBuf),
    /// The key file is there and cannot be used.
    #[error("the key file {file} cannot be used: {reason}", file = .file.display())]
    FileUnusable {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

/// Why a secret could not be sealed or opened. No text holds a secret or a key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VaultError {
    /// There is no key.
    #[error("secrets cannot be kept or read: {0}")]
    NoKey(#[from] NoKey),
    /// It was sealed with a key this process does not have.
    #[error(
        "a secret in table {table} is sealed with key {key}, which is none of the keys of this process: see \
         `openklant secrets status`"
    )]
    UnknownKey {
        /// The table.
        table: &'static str,
        /// Name of the key.
        key: String,
    },
    /// It was changed, or belongs to another row.
    #[error("a secret in table {0} does not open with its key: it was changed, or moved from another row")]
    Broken(&'static str),
    /// The system gave no random bytes.
    #[error("the system gives no random bytes")]
    Randomness,
}

/// A secret as a row holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Name of the key; `None`: the text is the secret itself, from before secrets were sealed.
    pub key: Option<String>,
    /// The text.
    pub text: String,
}

/// The row a secret belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The table.
    pub table: &'static str,
    /// What the row is known by.
    pub row: &'a str,
}

impl Place<'_> {
    fn bytes(&self) -> Vec<u8> {
        // No table has this byte in its name: two places never read alike.
        [self.table.as_bytes(), b"\0", self.row.as_bytes()].concat()
    }
}

impl Vault {
    /// A vault with these keys; `without` says why when there are none.
    pub fn new(keys: Vec<SecretKey>, without: NoKey) -> Self {
        Self { keys, without }
    }

    /// Name of the key that seals.
    pub fn sealing_key(&self) -> Result<&str, VaultError> {
        Ok(self.first()?.id())
    }

    /// Names of all keys, the one that seals first.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(SecretKey::id)
    }

    /// Seals a secret for its place.
    pub fn seal(&self, place: Place<'_>, secret: &str) -> Result<Sealed, VaultError> {
        let key = self.first()?;
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new()
            .fill(&mut nonce)
            .map_err(|_| VaultError::Randomness)?;
        let mut text = secret.as_bytes().to_vec();
        cipher(key, place)?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(place.bytes()),
                &mut text,
            )
            .map_err(|_| VaultError::Broken(place.table))?;
        Ok(Sealed {
            key: Some(key.id().to_owned()),
            text: STANDARD.encode([&nonce[..], &text].concat()),
        })
    }

    /// Opens what lies at this place.
    pub fn open(&self, place: Place<'_>, sealed: &Sealed) -> Result<Secret, VaultError> {
        let Some(id) = &sealed.key else {
            return Ok(Secret::new(sealed.text.clone()));
        };
        let Some(key) = self.keys.iter().find(|key| key.id() == id) else {
            self.first()?;
            return Err(VaultError::UnknownKey {
                table: place.table,
                key: id.clone(),
            });
        };
        let broken = || VaultError::Broken(place.table);
        let bytes = STANDARD.decode(&sealed.text).map_err(|_| broken())?;
        let (nonce, text) = bytes.split_first_chunk::<NONCE_LEN>().ok_or_else(broken)?;
        let mut text = text.to_vec();
        let opened = cipher(key, place)?
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(place.bytes()),
                &mut text,
            )
            .map_err(|_| broken())?;
        Ok(Secret::new(
            std::str::from_utf8(opened).map_err(|_| broken())?.to_owned(),
        ))
    }

    fn first(&self) -> Result<&SecretKey, VaultError> {
        self.keys
            .first()
            .ok_or_else(|| VaultError::NoKey(self.without.clone()))
    }
}

impl Default for Vault {
    fn default() -> Self {
        Self::new(Vec::new(), NoKey::NotSet)
    }
}

fn cipher(key: &SecretKey, place: Place<'_>) -> Result<LessSafeKey, VaultError> {
    let key = UnboundKey::new(&AES_256_GCM, key.bytes()).map_err(|_| VaultError::Broken(place.table))?;
    Ok(LessSafeKey::new(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'static> = Place {
        table: "client_credential",
        row: "loket",
    };

    fn vault(keys: &[u8]) -> Vault {
        let keys = keys.iter().map(|byte| SecretKey::from_bytes([*byte; 32]));
        Vault::new(keys.collect(), NoKey::NotSet)
    }

    #[test]
    fn opens_what_it_seals_and_never_seals_alike() {
        let vault = vault(&[1]);
        let (one, other) = (
            vault.seal(PLACE, "geheim é").unwrap(),
            vault.seal(PLACE, "geheim é").unwrap(),
        );
        assert_ne!(one, other);
        assert!(!one.text.contains("geheim"));
        assert_eq!(vault.open(PLACE, &one).unwrap().expose(), "geheim é");
        assert_eq!(vault.open(PLACE, &other).unwrap().expose(), "geheim é");
    }

    #[test]
    fn the_first_key_seals_and_every_key_opens() {
        let old = vault(&[1]).seal(PLACE, "geheim").unwrap();
        let both = vault(&[2, 1]);
        assert_eq!(both.open(PLACE, &old).unwrap().expose(), "geheim");
        let new = both.seal(PLACE, "geheim").unwrap();
        assert_ne!(new.key, old.key);
        assert_eq!(vault(&[2]).open(PLACE, &new).unwrap().expose(), "geheim");
        assert!(matches!(
            vault(&[2]).open(PLACE, &old),
            Err(VaultError::UnknownKey { .. })
        ));
    }

    #[test]
    fn a_secret_opens_in_its_own_place_only() {
        let vault = vault(&[1]);
        let sealed = vault.seal(PLACE, "geheim").unwrap();
        for (table, row) in [("client_credential", "ander"), ("externe_api", "loket")] {
            let broken = vault.open(Place { table, row }, &sealed);
            assert_eq!(broken, Err(VaultError::Broken(table)));
        }
        let mut changed = sealed.clone();
        changed
            .text
            .replace_range(0..1, if sealed.text.starts_with('A') { "B" } else { "A" });
        for text in [changed.text.as_str(), "", "AAAA", "geen base64"] {
            let sealed = Sealed {
                key: sealed.key.clone(),
                text: text.to_owned(),
            };
            assert!(
                matches!(vault.open(PLACE, &sealed), Err(VaultError::Broken(_))),
                "{text}"
            );
        }
    }

    #[test]
    fn without_a_key_only_what_was_never_sealed_can_be_read() {
        let none = Vault::default();
        let sealed = vault(&[1]).seal(PLACE, "geheim").unwrap();
        assert_eq!(none.seal(PLACE, "geheim"), Err(NoKey::NotSet.into()));
        assert_eq!(none.open(PLACE, &sealed), Err(NoKey::NotSet.into()));
        let plain = Sealed {
            key: None,
            text: "geheim".to_owned(),
        };
        assert_eq!(none.open(PLACE, &plain).unwrap().expose(), "geheim");
    }
}
