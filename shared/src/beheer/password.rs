//! Passwords of local accounts: which will do, and their hashes (argon2id).

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use ring::rand::{SecureRandom, SystemRandom};
use thiserror::Error;

use crate::settings::Secret;

/// Fewest characters of a password.
pub const MIN_LENGTH: usize = 12;

/// Most characters of a password: a longer one only costs time.
pub const MAX_LENGTH: usize = 200;

/// Passwords that are tried first, in lower case; long enough to pass otherwise.
const COMMON: [&str; 24] = [
    "123456789012",
    "1234567890123",
    "12345678901234",
    "111111111111",
    "000000000000",
    "abcdefghijkl",
    "qwertyuiopas",
    "qwertyuiop12",
    "password1234",
    "password12345",
    "passwordpassword",
    "wachtwoord12",
    "wachtwoord123",
    "wachtwoord1234",
    "wachtwoordwachtwoord",
    "welkomwelkom",
    "welkom123456",
    "geheimgeheim",
    "geheim123456",
    "administrator",
    "beheerder123",
    "openklant123",
    "openklantopenklant",
    "gemeente1234",
];

/// Why a password will not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Weak {
    /// Too few characters.
    #[error("a password has at least {MIN_LENGTH} characters")]
    Short,
    /// Too many.
    #[error("a password has at most {MAX_LENGTH} characters")]
    Long,
    /// One of those that are tried first.
    #[error("this password is one of those that are tried first")]
    Common,
}

/// A password could not be hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the password cannot be hashed")]
pub struct HashError;

/// Whether a password will do.
///
/// # Errors
/// Why not.
pub fn check(password: &str) -> Result<(), Weak> {
    let length = password.chars().count();
    let lower = password.to_lowercase();
    let mut letters = lower.chars();
    let first = letters.next();
    if length < MIN_LENGTH {
        Err(Weak::Short)
    } else if length > MAX_LENGTH {
        Err(Weak::Long)
    } else if COMMON.contains(&lower.as_str()) || letters.all(|letter| Some(letter) == first) {
        Err(Weak::Common)
    } else {
        Ok(())
    }
}

/// The hash of a password, for a column. Takes tens of milliseconds and 19 MiB on purpose: not for the thread of a server.
///
/// # Errors
/// The system gives no random bytes.
pub fn hash(password: &str) -> Result<String, HashError> {
    let mut salt = [0; 16];
    SystemRandom::new().fill(&mut salt).map_err(|_| HashError)?;
    hasher()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|_| HashError)
}

/// Whether this is the password. Without a hash it takes as long and says no: whoever tries names learns nothing.
pub fn is_right(password: &Secret, hash: Option<&str>) -> bool {
    // Of no password: its hash is not the beginning of anything.
    const NOBODY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let right = hasher()
        .verify_password(password.expose().as_bytes(), hash.unwrap_or(NOBODY))
        .is_ok();
    right && hash.is_some()
}

/// As OWASP advises: argon2id, 19 MiB, two passes.
fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_knows_its_password() {
        let hash = hash("een lang wachtwoord").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(is_right(&Secret::new("een lang wachtwoord"), Some(&hash)));
        assert!(!is_right(&Secret::new("een ander wachtwoord"), Some(&hash)));
        assert!(!is_right(&Secret::new("een lang wachtwoord"), None));
        assert!(!is_right(&Secret::new("een lang wachtwoord"), Some("geen hash")));
    }

    #[test]
    fn weak_passwords_are_refused() {
        assert_eq!(check("kort"), Err(Weak::Short));
        assert_eq!(check(&"ab".repeat(101)), Err(Weak::Long));
        assert_eq!(check("WachtWoord123"), Err(Weak::Common));
        assert_eq!(check("éééééééééééé"), Err(Weak::Common));
        assert_eq!(check("twaalf tekens"), Ok(()));
        for common in COMMON {
            assert!(common.chars().count() >= MIN_LENGTH, "{common}");
        }
    }
}
